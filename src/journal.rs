//! The journal: one append-only, hash-chained list of entries per incident, and the texts it commits to.
//!
//! Nothing here draws, sends or decides. An entry is acknowledged only after it is durable.

pub(crate) mod blobs;
mod bundle;
mod checkpoint;
mod clock;
mod digest;
mod disclosures;
pub(crate) mod disk;
pub(crate) mod durable;
mod entropy;
mod erasure;
mod error;
mod finding;
mod grammar;
pub(crate) mod layout;
mod line;
pub(crate) mod lock;
pub(crate) mod reader;
mod recovery;
mod signer;
mod store;
mod verbatim;
mod verify;
pub(crate) mod writer;

pub use bundle::names_in_archive;
pub use clock::{Clock, Stamp, SystemClock};
pub use digest::hex_digest;
pub use entropy::SystemEntropy;
pub use finding::{Finding, FindingKind};
pub use line::{Head, check_line, encode};
pub use signer::{Prompt, Signer, Signers, checkpoint_text};
pub use store::{JournalName, JournalStore, record};
pub use verify::{KnownHead, SubjectKind, VerificationContext, VerificationReport, verify};

pub(crate) use checkpoint::{UnsignedCheckpoint, signing_time};
pub(crate) use entropy::{Entropy, fresh_entry_id};
pub(crate) use error::{At, JournalError};
pub(crate) use grammar::is_hash;
pub(crate) use line::entries_in;
pub(crate) use signer::{Signature, allowed_line};
pub(crate) use store::{Appended, Follow, Journal, News, Opened};
pub(crate) use verbatim::Verbatim;
pub(crate) use verify::{CheckedSignature, SignatureStanding};

#[cfg(test)]
mod fault_tests;
#[cfg(test)]
pub(crate) use entropy::SeededEntropy;
#[cfg(test)]
pub(crate) use store::{AppendError, Loaded, memory};
