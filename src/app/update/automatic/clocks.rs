//! Time: who is to be called now, what became of calls, and the bell.

use super::guard::{HINT, guarded};
use super::{contact, continuation, proposals};
use crate::app::effect::Effect;
use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::app::recording::record;
use crate::app::setup::Awaited;
use crate::incident::closing::still_sends;
use crate::incident::escalation::{Orders, bell, course, lost_results};
use crate::incident::{ChannelId, Draft, Incident, IncidentId, Moment, cadence, messages, program};
use crate::text::Problem;
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
    let name = format!("paging for {id}");
    let called = guarded(model, &name, |model| called(model, id));
    if called.is_none()
        && let Some(view) = model.views.get_mut(id)
    {
        let what = "a defect keeps people from being called";
        view.problem = Some(Problem::new(what, HINT));
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
    let unusable: Vec<ChannelId> = model
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
        schedules: &model.live.schedules,
        paged_elsewhere: is_paged_elsewhere(model),
    };
    let incident = &view.incident;
    let now = incident.now(&model.stamp);
    // What is recorded next is read by it.
    let news = incident.clock.news(&model.stamp);
    let mut drafts: Vec<Draft> = news
        .map(|news| Draft::new(&program(), news))
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
fn own_channels(model: &Model) -> Option<Vec<ChannelId>> {
    if !model.live.peers.iter().any(|peer| peer.alive) {
        return None;
    }
    let carry = model.setup.channels.iter().filter(|way| way.pages);
    let mut own: Vec<ChannelId> = carry.map(|way| way.name.clone()).collect();
    if !model.setup.headless {
        own.push(bell());
    }
    Some(own)
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
