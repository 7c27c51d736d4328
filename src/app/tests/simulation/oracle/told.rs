//! That updates go out to whom they are for, and that the receivers of pages hear when they are settled: once each,
//! unless it failed.

use super::{LATE, levels, recorded, wanted};
use crate::app::tests::simulation::world::World;
use crate::incident::entry::{
    Audience, MessageEvent, MessageIntended, MessageKind, PageOutcome, PageResulted, PagingEvent,
    ResponseEvent, Updated,
};
use crate::incident::{Entry, Event};
use chrono::TimeDelta;

pub(super) fn judge(world: &World<'_>, wrong: &mut Vec<String>) {
    let intents: Vec<(&Entry, &MessageIntended)> = world
        .entries
        .iter()
        .filter_map(|entry| match entry.event() {
            Some(Event::Message(MessageEvent::MessageIntended(data))) => Some((entry, data)),
            _ => None,
        })
        .collect();
    updates(world, &intents, wrong);
    settled(world, &intents, wrong);
    once(world, &intents, wrong);
}

/// The only channel of this world carries updates for stakeholders.
fn updates(world: &World<'_>, intents: &[(&Entry, &MessageIntended)], wrong: &mut Vec<String>) {
    for entry in &world.entries {
        let Some(data) = entry.data::<Updated>() else {
            continue;
        };
        let of_it = |(_, intent): &&(&Entry, &MessageIntended)| {
            intent.tells == entry.seq && intent.what == MessageKind::Update
        };
        let sent = intents.iter().filter(of_it).count();
        let carried = data.audience == Audience::Stakeholders;
        let late = world.now - recorded(world, entry) > LATE;
        if (sent == 0 && carried && late) || (sent > 0 && !carried) {
            wrong.push(format!("update #{} went out {sent} times", entry.seq));
        }
    }
    for (entry, intent) in intents {
        let update = world
            .entries
            .iter()
            .any(|other| other.seq == intent.tells && other.is::<Updated>());
        if intent.what == MessageKind::Update && !update {
            wrong.push(format!(
                "#{} tells of #{}, which is no update",
                entry.seq, intent.tells
            ));
        }
    }
}

/// At the end everything that a receiver may have taken, and that nobody wants any more, is settled.
fn settled(world: &World<'_>, intents: &[(&Entry, &MessageIntended)], wrong: &mut Vec<String>) {
    let all = world.entries.len();
    let levels = levels(world);
    let answered = world.entries.iter().any(|entry| match entry.event() {
        Some(Event::Paging(PagingEvent::Acknowledged(_))) => true,
        Some(Event::Response(ResponseEvent::StatusChanged(data))) => data.status.is_resolved(),
        _ => false,
    });
    for entry in &world.entries {
        let Some(result) = entry.data::<PageResulted>() else {
            continue;
        };
        let taken = matches!(result.outcome, PageOutcome::Accepted | PageOutcome::Unknown);
        let calm = world.now - recorded(world, entry) > TimeDelta::seconds(60);
        let page = world.entries.iter().find_map(|other| match other.event() {
            Some(Event::Paging(PagingEvent::PageIntended(intent)))
                if intent.page == result.page =>
            {
                Some(intent)
            }
            _ => None,
        });
        let Some((page, level)) = page.and_then(|page| {
            let level = levels.iter().find(|level| level.level == page.level)?;
            Some((page, level))
        }) else {
            continue;
        };
        let told = intents
            .iter()
            .any(|(_, intent)| intent.page.as_ref() == Some(&result.page));
        let over = answered && !wanted(&world.entries, all, &levels, (level, &page.target));
        if taken && calm && over && !told {
            wrong.push(format!("nobody told that {} is settled", result.page));
        }
    }
    for (entry, intent) in intents {
        let before = entry.seq as usize - 1;
        let known = world.entries[..before].iter().any(|other| {
            other.data::<PageResulted>().is_some_and(|result| {
                Some(&result.page) == intent.page.as_ref()
                    && matches!(result.outcome, PageOutcome::Accepted | PageOutcome::Unknown)
            })
        });
        if intent.page.is_some() && !known {
            wrong.push(format!("#{} settles what nobody has taken", entry.seq));
        }
    }
}

/// A message leaves again only after the sending before has failed, or may have; and a minute later.
fn once(world: &World<'_>, intents: &[(&Entry, &MessageIntended)], wrong: &mut Vec<String>) {
    for (entry, intent) in intents {
        let before = |repeat: u32| {
            let ended = world.entries[..entry.seq as usize - 1].iter();
            ended.rev().find_map(move |other| match other.event() {
                Some(Event::Message(MessageEvent::MessageResulted(result)))
                    if result.message == intent.message
                        && result.channel == intent.channel
                        && result.repeat == repeat =>
                {
                    Some((recorded(world, other), result.outcome))
                }
                _ => None,
            })
        };
        let Some(last) = intent.repeat.checked_sub(1) else {
            continue;
        };
        let update = intent.what == MessageKind::Update;
        let again = before(last).is_some_and(|(at, outcome)| {
            let vain = match outcome {
                PageOutcome::Failed => true,
                // Readers cannot tell a repetition: a person decides.
                PageOutcome::Unknown => !update,
                _ => false,
            };
            vain && recorded(world, entry) - at >= TimeDelta::seconds(60)
        });
        if !again {
            wrong.push(format!(
                "#{} sends {} again without reason",
                entry.seq, intent.message
            ));
        }
    }
}
