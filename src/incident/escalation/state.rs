//! The escalation of one incident as recorded, and what follows from it at a given time.

use super::{Acknowledge, ArmedLevel, Until, bell};
use crate::incident::entry::{PageIntended, PageOutcome, PageResulted};
use crate::incident::fold::{Acknowledgement, SendResult};
use crate::incident::ids::{ChannelId, LevelId, Slug, TargetId};
use crate::incident::severity::Severity;
use crate::incident::status::Status;
use crate::incident::steady::{Moment, Steady};
use crate::text::LONGEST_PAUSE;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// Seconds after which an intent without a result counts as unknown. The outbox gives up earlier.
pub const RESULT_WITHIN: i64 = 90;
/// Seconds between repetitions of a message that failed or is unknown.
pub const REPEAT_AFTER: i64 = 60;
/// Most consecutive repetitions of a message because it failed or is unknown.
pub const MAX_REPEATS: usize = 5;
/// Seconds until the next page, by the number of consecutive failures. Pages go on while the level is wanted: an outage
/// of forty minutes that takes the network down must not use up all of them.
const PAUSES: [(usize, i64); 3] = [(5, REPEAT_AFTER), (30, 300), (usize::MAX, 1800)];
/// Seconds after a refusal: a receiver that is down itself, or a proxy before it, refuses too.
const AFTER_REFUSAL: i64 = 300;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Escalation {
    pub armed: Option<u64>,
    pub from: Option<DateTime<Utc>>,
    pub levels: Vec<LevelState>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LevelState {
    pub armed: ArmedLevel,
    /// By the boot clock.
    pub due: Option<Steady>,
    pub pages: BTreeMap<PageAttempt, Page>,
}

/// Identifies one page attempt: the page, the channel, and the repetition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageAttempt {
    /// One id for each target of a level.
    pub page: Slug,
    pub channel: ChannelId,
    pub repeat: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub target: TargetId,
    pub due: DateTime<Utc>,
    pub intent: u64,
    pub at: Moment,
    pub result: Option<SendResult>,
    /// After the result, as the receiver asked.
    pub retry_after: TimeDelta,
}

impl Page {
    pub fn outcome(&self) -> Option<PageOutcome> {
        self.result.map(|result| result.outcome)
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Response<'i> {
    pub acknowledgements: &'i [Acknowledgement],
    pub status: Status,
    pub severity: Option<Severity>,
    pub adopted: bool,
    pub incomplete_since: Option<Steady>,
}

impl Response<'_> {
    pub fn is_acknowledged(&self) -> bool {
        !self.acknowledgements.is_empty()
    }

    /// Whether an acknowledgement ends a level that was due at this time: earlier levels have every acknowledgement
    /// that they need.
    fn ends(&self, due: Option<Steady>) -> bool {
        let earlier = |since: Steady| due.is_some_and(|due| since < due);
        self.is_acknowledged() && !self.incomplete_since.is_some_and(earlier)
    }

    fn acknowledged_for(&self, target: &TargetId) -> bool {
        let own = |ack: &Acknowledgement| ack.targets.contains(target);
        self.acknowledgements.iter().any(own)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    pub call: PageAttempt,
    pub target: TargetId,
    pub due: DateTime<Utc>,
    /// The same by the boot clock.
    pub owed: Steady,
    /// Earliest time: later than due if an earlier try failed.
    pub at: Steady,
}

pub(crate) fn is_lost(sent: Moment, now: Moment) -> bool {
    now.steady - sent.steady > TimeDelta::seconds(RESULT_WITHIN)
}

struct Next {
    at: Steady,
    due: DateTime<Utc>,
    owed: Steady,
    repeat: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Conditional,
    OtherSeverity,
    LeftOut(Slug),
    Waiting(Steady),
    Due(Steady),
    /// The outcome of the latest page; `None` while it is under way.
    Sent(Option<PageOutcome>),
    /// No longer wanted, and never sent.
    Stopped,
}

impl Escalation {
    pub(crate) fn intended(&mut self, seq: u64, at: Moment, page: &PageIntended) {
        if let Some(level) = self.level_mut(&page.level) {
            let call = PageAttempt {
                page: page.page.clone(),
                channel: page.channel.clone(),
                repeat: page.repeat,
            };
            level.pages.entry(call).or_insert(Page {
                target: page.target.clone(),
                due: page.due,
                intent: seq,
                at,
                result: None,
                retry_after: TimeDelta::zero(),
            });
        }
    }

    pub(crate) fn resulted(&mut self, seq: u64, at: Moment, result: &PageResulted) {
        let call = PageAttempt {
            page: result.page.clone(),
            channel: result.channel.clone(),
            repeat: result.repeat,
        };
        let page = self
            .level_mut(&result.level)
            .and_then(|level| level.pages.get_mut(&call));
        if let Some(page) = page.filter(|page| page.result.is_none()) {
            let outcome = result.outcome;
            page.result = Some(SendResult { seq, at, outcome });
            page.retry_after = bounded_pause(result.retry_after);
        }
    }

