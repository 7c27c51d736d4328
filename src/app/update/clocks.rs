//! Time: who is to be called now, what became of calls, and the bell.

use super::{observe, program, record};
use crate::app::board::Board;
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::incident::entry::{
    EscalationArmed, LevelArmed, PageIntended, PageOutcome, PageResulted, field,
};
use crate::incident::escalation::{Channel, page_id};
use crate::incident::{Draft, Entry, Event, IncidentId, Slug};
use crate::outbox::{Delivery, Page};
use crate::text::Safe;
use chrono::TimeDelta;

/// Seconds between rings while a call is overdue.
const RING_EVERY: i64 = 30;

pub(super) fn tick(model: &mut Model) -> Vec<Effect> {
    let mut effects = observe::record_contact(model);
    let ids: Vec<IncidentId> = model.open_boards().map(|(id, _)| id.clone()).collect();
    for id in ids {
        let drafts = due(model, &id);
        effects.extend(record(model, &id, drafts));
    }
    effects.extend(ring_again(model));
    effects
}

/// What the escalation of an incident asks for now.
fn due(model: &Model, id: &IncidentId) -> Vec<Draft> {
    let Some(board) = model.boards.get(id) else {
        return Vec::new();
    };
    let incident = &board.incident;
    let Some(opened) = &incident.opened else {
        return Vec::new();
    };
    if incident.escalation.armed.is_none() {
        let (policy, digest) = &model.setup.escalation;
        let from = opened.data.started;
        let data = EscalationArmed {
            policy: digest.clone(),
            from,
            levels: policy.arm(from),
        };
        return vec![Draft::new(&program(), Event::EscalationArmed(data))];
    }
    let mut drafts = Vec::new();
    let acknowledged = incident.acknowledged().is_some();
    for level in &incident.escalation.levels {
        if level.armed.due.is_none() {
            drafts.extend(condition_met(board, &level.armed));
            continue;
        }
        for (channel, repeat) in level.lost_results(model.now) {
            drafts.push(lost_result(id, &level.armed.level, channel, repeat));
        }
        for (channel, repeat) in level.to_send(acknowledged, incident.status, model.now) {
            let data = PageIntended {
                page: page_id(id.as_str(), &level.armed.level),
                level: level.armed.level.clone(),
                target: level.armed.target.clone(),
                channel: channel.slug(),
                due: level.armed.due.unwrap_or(model.now),
                repeat,
            };
            drafts.push(Draft::new(&program(), Event::PageIntended(data)));
        }
    }
    drafts
}

/// The draft that makes a conditional level due, once the classification in force raises its condition.
fn condition_met(board: &Board, level: &crate::incident::escalation::ArmedLevel) -> Option<Draft> {
    let verdict = board.incident.classification()?;
    verdict
        .flags
        .iter()
        .any(|flag| level.when.contains(flag))
        .then_some(())?;
    let due = verdict.at + TimeDelta::seconds(i64::from(level.after));
    let data = LevelArmed {
        level: level.level.clone(),
        due,
        because: verdict.seq,
    };
    Some(Draft::new(&program(), Event::LevelArmed(data)))
}

/// Intents that are durable now and that this process made: they are carried out, by this process only.
pub(super) fn carry_out(model: &mut Model, id: &IncidentId, mine: &[Entry]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for entry in mine {
        let Some(Event::PageIntended(intent)) = entry.event() else {
            continue;
        };
        if intent.channel == Channel::Bell.slug() {
            model.rang = Some(model.now);
            effects.push(Effect::Bell);
            let delivery = Delivery {
                outcome: PageOutcome::Accepted,
                http: None,
                attempts: 1,
                detail: Safe::line("this terminal's bell"),
            };
            let (level, channel) = (intent.level.clone(), intent.channel.clone());
            effects.extend(paged(model, id, level, channel, intent.repeat, delivery));
        } else if let Some(outcome) = nowhere_to_go(model, id, &intent.level) {
            let detail = match outcome {
                PageOutcome::Withdrawn => "acknowledged, resolved or closed meanwhile",
                PageOutcome::Simulated => "an exercise sends nothing",
                _ => "configure `webhook`, and call by phone now",
            };
            let delivery = Delivery {
                outcome,
                http: None,
                attempts: 0,
                detail: Safe::line(detail),
            };
            let (level, channel) = (intent.level.clone(), intent.channel.clone());
            effects.extend(paged(model, id, level, channel, intent.repeat, delivery));
        } else if let Some(board) = model.boards.get(id) {
            effects.push(Effect::Send(page(id, board, intent)));
        }
    }
    effects
}

