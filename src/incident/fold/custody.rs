//! What the chain of custody changes.

use super::state::{Incident, Recorded};
use crate::incident::entry::{CustodyEvent, Entry};

impl Incident {
    pub(super) fn apply_custody(&mut self, entry: &Entry, event: &CustodyEvent) {
        let seq = entry.seq;
        let custody = &mut self.custody;
        match event {
            CustodyEvent::Continued(_) => custody.continuations.push(seq),
            CustodyEvent::Recovered(_) => self.recoveries.push(seq),
            CustodyEvent::DocumentWritten(data) => {
                self.documents.push(Recorded::of(entry, data));
            }
            CustodyEvent::Checkpointed(data) => {
                custody.checkpoints.push(Recorded::of(entry, data));
            }
            CustodyEvent::CheckpointFailed(_) => custody.unsigned.push(seq),
            CustodyEvent::ApprovalRequested(data) => custody.requested(entry, data),
            CustodyEvent::Approved(data) => custody.approved(entry, data),
            CustodyEvent::Erased(data) => {
                custody.done(&data.request, seq);
                custody.erasures.push(Recorded::of(entry, data));
            }
            CustodyEvent::Exported(data) => {
                custody.exports.push(Recorded::of(entry, data));
            }
            CustodyEvent::Sealed(data) => {
                custody.sealed.get_or_insert(Recorded::of(entry, data));
            }
            CustodyEvent::HoldPlaced(data) => {
                let hold = (data.incident.clone(), data.hold.clone());
                custody.holds.insert(hold, seq);
            }
            CustodyEvent::HoldReleased(data) => {
                let hold = (data.incident.clone(), data.hold.clone());
                custody.holds.remove(&hold);
                if let Some(request) = &data.request {
                    custody.done(request, seq);
                }
            }
            CustodyEvent::Deleted(data) => {
                custody.done(&data.request, seq);
                custody.deleted.insert(data.incident.clone());
            }
            // It changes nothing of an incident: the ledger records it.
            CustodyEvent::GateOverridden(_) => {}
            CustodyEvent::NetworkFileSystem(_) => custody.network = Some(seq),
        }
    }
}
