//! The data directory of this machine: journals, heartbeats, people and the clock of an exercise. It implements
//! `JournalStore` with files.

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
