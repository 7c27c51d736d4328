//! The facts of a document: everything a template may use, and the JSON record itself.

use super::citations::{count, duration, time};
use super::impact::{Impact, Statement, impact};
use super::people::People;
use super::questions::{open_questions, went_well};
use super::sections::{Section, is_highlight, section};
use super::sentence::sentence;
use super::times::{known, occurred, reported};
use crate::incident::entry::{SignalSeen, field};
use crate::incident::{Entry, Incident, IncidentId, Status};
use crate::signals::meets;
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentFacts {
    pub format: &'static str,
    pub incident: String,
    pub exercise: bool,
    pub title: String,
    /// The last entry covered.
    pub upto: u64,
    /// Hash of that entry: who holds the journal can prove this document's basis.
    pub head: String,
    /// The last entry that a signature covers, as the journal says; 0 where nothing is signed. Whether the signatures
    /// hold is for `warroom verify` or a bundle's script to say.
    pub signed_upto: u64,
    pub severity: String,
    pub status: String,
    pub summary: Vec<Statement>,
    pub impact: Option<Impact>,
    pub timeline: Vec<Row>,
    /// The rows that a first reader needs: without joins, cadence and mechanics.
    pub highlights: Vec<Row>,
    pub decisions: Vec<Row>,
    pub work: Vec<Row>,
    pub overdue: Vec<Row>,
    pub notifications: Vec<Row>,
    pub remediation: Vec<Row>,
    pub classifications: Vec<Row>,
    pub observations: Vec<Row>,
    pub participants: Vec<Row>,
    pub custody: Vec<Row>,
    pub went_well: Vec<Statement>,
    pub open_questions: Vec<Statement>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    pub occurred: String,
    pub occurred_from: String,
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

/// Gathers the facts of the entries given. In a `blameless` document names are replaced by roles.
pub fn facts(id: &IncidentId, entries: &[Entry], blameless: bool) -> DocumentFacts {
    let incident = Incident::from_entries(entries);
    let mut people = People::new(entries, &incident);
    if blameless {
        people = people.blameless();
    }
    let rows: Vec<(&Entry, Row)> = entries
        .iter()
        .map(|entry| (entry, row(entry, &incident, &people, blameless)))
        .collect();
    let pick = |wanted: Section| -> Vec<Row> {
        let chosen = rows
            .iter()
            .filter(|(entry, _)| entry.event().and_then(section) == Some(wanted));
        chosen.map(|(_, row)| row.clone()).collect()
    };
    let telling = telling_samples(&incident);
    let highlights = rows
        .iter()
        .filter(|(entry, _)| entry.event().is_some_and(is_highlight))
        .filter(|(entry, _)| !entry.is::<SignalSeen>() || telling.contains(&entry.seq))
        .map(|(_, row)| row.clone())
        .collect();
    let title = incident.opened.as_ref().and_then(|opened| {
        let entry = entries.iter().find(|entry| entry.seq == opened.title.seq)?;
        entry.text(field::TITLE)
    });
    DocumentFacts {
        format: "warroom-record/1",
        incident: id.to_string(),
        exercise: incident.is_drill(),
        title: people.without_names(title.unwrap_or("without a title")),
        upto: incident.count,
        head: incident.head.clone(),
        signed_upto: incident.custody.signed_upto(),
        severity: incident
            .severity()
            .map_or("not classified".into(), |severity| severity.to_string()),
        status: incident.status.word().to_string(),
        summary: summary(&incident),
        impact: impact(&incident),
        timeline: rows.iter().map(|(_, row)| row.clone()).collect(),
        highlights: by_time(highlights),
        decisions: pick(Section::Decisions),
        work: pick(Section::Work),
        overdue: pick(Section::Overdue),
        notifications: pick(Section::Notifications),
        remediation: pick(Section::Remediation),
        classifications: pick(Section::Classifications),
        observations: pick(Section::Observations),
        participants: pick(Section::Participants),
        custody: pick(Section::Custody),
        went_well: went_well(entries, &incident),
        open_questions: open_questions(entries, &incident, &people),
    }
}

/// Entries of the same second keep their order.
fn by_time(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| a.occurred.cmp(&b.occurred));
    rows
}

