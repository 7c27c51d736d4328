//! Times that contradict each other. They are shown, and never repaired.

use super::entry::{ImpactChange, WorkState};
use super::fold::{Incident, StatusFact};
use super::status::Status;
use super::windows::{Edge, Turn, TurnBy};
use crate::times::Lasted;
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContradictionKind {
    /// Something ended before the incident began.
    BeforeStart,
    /// The impact began again before the incident began.
    BeganBeforeStart,
    DetectedBeforeStart,
    /// The impact begins again before it has ended.
    BeginsWhileOn,
    /// The impact ended before the mitigation that is stated for it.
    EndedBeforeMitigated,
    ResolvedBeforeMitigated,
    /// Resolved or closed before the end of the impact that a person states.
    ResolvedBeforeEnded,
    /// Two ends are stated of one window.
    EndedTwice,
    ClosedBeforeResolved,
    /// A status that goes back, at a time before anything had ended.
    ReopenedBeforeEnded,
    DoneBeforeOpened,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contradiction {
    pub kind: ContradictionKind,
    /// What happened first by its time, although it cannot have.
    pub earlier: Edge,
    pub later: Edge,
}

impl Contradiction {
    /// Its entries, in the order of the journal.
    pub fn cites(&self) -> Vec<u64> {
        let mut cites = vec![self.earlier.seq, self.later.seq];
        cites.sort_unstable();
        cites.dedup();
        cites
    }
}

impl ContradictionKind {
    /// Both events, in the order of their times.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::BeforeStart => ("end of the impact", "the start"),
            Self::BeganBeforeStart => ("new begin of the impact", "the start"),
            Self::DetectedBeforeStart => ("detection", "the start"),
            Self::BeginsWhileOn => ("start of the impact", "it began again"),
            Self::EndedBeforeMitigated => ("end of the impact", "its mitigation"),
            Self::ResolvedBeforeMitigated => ("resolution", "the mitigation"),
            Self::ResolvedBeforeEnded => ("resolution", "the end of the impact"),
            Self::EndedTwice => ("end of the impact", "another end of the same impact"),
            Self::ClosedBeforeResolved => ("closing", "the resolution"),
            Self::ReopenedBeforeEnded => ("reopening", "the end"),
            Self::DoneBeforeOpened => ("end of a follow-up", "its opening"),
        }
    }
}

impl Contradiction {
    pub fn sentence(&self, incident: &Incident) -> String {
        let (first, second) = self.kind.words();
        let of = |edge: &Edge| format!("{} (#{})", edge.at.shown(), edge.seq);
        let (earlier, later) = (of(&self.earlier), of(&self.later));
        let gap = Lasted::between(&self.earlier.at, &self.later.at).shown();
        let first = match (self.kind, incident.status_at(self.earlier.seq)) {
            (ContradictionKind::BeforeStart, Some(status)) => format!("status {}", status.word()),
            (ContradictionKind::DetectedBeforeStart, _) if self.earlier.seq != self.later.seq => {
                "acknowledgement".to_string()
            }
            _ => first.to_string(),
        };
        if self.kind == ContradictionKind::BeginsWhileOn {
            return format!(
                "impact begins again at {later}, while it has been on since {earlier}, for {gap}"
            );
        }
        format!("{first} at {earlier} is {gap} before {second} at {later}")
    }
}

/// Only what is certain: times that may be in the right order contradict nothing.
pub fn contradictions(incident: &Incident) -> Vec<Contradiction> {
    let mut found = Vec::new();
    found.extend(before_start(incident));
    found.extend(turns(incident));
    found.extend(reopened(incident));
    found.extend(work(incident));
    found.sort_by_key(|it| (it.kind, it.earlier.seq, it.later.seq));
    found.dedup();
    found
}

fn pair(kind: ContradictionKind, earlier: Edge, later: Edge) -> Option<Contradiction> {
    earlier.at.is_before(&later.at).then_some(Contradiction {
        kind,
        earlier,
        later,
    })
}

fn edge(turn: &Turn) -> Edge {
    Edge {
        seq: turn.seq,
        at: turn.at,
    }
}

fn start(incident: &Incident) -> Option<Edge> {
    let opened = incident.opened.as_ref()?;
    Some(Edge {
        seq: opened.seq,
        at: opened.data.start(),
    })
}

