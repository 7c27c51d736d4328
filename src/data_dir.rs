//! The data directory: where journals, heartbeats, people and the clock of an exercise are on this machine. Journals go
//! through `JournalStore`; this module is its form in files.

mod directory;
mod heads;
mod journals;
mod network;
mod pace;
mod peers;
mod people;

pub use directory::DataDir;
pub(crate) use pace::ShownPace;
pub(crate) use peers::{BEAT, Peer, PeerKind};

#[cfg(test)]
mod tests;
