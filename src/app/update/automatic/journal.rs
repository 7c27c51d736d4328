//! What the journal reports: entries that are durable, and drafts that are not.

use super::{backfill, clocks, continuation, impact, intake, notices, sending};
use crate::app::custody;
use crate::app::effect::{Checkpoint, Effect};
use crate::app::incident_view::IncidentView;
use crate::app::intent;
use crate::app::message::{DamageOutcome, DocumentFile, JournalNews};
use crate::app::model::Model;
use crate::app::recording::{introduced_in, record};
use crate::app::update::people::silences;
use crate::incident::entry::{
    Acknowledged, CheckpointFailed, MessageEvent, Occasion, PagingEvent, PlaybookEvent,
    ResponseEvent, RoleAssigned, StepOutcome,
};
use crate::incident::{Draft, Entry, Event, Incident, IncidentId, Role, ServiceId, Status};
use crate::text::Problem;

pub(crate) fn news(model: &mut Model, news: JournalNews) -> Vec<Effect> {
    match news {
        JournalNews::Ready => return ready(model),
        JournalNews::Recorded {
            incident,
            entries,
            token,
            mine,
        } => return recorded(model, &incident, &entries, token, &mine),
        JournalNews::Reread { incident, entries } => return reread(model, &incident, &entries),
        JournalNews::Damaged {
            incident,
            why,
            outcome,
        } => return continuation::damaged(model, incident, why, outcome),
        JournalNews::Opened { incident, entries } => return opened(model, incident, &entries),
        JournalNews::Loaded {
            incident,
            entries,
            state,
        } => {
            let view = model.views.entry(incident.clone()).or_default();
            view.adopt(entries, *state);
            loaded(model, incident);
        }
        JournalNews::StoreFailed(problem) => model.store_error = Some(problem),
        JournalNews::NotRecorded { incident, why, .. } => not_recorded(model, &incident, why),
        JournalNews::NotOpened { service, why } => not_opened(model, &service, why),
    }
    Vec::new()
}

fn loaded(model: &mut Model, id: IncidentId) {
    let view = model.views.entry(id.clone()).or_default();
    let live = view.service().filter(|_| !view.incident.is_retrospective());
    let opened = live.cloned();
    let open = opened.is_some() && view.incident.status != Status::Closed;
    let active = open && !view.incident.status.is_resolved();
    if let Some(service) = opened {
        model.opening.remove(&service);
    }
    // The oldest active incident is shown first, and keeps the screen when somebody else opens one.
    let free = match model.current {
        None => open,
        Some(_) => active && !shows_active(model) && !is_at_work(model),
    };
    if free && id.is_drill() == model.setup.drill.is_some() {
        model.go_to(id);
    }
    continuation::link(model);
}

/// Whether the screen has an incident that needs people now. Of a damaged journal that may not be known.
fn shows_active(model: &Model) -> bool {
    model.view().is_some_and(|view| {
        let incident = &view.incident;
        let ended = view.damage_outcome == Some(DamageOutcome::Ended);
        !ended && !incident.status.is_resolved() && !incident.is_retrospective()
    })
}

/// Input belongs to the incident on the screen, which stays.
fn is_at_work(model: &Model) -> bool {
    !model.dialogs.is_empty() || model.ui.answers.active
}

fn ready(model: &mut Model) -> Vec<Effect> {
    model.ready = true;
    model.store_error = None;
    let mut effects = continuation::wanted(model);
    effects.extend(intake::consider(model));
    effects
}

fn opened(model: &mut Model, id: IncidentId, entries: &[Entry]) -> Vec<Effect> {
    model.views.entry(id.clone()).or_default().extend(entries);
    loaded(model, id.clone());
    // One that is entered afterwards too: a person has opened it here.
    if !shows_active(model) && !is_at_work(model) {
        model.go_to(id.clone());
    }
    model.ui.tell(format!("{id} opened"));
    let mut effects = backfill::record(model);
    effects.extend(impact::record(model));
    effects.extend(sign(model, &id, Some(Occasion::Declaration)));
    effects.extend(sending::carry_out(model, &id, entries));
    effects.extend(clocks::tick(model));
    effects.extend(intake::consider(model));
    effects
}

