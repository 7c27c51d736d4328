//! Turns: a rotation, weekly shifts, a calendar's window, and overrides.

use super::hours::Zone;
use super::schedule::{Override, Rotation, ScheduleError, Span, WeeklyShift};
use super::table::Table;
use crate::text::Slug;
use crate::text::{Safe, parse_duration};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use std::sync::Arc;

/// The largest clock change on record (Samoa, 2011).
const LONGEST_SKIP: TimeDelta = TimeDelta::hours(24);

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Turns {
    Rotation {
        people: Vec<Safe>,
        starts: NaiveDateTime,
        every: TimeDelta,
    },
    Weekly(Vec<(Safe, WeeklyShift)>),
    /// `None` until the calendar is known.
    Calendar(Option<Arc<Table>>),
}

impl Turns {
    /// In order; `None` if nothing of the window is known.
    pub(super) fn over(
        &self,
        zone: Zone,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Option<Vec<Span>> {
        match self {
            Self::Rotation {
                people,
                starts,
                every,
            } => Some(rotation(zone, people, *starts, *every, from, until)),
            Self::Weekly(shifts) => Some(weekly_spans(zone, shifts, from, until)),
            Self::Calendar(table) => {
                let table = table.as_ref()?;
                let knows = table.from < until && from < table.until;
                knows.then(|| table.spans(from, until).to_vec())
            }
        }
    }
}

pub(super) fn turns_of(name: &Slug, file: &Rotation) -> Result<Turns, ScheduleError> {
    let nobody = |who: &String| who.trim().is_empty();
    if !(1..=100).contains(&file.people.len()) || file.people.iter().any(nobody) {
        return Err(ScheduleError::People(name.clone()));
    }
    let starts = NaiveDateTime::parse_from_str(&file.starts, "%Y-%m-%dT%H:%M")
        .map_err(|_| ScheduleError::Starts(name.clone(), file.starts.clone()))?;
    let day = TimeDelta::days(1);
    let sound = |every: &TimeDelta| {
        *every >= TimeDelta::hours(1) && (*every < day || every.num_seconds() % 86_400 == 0)
    };
    let every = parse_duration(&file.every)
        .filter(sound)
        .ok_or_else(|| ScheduleError::Every(name.clone(), file.every.clone()))?;
    Ok(Turns::Rotation {
        people: file.people.iter().map(|who| Safe::line(who)).collect(),
        starts,
        every,
    })
}

/// The start of the `n`th turn of a rotation in wall time: a hand-over at 21:00 stays at 21:00 over a clock change, and
/// the turn across it is longer or shorter.
fn turn(zone: Zone, starts: NaiveDateTime, every: TimeDelta, n: i64) -> DateTime<Utc> {
    let since = i32::try_from(n).ok().and_then(|n| every.checked_mul(n));
    let wall = since.and_then(|since| starts.checked_add_signed(since));
    zone.instant(wall.unwrap_or(starts))
}

fn rotation(
    zone: Zone,
    people: &[Safe],
    starts: NaiveDateTime,
    every: TimeDelta,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<Span> {
    let since = from - zone.instant(starts);
    let early = LONGEST_SKIP.num_seconds() / every.num_seconds() + 1;
    let mut n = (since.num_seconds().div_euclid(every.num_seconds()) - early).max(0);
    let mut spans = Vec::new();
    loop {
        let (begin, end) = (
            turn(zone, starts, every, n),
            turn(zone, starts, every, n + 1),
        );
        if begin >= until {
            return spans;
        }
        let at = usize::try_from(n).unwrap_or_default() % people.len();
        // A turn within a skipped hour has no time.
        if end > from && begin < end {
            spans.push(Span {
                from: begin,
                until: end,
                who: vec![people[at].clone()],
            });
        }
        n += 1;
    }
}

pub(super) fn weekly(
    name: &Slug,
    zone: Zone,
    shifts: &[WeeklyShift],
) -> Result<Turns, ScheduleError> {
    let shifts: Vec<(Safe, WeeklyShift)> = shifts
        .iter()
        .map(|shift| (Safe::line(&shift.who), shift.clone()))
        .collect();
    // Two weeks without a clock change contain every pair that can meet.
    let from = zone.instant(super::quiet_monday());
    let spans = weekly_spans(zone, &shifts, from, from + TimeDelta::days(14));
    no_overlap(name, spans)?;
    Ok(Turns::Weekly(shifts))
}

fn weekly_spans(
    zone: Zone,
    shifts: &[(Safe, WeeklyShift)],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut day = zone.wall(from).date().pred_opt().unwrap_or_default();
    let last = zone.wall(until).date();
    while day <= last {
        let next = day.succ_opt().unwrap_or(day);
        for (who, shift) in shifts.iter().filter(|(_, shift)| shift.days.has(day)) {
            let ends = if shift.until > shift.from { day } else { next };
            let span = Span {
                from: zone.instant(day.and_time(shift.from.0)),
                until: zone.instant(ends.and_time(shift.until.0)),
                who: vec![who.clone()],
            };
            if span.until > from && span.from < until {
                spans.push(span);
            }
        }
        if next == day {
            break;
        }
        day = next;
    }
    spans
}

pub(super) fn overrides(name: &Slug, file: &[Override]) -> Result<Vec<Span>, ScheduleError> {
    let mut spans = Vec::new();
    for over in file {
        if over.until <= over.from {
            return Err(ScheduleError::Backwards(name.clone(), over.who.clone()));
        }
        spans.push(Span {
            from: over.from.with_timezone(&Utc),
            until: over.until.with_timezone(&Utc),
            who: vec![Safe::line(&over.who)],
        });
    }
    spans.sort_by_key(|span| span.from);
    no_overlap(name, spans.clone())?;
    Ok(spans)
}

fn no_overlap(name: &Slug, mut spans: Vec<Span>) -> Result<(), ScheduleError> {
    spans.sort_by_key(|span| span.from);
    for pair in spans.windows(2) {
        if pair[1].from < pair[0].until {
            return Err(ScheduleError::Overlap {
                schedule: name.clone(),
                one: names(&pair[0].who),
                other: names(&pair[1].who),
                at: pair[1].from,
            });
        }
    }
    Ok(())
}

/// Several names as one text: `dana and lee`.
pub fn names(who: &[Safe]) -> Safe {
    match who {
        [one] => one.clone(),
        _ => {
            let names: Vec<&str> = who.iter().map(Safe::as_str).collect();
            Safe::line(&names.join(" and "))
        }
    }
}
