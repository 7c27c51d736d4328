//! The impact as far as observations show it. What was not observed is said, not filled in.

use super::citations::{count, duration, time};
use crate::incident::Incident;
use crate::signals::{Reading, Sample, meets, percent};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

/// What the watched signal showed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Impact {
    /// The signal.
    pub signal: String,
    /// Its objective.
    pub objective: String,
    /// Sentences, each with the entries it rests on.
    pub statements: Vec<Statement>,
}

/// A sentence and the entries it rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statement {
    /// The sentence.
    pub text: String,
    /// The entries.
    pub cites: Vec<u64>,
}

impl Statement {
    pub(super) fn new(text: impl Into<String>, cites: &[u64]) -> Self {
        Self {
            text: text.into(),
            cites: cites.to_vec(),
        }
    }
}

pub(super) fn impact(incident: &Incident) -> Option<Impact> {
    let opened = incident.opened.as_ref()?;
    let objective = opened.data.objective;
    let mut statements = Vec::new();
    if let Some(signal) = incident.signals.get(&opened.data.signal) {
        if let Some((seq, before)) = &signal.before {
            let at = |index: usize| {
                before.from + TimeDelta::seconds(i64::from(before.step) * index as i64)
            };
            let below = before
                .values
                .iter()
                .position(|value| value.is_some_and(|v| v < objective));
            let text = match below {
                Some(index) => format!(
                    "In the hour before the incident was opened the first value below objective was {} at {}.",
                    percent(before.values[index].unwrap_or_default()),
                    time(at(index))
                ),
                None if before.values.iter().all(Option::is_none) => {
                    "For the hour before the incident was opened there is no data.".to_string()
                }
                None => "In the hour before the incident was opened no value was below objective."
                    .to_string(),
            };
            statements.push(Statement::new(text, &[*seq]));
        }
        if let Some((seq, at, value)) = signal.lowest() {
            let text = format!(
                "The lowest recorded value was {} at {}.",
                percent(value),
                time(at)
            );
            statements.push(Statement::new(text, &[seq]));
        }
        statements.extend(spells(&signal.samples, objective));
        statements.extend(gaps(&signal.samples));
        if let Some((seq, sample)) = signal.samples.last() {
            let value = match sample.reading {
                Reading::Value(value) => percent(value),
                other => format!("{}, which is neither success nor failure", other.word()),
            };
            statements.push(Statement::new(
                format!(
                    "The last recorded reading was {value} at {}.",
                    time(sample.at)
                ),
                &[*seq],
            ));
        }
    }
    if statements.is_empty() {
        statements.push(Statement::new(
            "Nothing was measured: the impact on payments is not known from this journal.",
            &[opened.seq],
        ));
    }
    Some(Impact {
        signal: opened.data.signal.to_string(),
        objective: percent(objective),
        statements,
    })
}

/// Times below objective, from the first recorded reading below to the first one back.
fn spells(samples: &[(u64, Sample)], objective: f64) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut began: Option<(u64, DateTime<Utc>)> = None;
    for (seq, sample) in samples {
        match (meets(sample.reading, objective), began) {
            (Some(false), None) => began = Some((*seq, sample.at)),
            (Some(true), Some((first, at))) => {
                let text = format!(
                    "Below objective from {} to {} as recorded: {}.",
                    time(at),
                    time(sample.at),
                    duration(sample.at - at)
                );
                statements.push(Statement::new(text, &[first, *seq]));
                began = None;
            }
            _ => {}
        }
    }
    if let Some((first, at)) = began {
        let text = format!(
            "Below objective since {}; no recorded reading shows a return.",
            time(at)
        );
        statements.push(Statement::new(text, &[first]));
    }
    statements
}

fn gaps(samples: &[(u64, Sample)]) -> Vec<Statement> {
    let unknown: Vec<u64> = samples
        .iter()
        .filter(|(_, s)| s.reading.value().is_none())
        .map(|(seq, _)| *seq)
        .collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    let text = {
        let readings = count(
            unknown.len() as u64,
            "recorded reading",
            "recorded readings",
        );
        format!("{readings} gave no number; what happened then is unknown.")
    };
    vec![Statement::new(text, &unknown)]
}
