//! The impact as far as observations show it. What was not observed is said, not filled in.

use super::words::{count, time};
use crate::incident::Incident;
use crate::incident::entry::Backfilled;
use crate::incident::fold::ImpactFacts;
use crate::signals::impact::{Impact as Measured, ImpactBasis};
use crate::signals::words::grouped;
use crate::signals::{Sample, meets, percent};
use crate::times::write_span;
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
        statements.extend(signal.impacts.iter().map(damage));
        if let Some(before) = &signal.before {
            let text = hour_before(&before.data, objective);
            statements.push(Statement::new(text, &[before.seq]));
        }
        if let Some((seq, at, value)) = signal.lowest() {
            let (value, at) = (percent(value), time(at));
            let text = format!("The lowest recorded value was {value} at {at}.");
            statements.push(Statement::new(text, &[seq]));
        }
        statements.extend(breaches(&signal.samples, objective));
        statements.extend(gaps(&signal.samples));
        if let Some((seq, sample)) = signal.samples.last() {
            let word = sample.reading.word();
            let no_number = || format!("{word}, which is neither success nor failure");
            let value = sample.reading.value().map_or_else(no_number, percent);
            let text = format!(
                "The last recorded reading was {value} at {}.",
                time(sample.at)
            );
            statements.push(Statement::new(text, &[*seq]));
        }
    }
    if statements.is_empty() {
        let text = match opened.data.retrospective {
            true => "This program counted no payments; what people stated stands in the timeline.",
            false => "Nothing was measured: the impact on payments is not known from this journal.",
        };
        statements.push(Statement::new(text, &[opened.seq]));
    }
    Some(Impact {
        signal: opened.data.signal.to_string(),
        objective: percent(objective),
        statements,
    })
}

/// What one span of failing payments did, as last recorded.
fn damage(facts: &ImpactFacts) -> Statement {
    let impact = &facts.last.data.impact;
    let from = match impact.or_before {
        true => format!("before {}", time(impact.from)),
        false => time(impact.from),
    };
    let span = format!(
        "{from} to {} ({})",
        time(impact.to),
        write_span(impact.lasted(), true)
    );
    let basis = match impact.basis {
        ImpactBasis::Drop => "Measured drop",
        ImpactBasis::Incident => "No drop was measured; since the start of the incident",
    };
    let end = match impact.ended {
        true => "",
        false => "; no end is recorded",
    };
    let text = format!("{basis}, {span}{end}: {}.", counts(impact));
    let mut cites = vec![facts.first, facts.last.seq];
    cites.dedup();
    Statement::new(text, &cites)
}

/// Failed payments, unknown outcomes, the amount, and what of it is an estimate.
fn counts(impact: &Measured) -> String {
    let mut text = format!("{} payments failed", grouped(impact.failed));
    if impact.unknown > 0 {
        let (unknown, most) = (
            grouped(impact.unknown),
            grouped(impact.failed + impact.unknown),
        );
        text += &format!("; {unknown} more have an unknown outcome, so at most {most} failed");
    }
    if let Some(amount) = &impact.amount {
        let (least, most) = (grouped(amount.at_least), grouped(amount.at_most));
        let range = match least == most {
            true => least,
            false => format!("{least} to {most}"),
        };
        let basis = match amount.average {
            Some(average) => format!("estimate: count × average {} {average:.2}", amount.currency),
            None => "counted amounts".to_string(),
        };
        text += &format!("; amount {} {range} ({basis})", amount.currency);
    }
    if impact.unmeasured > 0 {
        let missing = TimeDelta::seconds(impact.unmeasured as i64);
        text += &format!("; {} of it were not measured", write_span(missing, true));
    }
    text
}

fn hour_before(before: &Backfilled, objective: f64) -> String {
    let values = &before.values;
    let is_below = |value: &Option<f64>| value.is_some_and(|value| value < objective);
    let missing = values.iter().filter(|value| value.is_none()).count();
    let what = match values.iter().position(is_below) {
        Some(index) => {
            let span = TimeDelta::seconds(i64::from(before.step) * index as i64);
            let value = percent(values[index].unwrap_or_default());
            let at = time(before.from + span);
            let missing = match values[..index]
                .iter()
                .filter(|value| value.is_none())
                .count()
            {
                0 => String::new(),
                some => format!("; {} missing before it", number_of_values(some)),
            };
            format!("the first value below objective was {value} at {at}{missing}")
        }
        None if missing == values.len() => {
            return "For the hour before the incident was opened there is no data.".to_string();
        }
        None if missing > 0 => {
            let all = number_of_values(values.len());
            format!("no value that is known was below objective; {missing} of {all} missing")
        }
        None => "no value was below objective".to_string(),
    };
    format!("In the hour before the incident was opened {what}.")
}

fn number_of_values(number: usize) -> String {
    count(number as u64, "value", "values")
}

/// A time below objective, while it goes on.
struct Breach {
    cites: Vec<u64>,
    began: DateTime<Utc>,
    last: (u64, DateTime<Utc>),
    unknown: TimeDelta,
    lost: Option<DateTime<Utc>>,
}

impl Breach {
    fn statement(mut self, back: Option<(u64, DateTime<Utc>)>) -> Statement {
        let began = time(self.began);
        let unknown = match self.unknown > TimeDelta::zero() {
            true => format!(
                ", {} of it without a number",
                write_span(self.unknown, true)
            ),
            false => String::new(),
        };
        let (seq, at) = back.unwrap_or(self.last);
        self.cites.push(seq);
        let (end, lasted) = (time(at), write_span(at - self.began, true));
        let text = match (back, self.lost.map(time)) {
            (Some(_), _) => {
                format!("Below objective from {began} to {end} as recorded: {lasted}{unknown}.")
            }
            (None, Some(lost)) => format!(
                "Below objective since {began}, last at {end}{unknown}; from {lost} on no recorded reading gave a number."
            ),
            (None, None) => format!(
                "Below objective since {began}, last at {end}{unknown}; no recorded reading shows a return."
            ),
        };
        self.cites.sort_unstable();
        self.cites.dedup();
        Statement::new(text, &self.cites)
    }
}

/// Times below objective, from the first recorded reading below to the first one back. Readings without a
/// number in between are listed: their value is unknown.
fn breaches(samples: &[(u64, Sample)], objective: f64) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut breach: Option<Breach> = None;
    for (seq, sample) in samples {
        match (meets(sample.reading, objective), &mut breach) {
            (Some(false), None) => {
                breach = Some(Breach {
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
                    let ended = breach.take();
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
    statements.extend(breach.map(|known| known.statement(None)));
    statements
}

fn gaps(samples: &[(u64, Sample)]) -> Option<Statement> {
    let unknown = samples
        .iter()
        .filter(|(_, sample)| sample.reading.value().is_none());
    let unknown: Vec<u64> = unknown.map(|(seq, _)| *seq).collect();
    let number = unknown.len() as u64;
    let readings = count(number, "recorded reading", "recorded readings");
    let text = format!("{readings} gave no number; what happened then is unknown.");
    (number > 0).then(|| Statement::new(text, &unknown))
}
