//! Action items and other follow-up: new items, and changes of open ones.

use super::precondition::incident;
use crate::app::dialog::{About, FieldKind, Filled, Form, List, Outcome};
use crate::app::intent::{Intent, Work, refuse};
use crate::app::model::Model;
use crate::app::recording::{assign, record_intent, recording_form};
use crate::app::selectors::people::{Somebody, by_name, others};
use crate::incident::entry::{WorkChanged, WorkKind, WorkState, field};
use crate::incident::fold::WorkFact;
use crate::text::{Safe, list as list_of};

const DUE: &str = "due: 30m, or 02:40+01:00";

/// The cursor starts at the first overdue item.
pub(crate) fn open(model: &mut Model) -> Outcome {
    let view = incident(model)?;
    let mut list = List::new("What is followed up?");
    for kind in WorkKind::ALL {
        let text = format!("new {}", kind.word());
        list = list.row(text, move |model| new(model, kind));
    }
    for (seq, fact) in view.incident.open_work() {
        let text = Safe::line(view.entry_text(seq, field::TEXT).unwrap_or("-"));
        let text = format!("open: {} #{seq} {text}", fact.kind.word());
        list = list.row(text, move |model| changes(model, seq));
    }
    let due = |fact: &WorkFact| fact.due.is_some_and(|due| due <= model.now);
    let overdue = view.incident.open_work().position(|(_, fact)| due(fact));
    let cursor = overdue.map_or(0, |at| WorkKind::ALL.len() + at);
    model.open(list.at(cursor))
}

fn new(model: &mut Model, kind: WorkKind) -> Outcome {
    let title = format!("New {}", kind.word());
    let form = Form::new(title, move |model, filled| opened(model, kind, filled));
    let form = match kind {
        WorkKind::Action => form
            .field("what", FieldKind::Text)
            .field(DUE, FieldKind::Due)
            .field("owner, by name; you", FieldKind::OptionalText),
        WorkKind::VendorCase => form
            .field("about", FieldKind::Text)
            .field("number", FieldKind::Text)
            .field("contact", FieldKind::OptionalText)
            .field("next update: 30m, or 02:40+01:00", FieldKind::Due),
        WorkKind::Risk | WorkKind::Question => form
            .field("what", FieldKind::Text)
            .field("look again: 30m, or 02:40+01:00", FieldKind::Due),
        WorkKind::Link => form
            .field("what", FieldKind::Text)
            .field("address", FieldKind::Text),
    };
    model.open(form.may_be_earlier())
}

fn opened(model: &mut Model, kind: WorkKind, filled: &Filled) -> Outcome {
    let me = Somebody::Here(model.setup.me.actor.clone());
    let mut work = Work {
        text: filled.text(0),
        ..Work::default()
    };
    let mut owner = Some(me);
    match kind {
        WorkKind::Action => {
            work.due = filled.due(1);
            owner = owned_by(model, filled.typed(2))?.or(owner);
        }
        WorkKind::VendorCase => {
            (work.reference, work.contact) = (filled.text(1), filled.text(2));
            work.due = filled.due(3);
        }
        WorkKind::Risk | WorkKind::Question => work.due = filled.due(1),
        WorkKind::Link => (work.link, owner) = (filled.text(1), None),
    }
    let Some(owner) = owner else {
        return record_intent(model, (Intent::Work(kind, work), filled.occurred));
    };
    assign(model, &owner, filled.occurred, |owner| {
        let owner = Some(owner);
        Intent::Work(kind, Work { owner, ..work })
    })
}

/// Only a known person can own an item.
fn owned_by(model: &Model, name: &str) -> Result<Option<Somebody>, String> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(None);
    }
    by_name(model, name).map(Some).ok_or_else(|| {
        let known = others(model, None).into_iter().map(|(row, _)| row);
        let what = format!("nobody is called \"{name}\" here or on a schedule");
        refuse(what, format!("there are: {}", list_of(known))).into()
    })
}

fn changes(model: &mut Model, item: u64) -> Outcome {
    let Some(view) = model.view() else {
        return Ok(Vec::new());
    };
    let Some(fact) = view.incident.work.get(&item) else {
        return Ok(Vec::new());
    };
    let text = Safe::line(view.entry_text(item, field::TEXT).unwrap_or_default());
    let title = format!("{} #{item} {text}", fact.kind.word());
    let mut list = List::new(title)
        .row("it is done", move |model| done(model, item))
        .row("it is due at another time", move |model| later(model, item))
        .row("it is dropped, because …", move |model| {
            dropped(model, item)
        });
    for (name, who) in others(model, fact.owner.as_ref()) {
        list = list.row(format!("{name} owns it from now on"), move |model| {
            assign(model, &who, None, |owner| {
                let change = WorkChanged {
                    owner: Some(owner),
                    ..becomes(item, WorkState::Open)
                };
                Intent::WorkState(change, Safe::default())
            })
        });
    }
    model.open(list)
}

fn becomes(item: u64, state: WorkState) -> WorkChanged {
    WorkChanged {
        item,
        state,
        owner: None,
        due: None,
    }
}

fn done(model: &mut Model, item: u64) -> Outcome {
    let title = format!("#{item} is done: a few words (may stay empty)");
    let form = recording_form(title, move |filled| {
        Intent::WorkState(becomes(item, WorkState::Done), filled.text(0))
    });
    changed(model, item, form.field("words", FieldKind::OptionalText))
}

fn dropped(model: &mut Model, item: u64) -> Outcome {
    let form = recording_form(format!("#{item} is dropped: why?"), move |filled| {
        Intent::WorkState(becomes(item, WorkState::Dropped), filled.text(0))
    });
    changed(model, item, form.field("reason", FieldKind::Text))
}

fn later(model: &mut Model, item: u64) -> Outcome {
    let title = format!("#{item} is due at another time");
    let form = recording_form(title, move |filled| {
        let due = filled.due(0);
        let change = becomes(item, WorkState::Open);
        Intent::WorkState(WorkChanged { due, ..change }, filled.text(1))
    });
    let form = form.field(DUE, FieldKind::RequiredDue);
    changed(model, item, form.field("words", FieldKind::OptionalText))
}

fn changed(model: &mut Model, item: u64, form: Form<Model>) -> Outcome {
    model.open(form.may_be_earlier().about(move |model: &Model| {
        let text = model.view().map(|view| view.entry_text(item, field::TEXT));
        let text = text.map(|text| format!("#{item}: {}", text.unwrap_or("-")));
        text.into_iter().map(About::Text).collect()
    }))
}
