//! What the responders did in time: an acknowledgement, a classification, a mitigation.

use super::impact::Statement;
use super::times::{is_time_known, with_corrections};
use super::words::capital;
use crate::incident::fold::state::OpenedFacts;
use crate::incident::windows::{Edge, Windows};
use crate::incident::{Entry, Incident, Status};
use crate::times::{Lasted, StatedTime};
use chrono::TimeDelta;

/// What took longer is a fact of the timeline, not something that went well.
const SOON: TimeDelta = TimeDelta::hours(24);

/// Counts only what was lived, or whose time was stated: not before the start, not after the end of the impact.
pub(super) struct InTime<'i> {
    entries: &'i [Entry],
    incident: &'i Incident,
    opened: &'i OpenedFacts,
    start: StatedTime,
    windows: Option<Windows>,
}

impl<'i> InTime<'i> {
    pub(super) fn of(entries: &'i [Entry], incident: &'i Incident) -> Option<Self> {
        let opened = incident.opened.as_ref()?;
        Some(Self {
            entries,
            incident,
            opened,
            start: opened.data.start(),
            windows: incident.windows(),
        })
    }

    pub(super) fn acknowledged(&self) -> Option<Statement> {
        let ack = self.incident.acknowledged()?;
        let (seq, at) = (ack.seq, self.waited(ack.seq, ack.at));
        self.after_start("acknowledged", &Edge { seq, at })
    }

    /// A first classification that had to be raised is a fact of the timeline.
    pub(super) fn classified(&self) -> Option<Statement> {
        let mut all = self.incident.classifications.iter();
        let first = self.incident.classifications.first()?;
        let is_highest = all.all(|later| later.severity >= first.severity);
        let (seq, at) = (first.seq, first.at);
        is_highest
            .then(|| self.after_start("classified", &Edge { seq, at }))
            .flatten()
    }

    /// Beside several windows of impact, the span since the start would read as the duration of the impact.
    pub(super) fn mitigated(&self) -> Option<Statement> {
        let one = self.windows.as_ref()?.list.len() == 1;
        let fact = self.incident.reached(Status::Mitigated)?;
        let (seq, at) = (fact.seq, fact.at);
        (one && fact.status == Status::Mitigated)
            .then(|| self.after_start("mitigated", &Edge { seq, at }))
            .flatten()
    }

    /// Where nobody stated the time, by the boot clock: a wall clock that is set does not change how long people waited.
    fn waited(&self, seq: u64, at: StatedTime) -> StatedTime {
        let entry = self.entries.iter().find(|entry| entry.seq == seq);
        if entry.is_none_or(|entry| self.incident.time_of(entry) != entry.recorded.into()) {
            return at;
        }
        let clock = &self.incident.clock;
        let started = clock.steady(self.opened.seq, self.start.from());
        let waited = clock.steady(seq, at.from()) - started;
        self.start
            .from()
            .checked_add_signed(waited)
            .map_or(at, StatedTime::exact)
    }

    fn after_start(&self, what: &str, edge: &Edge) -> Option<Statement> {
        let entry = self.entries.iter().find(|entry| entry.seq == edge.seq)?;
        let ends = self
            .windows
            .iter()
            .filter_map(|windows| windows.list.last());
        let mut ends = ends.filter_map(|window| window.end);
        let is_late = ends.any(|end| end.seq != edge.seq && end.at.is_before(&edge.at));
        let lasted = Lasted::of_window(&self.start, &edge.at);
        if !is_time_known(entry, self.incident)
            || edge.at.is_before(&self.start)
            || is_late
            || lasted.strictest() > SOON
        {
            return None;
        }
        let text = format!("{} {} after the start.", capital(what), lasted.shown());
        let mut cites = with_corrections(self.opened.seq, self.incident);
        cites.extend(with_corrections(edge.seq, self.incident));
        cites.sort_unstable();
        Some(Statement::new(text, &cites))
    }
}
