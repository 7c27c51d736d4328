//! Times that contradict each other, each once and in full. They are shown as they were stated.

use super::times::{replaced_times, with_corrections};
use super::words::capital;
use crate::incident::Incident;
use crate::incident::contradiction::{Contradiction, ContradictionKind, contradictions};
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
    let text = format!("{}; {word}.", capital(&found.sentence(incident)));
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

/// One of the two entries says so, or a correction of one. An opening contradicts itself, and names no number: it has none
/// before it is recorded.
fn is_confirmed(found: &Contradiction, incident: &Incident) -> bool {
    let (one, other) = (found.earlier.seq, found.later.seq);
    let says = |seq: u64, against: u64| {
        let confirmed = incident.confirmed.get(&seq);
        confirmed.is_some_and(|list| seq == against || list.contains(&against))
    };
    let corrections = [one, other].into_iter();
    let mut corrections = corrections.flat_map(|seq| replaced_times(seq, incident));
    says(one, other)
        || says(other, one)
        || corrections.any(|by| says(by.by, one) || says(by.by, other))
}
