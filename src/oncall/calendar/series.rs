//! Events with one id: the series, its replaced and cancelled occurrences, and changes from an occurrence on.

use super::budget::{Exhausted, StepBudget};
use super::event::CalendarEvent;
use super::time::{CalendarTime, EventLength, instant};
use crate::oncall::shift::Shift;
use crate::text::Safe;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Steps for an occurrence: a look-up of its zone and its exceptions.
const OCCURRENCE: u64 = 8;
/// Farthest that a change of later occurrences moves them.
const MAX_SHIFT: TimeDelta = TimeDelta::days(366);

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Series {
    pub(super) event: CalendarEvent,
    without: Exceptions,
    /// Changes from an occurrence on, by wall time in the series' zone.
    later: BTreeMap<NaiveDateTime, Option<LaterChange>>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Exceptions {
    times: BTreeSet<DateTime<Utc>>,
    days: BTreeSet<NaiveDate>,
}

/// Wall time in the series' zone, the time itself, and the length if the occurrence has its own.
type Occurrence = (NaiveDateTime, DateTime<Utc>, Option<EventLength>);

/// How later occurrences differ; `None` if they are cancelled.
#[derive(Debug, Clone, PartialEq)]
struct LaterChange {
    shift: TimeDelta,
    lasts: EventLength,
    who: Vec<Safe>,
}

/// Groups events; faults are added to `faults`.
pub(super) fn series_of(events: Vec<CalendarEvent>, faults: &mut Vec<String>) -> Vec<Series> {
    let mut by_id: BTreeMap<String, Vec<CalendarEvent>> = BTreeMap::new();
    let mut all = Vec::new();
    for event in events {
        match &event.uid {
            // Events without an id are exceptions of no series.
            None => all.extend(Series::of(event)),
            Some(uid) => by_id.entry(uid.clone()).or_default().push(event),
        }
    }
    for events in by_id.into_values() {
        all.extend(together(events, faults));
    }
    all
}

fn together(events: Vec<CalendarEvent>, faults: &mut Vec<String>) -> Vec<Series> {
    let (masters, changes): (Vec<_>, Vec<_>) = events
        .into_iter()
        .partition(|event| event.replaces.is_none());
    // A newer version of an event replaces an older one.
    let newest = masters.iter().map(|event| event.sequence).max();
    let newest = |event: &CalendarEvent| Some(event.sequence) == newest;
    let masters = masters.into_iter().filter(newest);
    let mut masters: Vec<Series> = masters.filter_map(Series::of).collect();
    let mut newest: BTreeMap<(DateTime<Utc>, bool), CalendarEvent> = BTreeMap::new();
    for event in changes {
        let Some((at, is_range)) = event.replaces else {
            continue;
        };
        match newest.get(&(at.at(), is_range)) {
            Some(known) if known.sequence > event.sequence => {}
            _ => drop(newest.insert((at.at(), is_range), event)),
        }
    }
    let mut single = Vec::new();
    for event in newest.into_values() {
        let Some((at, is_range)) = event.replaces else {
            continue;
        };
        if is_range && !masters.is_empty() {
            masters
                .iter_mut()
                .for_each(|series| series.change(&at, &event, faults));
            continue;
        }
        if is_range {
            faults.push(format!(
                "{}: it changes later occurrences of a series that the calendar does not have; only this one is used",
                event.label
            ));
        }
        masters.iter_mut().for_each(|series| series.leave_out(&at));
        single.extend(Series::of(event));
    }
    masters.extend(single);
    masters
}

impl Series {
    fn of(event: CalendarEvent) -> Option<Self> {
        if event.is_cancelled {
            return None;
        }
        let without = event.without.clone();
        let mut series = Self {
            event,
            without: Exceptions::default(),
            later: BTreeMap::new(),
        };
        without.iter().for_each(|at| series.leave_out(at));
        Some(series)
    }

    fn leave_out(&mut self, at: &CalendarTime) {
        // A day cancels what occurs on it; in a series of whole days, a time stands for its day.
        if at.is_day || self.event.begin.is_day {
            self.without.days.insert(self.wall(at).date());
        } else {
            self.without.times.insert(at.at());
        }
    }

    fn wall(&self, at: &CalendarTime) -> NaiveDateTime {
        match at.is_day {
            true => at.wall,
            false => self.event.begin.zone.wall(at.at()),
        }
    }

    fn change(&mut self, from: &CalendarTime, event: &CalendarEvent, faults: &mut Vec<String>) {
        let wall = match from.is_day {
            true => from.wall.date().and_time(self.event.begin.wall.time()),
            false => self.wall(from),
        };
        let shift = self.wall(&event.begin) - wall;
        if shift.abs() > MAX_SHIFT {
            faults.push(format!(
                "{}: it moves later occurrences by more than a year; it is not used",
                event.label
            ));
            return;
        }
        let change = LaterChange {
            shift,
            lasts: event.lasts,
            who: event.who.clone(),
        };
        self.later
            .insert(wall, (!event.is_cancelled).then_some(change));
    }

    pub(super) fn cost(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> u64 {
        let (from, until) = self.window(from, until);
        let rules = self.event.rules.iter().chain(&self.event.without_rules);
        let rules = rules.map(|rule| rule.cost(&self.event.begin, from, until));
        rules.sum::<u64>() + self.event.also.len() as u64 + 1
    }

    /// In wall time: occurrences that begin in it may touch the window.
    fn window(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> (NaiveDateTime, NaiveDateTime) {
        let changes = || self.later.values().flatten();
        let own = self.event.also.iter().filter_map(|(_, lasts)| *lasts);
        let longest = changes()
            .map(|change| change.lasts)
            .chain(own)
            .chain([self.event.lasts]);
        let longest = longest.map(EventLength::longest).max().unwrap_or_default();
        let shift = changes()
            .map(|change| change.shift.abs())
            .max()
            .unwrap_or_default();
        let day = TimeDelta::days(1);
        (
            (from - longest - shift - day).naive_utc(),
            (until + shift + day).naive_utc(),
        )
    }

    pub(super) fn shifts(
        &self,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
        steps: &mut StepBudget,
    ) -> Result<Vec<Shift>, Exhausted> {
        let mut shifts = Vec::new();
        for (wall, at, lasts) in self.occurrences((from, until), steps)? {
            let mut begin = at;
            let (mut lasts, mut who) = (lasts.unwrap_or(self.event.lasts), &self.event.who);
            match self.later.range(..=wall).next_back() {
                None => {}
                Some((_, None)) => continue,
                Some((_, Some(change))) => {
                    begin = self.instant(wall + change.shift);
                    (lasts, who) = (change.lasts, &change.who);
                }
            }
            if self.without.has(at, wall) || self.without.has(begin, wall) {
                continue;
            }
            let Some(end) = lasts.end(begin, self.event.begin.zone) else {
                continue;
            };
            if begin < until && end > from {
                shifts.push(Shift {
                    from: begin,
                    until: end,
                    who: who.clone(),
                });
            }
        }
        Ok(shifts)
    }

    fn instant(&self, wall: NaiveDateTime) -> DateTime<Utc> {
        instant(self.event.begin.zone, wall, self.event.begin.is_day)
    }

    fn occurrences(
        &self,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
        steps: &mut StepBudget,
    ) -> Result<Vec<Occurrence>, Exhausted> {
        let window = self.window(from, until);
        let mut walls = Vec::new();
        for rule in &self.event.rules {
            walls.extend(rule.walls(&self.event.begin, window, steps)?);
        }
        // The start is an occurrence even if the rule does not give it; but a series that ends before its start has
        // none.
        if self.event.rules.is_empty()
            || !self
                .event
                .rules
                .iter()
                .all(|rule| rule.is_over(&self.event.begin))
        {
            walls.push(self.event.begin.wall);
        }
        let mut left_out = BTreeSet::new();
        for rule in &self.event.without_rules {
            left_out.extend(rule.walls(&self.event.begin, window, steps)?);
        }
        walls.retain(|wall| !left_out.contains(wall));
        steps.take(OCCURRENCE * (walls.len() + self.event.also.len()) as u64)?;
        let mut all: Vec<_> = walls
            .into_iter()
            .map(|wall| (wall, self.instant(wall), None))
            .collect();
        all.extend(
            self.event
                .also
                .iter()
                .map(|(at, lasts)| (self.wall(at), at.at(), *lasts)),
        );
        // If an occurrence is listed and also follows from a rule, its listed length counts.
        all.sort_by_key(|(_, at, lasts)| (*at, lasts.is_none()));
        all.dedup_by_key(|(_, at, _)| *at);
        Ok(all)
    }
}

impl Exceptions {
    fn has(&self, at: DateTime<Utc>, wall: NaiveDateTime) -> bool {
        self.times.contains(&at) || self.days.contains(&wall.date())
    }
}
