//! Who holds a role.

use crate::app::incident_view::IncidentView;
use crate::app::intent::{Refused, refuse};
use crate::app::model::Model;
use crate::incident::Role;
use crate::text::list;

pub(crate) fn holders(view: &IncidentView, role: Role) -> String {
    match list(
        view.incident
            .holders(role)
            .map(|held| view.name_of(&held.actor)),
    ) {
        none if none.is_empty() => "unassigned".to_string(),
        names => names,
    }
}

pub(crate) fn held_by_another(model: &Model, role: Role) -> Option<String> {
    let view = model.view()?;
    let held = view
        .incident
        .roles
        .get(&role)
        .filter(|_| !role.is_shared())?;
    (held.actor != model.setup.me.actor).then(|| view.name_of(&held.actor))
}

/// Refuses a change of a role that has changed since the person looked at it.
pub(crate) fn still_held_as(model: &Model, role: Role, seen: u64) -> Result<(), Refused> {
    if role.is_shared() {
        return Ok(());
    }
    let Some(view) = model
        .view()
        .filter(|view| view.incident.role_change(role) != seen)
    else {
        return Ok(());
    };
    let holder = view.incident.roles.get(&role);
    let who = holder.map_or("unassigned".to_string(), |held| {
        format!("held by {}", view.name_of(&held.actor))
    });
    Err(refuse(
        format!(
            "the role {} has changed hands meanwhile: now {who}",
            role.title()
        ),
        "close this and look again",
    ))
}
