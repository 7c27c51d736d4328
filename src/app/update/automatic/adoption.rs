//! Incidents that another system has paged for: ours adopts them and does not page its first level again, and an
//! acknowledgement there stops our clocks.

use super::intake::opening::{adopting, has_space, no_space, open};
use crate::app::effect::Effect;
use crate::app::incident_view::IncidentView;
use crate::app::intent::named;
use crate::app::model::Model;
use crate::app::recording::record;
use crate::incident::entry::{Acknowledged, Adopted, RoleAssigned, field};
use crate::incident::{
    Draft, Entry, Incident, IncidentId, PathId, Role, ServiceId, Slug, SourceId, Status, program,
};
use crate::signals::Cause;
use crate::sources::ExternalIncident;
use crate::text::Problem;
use crate::text::Safe;
use chrono::{DateTime, TimeDelta, Utc};

/// An external incident that began longer before ours is another one, and so are its acknowledgements.
const EARLIER: TimeDelta = TimeDelta::minutes(5);

pub(crate) fn seen(
    model: &mut Model,
    source: SourceId,
    result: Result<Vec<ExternalIncident>, Problem>,
) -> Vec<Effect> {
    let now = model.now;
    let state = model.live.sources.entry(source.clone()).or_default();
    state.asked.get_or_insert(now);
    let found = match result {
        Ok(found) => found,
        Err(problem) => {
            // Levels wait as they are while the other system is unknown.
            state.error = Some(problem);
            return Vec::new();
        }
    };
    state.error = None;
    state.answered = Some(now);
    if !model.ready || model.setup.read_only {
        return Vec::new();
    }
    let mut effects = Vec::new();
    for theirs in found {
        let Some((service, path)) = mapped(model, &theirs) else {
            continue;
        };
        match ours(model, &theirs, &service) {
            Some(id) => {
                let drafts = news(model, &id, &source, &theirs);
                effects.extend(record(model, &id, drafts));
            }
            None if model.active_incident(&service).is_some()
                || model.opening.contains(&service) => {}
            None if was_handled(model, &theirs) => {}
            None if !has_space(model, &service) => no_space(model, &service),
            None => {
                let mut drafts = vec![adopting(model, &service, &path, &theirs)];
                drafts.push(adopted(&source, &theirs));
                // With the opening: recorded later, it would follow the pages that it stops.
                let acks = acknowledgements(&source, &theirs, theirs.created);
                drafts.extend(acks.map(|(_, draft)| draft));
                drafts.extend(command(None, &theirs, theirs.created));
                effects.push(open(model, service, drafts));
            }
        }
    }
    effects
}

fn mapped(model: &Model, theirs: &ExternalIncident) -> Option<(ServiceId, PathId)> {
    let named = model.setup.paged_elsewhere.get(theirs.service.as_str())?;
    let map = &model.setup.map;
    let service = map.services.iter().find(|it| it.service == *named);
    let path = service.and_then(|service| service.paths.first());
    let path = path.map_or_else(|| map.strict_place().1, |path| path.path.clone());
    Some((named.clone(), path))
}

/// The adopted incident, or the open one of the service when theirs began. A later one of the same service is another
/// page for the same: the last levels of a chain come late.
fn ours(model: &Model, theirs: &ExternalIncident, service: &ServiceId) -> Option<IncidentId> {
    let adopted = model
        .open_views()
        .find(|(_, view)| view.incident.adopted.contains_key(&theirs.id));
    let began_within = || {
        let within = |incident: &Incident| {
            let ended = incident.reached(Status::Resolved).map(|fact| fact.at);
            let started = incident.started();
            started.is_some_and(|started| theirs.created - started >= -EARLIER)
                && ended.is_none_or(|ended| theirs.created <= ended.from())
        };
        let mut open = model.open_of(service);
        let found = open.rfind(|(_, view)| within(&view.incident));
        found.map(|(id, _)| id)
    };
    adopted.map(|(id, _)| id).or_else(began_within).cloned()
}

