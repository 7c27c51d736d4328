//! Ends a silence.

use crate::app::dialog::{Confirmation, Outcome};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::selectors::silences::silence_on_row;

pub(crate) fn open(model: &mut Model) -> Outcome {
    let found = silence_on_row(model)?;
    let question = format!("End this silence? {}. {}.", found.description, found.covers);
    model.open(Confirmation::new(question, move |_| {
        let (source, id) = (found.source.clone(), found.id.clone());
        Ok(vec![Effect::EndSilence { source, id }])
    }))
}
