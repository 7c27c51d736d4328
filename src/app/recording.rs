//! Puts what is wanted on its way to the disk. It is shown as done once it is there.

use super::dialog::Outcome;
use super::effect::Effect;
use super::incident_view::{IncidentView, Pending};
use super::intent::{Intent, IntentContext, Named, Refused, arrival, drafts, refuse};
use super::model::Model;
use super::selectors::people::{Somebody, resolve};
use crate::incident::entry::{HandedOver, Noted, RoleAssigned, field};
use crate::incident::severity::SeverityFacts;
use crate::incident::{ActorId, Draft, IncidentId, program};
use crate::keymap::Action;
use crate::text::Safe;
use chrono::{DateTime, Utc};

pub(super) fn read_only() -> Refused {
    refuse(
        "this console is read-only",
        "start it without --read-only to record",
    )
}

/// Puts drafts on their way to the disk. In a read-only console nothing goes anywhere.
pub(super) fn record(model: &mut Model, incident: &IncidentId, drafts: Vec<Draft>) -> Vec<Effect> {
    if model.setup.read_only {
        return Vec::new();
    }
    let now = model.now;
    let Some(view) = model.views.get_mut(incident) else {
        return Vec::new();
    };
    if view.is_lost() {
        // Automatic entries come with every tick; a person is told.
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
    vec![Effect::Record {
        incident: incident.clone(),
        token,
        drafts,
    }]
}

/// The person's introduction, where the journal of this incident does not know them.
pub(super) fn introduced_in(model: &Model, id: &IncidentId) -> Vec<Draft> {
    let view = model.views.get(id);
    let unknown = view.filter(|view| !view.incident.actors.contains_key(&model.setup.me.actor));
    let arrival = unknown.map(|view| arrival(view, &model.setup.me));
    arrival.into_iter().collect()
}

/// What a person wants recorded in the incident on the screen.
pub(super) struct Wish {
    pub(super) intent: Intent,
    /// When it happened, where that was earlier.
    pub(super) occurred: Option<DateTime<Utc>>,
    pub(super) named: Option<Named>,
}

impl From<Intent> for Wish {
    fn from(intent: Intent) -> Self {
        (intent, None).into()
    }
}

impl From<(Intent, Option<DateTime<Utc>>)> for Wish {
    fn from((intent, occurred): (Intent, Option<DateTime<Utc>>)) -> Self {
        Self {
            intent,
            occurred,
            named: None,
        }
    }
}

/// Records what a person wants, or says why not.
pub(super) fn record_intent(model: &mut Model, wish: impl Into<Wish>) -> Outcome {
    Ok(try_record(model, wish.into())?)
}

/// Records what gives something to somebody, with their introduction where they do not appear yet.
pub(super) fn give(
    model: &mut Model,
    who: &Somebody,
    occurred: Option<DateTime<Utc>>,
    intent: impl FnOnce(ActorId) -> Intent,
) -> Outcome {
    let (actor, named) = resolve(model, who);
    let intent = intent(actor);
    record_intent(
        model,
        Wish {
            intent,
            occurred,
            named,
        },
    )
}

fn try_record(model: &mut Model, wish: Wish) -> Result<Vec<Effect>, Refused> {
    if model.setup.read_only {
        return Err(read_only());
    }
    let Some(id) = model.current.clone() else {
        let open = model.key(Action::Open);
        let hint = format!("{open} opens one by hand");
        return Err(refuse("there is no incident yet", hint));
    };
    let is_acknowledgement = matches!(wish.intent, Intent::Acknowledge(_));
    let drafts = drafts_in(model, &id, wish)?;
    // What the program wants again is left out while it is under way; a person who gives a role away is told.
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
    Ok(record(model, &id, drafts))
}

/// Records what a person wants in an incident that need not be the one on the screen.
pub(super) fn record_in(
    model: &mut Model,
    id: &IncidentId,
    intent: Intent,
) -> Result<Vec<Effect>, Refused> {
    let drafts = drafts_in(model, id, intent.into())?;
    Ok(record(model, id, drafts))
}

fn drafts_in(model: &Model, id: &IncidentId, wish: Wish) -> Result<Vec<Draft>, Refused> {
    let Some(view) = model.views.get(id) else {
        return Ok(Vec::new());
    };
    let setup = &model.setup;
    let sample = model.sample().zip(model.metrics_source());
    let context = IntentContext {
        me: &setup.me,
        library: &setup.library,
        severity: (&setup.severity.0, &setup.severity.1),
        facts: SeverityFacts::of(&setup.map, &view.incident, model.now),
        now: model.now,
        occurred: wish.occurred,
        sample: sample.map(|(sample, source)| (sample, &setup.signal, source)),
        named: wish.named,
    };
    drafts(view, &context, &wish.intent)
}

/// Records what the sources say, unless a paging service does: two records of the same would fill the journal.
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

/// A note of the program.
pub(super) fn note(text: Safe) -> Draft {
    Draft::new(&program(), Noted {}).with(field::TEXT, text)
}

/// Says once in the record that something is not in it.
pub(super) fn note_once(view: &IncidentView, text: &'static str) -> Option<Draft> {
    (!is_noted(view, text)).then(|| note(Safe::line(text)))
}
