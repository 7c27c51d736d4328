//! Extends a silence.

use crate::app::dialog::{Confirmation, FieldKind, Form, Outcome};
use crate::app::effect::{Effect, ExtendSilence};
use crate::app::model::Model;
use crate::app::selectors::silences::silence_on_row;
use crate::incident::Slug;
use crate::text::{parse_duration, write_day_time};

pub(crate) fn open(model: &mut Model) -> Outcome {
    let id = silence_on_row(model)?.id;
    let form = Form::new("Extend the silence", move |model: &mut Model, filled| {
        confirm(model, &id, filled.typed(0))
    });
    model.open(form.filled("for, from now", FieldKind::Duration, "2h"))
}

fn confirm(model: &mut Model, id: &Slug, lasts: &str) -> Outcome {
    let lasts = parse_duration(lasts).ok_or("write 30m, 2h or 1d")?;
    // The list may have changed: the confirmation is for the chosen silence.
    let found = silence_on_row(model).ok().filter(|found| found.id == *id);
    let Some(found) = found else {
        let text = "nothing extended: the silence is not on this row any more";
        model.ui.warn(text);
        return Ok(Vec::new());
    };
    let until = model.now + lasts;
    let question = format!(
        "Extend this silence until {}? {}. {}.",
        write_day_time(until, model.now),
        found.description,
        found.covers
    );
    model.open(Confirmation::new(question, move |model: &mut Model| {
        Ok(vec![Effect::ExtendSilence(ExtendSilence {
            source: found.source.clone(),
            id: found.id.clone(),
            until,
            expected: found.count,
            incident: model.current.clone(),
        })])
    }))
}
