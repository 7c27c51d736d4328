//! Hands a role over to another person, with a comment and the summary.

use super::precondition::response;
use crate::app::dialog::{About, FieldKind, Form, List, Outcome};
use crate::app::intent::{Intent, summary};
use crate::app::model::Model;
use crate::app::recording::assign;
use crate::app::selectors::people::{Somebody, anybody, others};
use crate::app::selectors::roles::{held_by_another, holders, still_held_as};
use crate::incident::Role;

/// The person's own roles come first.
pub(crate) fn open(model: &mut Model) -> Outcome {
    let view = response(model)?;
    let me = &model.setup.me.actor;
    let held = |role: &Role| view.incident.roles.get(role);
    let mut roles = Role::ALL.to_vec();
    roles.sort_by_key(|role| held(role).is_none_or(|held| held.actor != *me));
    let mut list = List::new("Hand over which role?");
    for role in roles {
        let text = format!("{:<24} {}", role.title(), holders(view, role));
        list = list.row(text, move |model| to_whom(model, role));
    }
    model.open(list)
}

fn to_whom(model: &mut Model, role: Role) -> Outcome {
    let Some(view) = model.view() else {
        return Ok(Vec::new());
    };
    let holder = view
        .incident
        .roles
        .get(&role)
        .map(|held| held.actor.clone());
    let mut list = List::new(format!("Hand over {} to whom?", role.title()));
    for (name, who) in others(model, holder.as_ref()) {
        list = list.row(name, move |model| words(model, role, &who));
    }
    model.open(list.row("another person, by name", move |model| by_name(model, role)))
}

fn words(model: &mut Model, role: Role, to: &Somebody) -> Outcome {
    let held = held_by_another(model, role);
    let whose = held.map_or(String::new(), |who| format!(" of {who}"));
    let title = format!(
        "Hand over {}{whose}: a few words (the summary is added)",
        role.title()
    );
    let (seen, to) = (model.role_change(role), to.clone());
    let form = Form::new(title, move |model, filled| {
        still_held_as(model, role, seen)?;
        let over = |to| Intent::HandOver(role, to, filled.text(0));
        assign(model, &to, filled.occurred, over)
    });
    let form = form
        .field("words", FieldKind::OptionalText)
        .may_be_earlier();
    model.open(form.about(|model: &Model| {
        let summary = model.view().map(|view| summary(view, &view.incident));
        summary.into_iter().map(About::Long).collect()
    }))
}

fn by_name(model: &mut Model, role: Role) -> Outcome {
    let seen = model.role_change(role);
    let title = format!("Hand over {}, to whom?", role.title());
    let form = Form::new(title, move |model, filled| {
        still_held_as(model, role, seen)?;
        let to = anybody(model, &filled.text(0))?;
        let over = |to| Intent::HandOver(role, to, filled.text(1));
        assign(model, &to, filled.occurred, over)
    });
    let form = form.field("name", FieldKind::Text);
    model.open(
        form.field("words", FieldKind::OptionalText)
            .may_be_earlier(),
    )
}
