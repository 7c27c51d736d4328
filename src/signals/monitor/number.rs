//! A monitored number: a correctness counter, a level, versions of replicas, a deadline.

use super::super::map::SignalSpec;
use super::super::series::{
    LabelledSample, QueryRange, QueryRole, SignalAnswer, SignalRequest, bucket_of,
};
use super::super::{Reading, Sample};
use super::scrapes::MonitoredScrapes;
use crate::text::{Problem, Safe};
use chrono::{DateTime, Utc};
use std::collections::VecDeque;

/// Minutes of the past that are kept, and read at the start.
const KEPT: i64 = 6 * 60;
/// Of those shown; more than this is a label explosion.
const MAX_VERSIONS: usize = 12;

#[derive(Debug, Clone, Default)]
pub(crate) struct MonitoredNumber {
    pub(super) scrapes: MonitoredScrapes,
    pub(super) sample: Option<Sample>,
    pub(super) age: Option<Reading>,
    pub(super) amount: Option<Reading>,
    pub(super) versions: Vec<(Safe, f64)>,
    /// By minute, the oldest first.
    pub(super) past: VecDeque<(i64, f64)>,
    read_past: bool,
    keeps_past: bool,
}

impl MonitoredNumber {
    pub(super) fn new(spec: &SignalSpec, scrape_seconds: u32) -> Self {
        let query = spec.alive.as_deref().or(query(spec)).unwrap_or_default();
        Self {
            scrapes: MonitoredScrapes::new(&[query], scrape_seconds),
            keeps_past: spec.correctness.is_some() || spec.level.is_some(),
            ..Self::default()
        }
    }

    pub(super) fn due_queries(
        &self,
        spec: &SignalSpec,
        there: DateTime<Utc>,
    ) -> Vec<SignalRequest> {
        let Some(query) = query(spec) else {
            return Vec::new();
        };
        let request = |role, query: &str, range: Option<QueryRange>| SignalRequest {
            role,
            query: query.to_string(),
            at: Some(there).filter(|_| range.is_none()),
            range,
        };
        let mut due = vec![request(QueryRole::Value, query, None)];
        if self.keeps_past && !self.read_past {
            let next = there.timestamp().div_euclid(60);
            let past = QueryRange::of_buckets(60, next - KEPT, next);
            due.push(request(QueryRole::Value, query, Some(past)));
        }
        if let Some(correctness) = &spec.correctness {
            let age = correctness.age.as_ref();
            let amount = correctness.amount.as_ref();
            due.extend(age.map(|query| request(QueryRole::Age, query, None)));
            due.extend(amount.map(|query| request(QueryRole::Amount, query, None)));
        }
        due.extend(self.scrapes.last_query(there));
        due
    }

    pub(super) fn answer(
        &mut self,
        spec: &SignalSpec,
        role: &QueryRole,
        answer: SignalAnswer,
        there: DateTime<Utc>,
    ) -> Result<(), Problem> {
        match (role, answer) {
            (QueryRole::Value, SignalAnswer::Matrix(series)) => {
                self.read_past = true;
                let one = series.into_iter().next();
                let past = one.into_iter().flat_map(|one| one.values);
                self.past = past.map(|(at, value)| (bucket_of(at, 60), value)).collect();
                Ok(())
            }
            (QueryRole::Value, SignalAnswer::Vector(series)) => match &spec.version {
                Some(version) => self.set_versions(&version.label, series, there),
                None => self.set_value(series, there),
            },
            (QueryRole::LastScrapes, SignalAnswer::Vector(series)) => {
                self.scrapes.set_last(&series);
                Ok(())
            }
            (QueryRole::ScrapeCounts, SignalAnswer::Vector(series)) => {
                self.scrapes.set_counts(&series, there);
                Ok(())
            }
            (QueryRole::Age, SignalAnswer::Vector(series)) => {
                self.age = Some(one(&series, there).reading);
                Ok(())
            }
            (QueryRole::Amount, SignalAnswer::Vector(series)) => {
                self.amount = Some(one(&series, there).reading);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn set_value(
        &mut self,
        series: Vec<LabelledSample>,
        there: DateTime<Utc>,
    ) -> Result<(), Problem> {
        let sample = one(&series, there);
        self.sample = Some(sample);
        if let Some(value) = sample.reading.value().filter(|_| self.keeps_past) {
            let minute = sample.at.timestamp().div_euclid(60);
            if self.past.back().is_some_and(|(last, _)| *last >= minute) {
                self.past.pop_back();
            }
            self.past.push_back((minute, value));
            let too_old = |(first, _): &(i64, f64)| minute - first > KEPT;
            while self.past.front().is_some_and(too_old) {
                self.past.pop_front();
            }
        }
        if sample.reading == Reading::Ambiguous {
            return Err(Problem::new(
                format!("the query gives {} series; it must give one", series.len()),
                "put sum(…) or max(…) around it",
            ));
        }
        Ok(())
    }

    fn set_versions(
        &mut self,
        label: &str,
        series: Vec<LabelledSample>,
        there: DateTime<Utc>,
    ) -> Result<(), Problem> {
        let reading = match series.len() {
            0 => Reading::NoData,
            count => Reading::Value(count as f64),
        };
        let at = series.first().map_or(there, |one| one.sample.at);
        self.sample = Some(Sample { at, reading });
        let mut versions: Vec<(Safe, f64)> = series
            .iter()
            .filter_map(|one| {
                let version = one.labels.get(label).cloned();
                let version = version.unwrap_or_else(|| Safe::line("(none)"));
                Some((version, one.sample.reading.value()?))
            })
            .collect();
        versions.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let many = versions.len();
        versions.truncate(MAX_VERSIONS);
        self.versions = versions;
        if many > MAX_VERSIONS {
            return Err(Problem::new(
                format!("{many} values of {label}; {MAX_VERSIONS} are shown"),
                format!("check that {label} is the label of the version"),
            ));
        }
        Ok(())
    }

    /// Since when the value is out of bounds; `None` if that began before its known past.
    pub(super) fn since(&self, fine: impl Fn(f64) -> bool) -> Option<DateTime<Utc>> {
        let turned = self.past.iter().rposition(|(_, value)| fine(*value))?;
        let (minute, _) = self.past.get(turned + 1)?;
        DateTime::from_timestamp(minute * 60, 0)
    }
}

fn query(spec: &SignalSpec) -> Option<&str> {
    let correctness = spec.correctness.as_ref().map(|spec| &spec.query);
    let level = spec.level.as_ref().map(|spec| &spec.query);
    let version = spec.version.as_ref().map(|spec| &spec.query);
    let deadline = spec.deadline.as_ref().map(|spec| &spec.query);
    correctness
        .or(level)
        .or(version)
        .or(deadline)
        .map(String::as_str)
}

/// No series: no data; several series: ambiguous.
pub(super) fn one(series: &[LabelledSample], there: DateTime<Utc>) -> Sample {
    match series {
        [] => Sample {
            at: there,
            reading: Reading::NoData,
        },
        [one] => one.sample,
        [first, ..] => Sample {
            at: first.sample.at,
            reading: Reading::Ambiguous,
        },
    }
}
