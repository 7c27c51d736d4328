//! What must hold of any incident, whatever happened: judged from the journal's entries and from what left the
//! programs, by rules written down here and not by the code that played.

mod messages;
mod repeated;

use super::world::{Plant, World};
use crate::incident::entry::{
    BootChanged, ClockEvent, ClockStepped, EscalationArmed, LevelArmed, MessageEvent, Opened,
    PageIntended, PagingEvent, ResponseEvent, StatusChanged,
};
use crate::incident::escalation::{Acknowledge, ArmedLevel, Until};
use crate::incident::{Entry, Event, LevelId, Status, TargetId};
use crate::journal::{JournalStore as _, KnownHead, VerificationContext, verify};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

/// The longest step of the simulation, and once more for what must be heard first.
const LATE: TimeDelta = TimeDelta::seconds(25);

/// Rounds after which a program must know what was recorded.
const TURNS: usize = 4;

pub(super) fn judge(world: &World<'_>, on_disk: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    missed(world, &mut wrong);
    doubled(world, &mut wrong);
    stopped(world, &mut wrong);
    repeated::judge(world, &mut wrong);
    repeated::ended(world, &mut wrong);
    messages::judge(world, &mut wrong);
    closed(world, &mut wrong);
    stepped(world, &mut wrong);
    kept(world, &mut wrong);
    chained(world, on_disk, &mut wrong);
    wrong
}

/// The true time of a wall time given by an entry.
fn truly(world: &World<'_>, seq: u64, at: DateTime<Utc>) -> DateTime<Utc> {
    at - world.truth[seq as usize - 1].1
}

fn recorded(world: &World<'_>, entry: &Entry) -> DateTime<Utc> {
    world.truth[entry.seq as usize - 1].0
}

/// The chain counts from the start that the opening gives, a condition from the classification that met it, both in
/// true time.
fn levels(world: &World<'_>) -> Vec<ArmedLevel> {
    let entries = &world.entries;
    let opened = entries.iter().find(|entry| entry.is::<Opened>());
    let armed = entries.iter().find_map(Entry::data::<EscalationArmed>);
    let mut levels = armed.map(|data| data.levels.clone()).unwrap_or_default();
    for level in &mut levels {
        level.due = level.due.map(|due| truly(world, opened.unwrap().seq, due));
    }
    for entry in entries {
        if let Some(data) = entry.data::<LevelArmed>()
            && let Some(level) = levels.iter_mut().find(|level| level.level == data.level)
        {
            let due = truly(world, data.because, data.due);
            level.due.get_or_insert(due);
        }
    }
    levels
}

/// Whether a level is wanted for a target after the first `count` entries, by the words of the policy.
fn wanted(
    entries: &[Entry],
    count: usize,
    levels: &[ArmedLevel],
    (level, target): (&ArmedLevel, &TargetId),
) -> bool {
    let (mut resolved, mut severity) = (false, None);
    let mut acknowledged: Option<BTreeSet<&TargetId>> = None;
    let mut armed: BTreeSet<&LevelId> = BTreeSet::new();
    for entry in &entries[..count] {
        match entry.event() {
            Some(Event::Response(ResponseEvent::StatusChanged(data))) => {
                resolved = data.status.is_resolved()
            }
            Some(Event::Response(ResponseEvent::Classified(data))) => {
                severity = Some(data.severity)
            }
            Some(Event::Paging(PagingEvent::Acknowledged(data))) => {
                acknowledged.get_or_insert_default().extend(&data.targets);
            }
            Some(Event::Paging(PagingEvent::LevelArmed(data))) => _ = armed.insert(&data.level),
            _ => {}
        }
    }
    let fits = |level: &ArmedLevel| {
        let named = &level.severity;
        named.is_empty() || severity.is_none_or(|severity| named.contains(&severity))
    };
    let by = |target: &TargetId| {
        acknowledged
            .as_ref()
            .is_some_and(|all| all.contains(target))
    };
    let waits = |other: &ArmedLevel| {
        let known = other.when.is_empty() || armed.contains(&other.level);
        let earlier = other
            .due
            .zip(level.due)
            .is_some_and(|(other, due)| other < due);
        let all = other.acknowledge == Acknowledge::All && fits(other);
        known && earlier && all && !other.targets().all(by)
    };
    let answered = match level.acknowledge {
        Acknowledge::All => by(target),
        Acknowledge::Any => acknowledged.is_some() && !levels.iter().any(waits),
    };
    !resolved && fits(level) && !(answered && level.until == Until::Acknowledged)
}

