//! Why something was recorded, or where a time comes from.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
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
