//! What is left open where a response ends: said before somebody closes, and in every document afterwards.

use super::entry::{Audience, WorkKind};
use super::{Incident, Status};
use chrono::{DateTime, TimeDelta, Utc};

/// For how long after closing messages still go out: updates that were written, and the end of pages.
const STILL_SENDS: TimeDelta = TimeDelta::hours(1);

/// Whether an incident was closed a short while ago, and still sends what it owes. It counts from when that was
/// recorded, whatever time was said.
pub fn still_sends(incident: &Incident, now: DateTime<Utc>) -> bool {
    let last = incident.status_changes.last();
    let closed = last.filter(|change| change.status == Status::Closed);
    !incident.is_sealed() && closed.is_some_and(|change| now - change.recorded < STILL_SENDS)
}

/// Something that is left open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOpen {
    /// Work of this kind, opened by this entry. A link is nobody's work.
    Work(u64, WorkKind),
    /// The severity in force owes updates, and users were never told anything.
    UsersNotTold,
    /// Nobody has said how bad it is.
    NotClassified,
}

/// What an incident leaves open.
pub fn left_open(incident: &Incident) -> Vec<LeftOpen> {
    let open = incident.open_work();
    let mut left: Vec<LeftOpen> = open
        .filter(|(_, fact)| fact.kind != WorkKind::Link)
        .map(|(seq, fact)| LeftOpen::Work(seq, fact.kind))
        .collect();
    let told = |(_, _, audience): &(u64, _, Audience)| *audience == Audience::Users;
    // What nobody has classified counts as the worst, and that owes updates.
    let owes = incident
        .severity()
        .is_none_or(|severity| incident.cadence.updates.contains_key(&severity));
    if owes && !incident.updates.iter().any(told) {
        left.push(LeftOpen::UsersNotTold);
    }
    if incident.classification().is_none() {
        left.push(LeftOpen::NotClassified);
    }
    left
}

/// What is left open, in words for whoever is about to close it.
pub fn words(left: &[LeftOpen]) -> Vec<String> {
    let work: Vec<String> = left
        .iter()
        .filter_map(|open| match open {
            LeftOpen::Work(seq, kind) => Some(format!("{} #{seq}", kind.word())),
            _ => None,
        })
        .collect();
    let mut words = Vec::new();
    if !work.is_empty() {
        words.push(format!("still open: {}", work.join(", ")));
    }
    if left.contains(&LeftOpen::UsersNotTold) {
        words.push("users were never told".to_string());
    }
    if left.contains(&LeftOpen::NotClassified) {
        words.push("no severity is recorded".to_string());
    }
    words
}
