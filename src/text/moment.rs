//! Times as people write them: a span from now, a clock time with its zone, a date with both. Without a zone a time is
//! refused: the reader of a record sits elsewhere.

use super::{Safe, parse_duration};
use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, Utc};

/// In which direction a span or a clock time is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Towards {
    /// What has happened: `10m` is ten minutes ago, `23:50Z` the last one.
    Past,
    /// What is to come: `10m` is in ten minutes, `01:00Z` the next one.
    Future,
}

/// A text that gives no time, or one that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoMoment {
    /// It cannot be read.
    #[error("\"{0}\" is neither a span nor a time with a zone")]
    Unreadable(Safe),
    /// It is said to have happened, and is to come.
    #[error("{} has not come yet", .0.format("%Y-%m-%d %H:%M:%S UTC"))]
    NotYet(DateTime<Utc>),
}

impl NoMoment {
    /// What to write instead.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "write 10m, 02:40+01:00, or 2026-11-22T02:40:00+01:00",
            Self::NotYet(_) => "what is to be done has a due time instead",
        }
    }
}

/// Reads a time, seen from `now`.
pub fn parse_moment(
    text: &str,
    now: DateTime<Utc>,
    towards: Towards,
) -> Result<DateTime<Utc>, NoMoment> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        let at = at.with_timezone(&Utc);
        return match towards {
            Towards::Past if at > now => Err(NoMoment::NotYet(at)),
            _ => Ok(at),
        };
    }
    if let Some(span) = parse_duration(text) {
        return Ok(match towards {
            Towards::Past => now - span,
            Towards::Future => now + span,
        });
    }
    clock_time(text, now, towards).ok_or_else(|| NoMoment::Unreadable(Safe::line(text)))
}

/// `02:40+01:00` or `01:40:30Z`: the nearest in that direction.
fn clock_time(text: &str, now: DateTime<Utc>, towards: Towards) -> Option<DateTime<Utc>> {
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
    let at = today
        .and_local_timezone(offset)
        .single()?
        .with_timezone(&Utc);
    let day = TimeDelta::days(1);
    Some(match towards {
        Towards::Past if at > now => at - day,
        Towards::Future if at < now => at + day,
        _ => at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::a_span_ago("10m", Towards::Past, "2026-11-22T00:50:00Z")]
    #[case::a_span_ahead("2h", Towards::Future, "2026-11-22T03:00:00Z")]
    #[case::the_last_evening("23:50Z", Towards::Past, "2026-11-21T23:50:00Z")]
    #[case::the_next_evening("23:50Z", Towards::Future, "2026-11-22T23:50:00Z")]
    #[case::an_earlier_hour_is_tomorrow("00:30Z", Towards::Future, "2026-11-23T00:30:00Z")]
    #[case::in_another_zone("01:40+01:00", Towards::Past, "2026-11-22T00:40:00Z")]
    #[case::where_it_is_still_yesterday("20:00-05:00", Towards::Past, "2026-11-22T01:00:00Z")]
    #[case::with_seconds("00:59:30z", Towards::Past, "2026-11-22T00:59:30Z")]
    #[case::a_date("2026-11-20T08:00:00+01:00", Towards::Past, "2026-11-20T07:00:00Z")]
    fn a_time_is_read_from_now_with_its_zone(
        #[case] text: &str,
        #[case] towards: Towards,
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
            parse_moment(text, now, Towards::Past),
            Err(NoMoment::NotYet(later))
        );
        assert_eq!(parse_moment(text, now, Towards::Future), Ok(later));
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
        assert!(parse_moment(text, now, Towards::Past).is_err());
    }
}
