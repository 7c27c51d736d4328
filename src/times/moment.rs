//! The moment that a text means, where one is needed: when something is due, or happened.

use super::problem::TimeProblem;
use super::reading::{TimeDirection, dated, read_time, tidy};
use super::spans::span;
use super::stated::StatedTime;
use super::zone::StatedZone;
use chrono::{DateTime, Utc};

/// Relative to `now`: the start of what the text can mean for the past; for the future its end, because something that
/// is due on a day is due by the end of that day.
///
/// # Errors
///
/// If it cannot be read, has no zone, or is on the wrong side of `now`.
pub fn parse_moment(
    text: &str,
    now: DateTime<Utc>,
    towards: TimeDirection,
) -> Result<DateTime<Utc>, TimeProblem> {
    let at = match towards {
        TimeDirection::Past => return read_time(text, None, now).map(|read| read.from()),
        TimeDirection::Future | TimeDirection::Any => ahead(text, None, (now, towards))?.at,
    };
    match towards {
        TimeDirection::Future if at <= now => Err(TimeProblem::Passed(at)),
        _ => Ok(at),
    }
}

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueTime {
    pub at: DateTime<Utc>,
    /// As it was stated, where that is no span: a day is due by its end.
    pub stated: Option<StatedTime>,
}

/// When something is due, also if that has passed.
///
/// # Errors
///
/// If it cannot be read or has no zone.
pub fn due_by(
    text: &str,
    zone: Option<StatedZone>,
    now: DateTime<Utc>,
) -> Result<DueTime, TimeProblem> {
    ahead(text, zone, (now, TimeDirection::Future))
}

fn ahead(
    text: &str,
    zone: Option<StatedZone>,
    (now, towards): (DateTime<Utc>, TimeDirection),
) -> Result<DueTime, TimeProblem> {
    let moment = |at| DueTime { at, stated: None };
    let text = tidy(text)?;
    if let Some(span) = span(text.strip_prefix("in ").unwrap_or(&text)) {
        return Ok(moment(now + span));
    }
    let read: StatedTime = dated(&text, zone, (now, towards))?;
    let at = match read.is_precise() {
        true => read.from(),
        false => read.until(),
    };
    let stated = Some(read);
    Ok(DueTime { at, stated })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use rstest::rstest;

    #[rstest]
    #[case::a_span_ago("10m", TimeDirection::Past, "2026-11-22T00:50:00Z")]
    #[case::a_span_ahead("2h", TimeDirection::Future, "2026-11-22T03:00:00Z")]
    #[case::the_last_evening("23:50Z", TimeDirection::Past, "2026-11-21T23:50:00Z")]
    #[case::the_next_evening("23:50Z", TimeDirection::Future, "2026-11-22T23:50:00Z")]
    #[case::an_hour_long_ago_is_tomorrow(
        "19:00+01:00",
        TimeDirection::Future,
        "2026-11-22T18:00:00Z"
    )]
    #[case::this_minute("01:00:40Z", TimeDirection::Past, "2026-11-22T01:00:00Z")]
    #[case::said_as_people_say_it("10m ago", TimeDirection::Past, "2026-11-22T00:50:00Z")]
    #[case::and_ahead("in 10m", TimeDirection::Future, "2026-11-22T01:10:00Z")]
    #[case::a_date_without_seconds(
        "2026-11-20T08:00+01:00",
        TimeDirection::Past,
        "2026-11-20T07:00:00Z"
    )]
    #[case::a_date_with_a_space("2026-11-23 08:00Z", TimeDirection::Future, "2026-11-23T08:00:00Z")]
    #[case::any_date("2026-11-20T08:00Z", TimeDirection::Any, "2026-11-20T08:00:00Z")]
    #[case::any_clock_time_is_the_next("00:30Z", TimeDirection::Any, "2026-11-23T00:30:00Z")]
    #[case::in_another_zone("01:40+01:00", TimeDirection::Past, "2026-11-22T00:40:00Z")]
    #[case::where_it_is_still_yesterday("20:00-05:00", TimeDirection::Past, "2026-11-22T01:00:00Z")]
    #[case::with_seconds("00:59:30z", TimeDirection::Past, "2026-11-22T00:59:30Z")]
    #[case::a_date(
        "2026-11-20T08:00:00+01:00",
        TimeDirection::Past,
        "2026-11-20T07:00:00Z"
    )]
    fn a_time_is_read_from_now_with_its_zone(
        #[case] text: &str,
        #[case] towards: TimeDirection,
        #[case] wanted: &str,
    ) {
        let now = "2026-11-22T01:00:00Z".parse().unwrap();
        let wanted: DateTime<Utc> = wanted.parse().unwrap();
        assert_eq!(parse_moment(text, now, towards), Ok(wanted));
    }

    #[test]
    fn what_is_to_come_has_not_happened() {
        let now: DateTime<Utc> = "2026-11-22T01:00:00Z".parse().unwrap();
        let text = "2026-11-22T03:00:00+01:00";
        let later = now + TimeDelta::hours(1);
        assert_eq!(
            parse_moment(text, now, TimeDirection::Past),
            Err(TimeProblem::NotYet(later))
        );
        assert_eq!(parse_moment(text, now, TimeDirection::Future), Ok(later));
    }

    #[rstest]
    #[case::a_date("2026-11-22T00:59:00Z")]
    #[case::now("2026-11-22T01:00:00Z")]
    #[case::a_clock_time("00:30Z")]
    #[case::a_clock_time_elsewhere("19:30-05:00")]
    fn what_has_passed_is_no_due_time(#[case] text: &str) {
        let now = "2026-11-22T01:00:00Z".parse().unwrap();
        let found = parse_moment(text, now, TimeDirection::Future);
        assert!(matches!(found, Err(TimeProblem::Passed(_))), "{found:?}");
    }

    #[rstest]
    #[case::soon("01:05Z")]
    #[case::in_some_hours("12:00Z")]
    fn a_clock_time_of_the_coming_hours_has_not_happened_yesterday(#[case] text: &str) {
        let now = "2026-11-22T01:00:00Z".parse().unwrap();
        let found = parse_moment(text, now, TimeDirection::Past);
        assert!(matches!(found, Err(TimeProblem::NotYet(_))), "{found:?}");
    }

    #[rstest]
    #[case("0001-01-01T00:00:00Z", TimeDirection::Past)]
    #[case("1970-01-01T00:00Z", TimeDirection::Past)]
    #[case("1970-01-01T00:00Z", TimeDirection::Any)]
    #[case("9999-12-31T23:59Z", TimeDirection::Future)]
    fn a_year_that_nobody_means_is_refused(#[case] text: &str, #[case] towards: TimeDirection) {
        let now = "2026-11-22T01:00:00Z".parse().unwrap();
        let refused = parse_moment(text, now, towards);
        assert!(
            matches!(refused, Err(TimeProblem::Implausible(_))),
            "{refused:?}"
        );
    }

    #[rstest]
    #[case::no_zone("02:40")]
    #[case::no_zone_with_a_date("2026-11-22T02:40:00")]
    #[case::no_such_hour("25:00Z")]
    #[case::words("just now")]
    #[case::nothing("")]
    #[case::a_zone_that_is_none("02:40+99:00")]
    fn what_leaves_the_time_open_is_refused(#[case] text: &str) {
        let now = "2026-11-22T01:00:00Z".parse().unwrap();
        assert!(parse_moment(text, now, TimeDirection::Past).is_err());
    }
}
