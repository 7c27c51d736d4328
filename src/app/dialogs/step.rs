//! The current step of the playbook: choices of a decision, and the reason for skipping.

use super::playbook;
use crate::app::dialog::{FieldKind, Form, List, Outcome};
use crate::app::intent::StepResult;
use crate::app::model::Model;
use crate::app::selectors::playbook::{current, is_recording};
use crate::app::update::people::steps::{done, finish};
use crate::playbook::StepKind;

/// At a decision it offers the choices.
pub(crate) fn confirm(model: &mut Model) -> Outcome {
    let Some((_, step)) = current(model) else {
        return playbook::go(model);
    };
    let StepKind::Decision(choices) = &step.kind else {
        return done(model);
    };
    let view = model.view();
    if view.is_some_and(|view| is_recording(view, &step.id)) {
        return Ok(Vec::new());
    }
    let mut list = List::new(step.title.clone());
    for choice in choices {
        let (id, target) = (step.id.clone(), choice.target.clone());
        list = list.row(choice.text.clone(), move |model| {
            finish(model, id.clone(), StepResult::Chosen(target.clone()))
        });
    }
    model.open(list)
}

pub(crate) fn skip(model: &mut Model) -> Outcome {
    let Some((_, step)) = current(model) else {
        return Ok(Vec::new());
    };
    let id = step.id.clone();
    let title = format!("Skip \"{}\": why?", step.title);
    let form = Form::new(title, move |model, filled| {
        finish(model, id.clone(), StepResult::Skipped(filled.text(0)))
    });
    model.open(form.field("reason", FieldKind::Text))
}
