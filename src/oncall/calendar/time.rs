//! Times as a calendar writes them: wall time of a zone, UTC, or a whole day; and durations.

use crate::oncall::hours::Zone;
use calcard::icalendar::ICalendarDuration;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CalendarTime {
    pub(super) wall: NaiveDateTime,
    pub(super) zone: Zone,
    pub(super) is_day: bool,
}

impl CalendarTime {
    /// A day begins with its first time, even if its clocks skip midnight.
    pub(super) fn at(&self) -> DateTime<Utc> {
        instant(self.zone, self.wall, self.is_day)
    }
}

pub(super) fn instant(zone: Zone, wall: NaiveDateTime, is_day: bool) -> DateTime<Utc> {
    match is_day {
        true => zone.instant(wall),
        false => zone.instant_rfc5545(wall),
    }
}

pub(super) fn read_time(text: &str, zone: Zone) -> Option<CalendarTime> {
    let (text, zone) = match text.strip_suffix('Z') {
        Some(text) => (text, Zone::UTC),
        None => (text, zone),
    };
    let is_day = text.len() == 8;
    let wall = match is_day {
        true => NaiveDate::parse_from_str(text, "%Y%m%d")
            .ok()?
            .and_time(NaiveTime::MIN),
        false => NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok()?,
    };
    Some(CalendarTime { wall, zone, is_day })
}

/// The length of a shift. Days follow wall time: a day is an hour longer when clocks are set back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EventLength {
    pub(super) days: i64,
    pub(super) exact: TimeDelta,
}

impl EventLength {
    pub(super) fn days(days: i64) -> Self {
        Self {
            days,
            exact: TimeDelta::zero(),
        }
    }

    pub(super) fn between(begin: &CalendarTime, end: &CalendarTime) -> Self {
        match begin.is_day && end.is_day {
            true => Self::days((end.wall.date() - begin.wall.date()).num_days()),
            false => Self {
                days: 0,
                exact: end.at() - begin.at(),
            },
        }
    }

    /// `None` if it is negative.
    pub(super) fn duration(duration: &ICalendarDuration) -> Option<Self> {
        let of = |number: u32, limit: u32| (number <= limit).then_some(i64::from(number));
        (!duration.neg).then_some(())?;
        Some(Self {
            days: of(duration.weeks, 10_000)? * 7 + of(duration.days, 100_000)?,
            exact: TimeDelta::hours(of(duration.hours, 1_000_000)?)
                + TimeDelta::minutes(of(duration.minutes, 100_000_000)?)
                + TimeDelta::seconds(i64::from(duration.seconds)),
        })
    }

    pub(super) fn end(self, begin: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
        let after_days = match self.days {
            0 => begin,
            days => {
                let wall = zone.wall(begin).checked_add_signed(TimeDelta::days(days))?;
                zone.instant_rfc5545(wall)
            }
        };
        after_days.checked_add_signed(self.exact)
    }

    /// A shift that begins earlier than this before a time does not touch it.
    pub(super) fn longest(self) -> TimeDelta {
        TimeDelta::days(self.days) + self.exact + TimeDelta::hours(26)
    }
}
