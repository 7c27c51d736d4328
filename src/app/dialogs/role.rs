//! Takes a role or gives it back.

use super::precondition::response;
use crate::app::dialog::{Confirmation, List, Outcome};
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::recording::record_intent;
use crate::app::selectors::roles::{held_by_another, holders, still_held_as};
use crate::incident::Role;
use crate::keymap::Action;

pub(crate) fn open(model: &mut Model) -> Outcome {
    let view = response(model)?;
    let free = Role::ALL
        .iter()
        .position(|role| !view.incident.roles.contains_key(role));
    let mut list = List::new("Which role?").at(free.unwrap_or(0));
    for role in Role::ALL {
        let mine = view.incident.is_held_by(role, &model.setup.me.actor);
        let verb = if mine { "give back" } else { "take" };
        let held = holders(view, role);
        let text = format!("{:<24} {held:<20} {verb}", role.title());
        list = match mine {
            true => list.row(text, move |model| give_back(model, role)),
            false => list.row(text, move |model| take(model, role)),
        };
    }
    model.open(list)
}

fn give_back(model: &mut Model, role: Role) -> Outcome {
    let question = format!("Give back {}? It is unassigned then.", role.title());
    model.open(Confirmation::new(question, move |model| {
        record_intent(model, Intent::Role(role, None))
    }))
}

/// Taking a role from another person is confirmed first.
fn take(model: &mut Model, role: Role) -> Outcome {
    let Some(who) = held_by_another(model, role) else {
        return taken(model, role);
    };
    let seen = model.role_change(role);
    let question = format!(
        "{who} is {}. Take it over? {who} is notified; with {} they hand it over with a summary.",
        role.title(),
        model.key(Action::HandOver)
    );
    model.open(Confirmation::new(question, move |model| {
        still_held_as(model, role, seen)?;
        taken(model, role)
    }))
}

fn taken(model: &mut Model, role: Role) -> Outcome {
    let me = model.setup.me.actor.clone();
    record_intent(model, Intent::Role(role, Some(me)))
}
