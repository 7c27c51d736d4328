//! Roles in a response.

use serde::{Deserialize, Serialize};

/// One person may hold several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Decides; owns the incident until relieved.
    IncidentCommander,
    /// Changes systems.
    Operations,
    /// Speaks to users and stakeholders.
    Communications,
    /// Keeps the record.
    Scribe,
    /// Judges duties towards regulators.
    Compliance,
    /// Knows the failing part.
    SubjectExpert,
}

impl Role {
    pub const ALL: [Self; 6] = [
        Self::IncidentCommander,
        Self::Operations,
        Self::Communications,
        Self::Scribe,
        Self::Compliance,
        Self::SubjectExpert,
    ];

    pub fn is_shared(self) -> bool {
        self == Self::SubjectExpert
    }
}
