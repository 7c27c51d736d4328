//! Why something was recorded, or where a time comes from.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The start time of an alert.
    Alert,
    Said,
    Measured,
    /// From the organization's service map.
    Declared,
    Change,
    /// A decision rests on it.
    Decision,
    /// Nothing changed for a while.
    Cadence,
}

impl Cause {
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
