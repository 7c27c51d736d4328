//! Times as people write them: a span from now, a clock time with its zone, a date with both. A time without a zone
//! is refused: the reader of a record may be in another zone.

use super::duration::parse_duration;
use super::safe::Safe;
use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, Utc};

/// How a span or a clock time is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeDirection {
    /// Past events: `10m` is ten minutes ago, `23:50Z` the last one.
    Past,
    /// Future events: `10m` is in ten minutes, `01:00Z` the next one.
    Future,
    /// Spans and clock times as for the future; any date.
    Any,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeProblem {
    #[error("\"{0}\" is neither a span nor a time with a zone")]
    Unreadable(Safe),
    #[error("\"{0}\" has no zone, and a guessed zone makes a timeline wrong")]
    NoZone(Safe),
    /// More than ten years from now.
    #[error("{} is more than ten years from now", .0.format("%Y-%m-%d %H:%M:%S UTC"))]
    Implausible(DateTime<Utc>),
    #[error("{} is in the future", .0.format("%Y-%m-%d %H:%M:%S UTC"))]
    NotYet(DateTime<Utc>),
    #[error("{} is in the past", .0.format("%Y-%m-%d %H:%M:%S UTC"))]
    Passed(DateTime<Utc>),
}

impl TimeProblem {
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "write 10m, 02:40+01:00, or 2026-11-22T02:40+01:00",
            Self::NoZone(_) => "add its zone: 02:40Z, or 02:40+01:00",
            Self::Implausible(_) => "check the year",
            Self::NotYet(_) => "give a future action a due time instead",
            Self::Passed(_) => "write 30m, or add the date",
        }
    }
}

/// A date further from now than this is a mistake, or the zero of a program.
const PLAUSIBLE: TimeDelta = TimeDelta::days(3653);
/// A clock time on the wrong side of now by less than this is a mistake, and does not mean the next or the previous
/// day. Beyond half a day the other day is nearer; a due time means tomorrow more often.
const SLIP_AHEAD: TimeDelta = TimeDelta::hours(12);
const SLIP_BEHIND: TimeDelta = TimeDelta::hours(6);
/// A clock time has minutes: the next minute counts as the present one.
const THIS_MINUTE: TimeDelta = TimeDelta::seconds(60);

/// Relative to `now`.
///
/// # Errors
///
/// If it cannot be read, has no zone, or is on the wrong side of `now`.
pub fn parse_moment(
    text: &str,
    now: DateTime<Utc>,
    towards: TimeDirection,
) -> Result<DateTime<Utc>, TimeProblem> {
    let text = text.trim();
    if let Some(at) = date_and_time(text) {
        return match towards {
            _ if now - at > PLAUSIBLE => Err(TimeProblem::Implausible(at)),
            TimeDirection::Past if at > now => Err(TimeProblem::NotYet(at)),
            TimeDirection::Future if at <= now => Err(TimeProblem::Passed(at)),
            TimeDirection::Future | TimeDirection::Any if at - now > PLAUSIBLE => {
                Err(TimeProblem::Implausible(at))
            }
            _ => Ok(at),
        };
    }
    let span = match towards {
        TimeDirection::Past => text.strip_suffix("ago").unwrap_or(text),
        TimeDirection::Future | TimeDirection::Any => text.strip_prefix("in ").unwrap_or(text),
    };
    if let Some(span) = parse_duration(span.trim()) {
        return Ok(match towards {
            TimeDirection::Past => now - span,
            TimeDirection::Future | TimeDirection::Any => now + span,
        });
    }
    let is_bare = || {
        let forms = ["%H:%M", "%H:%M:%S"];
        forms
            .iter()
            .any(|form| NaiveTime::parse_from_str(text, form).is_ok())
    };
    let today = clock_time(text, now).ok_or_else(|| match is_bare() {
        true => TimeProblem::NoZone(Safe::line(text)),
        false => TimeProblem::Unreadable(Safe::line(text)),
    })?;
    let day = TimeDelta::days(1);
    match towards {
        TimeDirection::Past if today > now && today - now < THIS_MINUTE => Ok(now),
        TimeDirection::Past if today > now && today - now < SLIP_AHEAD => {
            Err(TimeProblem::NotYet(today))
        }
        TimeDirection::Past if today > now => Ok(today - day),
        TimeDirection::Future if today <= now && now - today < SLIP_BEHIND => {
            Err(TimeProblem::Passed(today))
        }
        TimeDirection::Future | TimeDirection::Any if today <= now => Ok(today + day),
        _ => Ok(today),
    }
}

/// `2026-11-22T02:40:00+01:00`; seconds are optional, and a space may replace the T.
fn date_and_time(text: &str) -> Option<DateTime<Utc>> {
    let without_seconds = |text: &str| {
        let text = text.replacen(['Z', 'z'], "+00:00", 1);
        let forms = ["%Y-%m-%dT%H:%M%:z", "%Y-%m-%d %H:%M%:z"];
        forms
            .iter()
            .find_map(|form| DateTime::parse_from_str(&text, form).ok())
    };
    let at = DateTime::parse_from_rfc3339(text).ok();
    at.or_else(|| without_seconds(text))
        .map(|at| at.with_timezone(&Utc))
}

/// `02:40+01:00` or `01:40:30Z`, on the current day of that zone.
fn clock_time(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let split = text.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = text.split_at(split);
    let time = NaiveTime::parse_from_str(time, "%H:%M")
        .or_else(|_| NaiveTime::parse_from_str(time, "%H:%M:%S"))
        .ok()?;
    let offset: FixedOffset = match zone {
        "Z" | "z" => FixedOffset::east_opt(0)?,
        zone => zone.parse().ok()?,
    };
    let today = now.with_timezone(&offset).date_naive().and_time(time);
    let at = today.and_local_timezone(offset).single()?;
    Some(at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;
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
