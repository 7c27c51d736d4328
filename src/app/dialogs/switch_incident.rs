//! Switches to another incident.

use super::precondition::no_incident;
use crate::app::dialog::{List, Outcome};
use crate::app::model::Model;

/// The newest first.
pub(crate) fn open(model: &mut Model) -> Outcome {
    let known = model.views.iter().rev();
    let mut list = List::new("Which incident?");
    for (id, view) in known.filter(|(_, view)| view.incident.opened.is_some()) {
        let severity = view.incident.severity();
        let severity = severity.map_or("-".into(), |severity| severity.to_string());
        let here = match model.current.as_ref() == Some(id) {
            true => " (on the screen)",
            false => "",
        };
        let status = view.incident.status.word();
        let text = format!("{id:<20} {severity:<5} {status:<14} {}{here}", view.title());
        let id = id.clone();
        list = list.row(text, move |model: &mut Model| {
            model.go_to(id.clone());
            Ok(Vec::new())
        });
    }
    if list.texts().next().is_none() {
        return Err(no_incident(model));
    }
    model.open(list)
}
