//! Time: who is to be called now, what became of calls, and the bell.

use super::guard::{HINT, guarded};
use super::{contact, continuation, proposals};
use crate::app::effect::Effect;
use crate::app::incident_view::IncidentView;
use crate::app::model::{Awaited, Model};
use crate::app::recording::record;
use crate::incident::closing::still_sends;
use crate::incident::entry::{
    Audience, MessageIntended, MessageKind, MessageResulted, PageIntended, PageOutcome,
    PageResulted, Updated, field,
};
use crate::incident::escalation::{Call, Orders, bell, course, lost_results};
use crate::incident::{
    Draft, Entry, Incident, IncidentId, Moment, Slug, Stamp, cadence, messages, program,
};
use crate::outbox::{About, Delivery, Message, Page, Settle, Update};
use crate::text::Safe;

/// Seconds between rings while a call is overdue.
const RING_EVERY: i64 = 30;

pub(crate) fn tick(model: &mut Model) -> Vec<Effect> {
    let wanted = guarded(model, "going on after damage", continuation::wanted);
    let mut effects = wanted.unwrap_or_default();
    let contact = guarded(model, "recording lost sources", contact::record_contact);
    effects.extend(contact.unwrap_or_default());
    let ids: Vec<IncidentId> = model.open_views().map(|(id, _)| id.clone()).collect();
    for id in ids {
        let drafts = due(model, &id);
        effects.extend(record(model, &id, drafts));
    }
    let closed: Vec<IncidentId> = just_closed(model).cloned().collect();
    for id in closed {
        let name = format!("what is owed after closing {id}");
        let drafts = guarded(model, &name, |model| outstanding(model, &id));
        effects.extend(record(model, &id, drafts.unwrap_or_default()));
    }
    let proposals = guarded(model, "proposing a severity", proposals::consider);
    effects.extend(proposals.unwrap_or_default());
    effects.extend(ring_again(model));
    effects
}

/// Incidents that were closed a short while ago, and can still be added to.
fn just_closed(model: &Model) -> impl Iterator<Item = &IncidentId> {
    let views = model.views.iter();
    views
        .filter(|(_, view)| still_sends(&view.incident, view.incident.now(&model.stamp)))
        .map(|(id, _)| id)
}

/// What a closed incident still owes: nobody is called any more, but updates that were written go out, receivers hear
/// that it has ended, and every sending gets an end.
fn outstanding(model: &Model, id: &IncidentId) -> Vec<Draft> {
    let Some(view) = model.views.get(id) else {
        return Vec::new();
    };
    let incident = &view.incident;
    let now = incident.now(&model.stamp);
    let levels = incident.escalation.levels.iter();
    let lost = levels.flat_map(|level| lost_results(level, now));
    let ways = &model.setup.channels;
    lost.chain(messages::due(id.as_str(), incident, ways, now))
        .collect()
}

/// What one part of an incident asks for at a moment.
type Asks = fn(&Model, &IncidentId, &Incident, Moment) -> Vec<Draft>;

/// What an incident asks for now: each kind by itself, so that a defect in one does not keep people from being called.
fn due(model: &mut Model, id: &IncidentId) -> Vec<Draft> {
    let name = format!("calling people for {id}");
    let called = guarded(model, &name, |model| called(model, id));
    if called.is_none()
        && let Some(view) = model.views.get_mut(id)
    {
        let what = "a defect keeps people from being called".to_string();
        view.problem = Some((what, HINT.to_string()));
    }
    let mut drafts = called.unwrap_or_default();
    let others: [(&str, Asks); 2] = [
        ("sending messages for", |model, id, incident, now| {
            messages::due(id.as_str(), incident, &model.setup.channels, now)
        }),
        ("the cadence of", |_, _, incident, now| {
            cadence::overdue(incident, now)
        }),
    ];
    for (what, asks) in others {
        let asked = guarded(model, &format!("{what} {id}"), |model| {
            let incident = &model.views.get(id)?.incident;
            Some(asks(model, id, incident, incident.now(&model.stamp)))
        });
        drafts.extend(asked.flatten().unwrap_or_default());
    }
    drafts
}

/// What the clocks and the escalation of an incident ask for now.
fn called(model: &Model, id: &IncidentId) -> Vec<Draft> {
    let Some(view) = model.views.get(id) else {
        return Vec::new();
    };
    let (policy, digest) = &model.setup.escalation;
    let own = own_channels(model);
    let unusable: Vec<Slug> = model
        .setup
        .unusable
        .iter()
        .map(|way| way.name.clone())
        .collect();
    let orders = Orders {
        unusable: &unusable,
        own: own.as_deref(),
        policy,
        digest,
        rota: &model.live.rota,
        paged_elsewhere: is_paged_elsewhere(model),
    };
    let incident = &view.incident;
    let now = incident.now(&model.stamp);
    // What is recorded next is read by it.
    let news = incident.clock.news(&model.stamp);
    let mut drafts: Vec<Draft> = news
        .map(|news| Draft::new(&program(), news.event()))
        .into_iter()
        .collect();
    drafts.extend(course(id.as_str(), incident, &orders, now));
    drafts
}