fn before_start(incident: &Incident) -> Vec<Contradiction> {
    let Some(start) = start(incident) else {
        return Vec::new();
    };
    let turns = incident.turns();
    let turns = turns.iter().filter_map(|turn| {
        let kind = match turn.change {
            ImpactChange::Ended => ContradictionKind::BeforeStart,
            ImpactChange::Began => ContradictionKind::BeganBeforeStart,
        };
        pair(kind, edge(turn), start)
    });
    let detected = incident.opened.iter().filter_map(|opened| {
        let (seq, at) = (opened.seq, opened.detected?);
        Some(Edge { seq, at })
    });
    // The clock of another system may be behind.
    let acknowledged = incident.acknowledgements.iter();
    let acknowledged = acknowledged.filter(|ack| !ack.elsewhere).map(|ack| Edge {
        seq: ack.seq,
        at: ack.at,
    });
    let noticed = detected.chain(acknowledged);
    let noticed =
        noticed.filter_map(|edge| pair(ContradictionKind::DetectedBeforeStart, edge, start));
    turns.chain(noticed).collect()
}

/// In one window, what is stated of its end: the impact, the mitigation, the resolution, the closing.
fn turns(incident: &Incident) -> Vec<Contradiction> {
    use ContradictionKind::{
        BeginsWhileOn, ClosedBeforeResolved, EndedBeforeMitigated, EndedTwice, ResolvedBeforeEnded,
        ResolvedBeforeMitigated,
    };
    let Some(start) = start(incident) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut since = start;
    // The ends since the impact began last.
    let mut ends: Vec<&Turn> = Vec::new();
    let turns = incident.turns();
    let after = turns.iter().filter(|turn| !turn.at.is_before(&start.at));
    for turn in after {
        let last =
            |by: &dyn Fn(&TurnBy) -> bool| ends.iter().rev().find(|end| by(&end.by)).copied();
        match (turn.change, turn.by) {
            (ImpactChange::Began, TurnBy::Person) if ends.is_empty() => {
                found.extend(pair(BeginsWhileOn, since, edge(turn)));
            }
            (ImpactChange::Began, _) => {
                ends.clear();
                since = edge(turn);
            }
            (ImpactChange::Ended, by) => {
                let before = match by {
                    TurnBy::Status(Status::Mitigated) if turn.is_stated => {
                        let person = last(&|by| *by == TurnBy::Person);
                        found.extend(
                            person
                                .and_then(|end| pair(EndedBeforeMitigated, edge(end), edge(turn))),
                        );
                        last(&|by| *by == TurnBy::Status(Status::Resolved))
                            .map(|end| (ResolvedBeforeMitigated, end))
                    }
                    TurnBy::Status(Status::Resolved) => {
                        last(&|by| *by == TurnBy::Status(Status::Closed))
                            .map(|end| (ClosedBeforeResolved, end))
                    }
                    TurnBy::Person => {
                        let again = last(&|by| *by == TurnBy::Person);
                        found.extend(again.and_then(|end| pair(EndedTwice, edge(end), edge(turn))));
                        let stated = last(&|by| *by >= TurnBy::Status(Status::Resolved));
                        stated
                            .filter(|end| end.is_stated)
                            .map(|end| (ResolvedBeforeEnded, end))
                    }
                    TurnBy::Status(_) => None,
                };
                found.extend(before.and_then(|(kind, end)| pair(kind, edge(end), edge(turn))));
                ends.push(turn);
            }
        }
    }
    found
}

/// Those that a person confirmed, as long as nothing had ended by their time.
fn reopened(incident: &Incident) -> Vec<Contradiction> {
    let fact = |seq: u64| incident.status_changes.iter().find(|fact| fact.seq == seq);
    let confirmed = incident.confirmed.iter().filter_map(|(seq, against)| {
        let back = fact(*seq).filter(|back| back.status < Status::Mitigated)?;
        let mut end = against.iter().filter_map(|end| fact(*end));
        let end = end.rfind(|end| end.status >= Status::Mitigated)?;
        let mut others = incident.status_changes.iter();
        let ended =
            others.any(|other| other.status >= Status::Mitigated && other.order < back.order);
        let of = |fact: &StatusFact| Edge {
            seq: fact.seq,
            at: fact.at,
        };
        let kind = ContradictionKind::ReopenedBeforeEnded;
        (!ended).then(|| pair(kind, of(back), of(end))).flatten()
    });
    confirmed.collect()
}

fn work(incident: &Incident) -> Vec<Contradiction> {
    let done = incident.work.iter().filter_map(|(seq, fact)| {
        let (changed, at) = fact.changed.filter(|_| fact.state != WorkState::Open)?;
        let done = Edge { seq: changed, at };
        let opened = Edge {
            seq: *seq,
            at: fact.opened,
        };
        pair(ContradictionKind::DoneBeforeOpened, done, opened)
    });
    done.collect()
}

#[cfg(test)]
mod tests;
