//! Lists to choose from: statuses, roles, incidents; and what a choice does.

use super::acts::{act, intend};
use super::overlays::open_prompt;
use super::{command, steps, work};
use crate::app::effect::Effect;
use crate::app::guide;
use crate::app::intent::{Intent, StepResult};
use crate::app::model::Model;
use crate::app::ui::{Confirmed, Overlay, Pick, Picked, Purpose, Screen, Takes};
use crate::incident::{Role, Slug, Status};
use crate::text::list;

/// Offers the statuses; the cursor stands on the one that usually follows.
pub(crate) fn statuses(model: &mut Model) {
    if !goes_on(model) {
        return;
    }
    let now = model
        .incident()
        .map_or(Status::Investigating, |incident| incident.status);
    let items = Status::ALL
        .iter()
        .map(|status| {
            let mark = if *status == now { "now" } else { "" };
            (
                format!("{:<14} {:<42} {mark}", status.word(), status.meaning()),
                Picked::Status(*status),
            )
        })
        .collect();
    let proposed = guide::proposed_status(model);
    let cursor = Status::ALL
        .iter()
        .position(|status| *status == proposed)
        .unwrap_or(0);
    let title = "Where does it stand?".to_string();
    model.ui.overlays.push(Overlay::Pick(Pick {
        title,
        items,
        cursor,
    }));
}

/// Offers the roles: take one, or give back what one holds.
pub(crate) fn roles(model: &mut Model) {
    if !goes_on(model) {
        return;
    }
    let Some(view) = model.view() else {
        return;
    };
    let me = &model.setup.me.actor;
    let free = Role::ALL
        .iter()
        .position(|role| !view.incident.roles.contains_key(role));
    let items = Role::ALL
        .iter()
        .map(|role| {
            let mine = view.incident.is_held_by(*role, me);
            let holders = view.incident.holders(*role);
            let held = match list(holders.map(|held| view.name_of(&held.actor))) {
                none if none.is_empty() => "nobody".to_string(),
                names => names,
            };
            let verb = if mine { "give back" } else { "take" };
            (
                format!("{:<24} {held:<20} {verb}", role.title()),
                Picked::Role(*role, !mine),
            )
        })
        .collect();
    let title = "Which role?".to_string();
    let cursor = free.unwrap_or(0);
    model.ui.overlays.push(Overlay::Pick(Pick {
        title,
        items,
        cursor,
    }));
}

/// Offers the incidents, the newest first.
pub(crate) fn incidents(model: &mut Model) {
    let items: Vec<(String, Picked)> = model
        .views
        .iter()
        .rev()
        .filter(|(_, view)| view.incident.opened.is_some())
        .map(|(id, view)| {
            let severity = view
                .incident
                .severity()
                .map_or("-".into(), |s| s.to_string());
            let here = if model.current.as_ref() == Some(id) {
                " (on the screen)"
            } else {
                ""
            };
            let row = format!(
                "{id:<20} {severity:<5} {:<14} {}{here}",
                view.incident.status.word(),
                view.title()
            );
            (row, Picked::Incident(id.clone()))
        })
        .collect();
    if items.is_empty() {
        return no_incident(model);
    }
    let title = "Which incident?".to_string();
    model.ui.overlays.push(Overlay::Pick(Pick {
        title,
        items,
        cursor: 0,
    }));
}

pub(crate) fn no_incident(model: &mut Model) {
    model
        .ui
        .warn("there is no incident yet; ctrl-n opens one by hand");
}

/// Whether there is a response that goes on; says so where there is none, before anything is typed in vain.
pub(crate) fn goes_on(model: &mut Model) -> bool {
    match model.incident().map(|incident| incident.status) {
        None => no_incident(model),
        Some(Status::Closed) => model.ui.warn(
            "the incident is closed, and stays so; n notes, f keeps track of work, ctrl-n opens a new one",
        ),
        Some(_) => return true,
    }
    false
}

/// The name of somebody else who holds a role.
fn held_by_another(model: &Model, role: Role) -> Option<String> {
    let view = model.view()?;
    let held = view
        .incident
        .roles
        .get(&role)
        .filter(|_| !role.is_shared())?;
    (held.actor != model.setup.me.actor).then(|| view.name_of(&held.actor))
}