/// Whether another pager is waited for. One that cannot even be asked is not.
fn is_paged_elsewhere(model: &Model) -> bool {
    let mut awaited = model.setup.awaited.iter();
    let unasked = awaited.any(|what| matches!(what, Awaited::Pager(_)));
    !model.setup.paged_elsewhere.is_empty() && !unasked
}

/// By what this program can call, where another one keeps the clocks too.
fn own_channels(model: &Model) -> Option<Vec<Slug>> {
    if !model.live.peers.iter().any(|peer| peer.alive) {
        return None;
    }
    let carry = model.setup.channels.iter().filter(|way| way.pages);
    let mut own: Vec<Slug> = carry.map(|way| way.name.clone()).collect();
    if !model.setup.headless {
        own.push(bell());
    }
    Some(own)
}

/// Intents that are durable now and that this process made: they are carried out, by this process only.
pub(crate) fn carry_out(model: &mut Model, id: &IncidentId, mine: &[Entry]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for entry in mine {
        if let Some(intent) = entry.data::<MessageIntended>() {
            effects.extend(carry_message(model, id, intent));
        }
        let Some(intent) = entry.data::<PageIntended>() else {
            continue;
        };
        match local(model, id, intent) {
            Some(delivery) => {
                if delivery.outcome == PageOutcome::Accepted {
                    model.rang = Some(model.now);
                    effects.push(Effect::Bell(rings_for(model, id, intent)));
                }
                effects.extend(paged(
                    model,
                    id,
                    intent.level.clone(),
                    call(intent),
                    delivery,
                ));
            }
            None => {
                let page = model
                    .views
                    .get(id)
                    .map(|view| page(id, view, intent, entry));
                effects.extend(page.map(|page| Effect::Send {
                    channel: intent.channel.clone(),
                    message: Box::new(Message::Page(page)),
                }));
            }
        }
    }
    effects
}

fn call(intent: &PageIntended) -> Call {
    Call {
        page: intent.page.clone(),
        channel: intent.channel.clone(),
        repeat: intent.repeat,
    }
}

/// What became of a page that does not leave this process; nothing where it does leave.
fn local(model: &Model, id: &IncidentId, intent: &PageIntended) -> Option<Delivery> {
    // Recording may have taken a while: the disk was full, another process held the lock.
    let wanted = model.views.get(id).is_some_and(|view| {
        let incident = &view.incident;
        let level = incident.escalation.level(&intent.level);
        level.is_some_and(|level| level.wanted_by(&intent.target, &incident.response()))
    });
    let rings = intent.channel == bell();
    let known = |way: &messages::Way| way.name == intent.channel && way.pages;
    let known = model.setup.channels.iter().any(known);
    let unusable = model
        .setup
        .unusable
        .iter()
        .any(|way| way.name == intent.channel);
    let (outcome, detail) = match (wanted, rings, &model.setup.drill) {
        (false, _, _) => (
            PageOutcome::Withdrawn,
            "acknowledged, resolved or closed meanwhile",
        ),
        (true, true, _) if model.setup.headless => (
            PageOutcome::NoChannel,
            "no terminal here: this is the watch",
        ),
        (true, true, _) => (PageOutcome::Accepted, "this terminal's bell"),
        (true, false, Some(_)) => (PageOutcome::Simulated, "an exercise sends nothing"),
        (true, false, None) if known => return None,
        // Whoever has the credential, and comes back, calls again.
        (true, false, None) if unusable => (
            PageOutcome::Failed,
            "no program that has the credential of this channel has called: call by phone now",
        ),
        (true, false, None) => (
            PageOutcome::NoChannel,
            "this channel is not configured here: call by phone now",
        ),
    };
    Some(Delivery {
        outcome,
        http: None,
        attempts: u32::from(outcome == PageOutcome::Accepted),
        detail: Safe::line(detail),
        remote: None,
        retry_after: None,
    })
}

