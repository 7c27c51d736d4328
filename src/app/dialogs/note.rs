//! A note.

use super::precondition::incident;
use crate::app::dialog::{FieldKind, Outcome};
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::recording::recording_form;

pub(crate) fn open(model: &mut Model) -> Outcome {
    incident(model)?;
    let form = recording_form("Note", |filled| Intent::Note(filled.text(0)));
    model.open(form.field("note", FieldKind::Text).may_be_earlier())
}