    pub fn level(&self, name: &LevelId) -> Option<&LevelState> {
        self.levels.iter().find(|level| level.armed.level == *name)
    }

    pub fn level_mut(&mut self, name: &LevelId) -> Option<&mut LevelState> {
        let mut levels = self.levels.iter_mut();
        levels.find(|level| level.armed.level == *name)
    }

    /// The earliest time at which a target is to be paged, with the level; overdue ones first.
    pub fn nearest(&self, response: &Response<'_>) -> Option<(Steady, &LevelState)> {
        let next = |level: &LevelState| {
            let routes = level.routes();
            let wanted = routes.filter(|(_, target, _)| level.wanted_by(target, response));
            let at = |(_, target, channel)| Some(level.next(target, channel)?.at);
            wanted.filter_map(at).min()
        };
        let levels = self.levels.iter();
        let levels = levels.filter_map(|level| Some((next(level)?, level)));
        levels.min_by_key(|(at, _)| *at)
    }

    pub fn next_change(&self, now: Moment) -> Option<Steady> {
        let of_level = |level: &LevelState| {
            let at = |(_, target, channel)| Some(level.next(target, channel)?.at);
            let next = level.routes().filter_map(at);
            let lost = |page: &Page| page.at.steady + TimeDelta::seconds(RESULT_WITHIN + 1);
            let open = level.pages.values().filter(|page| page.result.is_none());
            let all = next.chain(open.map(lost));
            all.filter(|at| *at > now.steady).min()
        };
        self.levels.iter().filter_map(of_level).min()
    }

    /// The response with the acknowledgements that its levels still miss.
    pub fn judged<'i>(&self, response: Response<'i>) -> Response<'i> {
        let incomplete = self
            .levels
            .iter()
            .filter(|level| level.armed.acknowledge == Acknowledge::All && level.wanted(&response));
        Response {
            incomplete_since: incomplete.filter_map(|level| level.due).min(),
            ..response
        }
    }

    pub fn targets(&self) -> BTreeSet<TargetId> {
        let levels = self.levels.iter();
        levels
            .flat_map(|level| level.armed.targets())
            .cloned()
            .collect()
    }

    /// Targets whose own acknowledgement a paged level still waits for.
    pub fn unacknowledged(&self, response: &Response<'_>) -> Vec<TargetId> {
        let mut targets: Vec<TargetId> = Vec::new();
        let all = |level: &&LevelState| level.armed.acknowledge == Acknowledge::All;
        for level in self.levels.iter().filter(all) {
            for page in level.pages.values() {
                // A target that is no longer wanted, for another severity say, is not waited for.
                if level.wanted_by(&page.target, response) && !targets.contains(&page.target) {
                    targets.push(page.target.clone());
                }
            }
        }
        targets
    }
}

/// Of the `number`th target, from 1; the same for every repetition (rule M7).
pub fn page_id(incident: &str, level: &LevelId, number: usize) -> Slug {
    Slug::nearest(&match number {
        1 => format!("page-{incident}.{level}"),
        _ => format!("page-{incident}.{level}.{number}"),
    })
}

/// Bounded: a receiver that asks for a day would silence a channel.
pub(in crate::incident) fn bounded_pause(seconds: Option<u32>) -> TimeDelta {
    let longest = i64::try_from(LONGEST_PAUSE.as_secs()).unwrap_or(i64::MAX);
    TimeDelta::seconds(i64::from(seconds.unwrap_or(0)).min(longest))
}

/// The pause before the page is repeated, by the number of failures; `None` after a success.
fn pause(outcome: PageOutcome, failures: usize) -> Option<TimeDelta> {
    let paced = || {
        let pauses = PAUSES.iter().find(|(upto, _)| failures <= *upto);
        pauses.map_or(REPEAT_AFTER, |(_, pause)| *pause)
    };
    let seconds = match outcome {
        PageOutcome::Withdrawn => 0,
        PageOutcome::Failed | PageOutcome::Unknown => paced(),
        PageOutcome::Refused => paced().max(AFTER_REFUSAL),
        PageOutcome::Accepted | PageOutcome::NoChannel | PageOutcome::Simulated => return None,
    };
    Some(TimeDelta::seconds(seconds))
}

impl LevelState {
    pub fn wanted(&self, response: &Response<'_>) -> bool {
        let mut targets = self.armed.targets();
        targets.any(|target| self.wanted_by(target, response))
    }

    pub fn wanted_by(&self, target: &TargetId, response: &Response<'_>) -> bool {
        let status = response.status;
        let acknowledged = match (self.armed.until, self.armed.acknowledge) {
            (Until::Resolved, _) => false,
            (Until::Acknowledged, Acknowledge::Any) => response.ends(self.due),
            (Until::Acknowledged, Acknowledge::All) => response.acknowledged_for(target),
        };
        let elsewhere = self.armed.unless_adopted && response.adopted;
        // Closed is beyond resolved.
        !status.is_resolved() && !acknowledged && !elsewhere && self.is_for(response.severity)
    }

