//! Closing from the command line: nothing that is left open is closed over in silence.

use super::recording::{Pen, load};
use crate::app::IncidentView;
use crate::app::intent::Intent;
use crate::cli::custody;
use crate::cli::error::{CliError, Exit};
use crate::incident::closing::{LeftOpen, against, left_open};
use crate::incident::left_open_in_words;
use crate::incident::{IncidentId, Status};
use crate::text::Safe;

/// Records a status. Closing is refused while work is open, unless that is meant; what else is left open is said.
pub(super) fn status(
    pen: &Pen<'_>,
    id: &IncidentId,
    (status, text): (Status, &str),
    anyway: bool,
) -> Result<(), CliError> {
    if status == Status::Closed {
        let view = load(pen.base, id)?;
        // A second closing is refused by what records it.
        if view.incident.status != Status::Closed {
            over_open_work(pen, id, &view, ("closed", anyway))?;
        }
    }
    if status.is_resolved() {
        let view = load(pen.base, id)?;
        if !view.incident.status.is_resolved() {
            over_what_is_measured(pen, &view, (status, anyway))?;
        }
    }
    pen.record(id, &Intent::Status(status, Safe::block(text)))
}

/// Seals. What is open then can never be marked done, so that is refused as closing is.
pub(super) fn seal(pen: &Pen<'_>, id: &IncidentId, anyway: bool) -> Result<(), CliError> {
    let view = load(pen.base, id)?;
    if !view.incident.is_sealed() {
        over_open_work(pen, id, &view, ("sealed", anyway))?;
    }
    custody::seal(pen.base, id, pen.output)
}

/// Refuses to call it over against what is recorded, unless that is meant: calls and clocks end with it.
fn over_what_is_measured(
    pen: &Pen<'_>,
    view: &IncidentView,
    (status, anyway): (Status, bool),
) -> Result<(), CliError> {
    let said = against(&view.incident).join("; ");
    if said.is_empty() {
        return Ok(());
    }
    if anyway {
        pen.output.warning(&said);
        return Ok(());
    }
    Err(CliError::new(
        Exit::No,
        format!("not {}: {said}", status.word()),
        "look at what is measured now; --anyway records it all the same, and calls and clocks end",
    ))
}

/// Refuses to end over open work, unless that is meant; what else is left open is said.
fn over_open_work(
    pen: &Pen<'_>,
    id: &IncidentId,
    view: &IncidentView,
    (ended, anyway): (&str, bool),
) -> Result<(), CliError> {
    let left = left_open(&view.incident);
    let work = |left: &LeftOpen| matches!(left, LeftOpen::Work(..));
    let said = left_open_in_words(&left).join("; ");
    if !anyway && left.iter().any(work) {
        let hint = format!(
            "`warroom incident done {id} NUMBER` ends work; --anyway does it all the same, and every document names what is open"
        );
        return Err(CliError::new(
            Exit::No,
            format!("not {ended}: {said}"),
            hint,
        ));
    }
    if !left.is_empty() {
        pen.output.warning(&said);
    }
    Ok(())
}
