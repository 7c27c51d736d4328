//! Windows of impact: from when to when payments were affected. Impact can end and begin again, said by a person or
//! measured; its duration is the sum of the windows.

use super::entry::ImpactChange;
use super::fold::{Incident, Order};
use super::status::Status;
use crate::signals::impact::ImpactBasis;
use crate::times::{Lasted, StatedTime};
use chrono::{DateTime, Utc};

/// What windows rest on. A person's word on the impact stands above measurements, and those above the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowBasis {
    /// A person said when the impact ended or began again.
    Said,
    Measured,
    /// From the start until a status says that the impact has stopped.
    Status,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    pub seq: u64,
    pub at: StatedTime,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    pub start: Edge,
    /// It may have begun earlier, before the first minute that was read.
    pub or_before: bool,
    /// `None`: no end is known.
    pub end: Option<Edge>,
}

impl Window {
    /// `None` while no end is known.
    pub fn lasted(&self) -> Option<Lasted> {
        Some(Lasted::of_window(&self.start.at, &self.end?.at))
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Windows {
    pub basis: WindowBasis,
    /// In the order of their times.
    pub list: Vec<Window>,
}

impl Windows {
    pub fn is_open(&self) -> bool {
        self.list.last().is_some_and(|window| window.end.is_none())
    }

    /// The sum of the windows; `None` while no end is known.
    pub fn total(&self) -> Option<Lasted> {
        self.sum(None)
    }

    /// The sum, with the open window until `now`.
    pub fn total_until(&self, now: DateTime<Utc>) -> Option<Lasted> {
        self.sum(Some(now.into()))
    }

    fn sum(&self, now: Option<StatedTime>) -> Option<Lasted> {
        let end_of = |window: &Window| window.end.map(|end| end.at).or(now);
        let (first, last) = (self.list.first()?, self.list.last()?);
        let mut total = Lasted::NONE;
        for window in &self.list {
            total = total.plus(Lasted::of_window(&window.start.at, &end_of(window)?));
        }
        // The windows and the times between them are no longer than the whole.
        let whole = Lasted::of_window(&first.start.at, &end_of(last)?);
        let pairs = self.list.iter().zip(self.list.iter().skip(1));
        let between = pairs
            .filter_map(|(window, next)| Some(Lasted::of_window(&end_of(window)?, &next.start.at)));
        let between = between.fold(Lasted::NONE, Lasted::plus);
        Some(total.within(&whole, &between))
    }
}

/// A time at which the impact ends or begins again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) seq: u64,
    pub(super) at: StatedTime,
    pub(super) order: Order,
    /// Whether a person stated its time.
    pub(super) is_stated: bool,
    pub(super) change: ImpactChange,
    pub(super) by: TurnBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TurnBy {
    Person,
    Status(Status),
}

impl Turn {
    /// By the middle of what its time can mean; at the same time the impact ends before it begins again.
    fn place(&self) -> (DateTime<Utc>, bool, u64) {
        let middle = match self.is_stated {
            true => self.at.from() + (self.at.until() - self.at.from()) / 2,
            false => self.order.at(),
        };
        (middle, self.change == ImpactChange::Began, self.seq)
    }
}

impl Incident {
    /// In the order of their times.
    pub(super) fn turns(&self) -> Vec<Turn> {
        let said = self.impact.iter().map(|said| Turn {
            seq: said.seq,
            at: said.at,
            order: said.order,
            is_stated: said.is_stated,
            change: said.change,
            by: TurnBy::Person,
        });
        // A first status says nothing of the impact; one that goes back says that it goes on again.
        let before = self.status_changes.iter().map(|fact| fact.status);
        let before = std::iter::once(Status::default()).chain(before);
        let statuses = self.status_changes.iter().zip(before);
        let statuses = statuses.filter_map(|(fact, before)| {
            let change = match (
                fact.status >= Status::Mitigated,
                before >= Status::Mitigated,
            ) {
                (true, _) => ImpactChange::Ended,
                (false, true) => ImpactChange::Began,
                (false, false) => return None,
            };
            Some(Turn {
                seq: fact.seq,
                at: fact.at,
                order: fact.order,
                is_stated: fact.is_stated,
                change,
                by: TurnBy::Status(fact.status),
            })
        });
        let mut turns: Vec<Turn> = said.chain(statuses).collect();
        turns.sort_by_key(Turn::place);
        turns
    }

    pub fn windows(&self) -> Option<Windows> {
        let opened = self.opened.as_ref()?;
        let measured = self.measured_windows();
        if self.impact.is_empty() && !measured.is_empty() {
            let (basis, list) = (WindowBasis::Measured, measured);
            return Some(Windows { basis, list });
        }
        let start = Edge {
            seq: opened.seq,
            at: opened.data.start(),
        };
        let window = |start| Window {
            start,
            or_before: false,
            end: None,
        };
        let mut list = vec![window(start)];
        let mut ended_by: Option<TurnBy> = None;
        // What ended before the start is a contradiction, and ends nothing.
        let turns = self.turns().into_iter();
        for turn in turns.filter(|turn| !turn.at.is_before(&start.at)) {
            let (seq, at) = (turn.seq, turn.at);
            let Some(last) = list.last_mut() else {
                continue;
            };
            match (turn.change, last.end) {
                (ImpactChange::Ended, None) => {
                    (last.end, ended_by) = (Some(Edge { seq, at }), Some(turn.by));
                }
                // What a person says of the impact stands above what a status says.
                (ImpactChange::Ended, Some(_))
                    if turn.by == TurnBy::Person && ended_by != Some(TurnBy::Person) =>
                {
                    (last.end, ended_by) = (Some(Edge { seq, at }), Some(turn.by));
                }
                (ImpactChange::Began, Some(_)) => list.push(window(Edge { seq, at })),
                (ImpactChange::Ended, Some(_)) | (ImpactChange::Began, None) => {}
            }
        }
        let basis = match self.impact.is_empty() {
            true => WindowBasis::Status,
            false => WindowBasis::Said,
        };
        Some(Windows { basis, list })
    }

    fn measured_windows(&self) -> Vec<Window> {
        let Some(opened) = &self.opened else {
            return Vec::new();
        };
        let Some(signal) = self.signals.get(&opened.data.signal) else {
            return Vec::new();
        };
        let drops = signal.impacts.iter().filter(|facts| {
            let impact = &facts.last.data.impact;
            impact.basis == ImpactBasis::Drop
        });
        let windows = drops.map(|facts| {
            let (impact, last) = (&facts.last.data.impact, facts.last.seq);
            let edge = |seq, at: DateTime<Utc>| Edge { seq, at: at.into() };
            Window {
                start: edge(facts.first, impact.from),
                or_before: impact.or_before,
                end: impact.ended.then(|| edge(last, impact.to)),
            }
        });
        windows.collect()
    }
}

#[cfg(test)]
mod tests;
