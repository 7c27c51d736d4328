//! Monitors all signals of a map: which queries are due, what the answers mean, and the state of each signal.
//!
//! Pure: the caller runs the queries and passes in the answers and the time. Past and present come in buckets. Each
//! bucket is read once, and the last two again, because scrapes arrive late. A refresh never reads the past of the
//! window again.

mod current;
mod gaps;
mod number;
mod pairs;
mod parts;
mod rate;
mod ratio;
mod report;
mod scrapes;
mod standing;
mod state;
mod usual;

pub use current::CurrentRatio;
pub use report::{
    MonitorReport, PartReport, RatioReport, SignalDetail, SignalReport, SignalStanding,
};
pub(crate) use scrapes::{SLOWEST, interval_of};

use super::map::ServiceMap;
use super::series::{Answer, QueryRole, SignalAnswer, SignalQuery, SignalRequest};
use crate::text::{Problem, SourceId};
use chrono::{DateTime, TimeDelta, Utc};
use number::MonitoredNumber;
use ratio::MonitoredRatio;
use state::{MonitoredSignal, SignalState};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Smaller differences of a clock are not reported.
const MIN_REPORTED_SKEW: TimeDelta = TimeDelta::seconds(5);
/// In seconds. Two processes that ask within the same interval ask the same question.
const ASKED_EVERY: TimeDelta = TimeDelta::seconds(10);

#[derive(Debug, Clone)]
pub struct SignalMonitor {
    map: Arc<ServiceMap>,
    signals: Vec<MonitoredSignal>,
    /// How far each source's clock is ahead of this machine's.
    skew: BTreeMap<Option<SourceId>, TimeDelta>,
    contacts: Vec<(SourceId, Result<(), Problem>)>,
    /// Between two instants at which signals are evaluated.
    every: TimeDelta,
}

impl SignalMonitor {
    pub fn new(map: Arc<ServiceMap>) -> Self {
        let mut signals = Vec::new();
        // If no path is marked, the first is the strict one.
        let (_, strict) = map.strict_place();
        for (_, path) in map.paths() {
            let mut money = path.money.clone();
            for spec in &path.signals {
                let state = if spec.objective().is_some() {
                    // The money of a path is counted once, by its first ratio.
                    let ratio = MonitoredRatio::new(&map, &path.path, spec, money.take());
                    SignalState::Ratio(Box::new(ratio))
                } else {
                    let number = MonitoredNumber::new(spec, map.scrape_seconds);
                    SignalState::Number(Box::new(number))
                };
                signals.push(MonitoredSignal {
                    path: path.path.clone(),
                    strict: path.path == strict,
                    spec: spec.clone(),
                    state,
                    errors: Vec::new(),
                    partial: Vec::new(),
                });
            }
        }
        Self {
            map,
            signals,
            skew: BTreeMap::new(),
            every: ASKED_EVERY,
            contacts: Vec::new(),
        }
    }

    /// Polled more often than every ten seconds.
    pub fn polled_every(mut self, every: TimeDelta) -> Self {
        self.every = every;
        self
    }

    pub fn map(&self) -> &Arc<ServiceMap> {
        &self.map
    }

    /// Each source that was asked in this round: whether it answered, or why not.
    pub fn set_contacts(&mut self, contacts: Vec<(SourceId, Result<(), Problem>)>) {
        self.contacts = contacts;
    }

    /// They come first: which bucket is complete depends on the source's clock.
    pub fn clock_queries(&self) -> Vec<SignalQuery> {
        let sources = self.signals.iter().map(|signal| &signal.spec.source);
        let sources: BTreeSet<&Option<SourceId>> = sources.collect();
        let query = |source: &Option<SourceId>| SignalQuery {
            signal: usize::MAX,
            source: source.clone(),
            request: SignalRequest {
                role: QueryRole::Clock,
                query: "time()".into(),
                at: None,
                range: None,
            },
        };
        sources.into_iter().map(query).collect()
    }

