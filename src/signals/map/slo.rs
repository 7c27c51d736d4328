//! Files of objectives in other tools' forms, read as they are: `OpenSLO` v1 and Sloth (`prometheus/v1` and its
//! Kubernetes form). What they do not need to say here is ignored; what cannot be measured is an error.

use super::spec::{Group, LevelSpec, RatioSpec, SignalSpec};
use crate::signals::Expectation;
use crate::text::{Slug, parse_duration};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Why a file of objectives cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SloError {
    /// Not YAML, or not of the form.
    #[error("{0}")]
    Yaml(String),
    /// Neither of the known forms.
    #[error("neither OpenSLO v1 (apiVersion: openslo/v1) nor Sloth (version: prometheus/v1)")]
    Unknown,
    /// An objective that cannot be measured from Prometheus.
    #[error("objective \"{name}\": {what}")]
    Objective {
        /// Its name.
        name: String,
        /// What is wrong.
        what: String,
    },
}

/// What a file of objectives describes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Objectives {
    /// The signals.
    pub signals: Vec<SignalSpec>,
    /// Objectives that cannot be used. The others are.
    pub refused: Vec<SloError>,
}

impl Objectives {
    fn take(&mut self, read: Result<SignalSpec, SloError>) {
        match read {
            Ok(signal) => self.signals.push(signal),
            Err(error) => self.refused.push(error),
        }
    }
}

/// The signals that a file of objectives describes, each read by itself.
///
/// # Errors
///
/// Where nothing of it can be used.
pub fn signals_of(text: &str) -> Result<Objectives, SloError> {
    let yaml = |error: serde_saphyr::Error| SloError::Yaml(error.to_string());
    let trees: Vec<Value> = serde_saphyr::from_multiple(text).map_err(yaml)?;
    let mut found = Objectives::default();
    let mut documents = Vec::new();
    for (number, tree) in trees
        .into_iter()
        .enumerate()
        .filter(|(_, tree)| !tree.is_null())
    {
        let name = named(&tree, "/metadata/name", || {
            format!("document {}", number + 1)
        });
        match Document::deserialize(tree) {
            Ok(document) => documents.push(document),
            Err(error) => found.refused.push(wrong(&name, error.to_string())),
        }
    }
    let indicators: BTreeMap<String, Indicator> = documents
        .iter()
        .filter(|document| document.kind == "SLI")
        .filter_map(|document| Some((document.metadata.name.clone(), document.indicator()?)))
        .collect();
    for document in documents {
        if document.version.starts_with("prometheus/v1") {
            sloth(document.service.as_deref(), document.slos, &mut found);
        } else if document.api.starts_with("sloth.slok.dev/v1") {
            let spec = document.spec.unwrap_or_default();
            sloth(spec.service.as_deref(), spec.slos, &mut found);
        } else if document.api == "openslo/v1" && document.kind == "SLO" {
            if let Err(error) = open_slo(document, &indicators, &mut found) {
                found.refused.push(error);
            }
        } else if document.api != "openslo/v1" {
            found.refused.push(SloError::Unknown);
        }
    }
    match (found.signals.is_empty(), found.refused.first()) {
        (false, _) => Ok(found),
        (true, Some(error)) => Err(error.clone()),
        (true, None) => Err(SloError::Unknown),
    }
}

/// The name at a place of a tree, for people.
fn named(tree: &Value, place: &str, otherwise: impl Fn() -> String) -> String {
    let name = tree.pointer(place).and_then(Value::as_str);
    name.map_or_else(otherwise, str::to_string)
}

/// One YAML document of either form.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Document {
    version: String,
    #[serde(rename = "apiVersion")]
    api: String,
    kind: String,
    metadata: Metadata,
    service: Option<String>,
    slos: Vec<Value>,
    spec: Option<Spec>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    name: String,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    service: Option<String>,
    slos: Vec<Value>,
    budgeting_method: Option<String>,
    indicator: Option<Inline>,
    indicator_ref: Option<String>,
    ratio_metric: Option<RatioMetric>,
    threshold_metric: Option<Metric>,
    time_window: Vec<TimeWindow>,
    objectives: Vec<Value>,
}

#[derive(Deserialize)]
struct Inline {
    spec: Indicator,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default, rename_all = "camelCase")]
