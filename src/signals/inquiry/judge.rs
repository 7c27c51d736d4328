//! What the answers of a source mean.

use super::facts::{
    BoundFacts, CounterFacts, LabelFacts, PartAnswer, PartFacts, Refusal, SelectorFacts,
    SignalFacts, SourceFacts,
};
use super::finding::{Finding, FindingLevel, Reason};
use super::plan::{BoundPlan, Counted, PartPlan, SignalPlan};
use super::query::Selector;
use crate::signals::Reading;
use crate::signals::monitor::SLOWEST;
use crate::text::{Safe, SourceId, nearest};
use chrono::TimeDelta;

/// A clock that differs by less is not reported.
const MAX_SKEW: TimeDelta = TimeDelta::seconds(5);
/// A counter falls when its process restarts; more than this share of falls is a gauge.
const MOST_FALLS: f64 = 0.1;
/// Values of a label that are watched.
const MOST_VALUES: usize = 20;
/// The gravest first; at least one for each query.
pub fn judge(plan: &SignalPlan, facts: &SignalFacts) -> Vec<Finding> {
    let add = |part: &str, level, reason| Finding::new(&plan.signal, part, level, reason);
    let interval = facts.interval;
    let mut found = Vec::new();
    for (part, answers) in plan.parts.iter().zip(&facts.parts) {
        let bound = plan.bound.as_ref().zip(facts.bound.as_ref());
        let is_bound = matches!(part.key, "within" | "all");
        let by_bound = bound.filter(|_| is_bound).and_then(|(plan, facts)| {
            let is_empty = answers
                .answer
                .as_ref()
                .is_ok_and(|answer| answer.series == 0);
            (is_empty || part.key == "within").then(|| of_bound(plan, facts, is_empty))?
        });
        match by_bound {
            Some(reason) => found.push(add(part.key, FindingLevel::Refused, reason)),
            None => {
                let reasons = of_part(part, answers, interval);
                found.extend(
                    reasons
                        .into_iter()
                        .map(|(level, reason)| add(part.key, level, reason)),
                );
            }
        }
    }
    let key = plan.parts.last().map_or("", |part| part.key);
    found.extend(interval.map(|interval| {
        let level = match interval.num_seconds() > SLOWEST {
            true => FindingLevel::Refused,
            false => FindingLevel::Fine,
        };
        add(key, level, Reason::Interval(interval))
    }));
    found.extend(facts.by.iter().filter_map(|(label, values)| {
        let label_name = Safe::line(label);
        let values = (*values)?;
        let names = facts.labels.as_deref().unwrap_or_default();
        let level = match values {
            0 => FindingLevel::Refused,
            values if values > MOST_VALUES => FindingLevel::Warning,
            _ => FindingLevel::Fine,
        };
        let nearest = nearest_of(label, names).filter(|_| values == 0);
        let label = label_name;
        let reason = Reason::Labels {
            label,
            values,
            nearest,
        };
        Some(add("by", level, reason))
    }));
    if let Some(kept) = facts.oldest.filter(|kept| *kept < plan.window) {
        let (window, by_sample) = (plan.window, true);
        let reason = Reason::Retention {
            kept,
            window,
            by_sample,
        };
        found.push(add(key, FindingLevel::Warning, reason));
    }
    // Several queries of a signal have the same answer.
    let mut once: Vec<Finding> = Vec::new();
    for finding in found {
        let shared = matches!(
            finding.reason,
            Reason::Partial(_) | Reason::NotAsked(_) | Reason::Native(_) | Reason::Classic(_)
        );
        let known = |one: &Finding| shared && one.reason == finding.reason;
        if !once.iter().any(known) {
            once.push(finding);
        }
    }
    once.sort_by_key(|finding| finding.level);
    once
}

