//! When a call is owed once more, and that it is made then and not otherwise. Written from the words of the policy and
//! of the documentation, in their numbers: nothing here asks the code that decides.

use super::{levels, opportunity, recorded};
use crate::app::tests::simulation::world::World;
use crate::incident::entry::{
    MessageIntended, MessageResulted, PageIntended, PageOutcome, PagingEvent,
};
use crate::incident::escalation::ArmedLevel;
use crate::incident::{ChannelId, Event, LevelId, TargetId};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// What failed, or may have, is tried again after a minute five times in a row, then every five minutes, and after thirty
/// in a row every half hour.
fn again_after(in_vain: usize) -> TimeDelta {
    TimeDelta::minutes(match in_vain {
        0..=5 => 1,
        6..=30 => 5,
        _ => 30,
    })
}
/// What nobody has heard of for a minute and a half is unknown.
const UNKNOWN_AFTER: TimeDelta = TimeDelta::seconds(90);

/// One sending as the journal tells it.
#[derive(Debug, Clone)]
struct Told {
    seq: u64,
    at: DateTime<Utc>,
    repeat: u32,
    result: Option<(u64, DateTime<Utc>, PageOutcome)>,
}

/// The sendings to each target of each level by each channel, in order.
type Sendings = BTreeMap<(LevelId, TargetId, ChannelId), Vec<Told>>;

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
                all.entry(key).or_default().push(Told {
                    seq,
                    at,
                    repeat,
                    result: None,
                });
            }
            Some(Event::Paging(PagingEvent::PageResulted(data))) => {
                let same = |other: &&crate::incident::Entry| {
                    other.data::<PageIntended>().is_some_and(|intent| {
                        intent.page == data.page
                            && intent.channel == data.channel
                            && intent.repeat == data.repeat
                    })
                };
                let Some(intent) = world.entries.iter().find(same) else {
                    continue;
                };
                let told = all.values_mut().flatten();
                for told in told.filter(|told| told.seq == intent.seq) {
                    let result = (entry.seq, recorded(world, entry), data.outcome);
                    told.result.get_or_insert(result);
                }
            }
            _ => {}
        }
    }
    all
}

/// When another sending is owed after these.
struct Owed {
    /// Once more, because the last one was in vain.
    once_more: Option<DateTime<Utc>>,
    /// The next round of calls until somebody is reached, never before the last one has ended.
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

    /// Whether a sending was owed.
    fn allows(&self, sending: &Told) -> bool {
        let mut owed = self.once_more.into_iter().chain(self.round);
        owed.any(|owed| sending.at >= owed)
    }
}

fn owed(level: &ArmedLevel, before: &[Told]) -> Option<Owed> {
    let last = before.last()?;
    let (known, ended, outcome) = last.result?;
    let vain = |told: &&Told| {
        let outcome = told.result.map(|(_, _, outcome)| outcome);
        matches!(
            outcome,
            Some(
                PageOutcome::Failed
                    | PageOutcome::Unknown
                    | PageOutcome::Refused
                    | PageOutcome::Withdrawn
            )
        )
    };
    let in_vain = before.iter().rev().take_while(vain).count();
    let once_more = match outcome {
        PageOutcome::Withdrawn => Some(ended),
        PageOutcome::Failed | PageOutcome::Unknown => Some(ended + again_after(in_vain)),
        // What was refused is tried again too, no sooner than after five minutes.
        PageOutcome::Refused => Some(ended + again_after(in_vain.max(6))),
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
    for ((name, target, channel), told) in sendings(world) {
        let Some(level) = levels.iter().find(|level| level.level == name) else {
            wrong.push(format!("{name} was called and never armed"));
            continue;
        };
        for (at, sending) in told.iter().enumerate() {
            let (from, allowed) = match at {
                0 => {
                    let due = level.due;
                    (due, due.is_some_and(|due| sending.at >= due))
                }
                _ => {
                    let owed = owed(level, &told[..at]);
                    let allowed = |owed: &Owed| owed.allows(sending);
                    (
                        owed.as_ref().and_then(Owed::from),
                        owed.as_ref().is_some_and(allowed),
                    )
                }
            };
            if !allowed {
                wrong.push(format!(
                    "#{} at {} called {target} by {channel} without reason, number {}; owed {from:?}",
                    sending.seq, sending.at, sending.repeat
                ));
            }
        }
        let next = owed(level, &told).and_then(|owed| Some((owed.from()?, owed.known)));
        if let Some((from, known)) = next
            && let Some(at) = opportunity(world, &levels, (level, &target), (from, known))
        {
            wrong.push(format!(
                "{target} of {name} was not called again by {channel}, owed {from}, though it could be at {at}"
            ));
        }
    }
}

/// Every sending has its end, at the latest when it counts as unknown.
pub(super) fn ended(world: &World<'_>, wrong: &mut Vec<String>) {
    // The programs may be a few seconds late.
    let young = |at: DateTime<Utc>| world.now - at < UNKNOWN_AFTER + TimeDelta::seconds(5);
    for ((name, target, _), told) in sendings(world) {
        for sending in told
            .iter()
            .filter(|told| told.result.is_none() && !young(told.at))
        {
            wrong.push(format!(
                "#{} to {target} of {name} never ended",
                sending.seq
            ));
        }
    }
    for entry in &world.entries {
        let Some(intent) = entry.data::<MessageIntended>() else {
            continue;
        };
        let ends = world.entries.iter().any(|other| {
            other.data::<MessageResulted>().is_some_and(|result| {
                result.message == intent.message
                    && result.channel == intent.channel
                    && result.repeat == intent.repeat
            })
        });
        if !ends && !young(recorded(world, entry)) {
            wrong.push(format!("message {} never ended", intent.message));
        }
    }
}
