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

    pub fn word(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }

    pub fn meaning(self) -> &'static str {
        match self {
            Self::Investigating => "the cause is not known",
            Self::Identified => "the cause is known, the impact goes on",
            Self::Mitigated => "the impact has stopped or is contained",
            Self::Resolved => "normal service is confirmed by a person",
            Self::Closed => "the response has ended; paging stops",
        }
    }

    pub fn is_resolved(self) -> bool {
        self >= Self::Resolved
    }
}
