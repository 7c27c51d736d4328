//! The zone in which a time was stated.

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatedZone {
    Utc,
    Offset(FixedOffset),
    Named(Tz),
}

/// The instants that a local time can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instants {
    One(DateTime<Utc>),
    /// The clock was put back: this local time comes twice.
    Two(DateTime<Utc>, DateTime<Utc>),
    /// The clock was put forward over it.
    Skipped,
}

impl StatedZone {
    /// `Z`, `UTC`, `+01:00`, `+0100`, or a name of the IANA database such as `Europe/London`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
            return Some(Self::Utc);
        }
        if text.starts_with(['+', '-']) {
            let offset: FixedOffset = text.parse().ok()?;
            let none = offset.local_minus_utc() == 0;
            return Some(if none {
                Self::Utc
            } else {
                Self::Offset(offset)
            });
        }
        text.parse().ok().map(Self::Named)
    }

    pub(super) fn instants(self, local: NaiveDateTime) -> Instants {
        use chrono::LocalResult::{Ambiguous, None, Single};
        let utc = |at: DateTime<Tz>| at.with_timezone(&Utc);
        match self {
            Self::Utc => Instants::One(local.and_utc()),
            Self::Offset(offset) => match offset.from_local_datetime(&local) {
                Single(at) | Ambiguous(at, _) => Instants::One(at.with_timezone(&Utc)),
                None => Instants::Skipped,
            },
            Self::Named(zone) => match zone.from_local_datetime(&local) {
                Single(at) => Instants::One(utc(at)),
                Ambiguous(one, two) => Instants::Two(utc(one), utc(two)),
                None => Instants::Skipped,
            },
        }
    }

    /// The first instant at or after a local time: midnight does not exist where the clock is put forward then.
    pub(super) fn first_instant(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        // The longest skip on record is a whole day (Samoa, 2011).
        (0..=25 * 60).find_map(|minutes| {
            let probe = local.checked_add_signed(chrono::TimeDelta::minutes(minutes))?;
            match self.instants(probe) {
                Instants::One(at) | Instants::Two(at, _) => Some(at),
                Instants::Skipped => None,
            }
        })
    }

    pub(super) fn local(self, at: DateTime<Utc>) -> NaiveDateTime {
        match self {
            Self::Utc => at.naive_utc(),
            Self::Offset(offset) => at.with_timezone(&offset).naive_local(),
            Self::Named(zone) => at.with_timezone(&zone).naive_local(),
        }
    }

    /// `+01:00`, as it was in force then.
    pub(super) fn offset_at(self, at: DateTime<Utc>) -> String {
        match self {
            Self::Utc => "+00:00".into(),
            Self::Offset(offset) => offset.to_string(),
            Self::Named(zone) => at.with_timezone(&zone).format("%:z").to_string(),
        }
    }
}

impl std::fmt::Display for StatedZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Utc => f.write_str("UTC"),
            Self::Offset(offset) => write!(f, "{offset}"),
            Self::Named(zone) => f.write_str(zone.name()),
        }
    }
}
