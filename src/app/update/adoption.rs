//! Incidents that another system has paged for: ours stands for them, its first level is not called again, and an
//! acknowledgement there stops our clocks.

use super::{intake, record};
use crate::app::effect::Effect;
use crate::app::message::Told;
use crate::app::model::Model;
use crate::incident::entry::{Acknowledged, Adopted, Event, field};
use crate::incident::observation::Cause;
use crate::incident::{Draft, IncidentId, Slug, program};
use crate::sources::PagedElsewhere;
use crate::text::Safe;
use chrono::TimeDelta;

/// Most difference between the beginnings of one incident, as two systems tell it.
const SAME: TimeDelta = TimeDelta::minutes(30);

pub(super) fn seen(
    model: &mut Model,
    source: Slug,
    result: Result<Vec<PagedElsewhere>, Told>,
) -> Vec<Effect> {
    let now = model.now;
    let state = model.live.sources.entry(source.clone()).or_default();
    state.asked.get_or_insert(now);
    let found = match result {
        Ok(found) => found,
        Err(told) => {
            // What is not known there is not known: levels wait as they are.
            state.error = Some(told);
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
            None if model.open_for(&service).is_some() || model.opening.contains(&service) => {}
            None if was_handled(model, &theirs) || intake::is_full(model) => {}
            None => {
                let mut drafts = vec![intake::adopting(model, &service, &path, &theirs)];
                drafts.push(adopted(&source, &theirs));
                effects.push(intake::open(model, service, drafts));
            }
        }
    }
    effects
}

/// Our service and path for a service there, as the configuration says.
fn mapped(model: &Model, theirs: &PagedElsewhere) -> Option<(Slug, Slug)> {
    let named = model.setup.paged_elsewhere.get(theirs.service.as_str())?;
    let path = model
        .setup
        .map
        .services
        .iter()
        .find(|service| service.service == *named);
    let path = path
        .and_then(|service| service.paths.first())
        .map(|path| path.path.clone());
    Some((
        named.clone(),
        path.unwrap_or_else(|| model.setup.map.strict_place().1),
    ))
}

/// Our incident for one there: the one that stands for it, or the open one of the service that began with it.
fn ours(model: &Model, theirs: &PagedElsewhere, service: &Slug) -> Option<IncidentId> {
    let adopted = model
        .open_boards()
        .find(|(_, board)| board.incident.adopted.contains_key(&theirs.id));
    let began_with_it = || {
        let id = model.open_for(service)?;
        let started = model.boards.get(id)?.incident.started()?;
        ((started - theirs.created).abs() < SAME).then_some(id)
    };
    adopted.map(|(id, _)| id).or_else(began_with_it).cloned()
}

fn was_handled(model: &Model, theirs: &PagedElsewhere) -> bool {
    let mut boards = model.boards.values();
    boards.any(|board| board.incident.adopted.contains_key(&theirs.id))
}

/// What the journal does not say yet.
fn news(model: &Model, id: &IncidentId, source: &Slug, theirs: &PagedElsewhere) -> Vec<Draft> {
    let Some(board) = model.boards.get(id) else {
        return Vec::new();
    };
    let mut drafts = Vec::new();
    if !board.incident.adopted.contains_key(&theirs.id) {
        drafts.push(adopted(source, theirs));
    }
    for (who, at) in &theirs.acknowledged {
        let there = Slug::nearest(&format!("{source}.{}.{}", theirs.id, at.timestamp()));
        let known = board.entries.iter().any(|entry| {
            matches!(entry.event(), Some(Event::Acknowledged(data)) if data.elsewhere.as_ref() == Some(&there))
        });
        if !known {
            let data = Acknowledged {
                targets: Vec::new(),
                elsewhere: Some(there),
            };
            drafts.push(
                Draft::new(&program(), Event::Acknowledged(data))
                    .with(field::WHO, who.clone())
                    .occurred(*at, Cause::Said),
            );
        }
    }
    drafts
}

fn adopted(source: &Slug, theirs: &PagedElsewhere) -> Draft {
    let data = Adopted {
        system: source.clone(),
        incident: theirs.id.clone(),
        created: theirs.created,
    };
    Draft::new(&program(), Event::Adopted(data))
        .with(field::TITLE, theirs.title.clone())
        .with(field::LINK, Safe::line(theirs.link.as_str()))
}
