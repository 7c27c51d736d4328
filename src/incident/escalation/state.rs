//! The escalation of one incident as its entries tell it, and what follows from it at a given time.

use super::{Acknowledge, ArmedLevel, Until, bell};
use crate::incident::entry::{PageIntended, PageOutcome, PageResulted};
use crate::incident::fold::Acknowledgement;
use crate::incident::ids::Slug;
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
/// Most repetitions of one message to receivers because it failed or is unknown, one after another.
pub const MAX_REPEATS: usize = 5;
/// Up to how many calls in vain, one after another, the next one follows after so many seconds. It never ends while the
/// level is wanted: an outage of forty minutes that takes the network along must not use up all calls.
const PAUSES: [(usize, i64); 3] = [(5, REPEAT_AFTER), (30, 300), (usize::MAX, 1800)];
/// The shortest pause after a refusal, in seconds: a receiver that is down itself, or a proxy before it, refuses too.
const AFTER_REFUSAL: i64 = 300;

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
    /// When it is due, by the boot clock.
    pub due: Option<Steady>,
    /// The sendings.
    pub pages: BTreeMap<Call, Page>,
}

/// Which sending: the page, the way out, and the repetition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// The page's id, one for each target of a level.
    pub page: Slug,
    /// By which channel.
    pub channel: Slug,
    /// 0 for the first.
    pub repeat: u32,
}

/// One sending.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Whom it is for.
    pub target: Slug,
    /// When it was due.
    pub due: DateTime<Utc>,
    /// The entry of the intent.
    pub intent: u64,
    /// When that was recorded.
    pub at: Moment,
    /// The entry of the result, its time, and what is known.
    pub result: Option<(u64, Moment, PageOutcome)>,
    /// For how long after the result the receiver did not want to be asked again.
    pub retry_after: TimeDelta,
}

/// What people have answered so far.
#[derive(Debug, Clone, Copy)]
pub struct Response<'i> {
    /// Each acknowledgement.
    pub acknowledgements: &'i [Acknowledgement],
    /// Where the incident stands.
    pub status: Status,
    /// Its severity, once classified.
    pub severity: Option<Severity>,
    /// Whether another system is known to have paged.
    pub adopted: bool,
    /// When the first level was due that needs the acknowledgement of each of its targets and does not have it.
    pub incomplete_since: Option<Steady>,
}

impl Response<'_> {
    /// Whether anybody has acknowledged.
    pub fn is_acknowledged(&self) -> bool {
        !self.acknowledgements.is_empty()
    }

    /// Whether an acknowledgement ends a level that was due at this time: the levels before it have everybody's whose
    /// they need.
    fn ends(&self, due: Option<Steady>) -> bool {
        let earlier = |since: Steady| due.is_some_and(|due| since < due);
        self.is_acknowledged() && !self.incomplete_since.is_some_and(earlier)
    }

    fn answered_for(&self, target: &Slug) -> bool {
        let own = |ack: &Acknowledgement| ack.targets.contains(target);
        self.acknowledgements.iter().any(own)
    }
}

/// A sending that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// Which.
    pub call: Call,
    /// Whom it is for.
    pub target: Slug,
    /// When it was due, as the journal has it.
    pub due: DateTime<Utc>,
    /// The same by the boot clock.
    pub owed: Steady,
    /// From when on it can be made: later than due, where an earlier try failed.
    pub at: Steady,
}

/// Whether what was sent at a time cannot be under way any more.
pub(crate) fn is_lost(sent: Moment, now: Moment) -> bool {
    now.steady - sent.steady > TimeDelta::seconds(RESULT_WITHIN)
}

/// The next sending to a target by a channel: from when on it can be made, when it is due by the policy, as the journal
/// has it and by the boot clock, and which repetition it is.
struct Next {
    at: Steady,
    due: DateTime<Utc>,
    owed: Steady,
    repeat: u32,
}

/// How a level stands at a given time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its condition is not met.
    Conditional,
    /// It is for another severity than the one in force.
    OtherSeverity,
    /// It is not called, for this reason.
    LeftOut(Slug),
    /// Due later.
    Waiting(Steady),
    /// Due, nothing sent yet.
    Due(Steady),
    /// Sent; what is known of the latest sending, none while under way.
    Sent(Option<PageOutcome>),
    /// No longer wanted, and never sent.
    Stopped,
}

