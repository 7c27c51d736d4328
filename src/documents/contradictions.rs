//! Times that contradict each other, each once and in full. They are shown as they were stated.

use super::times::{with_corrections, with_replaced};
use super::words::{at, capital};
use crate::incident::Incident;
use crate::incident::contradiction::{Contradiction, ContradictionKind, contradictions};
use crate::incident::windows::Edge;
use crate::times::Lasted;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContradictionRow {
    pub kind: ContradictionKind,
    pub text: String,
    /// As stated: what cannot have happened first, and what it cannot have preceded.
    pub earlier: String,
    pub later: String,
    pub apart: String,
    /// Whether a person confirmed it when it was recorded.
    pub confirmed: bool,
    pub cites: Vec<u64>,
}

pub fn contradiction_rows(incident: &Incident) -> Vec<ContradictionRow> {
    let found = contradictions(incident).into_iter();
    found.map(|found| row(&found, incident)).collect()
}

fn row(found: &Contradiction, incident: &Incident) -> ContradictionRow {
    let apart = Lasted::between(&found.earlier.at, &found.later.at).shown();
    let confirmed = is_confirmed(found, incident);
    let word = match confirmed {
        true => "a person confirmed it when it was recorded",
        false => "nobody confirmed it when it was recorded",
    };
    let (first, second) = (first_of(found, incident), named(&found.later, incident));
    let shown = |edge: &Edge| {
        let time = with_replaced(&edge.at, edge.seq, incident);
        format!("{} {time} (#{})", at(&edge.at), edge.seq)
    };
    let text = format!(
        "{}: {first} {}, {second} {}, {apart} later; {word}.",
        capital(found.kind.words()),
        shown(&found.earlier),
        shown(&found.later)
    );
    let edges = [found.earlier.seq, found.later.seq].into_iter();
    let mut cites: Vec<u64> = edges
        .flat_map(|seq| with_corrections(seq, incident))
        .collect();
    cites.sort_unstable();
    cites.dedup();
    ContradictionRow {
        kind: found.kind,
        text,
        earlier: found.earlier.at.shown(),
        later: found.later.at.shown(),
        apart,
        confirmed,
        cites,
    }
}

/// One of the two entries says so. An opening contradicts itself, which has no number before it is recorded.
fn is_confirmed(found: &Contradiction, incident: &Incident) -> bool {
    let (one, other) = (found.earlier.seq, found.later.seq);
    let says = |seq: u64, against: u64| {
        let confirmed = incident.confirmed.get(&seq);
        confirmed.is_some_and(|list| seq == against || list.contains(&against))
    };
    says(one, other) || says(other, one)
}

/// What stands first by its time.
fn first_of(found: &Contradiction, incident: &Incident) -> String {
    let is_opening = found.earlier.seq == found.later.seq;
    if is_opening && found.kind == ContradictionKind::DetectedBeforeStart {
        return "detected".to_string();
    }
    named(&found.earlier, incident)
}

fn named(edge: &Edge, incident: &Incident) -> String {
    let seq = edge.seq;
    if incident.opened.as_ref().is_some_and(|it| it.seq == seq) {
        return "the start".into();
    }
    if let Some(fact) = incident.status_changes.iter().find(|it| it.seq == seq) {
        return format!("status {}", fact.status.word());
    }
    if let Some(said) = incident.impact.iter().find(|it| it.seq == seq) {
        return format!("impact {}", said.change.word());
    }
    if incident.acknowledgements.iter().any(|it| it.seq == seq) {
        return "acknowledged".into();
    }
    if let Some(fact) = incident.work.get(&seq) {
        return format!("{} opened", fact.kind.word());
    }
    let mut work = incident.work.values();
    let done = work.find(|fact| fact.last == seq);
    done.map_or(format!("entry #{seq}"), |fact| {
        format!("{} {}", fact.kind.word(), fact.state.word())
    })
}
