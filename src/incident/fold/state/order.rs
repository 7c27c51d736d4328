//! The place of a fact in the order in which facts take effect.

use chrono::{DateTime, Utc};

/// An entry without a stated time takes effect when it is recorded: after everything that happened before. One with a
/// stated time takes effect at the latest instant that it can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Order {
    pub(in crate::incident::fold) at: DateTime<Utc>,
    pub(in crate::incident::fold) seq: u64,
}

impl Order {
    pub fn at(self) -> DateTime<Utc> {
        self.at
    }

    pub fn seq(self) -> u64 {
        self.seq
    }
}
