//! On-call schedules: who answers for a target at a given time. Pure: calendars arrive as text.

mod calendar;
mod hours;
mod schedule;

pub use calendar::{Calendar, MAX_CALENDAR};
pub use hours::{DayTime, Hours, WeekDays, Zone};
pub use schedule::{
    CalendarSource, Override, Rotation, Schedule, ScheduleError, ScheduleFile, Span, WeeklyShift,
};

use super::ids::Slug;
use crate::text::Safe;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The file of schedules.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotaFile {
    /// The schedules.
    #[serde(default)]
    pub schedules: Vec<ScheduleFile>,
}

/// Who answers for a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnCall {
    /// This person, by the schedule.
    Person(Safe),
    /// The schedule names nobody; this one is called then.
    Otherwise(Safe),
    /// The schedule names nobody.
    Nobody,
    /// The target has no schedule: the receiver of the page knows who it is.
    NoSchedule,
}

impl OnCall {
    /// The name, where there is one.
    pub fn name(&self) -> Option<&Safe> {
        match self {
            Self::Person(who) | Self::Otherwise(who) => Some(who),
            Self::Nobody | Self::NoSchedule => None,
        }
    }
}

/// All schedules.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rota {
    schedules: Vec<Schedule>,
}

impl Rota {
    /// Of these schedules.
    pub fn new(schedules: Vec<Schedule>) -> Self {
        Self { schedules }
    }

    /// The schedules.
    pub fn schedules(&self) -> &[Schedule] {
        &self.schedules
    }

    /// Everybody who is on call for anything within two days, and who stands in for gaps: whoever may take over soon.
    pub fn people(&self, now: DateTime<Utc>) -> BTreeSet<Safe> {
        let schedules = self.schedules.iter();
        let names = schedules.flat_map(|schedule| {
            let spans = schedule.spans(now, now + TimeDelta::days(2)).into_iter();
            spans.map(|span| span.who).chain(schedule.otherwise.clone())
        });
        names.collect()
    }

    /// Puts a schedule in the place of the one of the same name.
    pub fn replace(&mut self, schedule: Schedule) {
        self.schedules.retain(|known| known.name != schedule.name);
        self.schedules.push(schedule);
    }

    /// Who answers for a target at this time.
    pub fn on_call(&self, target: &Slug, at: DateTime<Utc>) -> OnCall {
        let Some(schedule) = self.schedules.iter().find(|known| known.name == *target) else {
            return OnCall::NoSchedule;
        };
        match (schedule.holder(at), &schedule.otherwise) {
            (Some(who), _) => OnCall::Person(who),
            (None, Some(who)) => OnCall::Otherwise(who.clone()),
            (None, None) => OnCall::Nobody,
        }
    }

    /// The targets that a person answers for at this time, by name, whatever its case.
    pub fn held_by(&self, name: &str, at: DateTime<Utc>) -> Vec<Slug> {
        let mine = |target: &Slug| {
            let answers = self.on_call(target, at);
            answers
                .name()
                .is_some_and(|who| who.as_str().eq_ignore_ascii_case(name))
        };
        let targets = self.schedules.iter().map(|schedule| &schedule.name);
        targets.filter(|target| mine(target)).cloned().collect()
    }
}

/// A Monday around which no zone changes its clocks.
pub(super) fn quiet_monday() -> NaiveDateTime {
    let day = NaiveDate::from_ymd_opt(2026, 1, 12).unwrap_or_default();
    day.and_time(NaiveTime::MIN)
}

#[cfg(test)]
mod tests;