const SEALED: &str = "the journal was sealed meanwhile: the last entry was NOT recorded";

fn recorded(
    model: &mut Model,
    id: &IncidentId,
    entries: &[Entry],
    token: Option<u64>,
    mine: &[Option<u64>],
) -> Vec<Effect> {
    let view = model.views.entry(id.clone()).or_default();
    // Entries of this process may be known already: a first attempt may have written them before it failed.
    let written = |seq: &u64| {
        let all = entries.iter().chain(&view.entries);
        all.into_iter().find(|entry| entry.seq == *seq).cloned()
    };
    let own: Vec<Entry> = mine.iter().flatten().filter_map(written).collect();
    let occasion = custody::occasion(&view.incident, &own);
    let before = view.incident.roles.clone();
    view.extend(entries);
    let late = token.map_or(Vec::new(), |token| too_late(view, token, mine));
    if let Some(token) = token {
        view.pending.retain(|pending| pending.token != token);
        view.problem = None;
    }
    if view.drop_unrecordable() {
        model.ui.warn(SEALED);
    }
    let mut effects: Vec<Effect> = sign(model, id, occasion).into_iter().collect();
    let acknowledged = own.iter().any(Entry::is::<Acknowledged>);
    for entry in &own {
        match entry.event() {
            Some(Event::Playbook(PlaybookEvent::StepRecorded(step)))
                if matches!(step.outcome, StepOutcome::Done | StepOutcome::Chosen)
                    && model.setup.drill.is_some() =>
            {
                effects.push(Effect::Cue(step.step.clone()));
            }
            Some(Event::Paging(PagingEvent::Acknowledged(data))) => {
                let other = not_waited_for(model, id, data)
                    .map_or(String::new(), |what| format!(" ({what})"));
                let mut roles = own.iter().filter_map(Entry::data::<RoleAssigned>);
                let commands = match roles.any(|data| data.role == Role::IncidentCommander) {
                    true => "; you are incident commander",
                    false => "",
                };
                let pages = model
                    .views
                    .get(id)
                    .map(|view| view.incident.is_retrospective());
                let pages = match pages {
                    Some(true) => "",
                    _ => "; pages that wait for it stop",
                };
                model.ui.tell(format!(
                    "acknowledged, recorded as #{}{commands}{other}{pages}",
                    entry.seq
                ));
            }
            // The acknowledgement says more than the command that comes with it.
            Some(Event::Response(ResponseEvent::RoleAssigned(_))) if acknowledged => {}
            Some(Event::Response(ResponseEvent::Noted(_))) if silences::recorded(model, entry) => {}
            Some(event) if is_personal(event) => {
                model.ui.tell(format!("recorded as #{}", entry.seq))
            }
            _ => {}
        }
    }
    // The paging service has no reader; its log has the entries.
    if !model.setup.headless {
        notices::notify_of_changes(model, id, &before, entries);
        notices::notify_of_conflict(model, id, &late, acknowledged);
    }
    effects.extend(sending::carry_out(model, id, &own));
    effects
}

/// Only for an acknowledgement without targets.
fn not_waited_for(model: &Model, id: &IncidentId, data: &Acknowledged) -> Option<String> {
    let view = model.views.get(id)?;
    let me = model.setup.me.name.as_str();
    let alone = data.targets.is_empty();
    alone.then(|| intent::not_waited_for(view, &model.live.schedules, me, model.now))?
}

