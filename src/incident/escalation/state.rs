//! The escalation of one incident as its entries tell it, and what follows from it at a given time.

use super::{ArmedLevel, Channel, Until};
use crate::incident::entry::{PageIntended, PageOutcome, PageResulted};
use crate::incident::ids::Slug;
use crate::incident::status::Status;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Seconds after which an intent without a result counts as unknown. The outbox gives up earlier.
pub const RESULT_WITHIN: i64 = 90;
/// Seconds between repetitions of a page that failed or is unknown.
pub const REPEAT_AFTER: i64 = 60;
/// Most repetitions of one page.
pub const MAX_REPEATS: u32 = 5;

/// The escalation of one incident.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Escalation {
    /// The entry that armed it, once armed.
    pub armed: Option<u64>,
    /// The time from which delays count.
    pub from: Option<DateTime<Utc>>,
    /// The levels, in the policy's order.
    pub levels: Vec<LevelState>,
}

/// A level with what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelState {
    /// The level as armed.
    pub armed: ArmedLevel,
    /// The sendings, by channel and repetition.
    pub pages: BTreeMap<(Slug, u32), Page>,
}

/// One sending.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The entry of the intent.
    pub intent: u64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// The entry of the result, its time, and what is known.
    pub result: Option<(u64, DateTime<Utc>, PageOutcome)>,
}

/// How a level stands at a given time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its condition is not met.
    Conditional,
    /// Due later.
    Waiting(DateTime<Utc>),
    /// Due, nothing sent yet.
    Due(DateTime<Utc>),
    /// Sent; what is known of the latest sending, none while under way.
    Sent(Option<PageOutcome>),
    /// No longer wanted, and never sent.
    Stopped,
}

impl Escalation {
    /// Records an intent.
    pub(crate) fn intended(&mut self, seq: u64, at: DateTime<Utc>, page: &PageIntended) {
        if let Some(level) = self.level_mut(&page.level) {
            let key = (page.channel.clone(), page.repeat);
            level.pages.entry(key).or_insert(Page {
                intent: seq,
                at,
                result: None,
            });
        }
    }

    /// Records a result.
    pub(crate) fn resulted(&mut self, seq: u64, at: DateTime<Utc>, result: &PageResulted) {
        let key = (result.channel.clone(), result.repeat);
        let page = self
            .level_mut(&result.level)
            .and_then(|level| level.pages.get_mut(&key));
        if let Some(page) = page {
            page.result.get_or_insert((seq, at, result.outcome));
        }
    }

    /// The level of this name.
    pub fn level_mut(&mut self, name: &Slug) -> Option<&mut LevelState> {
        self.levels
            .iter_mut()
            .find(|level| level.armed.level == *name)
    }

    /// The earliest time at which something becomes due, with its level; what is overdue comes first.
    pub fn nearest(
        &self,
        acknowledged: bool,
        status: Status,
    ) -> Option<(DateTime<Utc>, &LevelState)> {
        self.levels
            .iter()
            .filter(|level| level.wanted(acknowledged, status) && level.pages.is_empty())
            .filter_map(|level| Some((level.armed.due?, level)))
            .min_by_key(|(due, _)| *due)
    }
}

/// The idempotency id of a level's page: the same however often it is sent (rule M7).
pub fn page_id(incident: &str, level: &Slug) -> Slug {
    Slug::nearest(&format!("page-{incident}.{level}"))
}

impl LevelState {
    /// Whether anybody still needs to be called.
    pub fn wanted(&self, acknowledged: bool, status: Status) -> bool {
        status != Status::Closed
            && match self.armed.until {
                Until::Acknowledged => !acknowledged && !status.is_resolved(),
                Until::Resolved => !status.is_resolved(),
            }
    }

    /// How it stands.
    pub fn standing(&self, acknowledged: bool, status: Status, now: DateTime<Utc>) -> Standing {
        if let Some(page) = self.latest_page() {
            return Standing::Sent(page.result.map(|(_, _, outcome)| outcome));
        }
        match self.armed.due {
            _ if !self.wanted(acknowledged, status) => Standing::Stopped,
            None => Standing::Conditional,
            Some(due) if due > now => Standing::Waiting(due),
            Some(due) => Standing::Due(due),
        }
    }

    /// The latest sending by a channel that leaves the terminal, or else by any.
    fn latest_page(&self) -> Option<&Page> {
        let bell = Channel::Bell.slug();
        let outside = self
            .pages
            .iter()
            .filter(|((channel, _), _)| *channel != bell);
        outside
            .max_by_key(|((_, repeat), _)| *repeat)
            .or(self.pages.iter().next_back())
            .map(|(_, p)| p)
    }

    /// The sendings to make now: by channel, with the number of the repetition.
    pub fn to_send(
        &self,
        acknowledged: bool,
        status: Status,
        now: DateTime<Utc>,
    ) -> Vec<(Channel, u32)> {
        if !self.wanted(acknowledged, status) || self.armed.due.is_none_or(|due| due > now) {
            return Vec::new();
        }
        let next = |channel: &Channel| Some((*channel, self.next_repeat(*channel, now)?));
        self.armed.channels.iter().filter_map(next).collect()
    }

    fn next_repeat(&self, channel: Channel, now: DateTime<Utc>) -> Option<u32> {
        let slug = channel.slug();
        let sent = self.pages.iter().filter(|((by, _), _)| *by == slug);
        let Some(((_, repeat), page)) = sent.max_by_key(|((_, repeat), _)| *repeat) else {
            return Some(0);
        };
        let (_, at, outcome) = page.result?;
        let later = now >= at + TimeDelta::seconds(REPEAT_AFTER);
        (outcome.wants_repeat() && later && *repeat < MAX_REPEATS).then_some(repeat + 1)
    }

    /// Sendings whose result is overdue: the process that sent them is gone, so what became of them is
    /// unknown.
    pub fn lost_results(&self, now: DateTime<Utc>) -> Vec<(Slug, u32)> {
        let overdue = |page: &Page| {
            page.result.is_none() && now > page.at + TimeDelta::seconds(RESULT_WITHIN)
        };
        self.pages
            .iter()
            .filter(|(_, page)| overdue(page))
            .map(|(key, _)| key.clone())
            .collect()
    }
}
