//! What is due at a tick: pages, lost results, overdue clocks, and the bell.

use super::guard::{HINT, guarded};
use super::{contact, continuation, proposals};
use crate::app::effect::{Effect, TerminalEffect};
use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::app::recording::record;
use crate::app::setup::Awaited;
use crate::incident::closing::still_sends;
use crate::incident::escalation::{EscalationContext, bell, course, lost_results};
use crate::incident::{ChannelId, Draft, Incident, IncidentId, Moment, cadence, messages, program};
use crate::text::Problem;
use crate::text::Safe;
use chrono::{DateTime, Utc};

/// In seconds.
const RING_EVERY: i64 = 30;

pub(crate) fn tick(model: &mut Model) -> Vec<Effect> {
    let wanted = guarded(model, "continuing after damage", continuation::wanted);
    let mut effects = wanted.unwrap_or_default();
    let contact = guarded(model, "recording lost sources", contact::record_contact);
    effects.extend(contact.unwrap_or_default());
    for id in model.open_ids() {
        let drafts = due(model, &id);
        effects.extend(record(model, &id, drafts));
    }
    let closed: Vec<IncidentId> = just_closed(model).cloned().collect();
    for id in closed {
        let name = format!("recording open results and updates after closing {id}");
        let drafts = guarded(model, &name, |model| outstanding(model, &id));
        effects.extend(record(model, &id, drafts.unwrap_or_default()));
    }
    let proposals = guarded(model, "proposing a severity", proposals::consider);
    effects.extend(proposals.unwrap_or_default());
    effects.extend(ring_again(model));
    effects
}

fn just_closed(model: &Model) -> impl Iterator<Item = &IncidentId> {
    let views = model.live_views();
    views
        .filter(|(_, view)| still_sends(&view.incident, view.incident.now(&model.stamp)))
        .map(|(id, _)| id)
}

/// Nobody is paged any more, but updates go out, pages are settled, and every sending gets a result.
fn outstanding(model: &Model, id: &IncidentId) -> Vec<Draft> {
    let Some(view) = model.views.get(id) else {
        return Vec::new();
    };
    let incident = &view.incident;
    let now = incident.now(&model.stamp);
    let levels = incident.escalation.levels.iter();
    let lost = levels.flat_map(|level| lost_results(level, now));
    let channels = &model.setup.channels;
    lost.chain(messages::due(id.as_str(), incident, channels, now))
        .collect()
}

type Asks = fn(&Model, &IncidentId, &Incident, Moment) -> Vec<Draft>;

/// Each kind by itself, so that a defect in one does not prevent paging.
fn due(model: &mut Model, id: &IncidentId) -> Vec<Draft> {
    let name = format!("paging for {id}");
    let paging = guarded(model, &name, |model| paging(model, id));
    if paging.is_none()
        && let Some(view) = model.views.get_mut(id)
    {
        let what = "a defect prevents paging";
        view.problem = Some(Problem::new(what, HINT));
    }
    let mut drafts = paging.unwrap_or_default();
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

fn paging(model: &Model, id: &IncidentId) -> Vec<Draft> {
    let Some(view) = model.views.get(id) else {
        return Vec::new();
    };
    let policy = &model.setup.escalation;
    let own = own_channels(model);
    let unusable = model.setup.unusable.iter();
    let unusable: Vec<ChannelId> = unusable.map(|way| way.name.clone()).collect();
    let context = EscalationContext {
        unusable: &unusable,
        own: own.as_deref(),
        digest: &policy.digest,
        policy,
        schedules: &model.live.schedules,
        paged_elsewhere: is_paged_elsewhere(model),
    };
    let incident = &view.incident;
    let now = incident.now(&model.stamp);
    // Before the drafts whose times it explains.
    let step = incident.clock.news(&model.stamp);
    let step = step.map(|step| Draft::new(&program(), step));
    let mut drafts = Vec::from_iter(step);
    drafts.extend(course(id.as_str(), incident, &context, now));
    drafts
}

/// A pager that cannot be asked is not relied upon.
fn is_paged_elsewhere(model: &Model) -> bool {
    let mut awaited = model.setup.awaited.iter();
    let unasked = awaited.any(|what| matches!(what, Awaited::Pager(_)));
    !model.setup.paged_elsewhere.is_empty() && !unasked
}

/// The channels of this program, where other processes page too.
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

/// A single bell is easily slept through.
fn ring_again(model: &mut Model) -> Vec<Effect> {
    let waits = |view: &IncidentView| {
        let incident = &view.incident;
        let mut levels = incident.escalation.levels.iter();
        let paged = levels.any(|level| !level.pages.is_empty());
        // What cannot be recorded cannot be sent either: then the bell is all there is.
        (paged || view.problem.is_some())
            && incident.acknowledged().is_none()
            && !incident.status.is_resolved()
    };
    let waiting = model.open_views().find(|(_, view)| waits(view));
    let waiting = waiting.filter(|_| !model.setup.read_only);
    let rang_lately = |at: DateTime<Utc>| (model.now - at).num_seconds() < RING_EVERY;
    let silent = !model.rang.is_some_and(rang_lately);
    let Some((_, view)) = waiting.filter(|_| silent) else {
        return Vec::new();
    };
    let what = match view.problem {
        Some(_) => "cannot be recorded",
        None => "nobody has acknowledged",
    };
    let words = Safe::line(&format!("{}: {what}", view.title()));
    model.rang = Some(model.now);
    vec![Effect::Terminal(TerminalEffect::Bell(words))]
}
