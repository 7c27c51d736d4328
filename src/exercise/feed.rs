//! The built-in feed: a scenario behind the trait of a real Alertmanager and a real Prometheus.

use crate::alerts::{AlertState, SourceAlerts};
use crate::incident::{SourceId, StepId};
use crate::journal::Clock;
use crate::scenario::{Cues, MonitoringFault, Scenario};
use crate::signals::map::SCRAPE_KEY as KEY;
use crate::signals::series::{Answer, LabelledSample, LabelledSeries, QueryRange};
use crate::signals::{Reading, Sample};
use crate::sources::{
    Offers, RuleSet, RuleState, Source, SourceError, alert_from_labels, unreachable_in_exercise,
};
use crate::text::Safe;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

const PER_SECOND: f64 = 20.0;

pub struct Feed {
    name: SourceId,
    scenario: Scenario,
    clock: Arc<dyn Clock>,
    begun: DateTime<Utc>,
    cues: Mutex<Cues>,
}

impl Feed {
    pub fn new(scenario: Scenario, clock: Arc<dyn Clock>) -> Self {
        let begun = clock.now().wall;
        Self {
            name: SourceId::nearest("feed"),
            scenario,
            clock,
            begun,
            cues: Mutex::new(Cues::default()),
        }
    }

    pub fn cue(&self, step: &StepId) {
        let at = self.elapsed();
        let mut cues = self.cues.lock().unwrap_or_else(PoisonError::into_inner);
        cues.steps.push((step.to_string(), at));
    }

    fn elapsed(&self) -> TimeDelta {
        self.clock.now().wall - self.begun
    }

    fn cues(&self) -> Cues {
        let cues = self.cues.lock().unwrap_or_else(PoisonError::into_inner);
        cues.clone()
    }

    fn up(&self) -> Result<TimeDelta, SourceError> {
        let elapsed = self.elapsed();
        let (phase, _) = self.scenario.phase(elapsed, &self.cues());
        if phase.fault == Some(MonitoringFault::SourceDown) {
            return Err(unreachable_in_exercise(&self.name));
        }
        Ok(elapsed)
    }

    fn ratio(&self, at: DateTime<Utc>) -> Reading {
        let elapsed = (at - self.begun).max(TimeDelta::zero());
        self.scenario
            .success_ratio(elapsed, &self.cues())
            .map_or(Reading::NoData, Reading::Value)
    }
}

/// Every series that is asked for was scraped just now.
fn scraped(query: &str, at: DateTime<Utc>, seconds: f64) -> Vec<LabelledSample> {
    let before = format!("\"{KEY}\", \"");
    let keys = query.split(before.as_str()).skip(1);
    let keys = keys.filter_map(|rest| rest.split('"').next());
    let sample = Sample {
        at,
        reading: Reading::Value(seconds),
    };
    let of_key = |key: &str| LabelledSample {
        labels: BTreeMap::from([(KEY.to_string(), Safe::line(key))]),
        sample,
    };
    keys.map(of_key).collect()
}

#[async_trait]
impl Source for Feed {
    fn name(&self) -> &SourceId {
        &self.name
    }

    fn offers(&self) -> Offers {
        Offers {
            alerts: true,
            metrics: true,
            rules: true,
        }
    }

    async fn alerts(&self) -> Result<SourceAlerts, SourceError> {
        let elapsed = self.up()?;
        let firing = self.scenario.firing(self.begun, elapsed, &self.cues());
        let alerts = firing.into_iter().map(|(script, at)| {
            let (labels, annotations) = (&script.labels, &script.annotations);
            Arc::new(alert_from_labels(
                labels,
                annotations,
                AlertState::Firing,
                at,
            ))
        });
        Ok(SourceAlerts {
            alerts: alerts.collect(),
            ..SourceAlerts::default()
        })
    }

    async fn rules(&self) -> Result<RuleSet, SourceError> {
        let firing = self.alerts().await?.alerts;
        let evaluated = Some(self.clock.now().wall);
        let rule = |script: &crate::scenario::AlertScript| {
            let name = Safe::line(script.labels.get("alertname").map_or("", String::as_str));
            let active = firing.iter().filter(|alert| alert.name == name);
            let active = active.map(|alert| alert.labels.clone());
            RuleState {
                active: active.collect(),
                name,
                error: None,
                evaluated,
            }
        };
        Ok(RuleSet {
            rules: self.scenario.alerts.iter().map(rule).collect(),
            ..RuleSet::default()
        })
    }

    /// The success ratio, for every query: `count(…)` and `absent(…)` around it answer as Prometheus would.
    async fn read(&self, query: &str) -> Result<Sample, SourceError> {
        self.up()?;
        let at = self.clock.now().wall;
        let ratio = self.ratio(at);
        let reading = match (query.trim_start().starts_with("count("), ratio) {
            (true, Reading::NoData) => Reading::NoData,
            (true, _) => Reading::Value(1.0),
            (false, ratio) => ratio,
        };
        Ok(Sample { at, reading })
    }

    async fn vector(
        &self,
        query: &str,
        at: Option<DateTime<Utc>>,
    ) -> Result<Answer<Vec<LabelledSample>>, SourceError> {
        self.up()?;
        let at = at.unwrap_or_else(|| self.clock.now().wall);
        let seconds = at.timestamp_millis() as f64 / 1000.0;
        if query.contains("timestamp(") {
            return Ok(Answer::whole(scraped(query, at, seconds)));
        }
        let answer = [("time()", seconds), ("drill_duplicate_captures", 0.0)];
        let known = answer.iter().find(|(known, _)| *known == query);
        let rate = || {
            let ratio = self.ratio(at).value()?;
            let all = query.contains("drill_all_total").then_some(PER_SECOND);
            let good = query.contains("drill_good_total");
            all.or(good.then_some(PER_SECOND * ratio))
        };
        let sample = known.map(|(_, value)| *value).or_else(rate).map(|value| {
            let reading = Reading::Value(value);
            LabelledSample {
                labels: BTreeMap::new(),
                sample: Sample { at, reading },
            }
        });
        Ok(Answer::whole(sample.into_iter().collect()))
    }

    /// Payments a second: all of them, or the good ones.
    async fn range(
        &self,
        query: &str,
        range: QueryRange,
    ) -> Result<Answer<Vec<LabelledSeries>>, SourceError> {
        self.up()?;
        let all = query.contains("drill_all_total");
        if !all && !query.contains("drill_good_total") {
            return Ok(Answer::whole(Vec::new()));
        }
        let times =
            (0..range.points()).map(|index| range.from + TimeDelta::seconds(index * range.step));
        let values = times.filter_map(|at| {
            let ratio = self.ratio(at).value()?;
            Some((at, PER_SECOND * if all { 1.0 } else { ratio }))
        });
        Ok(Answer::whole(vec![LabelledSeries {
            labels: BTreeMap::new(),
            values: values.collect(),
        }]))
    }
}
