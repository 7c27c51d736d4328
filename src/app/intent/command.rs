//! Intents of command: updates, hand-overs, follow-up items.

use super::context::{IntentContext, must_take_part};
use super::owner::{Owner, WorkEdit};
use super::refused::{Refused, conflict, refuse, required};
use super::response::{am_among, holders_then};
use super::times::known_at;
use crate::app::incident_view::IncidentView;
use crate::incident::cadence::clocks;
use crate::incident::entry::{
    Audience, ClockKind, HandedOver, Updated, WorkChanged, WorkKind, WorkOpened, WorkState, field,
};
use crate::incident::{ActorId, Draft, Incident, Role};
use crate::text::{Safe, sanitize};
use crate::times::{DueTime, StatedZone, TimeProblem, due_by, write_span};
use chrono::{DateTime, TimeDelta, Utc};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Work {
    pub text: Safe,
    /// The vendor's case number.
    pub reference: Safe,
    /// The vendor's contact.
    pub contact: Safe,
    pub link: Safe,
    pub owner: Option<Owner>,
    pub due: Option<DueTime>,
}

/// `None` where nothing is written. A day means its end in its zone; `zone` holds where the text names none. It may have
/// passed: [`already_due`] says so.
pub fn due_time(
    text: &str,
    zone: Option<StatedZone>,
    now: DateTime<Utc>,
) -> Result<Option<DueTime>, TimeProblem> {
    match text.trim() {
        "" => Ok(None),
        text => due_by(text, zone, now).map(Some),
    }
}

/// Of a due time that has passed: `2026-11-22 00:40 UTC was 3 h 20 min ago`.
pub fn already_due(due: DueTime, now: DateTime<Utc>) -> Option<String> {
    let (due, stated) = (due.at, due.stated);
    let ago = write_span(now - due, now - due < TimeDelta::minutes(1));
    let at = stated.map_or_else(
        || due.format("%Y-%m-%d %H:%M UTC").to_string(),
        |stated| stated.shown(),
    );
    (due <= now).then(|| format!("{at} was {ago} ago"))
}

pub(super) fn update(
    context: &IntentContext<'_>,
    audience: Audience,
    text: &Safe,
) -> Result<Draft, Refused> {
    let data = Updated {
        audience,
        elsewhere: false,
    };
    Ok(Draft::new(&context.me.actor, data).with(field::TEXT, required(text)?))
}

pub(super) fn hand_over(
    view: &IncidentView,
    context: &IntentContext<'_>,
    role: Role,
    to: &ActorId,
    comment: &Safe,
) -> Result<Draft, Refused> {
    let incident = &view.incident;
    let hint = "a person appears in a journal with their first action; they can also take the role themselves";
    must_take_part(view, context, Some(to), hint)?;
    let me = &context.me.actor;
    let holders = holders_then(view, context, role);
    let from = match role.is_shared() {
        // Of a shared role only the own share can be handed over.
        true => Some(me.clone()).filter(|_| am_among(&holders, view, context)),
        false => holders.first().cloned(),
    };
    if holders.contains(to) {
        return Err(conflict(
            format!("{} holds it already", view.name_of(to)),
            "nothing to do",
        ));
    }
    let data = HandedOver {
        role,
        from,
        to: to.clone(),
        supersedes: Some(incident.role_change(role)),
    };
    let mut text = match context.occurred {
        Some(at) => summary(view, &known_at(view, at)),
        None => summary(view, incident),
    };
    if !comment.is_empty() {
        text = format!("{comment}\n{text}");
    }
    Ok(Draft::new(&context.me.actor, data).with(field::TEXT, Safe::block(&text)))
}

const DECISIONS: usize = 3;
/// Longest text of an entry in a summary, in bytes.
const SUMMARY_TEXT: usize = 400;

