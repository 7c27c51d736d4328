//! Data of clocks: steps of the system clock, deadlines that passed, processes that stopped.

use crate::incident::ids::Slug;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

macro_rules! clock_kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// What a clock waits for.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(from = "Slug", into = "Slug")]
        pub enum ClockKind {
            $($(#[$doc])* $kind,)*
            /// Of a newer version: kept and shown by its name.
            Other(Slug),
        }

        impl ClockKind {
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$kind => $name,)*
                    Self::Other(name) => name.as_str(),
                }
            }
        }

        impl From<Slug> for ClockKind {
            fn from(name: Slug) -> Self {
                match name.as_str() {
                    $($name => Self::$kind,)*
                    _ => Self::Other(name),
                }
            }
        }
    };
}

// With their names in the journal, in that order.
clock_kinds! {
    Acknowledgement = "answer",
    /// Of the incident commander.
    CheckIn = "check-in",
    /// By anybody, while the cause is unknown.
    TimelineEntry = "scribe",
    StatusUpdate = "update",
    ActionItem = "work",
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
