//! Reads spans: how long ago something was, or how soon it is due.

use super::problem::{TimeProblem, plausible};
use super::stated::{Form, Grain, Margin, Said, StatedTime};
use super::zone::StatedZone;
use crate::text::parse_duration;
use chrono::{DateTime, NaiveTime, TimeDelta, Timelike, Utc};

/// `10m`, `2h`, or as this program writes it: `2 h 3 min`, `4 min 12 s`.
pub(super) fn span(text: &str) -> Option<TimeDelta> {
    let text = text.trim();
    if let Some(span) = parse_duration(text) {
        return Some(span);
    }
    let words: Vec<&str> = text.split(' ').collect();
    let parts = words.chunks(2).map(|pair| match pair {
        [number, "min"] => parse_duration(&format!("{number}m")),
        [number, unit] => parse_duration(&format!("{number}{unit}")),
        _ => None,
    });
    parts.sum::<Option<TimeDelta>>()
}

/// As exact as its unit: nobody who says "two hours ago" means a minute.
pub(super) fn ago(
    text: &str,
    span: TimeDelta,
    zone: StatedZone,
    now: DateTime<Utc>,
) -> Result<StatedTime, TimeProblem> {
    let at = now - span;
    plausible(at, now)?;
    let said = |grain| said_at(at, grain, zone);
    let form = match text.trim_end_matches("ago").trim().chars().next_back() {
        Some('s') => Form::Plain(said(Grain::Second)),
        Some('m' | 'n') => Form::Plain(said(Grain::Minute)),
        Some('h') => Form::About(said(Grain::Minute), Margin::usual(Grain::Minute)),
        _ => Form::Plain(said(Grain::Day)),
    };
    let read = StatedTime::of(form).ok_or(TimeProblem::Implausible(at))?;
    plausible(read.from(), now)?;
    Ok(read.not_after(now))
}

/// The second, minute or day of an instant.
fn said_at(at: DateTime<Utc>, grain: Grain, zone: StatedZone) -> Said {
    let local = zone.local(at);
    let start = match grain {
        Grain::Second => at.with_nanosecond(0),
        Grain::Minute => at.with_nanosecond(0).and_then(|at| at.with_second(0)),
        Grain::Hour | Grain::Day | Grain::Month | Grain::Year => {
            zone.first_instant(local.date().and_time(NaiveTime::MIN))
        }
    };
    Said {
        at: start.unwrap_or(at),
        grain,
        zone,
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::read_time;
    use super::*;

    #[test]
    fn a_span_that_leads_before_what_people_remember_is_refused() {
        let now: DateTime<Utc> = "2026-11-30T12:00:00Z".parse().unwrap();
        let sixty_years = ["3650 d"; 6].join(" ");
        for text in [sixty_years.clone(), format!("{sixty_years} ago")] {
            let read = read_time(&text, None, now);
            assert!(
                matches!(read, Err(TimeProblem::Implausible(_))),
                "{text}: {read:?}"
            );
        }
        let without_a_clock = DateTime::UNIX_EPOCH + TimeDelta::minutes(5);
        for text in ["10m", "10 min ago", "1d", "2h"] {
            let read = read_time(text, None, without_a_clock);
            assert!(
                matches!(read, Err(TimeProblem::Implausible(_))),
                "{text}: {read:?}"
            );
        }
        assert_eq!(
            read_time("3650d", None, now).unwrap().shown(),
            "2016-12-02 UTC"
        );
    }
}
