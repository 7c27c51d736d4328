//! Sends drafts to the journal writer. They are shown as recorded once they are durable.

use super::dialog::{Confirmation, Filled, Form, Outcome};
use super::effect::{Effect, JournalTask};
use super::incident_view::{IncidentView, Pending};
use super::intent::{
    Intent, IntentContext, Named, Refused, SignalReading, arrival, drafts, refuse,
};
use super::model::Model;
use super::selectors::impact;
use super::selectors::people::{Somebody, resolve};
use crate::incident::entry::{HandedOver, Noted, RoleAssigned, field};
use crate::incident::severity::SeverityFacts;
use crate::incident::{ActorId, Draft, IncidentId, Status, program};
use crate::keymap::Action;
use crate::text::Safe;
use crate::times::StatedTime;

pub(super) fn read_only() -> Refused {
    refuse(
        "this console is read-only",
        "start it without --read-only to record",
    )
}

/// Nothing is recorded in a read-only console.
pub(super) fn record(model: &mut Model, incident: &IncidentId, drafts: Vec<Draft>) -> Vec<Effect> {
    if model.setup.read_only {
        return Vec::new();
    }
    let now = model.now;
    let Some(view) = model.views.get_mut(incident) else {
        return Vec::new();
    };
    if view.is_lost() {
        // Automatic entries come with every tick, so only a person gets a warning.
        if drafts.iter().any(|draft| draft.by != program()) {
            model
                .ui
                .warn("NOT RECORDED: this journal is damaged, nothing can be added to it");
        }
        return Vec::new();
    }
    if view.incident.is_sealed() {
        model
            .ui
            .warn("the journal is sealed: nothing is added to it");
        return Vec::new();
    }
    let drafts: Vec<Draft> = drafts
        .into_iter()
        .filter(|draft| !view.in_flight(draft))
        .collect();
    if drafts.is_empty() {
        return Vec::new();
    }
    let token = model.next_token;
    model.next_token += 1;
    view.pending.push(Pending {
        token,
        since: now,
        drafts: drafts.clone(),
    });
    vec![Effect::Journal(JournalTask::Record {
        incident: incident.clone(),
        token,
        drafts,
    })]
}

pub(super) fn introduced_in(model: &Model, id: &IncidentId) -> Vec<Draft> {
    let view = model.views.get(id);
    let unknown = view.filter(|view| !view.incident.actors.contains_key(&model.setup.me.actor));
    let arrival = unknown.map(|view| arrival(view, &model.setup.me));
    arrival.into_iter().collect()
}

#[derive(Clone)]
pub(super) struct IntentRequest {
    pub(super) intent: Intent,
    /// When it happened, if that was earlier.
    pub(super) occurred: Option<StatedTime>,
    pub(super) named: Option<Named>,
    /// A person has confirmed what was asked about (`Refused::asks`).
    pub(super) anyway: bool,
}

impl From<Intent> for IntentRequest {
    fn from(intent: Intent) -> Self {
        (intent, None).into()
    }
}

impl From<(Intent, Option<StatedTime>)> for IntentRequest {
    fn from((intent, occurred): (Intent, Option<StatedTime>)) -> Self {
        Self {
            intent,
            occurred,
            named: None,
            anyway: false,
        }
    }
}

pub(super) fn record_intent(model: &mut Model, request: impl Into<IntentRequest>) -> Outcome {
    let request = request.into();
    let question = match prepared(model, request.clone()) {
        Ok((id, drafts)) => {
            // A form may have stayed beneath the question that it opened.
            model.dialogs.clear();
            return Ok(record(model, &id, drafts));
        }
        Err(refused) if refused.asks => contradicted(&refused),
        Err(refused) => return Err(refused.into()),
    };
    model.open(Confirmation::new(question, move |model| {
        let anyway = true;
        let request = request.clone();
        record_intent(model, IntentRequest { anyway, ..request })
    }))
}

/// Times that contradict each other are recorded as that, once a person has looked at both.
pub(super) fn contradicted(refused: &Refused) -> String {
    format!("{}. Record it as a contradiction?", refused.what)
}

/// A form that records an intent, at the earlier time that the person may give.
pub(super) fn recording_form(
    title: impl Into<String>,
    intent: impl Fn(&Filled) -> Intent + Send + Sync + 'static,
) -> Form<Model> {
    let form = Form::new(title, move |model, filled| {
        record_intent(model, (intent(filled), filled.occurred))
    });
    form.stays()
}

