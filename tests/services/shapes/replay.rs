//! The signal monitor over a past: a real Prometheus, asked as if it were another time.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{Arc, Mutex};
use warroom::harness::{
    Answer, Clock, HttpSettings, LabelledSample, LabelledSeries, MonitorReport, Offers, Prometheus,
    QueryRange, Reading, Sample, ServiceMap, SignalDetail, SignalMonitor, SignalStanding, Source,
    SourceError, SourceId, Stamp, SystemClock, refresh,
};

#[derive(Clone)]
struct Then(Arc<Mutex<DateTime<Utc>>>);

impl Then {
    fn get(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

impl Clock for Then {
    fn now(&self) -> Stamp {
        Stamp {
            wall: self.get(),
            ..SystemClock::new().now()
        }
    }
}

struct Past {
    server: Prometheus,
    then: Then,
}

#[async_trait]
impl Source for Past {
    fn name(&self) -> &SourceId {
        self.server.name()
    }

    fn offers(&self) -> Offers {
        self.server.offers()
    }

    async fn vector(
        &self,
        query: &str,
        at: Option<DateTime<Utc>>,
    ) -> Result<Answer<Vec<LabelledSample>>, SourceError> {
        let then = self.then.get();
        if query == "time()" {
            let seconds = then.timestamp_millis() as f64 / 1000.0;
            let sample = Sample {
                at: then,
                reading: Reading::Value(seconds),
            };
            let labels = std::collections::BTreeMap::new();
            return Ok(Answer::whole(vec![LabelledSample { labels, sample }]));
        }
        self.server.vector(query, at.or(Some(then))).await
    }

    async fn range(
        &self,
        query: &str,
        range: QueryRange,
    ) -> Result<Answer<Vec<LabelledSeries>>, SourceError> {
        self.server.range(query, range).await
    }
}

pub(crate) struct Replay {
    monitor: SignalMonitor,
    sources: Vec<Arc<dyn Source>>,
    then: Then,
    runtime: tokio::runtime::Runtime,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Found {
    /// Minutes after the start of the replay.
    pub(crate) after: i64,
    pub(crate) blamed: Vec<(String, String)>,
    /// What it was found as.
    pub(crate) symptom: &'static str,
    pub(crate) since: Option<DateTime<Utc>>,
}

impl Replay {
    pub(crate) fn new(map: ServiceMap, url: &str) -> Self {
        let settings = HttpSettings::plain(SourceId::nearest("prometheus"), url);
        let then = Then(Arc::new(Mutex::new(Utc::now())));
        let past = Past {
            server: Prometheus::new(settings).unwrap(),
            then: then.clone(),
        };
        Self {
            monitor: SignalMonitor::new(Arc::new(map)),
            sources: vec![Arc::new(past)],
            then,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
        }
    }

    pub(crate) fn at(&mut self, then: DateTime<Utc>) -> MonitorReport {
        *self.then.0.lock().unwrap() = then;
        let refreshed = refresh(&mut self.monitor, &self.sources, &self.then);
        self.runtime.block_on(refreshed);
        self.monitor.report(then)
    }

    /// The first moment at which a symptom is seen, looking every `step` minutes from `from` on.
    pub(crate) fn find(
        &mut self,
        from: DateTime<Utc>,
        span: TimeDelta,
        step: i64,
    ) -> Option<Found> {
        (0..=span.num_minutes() / step).find_map(|index| {
            let after = index * step;
            // Half a minute after a whole one: its buckets are complete.
            let then = from + TimeDelta::seconds(after * 60 + 30);
            symptom(&self.at(then), after)
        })
    }
}

fn symptom(report: &MonitorReport, after: i64) -> Option<Found> {
    report
        .signals
        .iter()
        .find_map(|signal| match &signal.detail {
            SignalDetail::Ratio(ratio) => {
                let drop = ratio.drop.as_ref();
                let volume = ratio.volume_drop.as_ref();
                let blamed = drop.and_then(|drop| drop.culprit.as_ref());
                let blamed = blamed.map(|found| {
                    let mut all = vec![(found.label.clone(), found.value.clone())];
                    all.extend(found.and.clone());
                    all
                });
                let silent = volume.and_then(|drop| drop.culprit.as_ref());
                let silent = silent.map(|part| vec![(part.label.clone(), part.value.clone())]);
                let (symptom, since) = match (drop, volume) {
                    (Some(drop), _) => ("drop", drop.since),
                    (None, volume) => ("volume drop", volume?.since),
                };
                let blamed = blamed.or(silent).unwrap_or_default();
                Some(Found {
                    after,
                    blamed,
                    symptom,
                    since: Some(since),
                })
            }
            SignalDetail::Correctness { since, .. } => {
                (signal.standing == SignalStanding::CorrectnessFault).then(|| Found {
                    after,
                    blamed: Vec::new(),
                    symptom: "correctness",
                    since: *since,
                })
            }
            _ => None,
        })
}
