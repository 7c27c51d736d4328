//! Data of paging: the escalation, pages and their results, acknowledgements, incidents of other systems.

use crate::incident::cadence::Cadence;
use crate::incident::escalation::ArmedLevel;
use crate::incident::ids::{ChannelId, LevelId, Slug, SourceId, TargetId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationArmed {
    pub policy: String,
    pub from: DateTime<Utc>,
    pub levels: Vec<ArmedLevel>,
    /// `None`: the default cadence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cadence: Option<Cadence>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelArmed {
    pub level: LevelId,
    pub due: DateTime<Utc>,
    pub because: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageIntended {
    /// Idempotency id, the same for every repetition (rule M7).
    pub page: Slug,
    pub level: LevelId,
    /// A role or schedule, never a person.
    pub target: TargetId,
    pub channel: ChannelId,
    pub due: DateTime<Utc>,
    /// Seconds by the boot clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<u32>,
    /// 0 for the first.
    pub repeat: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageResulted {
    pub page: Slug,
    pub level: LevelId,
    pub channel: ChannelId,
    pub repeat: u32,
    pub outcome: PageOutcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<u16>,
    pub attempts: u32,
    /// Seconds for which the receiver asked to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

/// What is known of a page. Accepted is not reached: only an acknowledgement by a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageOutcome {
    /// Whether a person saw it is not known.
    Accepted,
    /// For good.
    Refused,
    /// It never left, or never arrived.
    Failed,
    /// It may have arrived.
    Unknown,
    NoChannel,
    Simulated,
    Withdrawn,
}

impl PageOutcome {
    pub fn wants_repeat(self) -> bool {
        matches!(self, Self::Failed | Self::Unknown)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Acknowledged {
    /// The targets for which this acknowledgement counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<TargetId>,
    /// Another system, if the person acknowledged there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Slug>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    pub system: SourceId,
    /// Its incident, lower case.
    pub incident: Slug,
    pub created: DateTime<Utc>,
}
