//! What the tests share: the program as others run it, servers and terminals that they bring, and what a test needs.

pub(crate) mod company;
pub(crate) mod dice;
pub(crate) mod monitoring;
pub(crate) mod needs;
pub(crate) mod outbox;
pub(crate) mod outcome;
pub(crate) mod program;
pub(crate) mod server;
pub(crate) mod sources;
pub(crate) mod terminal;