impl Escalation {
    /// Records an intent.
    pub(crate) fn intended(&mut self, seq: u64, at: Moment, page: &PageIntended) {
        if let Some(level) = self.level_mut(&page.level) {
            let call = Call {
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

    /// Records a result.
    pub(crate) fn resulted(&mut self, seq: u64, at: Moment, result: &PageResulted) {
        let call = Call {
            page: result.page.clone(),
            channel: result.channel.clone(),
            repeat: result.repeat,
        };
        let page = self
            .level_mut(&result.level)
            .and_then(|level| level.pages.get_mut(&call));
        if let Some(page) = page.filter(|page| page.result.is_none()) {
            page.result = Some((seq, at, result.outcome));
            page.retry_after = asked(result.retry_after);
        }
    }

    /// The level of this name.
    pub fn level(&self, name: &Slug) -> Option<&LevelState> {
        self.levels.iter().find(|level| level.armed.level == *name)
    }

    /// The level of this name, to change.
    pub fn level_mut(&mut self, name: &Slug) -> Option<&mut LevelState> {
        self.levels
            .iter_mut()
            .find(|level| level.armed.level == *name)
    }

    /// The earliest time at which somebody is to be called, with the level; what is overdue comes first.
    pub fn nearest(&self, response: &Response<'_>) -> Option<(Steady, &LevelState)> {
        let next = |level: &LevelState| {
            let wanted = level
                .ways()
                .filter(|(_, target, _)| level.wanted_by(target, response));
            let at = |(_, target, channel)| Some(level.next(target, channel)?.at);
            wanted.filter_map(at).min()
        };
        let levels = self.levels.iter();
        levels
            .filter_map(|level| Some((next(level)?, level)))
            .min_by_key(|(at, _)| *at)
    }

    /// The first time after `now` at which the course may ask for something that it does not ask for now, if
    /// nothing else happens.
    pub fn next_change(&self, now: Moment) -> Option<Steady> {
        let of_level = |level: &LevelState| {
            let next = level
                .ways()
                .filter_map(|(_, target, channel)| Some(level.next(target, channel)?.at));
            let lost = |page: &Page| page.at.steady + TimeDelta::seconds(RESULT_WITHIN + 1);
            let open = level.pages.values().filter(|page| page.result.is_none());
            next.chain(open.map(lost))
                .filter(|at| *at > now.steady)
                .min()
        };
        self.levels.iter().filter_map(of_level).min()
    }

    /// The response with what its levels still miss of it.
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

    /// Everybody whom a level of the armed policy calls.
    pub fn targets(&self) -> BTreeSet<Slug> {
        let levels = self.levels.iter();
        levels
            .flat_map(|level| level.armed.targets())
            .cloned()
            .collect()
    }

    /// The targets whose own acknowledgement a called level still waits for.
    pub fn unanswered(&self, response: &Response<'_>) -> Vec<Slug> {
        let mut targets: Vec<Slug> = Vec::new();
        let own = self
            .levels
            .iter()
            .filter(|level| level.armed.acknowledge == Acknowledge::All);
        for level in own {
            for page in level.pages.values() {
                // Who is not wanted any more, for another severity say, is waited for by nobody.
                if level.wanted_by(&page.target, response) && !targets.contains(&page.target) {
                    targets.push(page.target.clone());
                }
            }
        }
        targets
    }
}

/// The idempotency id of a level's page to its `number`th target, from 1: the same however often it is sent
/// (rule M7).
pub fn page_id(incident: &str, level: &Slug, number: usize) -> Slug {
    Slug::nearest(&match number {
        1 => format!("page-{incident}.{level}"),
        _ => format!("page-{incident}.{level}.{number}"),
    })
}

/// The wait that a receiver asked for, as it is recorded: bounded, because what asks for a day silences a channel.
pub(in crate::incident) fn asked(seconds: Option<u32>) -> TimeDelta {
    let longest = i64::try_from(LONGEST_PAUSE.as_secs()).unwrap_or(i64::MAX);
    TimeDelta::seconds(i64::from(seconds.unwrap_or(0)).min(longest))
}

/// How long after this outcome the same call is made once more, after so many in vain; `None` where it was not in vain.
fn pause(outcome: PageOutcome, in_vain: usize) -> Option<TimeDelta> {
    let paced = || {
        let pauses = PAUSES.iter().find(|(upto, _)| in_vain <= *upto);
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
    /// Whether anybody still needs to be called.
    pub fn wanted(&self, response: &Response<'_>) -> bool {
        self.armed
            .targets()
            .any(|target| self.wanted_by(target, response))
    }

    /// Whether this target still needs to be called.
    pub fn wanted_by(&self, target: &Slug, response: &Response<'_>) -> bool {
        let status = response.status;
        let answered = match (self.armed.until, self.armed.acknowledge) {
            (Until::Resolved, _) => false,
            (Until::Acknowledged, Acknowledge::Any) => response.ends(self.due),
            (Until::Acknowledged, Acknowledge::All) => response.answered_for(target),
        };
        let elsewhere = self.armed.unless_adopted && response.adopted;
        // Closed is beyond resolved.
        !status.is_resolved() && !answered && !elsewhere && self.is_for(response.severity)
    }

    /// Whether it is for this severity; what nobody has classified counts as the worst.
    fn is_for(&self, severity: Option<Severity>) -> bool {
        let named = &self.armed.severity;
        named.is_empty() || severity.is_none_or(|severity| named.contains(&severity))
    }

    /// How it stands.
    pub fn standing(&self, response: &Response<'_>, now: Moment) -> Standing {
        if let Some(page) = self.latest_page() {
            return Standing::Sent(page.result.map(|(_, _, outcome)| outcome));
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

    /// The latest sending by a channel that leaves the terminal, or else by any.
    pub fn latest_page(&self) -> Option<&Page> {
        let bell = bell();
        let outside = self.pages.iter().filter(|(call, _)| call.channel != bell);
        outside
            .max_by_key(|(_, page)| page.intent)
            .or(self.pages.iter().next_back())
            .map(|(_, page)| page)
    }

    /// When a sending was due, by the boot clock.
    pub fn owed(&self, page: &Page) -> Option<Steady> {
        Some(self.due? + (page.due - self.armed.due?))
    }

    /// Whom it calls, with the number of each from 1, and by what.
    fn ways(&self) -> impl Iterator<Item = (usize, &Slug, &Slug)> {
        let numbered = self.armed.targets().enumerate();
        numbered.flat_map(move |(at, target)| {
            self.armed
                .channels
                .iter()
                .map(move |channel| (at + 1, target, channel))
        })
    }

    /// The sendings to make now.
    pub fn to_send(&self, incident: &str, response: &Response<'_>, now: Moment) -> Vec<Sending> {
        let wanted = self
            .ways()
            .filter(|(_, target, _)| self.wanted_by(target, response));
        wanted
            .filter_map(|(number, target, channel)| {
                let next = self.next(target, channel)?;
                let call = Call {
                    page: page_id(incident, &self.armed.level, number),
                    channel: channel.clone(),
                    repeat: next.repeat,
                };
                (next.at <= now.steady).then(|| Sending {
                    call,
                    target: target.clone(),
                    due: next.due,
                    owed: next.owed,
                    at: next.at,
                })
            })
            .collect()
    }

    /// The next sending to a target by a channel.
    fn next(&self, target: &Slug, channel: &Slug) -> Option<Next> {
        let (due, owed) = (self.armed.due?, self.due?);
        let sent = || {
            let own = |call: &Call, page: &Page| call.channel == *channel && page.target == *target;
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
        let (_, at, outcome) = page.result?;
        let vain = |page: &Page| {
            let outcome = page.result.map(|(_, _, outcome)| outcome);
            outcome.is_some_and(|outcome| pause(outcome, 1).is_some())
        };
        let in_vain = sent().rev().take_while(|(_, page)| vain(page)).count();
        let once_more =
            pause(outcome, in_vain).map(|pause| at.steady + pause.max(page.retry_after));
        let once_more = once_more.map(|at| (at, page.due - due));
        let until_reached = self
            .until_reached(owed, page, outcome)
            .map(|after| ((owed + after).max(at.steady), after));
        let (at, after) = once_more.into_iter().chain(until_reached).min()?;
        Some(Next {
            at,
            due: due + after,
            owed: owed + after,
            repeat: call.repeat + 1,
        })
    }

    /// How long after the first one the next further call is due. What is refused for good, or has no way out, is not
    /// tried again.
    fn until_reached(&self, owed: Steady, last: &Page, outcome: PageOutcome) -> Option<TimeDelta> {
        let (every, times) = self.armed.again?;
        if matches!(outcome, PageOutcome::Refused | PageOutcome::NoChannel) {
            return None;
        }
        let (every, since) = (i64::from(every), (last.at.steady - owed).num_seconds());
        // Calls that fell into a time without a program are not made up for: one is enough.
        let slot = since.max(0).div_euclid(every.max(1)) + 1;
        (slot <= i64::from(times)).then(|| TimeDelta::seconds(slot * every))
    }

    /// Sendings whose result is overdue: the process that sent them is gone, so what became of them is
    /// unknown.
    pub fn lost_results(&self, now: Moment) -> Vec<Call> {
        let overdue = |page: &Page| page.result.is_none() && is_lost(page.at, now);
        self.pages
            .iter()
            .filter(|(_, page)| overdue(page))
            .map(|(call, _)| call.clone())
            .collect()
    }
}