    /// An unclassified incident counts as the worst.
    fn is_for(&self, severity: Option<Severity>) -> bool {
        let named = &self.armed.severity;
        named.is_empty() || severity.is_none_or(|severity| named.contains(&severity))
    }

    pub fn standing(&self, response: &Response<'_>, now: Moment) -> Standing {
        if let Some(page) = self.latest_page() {
            return Standing::Sent(page.outcome());
        }
        if let Some(why) = &self.armed.left_out {
            return Standing::LeftOut(why.clone());
        }
        if self.armed.unless_adopted && response.adopted {
            return Standing::LeftOut(Slug::nearest("paged-elsewhere"));
        }
        match self.due {
            _ if !self.wanted(response) => match self.is_for(response.severity) {
                true => Standing::Stopped,
                false => Standing::OtherSeverity,
            },
            None => Standing::Conditional,
            Some(due) if due > now.steady => Standing::Waiting(due),
            Some(due) => Standing::Due(due),
        }
    }

    /// The latest page by a channel that leaves the terminal, otherwise by any.
    pub fn latest_page(&self) -> Option<&Page> {
        let bell = bell();
        let outside = self.pages.iter().filter(|(call, _)| call.channel != bell);
        outside
            .max_by_key(|(_, page)| page.intent)
            .or(self.pages.iter().next_back())
            .map(|(_, page)| page)
    }

    pub fn owed(&self, page: &Page) -> Option<Steady> {
        Some(self.due? + (page.due - self.armed.due?))
    }

    /// With the target's number, from 1.
    fn routes(&self) -> impl Iterator<Item = (usize, &TargetId, &ChannelId)> {
        let numbered = (1..).zip(self.armed.targets());
        numbered.flat_map(move |(number, target)| {
            let channels = self.armed.channels.iter();
            channels.map(move |channel| (number, target, channel))
        })
    }

    pub fn to_send(&self, incident: &str, response: &Response<'_>, now: Moment) -> Vec<Sending> {
        let routes = self.routes();
        let wanted = routes.filter(|(_, target, _)| self.wanted_by(target, response));
        let due = wanted.filter_map(|(number, target, channel)| {
            let next = self.next(target, channel)?;
            (next.at <= now.steady).then(|| Sending {
                call: PageAttempt {
                    page: page_id(incident, &self.armed.level, number),
                    channel: channel.clone(),
                    repeat: next.repeat,
                },
                target: target.clone(),
                due: next.due,
                owed: next.owed,
                at: next.at,
            })
        });
        due.collect()
    }

    fn next(&self, target: &TargetId, channel: &ChannelId) -> Option<Next> {
        let (due, owed) = (self.armed.due?, self.due?);
        let sent = || {
            let own = |call: &PageAttempt, page: &Page| {
                call.channel == *channel && page.target == *target
            };
            self.pages
                .iter()
                .filter(move |(call, page)| own(call, page))
        };
        let Some((call, page)) = sent().next_back() else {
            return Some(Next {
                at: owed,
                due,
                owed,
                repeat: 0,
            });
        };
        let SendResult { at, outcome, .. } = page.result?;
        let failed = |page: &Page| {
            let outcome = page.outcome();
            outcome.is_some_and(|outcome| pause(outcome, 1).is_some())
        };
        let failures = sent().rev().take_while(|(_, page)| failed(page)).count();
        let once_more =
            pause(outcome, failures).map(|pause| at.steady + pause.max(page.retry_after));
        let once_more = once_more.map(|at| (at, page.due - due));
        let further_page = self
            .further_page(owed, page, outcome)
            .map(|after| ((owed + after).max(at.steady), after));
        let (at, after) = once_more.into_iter().chain(further_page).min()?;
        Some(Next {
            at,
            due: due + after,
            owed: owed + after,
            repeat: call.repeat + 1,
        })
    }

    /// The time from the first page to the next further one. A permanent refusal, or a missing channel, is not retried.
    fn further_page(&self, owed: Steady, last: &Page, outcome: PageOutcome) -> Option<TimeDelta> {
        let (every, times) = self.armed.again?;
        if matches!(outcome, PageOutcome::Refused | PageOutcome::NoChannel) {
            return None;
        }
        let (every, since) = (i64::from(every), (last.at.steady - owed).num_seconds());
        // Pages that fell into a time without a running program are not made up for: one is enough.
        let slot = since.max(0).div_euclid(every.max(1)) + 1;
        (slot <= i64::from(times)).then(|| TimeDelta::seconds(slot * every))
    }

    /// The process that sent them has ended.
    pub fn lost_results(&self, now: Moment) -> Vec<PageAttempt> {
        let overdue = |page: &Page| page.result.is_none() && is_lost(page.at, now);
        let lost = self.pages.iter().filter(|(_, page)| overdue(page));
        lost.map(|(call, _)| call.clone()).collect()
    }
}
