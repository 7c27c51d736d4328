//! Notices about what others recorded: changed roles, status, severity and playbook.

use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::incident::entry::{HandedOver, PlaybookEvent, ResponseEvent, RoleChange};
use crate::incident::fold::Assignment;
use crate::incident::{ActorId, Draft, Entry, Event, IncidentId, Role};
use std::collections::BTreeMap;

pub(crate) type Held = BTreeMap<Role, Assignment>;

/// Changes by others that concern this person. `before` are the roles until then.
pub(crate) fn notify_of_changes(
    model: &mut Model,
    id: &IncidentId,
    before: &Held,
    entries: &[Entry],
) {
    let me = model.setup.me.actor.clone();
    let Some(view) = model.views.get(id) else {
        return;
    };
    let mut held: BTreeMap<Role, ActorId> = before
        .iter()
        .map(|(role, held)| (*role, held.actor.clone()))
        .collect();
    let mut notice = None;
    for entry in entries {
        let Some(event) = entry.event() else {
            continue;
        };
        let Some(RoleChange { role, to, .. }) = event.role_change() else {
            if entry.by != me {
                notice = state_change(view, event, entry).or(notice);
            }
            continue;
        };
        let to = to.cloned();
        let from = match &to {
            Some(to) => held.insert(role, to.clone()),
            None => held.remove(&role),
        };
        // A shared role is not taken from anybody.
        let from = from.filter(|_| !role.is_shared());
        if entry.by != me {
            notice = role_change(view, &me, role, (from.as_ref(), to.as_ref()), entry).or(notice);
        }
    }
    if let Some(notice) = notice {
        let notice = match model.current.as_ref() == Some(id) {
            true => notice,
            false => format!("{id}: {notice}"),
        };
        model.ui.warn(notice);
    }
}

fn state_change(view: &IncidentView, event: &Event, entry: &Entry) -> Option<String> {
    let what = match event {
        Event::Playbook(PlaybookEvent::PlaybookStarted(data)) => {
            format!("started playbook {}", data.playbook)
        }
        Event::Response(ResponseEvent::StatusChanged(data)) => {
            format!("set the status to {}", data.status.word())
        }
        Event::Response(ResponseEvent::ImpactStated(data)) => {
            format!("recorded that the impact {}", data.impact.word())
        }
        Event::Response(ResponseEvent::Classified(data)) => {
            format!("set the severity to {}", data.severity)
        }
        Event::Playbook(PlaybookEvent::StepRecorded(_) | PlaybookEvent::ItemTicked(_))
        | Event::Response(
            ResponseEvent::Opened(_)
            | ResponseEvent::ActorIntroduced(_)
            | ResponseEvent::Proposed(_)
            | ResponseEvent::RoleAssigned(_)
            | ResponseEvent::HandedOver(_)
            | ResponseEvent::Noted(_)
            | ResponseEvent::Decided(_)
            | ResponseEvent::Corrected(_)
            | ResponseEvent::WorkOpened(_)
            | ResponseEvent::WorkChanged(_),
        )
        | Event::Observation(_)
        | Event::Paging(_)
        | Event::Message(_)
        | Event::Custody(_)
        | Event::Clock(_) => return None,
    };
    let by = view.name_of(&entry.by);
    Some(format!("{by} {what} (#{})", entry.seq))
}

fn role_change(
    view: &IncidentView,
    me: &ActorId,
    role: Role,
    (from, to): (Option<&ActorId>, Option<&ActorId>),
    entry: &Entry,
) -> Option<String> {
    let by = view.name_of(&entry.by);
    let (title, seq) = (role.title(), entry.seq);
    match (from == Some(me), to == Some(me)) {
        (false, true) if entry.is::<HandedOver>() => Some(format!(
            "you are {title} now: {by} hands over; #{seq} has the summary"
        )),
        (false, true) => Some(format!("you are {title} now, assigned by {by} (#{seq})")),
        (true, false) => Some(match to {
            Some(to) => format!(
                "{} is {title} now, no longer you (#{seq})",
                view.name_of(to)
            ),
            None => format!("{by} took the role {title} from you (#{seq})"),
        }),
        _ => None,
    }
}

pub(crate) fn notify_of_conflict(
    model: &mut Model,
    id: &IncidentId,
    late: &[Draft],
    recorded: bool,
) {
    let Some(view) = model.views.get(id) else {
        return;
    };
    let mine = late.iter().filter(|draft| draft.by == model.setup.me.actor);
    let role = mine
        .into_iter()
        .find_map(|draft| draft.event.role_change().map(|change| change.role));
    let Some(role) = role else {
        return;
    };
    let holder = view.incident.roles.get(&role);
    let who = holder.map_or("unassigned".to_string(), |held| {
        format!("held by {}", view.name_of(&held.actor))
    });
    let result = match recorded {
        true => "recorded; ",
        false => "not recorded: ",
    };
    let title = role.title();
    model.ui.warn(format!(
        "{result}the role {title} has changed hands meanwhile: now {who}"
    ));
}
