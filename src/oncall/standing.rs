//! How well a schedule is known: when its calendar was read, why there is no newer one, what of it cannot be used.

use crate::text::{Safe, write_duration};
use chrono::{DateTime, TimeDelta, Utc};

/// How well a schedule is known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Standing {
    /// When the calendar that is in force was read at its source.
    pub read: Option<DateTime<Utc>>,
    /// Why it cannot be read now, or the schedule not used.
    pub error: Option<Safe>,
    /// What of it cannot be used, as sentences.
    pub faults: Vec<Safe>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    #[default]
    Usable,
    /// Nobody has looked yet.
    Waiting,
    /// Nobody will: it is written wrong.
    Refused,
}

impl Standing {
    /// A calendar that nobody has read yet.
    pub fn unread() -> Self {
        Self {
            error: Some(Safe::line("it was not read yet")),
            kind: Kind::Waiting,
            ..Self::default()
        }
    }

    /// A schedule that cannot be used as it is written.
    pub(super) fn refused(why: &str) -> Self {
        Self {
            error: Some(Safe::line(why)),
            kind: Kind::Refused,
            ..Self::default()
        }
    }

    /// A calendar that was read.
    pub fn read(at: DateTime<Utc>, faults: Vec<Safe>) -> Self {
        Self {
            read: Some(at),
            faults,
            ..Self::default()
        }
    }

    /// The same, where it cannot be read now.
    pub fn failing(self, why: &str) -> Self {
        Self {
            error: Some(Safe::line(why)),
            kind: Kind::Usable,
            ..self
        }
    }

    /// Whether its calendar is still to be read for the first time.
    pub fn is_waiting(&self) -> bool {
        self.kind == Kind::Waiting
    }

    /// In a sentence, where it is not known as well as it should be.
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

/// An age in its largest unit that is right to a tenth or so.
fn age(span: TimeDelta) -> String {
    let (minutes, hours) = (span.num_minutes().max(0), span.num_hours());
    let rounded = match (hours, minutes) {
        (48.., _) => TimeDelta::days(span.num_days()),
        (2.., _) => TimeDelta::hours(hours),
        _ => TimeDelta::minutes(minutes),
    };
    write_duration(rounded)
}