struct Indicator {
    ratio_metric: Option<RatioMetric>,
    threshold_metric: Option<Metric>,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct RatioMetric {
    counter: bool,
    good: Option<Metric>,
    bad: Option<Metric>,
    total: Option<Metric>,
}

#[derive(Deserialize, Clone)]
struct Metric {
    #[serde(rename = "metricSource")]
    source: MetricSource,
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct MetricSource {
    #[serde(rename = "type")]
    kind: String,
    spec: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TimeWindow {
    duration: String,
    #[serde(default)]
    is_rolling: Option<bool>,
    #[serde(default)]
    calendar: Option<Value>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct OpenObjective {
    target: Option<f64>,
    target_percent: Option<f64>,
    op: Option<String>,
    value: Option<f64>,
}

#[derive(Deserialize)]
struct SlothObjective {
    name: String,
    objective: f64,
    sli: SlothIndicator,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SlothIndicator {
    events: Option<SlothEvents>,
    raw: Option<SlothRaw>,
}

#[derive(Deserialize)]
struct SlothEvents {
    #[serde(alias = "errorQuery")]
    error_query: String,
    #[serde(alias = "totalQuery")]
    total_query: String,
}

#[derive(Deserialize)]
struct SlothRaw {
    #[serde(alias = "errorRatioQuery")]
    error_ratio_query: String,
}

fn wrong(name: &str, what: impl Into<String>) -> SloError {
    SloError::Objective {
        name: name.to_string(),
        what: what.into(),
    }
}

fn signal(name: &str) -> SignalSpec {
    SignalSpec {
        signal: Slug::nearest(name),
        source: None,
        window_days: None,
        ratio: None,
        latency: None,
        correctness: None,
        level: None,
        version: None,
        deadline: None,
    }
}

/// Sloth writes its window as a template with free spaces in it.
fn sloth_query(query: &str) -> String {
    let mut out = String::new();
    let mut rest = query;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, behind)) = after.split_once("}}") else {
            break;
        };
        out.push_str(before);
        match inside.trim() {
            ".window" => out.push_str("$window"),
            _ => {
                out.push_str("{{");
                out.push_str(inside);
                out.push_str("}}");
            }
        }
        rest = behind;
    }
    out + rest
}

fn sloth(service: Option<&str>, slos: Vec<Value>, found: &mut Objectives) {
    for (index, tree) in slos.into_iter().enumerate() {
        let name = named(&tree, "/name", || format!("number {}", index + 1));
        let slo =
            SlothObjective::deserialize(tree).map_err(|error| wrong(&name, error.to_string()));
        found.take(slo.and_then(|slo| sloth_signal(service, slo)));
    }
}

fn sloth_signal(service: Option<&str>, slo: SlothObjective) -> Result<SignalSpec, SloError> {
    let objective = slo.objective / 100.0;
    let (bad, total) = match (slo.sli.events, slo.sli.raw) {
        (Some(events), _) => (
            sloth_query(&events.error_query),
            sloth_query(&events.total_query),
        ),
        // A ratio without its volume: every minute weighs the same.
        (None, Some(raw)) => (
            sloth_query(&raw.error_ratio_query),
            "last_over_time(vector(1)[$window:])".to_string(),
        ),
        (None, None) => return Err(wrong(&slo.name, "no sli.events and no sli.raw")),
    };
    if !bad.contains("$window") || !total.contains("$window") {
        let what = "a query without {{.window}} cannot be read for another window";
        return Err(wrong(&slo.name, what));
    }
    if !(0.0..1.0).contains(&objective) {
        return Err(wrong(
            &slo.name,
            format!("an objective of {} %", slo.objective),
        ));
    }
    let name = service.map_or(slo.name.clone(), |service| {
        format!("{service}-{}", slo.name)
    });
    Ok(SignalSpec {
        ratio: Some(RatioSpec {
            good: None,
            bad: Some(bad),
            total,
            absent_bad_is_zero: false,
            objective,
            by: Vec::new(),
        }),
        ..signal(&name)
    })
}

impl Document {
    fn indicator(&self) -> Option<Indicator> {
        let spec = self.spec.as_ref()?;
        Some(Indicator {
            ratio_metric: spec.ratio_metric.clone(),
            threshold_metric: spec.threshold_metric.clone(),
        })
    }
}

fn open_slo(
    document: Document,
    indicators: &BTreeMap<String, Indicator>,
    found: &mut Objectives,
) -> Result<(), SloError> {
    let name = document.metadata.name;
    let spec = document.spec.unwrap_or_default();
    let named = spec
        .indicator_ref
        .as_ref()
        .and_then(|name| indicators.get(name))
        .cloned();
    let indicator = spec.indicator.map(|inline| inline.spec).or(named);
    let indicator = indicator.ok_or_else(|| wrong(&name, "its indicator is not in this file"))?;
    let method = spec.budgeting_method.as_deref().unwrap_or("Occurrences");
    if method != "Occurrences" {
        let what = format!("budgetingMethod {method} is not computed, only Occurrences is");
        return Err(wrong(&name, what));
    }
    let window_days = match spec.time_window.first() {
        None => None,
        Some(window) if window.calendar.is_some() || window.is_rolling == Some(false) => {
            let what = "a timeWindow of the calendar is not computed, only one that rolls is";
            return Err(wrong(&name, what));
        }
        Some(window) => Some(days(&name, &window.duration)?),
    };
    if spec.objectives.is_empty() {
        return Err(wrong(&name, "no objective is named"));
    }
    let many = spec.objectives.len() > 1;
    for (index, tree) in spec.objectives.into_iter().enumerate() {
        let label = if many {
            format!("{name}-{}", index + 1)
        } else {
            name.clone()
        };
        let objective = OpenObjective::deserialize(tree);
        let objective = objective.map_err(|error| wrong(&label, error.to_string()));
        let read = objective.and_then(|objective| open_signal(&label, &indicator, &objective));
        found.take(read.map(|signal| SignalSpec {
            window_days,
            ..signal
        }));
    }
    Ok(())
}

fn open_signal(
    label: &str,
    indicator: &Indicator,
    objective: &OpenObjective,
) -> Result<SignalSpec, SloError> {
    let mut made = signal(label);
    if let Some(ratio) = &indicator.ratio_metric {
        made.ratio = Some(ratio_of(label, ratio, objective)?);
    } else if let Some(metric) = &indicator.threshold_metric {
        made.level = Some(level_of(label, metric, objective)?);
    } else {
        return Err(wrong(label, "neither ratioMetric nor thresholdMetric"));
    }
    Ok(made)
}

fn days(name: &str, text: &str) -> Result<u32, SloError> {
    let span = parse_duration(text).filter(|span| span.num_days() >= 1);
    let span = span.ok_or_else(|| {
        wrong(
            name,
            format!("timeWindow \"{text}\" is not in days or weeks"),
        )
    })?;
    Ok(span.num_days() as u32)
}

fn query(name: &str, metric: &Metric) -> Result<String, SloError> {
    let kind = &metric.source.kind;
    if !kind.is_empty() && !kind.eq_ignore_ascii_case("prometheus") {
        return Err(wrong(
            name,
            format!("its metrics come from {kind}; only Prometheus is read"),
        ));
    }
    let spec = &metric.source.spec;
    let found = spec.get("query").or_else(|| spec.get("promql"));
    found
        .cloned()
        .ok_or_else(|| wrong(name, "a metricSource without a query"))
}

/// A query of `OpenSLO` does not say its range: it is a running counter, or a value for one moment.
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
    ratio: &RatioMetric,
    objective: &OpenObjective,
) -> Result<RatioSpec, SloError> {
    let of = |metric: &Option<Metric>| -> Result<Option<String>, SloError> {
        let text = metric
            .as_ref()
            .map(|metric| query(name, metric))
            .transpose()?;
        Ok(text.map(|text| ranged(&text, ratio.counter)))
    };
    let target = objective
        .target
        .or(objective.target_percent.map(|percent| percent / 100.0));
    let (good, bad) = (of(&ratio.good)?, of(&ratio.bad)?);
    Ok(RatioSpec {
        bad: bad.filter(|_| good.is_none()),
        good,
        total: of(&ratio.total)?.ok_or_else(|| wrong(name, "ratioMetric without total"))?,
        absent_bad_is_zero: false,
        objective: target.ok_or_else(|| wrong(name, "an objective without target"))?,
        by: Vec::new(),
    })
}

fn level_of(name: &str, metric: &Metric, objective: &OpenObjective) -> Result<LevelSpec, SloError> {
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
    let expect = Expectation::parse(&format!("{sign} {value}"));
    Ok(LevelSpec {
        query: query(name, metric)?,
        expect: expect.ok_or_else(|| wrong(name, "its value is not a number"))?,
        unit: String::new(),
        group: Group::EarlyWarning,
    })
}
