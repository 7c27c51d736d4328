//! Shift patterns: a rotation, weekly shifts, a calendar's window, and overrides.

use super::file::{Override, Rotation, ScheduleError, WeeklyShift};
use super::hours::{Zone, quiet_monday};
use super::shift::{Shift, names};
use super::table::ShiftTable;
use crate::text::{Safe, TargetId, parse_duration};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use std::sync::Arc;

/// The largest clock change on record (Samoa, 2011).
const LONGEST_SKIP: TimeDelta = TimeDelta::hours(24);

#[derive(Debug, Clone, PartialEq)]
pub(super) enum ShiftPattern {
    Rotation {
        people: Vec<Safe>,
        starts: NaiveDateTime,
        every: TimeDelta,
    },
    Weekly(Vec<(Safe, WeeklyShift)>),
    /// `None` until the calendar is known.
    Calendar(Option<Arc<ShiftTable>>),
}

impl ShiftPattern {
    /// In order; `None` if nothing of the window is known.
    pub(super) fn within(
        &self,
        zone: Zone,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Option<Vec<Shift>> {
        match self {
            Self::Rotation {
                people,
                starts,
                every,
            } => Some(rotation(zone, people, *starts, *every, from, until)),
            Self::Weekly(shifts) => Some(weekly_shifts(zone, shifts, from, until)),
            Self::Calendar(table) => {
                let table = table.as_ref()?;
                let knows = table.from < until && from < table.until;
                knows.then(|| table.shifts(from, until).to_vec())
            }
        }
    }
}

pub(super) fn rotation_pattern(
    name: &TargetId,
    file: &Rotation,
) -> Result<ShiftPattern, ScheduleError> {
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
    Ok(ShiftPattern::Rotation {
        people: file.people.iter().map(|who| Safe::line(who)).collect(),
        starts,
        every,
    })
}

/// In wall time: a hand-over at 21:00 stays at 21:00 after a clock change, and that turn is longer or shorter.
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
) -> Vec<Shift> {
    let since = from - zone.instant(starts);
    let early = LONGEST_SKIP.num_seconds() / every.num_seconds() + 1;
    let mut n = (since.num_seconds().div_euclid(every.num_seconds()) - early).max(0);
    let mut shifts = Vec::new();
    loop {
        let turn = |n| turn(zone, starts, every, n);
        let (begin, end) = (turn(n), turn(n + 1));
        if begin >= until {
            return shifts;
        }
        let at = usize::try_from(n).unwrap_or_default() % people.len();
        // A turn within a skipped hour has no time.
        if end > from && begin < end {
            shifts.push(Shift {
                from: begin,
                until: end,
                who: vec![people[at].clone()],
            });
        }
        n += 1;
    }
}

pub(super) fn weekly_pattern(
    name: &TargetId,
    zone: Zone,
    shifts: &[WeeklyShift],
) -> Result<ShiftPattern, ScheduleError> {
    let shifts = shifts
        .iter()
        .map(|shift| (Safe::line(&shift.who), shift.clone()));
    let shifts: Vec<(Safe, WeeklyShift)> = shifts.collect();
    // Two weeks without a clock change contain every pair that can meet.
    let from = zone.instant(quiet_monday());
    let fortnight = weekly_shifts(zone, &shifts, from, from + TimeDelta::days(14));
    no_overlap(name, fortnight)?;
    Ok(ShiftPattern::Weekly(shifts))
}

fn weekly_shifts(
    zone: Zone,
    weekly: &[(Safe, WeeklyShift)],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<Shift> {
    let mut shifts = Vec::new();
    let mut day = zone.wall(from).date().pred_opt().unwrap_or_default();
    let last = zone.wall(until).date();
    while day <= last {
        let next = day.succ_opt().unwrap_or(day);
        for (who, shift) in weekly.iter().filter(|(_, shift)| shift.days.has(day)) {
            let ends = if shift.until > shift.from { day } else { next };
            let shift = Shift {
                from: zone.instant(day.and_time(shift.from.0)),
                until: zone.instant(ends.and_time(shift.until.0)),
                who: vec![who.clone()],
            };
            if shift.until > from && shift.from < until {
                shifts.push(shift);
            }
        }
        if next == day {
            break;
        }
        day = next;
    }
    shifts
}

pub(super) fn overrides(name: &TargetId, file: &[Override]) -> Result<Vec<Shift>, ScheduleError> {
    let mut shifts = Vec::new();
    for one in file {
        if one.until <= one.from {
            return Err(ScheduleError::Backwards(name.clone(), one.who.clone()));
        }
        shifts.push(Shift {
            from: one.from.with_timezone(&Utc),
            until: one.until.with_timezone(&Utc),
            who: vec![Safe::line(&one.who)],
        });
    }
    shifts.sort_by_key(|shift| shift.from);
    no_overlap(name, shifts.clone())?;
    Ok(shifts)
}

fn no_overlap(name: &TargetId, mut shifts: Vec<Shift>) -> Result<(), ScheduleError> {
    shifts.sort_by_key(|shift| shift.from);
    for pair in shifts.windows(2) {
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
