//! People to assign something to: participants, people on a schedule, and others by name.

use crate::app::intent::{Named, Refused, check_length, named, refuse};
use crate::app::model::Model;
use crate::incident::entry::{ActorIntroduced, field};
use crate::incident::{ActorId, Draft};
use crate::text::Safe;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Somebody {
    /// A participant of this incident.
    Here(ActorId),
    /// Somebody who does not appear yet, by name.
    Named(Safe),
}

/// Participants, then people who are on a schedule soon.
pub(crate) fn others(model: &Model, but: Option<&ActorId>) -> Vec<(String, Somebody)> {
    let Some(view) = model.view() else {
        return Vec::new();
    };
    let here: Vec<(String, ActorId)> = view
        .people()
        .map(|(actor, _)| (view.name_of(actor), actor.clone()))
        .collect();
    let known: BTreeSet<String> = here.iter().map(|(name, _)| name.to_lowercase()).collect();
    let soon = model.live.schedules.people(model.now);
    let me = model.setup.me.name.as_str().to_lowercase();
    let absent = soon.into_iter().filter(|name| {
        let name = name.as_str().to_lowercase();
        !known.contains(&name) && name != me
    });
    let here = here.into_iter().filter(|(_, actor)| Some(actor) != but);
    here.map(|(name, actor)| (name, Somebody::Here(actor)))
        .chain(absent.map(|name| (format!("{name} (on a schedule)"), Somebody::Named(name))))
        .collect()
}

pub(crate) fn by_name(model: &Model, name: &str) -> Option<Somebody> {
    let name = name.trim();
    if name.eq_ignore_ascii_case(model.setup.me.name.as_str()) {
        return Some(Somebody::Here(model.setup.me.actor.clone()));
    }
    match &model.view()?.people_named(name)[..] {
        [] => {}
        [actor] => return Some(Somebody::Here(actor.clone())),
        // The list distinguishes them.
        _ => return None,
    }
    let soon = model.live.schedules.people(model.now);
    let known = soon
        .into_iter()
        .find(|who| who.as_str().eq_ignore_ascii_case(name))?;
    Some(Somebody::Named(known))
}

/// The id, and the introduction of a person who does not appear yet.
pub(crate) fn resolve(model: &Model, who: &Somebody) -> (ActorId, Option<Named>) {
    match who {
        Somebody::Here(actor) => (actor.clone(), None),
        Somebody::Named(name) => {
            let place = model
                .current
                .as_ref()
                .map_or(String::new(), ToString::to_string);
            let view = model.view();
            let pending = view.into_iter().flat_map(|view| &view.pending);
            let pending: Vec<&Draft> = pending.flat_map(|batch| &batch.drafts).collect();
            // Named just now, not yet durable: its deduplication key prevents a second entry.
            if let Some(found) = pending.iter().find_map(|draft| introduces(draft, name)) {
                return (found.actor.clone(), Some(found));
            }
            let count = view.map_or(0, |view| view.incident.count) + pending.len() as u64;
            let named = named(&place, count, &model.setup.me.actor, name);
            (named.actor.clone(), Some(named))
        }
    }
}

fn introduces(draft: &Draft, name: &Safe) -> Option<Named> {
    let (_, text) = draft
        .texts
        .iter()
        .find(|(field, _)| *field == field::NAME)?;
    let data = draft.event.data::<ActorIntroduced>()?;
    let same = text.as_str().eq_ignore_ascii_case(name.as_str());
    same.then(|| Named {
        actor: data.actor.clone(),
        draft: draft.clone(),
    })
}

/// Refused where several people have this name: they are chosen from the list.
pub(crate) fn anybody(model: &Model, name: &Safe) -> Result<Somebody, Refused> {
    let several = model
        .view()
        .is_some_and(|view| view.people_named(name.as_str()).len() > 1);
    if several {
        return Err(refuse(
            format!("several people are called {name} here"),
            "close this and choose from the list",
        ));
    }
    let line = Safe::line(name.as_str());
    check_length("the name", &line)?;
    let known = by_name(model, name.as_str());
    Ok(known.unwrap_or(Somebody::Named(line)))
}
