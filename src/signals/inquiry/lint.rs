//! What can be found without a source.

use super::finding::{Finding, FindingLevel, Reason};
use super::query::{QueryShape, fault, is_recorded_rate, parse, quoted_variable};
use crate::signals::map::{Pricing, ServiceMap, SignalSpec, window_of};
use crate::text::{Safe, Slug};
use chrono::TimeDelta;

/// In the order of the map. Refused: no server accepts it, or its number is certainly wrong.
pub fn lint(map: &ServiceMap) -> Vec<Finding> {
    let window = window_of(TimeDelta::minutes(5), map.scrape_seconds);
    let mut found = Vec::new();
    for (_, path) in map.paths() {
        for spec in &path.signals {
            let (counters, plain) = texts(spec);
            let each = counters
                .iter()
                .filter_map(|(key, text)| counter(&spec.signal, key, text, &window));
            found.extend(each);
            let each = plain
                .iter()
                .filter_map(|(key, text)| query(&spec.signal, key, text));
            found.extend(each);
        }
        let ratio = path.signals.iter().find(|spec| spec.objective().is_some());
        if let (Some(money), Some(ratio)) = (&path.money, ratio) {
            let each = priced(money);
            found.extend(each.filter_map(|(key, text)| counter(&ratio.signal, key, text, &window)));
        }
    }
    found
}

fn priced(money: &Pricing) -> impl Iterator<Item = (&'static str, &str)> {
    let texts = [("unknown", &money.unknown), ("amount", &money.amount)];
    texts
        .into_iter()
        .filter_map(|(key, text)| Some((key, text.as_deref()?)))
}

type Texts<'s> = Vec<(&'static str, &'s str)>;

/// Counters, which are rated here, and queries that are asked as they stand.
fn texts(spec: &SignalSpec) -> (Texts<'_>, Texts<'_>) {
    let (mut counters, mut plain) = (Vec::new(), Vec::new());
    if let Some(ratio) = &spec.ratio {
        counters.extend(ratio.good.as_deref().map(|text| ("good", text)));
        counters.extend(ratio.bad.as_deref().map(|text| ("bad", text)));
        counters.push(("total", ratio.total.as_str()));
    }
    plain.extend(spec.rate.iter().map(|spec| ("query", spec.query.as_str())));
    if let Some(correctness) = &spec.correctness {
        plain.push(("query", correctness.query.as_str()));
        plain.extend(correctness.amount.as_deref().map(|text| ("amount", text)));
        plain.extend(correctness.age.as_deref().map(|text| ("age", text)));
    }
    plain.extend(spec.level.iter().map(|spec| ("query", spec.query.as_str())));
    plain.extend(
        spec.version
            .iter()
            .map(|spec| ("query", spec.query.as_str())),
    );
    plain.extend(
        spec.deadline
            .iter()
            .map(|spec| ("query", spec.query.as_str())),
    );
    (counters, plain)
}

fn counter(signal: &Slug, key: &'static str, text: &str, window: &str) -> Option<Finding> {
    let refused = |reason| Some(Finding::new(signal, key, FindingLevel::Refused, reason));
    if let Some(fault) = fault(text, true) {
        return refused(Reason::Malformed(fault));
    }
    if text.contains("$window") {
        return doubtful(signal, key, &text.replace("$window", window));
    }
    let Ok(parsed) = parse(text) else {
        return doubtful(signal, key, text);
    };
    match parsed.shape {
        QueryShape::Modified => refused(Reason::Modified),
        QueryShape::Expression => refused(Reason::NoWindow),
        QueryShape::Selector => {
            let names = parsed
                .selectors
                .iter()
                .filter_map(|one| one.name.as_deref());
            match names.into_iter().find(|name| is_recorded_rate(name)) {
                Some(name) => refused(Reason::RecordedRate(Safe::line(name))),
                None => doubtful(signal, key, text),
            }
        }
    }
}

fn query(signal: &Slug, key: &'static str, text: &str) -> Option<Finding> {
    match fault(text, false) {
        Some(fault) => {
            let reason = Reason::Malformed(fault);
            Some(Finding::new(signal, key, FindingLevel::Refused, reason))
        }
        None => doubtful(signal, key, text),
    }
}

fn doubtful(signal: &Slug, key: &'static str, text: &str) -> Option<Finding> {
    let variable = quoted_variable(text).map(|name| Reason::Variable(Safe::line(&name)));
    let refused = || {
        parse(text)
            .err()
            .map(|said| Reason::Doubtful(Safe::line(&said)))
    };
    let reason = variable.or_else(refused)?;
    Some(Finding::new(signal, key, FindingLevel::Warning, reason))
}
