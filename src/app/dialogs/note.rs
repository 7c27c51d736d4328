//! A note.

use super::precondition::incident;
use crate::app::dialog::{Form, Outcome, Takes};
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::recording::record_intent;

pub(crate) fn open(model: &mut Model) -> Outcome {
    incident(model)?;
    let form = Form::new("Note", |model, filled| {
        record_intent(model, (Intent::Note(filled.text(0)), filled.occurred))
    });
    model.open(form.field("note", Takes::Words).may_be_earlier())
}
