//! Counts by two labels, asked only while there is a drop: which pair of values explains it?

use super::super::detection::{Culprit, PairCounts, SuccessDrop, explain_pair};
use super::super::series::{LabelledSeries, QueryRange, QueryRole, SignalRequest};
use super::parts::value_of;
use crate::signals::map::scrapes::KEY;
use crate::text::Safe;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Of one label with another: a bound for the memory.
const MOST: usize = 400;

#[derive(Debug, Clone, Default)]
pub(crate) struct MonitoredPairs {
    /// The label and value that the drop was blamed on, and the end of the minutes that were asked for.
    asked: Option<(String, String, DateTime<Utc>)>,
    /// That the answers cover.
    seconds: f64,
    /// By the other label.
    counts: BTreeMap<String, Vec<PairCounts>>,
}

impl MonitoredPairs {
    /// For the minutes since the drop began; once for each end. `query` makes it from two labels and a length in
    /// seconds.
    pub(super) fn due(
        &mut self,
        drop: &SuccessDrop,
        end: DateTime<Utc>,
        by: &[String],
        query: impl Fn([&str; 2], i64) -> Option<String>,
    ) -> Vec<SignalRequest> {
        let Some(culprit) = &drop.culprit else {
            return Vec::new();
        };
        let asked = (culprit.label.clone(), culprit.value.clone(), end);
        if self.asked.as_ref() == Some(&asked) {
            return Vec::new();
        }
        let same = self
            .asked
            .as_ref()
            .is_some_and(|(label, value, _)| (label, value) == (&asked.0, &asked.1));
        if !same {
            self.counts.clear();
        }
        self.asked = Some(asked);
        let at = end - TimeDelta::milliseconds(1);
        let range = QueryRange {
            from: at,
            to: at,
            step: 60,
        };
        let seconds = (end - drop.since).num_seconds().clamp(60, 6 * 3600);
        self.seconds = seconds as f64;
        let others = by.iter().filter(|label| **label != culprit.label);
        let request = |other: &String| {
            Some(SignalRequest {
                role: QueryRole::Pairs(culprit.label.clone(), other.clone()),
                query: query([&culprit.label, other], seconds)?,
                at: None,
                range: Some(range),
            })
        };
        others.filter_map(request).collect()
    }

    /// The answer has rates.
    pub(super) fn set(&mut self, labels: [&str; 2], counts_bad: bool, series: &[LabelledSeries]) {
        let mut found: BTreeMap<[(String, String); 2], (f64, f64)> = BTreeMap::new();
        for one in series {
            let pair = labels.map(|label| (label.to_string(), value_of(one, label)));
            let (part, total) = found.entry(pair).or_default();
            let count = one
                .values
                .last()
                .map_or(0.0, |(_, rate)| rate * self.seconds);
            match one.labels.get(KEY).map(Safe::as_str) {
                Some("part") => *part = count,
                _ => *total = count,
            }
        }
        let counts = found.into_iter().take(MOST);
        let counts = counts.map(|(labels, (part, total))| PairCounts {
            labels,
            good: if counts_bad { total - part } else { part },
            total,
        });
        self.counts.insert(labels[1].to_string(), counts.collect());
    }

    pub(super) fn explain(&self, drop: &SuccessDrop) -> Option<Culprit> {
        let single = drop.culprit.as_ref()?;
        let (label, value, _) = self.asked.as_ref()?;
        if (label, value) != (&single.label, &single.value) {
            return None;
        }
        let pairs: Vec<PairCounts> = self.counts.values().flatten().cloned().collect();
        explain_pair(drop, &pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::detection::NormalSource;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_305_600 + minute * 60, 0).unwrap()
    }

    fn drop(value: &str) -> SuccessDrop {
        SuccessDrop {
            since: at(-30),
            or_before: false,
            now: 0.95,
            normal: 0.999,
            from: NormalSource::EarlierWeeks,
            excess: 100.0,
            evidence: 100.0,
            culprit: Some(Culprit {
                label: "provider".into(),
                value: value.into(),
                and: None,
                share: 0.98,
                now: 0.9,
            }),
        }
    }

    fn series(key: &str, method: &str, rate: f64) -> LabelledSeries {
        let labels = [(KEY, key), ("provider", "north"), ("method", method)];
        LabelledSeries {
            labels: labels
                .map(|(name, value)| (name.to_string(), Safe::line(value)))
                .into(),
            values: vec![(at(0), rate)],
        }
    }

    #[test]
    fn the_pair_behind_a_drop_is_asked_for_once_a_minute_and_named() {
        let by = ["provider".to_string(), "method".to_string()];
        let query = |labels: [&str; 2], seconds| Some(format!("{labels:?} {seconds}"));
        let mut pairs = MonitoredPairs::default();
        let asked = pairs.due(&drop("north"), at(0), &by, query);
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].query, "[\"provider\", \"method\"] 1800");
        assert!(pairs.due(&drop("north"), at(0), &by, query).is_empty());
        let answer = [
            series("part", "card", 0.4),
            series("total", "card", 0.5),
            series("part", "wallet", 0.5),
            series("total", "wallet", 0.5),
        ];
        pairs.set(["provider", "method"], false, &answer);
        let culprit = pairs.explain(&drop("north")).unwrap();
        assert_eq!(culprit.and, Some(("method".into(), "card".into())));
        // Counts about one value say nothing about another.
        assert_eq!(pairs.explain(&drop("acme")), None);
        assert_eq!(pairs.due(&drop("acme"), at(0), &by, query).len(), 1);
    }
}
