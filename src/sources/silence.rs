//! Silences of a source: read, and read back after they were made.

mod readback;
mod wire;

pub use readback::{ReadBack, read_back};
pub(crate) use wire::silence_of;
pub(super) use wire::silences_of;
