//! Checkpoints: a signed head, and its record.

use super::clock::Clock;
use super::signer::{Signer, checkpoint_text};
use super::store::{JournalName, JournalStore};
use crate::incident::entry::{CheckpointFailed, Checkpointed, Occasion, field};
use crate::incident::{ActorId, Draft};
use crate::text::Safe;
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsignedCheckpoint {
    pub upto: u64,
    pub head: String,
    pub at: chrono::DateTime<chrono::Utc>,
    pub reason: Occasion,
}

impl UnsignedCheckpoint {
    /// Signs, keeps the signature, and returns the draft to record: the checkpoint, or that it is missing.
    pub fn sign(
        self,
        store: &dyn JournalStore,
        name: &JournalName,
        signer: &Signer,
        by: &ActorId,
    ) -> Draft {
        let text = checkpoint_text(name.as_str(), self.upto, &self.head, self.at);
        let signed = signer.sign(&text).map_err(|error| (error.what, error.hint));
        let kept = signed.and_then(|signature| {
            store
                .keep_signature(name, &signature)
                .map(|()| signature)
                .map_err(|error| (error.to_string(), error.hint()))
        });
        match kept {
            Ok(signature) => {
                let data = Checkpointed {
                    upto: self.upto,
                    head: self.head,
                    at: self.at,
                    reason: self.reason,
                    signature: signature.digest(),
                    key: signature.key,
                };
                Draft::new(by, data)
            }
            Err((what, hint)) => {
                let reason = self.reason;
                Draft::new(by, CheckpointFailed { reason })
                    .with(field::DETAIL, Safe::line(&format!("{what}; {hint}")))
            }
        }
    }
}

/// To the microsecond, as the signed text writes it.
pub fn signing_time(clock: &dyn Clock) -> DateTime<Utc> {
    use chrono::SubsecRound as _;
    clock.now().wall.trunc_subsecs(6)
}
