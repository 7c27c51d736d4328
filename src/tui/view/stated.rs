//! Stated times in the space of the screen: never more exact than they are known.

use super::words::{clock, clock_seconds, day, day_and_clock};
use crate::times::{Grain, StatedTime, TimeEnd, TimeEnds};
use chrono::{DateTime, TimeDelta, Utc};

/// For a column: `16:35:02`, `16:35`, `~16:35`, `16h`, `day`, `05:00/09:02`. The day stands above. An hour that is none
/// of the zone of the screen is an interval: `08:30/09:30`.
pub(super) fn column(at: &StatedTime, utc: bool) -> String {
    match at.ends() {
        TimeEnds::Plain(part) => of_day(part, utc),
        TimeEnds::About(part) => format!("~{}", of_day(part, utc)),
        TimeEnds::Between(first, last) if first.day == last.day => {
            format!("{}/{}", minutes(first, utc), last_minutes(last, utc))
        }
        TimeEnds::Between(first, last) => {
            format!("{}/{}", first.day.format("%m-%d"), last.day.format("%m-%d"))
        }
    }
}

fn of_day(part: TimeEnd, utc: bool) -> String {
    match part.grain {
        Grain::Second => clock_seconds(part.at, utc),
        Grain::Hour if !is_full_hour(part, utc) => {
            format!("{}/{}", minutes(part, utc), last_minutes(part, utc))
        }
        Grain::Minute | Grain::Hour | Grain::Day | Grain::Month | Grain::Year => minutes(part, utc),
    }
}

fn minutes(part: TimeEnd, utc: bool) -> String {
    match part.grain {
        Grain::Second | Grain::Minute => clock(part.at, utc),
        Grain::Hour if !is_full_hour(part, utc) => clock(part.at, utc),
        Grain::Hour => format!("{}h", &clock(part.at, utc)[..2]),
        Grain::Day => "day".into(),
        Grain::Month => "month".into(),
        Grain::Year => "year".into(),
    }
}

/// Of the end of an interval.
fn last_minutes(part: TimeEnd, utc: bool) -> String {
    match part.grain {
        Grain::Hour if !is_full_hour(part, utc) => clock(part.at + TimeDelta::hours(1), utc),
        _ => minutes(part, utc),
    }
}

/// Zones differ by parts of hours: 14h in Kolkata is 08:30 to 09:30 UTC.
fn is_full_hour(part: TimeEnd, utc: bool) -> bool {
    clock(part.at, utc).ends_with(":00")
}

/// The day above such a column: of a day, in the zone in which it was stated.
pub(super) fn heading(at: &StatedTime, utc: bool) -> String {
    let (TimeEnds::Plain(part) | TimeEnds::About(part) | TimeEnds::Between(part, _)) = at.ends();
    match part.grain {
        Grain::Second | Grain::Minute | Grain::Hour => day(part.at, utc),
        Grain::Day => part.day.format("%a %Y-%m-%d").to_string(),
        Grain::Month => part.day.format("%Y-%m").to_string(),
        Grain::Year => part.day.format("%Y").to_string(),
    }
}

/// Alone: `14:05`, `10 Jul 2019 16:35`, or as it was stated.
pub(super) fn short(at: &StatedTime, now: DateTime<Utc>, utc: bool) -> String {
    match at.is_precise() {
        true => day_and_clock(at.from(), now, utc),
        false => at.shown(),
    }
}

/// In full: with its day and as exact as it is known.
pub(super) fn full(at: &StatedTime, utc: bool) -> String {
    match at.ends() {
        TimeEnds::Plain(part) if at.is_precise() => {
            format!("{} {}", day(part.at, utc), of_day(part, utc))
        }
        _ => at.shown(),
    }
}

/// While it is typed: in UTC, with the weekday where the clock time is known.
pub(super) fn read_as(at: &StatedTime) -> String {
    match at.is_precise() {
        true => format!("{} UTC", full(at, true)),
        false => at.shown(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn stated(text: &str) -> StatedTime {
        let now = "2026-11-30T20:00:00Z".parse().unwrap();
        crate::times::read_time(text, None, now).unwrap()
    }

    #[rstest]
    #[case::minute("2019-07-10 16:35Z", "16:35", "Wed 2019-07-10")]
    #[case::second("2019-07-10 16:35:02Z", "16:35:02", "Wed 2019-07-10")]
    #[case::about("~2019-07-29 13:10Z", "~13:10", "Mon 2019-07-29")]
    #[case::day("2021-12-25 Europe/London", "day", "Sat 2021-12-25")]
    #[case::a_day_that_begins_on_the_day_before_in_utc(
        "2021-12-25 Asia/Tokyo",
        "day",
        "Sat 2021-12-25"
    )]
    #[case::hour("2021-12-25 14h UTC", "14h", "Sat 2021-12-25")]
    #[case::an_hour_elsewhere("2021-12-25 14h Europe/Berlin", "13h", "Sat 2021-12-25")]
    #[case::an_hour_that_is_none_in_utc(
        "2021-12-25 14h Asia/Kolkata",
        "08:30/09:30",
        "Sat 2021-12-25"
    )]
    #[case::about_such_an_hour("~2021-12-25 14h Asia/Kolkata", "~08:30/09:30", "Sat 2021-12-25")]
    #[case::from_such_an_hour_to_another(
        "2021-12-25 14h Asia/Kolkata/2021-12-25 16h Asia/Kolkata",
        "08:30/11:30",
        "Sat 2021-12-25"
    )]
    #[case::month("2019-04 UTC", "month", "2019-04")]
    #[case::interval("2022-05-26T05:00Z/2022-05-26T09:02Z", "05:00/09:02", "Thu 2022-05-26")]
    fn a_column_is_as_exact_as_the_time(
        #[case] text: &str,
        #[case] cells: &str,
        #[case] above: &str,
    ) {
        let at = stated(text);
        let found = (column(&at, true), heading(&at, true));
        assert_eq!(found, (cells.to_string(), above.to_string()));
    }

    #[test]
    fn a_day_has_no_clock_time_wherever_it_stands() {
        let at = stated("2021-12-25 Europe/London");
        let now = "2026-11-30T20:00:00Z".parse().unwrap();
        for shown in [short(&at, now, true), full(&at, true), read_as(&at)] {
            assert_eq!(shown, "2021-12-25 Europe/London");
        }
        assert_eq!(
            short(&stated("2019-07-10 16:35Z"), now, true),
            "10 Jul 2019 16:35"
        );
    }
}
