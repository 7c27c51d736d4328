//! The impact as far as observations show it. What was not observed is said, not filled in.

use super::citations::{count, duration, time};
use crate::incident::Incident;
use crate::signals::{Sample, meets, percent};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Impact {
    pub signal: String,
    pub objective: String,
    pub statements: Vec<Statement>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statement {
    pub text: String,
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
            let missing = before.values.iter().filter(|value| value.is_none()).count();
            let text = match below {
                Some(index) => format!(
                    "In the hour before the incident was opened the first value below objective was {} at {}{}.",
                    percent(before.values[index].unwrap_or_default()),
                    time(at(index)),
                    match before.values[..index]
                        .iter()
                        .filter(|value| value.is_none())
                        .count()
                    {
                        0 => String::new(),
                        some => format!("; {} missing before it", values(some)),
                    }
                ),
                None if missing == before.values.len() => {
                    "For the hour before the incident was opened there is no data.".to_string()
                }
                None if missing > 0 => format!(
                    "In the hour before the incident was opened no value that is known was below objective; {} of {} missing.",
                    missing,
                    values(before.values.len())
                ),
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
            let value = sample.reading.value().map_or_else(
                || {
                    let word = sample.reading.word();
                    format!("{word}, which is neither success nor failure")
                },
                percent,
            );
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

fn values(number: usize) -> String {
    count(number as u64, "value", "values")
}

/// A time below objective, while it goes on.
struct Spell {
    cites: Vec<u64>,
    began: DateTime<Utc>,
    last: (u64, DateTime<Utc>),
    unknown: TimeDelta,
    lost: Option<DateTime<Utc>>,
}

impl Spell {
    fn statement(mut self, back: Option<(u64, DateTime<Utc>)>) -> Statement {
        let began = time(self.began);
        let unknown = if self.unknown > TimeDelta::zero() {
            format!(", {} of it without a number", duration(self.unknown))
        } else {
            String::new()
        };
        let (seq, at) = self.last;
        let text = match (back, self.lost) {
            (Some((back, at)), _) => {
                self.cites.push(back);
                let lasted = duration(at - self.began);
                format!(
                    "Below objective from {began} to {} as recorded: {lasted}{unknown}.",
                    time(at)
                )
            }
            (None, Some(lost)) => {
                self.cites.push(seq);
                format!(
                    "Below objective since {began}, last at {}{unknown}; from {} on no recorded reading gave a number.",
                    time(at),
                    time(lost)
                )
            }
            (None, None) => {
                self.cites.push(seq);
                format!(
                    "Below objective since {began}, last at {}{unknown}; no recorded reading shows a return.",
                    time(at)
                )
            }
        };
        self.cites.sort_unstable();
        self.cites.dedup();
        Statement::new(text, &self.cites)
    }
}

/// Times below objective, from the first recorded reading below to the first one back. Readings without a
/// number in between are listed: their value is unknown.
fn spells(samples: &[(u64, Sample)], objective: f64) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut spell: Option<Spell> = None;
    for (seq, sample) in samples {
        match (meets(sample.reading, objective), &mut spell) {
            (Some(false), None) => {
                spell = Some(Spell {
                    cites: vec![*seq],
                    began: sample.at,
                    last: (*seq, sample.at),
                    unknown: TimeDelta::zero(),
                    lost: None,
                });
            }
            (Some(met), Some(known)) => {
                if let Some(lost) = known.lost.take() {
                    known.unknown += sample.at - lost;
                }
                if met {
                    let ended = spell.take();
                    let back = Some((*seq, sample.at));
                    statements.extend(ended.map(|known| known.statement(back)));
                } else {
                    known.last = (*seq, sample.at);
                }
            }
            (None, Some(known)) => {
                known.cites.push(*seq);
                known.lost.get_or_insert(sample.at);
            }
            (Some(true) | None, None) => {}
        }
    }
    statements.extend(spell.map(|known| known.statement(None)));
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
