//! Damage in the middle of a live journal: the response continues in a new incident, which names the old one.
//!
//! Nothing can be added to a damaged journal, so nobody would be paged any more. What can be read is carried over, each
//! with the entry it rests on; where that is in doubt, people are paged.

use crate::app::effect::{Effect, JournalTask};
use crate::app::incident_view::IncidentView;
use crate::app::intent::named;
use crate::app::message::DamageOutcome;
use crate::app::model::Model;
use crate::incident::entry::{
    Acknowledged, Classified, EscalationArmed, Follows, Noted, Opened, RoleAssigned, StatusChanged,
    field,
};
use crate::incident::{ActorId, Draft, Entry, IncidentId, Slug, Status, program};
use crate::signals::Cause;
use crate::text::{Problem, Safe};
use chrono::TimeDelta;

/// Pause before a continuation is requested again.
const AGAIN: TimeDelta = TimeDelta::seconds(5);
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

pub(crate) fn damaged(
    model: &mut Model,
    id: IncidentId,
    why: Problem,
    outcome: DamageOutcome,
) -> Vec<Effect> {
    let view = model.views.entry(id.clone()).or_default();
    view.damage = Some(why);
    view.damage_outcome = Some(outcome);
    let live = !view.incident.is_retrospective();
    if live && model.current.is_none() && id.is_drill() == model.setup.drill.is_some() {
        model.go_to(id);
    }
    link(model);
    wanted(model)
}

pub(crate) fn wanted(model: &mut Model) -> Vec<Effect> {
    if model.setup.read_only || model.setup.drill.is_some() || !model.ready {
        return Vec::new();
    }
    let now = model.now;
    let waits = |id: &IncidentId, view: &IncidentView| {
        let asked = view.continuing.is_some_and(|at| (now - at).abs() < AGAIN);
        let ended = view.incident.status.is_resolved() || view.incident.is_sealed();
        view.damage_outcome == Some(DamageOutcome::Continues)
            && view.continued.is_none()
            && !ended
            && !asked
            && !id.is_drill()
    };
    let views = model.live_views();
    let ids: Vec<IncidentId> = views
        .filter(|(id, view)| waits(id, view))
        .map(|(id, _)| id.clone())
        .collect();
    let mut effects = Vec::new();
    for of in ids {
        if let Some(drafts) = model.views.get(&of).map(|view| first(model, &of, view)) {
            let of = of.clone();
            effects.push(Effect::Journal(JournalTask::Continue { of, drafts }));
        }
        if let Some(view) = model.views.get_mut(&of) {
            view.continuing = Some(now);
        }
    }
    effects
}

/// The screen follows to the continuation.
pub(crate) fn link(model: &mut Model) {
    let follows = |(id, view): (&IncidentId, &IncidentView)| {
        let follows = view.incident.opened.as_ref()?.data.follows.as_ref()?;
        Some((follows.incident.clone(), id.clone()))
    };
    let links: Vec<_> = model.views.iter().filter_map(follows).collect();
    for (old, new) in links {
        let Some(view) = model.views.get_mut(&old) else {
            continue;
        };
        if view.continued.is_some() || view.incident.status == Status::Closed {
            continue;
        }
        view.continued = Some(new.clone());
        if let Some(damage) = &mut view.damage {
            damage.hint = format!("continued in {new}; {}", damage.hint);
        }
        if model.current.as_ref() == Some(&old) {
            model.go_to(new.clone());
        }
        model
            .ui
            .warn(format!("{old} is DAMAGED: continued in {new}"));
    }
}

fn first(model: &Model, of: &IncidentId, view: &IncidentView) -> Vec<Draft> {
    let incident = &view.incident;
    let head = match incident.head.is_empty() {
        true => NOTHING.to_string(),
        false => incident.head.clone(),
    };
    let follows = Follows {
        incident: of.clone(),
        upto: incident.count,
        head,
    };
    let (service, path) = model.setup.map.strict_place();
    // Without its first entries nothing is known: the strict path is assumed.
    let unread = || Opened {
        started: model.now,
        started_from: Cause::Decision,
        service,
        path,
        rule: Some(Slug::nearest("damaged-journal")),
        policy: None,
        signal: model.setup.signal.clone(),
        objective: model.setup.objective,
        drill: false,
        stated: None,
        retrospective: false,
        program: String::new(),
        follows: None,
    };
    let opened = incident.opened.as_ref().map(|opened| opened.data.clone());
    let data = Opened {
        program: env!("CARGO_PKG_VERSION").to_string(),
        follows: Some(follows),
        ..opened.unwrap_or_else(unread)
    };
    let title = match incident.opened {
        Some(_) => format!("{} (continued)", view.title()),
        None => format!("{of} (continued)"),
    };
    let damage = view.damage.as_ref();
    let why = damage.map_or("", |damage| damage.what.as_str());
    let note = format!(
        "The response continues here, because the journal of {of} is damaged ({why}). Its entries up to #{} verify; acknowledgements, roles, severity and status that they hold are carried over, and everybody else is paged again.",
        incident.count
    );
    let mut drafts = vec![
        Draft::new(&program(), data).with(field::TITLE, Safe::line(&title)),
        Draft::new(&program(), Noted {}).with(field::TEXT, Safe::block(&note)),
    ];
    drafts.extend(carried(of, view));
    drafts
}

/// The escalation, acknowledgements, roles, severity and status of the readable entries.
fn carried(of: &IncidentId, view: &IncidentView) -> Vec<Draft> {
    let incident = &view.incident;
    let source = |seq: u64| Slug::nearest(&format!("{of}.{seq}"));
    let mut drafts: Vec<Draft> = Vec::new();
    // The levels are due when they were due before.
    let armed = view.entries.iter().find_map(Entry::data::<EscalationArmed>);
    drafts.extend(armed.map(|data| Draft::new(&program(), data.clone())));
    for ack in &incident.acknowledgements {
        let data = Acknowledged {
            targets: ack.targets.clone(),
            elsewhere: Some(source(ack.seq)),
        };
        let who = format!("{} (#{} of {of})", view.acknowledged_by(ack), ack.seq);
        let draft = Draft::new(&program(), data).with(field::WHO, Safe::line(&who));
        drafts.push(draft.occurred(ack.at, Cause::Said));
    }
    let mut people: Vec<(ActorId, ActorId)> = Vec::new();
    for (count, (role, holder)) in (0u64..).zip(&incident.roles) {
        let known = people.iter().find(|(was, _)| *was == holder.actor);
        let actor = match known {
            Some((_, actor)) => actor.clone(),
            None => {
                let name = Safe::line(&view.name_of(&holder.actor));
                let named = named(of.as_str(), count, &program(), &name);
                drafts.push(named.draft);
                people.push((holder.actor.clone(), named.actor.clone()));
                named.actor
            }
        };
        let data = RoleAssigned {
            role: *role,
            actor: Some(actor),
            supersedes: Some(0),
        };
        drafts.push(Draft::new(&program(), data));
    }
    // The one in force: the last by its time, as corrected.
    drafts.extend(incident.classification().map(|verdict| {
        let data = Classified {
            severity: verdict.severity,
            rule: verdict.rule.clone(),
            policy: verdict.policy.clone(),
            answers: verdict.answers.clone(),
            matched: verdict.matched.clone(),
            flags: verdict.flags.clone(),
        };
        Draft::new(&program(), data)
    }));
    if incident.status != Status::default() {
        let status = incident.status;
        let data = StatusChanged { status };
        drafts.push(Draft::new(&program(), data));
    }
    drafts
}