/// The first sample, each crossing of the objective, each begin and end of missing data, the lowest, the last.
pub fn telling_samples(incident: &Incident) -> BTreeSet<u64> {
    let objective = incident
        .opened
        .as_ref()
        .map_or(1.0, |opened| opened.data.objective);
    let mut telling = BTreeSet::new();
    for signal in incident.signals.values() {
        let mut before = None;
        for (seq, sample) in &signal.samples {
            let now = (
                meets(sample.reading, objective),
                sample.reading.value().is_some(),
            );
            if before != Some(now) {
                telling.insert(*seq);
            }
            before = Some(now);
        }
        telling.extend(signal.lowest().map(|(seq, _, _)| seq));
        telling.extend(signal.samples.last().map(|(seq, _)| *seq));
    }
    telling
}

fn row(entry: &Entry, incident: &Incident, people: &People, blameless: bool) -> Row {
    let corrections = incident
        .corrections
        .get(&entry.seq)
        .cloned()
        .unwrap_or_default();
    let mut what = sentence(entry, people);
    if !corrections.is_empty() {
        let list: Vec<String> = corrections.iter().map(|seq| format!("#{seq}")).collect();
        what += &format!(" (corrected by {})", list.join(", "));
    }
    for field in entry.texts.keys() {
        if let Some(seq) = incident.custody.erasure_of(entry.seq, field) {
            what += &format!(" (text \"{field}\" erased, #{seq})");
        }
    }
    let who = if blameless {
        people.label_at(&entry.by, entry.seq)
    } else {
        format!("{} ({})", entry.by, people.label_at(&entry.by, entry.seq))
    };
    let mut cites = vec![entry.seq];
    cites.extend(corrections);
    let (occurred, from) = occurred(entry);
    Row {
        occurred: time(occurred),
        occurred_from: from.to_string(),
        known: known(entry).map_or("-".into(), time),
        recorded: time(entry.recorded),
        reported: reported(entry).map_or("-".into(), time),
        who,
        what,
        cites,
        masked: entry
            .masked
            .iter()
            .map(|(field, kind)| format!("{kind} in {field}"))
            .collect(),
    }
}

fn summary(incident: &Incident) -> Vec<Statement> {
    let mut out = Vec::new();
    let Some(opened) = &incident.opened else {
        return vec![Statement::new(
            "This journal has no entry that opens an incident.",
            &[],
        )];
    };
    let data = &opened.data;
    out.push(Statement::new(
        format!(
            "Path {} of service {} {} since {} (from: {}); the incident was opened at {}.",
            data.path,
            data.service,
            // Opened by hand, nobody named the path: the program assumed it.
            if data.rule.is_some() {
                "is concerned"
            } else {
                "is assumed to be concerned"
            },
            time(data.started),
            data.started_from.word(),
            time(opened.at)
        ),
        &[opened.seq],
    ));
    if let Some(verdict) = incident.classification() {
        let earlier = incident.classifications.len() - 1;
        let earlier = match earlier {
            0 => String::new(),
            more => format!(
                " after {}",
                count(
                    more as u64,
                    "earlier classification",
                    "earlier classifications"
                )
            ),
        };
        let cites: Vec<u64> = incident.classifications.iter().map(|c| c.seq).collect();
        let text = format!(
            "Severity {} by rule {}{earlier}.",
            verdict.severity, verdict.rule
        );
        out.push(Statement::new(text, &cites));
    }
    if let Some(ack) = incident.acknowledged() {
        out.push(Statement::new(
            format!("Acknowledged at {}.", time(ack.at)),
            &[ack.seq],
        ));
    }
    for status in [Status::Mitigated, Status::Resolved, Status::Closed] {
        if let Some(fact) = incident
            .reached(status)
            .filter(|fact| fact.status == status)
        {
            let text = format!(
                "{} at {}, {} after the start.",
                capital(status.word()),
                time(fact.at),
                duration(fact.at - data.started)
            );
            out.push(Statement::new(text, &[fact.seq]));
        }
    }
    out
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
