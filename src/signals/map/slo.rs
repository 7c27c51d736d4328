//! Files of objectives in the forms of other tools: `OpenSLO` v1 and Sloth (`prometheus/v1` and its Kubernetes form).
//! A key that could change the measurement and is not supported here refuses its objective by name.

mod open;
mod sloth;

use super::spec::{RatioSpec, SignalSpec};
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
    /// Objectives that cannot be used; the others can.
    pub refused: Vec<SloError>,
}

impl SloObjectives {
    fn take(&mut self, read: Result<SignalSpec, SloError>) {
        match read {
            Ok(signal) => self.signals.push(signal),
            Err(error) => self.refused.push(error),
        }
    }
}

/// The signals of a file of objectives. Each objective is read on its own.
///
/// # Errors
///
/// If nothing in it can be used.
pub fn signals_of(text: &str) -> Result<SloObjectives, SloError> {
    let yaml = |error: serde_saphyr::Error| SloError::Yaml(error.to_string());
    let trees: Vec<Value> = serde_saphyr::from_multiple(text).map_err(yaml)?;
    let mut found = SloObjectives::default();
    let mut documents = Vec::new();
    for (number, tree) in trees
        .into_iter()
        .enumerate()
        .filter(|(_, tree)| !tree.is_null())
    {
        let name = named(&tree, "/metadata/name", || {
            format!("document {}", number + 1)
        });
        match Document::deserialize(&tree) {
            Ok(document) => documents.push((name, document, tree)),
            Err(error) => found.refused.push(wrong(&name, error.to_string())),
        }
    }
    let shared = open::Shared::of(documents.iter().map(|(_, document, tree)| (document, tree)));
    for (name, document, tree) in documents {
        if document.version.starts_with("prometheus/v1") {
            sloth::read(&name, tree, &mut found);
        } else if document.api.starts_with("sloth.slok.dev/v1") {
            let spec = tree.get("spec").cloned().unwrap_or_default();
            sloth::read(&name, spec, &mut found);
        } else if document.api == "openslo/v1" && document.kind == "SLO" {
            let spec = tree.get("spec").cloned().unwrap_or_default();
            if let Err(error) = open::read(&name, spec, &shared, &mut found) {
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

/// The keys that identify the form.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Document {
    version: String,
    #[serde(rename = "apiVersion")]
    api: String,
    kind: String,
}

/// The name at a place of a tree, for people.
fn named(tree: &Value, place: &str, otherwise: impl Fn() -> String) -> String {
    let name = tree.pointer(place).and_then(Value::as_str);
    name.map_or_else(otherwise, str::to_string)
}

fn wrong(name: &str, what: impl Into<String>) -> SloError {
    SloError::Objective {
        name: name.to_string(),
        what: what.into(),
    }
}

/// Reads a part of an objective. A key that is not in `known` is refused by name: it could change the measurement.
fn part<T: DeserializeOwned>(
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
            ""
        } else {
            &format!("{place}: ")
        };
        let what = format!(
            "{place}{} is not computed, so the objective would mean something else",
            list(&unknown)
        );
        return Err(wrong(name, what));
    }
    T::deserialize(tree).map_err(|error| wrong(name, format!("{place}: {error}")))
}

/// A signal without a measurement.
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

/// A ratio of expressions that hold `$window`.
fn ratio(part: Part, total: String, objective: f64) -> RatioSpec {
    let (good, bad) = match part {
        Part::Good(query) => (Some(query), None),
        Part::Bad(query) => (None, Some(query)),
    };
    RatioSpec {
        good,
        bad,
        total,
        absent_bad_is_zero: false,
        objective,
        by: Vec::new(),
    }
}

enum Part {
    Good(String),
    Bad(String),
}
