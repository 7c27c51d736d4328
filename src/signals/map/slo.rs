//! Files of objectives in other tools' forms, read as they are: `OpenSLO` v1 and Sloth (`prometheus/v1` and its
//! Kubernetes form). What they do not need to say here is ignored; what cannot be measured is an error.

use super::spec::{Group, LevelSpec, RatioSpec, SignalSpec};
use crate::signals::Expectation;
use crate::text::{Slug, parse_duration};
use serde::Deserialize;
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

/// The signals that a file of objectives describes.
pub fn signals_of(text: &str) -> Result<Vec<SignalSpec>, SloError> {
    let yaml = |error: serde_saphyr::Error| SloError::Yaml(error.to_string());
    let documents: Vec<Document> = serde_saphyr::from_multiple(text).map_err(yaml)?;
    let indicators: BTreeMap<String, Indicator> = documents
        .iter()
        .filter(|document| document.kind == "SLI")
        .filter_map(|document| Some((document.metadata.name.clone(), document.indicator()?)))
        .collect();
    let mut all = Vec::new();
    for document in documents {
        if document.version.starts_with("prometheus/v1") {
            all.extend(sloth(document.service.as_deref(), document.slos)?);
        } else if document.api.starts_with("sloth.slok.dev/v1") {
            let spec = document.spec.unwrap_or_default();
            all.extend(sloth(spec.service.as_deref(), spec.slos)?);
        } else if document.api == "openslo/v1" && document.kind == "SLO" {
            all.extend(open_slo(document, &indicators)?);
        } else if document.api != "openslo/v1" {
            return Err(SloError::Unknown);
        }
    }
    if all.is_empty() {
        return Err(SloError::Unknown);
    }
    Ok(all)
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
    slos: Vec<SlothObjective>,
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
    slos: Vec<SlothObjective>,
    indicator: Option<Inline>,
    indicator_ref: Option<String>,
    ratio_metric: Option<RatioMetric>,
    threshold_metric: Option<Metric>,
    time_window: Vec<TimeWindow>,
    objectives: Vec<OpenObjective>,
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
struct TimeWindow {
    duration: String,
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

fn sloth(service: Option<&str>, slos: Vec<SlothObjective>) -> Result<Vec<SignalSpec>, SloError> {
    let each = |slo: SlothObjective| {
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
            return Err(wrong(
                &slo.name,
                "a query without {{.window}} cannot be read for another window",
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
    };
    slos.into_iter().map(each).collect()
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
) -> Result<Vec<SignalSpec>, SloError> {
    let name = document.metadata.name;
    let spec = document.spec.unwrap_or_default();
    let named = spec
        .indicator_ref
        .as_ref()
        .and_then(|name| indicators.get(name))
        .cloned();
    let indicator = spec.indicator.map(|inline| inline.spec).or(named);
    let indicator = indicator.ok_or_else(|| wrong(&name, "its indicator is not in this file"))?;
    let window_days = match spec.time_window.first() {
        None => None,
        Some(window) => Some(days(&name, &window.duration)?),
    };
    let many = spec.objectives.len() > 1;
    let mut all = Vec::new();
    for (index, objective) in spec.objectives.into_iter().enumerate() {
        let label = if many {
            format!("{name}-{}", index + 1)
        } else {
            name.clone()
        };
        let mut made = signal(&label);
        made.window_days = window_days;
        if let Some(ratio) = &indicator.ratio_metric {
            made.ratio = Some(ratio_of(&label, ratio, &objective)?);
        } else if let Some(metric) = &indicator.threshold_metric {
            made.level = Some(level_of(&label, metric, &objective)?);
        } else {
            return Err(wrong(&label, "neither ratioMetric nor thresholdMetric"));
        }
        all.push(made);
    }
    if all.is_empty() {
        return Err(wrong(&name, "no objective is named"));
    }
    Ok(all)
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