/// `window`: the longest of the signals that the source answers.
pub fn judge_source(name: &SourceId, facts: &SourceFacts, window: TimeDelta) -> Vec<Finding> {
    let add = |level, reason| Finding {
        signal: None,
        part: name.to_string(),
        reason,
        level,
    };
    let skew = facts.skew.filter(|skew| skew.abs() > MAX_SKEW);
    let skew = skew.map(|skew| add(FindingLevel::Warning, Reason::Skew(skew)));
    let retention = match facts.retention {
        None => add(FindingLevel::Fine, Reason::RetentionUnknown),
        Some(kept) => {
            let level = match kept < window {
                true => FindingLevel::Warning,
                false => FindingLevel::Fine,
            };
            let by_sample = false;
            add(
                level,
                Reason::Retention {
                    kept,
                    window,
                    by_sample,
                },
            )
        }
    };
    skew.into_iter().chain([retention]).collect()
}

fn of_part(
    plan: &PartPlan,
    facts: &PartFacts,
    interval: Option<TimeDelta>,
) -> Vec<(FindingLevel, Reason)> {
    let answer = match &facts.answer {
        Ok(answer) => answer,
        Err(Refusal::Query(said)) => {
            return vec![(FindingLevel::Refused, Reason::RefusedByServer(said.clone()))];
        }
        Err(Refusal::Source(said)) => {
            return vec![(FindingLevel::Warning, Reason::NotAsked(said.clone()))];
        }
    };
    let partial = answer.partial.clone();
    let mut found: Vec<(FindingLevel, Reason)> = partial
        .map(|said| (FindingLevel::Warning, Reason::Partial(said)))
        .into_iter()
        .collect();
    found.extend(
        plan.counter
            .as_ref()
            .zip(facts.counter.as_ref())
            .and_then(|(selector, facts)| of_counter(selector, facts)),
    );
    let (level, reason) = of_answer(plan, facts, answer, interval);
    // A part of the data is not fine.
    if answer.partial.is_none() || level != FindingLevel::Fine {
        found.push((level, reason));
    }
    found
}

fn of_answer(
    plan: &PartPlan,
    facts: &PartFacts,
    answer: &PartAnswer,
    interval: Option<TimeDelta>,
) -> (FindingLevel, Reason) {
    match answer.series {
        0 => {
            let selectors = plan.selectors.iter().zip(&facts.selectors);
            let reason = selectors
                .into_iter()
                .find_map(|(selector, facts)| of_selector(selector, facts, interval))
                .unwrap_or(Reason::Empty);
            let silent = matches!(reason, Reason::Silent { .. } | Reason::TooFewSamples { .. });
            let level = match () {
                () if plan.counts == Counted::NoneIsZero && !silent => FindingLevel::Fine,
                () if plan.counts != Counted::Events || silent || reason == Reason::Empty => {
                    FindingLevel::Warning
                }
                () => FindingLevel::Refused,
            };
            (level, reason)
        }
        many if many > 1 && plan.single => (FindingLevel::Refused, Reason::SeveralSeries(many)),
        _ if matches!(
            answer.reading,
            Some(Reading::NotANumber | Reading::Infinite)
        ) =>
        {
            (FindingLevel::Warning, Reason::NoNumber)
        }
        _ if plan.is_share && answer.reading.is_some_and(is_beyond_share) => {
            let value = answer.reading.and_then(Reading::shown).unwrap_or_default();
            (FindingLevel::Refused, Reason::NoShare(value))
        }
        series => {
            let counter = facts.counter.as_ref();
            let kind = counter.and_then(|counter| counter.kind.clone());
            let series_now = counter.and_then(|counter| counter.series);
            let series = series_now.filter(|now| *now > 0).unwrap_or(series);
            (FindingLevel::Fine, Reason::Measured { series, kind })
        }
    }
}

fn is_beyond_share(reading: Reading) -> bool {
    let value = reading.shown();
    value.is_some_and(|value| !(0.0..=1.0).contains(&value))
}

