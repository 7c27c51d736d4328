//! Data of clocks: steps of the system clock, deadlines that passed, processes that stopped.

use crate::incident::ids::Slug;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What a clock waits for; in the order of the names in the journal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Slug", into = "Slug")]
pub enum ClockKind {
    Acknowledgement,
    /// Of the incident commander.
    CheckIn,
    /// By anybody, while the cause is unknown.
    TimelineEntry,
    StatusUpdate,
    ActionItem,
    /// Of a newer version: kept and shown by its name.
    Other(Slug),
}

impl ClockKind {
    const KNOWN: [Self; 5] = [
        Self::Acknowledgement,
        Self::CheckIn,
        Self::TimelineEntry,
        Self::StatusUpdate,
        Self::ActionItem,
    ];

    pub fn name(&self) -> &str {
        match self {
            Self::Acknowledgement => "answer",
            Self::CheckIn => "check-in",
            Self::TimelineEntry => "scribe",
            Self::StatusUpdate => "update",
            Self::ActionItem => "work",
            Self::Other(name) => name.as_str(),
        }
    }
}

impl From<Slug> for ClockKind {
    fn from(name: Slug) -> Self {
        let mut known = Self::KNOWN.into_iter();
        let known = known.find(|kind| kind.name() == name.as_str());
        known.unwrap_or(Self::Other(name))
    }
}

impl From<ClockKind> for Slug {
    fn from(kind: ClockKind) -> Self {
        Self::nearest(kind.name())
    }
}

impl std::fmt::Debug for ClockKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overdue {
    pub clock: ClockKind,
    pub due: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerLost {
    /// `watch` or `console`.
    #[serde(rename = "keeper")]
    pub peer: Slug,
    /// Its process: host, number, and when it began.
    pub process: Slug,
    pub last: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockStepped {
    /// Milliseconds by which the wall clock moved further than the boot clock; negative when it was set back.
    pub step_ms: i64,
    #[serde(rename = "after", skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<u64>,
}

impl ClockStepped {
    /// Zero if a journal states what no clock can do.
    pub fn by(&self) -> TimeDelta {
        TimeDelta::try_milliseconds(self.step_ms).unwrap_or_default()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootChanged {
    /// First eight hexadecimal digits of the new boot id.
    pub boot: Slug,
}
