//! The file of on-call schedules, and the errors of a schedule.

use super::hours::{DayTime, WeekDays, Zone};
use crate::text::secret::SecretRef;
use crate::text::{Safe, TargetId};
use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchedulesFile {
    #[serde(default)]
    pub schedules: Vec<ScheduleFile>,
}

/// A schedule as written: it has one of `rotation`, `shifts`, `calendar`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleFile {
    /// The target that a policy pages.
    pub schedule: TargetId,
    pub zone: Zone,
    pub rotation: Option<Rotation>,
    #[serde(default)]
    pub shifts: Vec<WeeklyShift>,
    pub calendar: Option<CalendarSource>,
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// Paged if the schedule has a gap.
    pub otherwise: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    pub people: Vec<String>,
    /// Wall time: `2026-11-02T09:00`.
    pub starts: String,
    /// Wall time: `12h`, `1d`, `1w`.
    pub every: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyShift {
    pub who: String,
    pub days: WeekDays,
    pub from: DayTime,
    /// On the next day if it is not after `from`.
    pub until: DayTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSource {
    /// Relative to the schedules' file.
    pub file: Option<PathBuf>,
    /// It usually contains a token, so it comes from the environment, a file or a command.
    pub url: Option<SecretRef>,
    /// A regular expression with one group that finds the name in an event's summary. Without it the attendees who have
    /// not declined, otherwise the whole summary, are the names.
    pub summary: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    pub who: String,
    #[serde(deserialize_with = "with_offset")]
    pub from: DateTime<FixedOffset>,
    #[serde(deserialize_with = "with_offset")]
    pub until: DateTime<FixedOffset>,
}

/// Overrides apply across zones: their times need an offset.
fn with_offset<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<DateTime<FixedOffset>, D::Error> {
    let text = String::deserialize(deserializer)?;
    DateTime::parse_from_rfc3339(&text).map_err(|_| {
        serde::de::Error::custom(format!(
            "\"{}\" is no time with its offset: write 2026-12-24T09:00:00+01:00",
            Safe::line(&text)
        ))
    })
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    #[error("schedule \"{0}\": write exactly one of rotation, shifts, calendar")]
    Kind(TargetId),
    #[error(
        "schedule \"{0}\": a rotation needs between one person and a hundred, each with a name"
    )]
    People(TargetId),
    #[error(
        "schedule \"{0}\": \"{1}\" is not when a rotation starts; write 2026-11-02T09:00, by the clock on the wall"
    )]
    Starts(TargetId, String),
    #[error(
        "schedule \"{0}\": \"{1}\" is not how long each has it; write 12h, 1d or 1w, at least an hour, and days as whole days"
    )]
    Every(TargetId, String),
    #[error("schedule \"{0}\": the override of {1} ends before it begins")]
    Backwards(TargetId, String),
    #[error(
        "schedule \"{schedule}\": {one} and {other} are both on call at {at}: shorten one of them"
    )]
    Overlap {
        schedule: TargetId,
        one: Safe,
        other: Safe,
        at: DateTime<Utc>,
    },
    #[error("schedule \"{0}\": a calendar has either a file or a url")]
    Place(TargetId),
    #[error("schedule \"{0}\": {1}")]
    Calendar(TargetId, String),
    #[error(
        "schedule \"{schedule}\" names nobody from {from} to {until}: fill the gap, or name who is paged then with `otherwise:`"
    )]
    Gap {
        schedule: TargetId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    },
}