/// For the person who takes over: state, decisions, open action items, clocks. Times are UTC.
/// `incident` is the state at the time of the hand-over; texts and names are those of the view.
pub fn summary(view: &IncidentView, incident: &Incident) -> String {
    let text = |seq: u64| {
        let text = view.entry_text(seq, field::TEXT);
        let text = text.unwrap_or("-").replace('\n', " ");
        // The entry has the whole text, and its number stands beside this.
        sanitize::cut(text, SUMMARY_TEXT, 0).0
    };
    let severity = incident.severity();
    let severity = severity.map_or("not classified".into(), |it| it.to_string());
    let mut lines = vec![format!("State: {}, {severity}.", incident.status.word())];
    if let Some(name) = &incident.playbook
        && let Some(run) = incident.playbooks.get(name)
    {
        lines.push(format!(
            "Playbook: {name}, {} of {} steps have a result.",
            run.results.len(),
            run.steps
        ));
    }
    let decided = incident.decisions.iter().rev().take(DECISIONS).rev();
    lines.extend(decided.map(|(_, seq)| format!("Decided (#{seq}): {}", text(*seq))));
    for (seq, work) in incident.open_work() {
        let owner = match view.owner_name(work) {
            Some(owner) => format!("; {owner}"),
            // A link has no owner.
            None if work.kind == WorkKind::Link => String::new(),
            None => "; unassigned".to_string(),
        };
        let due = work.due.map_or(String::new(), |due| {
            format!(", due {}", due.format("%H:%M UTC"))
        });
        lines.push(format!(
            "Open {} (#{seq}): {}{owner}{due}",
            work.kind.word(),
            text(seq)
        ));
    }
    let latest = incident.clock.latest();
    let clocks = clocks(incident, latest).into_iter();
    for clock in clocks.filter(|clock| clock.clock != ClockKind::ActionItem) {
        lines.push(format!(
            "Clock: {} at {}",
            clock.waits_for(incident),
            clock.at.format("%H:%M:%S UTC")
        ));
    }
    let next = incident.escalation.nearest(&incident.response());
    lines.extend(next.map(|(at, level)| {
        format!(
            "Call: {} at {}",
            level.armed.level,
            latest.wall_at(at).format("%H:%M:%S UTC")
        )
    }));
    lines.join("\n")
}

const APPEARS: &str = "a person appears in a journal with their first action";

pub(super) fn open(
    view: &IncidentView,
    context: &IntentContext<'_>,
    kind: WorkKind,
    work: &Work,
) -> Result<Draft, Refused> {
    let owner = work.owner.as_ref();
    must_take_part(view, context, owner.and_then(Owner::person), APPEARS)?;
    if kind == WorkKind::Action && work.owner.is_none() {
        return Err(refuse(
            "an action needs somebody who sees to it",
            "name who, or take it yourself",
        ));
    }
    if kind == WorkKind::VendorCase && work.reference.is_empty() {
        return Err(refuse(
            "a case with a vendor has a number",
            "write the number that the vendor gave",
        ));
    }
    if kind == WorkKind::Link && work.link.is_empty() {
        return Err(refuse("a link needs its address", "write it out"));
    }
    let data = WorkOpened {
        kind,
        owner: owner.and_then(Owner::person).cloned(),
        role: owner.and_then(Owner::role),
        team: owner.is_some_and(Owner::is_team),
        due: work.due.map(|due| due.at),
        due_stated: work.due.and_then(|due| due.stated),
    };
    Ok(Draft::new(&context.me.actor, data)
        .with(field::TEXT, required(&work.text)?)
        .with(field::REFERENCE, work.reference.clone())
        .with(field::CONTACT, work.contact.clone())
        .with(field::LINK, work.link.clone())
        .with(field::OWNER, owner.map(Owner::team).unwrap_or_default()))
}

pub(super) fn change(
    view: &IncidentView,
    context: &IntentContext<'_>,
    to: &WorkEdit,
    comment: &Safe,
) -> Result<Draft, Refused> {
    let incident = &view.incident;
    let (item, state) = (to.item, to.state);
    let Some(work) = incident.work.get(&item) else {
        let open = incident.open_work().map(|(seq, _)| format!("#{seq}"));
        let open: Vec<String> = open.collect();
        let hint = match open.is_empty() {
            true => "nothing is open".to_string(),
            false => format!("open are {}", open.join(", ")),
        };
        return Err(refuse(format!("#{item} is no work to keep track of"), hint));
    };
    let owner = to.owner.as_ref();
    must_take_part(view, context, owner.and_then(Owner::person), APPEARS)?;
    let other = owner.is_some_and(|owner| !owner.owns(view, work));
    if work.state == state && to.due.is_none() && !other {
        return Err(conflict(
            format!("#{item} is {} already", state.word()),
            "nothing to do",
        ));
    }
    if work.state != WorkState::Open && state == WorkState::Open {
        return Err(conflict(
            format!("#{item} is {} already", work.state.word()),
            "open a new item instead",
        ));
    }
    if state == WorkState::Dropped && comment.is_empty() {
        return Err(refuse(
            "dropping it needs a reason",
            "say why in a few words",
        ));
    }
    let data = WorkChanged {
        item,
        state,
        owner: owner.and_then(Owner::person).cloned(),
        role: owner.and_then(Owner::role),
        team: owner.is_some_and(Owner::is_team),
        due: to.due.map(|due| due.at),
        due_stated: to.due.and_then(|due| due.stated),
    };
    Ok(Draft::new(&context.me.actor, data)
        .with(field::TEXT, comment.clone())
        .with(field::OWNER, owner.map(Owner::team).unwrap_or_default()))
}
