//! The facts that the state of an incident holds, each with its entry.

use super::order::Order;
use crate::alerts::AlertState;
use crate::incident::entry::{
    Audience, Backfilled, Entry, ImpactChange, ImpactMeasured, MessageKind, Opened, PageOutcome,
    SourceLost, StepOutcome, WorkKind, WorkState,
};
use crate::incident::ids::{ActorId, ChannelId, Slug, SourceId, StepId, TargetId};
use crate::incident::roles::Role;
use crate::incident::severity::{Answered, Severity};
use crate::incident::status::Status;
use crate::incident::steady::Moment;
use crate::signals::Sample;
use crate::times::StatedTime;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Data with its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded<T> {
    pub seq: u64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    pub by: ActorId,
    pub data: T,
}

impl<T: Clone> Recorded<T> {
    pub(in crate::incident::fold) fn of(entry: &Entry, data: &T) -> Self {
        Self {
            seq: entry.seq,
            at: entry.recorded,
            by: entry.by.clone(),
            data: data.clone(),
        }
    }
}

/// One sending of a message through a channel; `repeat` counts the earlier ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SendingId {
    pub message: Slug,
    pub channel: ChannelId,
    pub repeat: u32,
}

impl SendingId {
    pub fn new(message: &Slug, channel: &ChannelId, repeat: u32) -> Self {
        Self {
            message: message.clone(),
            channel: channel.clone(),
            repeat,
        }
    }
}

