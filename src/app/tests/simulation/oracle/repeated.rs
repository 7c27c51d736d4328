//! Repetitions of pages: sent when they are due, and not otherwise. The rules are written from the documentation, not from
//! the code that decides.

use super::{levels, opportunity, recorded};
use crate::app::tests::simulation::world::World;
use crate::incident::entry::{
    MessageIntended, MessageResulted, PageIntended, PageOutcome, PagingEvent,
};
use crate::incident::escalation::ArmedLevel;
use crate::incident::{ChannelId, Entry, Event, LevelId, TargetId};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// After a failure or an unknown result: one minute five times, then five minutes, after thirty in a row half an hour.
fn again_after(failures: usize) -> TimeDelta {
    TimeDelta::minutes(match failures {
        0..=5 => 1,
        6..=30 => 5,
        _ => 30,
    })
}
const UNKNOWN_AFTER: TimeDelta = TimeDelta::seconds(90);

#[derive(Debug, Clone)]
struct Sending {
    seq: u64,
    at: DateTime<Utc>,
    repeat: u32,
    result: Option<(u64, DateTime<Utc>, PageOutcome)>,
}

/// By level, target and channel, in order.
type Sendings = BTreeMap<(LevelId, TargetId, ChannelId), Vec<Sending>>;

fn sendings(world: &World<'_>) -> Sendings {
    let mut all = Sendings::new();
    for entry in &world.entries {
        match entry.event() {
            Some(Event::Paging(PagingEvent::PageIntended(data))) => {
                let key = (
                    data.level.clone(),
                    data.target.clone(),
                    data.channel.clone(),
                );
                let (seq, at, repeat) = (entry.seq, recorded(world, entry), data.repeat);
                all.entry(key).or_default().push(Sending {
                    seq,
                    at,
                    repeat,
                    result: None,
                });
            }
            Some(Event::Paging(PagingEvent::PageResulted(data))) => {
                let same = |it: &PageIntended| {
                    it.page == data.page && it.channel == data.channel && it.repeat == data.repeat
                };
                let mut entries = world.entries.iter();
                let intent = entries.find(|it| it.data::<PageIntended>().is_some_and(same));
                let seq = intent.map(|intent| intent.seq);
                let sent = all.values_mut().flatten().find(|it| Some(it.seq) == seq);
                if let Some(sending) = sent {
                    let result = (entry.seq, recorded(world, entry), data.outcome);
                    sending.result.get_or_insert(result);
                }
            }
            _ => {}
        }
    }
    all
}

/// When another sending is owed after these.
struct Owed {
    /// Because the last one failed.
    once_more: Option<DateTime<Utc>>,
    /// The next repetition until somebody is reached, never before the last one has ended.
    round: Option<DateTime<Utc>>,
    /// When the last one ended, and the entry that says so.
    ended: DateTime<Utc>,
    known: u64,
}

impl Owed {
    fn from(&self) -> Option<DateTime<Utc>> {
        let round = self.round.map(|at| at.max(self.ended));
        self.once_more.into_iter().chain(round).min()
    }

    fn allows(&self, sending: &Sending) -> bool {
        let mut owed = self.once_more.into_iter().chain(self.round);
        owed.any(|owed| sending.at >= owed)
    }
}

fn owed(level: &ArmedLevel, before: &[Sending]) -> Option<Owed> {
    use PageOutcome::{Failed, Refused, Unknown, Withdrawn};
    let last = before.last()?;
    let (known, ended, outcome) = last.result?;
    let failed = |sending: &&Sending| {
        let outcome = sending.result.map(|(_, _, outcome)| outcome);
        matches!(outcome, Some(Failed | Unknown | Refused | Withdrawn))
    };
    let failures = before.iter().rev().take_while(failed).count();
    let once_more = match outcome {
        PageOutcome::Withdrawn => Some(ended),
        PageOutcome::Failed | PageOutcome::Unknown => Some(ended + again_after(failures)),
        // What was refused is tried again too, no sooner than after five minutes.
        PageOutcome::Refused => Some(ended + again_after(failures.max(6))),
        _ => None,
    };
    let final_word = matches!(outcome, PageOutcome::Refused | PageOutcome::NoChannel);
    let round = level
        .again
        .filter(|_| !final_word)
        .and_then(|(every, times)| {
            // Rounds are counted from the due time; one that nobody made is not made up for.
            let due = level.due?;
            let passed = (last.at - due).num_seconds().max(0) / i64::from(every);
            let round = passed + 1;
            let at = due + TimeDelta::seconds(round * i64::from(every));
            (round <= i64::from(times)).then_some(at)
        });
    Some(Owed {
        once_more,
        round,
        ended,
        known,
    })
}

/// Pages that are due again are sent again, and no others.
pub(super) fn judge(world: &World<'_>, wrong: &mut Vec<String>) {
    let levels = levels(world);
    for ((name, target, channel), sendings) in sendings(world) {
        let Some(level) = levels.iter().find(|level| level.level == name) else {
            wrong.push(format!("{name} was paged and never armed"));
            continue;
        };
        for (at, sending) in sendings.iter().enumerate() {
            let owed = owed(level, &sendings[..at]);
            let (from, allowed) = match (at, &owed) {
                (0, _) => (level.due, level.due.is_some_and(|due| sending.at >= due)),
                (_, owed) => (
                    owed.as_ref().and_then(Owed::from),
                    owed.as_ref().is_some_and(|owed| owed.allows(sending)),
                ),
            };
            if !allowed {
                wrong.push(format!(
                    "#{} at {} paged {target} by {channel} without reason, number {}; owed {from:?}",
                    sending.seq, sending.at, sending.repeat
                ));
            }
        }
        let next = owed(level, &sendings).and_then(|owed| Some((owed.from()?, owed.known)));
        if let Some((from, known)) = next
            && let Some(at) = opportunity(world, &levels, (level, &target), (from, known))
        {
            wrong.push(format!(
                "{target} of {name} was not paged again by {channel}, owed {from}, though it could be at {at}"
            ));
        }
    }
}

/// Every sending ends, at the latest as unknown.
pub(super) fn ended(world: &World<'_>, wrong: &mut Vec<String>) {
    // The programs may be a few seconds late.
    let young = |at: DateTime<Utc>| world.now - at < UNKNOWN_AFTER + TimeDelta::seconds(5);
    for ((name, target, _), sendings) in sendings(world) {
        let open = sendings.iter().filter(|it| it.result.is_none());
        for Sending { seq, .. } in open.filter(|it| !young(it.at)) {
            wrong.push(format!("#{seq} to {target} of {name} never ended"));
        }
    }
    for entry in &world.entries {
        let Some(intent) = entry.data::<MessageIntended>() else {
            continue;
        };
        let mut results = world
            .entries
            .iter()
            .filter_map(Entry::data::<MessageResulted>);
        let ends = results.any(|result| {
            result.message == intent.message
                && result.channel == intent.channel
                && result.repeat == intent.repeat
        });
        if !ends && !young(recorded(world, entry)) {
            wrong.push(format!("message {} never ended", intent.message));
        }
    }
}
