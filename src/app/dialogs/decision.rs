//! A decision, its reason, and what was decided against.

use super::precondition::incident;
use crate::app::dialog::{Form, Outcome, Takes};
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::recording::record_intent;

pub(crate) fn open(model: &mut Model) -> Outcome {
    incident(model)?;
    let form = Form::new("Decision", |model, filled| {
        let decided = Intent::Decide(filled.text(0), filled.text(1), filled.text(2));
        record_intent(model, (decided, filled.occurred))
    });
    let form = form
        .field("what", Takes::Words)
        .field("why", Takes::Words)
        .field("instead of", Takes::Anything);
    model.open(form.may_be_earlier())
}