/// A target that was due, wanted for long enough, while a program could act, was paged.
fn missed(world: &World<'_>, wrong: &mut Vec<String>) {
    let levels = levels(world);
    for level in &levels {
        let Some(due) = level.due else { continue };
        for target in level.targets() {
            let mut pages = world.entries.iter().filter_map(Entry::data::<PageIntended>);
            let paged = pages.any(|it| it.level == level.level && it.target == *target);
            if !paged && let Some(at) = opportunity(world, &levels, (level, target), (due, 0)) {
                wrong.push(format!(
                    "{target} of {} was not paged, due {due}, though it could be at {at}",
                    level.level
                ));
            }
        }
    }
}

/// A time from which a program that knew the entry could act for a while, with the page wanted throughout.
fn opportunity(
    world: &World<'_>,
    levels: &[ArmedLevel],
    (level, target): (&ArmedLevel, &TargetId),
    (due, entry): (DateTime<Utc>, u64),
) -> Option<DateTime<Utc>> {
    let mut since: Option<DateTime<Utc>> = None;
    let mut last: Option<DateTime<Utc>> = None;
    // What was wanted after so many entries does not change until there are more.
    let mut known: Option<(usize, bool)> = None;
    for (at, count) in &world.served {
        let gap = last.is_some_and(|last| *at - last > TimeDelta::seconds(11));
        last = Some(*at);
        if known.is_none_or(|(known, _)| known != *count) {
            let entries = &world.entries;
            let mut armed = entries[..*count]
                .iter()
                .filter_map(Entry::data::<LevelArmed>);
            let open = level.when.is_empty() || armed.any(|data| data.level == level.level);
            let wanted = open && wanted(entries, *count, levels, (level, target));
            known = Some((*count, wanted));
        }
        let ready = *at >= due && *count as u64 >= entry && known.is_some_and(|(_, wanted)| wanted);
        if gap || !ready {
            since = None;
            continue;
        }
        let from = *since.get_or_insert(*at);
        if *at - from > LATE {
            return Some(from);
        }
    }
    None
}

/// Each page leaves once; a repetition has the next number and follows the end of the previous sending.
fn doubled(world: &World<'_>, wrong: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for sent in &world.sent {
        if !seen.insert(sent.call.clone()) {
            wrong.push(format!("{:?} left twice", sent.call));
        }
    }
    let entries = world.entries.iter();
    let intents = entries.filter_map(|entry| Some((entry.seq, entry.data::<PageIntended>()?)));
    for (seq, data) in intents {
        let before = world.entries[..seq as usize - 1].iter();
        let before = before.filter_map(Entry::data::<PageIntended>);
        let same = before.filter(|it| it.page == data.page && it.channel == data.channel);
        let before = same.count();
        if before != data.repeat as usize {
            wrong.push(format!(
                "#{seq} repeats {} as number {}, after {before}: twice",
                data.page, data.repeat
            ));
        }
        let page = &data.page;
        let open = world.entries[..seq as usize - 1]
            .iter()
            .rev()
            .find_map(|entry| match entry.event() {
                Some(Event::Paging(PagingEvent::PageResulted(result))) if result.page == *page => {
                    Some(false)
                }
                Some(Event::Paging(PagingEvent::PageIntended(intent))) if intent.page == *page => {
                    Some(true)
                }
                _ => None,
            });
        if open == Some(true) {
            wrong.push(format!(
                "#{seq} repeats {page} while it is under way: twice"
            ));
        }
    }
}

