//! The data directory of this machine: journals, heartbeats, people and the clock of an exercise. It implements
//! `JournalStore` with files.

mod directory;
mod exercise_clock;
mod heads;
mod journals;
mod network;
mod peers;
mod people;
mod words;

pub use directory::DataDir;
pub(crate) use exercise_clock::PublishedClock;
pub(crate) use peers::{BEAT, Peer, PeerKind};

#[cfg(test)]
mod tests;