fn was_handled(model: &Model, theirs: &ExternalIncident) -> bool {
    let mut views = model.live_views();
    views.any(|(_, view)| view.incident.adopted.contains_key(&theirs.id))
}

fn news(
    model: &Model,
    id: &IncidentId,
    source: &SourceId,
    theirs: &ExternalIncident,
) -> Vec<Draft> {
    let Some(view) = model.views.get(id) else {
        return Vec::new();
    };
    let mut drafts = Vec::new();
    if !view.incident.adopted.contains_key(&theirs.id) {
        drafts.push(adopted(source, theirs));
    }
    let started = view.incident.started().unwrap_or(theirs.created);
    let acks = acknowledgements(source, theirs, started);
    drafts.extend(acks.filter_map(|(there, draft)| {
        let mut recorded = view.entries.iter().filter_map(Entry::data::<Acknowledged>);
        let known = recorded.any(|data| data.elsewhere.as_ref() == Some(&there));
        (!known).then_some(draft)
    }));
    if drafts.iter().any(|draft| draft.event.is::<Acknowledged>()) {
        drafts.extend(command(Some(view), theirs, started));
    }
    drafts
}

/// The first person who acknowledged there becomes commander, unless there is one.
fn command(
    view: Option<&IncidentView>,
    theirs: &ExternalIncident,
    since: DateTime<Utc>,
) -> Vec<Draft> {
    let role = Role::IncidentCommander;
    let held = view.is_some_and(|view| view.incident.roles.contains_key(&role));
    let mut acks = theirs.acknowledged.iter();
    let first = acks.find(|(_, at)| counts(*at, since));
    let Some((who, at)) = first.filter(|_| !held) else {
        return Vec::new();
    };
    let known = view.and_then(|view| match &view.people_named(who.as_str())[..] {
        [one] => Some(one.clone()),
        _ => None,
    });
    let (actor, introduction) = match known {
        Some(actor) => (actor, None),
        None => {
            // The same id for every program that reads it.
            let number = at.timestamp().unsigned_abs();
            let named = named(theirs.id.as_str(), number, &program(), who);
            (named.actor, Some(named.draft))
        }
    };
    let data = RoleAssigned {
        role,
        actor: Some(actor),
        supersedes: Some(view.map_or(0, |view| view.incident.role_change(role))),
    };
    let assigned = Draft::new(&program(), data);
    introduction.into_iter().chain([assigned]).collect()
}

/// Acknowledgements from before the start do not count. External times are whole seconds, those of our alerts are
/// finer: the whole second of the start counts.
fn counts(at: DateTime<Utc>, since: DateTime<Utc>) -> bool {
    at.timestamp() >= since.timestamp()
}

/// The acknowledgements since this time, each with its key.
fn acknowledgements<'t>(
    source: &'t SourceId,
    theirs: &'t ExternalIncident,
    since: DateTime<Utc>,
) -> impl Iterator<Item = (Slug, Draft)> + 't {
    let acks = theirs.acknowledged.iter();
    let acks = acks.filter(move |(_, at)| counts(*at, since));
    acks.map(move |(who, at)| {
        let there = Slug::nearest(&format!("{source}.{}.{}", theirs.id, at.timestamp()));
        let data = Acknowledged {
            targets: Vec::new(),
            elsewhere: Some(there.clone()),
        };
        let draft = Draft::new(&program(), data)
            .with(field::WHO, who.clone())
            .occurred(*at, Cause::Said);
        (there, draft)
    })
}

fn adopted(source: &SourceId, theirs: &ExternalIncident) -> Draft {
    let data = Adopted {
        system: source.clone(),
        incident: theirs.id.clone(),
        created: theirs.created,
    };
    Draft::new(&program(), data)
        .with(field::TITLE, theirs.title.clone())
        .with(field::LINK, Safe::line(theirs.link.as_str()))
}