/// Assigns something to a person, with their introduction where they do not appear yet.
pub(super) fn assign(
    model: &mut Model,
    who: &Somebody,
    occurred: Option<StatedTime>,
    intent: impl FnOnce(ActorId) -> Intent,
) -> Outcome {
    let (actor, named) = resolve(model, who);
    let request = IntentRequest {
        intent: intent(actor),
        occurred,
        named,
        anyway: false,
    };
    record_intent(model, request)
}

fn prepared(
    model: &Model,
    mut request: IntentRequest,
) -> Result<(IncidentId, Vec<Draft>), Refused> {
    if model.setup.read_only {
        return Err(read_only());
    }
    let Some(id) = model.current.clone() else {
        let open = model.key(Action::Open);
        let hint = format!("{open} opens one by hand");
        return Err(refuse("there is no incident yet", hint));
    };
    // What is corrected or closed is so from now on.
    let is_now = matches!(
        request.intent,
        Intent::Correct(..) | Intent::Status(Status::Closed, _)
    );
    if model.is_retrospective() && !is_now {
        request.occurred = request.occurred.or(model.entering_at());
        if request.occurred.is_none() {
            let key = model.key(Action::Earlier);
            let what = "this incident is entered afterwards, and the time of this entry is not set";
            return Err(refuse(what, format!("{key} sets it")));
        }
    }
    let is_acknowledgement = matches!(request.intent, Intent::Acknowledge(_));
    let drafts = drafts_in(model, &id, request)?;
    // Automatic repetitions are left out while the first is under way; a person who changes a role gets an answer.
    let changes_role =
        |draft: &Draft| draft.event.is::<RoleAssigned>() || draft.event.is::<HandedOver>();
    let is_late = |draft: &Draft| {
        let view = model.views.get(&id);
        changes_role(draft) && view.is_some_and(|view| view.in_flight(draft))
    };
    if !is_acknowledgement && drafts.iter().any(is_late) {
        return Err(refuse(
            "a change of this role is being recorded just now, and is not on the disk yet",
            "wait until it is, and look again",
        ));
    }
    Ok((id, drafts))
}

/// The incident need not be the one on the screen.
pub(super) fn record_in(
    model: &mut Model,
    id: &IncidentId,
    intent: Intent,
) -> Result<Vec<Effect>, Refused> {
    let drafts = drafts_in(model, id, intent.into())?;
    Ok(record(model, id, drafts))
}

fn drafts_in(
    model: &Model,
    id: &IncidentId,
    request: IntentRequest,
) -> Result<Vec<Draft>, Refused> {
    let Some(view) = model.views.get(id) else {
        return Ok(Vec::new());
    };
    let setup = &model.setup;
    // What is measured now says nothing about an incident of the past.
    let is_live = !view.incident.is_retrospective();
    let sample = model.sample().zip(model.metrics_source());
    let sample = sample.filter(|_| is_live);
    let context = IntentContext {
        me: &setup.me,
        library: &setup.library,
        severity: &setup.severity,
        facts: SeverityFacts::of(&setup.map, &view.incident, model.now),
        now: model.now,
        occurred: request.occurred,
        anyway: request.anyway,
        reading: sample.map(|(sample, source)| SignalReading {
            sample,
            signal: &setup.signal,
            source,
        }),
        impact: impact::measured(model, view).filter(|_| is_live),
        named: request.named,
    };
    drafts(view, &context, &request.intent)
}

/// Skipped while a paging service records: the journal would get everything twice.
pub(super) fn record_observation(
    model: &mut Model,
    id: &IncidentId,
    drafts: Vec<Draft>,
) -> Vec<Effect> {
    match model.is_watched() {
        true => Vec::new(),
        false => record(model, id, drafts),
    }
}

/// Whether an entry, or a draft on its way to the disk, has this text.
pub(super) fn is_noted(view: &IncidentView, text: &str) -> bool {
    let waiting = view.pending.iter().flat_map(|batch| &batch.drafts);
    let mut waiting = waiting.flat_map(|draft| &draft.texts);
    let mut entries = view.entries.iter();
    waiting.any(|(_, known)| known.as_str() == text)
        || entries.any(|entry| entry.text(field::TEXT) == Some(text))
}

pub(super) fn note(text: Safe) -> Draft {
    Draft::new(&program(), Noted {}).with(field::TEXT, text)
}

pub(super) fn note_once(view: &IncidentView, text: &'static str) -> Option<Draft> {
    (!is_noted(view, text)).then(|| note(Safe::line(text)))
}
