//! Commanding by keys: answering a page, updates, hand-overs, work.

use super::acts::intend;
use super::assignees;
use super::overlays::open_prompt;
use super::pickers::goes_on;
use crate::app::effect::Effect;
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::ui::{Overlay, Pick, Picked, Purpose, Takes};
use crate::incident::entry::Audience;
use crate::incident::{Role, Slug};
use crate::text::list;

/// Takes the page. Where levels wait for an answer of each target, the person says whom they answer for; what the
/// schedule says of them counts without asking.
pub(crate) fn acknowledge(model: &mut Model) -> Vec<Effect> {
    let Some(incident) = model.incident() else {
        return intend(model, &Intent::Acknowledge(Vec::new()));
    };
    let me = model.setup.me.name.as_str();
    let mine = model.live.schedules.targets_of(me, model.now);
    let waiting = incident.escalation.unanswered(&incident.response());
    let open: Vec<Slug> = waiting
        .into_iter()
        .filter(|target| !mine.contains(target))
        .collect();
    if open.is_empty() {
        return intend(model, &Intent::Acknowledge(mine));
    }
    let mut items: Vec<(String, Picked)> = open
        .iter()
        .map(|target| {
            let mut targets = mine.clone();
            targets.push(target.clone());
            (
                format!("for {target}, who is still called"),
                Picked::Answer(targets),
            )
        })
        .collect();
    items.push((
        "only for myself: the others are still called".into(),
        Picked::Answer(mine),
    ));
    push(model, "Whom do you answer for?", items);
    Vec::new()
}

pub(crate) fn push(model: &mut Model, title: &str, items: Vec<(String, Picked)>) {
    model.ui.overlays.push(Overlay::Pick(Pick {
        title: title.to_string(),
        items,
        cursor: 0,
    }));
}

/// Whom to tell.
pub(crate) fn audiences(model: &mut Model) {
    if !goes_on(model) {
        return;
    }
    let items = Audience::ALL.iter().rev().map(|audience| {
        let ways = model
            .setup
            .channels
            .iter()
            .filter(|way| way.audiences.contains(audience));
        let ways: Vec<&str> = ways.map(|way| way.name.as_str()).collect();
        let by = match ways.is_empty() {
            true => "recorded only: no channel carries it".to_string(),
            false => format!("goes out by {}", ways.join(", ")),
        };
        (
            format!("{:<14} {by}", audience.word()),
            Picked::Audience(*audience),
        )
    });
    let items = items.collect();
    push(model, "An update for whom?", items);
}

/// The prompt of an update.
pub(crate) fn write_update(model: &mut Model, audience: Audience) {
    let ways = model.setup.channels.iter();
    let ways = list(
        ways.filter(|way| way.audiences.contains(&audience))
            .map(|way| &way.name),
    );
    let sent = if ways.is_empty() {
        "recorded only".to_string()
    } else {
        format!("SENT by {ways}")
    };
    let title = format!(
        "Update for {}, {sent}: what they need to know",
        audience.word()
    );
    open_prompt(
        model,
        Purpose::Update(audience),
        title,
        &[("text", Takes::Words)],
    );
}

/// Which role to hand over; those that somebody holds first.
pub(crate) fn roles(model: &mut Model) {
    if !goes_on(model) {
        return;
    }
    let Some(view) = model.view() else {
        return;
    };
    let mut roles: Vec<&Role> = Role::ALL.iter().collect();
    let me = &model.setup.me.actor;
    let mine = |role: &Role| {
        view.incident
            .roles
            .get(role)
            .is_some_and(|held| held.actor == *me)
    };
    roles.sort_by_key(|role| !mine(role));
    let row = |role: &&Role| {
        let holder = view.incident.roles.get(role);
        let held = holder.map_or("nobody".to_string(), |held| view.name_of(&held.actor));
        (
            format!("{:<24} {held}", role.title()),
            Picked::HandOver(**role),
        )
    };
    let items = roles.iter().map(row).collect();
    push(model, "Hand over which role?", items);
}

/// To whom: whoever has taken part, is on a schedule, or is named.
pub(crate) fn people(model: &mut Model, role: Role) {
    let Some(view) = model.view() else {
        return;
    };
    let holder = view
        .incident
        .roles
        .get(&role)
        .map(|held| held.actor.clone());
    let others = assignees::others(model, holder.as_ref()).into_iter();
    let mut items: Vec<(String, Picked)> = others
        .map(|(row, who)| (row, Picked::HandOverTo(role, who)))
        .collect();
    items.push((
        "somebody else, by name".into(),
        Picked::HandOverToName(role),
    ));
    let title = format!("Hand {} over to whom?", role.title());
    push(model, &title, items);
}
