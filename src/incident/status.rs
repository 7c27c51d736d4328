//! The status of an incident.

use serde::{Deserialize, Serialize};

/// Any change is allowed and recorded: an incident may go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    #[default]
    Investigating,
    Identified,
    Mitigated,
    Resolved,
    Closed,
}

impl Status {
    pub const ALL: [Self; 5] = [
        Self::Investigating,
        Self::Identified,
        Self::Mitigated,
        Self::Resolved,
        Self::Closed,
    ];

    pub fn is_resolved(self) -> bool {
        self >= Self::Resolved
    }
}
