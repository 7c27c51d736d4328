//! Action items and other follow-up: new items, and changes of open ones.

use super::precondition::incident;
use crate::app::dialog::{About, Confirmation, FieldKind, Filled, Form, List, Outcome};
use crate::app::intent::{Intent, Owner, Work, WorkEdit, already_due, no_owner, role_or_team};
use crate::app::model::Model;
use crate::app::recording::{assign, record_intent, recording_form};
use crate::app::selectors::people::{Somebody, by_name, others};
use crate::incident::entry::{WorkKind, WorkState, field};
use crate::incident::fold::{WorkFact, WorkOwner};
use crate::text::Safe;
use crate::times::{DueTime, StatedTime};

const DUE: &str = "due: 30m, or 02:40+01:00";
const OWNER: &str = "owner: a name, role or team; you";

/// Who is chosen or written as an owner.
#[derive(Debug, Clone, PartialEq)]
enum Chosen {
    Person(Somebody),
    Other(Owner),
}

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
            .field(OWNER, FieldKind::OptionalText),
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
    let me = Chosen::Person(Somebody::Here(model.setup.me.actor.clone()));
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
    let occurred = filled.occurred;
    unless_passed(model, work.due, move |model| {
        let work = work.clone();
        let intent = |owner| Intent::Work(kind, Work { owner, ..work });
        match &owner {
            Some(owner) => given_to(model, owner, occurred, |owner| intent(Some(owner))),
            None => record_intent(model, (intent(None), occurred)),
        }
    })
}

fn given_to(
    model: &mut Model,
    owner: &Chosen,
    occurred: Option<StatedTime>,
    intent: impl FnOnce(Owner) -> Intent,
) -> Outcome {
    match owner {
        Chosen::Person(who) => assign(model, who, occurred, |person| intent(person.into())),
        Chosen::Other(owner) => record_intent(model, (intent(owner.clone()), occurred)),
    }
}

/// Asks first where the due time has passed: most often that is a slip.
fn unless_passed(
    model: &mut Model,
    due: Option<DueTime>,
    record: impl Fn(&mut Model) -> Outcome + Send + Sync + 'static,
) -> Outcome {
    match due.and_then(|due| already_due(due, model.now)) {
        Some(said) => {
            let question = format!("The due time {said}. Record it?");
            model.open(Confirmation::new(question, record))
        }
        None => record(model),
    }
}

/// A known person, a role or a team.
fn owned_by(model: &Model, name: &str) -> Result<Option<Chosen>, String> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(None);
    }
    if let Some(person) = by_name(model, name) {
        return Ok(Some(Chosen::Person(person)));
    }
    let map = &model.setup.map;
    match role_or_team(name, map)? {
        Some(owner) => Ok(Some(Chosen::Other(owner))),
        None => {
            let known: Vec<String> = others(model, None)
                .into_iter()
                .map(|(row, _)| row)
                .collect();
            Err(no_owner(name, &known, map).into())
        }
    }
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
    let owner = match &fact.owner {
        Some(WorkOwner::Person(person)) => Some(person),
        Some(WorkOwner::Role(_) | WorkOwner::Team(_)) | None => None,
    };
    for (name, who) in others(model, owner) {
        list = list.row(format!("{name} owns it from now on"), move |model| {
            let who = Chosen::Person(who.clone());
            given_to(model, &who, None, |owner| new_owner(item, owner))
        });
    }
    list = list.row("a role or team owns it from now on", move |model| {
        let title = format!("#{item} has another owner");
        let form = Form::new(title, move |model: &mut Model, filled| {
            let owner = owned_by(model, filled.typed(0))?;
            let owner = owner.ok_or("write a name, a role or a team")?;
            given_to(model, &owner, filled.occurred, |owner| {
                new_owner(item, owner)
            })
        });
        let form = form.field("owner: a name, role or team", FieldKind::Text);
        changed(model, item, form)
    });
    model.open(list)
}

fn new_owner(item: u64, owner: Owner) -> Intent {
    let change = WorkEdit {
        owner: Some(owner),
        ..becomes(item, WorkState::Open)
    };
    Intent::WorkState(change, Safe::default())
}

fn becomes(item: u64, state: WorkState) -> WorkEdit {
    WorkEdit {
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
    let form = Form::new(title, move |model: &mut Model, filled| {
        let (due, words, occurred) = (filled.due(0), filled.text(1), filled.occurred);
        unless_passed(model, due, move |model| {
            let change = WorkEdit {
                due,
                ..becomes(item, WorkState::Open)
            };
            record_intent(model, (Intent::WorkState(change, words.clone()), occurred))
        })
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
