//! One entry as a row of a document: its times, who recorded it, what happened.

use super::people::People;
use super::sentence::sentence;
use super::times::{Occurrence, ReplacedTime, known, occurred, replaced_times, reported};
use super::words::time;
use crate::incident::fold::Before;
use crate::incident::severity::Severity;
use crate::incident::{Entry, Incident};
use crate::times::StatedTime;
use chrono::{DateTime, Utc};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// As it was stated and corrected; `-` where nobody stated it.
    pub occurred: String,
    pub occurred_from: String,
    /// The instants that `occurred` can mean.
    pub span: Option<Span>,
    /// The times that corrections replaced, the last one first.
    pub corrected: Vec<ReplacedTime>,
    /// When the responders or the program knew.
    pub known: String,
    pub recorded: String,
    /// When an outside party was informed; `-` if none was.
    pub reported: String,
    pub who: String,
    pub what: String,
    pub cites: Vec<u64>,
    pub masked: Vec<String>,
}

/// Half-open, unless it is one instant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Span {
    pub earliest: String,
    pub latest: String,
}

impl Span {
    fn of(at: &StatedTime) -> Self {
        Self {
            earliest: time(at.from()),
            latest: time(at.until()),
        }
    }
}

/// By the earliest instant, then in the order of the journal; what has no time comes last.
pub(super) type RowOrder = (bool, DateTime<Utc>, u64);

pub(super) fn order(entry: &Entry, incident: &Incident) -> RowOrder {
    let at = occurred(entry, incident).at;
    let known = at.map_or(entry.recorded, |at| at.from());
    (at.is_none(), known, entry.seq)
}

pub(super) fn row(entry: &Entry, incident: &Incident, people: &People, blameless: bool) -> Row {
    let mut what = sentence(entry, people);
    let corrections = incident.corrections.get(&entry.seq);
    let corrections = corrections.cloned().unwrap_or_default();
    if !corrections.is_empty() {
        let list: Vec<String> = corrections
            .iter()
            .map(|seq| format!("#{seq}{}", severities(entry.seq, *seq, incident)))
            .collect();
        what += &format!(" (corrected by {})", list.join(", "));
    }
    for field in entry.texts.keys() {
        if let Some(seq) = incident.custody.erasure_of(entry.seq, field) {
            what += &format!(" (text \"{field}\" erased, #{seq})");
        }
    }
    let label = people.label_at(&entry.by, entry.seq);
    let who = match blameless {
        true => label,
        false => format!("{} ({label})", entry.by),
    };
    let mut cites = vec![entry.seq];
    cites.extend(corrections);
    let Occurrence { at, from } = occurred(entry, incident);
    let masked = entry
        .masked
        .iter()
        .map(|(field, kind)| format!("{kind} in {field}"));
    let dash = || "-".to_string();
    Row {
        occurred: at.map_or_else(dash, |at| at.shown()),
        occurred_from: from.to_string(),
        span: at.as_ref().map(Span::of),
        corrected: replaced_times(entry.seq, incident),
        known: known(entry, incident).map_or_else(dash, |at| at.shown()),
        recorded: time(entry.recorded),
        reported: reported(entry).map_or_else(dash, time),
        who,
        what,
        cites,
        masked: masked.collect(),
    }
}

/// What a correction made of a classification: ` from SEV3 to SEV2`.
fn severities(seq: u64, by: u64, incident: &Incident) -> String {
    let severity = |before: &Before| match before {
        Before::Severity(severity) => Some(*severity),
        Before::Time(_) => None,
    };
    let mut replaced = incident
        .replaced(seq)
        .iter()
        .filter_map(|replaced| Some((replaced.by, severity(&replaced.before)?)))
        .skip_while(|(correction, _)| *correction != by);
    let Some((_, from)) = replaced.next() else {
        return String::new();
    };
    let now = || -> Option<Severity> {
        let mut all = incident.classifications.iter();
        Some(all.find(|verdict| verdict.seq == seq)?.severity)
    };
    let to = replaced.next().map(|(_, next)| next).or_else(now);
    to.map_or(String::new(), |to| format!(" from {from} to {to}"))
}
