//! The journal: one append-only, hash-chained file per incident, and the texts it commits to.
//!
//! Nothing here draws, sends or decides. An entry is acknowledged only after it is durable.

mod clock;
mod directory;
mod disclosures;
mod entropy;
mod error;
mod line;
mod lock;
mod people;
mod reader;
mod recovery;
mod store;
mod strict;
mod verify;
mod writer;

pub use clock::{Clock, Stamp, SystemClock};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use error::JournalError;
pub use line::{MAX_LINE, Position, encode, hex_digest};
pub use reader::{Follower, Loaded, read};
pub use store::Store;
pub use verify::{Finding, FindingKind, Report, verify};
pub use writer::{Appended, Journal};

#[cfg(test)]
mod tests;
