//! The facts of a document: everything a template may use, and the JSON record itself.

use super::contradictions::{ContradictionRow, contradiction_rows};
use super::impact::{Impact, Statement, impact};
use super::people::People;
use super::questions::{open_questions, went_well};
use super::row::{Row, RowOrder, order, row};
use super::sections::{Section, is_highlight, section};
use super::summary::{entered_afterwards, summary};
use super::windows::{ImpactWindows, impact_windows};
use crate::incident::entry::{ImpactMeasured, SignalSeen, field};
use crate::incident::{Entry, Incident, IncidentId};
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
    pub entered_afterwards: bool,
    /// What that means for this document; `None` for an incident that was recorded while it happened.
    pub entered: Option<Statement>,
    pub summary: Vec<Statement>,
    pub impact: Option<Impact>,
    pub windows: Option<ImpactWindows>,
    pub contradictions: Vec<ContradictionRow>,
    /// In the order of the journal; the other lists are in the order of their times.
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

/// Gathers the facts of the entries given. In a `blameless` document names are replaced by roles.
pub fn facts(id: &IncidentId, entries: &[Entry], blameless: bool) -> DocumentFacts {
    let incident = Incident::from_entries(entries);
    let mut people = People::new(entries, &incident);
    if blameless {
        people = people.blameless();
    }
    let row = |entry| (entry, row(entry, &incident, &people, blameless));
    let rows: Vec<(&Entry, Row)> = entries.iter().map(row).collect();
    let pick = |wanted: &dyn Fn(&Entry) -> bool| -> Vec<(RowOrder, Row)> {
        let chosen = rows.iter().filter(|(entry, _)| wanted(entry));
        chosen
            .map(|(entry, row)| (order(entry, &incident), row.clone()))
            .collect()
    };
    let list = |wanted: Section| {
        by_time(pick(&|entry| {
            entry.event().and_then(section) == Some(wanted)
        }))
    };
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
        status: status(&incident),
        entered_afterwards: incident.is_retrospective(),
        entered: entered_afterwards(entries, &incident),
        summary: summary(&incident),
        impact: impact(&incident),
        windows: impact_windows(&incident),
        contradictions: contradiction_rows(&incident),
        timeline: rows.iter().map(|(_, row)| row.clone()).collect(),
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

/// The first status is an assumption about a response that goes on: of an incident that was entered afterwards nobody
/// stated it.
fn status(incident: &Incident) -> String {
    match incident.is_retrospective() && incident.status_changes.is_empty() {
        true => "no status recorded".to_string(),
        false => incident.status.word().to_string(),
    }
}

fn by_time(mut rows: Vec<(RowOrder, Row)>) -> Vec<Row> {
    rows.sort_by_key(|(order, _)| *order);
    rows.into_iter().map(|(_, row)| row).collect()
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
