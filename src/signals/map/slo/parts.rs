//! Parts that the forms of objectives share.

use super::super::spec::{RatioSpec, SignalSpec};
use crate::text::{Slug, list};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SloError {
    #[error("{0}")]
    Yaml(String),
    #[error("neither OpenSLO v1 (apiVersion: openslo/v1) nor Sloth (version: prometheus/v1)")]
    Unknown,
    #[error("objective \"{name}\": {what}")]
    Objective { name: String, what: String },
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct SloObjectives {
    pub signals: Vec<SignalSpec>,
    /// Unusable objectives; the others can be used.
    pub refused: Vec<SloError>,
}

impl SloObjectives {
    pub(super) fn add(&mut self, read: Result<SignalSpec, SloError>) {
        match read {
            Ok(signal) => self.signals.push(signal),
            Err(error) => self.refused.push(error),
        }
    }
}

/// Keys that identify the form.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SloDocument {
    pub(super) version: String,
    #[serde(rename = "apiVersion")]
    pub(super) api: String,
    pub(super) kind: String,
}

/// For people.
pub(super) fn named(tree: &Value, place: &str, otherwise: impl Fn() -> String) -> String {
    let name = tree.pointer(place).and_then(Value::as_str);
    name.map_or_else(otherwise, str::to_string)
}

pub(super) fn wrong(name: &str, what: impl Into<String>) -> SloError {
    SloError::Objective {
        name: name.to_string(),
        what: what.into(),
    }
}

/// A key that is not in `known` is refused by name: it could change the measurement.
pub(super) fn part<T: DeserializeOwned>(
    name: &str,
    place: &str,
    tree: Value,
    known: &[&str],
) -> Result<T, SloError> {
    let unknown: Vec<&str> = match &tree {
        Value::Object(keys) => {
            let keys = keys.iter().filter(|(_, value)| !value.is_null());
            let keys = keys.map(|(key, _)| key.as_str());
            keys.filter(|key| !known.contains(key)).collect()
        }
        _ => Vec::new(),
    };
    if !unknown.is_empty() {
        let place = if place.is_empty() {
            String::new()
        } else {
            format!("{place}: ")
        };
        let keys = list(&unknown);
        let what =
            format!("{place}{keys} is not supported and could change the meaning of the objective");
        return Err(wrong(name, what));
    }
    T::deserialize(tree).map_err(|error| wrong(name, format!("{place}: {error}")))
}

/// A signal without a measurement.
pub(super) fn signal(name: &str) -> SignalSpec {
    SignalSpec {
        alive: None,
        signal: Slug::nearest(name),
        source: None,
        window_days: None,
        ratio: None,
        rate: None,
        latency: None,
        correctness: None,
        level: None,
        version: None,
        deadline: None,
    }
}

/// Of expressions that hold `$window`.
pub(super) fn ratio(part: EventCount, total: String, objective: f64) -> RatioSpec {
    let (good, bad) = match part {
        EventCount::Good(query) => (Some(query), None),
        EventCount::Bad(query) => (None, Some(query)),
    };
    RatioSpec {
        declines: None,
        sla: None,
        good,
        bad,
        total,
        absent_bad_is_zero: false,
        objective,
        by: Vec::new(),
    }
}

pub(super) enum EventCount {
    Good(String),
    Bad(String),
}
