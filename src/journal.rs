//! The journal: one append-only, hash-chained file per incident, and the texts it commits to.
//!
//! Nothing here draws, sends or decides. An entry is acknowledged only after it is durable.

mod bundle;
mod clock;
mod copying;
mod custody;
mod digest;
mod directory;
mod disclosures;
mod disk;
mod entropy;
mod error;
mod grammar;
mod heads;
mod line;
mod lock;
mod pace;
mod peers;
mod people;
mod place;
mod reader;
mod recovery;
mod signer;
mod store;
mod verify;
mod writer;

pub use bundle::names_in_archive;
pub use clock::{Clock, Stamp, SystemClock};
pub use copying::Verbatim;
pub use custody::{Unsigned, keep_signature, kept_signature, request_digest, signing_time};
pub use disk::{Disk, DiskFile, How, LockFile, Stat, SystemDisk};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use error::JournalError;
pub use heads::Heads;
pub use line::{MAX_LINE, Position, check_line, encode, hex_digest};
pub use pace::ShownPace;
pub use peers::{BEAT, Heartbeat, Peer, PeerKind};
pub use reader::{Follower, Loaded, News};
pub use signer::{
    Prompt, SignError, Signature, Signer, Signers, allowed_line, approval_text, checkpoint_text,
    request_text,
};
pub use store::Store;
pub use verify::{Covered, Finding, FindingKind, Known, Report, Standing, SubjectKind, verify};
pub use writer::{Appended, Journal, fresh_entry_id};

#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod tests;