fn of_counter(selector: &Selector, facts: &CounterFacts) -> Option<(FindingLevel, Reason)> {
    let metric = selector.name.as_deref().map(Safe::line)?;
    let kind = facts.kind.clone();
    if let Some(kind) = kind.filter(|kind| matches!(kind.as_str(), "gauge" | "info" | "stateset")) {
        return Some((FindingLevel::Refused, Reason::NotACounter { metric, kind }));
    }
    let share = facts.falls.filter(|share| *share > MOST_FALLS)?;
    Some((FindingLevel::Warning, Reason::Falls { metric, share }))
}

/// Why this selector has no series; `None`: it has some, or nothing is known.
fn of_selector(
    selector: &Selector,
    facts: &SelectorFacts,
    interval: Option<TimeDelta>,
) -> Option<Reason> {
    let name = selector.name.as_deref();
    let metric = Safe::line(name.unwrap_or(&selector.text()));
    if facts.series.is_some_and(|series| series > 0) {
        // Two samples are enough for a rate: the range is shorter than two intervals.
        return Some(Reason::TooFewSamples { metric, interval });
    }
    if let Some(age) = facts.age {
        let is_rare = interval.is_some_and(|interval| age <= interval * 3);
        return Some(match is_rare {
            true => Reason::TooFewSamples { metric, interval },
            false => Reason::Silent { metric, age },
        });
    }
    if facts.metric_series == Some(0) {
        let metrics = facts.metrics.as_deref().unwrap_or_default();
        // Its series ended more than a day ago, or its server keeps names longer than series.
        let nearest = nearest_of(name?, metrics);
        return Some(Reason::NoMetric { metric, nearest });
    }
    facts.metric_series?;
    let each = selector.matchers.iter().zip(&facts.labels);
    for (matcher, facts) in each {
        let LabelFacts { values, names } = facts;
        let Some(values) = values else { continue };
        if matcher.accepts("") || values.iter().any(|value| matcher.accepts(value.as_str())) {
            continue;
        }
        let label = Safe::line(matcher.label());
        if values.is_empty() {
            let nearest = nearest_of(matcher.label(), names.as_deref().unwrap_or_default());
            return Some(Reason::NoLabel { label, nearest });
        }
        let wanted = matcher.value();
        return Some(Reason::NoValue {
            matcher: Safe::line(&matcher.words()),
            nearest: nearest_of(wanted, values).or_else(|| values.first().cloned()),
        });
    }
    facts.series?;
    Some(Reason::NoCombination(Safe::line(&selector.text())))
}

fn nearest_of(wanted: &str, names: &[Safe]) -> Option<Safe> {
    nearest(wanted, names.iter().map(Safe::as_str)).map(Safe::line)
}

/// `is_empty`: the query gives no series.
fn of_bound(plan: &BoundPlan, facts: &BoundFacts, is_empty: bool) -> Option<Reason> {
    let buckets = facts.buckets.as_ref();
    let has_buckets = buckets.map(|buckets| !buckets.is_empty());
    let histogram = || Safe::line(&plan.histogram);
    if plan.native {
        let is_classic = facts.native == Some(0) && has_buckets == Some(true);
        return (is_empty && is_classic).then(|| Reason::Classic(histogram()));
    }
    if has_buckets == Some(false) {
        let native = facts.native.is_some_and(|series| series > 0);
        return native.then(|| Reason::Native(histogram()));
    }
    let mut bounds: Vec<f64> = buckets?
        .iter()
        .filter_map(|bound| bound.as_str().parse().ok())
        .collect();
    bounds.sort_by(f64::total_cmp);
    let same = |bound: &f64| (bound - plan.seconds).abs() <= 1e-9 * plan.seconds.max(1.0);
    if bounds.iter().any(same) {
        return None;
    }
    let below = bounds.iter().rfind(|bound| **bound < plan.seconds).copied();
    let above = bounds.iter().find(|bound| **bound > plan.seconds);
    Some(Reason::NoBucket {
        wanted: plan.seconds,
        below,
        above: above.copied().filter(|above| above.is_finite()),
    })
}
