//! Sets the status, with a comment; confirmed where measurements contradict it.

use super::precondition::response;
use crate::app::dialog::{Confirmation, FieldKind, Filled, Form, List, Outcome};
use crate::app::guide;
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::recording::record_intent;
use crate::incident::closing::left_open;
use crate::incident::{Status, left_open_in_words};
use crate::signals::monitor::MonitorReport;
use crate::signals::{meets, percent};

/// The cursor starts at the status that usually follows.
pub(crate) fn open(model: &mut Model) -> Outcome {
    let incident = &response(model)?.incident;
    let now = incident.status;
    // Entered afterwards, an incident has no status until somebody states one.
    let is_set = !incident.is_retrospective() || !incident.status_changes.is_empty();
    let proposed = guide::proposed_status(model);
    let proposed = Status::ALL.iter().position(|status| *status == proposed);
    let mut list = List::new("Where does it stand?").at(proposed.unwrap_or(0));
    for status in Status::ALL {
        let mark = if status == now && is_set { "now" } else { "" };
        let text = format!("{:<14} {:<42} {mark}", status.word(), status.meaning());
        list = list.row(text, move |model| words(model, status));
    }
    model.open(list)
}

fn words(model: &mut Model, status: Status) -> Outcome {
    let title = format!("Status: {}. A few words (may stay empty)", status.word());
    let form = Form::new(title, move |model, filled| {
        let filled = filled.clone();
        match doubt(model, status) {
            Some(question) => model.open(Confirmation::new(question, move |model| {
                set(model, status, &filled)
            })),
            None => set(model, status, &filled),
        }
    });
    model.open(
        form.field("words", FieldKind::OptionalText)
            .may_be_earlier(),
    )
}

fn set(model: &mut Model, status: Status, filled: &Filled) -> Outcome {
    record_intent(
        model,
        (Intent::Status(status, filled.text(0)), filled.occurred),
    )
}

/// Measurements that contradict a status, and what closing leaves open.
fn doubt(model: &Model, status: Status) -> Option<String> {
    if status < Status::Mitigated {
        return None;
    }
    let mut against = Vec::new();
    // What is measured now says nothing about the past.
    if !model.is_retrospective() {
        against.extend(measured(model));
    }
    if status == Status::Closed {
        if !model.is_retrospective() {
            against.push("closing stops paging for good".into());
        }
        let left = model.incident().map(left_open).unwrap_or_default();
        against.extend(left_open_in_words(&left));
    }
    (!against.is_empty()).then(|| format!("{}? But {}.", status.word(), against.join(", ")))
}

/// What the sources say against an end.
fn measured(model: &Model) -> Vec<String> {
    let mut against = Vec::new();
    match (model.sample(), model.stale_sample()) {
        (Some(sample), None) if meets(sample.reading, model.setup.objective) == Some(true) => {}
        (Some(sample), None) => {
            let value = sample
                .reading
                .value()
                .map_or(sample.reading.word().to_string(), percent);
            against.push(format!("{} is {value}", model.setup.signal));
        }
        _ => against.push(format!("{} is not known now", model.setup.signal)),
    }
    let unseen = model.setup.sources.iter().any(|(name, offers)| {
        offers.alerts
            && (!model.live.index.sources().any(|known| known == name)
                || model.silence_of(name).is_some())
    });
    if unseen {
        against.push("alerts are not known now".into());
    }
    let report = model.live.report.as_deref();
    for wrong in report
        .into_iter()
        .flat_map(MonitorReport::correctness_faults)
        .take(3)
    {
        against.push(format!("{} is beyond its tolerance", wrong.signal));
    }
    // Heartbeat alerts always fire.
    let firing = model.live.index.firing() - model.live.index.heartbeats();
    if firing > 0 {
        against.push(format!("{firing} alerts fire"));
    }
    against
}
