//! Closing days: days on which fewer payments than usual are normal, by the time zone of the service map.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// Spans in Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClosingDays(Vec<(i64, i64)>);

impl ClosingDays {
    pub fn of<'d>(dates: impl Iterator<Item = &'d NaiveDate>, zone: Tz) -> Self {
        let span = |date: &NaiveDate| {
            let next = *date + Days::new(1);
            Some((
                begin(*date, zone)?.timestamp(),
                begin(next, zone)?.timestamp(),
            ))
        };
        Self(dates.filter_map(span).collect())
    }

    /// At these Unix seconds.
    pub fn covers(&self, at: i64) -> bool {
        self.0.iter().any(|(from, to)| (*from..*to).contains(&at))
    }
}

/// Of a day. Where clocks go forward at midnight, the day begins later.
fn begin(date: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = date.and_hms_opt(0, 0, 0)?;
    let mut hours = (0..24).map(|hour| midnight + TimeDelta::hours(hour));
    let first = hours.find_map(|local| zone.from_local_datetime(&local).earliest());
    first.map(|at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(date: &str, zone: Tz, at: &str) -> bool {
        let date: NaiveDate = date.parse().unwrap();
        let at: DateTime<Utc> = at.parse().unwrap();
        ClosingDays::of([date].iter(), zone).covers(at.timestamp())
    }

    #[test]
    fn a_day_begins_and_ends_at_midnight_of_its_zone() {
        let in_berlin = |at| covers("2026-12-25", Tz::Europe__Berlin, at);
        assert!(!in_berlin("2026-12-24T22:59:59Z"));
        assert!(in_berlin("2026-12-24T23:00:00Z"));
        assert!(in_berlin("2026-12-25T22:59:59Z"));
        assert!(!in_berlin("2026-12-25T23:00:00Z"));
        assert!(covers("2026-12-25", Tz::UTC, "2026-12-25T23:00:00Z"));
    }

    #[test]
    fn a_day_in_which_clocks_change_has_its_own_length() {
        // 25 hours; and a day that begins at one o'clock.
        assert!(covers(
            "2026-10-25",
            Tz::Europe__Berlin,
            "2026-10-25T22:30:00Z"
        ));
        assert!(!covers(
            "2026-10-25",
            Tz::Europe__Berlin,
            "2026-10-25T23:00:00Z"
        ));
        assert!(covers(
            "2026-04-24",
            Tz::Africa__Cairo,
            "2026-04-24T00:00:00Z"
        ));
    }
}
