//! The chain of custody in sentences.

use super::texts::Texts;
use crate::documents::words::{count, names, short};
use crate::incident::entry::{Approved, CustodyEvent, Exported, field};

pub(super) fn sentence(event: &CustodyEvent, texts: &Texts) -> String {
    match event {
        CustodyEvent::Continued(data) => format!(
            "the disk did not confirm a write; the journal goes on in file {}, after {} bytes of the one before",
            data.file, data.length
        ),
        CustodyEvent::Recovered(data) => format!(
            "{} bytes of an unacknowledged entry were set aside when the journal was opened, digest {}",
            data.length,
            short(&data.sha256)
        ),
        CustodyEvent::DocumentWritten(data) => {
            let (document, upto, digest) = (&data.document, data.upto, short(&data.sha256));
            format!("{document} written, up to #{upto}, digest {digest}")
        }
        CustodyEvent::Checkpointed(data) => format!(
            "entries 1 to {} signed {} with the key {}, head {}",
            data.upto,
            data.reason.words(),
            data.key,
            short(&data.head)
        ),
        CustodyEvent::CheckpointFailed(data) => {
            texts.with(format!("NOT SIGNED {}", data.reason.words()), field::DETAIL)
        }
        CustodyEvent::ApprovalRequested(data) => {
            let (request, act, why) = (&data.request, data.act.words(), texts.why());
            format!("asks for approval {request} to {act}{why}")
        }
        CustodyEvent::Approved(data) => approved(data),
        CustodyEvent::Erased(data) => format!(
            "the text \"{}\" of #{} was erased, approved as {}{}",
            data.field,
            data.entry,
            data.request,
            texts.why()
        ),
        CustodyEvent::Exported(data) => exported(data, texts),
        CustodyEvent::Sealed(_) => "the journal was sealed".to_string(),
        CustodyEvent::HoldPlaced(data) => {
            let (hold, incident, why) = (&data.hold, &data.incident, texts.why());
            format!("legal hold {hold} placed on {incident}{why}")
        }
        CustodyEvent::HoldReleased(data) => {
            let (hold, incident, why) = (&data.hold, &data.incident, texts.why());
            format!("legal hold {hold} on {incident} released{why}")
        }
        CustodyEvent::Deleted(data) => format!(
            "{} deleted after {} days of retention: it had {}, head {}{}",
            data.incident,
            data.keep_days,
            count(data.entries, "entry", "entries"),
            short(&data.head),
            texts.why()
        ),
        CustodyEvent::GateOverridden(data) => {
            format!(
                "the change gate, {} for {} ({}), was overridden for a change of {} risk, approved by {} (self-declared){}",
                data.verdict,
                names(&data.paths),
                names(&data.rules),
                data.risk,
                texts.text(field::APPROVER).unwrap_or_default(),
                texts.why()
            )
        }
        CustodyEvent::NetworkFileSystem(data) => format!(
            "the journal is on a network file system ({}), allowed by the configuration: what it confirms may be lost",
            data.kind
        ),
    }
}

fn approved(data: &Approved) -> String {
    let how = match (&data.key, data.listed) {
        (Some(key), true) => format!("signed with the listed key {key}"),
        (Some(key), false) => format!("signed with the key {key}, which is on no list"),
        (None, _) => "self-declared, not signed".to_string(),
    };
    format!("approves {}, {how}", data.request)
}

fn exported(data: &Exported, texts: &Texts) -> String {
    let withheld = match data.withheld.is_empty() {
        true => "all texts disclosed".to_string(),
        false => format!("withheld: {}", data.withheld.join(", ")),
    };
    let text = |name, missing: &str| texts.text(name).unwrap_or_else(|| missing.into());
    let recipient = text(field::RECIPIENT, "withheld");
    let purpose = text(field::PURPOSE, "no purpose named");
    let (incident, upto, bundle) = (&data.incident, data.upto, short(&data.bundle));
    format!(
        "copy of {incident} up to #{upto} made for {recipient} ({purpose}), {withheld}, bundle {bundle}"
    )
}
