//! `OpenSLO` v1: objectives over ratios and thresholds, with their own indicators or indicators of the same file.

use super::parts::{EventCount, SloDocument, SloError, SloObjectives, part, ratio, signal, wrong};
use crate::signals::Expectation;
use crate::signals::map::spec::{LevelGroup, LevelSpec, RatioSpec, SignalSpec};
use crate::text::parse_duration;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

const SPEC: &[&str] = &[
    "description",
    "service",
    "indicator",
    "indicatorRef",
    "timeWindow",
    "budgetingMethod",
    "objectives",
    "alertPolicies",
];
const INDICATOR: &[&str] = &["description", "ratioMetric", "thresholdMetric"];
const RATIO: &[&str] = &["counter", "good", "bad", "total"];
const METRIC: &[&str] = &["metricSource"];
const SOURCE: &[&str] = &["type", "spec", "metricSourceRef"];
const QUERY: &[&str] = &["query", "promql"];
const WINDOW: &[&str] = &["duration", "isRolling", "calendar"];
const OBJECTIVE: &[&str] = &["displayName", "op", "value", "target", "targetPercent"];

/// Of other documents in the file.
pub(super) struct Shared {
    indicators: BTreeMap<String, Value>,
    /// The type of each data source, by name.
    sources: BTreeMap<String, String>,
}

