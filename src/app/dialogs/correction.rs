//! Corrects an entry; the entry itself stays.

use super::precondition::no_incident;
use crate::app::dialog::{About, FieldKind, Outcome};
use crate::app::intent::{Correction, Intent};
use crate::app::model::Model;
use crate::app::recording::recording_form;
use crate::app::selectors::timeline::selected_entry;
use crate::documents::{People, sentence};

pub(crate) fn open(model: &mut Model) -> Outcome {
    let seq = selected_entry(model).ok_or_else(|| no_incident(model))?;
    let title = format!("Correct entry #{seq}: what is right?");
    let form = recording_form(title, move |filled| {
        Intent::Correct(Correction {
            seq,
            text: filled.text(0),
            ..Correction::default()
        })
    });
    let form = form.field("correction", FieldKind::Text);
    model.open(form.about(move |model: &Model| {
        let Some(view) = model.view() else {
            return Vec::new();
        };
        let people = People::by_name(&view.entries, &view.incident);
        let entry = view.entries.iter().find(|entry| entry.seq == seq);
        let says = entry.map(|entry| format!("#{seq} says: {}", sentence(entry, &people)));
        says.into_iter().map(About::Text).collect()
    }))
}
