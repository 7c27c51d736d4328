//! What a person says of the impact: it ended, or it began again.

use super::precondition::incident;
use crate::app::dialog::{FieldKind, List, Outcome};
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::recording::recording_form;
use crate::incident::entry::ImpactChange;

/// The cursor starts at what can follow.
pub(crate) fn open(model: &mut Model) -> Outcome {
    let windows = incident(model)?.incident.windows();
    let goes_on = windows.is_none_or(|windows| windows.is_open());
    let list = List::new("What about the impact on payments?")
        .row("it ended", |model| words(model, ImpactChange::Ended))
        .row("it began again", |model| words(model, ImpactChange::Began));
    model.open(list.at(usize::from(!goes_on)))
}

fn words(model: &mut Model, change: ImpactChange) -> Outcome {
    let title = match change {
        ImpactChange::Ended => "Impact ended",
        ImpactChange::Began => "Impact began again",
    };
    let form = recording_form(title, move |filled| Intent::Impact(change, filled.text(0)));
    let form = form.field("words", FieldKind::OptionalText);
    model.open(form.may_be_earlier())
}