impl Shared {
    pub(super) fn of<'d>(documents: impl Iterator<Item = (&'d SloDocument, &'d Value)>) -> Self {
        let (mut indicators, mut sources) = (BTreeMap::new(), BTreeMap::new());
        let text = |tree: &Value, place: &str| {
            let found = tree.pointer(place).and_then(Value::as_str);
            found.unwrap_or_default().to_string()
        };
        for (document, tree) in documents {
            let name = text(tree, "/metadata/name");
            match document.kind.as_str() {
                "SLI" => _ = indicators.insert(name, tree["spec"].clone()),
                "DataSource" => _ = sources.insert(name, text(tree, "/spec/type")),
                _ => {}
            }
        }
        Self {
            indicators,
            sources,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    budgeting_method: Option<String>,
    indicator: Option<Inline>,
    indicator_ref: Option<String>,
    time_window: Vec<Value>,
    objectives: Vec<Value>,
}

#[derive(Deserialize)]
struct Inline {
    spec: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Indicator {
    ratio_metric: Option<Value>,
    threshold_metric: Option<Value>,
}

#[derive(Deserialize)]
struct RatioMetric {
    #[serde(default)]
    counter: bool,
    good: Option<Value>,
    bad: Option<Value>,
    total: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric {
    metric_source: Value,
}

#[derive(Deserialize)]
struct MetricSource {
    #[serde(default)]
    r#type: String,
    #[serde(rename = "metricSourceRef")]
    named: Option<String>,
    #[serde(default)]
    spec: Value,
}

#[derive(Deserialize)]
struct Query {
    #[serde(alias = "promql")]
    query: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TimeWindow {
    duration: String,
    is_rolling: Option<bool>,
    calendar: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Objective {
    target: Option<f64>,
    target_percent: Option<f64>,
    op: Option<String>,
    value: Option<f64>,
}

impl Objective {
    /// Of events, or of time.
    fn share(&self, name: &str) -> Result<Option<f64>, SloError> {
        match (self.target, self.target_percent) {
            (Some(_), Some(_)) => Err(wrong(name, "both target and targetPercent")),
            (target, percent) => Ok(target.or(percent.map(|percent| percent / 100.0))),
        }
    }
}

pub(super) fn read(
    name: &str,
    tree: Value,
    shared: &Shared,
    found: &mut SloObjectives,
) -> Result<(), SloError> {
    let spec: Spec = part(name, "spec", tree, SPEC)?;
    let own = spec.indicator.map(|inline| inline.spec);
    let indicator = match (own, &spec.indicator_ref) {
        (Some(_), Some(_)) => return Err(wrong(name, "both indicator and indicatorRef")),
        (Some(own), None) => Some(own),
        (None, Some(named)) => shared.indicators.get(named).cloned(),
        (None, None) => None,
    };
    let indicator = indicator.ok_or_else(|| wrong(name, "its indicator is not in this file"))?;
    let indicator: Indicator = part(name, "indicator", indicator, INDICATOR)?;
    let method = spec.budgeting_method.as_deref().unwrap_or("Occurrences");
    if method != "Occurrences" {
        let what = format!("budgetingMethod {method} is not supported, only Occurrences is");
        return Err(wrong(name, what));
    }
    let window_days = window_days_of(name, spec.time_window)?;
    if spec.objectives.is_empty() {
        return Err(wrong(name, "no objective is named"));
    }
    let many = spec.objectives.len() > 1;
    for (index, tree) in spec.objectives.into_iter().enumerate() {
        let label = match many {
            true => format!("{name}-{}", index + 1),
            false => name.to_string(),
        };
        let objective = part(&label, "objective", tree, OBJECTIVE);
        let read = objective.and_then(|objective| measured(&label, &indicator, &objective, shared));
        found.add(read.map(|signal| SignalSpec {
            window_days,
            ..signal
        }));
    }
    Ok(())
}

fn window_days_of(name: &str, mut windows: Vec<Value>) -> Result<Option<u32>, SloError> {
    let Some(tree) = windows.pop() else {
        return Ok(None);
    };
    if !windows.is_empty() {
        return Err(wrong(name, "more than one timeWindow is not supported"));
    }
    let window: TimeWindow = part(name, "timeWindow", tree, WINDOW)?;
    if window.calendar.is_some() || window.is_rolling == Some(false) {
        let what = "a calendar timeWindow is not supported, only a rolling one is";
        return Err(wrong(name, what));
    }
    let span = parse_duration(&window.duration).filter(|span| span.num_days() >= 1);
    let whole = span.filter(|span| span.num_seconds() % 86_400 == 0);
    let days = whole.and_then(|span| u32::try_from(span.num_days()).ok());
    let what = format!("timeWindow \"{}\" is not in days or weeks", window.duration);
    days.map(Some).ok_or_else(|| wrong(name, what))
}

fn measured(
    name: &str,
    indicator: &Indicator,
    objective: &Objective,
    shared: &Shared,
) -> Result<SignalSpec, SloError> {
    let mut made = signal(name);
    match (&indicator.ratio_metric, &indicator.threshold_metric) {
        (Some(tree), None) => {
            let metric = part(name, "ratioMetric", tree.clone(), RATIO)?;
            made.ratio = Some(ratio_of(name, &metric, objective, shared)?);
        }
        (None, Some(tree)) => threshold(&mut made, name, tree, objective, shared)?,
        (None, None) => return Err(wrong(name, "neither ratioMetric nor thresholdMetric")),
        (Some(_), Some(_)) => return Err(wrong(name, "both ratioMetric and thresholdMetric")),
    }
    Ok(made)
}

fn query(name: &str, metric: &Value, shared: &Shared) -> Result<String, SloError> {
    let metric: Metric = part(name, "a metric", metric.clone(), METRIC)?;
    let source: MetricSource = part(name, "metricSource", metric.metric_source, SOURCE)?;
    let kind = match &source.named {
        Some(named) => shared
            .sources
            .get(named)
            .ok_or_else(|| wrong(name, format!("its data source {named} is not in this file")))?,
        None => &source.r#type,
    };
    for kind in [kind, &source.r#type] {
        if !kind.is_empty() && !kind.eq_ignore_ascii_case("prometheus") {
            let what = format!("its metrics come from {kind}; only Prometheus is read");
            return Err(wrong(name, what));
        }
    }
    let spec: Query = part(name, "metricSource.spec", source.spec, QUERY)?;
    spec.query
        .ok_or_else(|| wrong(name, "a metricSource without a query"))
}

/// A query of `OpenSLO` names no range: it is a running counter, or a value at one moment.
fn ranged(query: &str, counter: bool) -> String {
    let plain = query.trim();
    let inner = plain
        .strip_prefix("sum(")
        .and_then(|rest| rest.strip_suffix(')'));
    let is_selector =
        |text: &str| !text.contains(['(', ')', '[', '+', '*', '/']) && !text.contains(" by ");
    match (counter, inner) {
        (true, Some(inner)) if is_selector(inner) => inner.to_string(),
        (true, _) if is_selector(plain) => plain.to_string(),
        (true, _) => format!("rate(({plain})[$window:])"),
        (false, _) => format!("avg_over_time(({plain})[$window:])"),
    }
}

fn ratio_of(
    name: &str,
    metric: &RatioMetric,
    objective: &Objective,
    shared: &Shared,
) -> Result<RatioSpec, SloError> {
    if objective.op.is_some() || objective.value.is_some() {
        return Err(wrong(name, "op and value belong to a thresholdMetric"));
    }
    let of = |tree: &Value| Ok(ranged(&query(name, tree, shared)?, metric.counter));
    let counted = match (&metric.good, &metric.bad) {
        (Some(good), None) => EventCount::Good(of(good)?),
        (None, Some(bad)) => EventCount::Bad(of(bad)?),
        _ => return Err(wrong(name, "ratioMetric needs either good or bad")),
    };
    let total = metric.total.as_ref();
    let total = of(total.ok_or_else(|| wrong(name, "ratioMetric without total"))?)?;
    let target = objective.share(name)?;
    let target = target.ok_or_else(|| wrong(name, "an objective without target"))?;
    Ok(ratio(counted, total, target))
}

/// A threshold is a level with a bound. With a target it is the share of time within the bound: each evaluation of
/// the query is one event.
fn threshold(
    made: &mut SignalSpec,
    name: &str,
    metric: &Value,
    objective: &Objective,
    shared: &Shared,
) -> Result<(), SloError> {
    let sign = match objective.op.as_deref() {
        Some("lte") => "<=",
        Some("lt") => "<",
        Some("gte") => ">=",
        Some("gt") => ">",
        _ => return Err(wrong(name, "thresholdMetric needs op: lte, lt, gte or gt")),
    };
    let value = objective
        .value
        .ok_or_else(|| wrong(name, "thresholdMetric needs a value"))?;
    let expect = Expectation::parse(&format!("{sign} {value}"))
        .ok_or_else(|| wrong(name, "its value is not a number"))?;
    let query = query(name, metric, shared)?;
    let Some(target) = objective.share(name)? else {
        made.level = Some(LevelSpec {
            query,
            expect,
            unit: String::new(),
            group: LevelGroup::EarlyWarning,
        });
        return Ok(());
    };
    let query = query.trim();
    // A moment without a value counts neither as good nor in the total.
    let good = format!("sum(avg_over_time((({query}) {sign} bool {value})[$window:]))");
    let all = format!("sum(avg_over_time((0 * ({query}) + 1)[$window:]))");
    made.ratio = Some(ratio(EventCount::Good(good), all, target));
    Ok(())
}
