//! The step of the playbook that is at hand: the way at a decision, the reason for leaving it out.

use super::playbook;
use crate::app::dialog::{Form, List, Outcome, Takes};
use crate::app::model::Model;
use crate::app::update::people::steps::{at_hand, awaits_step, done, finish, is_at_hand};
use crate::incident::Slug;
use crate::incident::entry::StepOutcome;
use crate::playbook::Kind;
use crate::text::Safe;

const MOVED_ON: &str = "the playbook has moved on meanwhile: nothing recorded";

/// Confirms it: at a decision, the ways are offered.
pub(crate) fn confirm(model: &mut Model) -> Outcome {
    let Some((_, _, step)) = at_hand(model) else {
        return playbook::go(model);
    };
    let Kind::Decision(choices) = &step.kind else {
        return done(model);
    };
    if model.view().is_some_and(|view| awaits_step(view, &step.id)) {
        return Ok(Vec::new());
    }
    let mut list = List::new(step.title.clone());
    for choice in choices {
        let (id, target) = (step.id.clone(), choice.target.clone());
        list = list.row(choice.text.clone(), move |model| {
            chosen(model, &id, target.clone())
        });
    }
    model.open(list)
}

fn chosen(model: &mut Model, step: &Slug, target: Slug) -> Outcome {
    match is_at_hand(model, step) {
        true => finish(model, StepOutcome::Chosen, Some(target), Safe::default()),
        false => Err(MOVED_ON.into()),
    }
}

pub(crate) fn skip(model: &mut Model) -> Outcome {
    let Some((_, _, step)) = at_hand(model) else {
        return Ok(Vec::new());
    };
    let id = step.id.clone();
    let form = Form::new(
        format!("Skip \"{}\": why?", step.title),
        move |model, filled| match is_at_hand(model, &id) {
            true => finish(model, StepOutcome::Skipped, None, filled.text(0)),
            false => Err(MOVED_ON.into()),
        },
    );
    model.open(form.field("reason", Takes::Words))
}