/// Takes a role. From somebody who holds it, it is taken only after a question.
fn take(model: &mut Model, role: Role) -> Vec<Effect> {
    match held_by_another(model, role) {
        None => {
            let me = model.setup.me.actor.clone();
            intend(model, &Intent::Role(role, Some(me)))
        }
        Some(who) => {
            let seen = model
                .incident()
                .map_or(0, |incident| incident.role_change(role));
            model.ui.overlays.push(Overlay::Confirm {
                question: format!(
                    "{who} is {}. Take it over? {who} is told; with h they hand it over with a summary.",
                    role.title()
                ),
                then: Confirmed::Take(role, seen),
                yes: false,
            });
            Vec::new()
        }
    }
}

/// Begins a playbook, or goes on with one. Everybody's screen follows: where another one is under way, that is asked.
fn change_playbook(model: &mut Model, name: Slug) -> Vec<Effect> {
    let incident = model.incident();
    let current = incident.and_then(|incident| {
        let now = incident.playbook.as_ref()?;
        Some((now.clone(), incident.playbooks.get(now)?))
    });
    let Some((now, run)) = current.filter(|(_, run)| !run.results.is_empty()) else {
        return steps::begin(model, &name);
    };
    let (done, of) = (run.results.len(), run.steps);
    if now == name && done < of as usize {
        model.ui.show(Screen::Playbook);
        model.ui.tell("it is under way: here it goes on");
        return Vec::new();
    }
    model.ui.overlays.push(Overlay::Confirm {
        question: format!(
            "{now} is under way, {done} of {of} steps have a result. Go on with {name}, for everybody? c goes back to it."
        ),
        then: Confirmed::Playbook(name),
        yes: false,
    });
    Vec::new()
}

/// Does what was picked.
pub(crate) fn picked(model: &mut Model, picked: Picked) -> Vec<Effect> {
    match picked {
        Picked::Status(status) => {
            let title = format!("Status: {}. A few words (may stay empty)", status.word());
            open_prompt(
                model,
                Purpose::Status(status),
                title,
                &[("words", Takes::Anything)],
            );
            Vec::new()
        }
        Picked::Role(role, true) => take(model, role),
        Picked::Role(role, false) => {
            let question = format!("Give {} back? Nobody holds it then.", role.title());
            model.ui.overlays.push(Overlay::Confirm {
                question,
                then: Confirmed::GiveBack(role),
                yes: false,
            });
            Vec::new()
        }
        Picked::Playbook(name) => change_playbook(model, name),
        Picked::Incident(id) => {
            model.go_to(id);
            Vec::new()
        }
        Picked::Way(step, target) => steps::finish(model, step, StepResult::Chosen(target)),
        Picked::Action(action) => act(model, action),
        Picked::Answer(targets) => intend(model, &Intent::Acknowledge(targets)),
        Picked::Audience(audience) => {
            command::write_update(model, audience);
            Vec::new()
        }
        Picked::HandOver(role) => {
            command::people(model, role);
            Vec::new()
        }
        Picked::HandOverTo(role, to) => {
            let held = held_by_another(model, role);
            let whose = held.map_or(String::new(), |who| format!(" of {who}"));
            let title = format!(
                "Hand over {}{whose}: a few words (the summary is added)",
                role.title()
            );
            let seen = model
                .incident()
                .map_or(0, |incident| incident.role_change(role));
            open_prompt(
                model,
                Purpose::HandOver(role, to, seen),
                title,
                &[("words", Takes::Anything)],
            );
            Vec::new()
        }
        Picked::HandOverToName(role) => {
            let title = format!("Hand over {}, to whom?", role.title());
            let incident = model.incident();
            let seen = incident.map_or(0, |incident| incident.role_change(role));
            let fields = [("name", Takes::Words), ("words", Takes::Anything)];
            open_prompt(model, Purpose::HandOverToName(role, seen), title, &fields);
            Vec::new()
        }
        Picked::Work(kind) => {
            work::write(model, kind);
            Vec::new()
        }
        Picked::OpenWork(item) => {
            work::fates(model, item);
            Vec::new()
        }
        Picked::Becomes(item, fate) => {
            work::ask(model, item, fate);
            Vec::new()
        }
        Picked::Give(item, to) => work::give(model, item, &to),
    }
}