    /// They come next: how long a bucket is depends on the interval between two scrapes.
    pub fn interval_queries(&self, now: DateTime<Utc>) -> Vec<SignalQuery> {
        let query = |(index, signal): (usize, &MonitoredSignal)| {
            let there = now + self.skew_of(signal.spec.source.as_ref());
            let there = aligned(there, self.every);
            let request = match &signal.state {
                SignalState::Ratio(ratio) => ratio.scrapes.interval_query(there),
                SignalState::Number(number) => number.scrapes.interval_query(there),
            };
            request.map(|request| signal.query(index, request))
        };
        self.signals.iter().enumerate().filter_map(query).collect()
    }

    pub fn due_queries(&self, now: DateTime<Utc>) -> Vec<SignalQuery> {
        let mut due = Vec::new();
        for (index, signal) in self.signals.iter().enumerate() {
            let there = now + self.skew_of(signal.spec.source.as_ref());
            let there = aligned(there, self.every);
            let requests = match &signal.state {
                SignalState::Ratio(ratio) => ratio.due_queries(&signal.spec, there),
                SignalState::Number(number) => number.due_queries(&signal.spec, there),
            };
            let requests = requests.into_iter();
            due.extend(requests.map(|request| signal.query(index, request)));
        }
        due
    }

    /// They come last: the answers before them show where nothing was scraped, and what fails.
    pub fn follow_up_queries(&mut self) -> Vec<SignalQuery> {
        let mut due = Vec::new();
        for (index, signal) in self.signals.iter_mut().enumerate() {
            let requests = match &mut signal.state {
                SignalState::Ratio(ratio) => ratio.follow_up_queries(&signal.spec),
                SignalState::Number(_) => Vec::new(),
            };
            let requests = requests.into_iter();
            due.extend(requests.map(|request| signal.query(index, request)));
        }
        due
    }

    fn skew_of(&self, source: Option<&SourceId>) -> TimeDelta {
        self.skew.get(&source.cloned()).copied().unwrap_or_default()
    }

    pub fn answer(
        &mut self,
        query: &SignalQuery,
        result: Result<Answer<SignalAnswer>, Problem>,
        now: DateTime<Utc>,
    ) {
        let request = &query.request;
        if request.role == QueryRole::Clock {
            if let Ok(Answer { value, .. }) = result
                && let SignalAnswer::Vector(series) = value
                && let Some(first) = series.first()
            {
                self.skew
                    .insert(query.source.clone(), first.sample.at - now);
            }
            return;
        }
        let there = now + self.skew_of(query.source.as_ref());
        let Some(signal) = self.signals.get_mut(query.signal) else {
            return;
        };
        signal.partial.retain(|(role, _)| *role != request.role);
        let taken = result.and_then(|answer| {
            let said = answer.partial.clone();
            let is_partial = said.is_some();
            signal
                .partial
                .extend(said.map(|said| (request.role.clone(), said)));
            let answer = answer.marked();
            match &mut signal.state {
                SignalState::Ratio(ratio) if request.role == QueryRole::ScrapeCounts => {
                    ratio.set_counts(answer, there);
                    Ok(())
                }
                SignalState::Ratio(ratio) => ratio.answer(request, answer, there, is_partial),
                SignalState::Number(number) => {
                    number.answer(&signal.spec, &request.role, answer, there)
                }
            }
        });
        signal.errors.retain(|(role, _)| *role != request.role);
        if let Err(problem) = taken {
            signal.errors.push((request.role.clone(), problem));
        }
    }

    pub fn report(&mut self, now: DateTime<Utc>) -> MonitorReport {
        let skew = &self.skew;
        let signals = self
            .signals
            .iter_mut()
            .map(|signal| {
                let ahead = skew.get(&signal.spec.source).copied().unwrap_or_default();
                standing::of(signal, now, ahead)
            })
            .collect();
        let problem = |(source, ahead): (&Option<SourceId>, &TimeDelta)| {
            (ahead.abs() > MIN_REPORTED_SKEW).then(|| (source.clone(), *ahead))
        };
        MonitorReport {
            at: now,
            signals,
            skew: self.skew.iter().filter_map(problem).collect(),
            contacts: self.contacts.clone(),
        }
    }
}

fn aligned(at: DateTime<Utc>, every: TimeDelta) -> DateTime<Utc> {
    let every = every.num_seconds().clamp(1, ASKED_EVERY.num_seconds());
    let seconds = at.timestamp().div_euclid(every) * every;
    DateTime::from_timestamp(seconds, 0).unwrap_or(at)
}

#[cfg(test)]
mod tests;