/// Drafts of this program that were left out because the journal had them already.
fn too_late(view: &IncidentView, token: u64, mine: &[Option<u64>]) -> Vec<Draft> {
    let batch = view.pending.iter().find(|pending| pending.token == token);
    let drafts = batch.into_iter().flat_map(|pending| &pending.drafts);
    let left_out = drafts.zip(mine).filter(|(_, seq)| seq.is_none());
    left_out.map(|(draft, _)| draft.clone()).collect()
}

/// An exercise is never signed.
fn sign(model: &Model, id: &IncidentId, occasion: Option<Occasion>) -> Option<Effect> {
    let reason = occasion?;
    let incident = &model.views.get(id)?.incident;
    let signs = model.setup.me.key.is_some() && model.setup.drill.is_none();
    signs.then(|| {
        Effect::Sign(Checkpoint {
            incident: id.clone(),
            upto: incident.count,
            head: incident.head.clone(),
            reason,
        })
    })
}

pub(crate) fn signed(model: &mut Model, id: &IncidentId, draft: Draft) -> Vec<Effect> {
    if let Some(data) = draft.event.data::<CheckpointFailed>() {
        let why = draft.texts.first().map_or("", |(_, text)| text.as_str());
        let text = format!("NOT SIGNED {}: {why}", data.reason.words());
        model.ui.warn(text);
    }
    let mut drafts = introduced_in(model, id);
    drafts.push(draft);
    record(model, id, drafts)
}

/// Whether a person waits for the confirmation that it is recorded.
fn is_personal(event: &Event) -> bool {
    match event {
        Event::Response(event) => match event {
            ResponseEvent::Noted(_)
            | ResponseEvent::Decided(_)
            | ResponseEvent::Classified(_)
            | ResponseEvent::StatusChanged(_)
            | ResponseEvent::ImpactStated(_)
            | ResponseEvent::Corrected(_)
            | ResponseEvent::RoleAssigned(_)
            | ResponseEvent::HandedOver(_)
            | ResponseEvent::WorkOpened(_)
            | ResponseEvent::WorkChanged(_) => true,
            ResponseEvent::Opened(_)
            | ResponseEvent::ActorIntroduced(_)
            | ResponseEvent::Proposed(_) => false,
        },
        Event::Message(event) => matches!(event, MessageEvent::Updated(_)),
        Event::Observation(_)
        | Event::Paging(_)
        | Event::Playbook(_)
        | Event::Custody(_)
        | Event::Clock(_) => false,
    }
}

/// Entries that were never acknowledged disappear; drafts stay queued.
fn reread(model: &mut Model, id: &IncidentId, entries: &[Entry]) -> Vec<Effect> {
    let view = model.views.entry(id.clone()).or_default();
    view.entries.clear();
    view.incident = Incident::default();
    view.extend(entries);
    model.ui.warn(
        "another process took back what its disk did not confirm; the journal was read again",
    );
    clocks::tick(model)
}

fn not_opened(model: &mut Model, service: &ServiceId, why: Option<Problem>) {
    model.opening.remove(service);
    match why {
        Some(why) => model.store_error = Some(why),
        None => model
            .ui
            .tell("an incident is open for this service already; i goes to it"),
    }
}

fn not_recorded(model: &mut Model, id: &IncidentId, why: Problem) {
    let Some(view) = model.views.get_mut(id) else {
        return;
    };
    if view.incident.is_sealed() {
        if view.drop_unrecordable() {
            model.ui.warn(SEALED);
        }
        return;
    }
    // What was refused for good stays on the screen as not recorded, and is not requested again with every tick.
    view.problem = Some(why);
}

pub(crate) fn written(
    model: &mut Model,
    id: &IncidentId,
    documents: Vec<DocumentFile>,
) -> Vec<Effect> {
    let mut drafts = introduced_in(model, id);
    let view: &mut IncidentView = model.views.entry(id.clone()).or_default();
    for document in documents {
        view.written.insert(document.name, document.path);
        drafts.push(document.draft);
    }
    model.ui.tell("documents written");
    record(model, id, drafts)
}
