//! What people do: keys, dialogs, and what follows from them.

pub(super) mod act;
mod answering;
pub(in crate::app) mod answers;
pub(super) mod filter;
mod list;
pub(super) mod silences;
pub(in crate::app) mod steps;
