//! Why a text is no time: what is wrong with it, and what to write instead.

use crate::text::Safe;
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeProblem {
    #[error("\"{0}\" is neither a span nor a time with a zone")]
    Unreadable(Safe),
    #[error("\"{0}\" has no zone, and a guessed zone makes a timeline wrong")]
    NoZone(Safe),
    #[error("\"{0}\" has no date, and it is not known on which day it was")]
    NoDate(Safe),
    #[error("\"{0}\" is no zone")]
    UnknownZone(Safe),
    #[error("\"{0}\" has a zone of its own, which is not {1}")]
    TwoZones(Safe, String),
    /// With the offsets of both.
    #[error("\"{0}\" comes twice on that day: the clock was put back ({1} and {2})")]
    Twice(Safe, String, String),
    #[error("\"{0}\" does not exist: the clock was put forward over it")]
    Skipped(Safe),
    #[error("\"{0}\" ends before it begins")]
    Backwards(Safe),
    /// Further from now than people remember, or the zero of a program.
    #[error("{} is not plausible", .0.format("%Y-%m-%d %H:%M:%S UTC"))]
    Implausible(DateTime<Utc>),
    #[error("{} is in the future", .0.format("%Y-%m-%d %H:%M:%S UTC"))]
    NotYet(DateTime<Utc>),
    #[error("{} is in the past", .0.format("%Y-%m-%d %H:%M:%S UTC"))]
    Passed(DateTime<Utc>),
}

/// A date further from now is a mistake.
const PLAUSIBLE_DAYS: i64 = 36_525;

/// # Errors
///
/// If nobody means this time.
pub(super) fn plausible(at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), TimeProblem> {
    // The journal has no earlier times, and a program without a clock gives the first one.
    match at <= DateTime::UNIX_EPOCH || (now - at).num_days().abs() > PLAUSIBLE_DAYS {
        true => Err(TimeProblem::Implausible(at)),
        false => Ok(()),
    }
}

impl TimeProblem {
    pub fn hint(&self) -> String {
        let hint = match self {
            Self::Unreadable(_) => {
                "write 10m, 02:40+01:00, 2026-11-22T02:40+01:00, 2026-11-22 UTC, or ~2026-11-22 02:40Z for about"
            }
            Self::NoZone(_) => "add its zone: 02:40Z, 02:40+01:00, or 2026-11-22 Europe/London",
            Self::NoDate(_) => "add its date: 2026-11-22T02:40+01:00",
            Self::UnknownZone(_) => "write UTC, +01:00, or a name such as Europe/London",
            Self::TwoZones(..) => "leave one of them out",
            Self::Twice(_, one, two) => {
                return format!(
                    "write the offset that was in force, {one} or {two}; if nobody knows, an interval: A/B"
                );
            }
            Self::Skipped(_) => "check the time, or write it in UTC",
            Self::Backwards(_) => "write the earlier time first",
            Self::Implausible(_) => "check the year",
            Self::NotYet(_) => "give a future action a due time instead",
            Self::Passed(_) => "write 30m, or add the date",
        };
        hint.into()
    }
}