/// Why a page does not leave, where it does not.
fn nowhere_to_go(model: &Model, id: &IncidentId, level: &Slug) -> Option<PageOutcome> {
    // Recording may have taken a while: the disk was full, another process held the lock.
    let wanted = model.boards.get(id).is_some_and(|board| {
        let incident = &board.incident;
        let level = incident
            .escalation
            .levels
            .iter()
            .find(|known| known.armed.level == *level);
        level.is_some_and(|level| level.wanted(incident.acknowledged().is_some(), incident.status))
    });
    if !wanted {
        return Some(PageOutcome::Withdrawn);
    }
    match (&model.setup.drill, model.setup.webhook) {
        (Some(_), _) => Some(PageOutcome::Simulated),
        (None, false) => Some(PageOutcome::NoChannel),
        (None, true) => None,
    }
}

fn page(id: &IncidentId, board: &Board, intent: &PageIntended) -> Page {
    let head: String = board.incident.head.chars().take(12).collect();
    Page {
        id: intent.page.clone(),
        incident: id.clone(),
        title: Safe::line(board.title()),
        severity: board.incident.severity(),
        started: board.incident.started(),
        level: intent.level.clone(),
        target: intent.target.clone(),
        due: intent.due,
        repeat: intent.repeat,
        head: format!("{}/{head}", board.incident.count),
    }
}

pub(super) fn paged(
    model: &mut Model,
    id: &IncidentId,
    level: Slug,
    channel: Slug,
    repeat: u32,
    delivery: Delivery,
) -> Vec<Effect> {
    let data = PageResulted {
        page: page_id(id.as_str(), &level),
        level,
        channel,
        repeat,
        outcome: delivery.outcome,
        http: delivery.http,
        attempts: delivery.attempts,
    };
    let draft =
        Draft::new(&program(), Event::PageResulted(data)).with(field::DETAIL, delivery.detail);
    record(model, id, vec![draft])
}

/// Rings again while a page waits for an acknowledgement: a single bell is easily slept through.
fn ring_again(model: &mut Model) -> Vec<Effect> {
    let waits = |board: &Board| {
        let incident = &board.incident;
        let called = incident
            .escalation
            .levels
            .iter()
            .any(|level| !level.pages.is_empty());
        // What cannot be recorded cannot be sent either: then the bell is all there is.
        (called || board.problem.is_some())
            && incident.acknowledged().is_none()
            && !incident.status.is_resolved()
    };
    let wanted = !model.setup.read_only && model.open_boards().any(|(_, board)| waits(board));
    let quiet = model
        .rang
        .is_none_or(|at| (model.now - at).num_seconds() >= RING_EVERY);
    if !wanted || !quiet {
        return Vec::new();
    }
    model.rang = Some(model.now);
    vec![Effect::Bell]
}

/// That nobody will ever know what became of a page.
pub(crate) fn lost_result(id: &IncidentId, level: &Slug, channel: Slug, repeat: u32) -> Draft {
    let data = PageResulted {
        page: page_id(id.as_str(), level),
        level: level.clone(),
        channel,
        repeat,
        outcome: PageOutcome::Unknown,
        http: None,
        attempts: 0,
    };
    let why = "no result was recorded in time: the program that sent it may have ended";
    Draft::new(&program(), Event::PageResulted(data)).with(field::DETAIL, Safe::line(why))
}
