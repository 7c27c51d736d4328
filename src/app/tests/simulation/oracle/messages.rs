//! Updates go out to their audience, and receivers of pages are informed when these are settled: once each, unless it
//! failed.

use super::{LATE, levels, recorded, wanted};
use crate::app::tests::simulation::world::World;
use crate::incident::entry::{
    Audience, MessageIntended, MessageKind, MessageResulted, PageIntended, PageOutcome,
    PageResulted, PagingEvent, ResponseEvent, Updated,
};
use crate::incident::{Entry, Event};
use chrono::TimeDelta;

pub(super) fn judge(world: &World<'_>, wrong: &mut Vec<String>) {
    let entries = world.entries.iter();
    let intents = entries.filter_map(|entry| Some((entry, entry.data::<MessageIntended>()?)));
    let intents: Vec<(&Entry, &MessageIntended)> = intents.collect();
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
        let updates = intents
            .iter()
            .filter(|(_, it)| it.what == MessageKind::Update);
        let sent = updates.filter(|(_, it)| it.about == entry.seq).count();
        let carried = data.audience == Audience::Stakeholders;
        let late = world.now - recorded(world, entry) > LATE;
        if (sent == 0 && carried && late) || (sent > 0 && !carried) {
            wrong.push(format!("update #{} went out {sent} times", entry.seq));
        }
    }
    for (entry, intent) in intents {
        let updates = &mut world.entries.iter().filter(|it| it.is::<Updated>());
        let update = updates.any(|it| it.seq == intent.about);
        if intent.what == MessageKind::Update && !update {
            wrong.push(format!(
                "#{} tells of #{}, which is no update",
                entry.seq, intent.about
            ));
        }
    }
}

/// At the end every page that a receiver may have taken and nobody needs any more is settled.
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
        let taken = may_be_taken(result.outcome);
        let calm = world.now - recorded(world, entry) > TimeDelta::seconds(60);
        let mut pages = world.entries.iter().filter_map(Entry::data::<PageIntended>);
        let Some(page) = pages.find(|it| it.page == result.page) else {
            continue;
        };
        let Some(level) = levels.iter().find(|level| level.level == page.level) else {
            continue;
        };
        let mut settled = intents.iter();
        let settled = settled.any(|(_, it)| it.page.as_ref() == Some(&result.page));
        let over = answered && !wanted(&world.entries, all, &levels, (level, &page.target));
        if taken && calm && over && !settled {
            wrong.push(format!("no message that {} is settled", result.page));
        }
    }
    for (entry, intent) in intents {
        let before = entry.seq as usize - 1;
        let results = world.entries[..before]
            .iter()
            .filter_map(Entry::data::<PageResulted>);
        let mut taken = results.filter(|it| may_be_taken(it.outcome));
        let known = taken.any(|it| Some(&it.page) == intent.page.as_ref());
        if intent.page.is_some() && !known {
            wrong.push(format!("#{} settles what nobody has taken", entry.seq));
        }
    }
}

fn may_be_taken(outcome: PageOutcome) -> bool {
    matches!(outcome, PageOutcome::Accepted | PageOutcome::Unknown)
}

/// A message is sent again only a minute after a sending that failed or may have failed.
fn once(world: &World<'_>, intents: &[(&Entry, &MessageIntended)], wrong: &mut Vec<String>) {
    for (entry, intent) in intents {
        let Some(last) = intent.repeat.checked_sub(1) else {
            continue;
        };
        let before = world.entries[..entry.seq as usize - 1].iter().rev();
        let mut results = before.filter_map(|it| Some((it, it.data::<MessageResulted>()?)));
        let result = results.find(|(_, result)| {
            result.message == intent.message
                && result.channel == intent.channel
                && result.repeat == last
        });
        let update = intent.what == MessageKind::Update;
        let again = result.is_some_and(|(result_entry, result)| {
            let failed = match result.outcome {
                PageOutcome::Failed => true,
                // Readers cannot tell a repetition: a person decides.
                PageOutcome::Unknown => !update,
                _ => false,
            };
            failed
                && recorded(world, entry) - recorded(world, result_entry) >= TimeDelta::seconds(60)
        });
        if !again {
            wrong.push(format!(
                "#{} sends {} again without reason",
                entry.seq, intent.message
            ));
        }
    }
}
