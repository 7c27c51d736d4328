//! Checks before a dialog opens, so that nothing is typed in vain.

use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::incident::Status;
use crate::keymap::Action;

pub(in crate::app) fn incident(model: &Model) -> Result<&IncidentView, String> {
    model.view().ok_or_else(|| no_incident(model))
}

pub(in crate::app) fn no_incident(model: &Model) -> String {
    let open = model.key(Action::Open);
    format!("there is no incident yet; {open} opens one by hand")
}

/// Refuses once the incident is closed.
pub(super) fn response(model: &Model) -> Result<&IncidentView, String> {
    let view = incident(model)?;
    match view.incident.status {
        Status::Closed => Err(format!(
            "the incident is closed, and stays so; {} writes a note, {} follows up, {} opens a new one",
            model.key(Action::Note),
            model.key(Action::FollowUp),
            model.key(Action::Open)
        )),
        _ => Ok(view),
    }
}
