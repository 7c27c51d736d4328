//! Data of clocks: steps of the system clock, deadlines that passed, processes that stopped.

use crate::incident::ids::Slug;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overdue {
    /// Which clock: `update`, `check-in`, `scribe`, `answer`, `work`.
    pub clock: Slug,
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
    /// When it last showed that it was alive.
    pub last: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockStepped {
    /// Milliseconds by which the wall clock moved further than the boot clock; negative when it was set back.
    pub step_ms: i64,
    /// The entry of the previous step; 0 for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

impl ClockStepped {
    /// Zero if a journal states what no clock can do.
    pub fn by(&self) -> TimeDelta {
        TimeDelta::try_milliseconds(self.step_ms).unwrap_or_default()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootChanged {
    /// First eight hexadecimal digits of the boot id from here on.
    pub boot: Slug,
}
