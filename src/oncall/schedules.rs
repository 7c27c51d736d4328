//! All on-call schedules: who is on call for a target at a given time.

use super::schedule::Schedule;
use super::shift::names;
use crate::text::{Safe, TargetId};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnCall {
    /// By the schedule. If there are several, all are paged.
    People(Vec<Safe>),
    /// The schedule has a gap; this fallback person is paged.
    Fallback(Safe),
    /// The schedule has a gap and no fallback.
    Nobody,
    /// The schedule is not known; this fallback person is paged.
    FallbackUnknown(Safe),
    /// The schedule is not known: the target is paged without a name.
    Unknown,
    /// The target has no schedule: the receiver of the page knows the person.
    NoSchedule,
}

impl OnCall {
    pub fn people(&self) -> &[Safe] {
        match self {
            Self::People(who) => who,
            Self::Fallback(who) | Self::FallbackUnknown(who) => std::slice::from_ref(who),
            Self::Nobody | Self::Unknown | Self::NoSchedule => &[],
        }
    }

    pub fn name(&self) -> Option<Safe> {
        let people = self.people();
        (!people.is_empty()).then(|| names(people))
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct OnCallSchedules {
    schedules: Vec<Schedule>,
    faults: Vec<Safe>,
}

impl OnCallSchedules {
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

    pub fn all(&self) -> &[Schedule] {
        &self.schedules
    }

    /// Everybody who is on call for any target within two days, and the fallback people.
    pub fn people(&self, now: DateTime<Utc>) -> BTreeSet<Safe> {
        let schedules = self.schedules.iter();
        let names = schedules.flat_map(|schedule| {
            let shifts = schedule.shifts(now, now + TimeDelta::days(2)).into_iter();
            let shifts = shifts.flat_map(|shift| shift.who);
            shifts.chain(schedule.otherwise.clone())
        });
        names.collect()
    }

    pub fn replace(&mut self, schedule: Schedule) {
        self.schedules.retain(|known| known.name != schedule.name);
        self.schedules.push(schedule);
    }

    pub fn on_call(&self, target: &TargetId, at: DateTime<Utc>) -> OnCall {
        let Some(schedule) = self.schedules.iter().find(|known| known.name == *target) else {
            return OnCall::NoSchedule;
        };
        match (schedule.holders(at), &schedule.otherwise) {
            (Some(who), _) if !who.is_empty() => OnCall::People(who),
            (Some(_), Some(who)) => OnCall::Fallback(who.clone()),
            (Some(_), None) => OnCall::Nobody,
            (None, Some(who)) => OnCall::FallbackUnknown(who.clone()),
            (None, None) => OnCall::Unknown,
        }
    }

    pub fn faults(&self) -> &[Safe] {
        &self.faults
    }

    pub fn problems(&self, now: DateTime<Utc>) -> Vec<String> {
        let own = self.faults.iter().map(ToString::to_string);
        let schedules = self.schedules.iter();
        own.chain(schedules.filter_map(|schedule| schedule.problem(now)))
            .collect()
    }

    pub fn odd(&self) -> impl Iterator<Item = (&TargetId, &Safe)> {
        self.schedules.iter().flat_map(|schedule| {
            let faults = schedule.status.faults.iter();
            faults.map(|fault| (&schedule.name, fault))
        })
    }

    /// The targets that a person is on call for; letter case does not matter.
    pub fn targets_of(&self, name: &str, at: DateTime<Utc>) -> Vec<TargetId> {
        let mine = |target: &TargetId| {
            let answers = self.on_call(target, at);
            let mut people = answers.people().iter();
            people.any(|who| who.as_str().eq_ignore_ascii_case(name))
        };
        let targets = self.schedules.iter().map(|schedule| &schedule.name);
        targets.filter(|target| mine(target)).cloned().collect()
    }
}
