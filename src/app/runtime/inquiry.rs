//! Asks the sources whether the signals of a map can be measured there. `signals/inquiry` decides what to ask and what
//! the answers mean.

use crate::app::message::Msg;
use crate::journal::Clock;
use crate::signals::inquiry::{
    BoundFacts, BoundPlan, CounterFacts, CounterPlan, Finding, FindingLevel, LabelFacts,
    PartAnswer, PartFacts, PartPlan, Reason, Refusal, Selector, SelectorFacts, SignalFacts,
    SignalPlan, SourceFacts, behaviour, interval, judge, judge_source, last_seen, lint, plan,
    plan_of, scrape_counts,
};
use crate::signals::map::ServiceMap;
use crate::signals::series::QueryRange;
use crate::sources::{Source, SourceError, SourceErrorKind};
use crate::text::{Safe, SourceId};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// Between two inquiries into signals without a value.
const PAUSE: Duration = Duration::from_secs(600);
/// How soon a signal that lost its value is noticed.
const LOOK_AGAIN: Duration = Duration::from_secs(10);
/// Evaluations over the window, to find the oldest sample.
const STEPS: i64 = 60;

/// At the start, and while a signal has no value.
pub(super) async fn repeatedly(
    map: Arc<ServiceMap>,
    sources: Vec<Arc<dyn Source>>,
    clock: Arc<dyn Clock>,
    messages: UnboundedSender<Msg>,
    is_unknown: Arc<AtomicBool>,
) {
    loop {
        let found = inquire(&map, &sources, clock.as_ref()).await;
        if messages.send(Msg::Findings(found)).is_err() {
            return;
        }
        tokio::time::sleep(PAUSE).await;
        while !is_unknown.load(Ordering::Relaxed) && !messages.is_closed() {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

/// In the order of the map, with what is found without a source; sources last.
pub async fn inquire(
    map: &ServiceMap,
    sources: &[Arc<dyn Source>],
    clock: &dyn Clock,
) -> Vec<Finding> {
    let lint = lint(map);
    let (mut found, mut asked) = (Vec::new(), Vec::<(SourceId, TimeDelta)>::new());
    let mut down: BTreeMap<SourceId, Safe> = BTreeMap::new();
    for plan in plan(map) {
        let named = |source: &&Arc<dyn Source>| {
            let named = plan.source.as_ref();
            named.map_or(source.offers().metrics, |name| source.name() == name)
        };
        let Some(source) = sources.iter().find(named) else {
            let said = plan.source.as_ref().map_or_else(
                || "no Prometheus is configured".to_string(),
                |name| format!("no source is called {name}"),
            );
            found.extend(unasked(&plan, &Safe::line(&said)));
            continue;
        };
        if let Some(said) = down.get(source.name()) {
            found.extend(unasked(&plan, said));
            continue;
        }
        let inquiry = Inquiry {
            source: source.as_ref(),
            now: clock.now().wall,
        };
        if let Some(said) = inquiry.silence().await {
            found.extend(unasked(&plan, &said));
            down.insert(source.name().clone(), said);
            continue;
        }
        let interval = inquiry.interval(&plan).await;
        let measured = interval.and_then(|interval| plan_of(map, &plan.signal, interval));
        let plan = measured.unwrap_or(plan);
        let known = lint
            .iter()
            .filter(|found| found.signal.as_ref() == Some(&plan.signal));
        found.extend(with_lint(
            known,
            judge(&plan, &inquiry.signal(&plan, interval).await),
        ));
        match asked.iter_mut().find(|(name, _)| name == source.name()) {
            Some((_, window)) => *window = (*window).max(plan.window()),
            None => asked.push((source.name().clone(), plan.window())),
        }
    }
    for (name, window) in asked {
        let Some(source) = sources.iter().find(|source| *source.name() == name) else {
            continue;
        };
        let now = clock.now().wall;
        let source = source.as_ref();
        let facts = Inquiry { source, now }.itself().await;
        found.extend(judge_source(&name, &facts, window));
    }
    found
}

/// The server's word about syntax is the last; a number that is certainly wrong is not fine because there is one.
fn with_lint<'f>(lint: impl Iterator<Item = &'f Finding>, mut asked: Vec<Finding>) -> Vec<Finding> {
    let known: Vec<Finding> = lint
        .filter(|found| !matches!(found.reason, Reason::Doubtful(_)))
        .cloned()
        .collect();
    let is_known = |part: &str| {
        let refused = |one: &&Finding| one.level == FindingLevel::Refused;
        known.iter().filter(refused).any(|one| one.part == part)
    };
    asked.retain(|found| !is_known(&found.part));
    let mut all = known;
    all.extend(asked);
    all.sort_by_key(|found| found.level);
    all
}

fn unasked(plan: &SignalPlan, said: &Safe) -> Vec<Finding> {
    let part = |_: &PartPlan| PartFacts {
        answer: Err(Refusal::Source(said.clone())),
        selectors: Vec::new(),
        counter: None,
    };
    let facts = SignalFacts {
        parts: plan.parts.iter().map(part).collect(),
        ..SignalFacts::default()
    };
    judge(plan, &facts)
}

struct Inquiry<'s> {
    source: &'s dyn Source,
    now: DateTime<Utc>,
}

impl Inquiry<'_> {
    /// Why the source does not answer; it is asked for nothing else then.
    async fn silence(&self) -> Option<Safe> {
        match self
            .source
            .vector("time()", None)
            .await
            .map_err(|error| refusal(&error))
        {
            Err(Refusal::Source(said)) => Some(said),
            Ok(_) | Err(Refusal::Query(_)) => None,
        }
    }

    async fn interval(&self, plan: &SignalPlan) -> Option<TimeDelta> {
        let counter = plan.counter.as_ref()?;
        let counts = scrape_counts(&counter.selector);
        interval(&self.source.vector(&counts, None).await.ok()?.value)
    }

    async fn signal(&self, plan: &SignalPlan, interval: Option<TimeDelta>) -> SignalFacts {
        let mut facts = SignalFacts {
            interval,
            ..SignalFacts::default()
        };
        for part in &plan.parts {
            let answers = self.part(part).await;
            let lost = matches!(answers.answer, Err(Refusal::Source(_)));
            facts.parts.push(answers);
            if lost {
                // The other queries of this signal would wait for the same timeout.
                let said = facts.parts[facts.parts.len() - 1].clone();
                facts.parts.resize(plan.parts.len(), said);
                return facts;
            }
        }
        if let Some(bound) = &plan.bound {
            facts.bound = Some(self.bound(bound).await);
        }
        if let Some(counter) = &plan.counter {
            self.counter_of(counter, plan.window(), &mut facts).await;
        }
        facts
    }

    async fn counter_of(&self, counter: &CounterPlan, window: TimeDelta, facts: &mut SignalFacts) {
        for label in &counter.by {
            let values = self
                .source
                .label_values(label, Some(&counter.selector))
                .await;
            let values = values.ok().map(|values| values.len());
            facts.by.push((label.clone(), values));
        }
        if !counter.by.is_empty() {
            facts.labels = self.source.label_names(&counter.selector).await.ok();
        }
        facts.oldest = self.oldest(&counter.selector, window).await;
    }

    async fn part(&self, plan: &PartPlan) -> PartFacts {
        let answer = match self.source.vector(&plan.query, None).await {
            Ok(answer) => Ok(PartAnswer {
                series: answer.value.len(),
                reading: answer.value.first().map(|first| first.sample.reading),
                partial: answer.partial,
            }),
            Err(error) => Err(refusal(&error)),
        };
        let is_empty = answer.as_ref().is_ok_and(|answer| answer.series == 0);
        let mut facts = PartFacts {
            answer,
            selectors: Vec::new(),
            counter: None,
        };
        if is_empty {
            for selector in &plan.selectors {
                facts.selectors.push(self.selector(selector).await);
            }
        }
        let is_counter = facts.answer.is_ok();
        if let Some(selector) = plan.counter.as_ref().filter(|_| is_counter) {
            facts.counter = Some(self.counter(selector).await);
        }
        facts
    }

    async fn counter(&self, selector: &Selector) -> CounterFacts {
        let kind = match selector.name() {
            Some(name) => self.source.metric_type(name).await.ok().flatten(),
            None => None,
        };
        let text = selector.text();
        CounterFacts {
            kind,
            series: self.count(&text).await,
            falls: self.number(&behaviour(&text)).await,
        }
    }

    async fn selector(&self, selector: &Selector) -> SelectorFacts {
        let text = selector.text();
        let mut facts = SelectorFacts {
            series: self.count(&text).await,
            ..SelectorFacts::default()
        };
        if facts.series != Some(0) {
            return facts;
        }
        let age = self.number(&last_seen(&text)).await;
        facts.age = age.map(|seconds| TimeDelta::seconds(seconds as i64));
        let Some(metric) = selector.metric().filter(|_| facts.age.is_none()) else {
            return facts;
        };
        facts.metric_series = self.count(&format!("last_over_time({metric}[1d])")).await;
        if facts.metric_series == Some(0) {
            facts.metrics = self.source.label_values("__name__", None).await.ok();
            return facts;
        }
        for matcher in &selector.matchers {
            let values = self
                .source
                .label_values(matcher.label(), Some(&metric))
                .await;
            let values = values.ok();
            let names = match &values {
                Some(values) if values.is_empty() => self.source.label_names(&metric).await.ok(),
                _ => None,
            };
            facts.labels.push(LabelFacts { values, names });
        }
        facts
    }

    async fn bound(&self, plan: &BoundPlan) -> BoundFacts {
        let native = format!("count(histogram_count({}))", plan.whole);
        BoundFacts {
            buckets: self
                .source
                .label_values("le", Some(&plan.buckets))
                .await
                .ok(),
            native: self.at_least_zero(&native).await,
        }
    }

    /// Before now. `None`: older than the window, or not known.
    async fn oldest(&self, selector: &str, window: TimeDelta) -> Option<TimeDelta> {
        let mut range = QueryRange {
            from: self.now - window,
            to: self.now,
            step: (window.num_seconds() / STEPS).max(1),
        };
        let whole = range.from + TimeDelta::seconds(range.step);
        // First in which step of the window, then in which part of the step.
        for _ in 0..2 {
            // No step without a sample, however slow the scrapes are.
            let query = format!("count(last_over_time({selector}[{}s]))", range.step);
            let answer = self.source.range(&query, range).await.ok()?;
            let first = answer.value.first()?.values.first()?.0;
            range = QueryRange {
                from: first - TimeDelta::seconds(range.step),
                to: first,
                step: (range.step / STEPS).max(1),
            };
        }
        (range.to > whole).then(|| self.now - range.to)
    }

    async fn itself(&self) -> SourceFacts {
        let there = self.number("time()").await;
        let there = there.and_then(|at| DateTime::from_timestamp_millis((at * 1000.0) as i64));
        SourceFacts {
            skew: there.map(|there| there - self.now),
            retention: self.source.retention().await.ok().flatten(),
        }
    }

    async fn count(&self, selector: &str) -> Option<usize> {
        self.at_least_zero(&format!("count({selector})")).await
    }

    /// An empty answer means zero.
    async fn at_least_zero(&self, query: &str) -> Option<usize> {
        let answer = self.source.vector(query, None).await.ok()?;
        match answer.value.first() {
            None => answer.partial.is_none().then_some(0),
            Some(one) => Some(one.sample.reading.value()? as usize),
        }
    }

    async fn number(&self, query: &str) -> Option<f64> {
        let answer = self.source.vector(query, None).await.ok()?;
        answer.value.first()?.sample.reading.value()
    }
}

fn refusal(error: &SourceError) -> Refusal {
    match &error.kind {
        SourceErrorKind::Query(said) => Refusal::Query(said.clone()),
        _ => Refusal::Source(Safe::line(&error.to_string())),
    }
}
