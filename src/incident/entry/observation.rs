//! Data of what is observed: alerts, signals, changes, contact with sources.

use crate::alerts::{AlertStart, AlertState};
use crate::incident::ids::{PathId, Slug, SourceId};
use crate::signals::Cause;
use crate::signals::Reading;
use crate::signals::change::ChangeKind;
use crate::signals::impact::Impact;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertSeen {
    /// Digest of the masked labels, 16 hexadecimal digits.
    pub alert: Slug,
    pub state: AlertState,
    /// When it began, by its source's clock.
    pub starts_at: DateTime<Utc>,
    pub at: DateTime<Utc>,
    pub source: SourceId,
    /// The entry about the same before it; 0 for the first. Of two programs that see the same change, the first records
    /// it. None in journals from before this was recorded, and where nothing changed.
    #[serde(rename = "after", skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<u64>,
    /// What `starts_at` rests on, where that is not its source's own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<AlertStart>,
    /// Number of labels beyond the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalSeen {
    pub signal: Slug,
    pub reading: Reading,
    /// Its unit; a ratio where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Slug>,
    /// When the source collected it.
    pub at: DateTime<Utc>,
    pub source: SourceId,
    pub cause: Cause,
    #[serde(rename = "after", skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backfilled {
    pub signal: Slug,
    pub from: DateTime<Utc>,
    /// Seconds between values.
    pub step: u32,
    /// `null` where there was no data.
    pub values: Vec<Option<f64>>,
    pub source: SourceId,
}

/// Of failing payments, so far. An entry with another `from` after one that ended begins a new span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImpactMeasured {
    /// The ratio whose failures were counted.
    pub signal: Slug,
    #[serde(flatten)]
    pub impact: Impact,
    pub source: SourceId,
    pub cause: Cause,
    #[serde(rename = "after", skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeSeen {
    /// Digest of when, where and what: the same change is recorded once.
    pub change: Slug,
    pub kind: ChangeKind,
    /// When it was made, as its source says.
    pub at: DateTime<Utc>,
    pub source: SourceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLost {
    pub source: SourceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<DateTime<Utc>>,
    pub at: DateTime<Utc>,
    #[serde(rename = "after", skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceBack {
    pub source: SourceId,
    pub at: DateTime<Utc>,
    #[serde(rename = "after", skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<u64>,
}
