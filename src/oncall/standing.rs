//! How well a schedule is known: when its calendar was read, why there is no newer one, and its faults.

use crate::text::{Safe, write_duration};
use chrono::{DateTime, TimeDelta, Utc};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Standing {
    /// When the calendar in use was read at its source.
    pub read: Option<DateTime<Utc>>,
    /// Why it cannot be read now, or cannot be used.
    pub error: Option<Safe>,
    /// As sentences.
    pub faults: Vec<Safe>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    #[default]
    Usable,
    /// Not read yet.
    Waiting,
    /// Written incorrectly; it will not be read.
    Refused,
}

impl Standing {
    pub fn unread() -> Self {
        Self {
            error: Some(Safe::line("it was not read yet")),
            kind: Kind::Waiting,
            ..Self::default()
        }
    }

    pub(super) fn refused(why: &str) -> Self {
        Self {
            error: Some(Safe::line(why)),
            kind: Kind::Refused,
            ..Self::default()
        }
    }

    pub fn read(at: DateTime<Utc>, faults: Vec<Safe>) -> Self {
        Self {
            read: Some(at),
            faults,
            ..Self::default()
        }
    }

    pub fn failing(self, why: &str) -> Self {
        Self {
            error: Some(Safe::line(why)),
            kind: Kind::Usable,
            ..self
        }
    }

    pub fn is_waiting(&self) -> bool {
        self.kind == Kind::Waiting
    }

    /// A sentence, if it is not completely known.
    pub fn trouble(&self, schedule: &str, now: DateTime<Utc>) -> Option<String> {
        let why = self.error.as_ref()?;
        Some(match self.read {
            _ if self.kind == Kind::Refused => why.to_string(),
            None => format!("the calendar of {schedule} is not known: {why}"),
            Some(read) => format!(
                "calendar of {schedule}: copy of {}, {} old, cannot be fetched: {why}",
                read.format("%Y-%m-%d %H:%M UTC"),
                age(now - read)
            ),
        })
    }
}

/// An age in the largest unit that is accurate to about a tenth.
fn age(span: TimeDelta) -> String {
    let (minutes, hours) = (span.num_minutes().max(0), span.num_hours());
    let rounded = match (hours, minutes) {
        (48.., _) => TimeDelta::days(span.num_days()),
        (2.., _) => TimeDelta::hours(hours),
        _ => TimeDelta::minutes(minutes),
    };
    write_duration(rounded)
}
