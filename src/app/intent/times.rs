//! When an intent happened: an entry from earlier, a time that must be stated, times that contradict each other.

use super::context::IntentContext;
use super::refused::{Refused, ask, refuse};
use crate::app::incident_view::IncidentView;
use crate::incident::contradiction::{Contradiction, ContradictionKind, contradictions};
use crate::incident::entry::{
    Acknowledged, ActorIntroduced, Body, Corrected, ImpactStated, MessageEvent, Opened,
    StatusChanged, WorkChanged,
};
use crate::incident::{Draft, Entry, Event, Incident, Status};
use crate::signals::Cause;
use crate::times::{StatedTime, TimeProblem};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

pub(super) fn not_now() -> Refused {
    refuse(
        "this incident is entered afterwards: it did not happen now",
        "say when: --at TIME; an uncertain time is fine (2021-12-25 Europe/London)",
    )
}

/// Gives the drafts of a person their time.
pub(super) fn earlier(
    context: &IntentContext<'_>,
    drafts: &mut [Draft],
    at: StatedTime,
) -> Result<(), Refused> {
    if at.from() > context.now {
        let error = TimeProblem::NotYet(at.from());
        return Err(refuse(error.to_string(), error.hint()));
    }
    let own =
        |draft: &&mut Draft| draft.by == context.me.actor && !draft.event.is::<ActorIntroduced>();
    for draft in drafts.iter_mut().filter(own) {
        // An update from earlier was sent by other means: sending it now would repeat it.
        if let Event::Message(MessageEvent::Updated(data)) = &mut draft.event {
            data.elsewhere = true;
        }
        *draft = draft.clone().occurred(at, Cause::Said);
    }
    Ok(())
}

/// Refuses times that contradict each other until a person confirms them; the draft names the other entries then.
pub(super) fn unless_asked(
    view: &IncidentView,
    context: &IntentContext<'_>,
    drafts: &mut [Draft],
) -> Result<(), Refused> {
    if !context.anyway {
        long_before(&view.incident, drafts)?;
    }
    ask_about(view, context.now, context.anyway, drafts)
}

pub(super) fn ask_about(
    view: &IncidentView,
    now: DateTime<Utc>,
    anyway: bool,
    drafts: &mut [Draft],
) -> Result<(), Refused> {
    if !drafts.iter().any(states_a_time) {
        return Ok(());
    }
    let first = view.incident.count + 1;
    let (objections, after) = objections(view, now, drafts);
    if objections.is_empty() {
        return Ok(());
    }
    if !anyway {
        let said: Vec<String> = objections.iter().map(|it| it.sentence(&after)).collect();
        return Err(ask(said.join("; ")));
    }
    for objection in objections {
        // A correction contradicts by what it corrects, the opening by both of its times.
        let cites = objection.cites();
        let own = cites.iter().rev().find_map(|seq| seq.checked_sub(first));
        let own = own.and_then(|at| usize::try_from(at).ok());
        let own = own.unwrap_or(drafts.len().saturating_sub(1));
        let Some(draft) = drafts.get_mut(own) else {
            continue;
        };
        let number = first + own as u64;
        // Its own number is not known before it is recorded.
        match cites.len() {
            1 => draft.against.push(ITSELF),
            _ => draft
                .against
                .extend(cites.iter().filter(|seq| **seq < number)),
        }
        draft.against.sort_unstable();
        draft.against.dedup();
    }
    Ok(())
}

/// An opening that states its detection before its start contradicts itself.
const ITSELF: u64 = 0;

/// Whether its time can contradict another one: a note has any time.
fn states_a_time(draft: &Draft) -> bool {
    let corrects = |data: &Corrected| data.time.is_some();
    let event = &draft.event;
    let has_an_order = event.is::<StatusChanged>()
        || event.is::<ImpactStated>()
        || event.is::<Acknowledged>()
        || event.is::<WorkChanged>();
    (draft.occurred.is_some() && has_an_order)
        || event.data().is_some_and(corrects)
        || event.is::<Opened>()
}

/// What the times of these drafts contradict, and the incident with them.
fn objections(
    view: &IncidentView,
    now: DateTime<Utc>,
    drafts: &[Draft],
) -> (Vec<Contradiction>, Incident) {
    let known = contradictions(&view.incident);
    let mut drafts = drafts.to_vec();
    for draft in &mut drafts {
        draft.against.extend(reopens(&view.incident, draft));
    }
    let new = drafts.iter().zip(view.incident.count + 1..);
    let new: Vec<Entry> = new.map(|(draft, seq)| entry(draft, seq, now)).collect();
    let after = Incident::from_entries(view.entries.iter().chain(&new));
    let mut found = contradictions(&after);
    // Two ends of a window are two windows, as long as the begin between them is not entered.
    found.retain(|it| !known.contains(it) && it.kind != ContradictionKind::EndedTwice);
    (found, after)
}

/// The end that a status goes back behind. Entered afterwards, facts come in any order.
fn reopens(incident: &Incident, draft: &Draft) -> Option<u64> {
    let status = draft.event.data::<StatusChanged>()?.status;
    let at = draft.occurred?.at;
    let goes_back = status < Status::Mitigated && incident.status >= Status::Mitigated;
    let ended = incident.reached(Status::Mitigated)?;
    let behind = goes_back && !incident.is_retrospective() && at.is_before(&ended.at);
    behind.then_some(ended.seq)
}

/// As it will be read back.
fn entry(draft: &Draft, seq: u64, now: DateTime<Utc>) -> Entry {
    Entry {
        seq,
        id: String::new(),
        hash: String::new(),
        recorded: now,
        mono: None,
        by: draft.by.clone(),
        occurred: draft.occurred,
        against: draft.against.clone(),
        masked: Vec::new(),
        body: Body::Known(draft.event.clone()),
        texts: BTreeMap::new(),
    }
}

/// How long before the start of an incident a person may have acted on it: alerts come late.
const AHEAD_OF_ALERTS: TimeDelta = TimeDelta::hours(1);

/// What led to an incident can be noted; people responded to it long before it began only by mistake.
fn long_before(incident: &Incident, drafts: &[Draft]) -> Result<(), Refused> {
    let Some(began) = incident.start() else {
        return Ok(());
    };
    let is_response = |draft: &&Draft| match &draft.event {
        Event::Playbook(_) | Event::Message(_) => true,
        Event::Response(event) => event.is_response(),
        Event::Observation(_) | Event::Paging(_) | Event::Custody(_) | Event::Clock(_) => false,
    };
    let mut responses = drafts.iter().filter(is_response);
    let times = responses.find_map(|draft| {
        let at = draft.occurred?.at;
        (at.until() < began.from() - AHEAD_OF_ALERTS).then_some(at)
    });
    match times {
        Some(at) => Err(Refused {
            hint: "check the time; --anyway records it".to_string(),
            ..ask(format!(
                "{} is long before the incident began ({})",
                at.shown(),
                began.shown()
            ))
        }),
        None => Ok(()),
    }
}

/// The incident as it was known at a time: what was recorded by then; of one that is entered afterwards, what had
/// happened for certain.
pub(super) fn known_at(view: &IncidentView, at: StatedTime) -> Incident {
    let incident = &view.incident;
    let was_known = |entry: &&Entry| {
        if entry.is::<ActorIntroduced>() || entry.is::<Opened>() {
            return true;
        }
        match (incident.is_retrospective(), entry.occurred) {
            (false, _) => entry.recorded <= at.from(),
            (true, Some(_)) => incident.time_of(entry).until() <= at.until(),
            (true, None) => false,
        }
    };
    Incident::from_entries(view.entries.iter().filter(was_known))
}
