//! A schedule: the people on call by its pattern, with overrides.

use super::calendar::summary_pattern;
use super::file::{ScheduleError, ScheduleFile};
use super::hours::Zone;
use super::pattern::{ShiftPattern, overrides, rotation_pattern, weekly_pattern};
use super::shift::Shift;
use super::status::ScheduleStatus;
use super::table::{ShiftTable, merge_shifts};
use crate::text::{Safe, TargetId};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    pub name: TargetId,
    zone: Zone,
    pattern: ShiftPattern,
    overrides: Vec<Shift>,
    pub otherwise: Option<Safe>,
    pub status: ScheduleStatus,
}

impl Schedule {
    /// A calendar's shifts are added with [`Schedule::knowing`]; until then they are unknown.
    pub fn new(file: &ScheduleFile) -> Result<Self, ScheduleError> {
        let name = file.schedule.clone();
        let pattern = match (&file.rotation, file.shifts.is_empty(), &file.calendar) {
            (Some(rotation), true, None) => rotation_pattern(&name, rotation)?,
            (None, false, None) => weekly_pattern(&name, file.zone, &file.shifts)?,
            (None, true, Some(source)) => {
                if source.file.is_some() == source.url.is_some() {
                    return Err(ScheduleError::Place(name));
                }
                let summary = source.summary.as_deref().map(summary_pattern).transpose();
                summary.map_err(|why| ScheduleError::Calendar(name.clone(), why))?;
                ShiftPattern::Calendar(None)
            }
            _ => return Err(ScheduleError::Kind(name)),
        };
        Ok(Self {
            status: match pattern {
                ShiftPattern::Calendar(_) => ScheduleStatus::unread(),
                _ => ScheduleStatus::default(),
            },
            overrides: overrides(&name, &file.overrides)?,
            name,
            zone: file.zone,
            pattern,
            otherwise: file.otherwise.as_deref().map(Safe::line),
        })
    }

    pub fn unusable(name: TargetId, otherwise: Option<&str>, why: &str) -> Self {
        Self {
            name,
            zone: Zone::UTC,
            pattern: ShiftPattern::Calendar(None),
            overrides: Vec::new(),
            otherwise: otherwise.map(Safe::line),
            status: ScheduleStatus::refused(why),
        }
    }

    pub fn knowing(mut self, table: ShiftTable) -> Self {
        if let ShiftPattern::Calendar(known) = &mut self.pattern {
            *known = Some(Arc::new(table));
        }
        self
    }

    pub fn status(self, status: ScheduleStatus) -> Self {
        Self { status, ..self }
    }

    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// By its pattern, without overrides; `None` if nothing of the window is known.
    fn turns(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<Vec<Shift>> {
        self.pattern.within(self.zone, from, until)
    }

    /// The people on call by the schedule, without `otherwise`; `None` if that is unknown.
    pub fn holders(&self, at: DateTime<Utc>) -> Option<Vec<Safe>> {
        // An override has precedence.
        if let Some(stands_in) = self.overrides.iter().find(|shift| shift.covers(at)) {
            return Some(stands_in.who.clone());
        }
        let turns = self.turns(at, at + TimeDelta::seconds(1))?;
        let current = turns.iter().find(|shift| shift.covers(at));
        Some(current.map(|shift| shift.who.clone()).unwrap_or_default())
    }

    /// The known part of `holders` over a window: one shift after another, without gaps.
    pub fn shifts(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Shift> {
        let turns = self.turns(from, until).unwrap_or_default();
        let mut shifts = Vec::new();
        for turn in turns {
            let mut begin = turn.from;
            // An override replaces the turns that it covers.
            for over in &self.overrides {
                if over.until <= begin || over.from >= turn.until {
                    continue;
                }
                if over.from > begin {
                    shifts.push(Shift {
                        from: begin,
                        until: over.from,
                        who: turn.who.clone(),
                    });
                }
                begin = over.until;
            }
            if begin < turn.until {
                shifts.push(Shift {
                    from: begin,
                    ..turn
                });
            }
        }
        shifts.extend(self.overrides.iter().cloned());
        merge_shifts(&shifts, (from, until)).0
    }

    pub fn gap(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<(), ScheduleError> {
        let (Some((from, until)), None) = (self.known_within(from, until), &self.otherwise) else {
            return Ok(());
        };
        let gap = |from, until| ScheduleError::Gap {
            schedule: self.name.clone(),
            from,
            until,
        };
        let mut reached = from;
        for shift in self.shifts(from, until) {
            if shift.from > reached {
                return Err(gap(reached, shift.from));
            }
            reached = shift.until;
        }
        if reached < until {
            return Err(gap(reached, until));
        }
        Ok(())
    }

    /// The first time within a window at which several people are on call: all of them are paged.
    pub fn overlap(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<Shift> {
        let mut shifts = self.shifts(from, until).into_iter();
        shifts.find(|shift| shift.who.len() > 1)
    }

    /// Shifts of up to a day, with their length in wall time.
    pub fn stretched(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<(Shift, TimeDelta)> {
        let turns = self.turns(from, until).unwrap_or_default();
        let by_wall = |shift: Shift| {
            let usual = self.zone.wall(shift.until) - self.zone.wall(shift.from);
            (shift, usual)
        };
        let turns = turns.into_iter().map(by_wall);
        let stretched = turns.filter(|(shift, usual)| {
            *usual <= TimeDelta::days(1) && *usual != shift.until - shift.from
        });
        stretched.collect()
    }

    fn known_within(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        match &self.pattern {
            ShiftPattern::Rotation { .. } | ShiftPattern::Weekly(_) => Some((from, until)),
            ShiftPattern::Calendar(table) => {
                let table = table.as_ref()?;
                let (from, until) = (from.max(table.from), until.min(table.until));
                (from < until).then_some((from, until))
            }
        }
    }

    /// Of a calendar.
    pub fn known_until(&self) -> Option<DateTime<Utc>> {
        match &self.pattern {
            ShiftPattern::Rotation { .. } | ShiftPattern::Weekly(_) => None,
            ShiftPattern::Calendar(table) => table.as_ref().map(|table| table.until),
        }
    }
}