/// An item of a check list; `digest` is of the file that numbers it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ItemId {
    pub digest: String,
    pub step: StepId,
    pub item: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextRef {
    pub seq: u64,
    pub field: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpdateFact {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub audience: Audience,
}

#[derive(Debug, Clone, PartialEq)]
pub struct MessageFact {
    pub what: MessageKind,
    pub about: u64,
    pub page: Option<Slug>,
    pub intent: u64,
    pub at: Moment,
    pub result: Option<SendResult>,
    /// After the result, as the receiver asked.
    pub retry_after: TimeDelta,
    /// The receiver's own id for this incident.
    pub remote: Option<Slug>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SendResult {
    pub seq: u64,
    pub at: Moment,
    pub outcome: PageOutcome,
}

impl MessageFact {
    pub fn outcome(&self) -> Option<PageOutcome> {
        self.result.map(|result| result.outcome)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkOwner {
    Person(ActorId),
    /// Its holder at that time.
    Role(Role),
    Team(TextRef),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkFact {
    pub kind: WorkKind,
    pub owner: Option<WorkOwner>,
    pub due: Option<DateTime<Utc>>,
    /// As it was stated, where that is no moment.
    pub due_stated: Option<StatedTime>,
    pub state: WorkState,
    /// When it was opened.
    pub opened: StatedTime,
    /// The entry and time of the last change of its state.
    pub changed: Option<(u64, StatedTime)>,
    /// Of the last change of state, owner and due time.
    pub(in crate::incident::fold) orders: [Option<Order>; 3],
    pub last: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalFact {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub severity: Severity,
    /// The questions whose measured answer changed.
    pub rests_on: Vec<Slug>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct OpenedFacts {
    pub seq: u64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// When somebody noticed it, where that is stated.
    pub detected: Option<StatedTime>,
    pub data: Opened,
    pub title: TextRef,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusFact {
    pub seq: u64,
    pub at: StatedTime,
    /// Whether a person stated the time.
    pub is_stated: bool,
    pub order: Order,
    pub recorded: Moment,
    pub status: Status,
}

/// What a person said of the impact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImpactSaid {
    pub seq: u64,
    pub at: StatedTime,
    pub is_stated: bool,
    pub order: Order,
    pub change: ImpactChange,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    pub seq: u64,
    pub at: StatedTime,
    /// Whether a person stated the time.
    pub is_stated: bool,
    pub order: Order,
    pub by: ActorId,
    pub severity: Severity,
    pub rule: Slug,
    /// Every rule that matched; empty in old journals.
    pub matched: Vec<Slug>,
    pub policy: String,
    pub answers: Vec<Answered>,
    pub flags: Vec<Slug>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    pub seq: u64,
    pub at: StatedTime,
    pub order: Order,
    pub by: ActorId,
    pub targets: Vec<TargetId>,
    /// Taken over from another system, by its clock.
    pub elsewhere: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub actor: ActorId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertFacts {
    pub first: u64,
    pub last: u64,
    pub state: AlertState,
    pub starts_at: DateTime<Utc>,
    /// Labels that are not in the record.
    pub left_out: u32,
    pub at: DateTime<Utc>,
    pub source: SourceId,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct SignalFacts {
    pub samples: Vec<(u64, Sample)>,
    /// From before the incident.
    pub before: Option<Recorded<Backfilled>>,
    /// Each span of failing payments, as last recorded.
    pub impacts: Vec<ImpactFacts>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ImpactFacts {
    pub first: u64,
    pub last: Recorded<ImpactMeasured>,
}

impl SignalFacts {
    pub fn last(&self) -> Option<Sample> {
        self.samples.last().map(|(_, sample)| *sample)
    }

    /// 0 if there is none.
    pub fn last_entry(&self) -> u64 {
        self.samples.last().map_or(0, |(seq, _)| *seq)
    }

    /// The last entry about impact; 0 if there is none.
    pub fn last_impact(&self) -> u64 {
        self.impacts.last().map_or(0, |impact| impact.last.seq)
    }

    pub(in crate::incident::fold) fn add_impact(&mut self, impact: Recorded<ImpactMeasured>) {
        let from = impact.data.impact.from;
        let same = |known: &&mut ImpactFacts| {
            let known = &known.last.data.impact;
            !known.ended || known.from == from
        };
        match self.impacts.last_mut().filter(same) {
            Some(known) => known.last = impact,
            None => self.impacts.push(ImpactFacts {
                first: impact.seq,
                last: impact,
            }),
        }
    }

    pub fn lowest(&self) -> Option<(u64, DateTime<Utc>, f64)> {
        self.samples
            .iter()
            .filter_map(|(seq, sample)| Some((*seq, sample.at, sample.reading.value()?)))
            .min_by(|a, b| a.2.total_cmp(&b.2))
    }
}

/// The entries of a loss of contact and of the return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceGap {
    pub lost: u64,
    pub back: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceFacts {
    pub lost: Option<Recorded<SourceLost>>,
    pub gaps: Vec<SourceGap>,
    pub back: Option<DateTime<Utc>>,
}

impl SourceFacts {
    /// The latest loss or return; 0 if there is none.
    pub fn last(&self) -> u64 {
        self.gaps
            .last()
            .map_or(0, |gap| gap.back.unwrap_or(gap.lost))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub digest: String,
    pub steps: u32,
    /// The last result of each step.
    pub results: BTreeMap<StepId, StepFact>,
    pub latest: Option<StepId>,
    pub latest_order: Order,
    /// The last tick of each item.
    pub ticks: BTreeMap<ItemId, Tick>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    pub seq: u64,
    pub ticked: bool,
}

impl Run {
    /// The tick of a ticked item. Ticks before the step's last result do not count: a repeated step begins with an empty
    /// list.
    pub fn tick(&self, digest: &str, step: &StepId, item: u32) -> Option<Tick> {
        let since = self.results.get(step).map_or(0, |result| result.seq);
        let tick = self.last_tick(digest, step, item);
        tick.filter(|tick| tick.ticked && tick.seq > since)
    }

    pub fn last_change(&self, digest: &str, step: &StepId, item: u32) -> u64 {
        self.last_tick(digest, step, item)
            .map_or(self.seq, |tick| tick.seq)
    }

    fn last_tick(&self, digest: &str, step: &StepId, item: u32) -> Option<Tick> {
        let item = ItemId {
            digest: digest.to_string(),
            step: step.clone(),
            item,
        };
        self.ticks.get(&item).copied()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepFact {
    pub seq: u64,
    pub order: Order,
    pub at: DateTime<Utc>,
    pub by: ActorId,
    pub outcome: StepOutcome,
    pub choice: Option<StepId>,
}
