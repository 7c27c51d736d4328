//! What corrections replace, and what stood there before.

use crate::incident::entry::Corrected;
use crate::incident::severity::Severity;
use crate::times::StatedTime;

/// What one correction replaces.
#[derive(Debug, Clone, PartialEq)]
pub struct Amendment {
    /// The entry of the correction.
    pub by: u64,
    pub correction: Corrected,
}

/// What an entry said before it was corrected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Before {
    Time(StatedTime),
    Severity(Severity),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Replaced {
    /// The entry of the correction in force.
    pub by: u64,
    pub before: Before,
}
