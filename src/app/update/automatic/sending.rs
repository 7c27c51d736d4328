//! Sends pages and messages whose intent is durable, and records the results.

use crate::app::effect::{Effect, TerminalEffect};
use crate::app::incident_view::IncidentView;
use crate::app::message::MessageSending;
use crate::app::model::Model;
use crate::app::outgoing::{StatusUpdate, about};
use crate::app::recording::record;
use crate::incident::entry::{
    MessageIntended, MessageKind, MessageResulted, PageIntended, PageOutcome, PageResulted,
    Updated, field,
};
use crate::incident::escalation::{PageAttempt, bell};
use crate::incident::{Draft, Entry, IncidentId, LevelId, Stamp, messages, program};
use crate::outbox::{Delivery, Message, Page, Settle};
use crate::text::Safe;

/// Only the process that made an intent carries it out.
pub(crate) fn carry_out(model: &mut Model, id: &IncidentId, mine: &[Entry]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for entry in mine {
        if let Some(intent) = entry.data::<MessageIntended>() {
            effects.extend(carry_message(model, id, intent));
        }
        let Some(intent) = entry.data::<PageIntended>() else {
            continue;
        };
        match local_result(model, id, intent) {
            Some(delivery) => {
                if delivery.outcome == PageOutcome::Accepted {
                    model.rang = Some(model.now);
                    let ring = TerminalEffect::Bell(bell_text(model, id, intent));
                    effects.push(Effect::Terminal(ring));
                }
                let (level, call) = (intent.level.clone(), call(intent));
                effects.extend(page_result(model, id, level, call, delivery));
            }
            None => {
                let view = model.views.get(id);
                let page = view.map(|view| page(id, view, intent, entry));
                effects.extend(page.map(|page| Effect::Send {
                    channel: intent.channel.clone(),
                    message: Box::new(Message::Page(page)),
                }));
            }
        }
    }
    effects
}

const SIMULATED: &str = "an exercise sends nothing";

fn call(intent: &PageIntended) -> PageAttempt {
    PageAttempt {
        page: intent.page.clone(),
        channel: intent.channel.clone(),
        repeat: intent.repeat,
    }
}

/// The result of a page that does not leave this process; `None` if it does.
fn local_result(model: &Model, id: &IncidentId, intent: &PageIntended) -> Option<Delivery> {
    // Recording may have taken a while, for example with a full disk.
    let wanted = model.views.get(id).is_some_and(|view| {
        let incident = &view.incident;
        let level = incident.escalation.level(&intent.level);
        level.is_some_and(|level| level.wanted_by(&intent.target, &incident.response()))
    });
    let rings = intent.channel == bell();
    let known = |way: &messages::ChannelInfo| way.name == intent.channel && way.pages;
    let known = model.setup.channels.iter().any(known);
    let mut unusable = model.setup.unusable.iter();
    let unusable = unusable.any(|way| way.name == intent.channel);
    let (outcome, detail) = match (wanted, rings, &model.setup.drill) {
        (false, _, _) => (
            PageOutcome::Withdrawn,
            "acknowledged, resolved or closed meanwhile",
        ),
        (true, true, _) if model.setup.headless => (
            PageOutcome::NoChannel,
            "no terminal here: this is the paging service",
        ),
        (true, true, _) => (PageOutcome::Accepted, "this terminal's bell"),
        (true, false, Some(_)) => (PageOutcome::Simulated, SIMULATED),
        (true, false, None) if known => return None,
        // A process with the credential will page again.
        (true, false, None) if unusable => (
            PageOutcome::Failed,
            "no process that has the credential of this channel has paged: call by phone now",
        ),
        (true, false, None) => (
            PageOutcome::NoChannel,
            "this channel is not configured here: call by phone now",
        ),
    };
    Some(local_delivery(outcome, detail))
}

fn local_delivery(outcome: PageOutcome, detail: &str) -> Delivery {
    Delivery {
        outcome,
        http: None,
        attempts: u32::from(outcome == PageOutcome::Accepted),
        detail: Safe::line(detail),
        remote: None,
        retry_after: None,
    }
}

fn page(id: &IncidentId, view: &IncidentView, intent: &PageIntended, entry: &Entry) -> Page {
    let level = view.incident.escalation.level(&intent.level);
    let conditions = level.map_or(&[][..], |level| &level.armed.when).iter();
    let raised = conditions.filter(|condition| view.incident.flags.contains(*condition));
    Page {
        because: raised.cloned().collect(),
        id: intent.page.clone(),
        about: about(id, view),
        level: intent.level.clone(),
        target: intent.target.clone(),
        who: entry.text(field::WHO).map(Safe::line),
        due: intent.due,
        repeat: intent.repeat,
    }
}

fn carry_message(model: &mut Model, id: &IncidentId, intent: &MessageIntended) -> Vec<Effect> {
    let view = model.views.get(id);
    let message = view.and_then(|view| message(id, view, intent, &model.stamp));
    let Some(message) = message.filter(|_| model.setup.drill.is_none()) else {
        let delivery = local_delivery(PageOutcome::Simulated, SIMULATED);
        let sending = MessageSending {
            message: intent.message.clone(),
            channel: intent.channel.clone(),
            repeat: intent.repeat,
        };
        return message_result(model, id, sending, delivery);
    };
    vec![Effect::Send {
        channel: intent.channel.clone(),
        message: Box::new(message),
    }]
}

fn message(
    id: &IncidentId,
    view: &IncidentView,
    intent: &MessageIntended,
    stamp: &Stamp,
) -> Option<Message> {
    if let (MessageKind::Settle(how), Some(page)) = (intent.what, &intent.page) {
        return Some(Message::Settle(Settle {
            id: intent.message.clone(),
            repeat: intent.repeat,
            page: page.clone(),
            about: about(id, view),
            how,
        }));
    }
    let mut entries = view.entries.iter();
    let entry = entries.find(|entry| entry.seq == intent.about)?;
    let data = entry.data::<Updated>()?;
    let update = StatusUpdate {
        id: &intent.message,
        audience: data.audience,
        text: Safe::block(entry.text(field::TEXT).unwrap_or_default()),
        repeat: intent.repeat,
    };
    Some(update.message(&intent.channel, id, view, stamp))
}

pub(crate) fn message_result(
    model: &mut Model,
    id: &IncidentId,
    sending: MessageSending,
    delivery: Delivery,
) -> Vec<Effect> {
    let data = MessageResulted {
        message: sending.message,
        channel: sending.channel,
        repeat: sending.repeat,
        outcome: delivery.outcome,
        http: delivery.http,
        attempts: delivery.attempts,
        retry_after: delivery.retry_after,
        remote: delivery.remote,
    };
    let draft = Draft::new(&program(), data).with(field::DETAIL, delivery.detail);
    record(model, id, vec![draft])
}

pub(crate) fn page_result(
    model: &mut Model,
    id: &IncidentId,
    level: LevelId,
    call: PageAttempt,
    delivery: Delivery,
) -> Vec<Effect> {
    let data = PageResulted {
        page: call.page,
        level,
        channel: call.channel,
        repeat: call.repeat,
        outcome: delivery.outcome,
        http: delivery.http,
        attempts: delivery.attempts,
        retry_after: delivery.retry_after,
    };
    let draft = Draft::new(&program(), data).with(field::DETAIL, delivery.detail);
    record(model, id, vec![draft])
}

fn bell_text(model: &Model, id: &IncidentId, intent: &PageIntended) -> Safe {
    let title = model.views.get(id).map_or("", |view| view.title());
    Safe::line(&format!("{title}: {} is paged", intent.target))
}
