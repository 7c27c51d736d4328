//! A decision, its reason and its alternatives.

use super::precondition::incident;
use crate::app::dialog::{FieldKind, Outcome};
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::recording::recording_form;

pub(crate) fn open(model: &mut Model) -> Outcome {
    incident(model)?;
    let form = recording_form("Decision", |filled| {
        Intent::Decide(filled.text(0), filled.text(1), filled.text(2))
    });
    let form = form
        .field("what", FieldKind::Text)
        .field("why", FieldKind::Text)
        .field("instead of", FieldKind::OptionalText);
    model.open(form.may_be_earlier())
}