/// Each step of the clock is recorded once, up to the closing.
fn stepped(world: &World<'_>, wrong: &mut Vec<String>) {
    let Some((_, first)) = world.truth.first() else {
        return;
    };
    if world.entries.iter().any(is_closing) {
        return;
    }
    let steps = world.entries.iter().filter_map(Entry::data::<ClockStepped>);
    let (count, sum) = steps.fold((0, 0), |(count, sum), it| (count + 1, sum + it.step_ms));
    let off = (world.off - *first).num_milliseconds();
    // Each boot may begin with a difference that is too small to tell.
    let small = 500 * (1 + world.reboots as i64);
    if (off - sum).abs() > small || count > world.steps {
        wrong.push(format!(
            "the clock was set {} times, by {off} ms; {count} entries record {sum} ms",
            world.steps
        ));
    }
    let boots = world.entries.iter().filter_map(Entry::data::<BootChanged>);
    if boots.count() as u64 > world.reboots {
        wrong.push("a reboot is recorded twice".to_string());
    }
}

fn stopped(world: &World<'_>, wrong: &mut Vec<String>) {
    let levels = levels(world);
    for sent in &world.sent {
        let Some(level) = levels.iter().find(|level| level.level == sent.level) else {
            continue;
        };
        let intent = sent.intent as usize;
        if intent > 0 && !wanted(&world.entries, intent, &levels, (level, &sent.target)) {
            wrong.push(format!(
                "#{intent} paged {} although it was no longer wanted",
                sent.target
            ));
        }
    }
}

/// After the closing nobody is paged, nothing becomes overdue, and nothing of the response is recorded, except what was
/// requested before programs knew.
fn closed(world: &World<'_>, wrong: &mut Vec<String>) {
    let Some(close) = world.entries.iter().find(|it| is_closing(it)) else {
        return;
    };
    for entry in world.entries.iter().filter(|entry| entry.seq > close.seq) {
        let knew = |(_, count): &&(DateTime<Utc>, usize)| {
            (close.seq as usize..entry.seq as usize).contains(count)
        };
        let late = world.served.iter().filter(knew).count() > TURNS;
        let what = match entry.event() {
            Some(Event::Response(ResponseEvent::StatusChanged(_))) => "another status",
            Some(Event::Paging(PagingEvent::Acknowledged(_))) => "an acknowledgement",
            Some(Event::Message(MessageEvent::Updated(_))) => "an update",
            Some(Event::Paging(PagingEvent::PageIntended(_))) if late => "a page",
            Some(Event::Clock(ClockEvent::Overdue(_))) if late => "something overdue",
            _ => continue,
        };
        wrong.push(format!(
            "#{} is {what}, though #{} closed it",
            entry.seq, close.seq
        ));
    }
}

pub(in crate::app::tests::simulation) fn is_closing(entry: &Entry) -> bool {
    let status = entry.data::<StatusChanged>().map(|data| data.status);
    status == Some(Status::Closed)
}

fn kept(world: &World<'_>, wrong: &mut Vec<String>) {
    for head in &world.acknowledged {
        let there = world.entries.get(head.seq as usize - 1);
        if there.is_none_or(|entry| entry.hash != head.hash) {
            wrong.push(format!("#{} was acknowledged and is lost", head.seq));
        }
    }
    let hears = matches!(world.plant, None | Some(Plant::Store(_)));
    if hears && !world.in_agreement() {
        wrong.push("a program has other entries than the journal".into());
    }
    let incidents = world.store.list().unwrap().len();
    if incidents > 1 {
        wrong.push(format!("{incidents} incidents were opened for one alert"));
    }
}

fn chained(world: &World<'_>, on_disk: bool, wrong: &mut Vec<String>) {
    for pair in world.entries.windows(2) {
        if pair[1].seq != pair[0].seq + 1 {
            wrong.push(format!("#{} follows #{}", pair[1].seq, pair[0].seq));
        }
    }
    if !on_disk || world.entries.is_empty() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let home = place.path().join("INC-20261122-0001");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join("journal.jsonl"), &world.lines).unwrap();
    std::fs::write(home.join("disclosures.jsonl"), &world.texts).unwrap();
    let last = world.entries.last();
    let known = VerificationContext {
        head: last.map(|entry| KnownHead {
            seq: entry.seq,
            hash_start: entry.hash.clone(),
        }),
        ..VerificationContext::default()
    };
    match verify(&home, &known) {
        Ok(report) if report.intact => {}
        Ok(report) => wrong.push(format!(
            "the journal does not verify: {:?}",
            report.findings.first()
        )),
        Err(error) => wrong.push(format!("the journal does not verify: {error}")),
    }
}
