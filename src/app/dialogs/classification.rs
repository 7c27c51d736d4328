//! Confirms a classification that measurements contradict or that pages compliance.

use crate::app::dialog::{Confirmation, Outcome};
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::recording::record_intent;
use crate::app::ui::Answering;
use crate::app::update::people::answers::reopen;
use crate::incident::severity::Answered;
use crate::text::Safe;

pub(crate) fn open(model: &mut Model, doubts: &str, answers: Vec<Answered>) -> Outcome {
    model.ui.answers.asked = Some(model.now);
    let question = Confirmation::new(format!("{doubts} Record it?"), move |model| {
        record(model, answers.clone())
    });
    model.open(question.guarded().declined(|model| {
        reopen(model);
        model.ui.tell("nothing recorded; your answers stay");
        Ok(Vec::new())
    }))
}

pub(crate) fn record(model: &mut Model, answers: Vec<Answered>) -> Outcome {
    model.ui.answers = Answering::default();
    record_intent(model, Intent::Classify(answers, Safe::default()))
}