fn page(id: &IncidentId, view: &IncidentView, intent: &PageIntended, entry: &Entry) -> Page {
    let level = view.incident.escalation.level(&intent.level);
    let waits_for = level.map_or(&[][..], |level| &level.armed.when);
    let raised = waits_for
        .iter()
        .filter(|condition| view.incident.flags.contains(*condition));
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

/// Sends a message, or records that it does not leave.
fn carry_message(model: &mut Model, id: &IncidentId, intent: &MessageIntended) -> Vec<Effect> {
    let message = model
        .views
        .get(id)
        .and_then(|view| message(id, view, intent, &model.stamp));
    let Some(message) = message.filter(|_| model.setup.drill.is_none()) else {
        let delivery = Delivery {
            outcome: PageOutcome::Simulated,
            http: None,
            attempts: 0,
            detail: Safe::line("an exercise sends nothing"),
            remote: None,
            retry_after: None,
        };
        let which = (
            intent.message.clone(),
            intent.channel.clone(),
            intent.repeat,
        );
        return told(model, id, which, delivery);
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
    let entry = view
        .entries
        .iter()
        .find(|entry| entry.seq == intent.tells)?;
    let data = entry.data::<Updated>()?;
    let told = Told {
        id: &intent.message,
        audience: data.audience,
        text: Safe::block(entry.text(field::TEXT).unwrap_or_default()),
        repeat: intent.repeat,
    };
    Some(told.by(&intent.channel, id, view, stamp))
}

/// A status update that is to be sent.
pub(crate) struct Told<'t> {
    /// The message's idempotency id.
    pub(crate) id: &'t Slug,
    pub(crate) audience: Audience,
    pub(crate) text: Safe,
    pub(crate) repeat: u32,
}

impl Told<'_> {
    /// The message as a channel gets it; what is previewed is made here too.
    pub(crate) fn by(
        self,
        channel: &Slug,
        incident_id: &IncidentId,
        view: &IncidentView,
        stamp: &Stamp,
    ) -> Message {
        let incident = &view.incident;
        let opened = incident.opened.as_ref();
        Message::Update(Update {
            id: self.id.clone(),
            about: about(incident_id, view),
            audience: self.audience,
            status: incident.status,
            service: opened.map(|opened| opened.data.service.clone()),
            text: self.text,
            next: cadence::next_update(incident, incident.now(stamp)),
            remote: incident.remote(channel).cloned(),
            repeat: self.repeat,
        })
    }
}

/// What became of a message: its id, channel and repetition.
pub(crate) fn told(
    model: &mut Model,
    id: &IncidentId,
    (message, channel, repeat): (Slug, Slug, u32),
    delivery: Delivery,
) -> Vec<Effect> {
    let data = MessageResulted {
        message,
        channel,
        repeat,
        outcome: delivery.outcome,
        http: delivery.http,
        attempts: delivery.attempts,
        retry_after: delivery.retry_after,
        remote: delivery.remote,
    };
    let draft = Draft::new(&program(), data).with(field::DETAIL, delivery.detail);
    record(model, id, vec![draft])
}

/// What every message says of its incident.
pub(crate) fn about(id: &IncidentId, view: &IncidentView) -> About {
    let head: String = view.incident.head.chars().take(12).collect();
    About {
        incident: id.clone(),
        title: Safe::line(view.title()),
        severity: view.incident.severity(),
        started: view.incident.started(),
        head: format!("{}/{head}", view.incident.count),
    }
}

pub(crate) fn paged(
    model: &mut Model,
    id: &IncidentId,
    level: Slug,
    call: Call,
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

/// Rings again while a page waits for an acknowledgement: a single bell is easily slept through.
fn ring_again(model: &mut Model) -> Vec<Effect> {
    let waits = |view: &IncidentView| {
        let incident = &view.incident;
        let called = incident
            .escalation
            .levels
            .iter()
            .any(|level| !level.pages.is_empty());
        // What cannot be recorded cannot be sent either: then the bell is all there is.
        (called || view.problem.is_some())
            && incident.acknowledged().is_none()
            && !incident.status.is_resolved()
    };
    let waiting = model.open_views().find(|(_, view)| waits(view));
    let waiting = waiting.filter(|_| !model.setup.read_only);
    let quiet = model
        .rang
        .is_none_or(|at| (model.now - at).num_seconds() >= RING_EVERY);
    let Some((_, view)) = waiting.filter(|_| quiet) else {
        return Vec::new();
    };
    let what = match view.problem {
        Some(_) => "cannot be recorded",
        None => "nobody has acknowledged",
    };
    let words = Safe::line(&format!("{}: {what}", view.title()));
    model.rang = Some(model.now);
    vec![Effect::Bell(words)]
}

/// What the bell rings for when it carries a page.
fn rings_for(model: &Model, id: &IncidentId, intent: &PageIntended) -> Safe {
    let title = model.views.get(id).map_or("", |view| view.title());
    Safe::line(&format!("{title}: {} is called", intent.target))
}
