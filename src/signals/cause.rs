//! Why something was recorded, or where a time comes from.

use serde::{Deserialize, Serialize};

/// Why something was recorded, or where a time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// An alert's own start time.
    Alert,
    /// A person said so.
    Said,
    /// A measurement.
    Measured,
    /// The organization's own service map says so.
    Declared,
    /// The value changed.
    Change,
    /// Something was decided on it.
    Decision,
    /// Nothing changed for a while.
    Cadence,
}

impl Cause {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Said => "said",
            Self::Measured => "measured",
            Self::Declared => "service map",
            Self::Change => "change",
            Self::Decision => "decision",
            Self::Cadence => "cadence",
        }
    }
}
