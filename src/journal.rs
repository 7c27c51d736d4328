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
pub use checkpoint::{Unsigned, signing_time};
pub use clock::{Clock, Stamp, SystemClock};
pub(crate) use digest::hex;
pub use digest::hex_digest;
pub use entropy::{Entropy, SeededEntropy, SystemEntropy, fresh_entry_id};
pub use error::JournalError;
pub use finding::{Finding, FindingKind};
pub(crate) use grammar::is_hash;
pub(crate) use line::entries_in;
pub use line::{Head, check_line, encode};
pub use signer::{
    Prompt, SignError, Signature, Signer, Signers, allowed_line, approval_text, checkpoint_text,
    request_text,
};
#[cfg(test)]
pub(crate) use store::memory;
pub use store::{
    AppendError, Appended, Follow, Journal, JournalName, JournalStore, Loaded, News, Opened, record,
};
pub use verbatim::Verbatim;
pub use verify::{Covered, Known, Report, Standing, SubjectKind, verify};

#[cfg(test)]
mod fault_tests;
