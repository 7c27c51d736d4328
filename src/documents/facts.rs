//! The facts of a document: everything a template may use, and the JSON record itself.

use super::impact::{Impact, Statement, impact};
use super::people::People;
use super::questions::{open_questions, went_well};
use super::sections::{Section, is_highlight, section};
use super::sentence::sentence;
use super::times::{known, occurred, reported};
use super::words::{capital, count, duration, time};
use crate::incident::entry::{ImpactMeasured, SignalSeen, field};
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
    let row = |entry| (entry, row(entry, &incident, &people, blameless));
    let rows: Vec<(&Entry, Row)> = entries.iter().map(row).collect();
    let pick = |wanted: &dyn Fn(&Entry) -> bool| -> Vec<Row> {
        let chosen = rows.iter().filter(|(entry, _)| wanted(entry));
        chosen.map(|(_, row)| row.clone()).collect()
    };
    let list = |wanted: Section| pick(&|entry| entry.event().and_then(section) == Some(wanted));
    let notable = notable_samples(&incident);
    let highlights = pick(&|entry| {
        let often = entry.is::<SignalSeen>() || entry.is::<ImpactMeasured>();
        let notable = !often || notable.contains(&entry.seq);
        notable && entry.event().is_some_and(is_highlight)
    });
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
        timeline: pick(&|_| true),
        highlights: by_time(highlights),
        decisions: list(Section::Decisions),
        work: list(Section::Work),
        overdue: list(Section::Overdue),
        notifications: list(Section::Notifications),
        remediation: list(Section::Remediation),
        classifications: list(Section::Classifications),
        observations: list(Section::Observations),
        participants: list(Section::Participants),
        custody: list(Section::Custody),
        went_well: went_well(entries, &incident),
        open_questions: open_questions(entries, &incident, &people),
    }
}

/// Entries of the same second keep their order.
fn by_time(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| a.occurred.cmp(&b.occurred));
    rows
}

/// The first and last impact of each span, the first sample, each crossing of the objective, each begin and end of missing data, the lowest, the last.
pub fn notable_samples(incident: &Incident) -> BTreeSet<u64> {
    let opened = incident.opened.as_ref();
    let objective = opened.map_or(1.0, |opened| opened.data.objective);
    let mut notable = BTreeSet::new();
    for signal in incident.signals.values() {
        let mut before = None;
        for (seq, sample) in &signal.samples {
            let is_number = sample.reading.value().is_some();
            let now = (meets(sample.reading, objective), is_number);
            if before != Some(now) {
                notable.insert(*seq);
            }
            before = Some(now);
        }
        notable.extend(signal.lowest().map(|(seq, _, _)| seq));
        notable.extend(signal.samples.last().map(|(seq, _)| *seq));
        let impacts = signal.impacts.iter();
        notable.extend(impacts.flat_map(|impact| [impact.first, impact.last.seq]));
    }
    notable
}

fn row(entry: &Entry, incident: &Incident, people: &People, blameless: bool) -> Row {
    let corrections = incident.corrections.get(&entry.seq);
    let corrections = corrections.cloned().unwrap_or_default();
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
    let label = people.label_at(&entry.by, entry.seq);
    let who = match blameless {
        true => label,
        false => format!("{} ({label})", entry.by),
    };
    let mut cites = vec![entry.seq];
    cites.extend(corrections);
    let (occurred, from) = occurred(entry);
    let masked = entry
        .masked
        .iter()
        .map(|(field, kind)| format!("{kind} in {field}"));
    Row {
        occurred: time(occurred),
        occurred_from: from.to_string(),
        known: known(entry).map_or("-".into(), time),
        recorded: time(entry.recorded),
        reported: reported(entry).map_or("-".into(), time),
        who,
        what,
        cites,
        masked: masked.collect(),
    }
}

fn summary(incident: &Incident) -> Vec<Statement> {
    let Some(opened) = &incident.opened else {
        let text = "This journal has no entry that opens an incident.";
        return vec![Statement::new(text, &[])];
    };
    let data = &opened.data;
    // Opened by hand, nobody named the path: the program assumed it.
    let concerned = match data.rule {
        Some(_) => "is concerned",
        None => "is assumed to be concerned",
    };
    let text = format!(
        "Path {} of service {} {concerned} since {} (from: {}); the incident was opened at {}.",
        data.path,
        data.service,
        time(data.started),
        data.started_from.word(),
        time(opened.at)
    );
    let mut out = vec![Statement::new(text, &[opened.seq])];
    if let Some(verdict) = incident.classification() {
        let cites: Vec<u64> = incident.classifications.iter().map(|c| c.seq).collect();
        let (one, more) = ("earlier classification", "earlier classifications");
        let earlier = match cites.len() as u64 - 1 {
            0 => String::new(),
            number => format!(" after {}", count(number, one, more)),
        };
        let (severity, rule) = (verdict.severity, &verdict.rule);
        let text = format!("Severity {severity} by rule {rule}{earlier}.");
        out.push(Statement::new(text, &cites));
    }
    if let Some(ack) = incident.acknowledged() {
        let text = format!("Acknowledged at {}.", ack.at.shown());
        out.push(Statement::new(text, &[ack.seq]));
    }
    for status in [Status::Mitigated, Status::Resolved, Status::Closed] {
        let fact = incident.reached(status);
        if let Some(fact) = fact.filter(|fact| fact.status == status) {
            let (what, at) = (capital(status.word()), fact.at.shown());
            let span = duration(fact.at.from() - data.started);
            let text = format!("{what} at {at}, {span} after the start.");
            out.push(Statement::new(text, &[fact.seq]));
        }
    }
    out
}
