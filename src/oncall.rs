//! On-call schedules: the people on call for a target at a given time. Pure: calendars arrive as text.

mod calendar;
mod hours;
mod schedule;
mod standing;
mod table;
mod turns;

pub use calendar::{Calendar, MAX_CALENDAR};
pub use hours::{DayTime, Hours, WeekDays, Zone};
pub use schedule::{
    CalendarSource, Override, Rotation, Schedule, ScheduleError, ScheduleFile, Span, WeeklyShift,
};
pub use standing::Standing;
pub use table::Table;
pub use turns::names;

use crate::text::Safe;
use crate::text::Slug;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotaFile {
    #[serde(default)]
    pub schedules: Vec<ScheduleFile>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnCall {
    /// By the schedule. If there are several, all are paged.
    People(Vec<Safe>),
    /// The schedule has a gap; this fallback person is paged.
    Otherwise(Safe),
    /// The schedule has a gap and no fallback.
    Nobody,
    /// The schedule is not known; this fallback person is paged.
    InPlace(Safe),
    /// The schedule is not known: the target is paged without a name.
    NotKnown,
    /// The target has no schedule: the receiver of the page knows the person.
    NoSchedule,
}

impl OnCall {
    pub fn people(&self) -> &[Safe] {
        match self {
            Self::People(who) => who,
            Self::Otherwise(who) | Self::InPlace(who) => std::slice::from_ref(who),
            Self::Nobody | Self::NotKnown | Self::NoSchedule => &[],
        }
    }

    /// The names in one text, if there are any: `dana and lee`.
    pub fn name(&self) -> Option<Safe> {
        let people = self.people();
        (!people.is_empty()).then(|| turns::names(people))
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rota {
    schedules: Vec<Schedule>,
    /// Problems of the file as a whole, as sentences.
    faults: Vec<Safe>,
}

impl Rota {
    pub fn new(schedules: Vec<Schedule>) -> Self {
        Self {
            schedules,
            faults: Vec::new(),
        }
    }

    pub fn with_faults(mut self, faults: impl IntoIterator<Item = Safe>) -> Self {
        self.faults.extend(faults);
        self
    }

    pub fn schedules(&self) -> &[Schedule] {
        &self.schedules
    }

    /// Everybody who is on call for any target within two days, and the fallback people.
    pub fn people(&self, now: DateTime<Utc>) -> BTreeSet<Safe> {
        let schedules = self.schedules.iter();
        let names = schedules.flat_map(|schedule| {
            let spans = schedule.spans(now, now + TimeDelta::days(2)).into_iter();
            let spans = spans.flat_map(|span| span.who);
            spans.chain(schedule.otherwise.clone())
        });
        names.collect()
    }

    pub fn replace(&mut self, schedule: Schedule) {
        self.schedules.retain(|known| known.name != schedule.name);
        self.schedules.push(schedule);
    }

    pub fn on_call(&self, target: &Slug, at: DateTime<Utc>) -> OnCall {
        let Some(schedule) = self.schedules.iter().find(|known| known.name == *target) else {
            return OnCall::NoSchedule;
        };
        match (schedule.holders(at), &schedule.otherwise) {
            (Some(who), _) if !who.is_empty() => OnCall::People(who),
            (Some(_), Some(who)) => OnCall::Otherwise(who.clone()),
            (Some(_), None) => OnCall::Nobody,
            (None, Some(who)) => OnCall::InPlace(who.clone()),
            (None, None) => OnCall::NotKnown,
        }
    }

    pub fn faults(&self) -> &[Safe] {
        &self.faults
    }

    /// Why schedules are not completely known, each with the person who is paged instead.
    pub fn troubles(&self, now: DateTime<Utc>) -> Vec<String> {
        let own = self.faults.iter().map(ToString::to_string);
        own.chain(
            self.schedules
                .iter()
                .filter_map(|schedule| schedule.trouble(now)),
        )
        .collect()
    }

    /// Problems of the schedules' calendars, by schedule.
    pub fn odd(&self) -> impl Iterator<Item = (&Slug, &Safe)> {
        self.schedules.iter().flat_map(|schedule| {
            let faults = schedule.standing.faults.iter();
            faults.map(|fault| (&schedule.name, fault))
        })
    }

    /// The targets that a person is on call for; letter case does not matter.
    pub fn held_by(&self, name: &str, at: DateTime<Utc>) -> Vec<Slug> {
        let mine = |target: &Slug| {
            let answers = self.on_call(target, at);
            let mut people = answers.people().iter();
            people.any(|who| who.as_str().eq_ignore_ascii_case(name))
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
