//! What people do: keys, dialogs, and what follows from them.

pub(super) mod acts;
pub(super) mod assignees;
pub(super) mod command;
pub(super) mod filter;
pub(super) mod list;
pub(super) mod overlays;
pub(super) mod pickers;
pub(super) mod severity;
pub(super) mod silences;
pub(super) mod steps;
pub(super) mod typing;
pub(super) mod work;
