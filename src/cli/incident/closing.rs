//! Closing from the command line: what is left open is refused, or reported.

use super::recording::{Recorder, load};
use crate::app::IncidentView;
use crate::app::intent::Intent;
use crate::cli::custody;
use crate::cli::error::{CliError, Exit};
use crate::incident::closing::{LeftOpen, facts_against_closing, left_open};
use crate::incident::left_open_in_words;
use crate::incident::{IncidentId, Status};
use crate::text::Safe;

/// Records a status. Closing is refused while follow-ups are open, unless `anyway`; what else is left open is reported.
pub(super) fn status(
    recorder: &Recorder<'_>,
    id: &IncidentId,
    (status, text): (Status, &str),
) -> Result<(), CliError> {
    let anyway = recorder.when.anyway;
    if status == Status::Closed {
        let view = load(recorder.base, id)?;
        // A second closing is refused by what records it.
        if view.incident.status != Status::Closed {
            over_open_work(recorder, id, &view, ("closed", anyway))?;
        }
    }
    if status.is_resolved() {
        let view = load(recorder.base, id)?;
        if !view.incident.status.is_resolved() {
            over_what_is_measured(recorder, &view, (status, anyway))?;
        }
    }
    recorder.record(id, &Intent::Status(status, Safe::block(text)))
}

/// Seals. A follow-up that is open then can never be marked done, so this is refused as closing is.
pub(super) fn seal(recorder: &Recorder<'_>, id: &IncidentId, anyway: bool) -> Result<(), CliError> {
    let view = load(recorder.base, id)?;
    if !view.incident.is_sealed() {
        over_open_work(recorder, id, &view, ("sealed", anyway))?;
    }
    custody::seal(recorder.base, id, recorder.output)
}

/// Refuses a status that contradicts what is measured, unless `anyway`: pages and clocks end with it.
fn over_what_is_measured(
    recorder: &Recorder<'_>,
    view: &IncidentView,
    (status, anyway): (Status, bool),
) -> Result<(), CliError> {
    let said = facts_against_closing(&view.incident).join("; ");
    if said.is_empty() {
        return Ok(());
    }
    if anyway {
        recorder.output.warning(&said);
        return Ok(());
    }
    let what = format!("not {}: {said}", status.word());
    let hint = "check the current measurements; --anyway records it, and paging and clocks end";
    Err(CliError::new(Exit::No, what, hint))
}

/// Refuses to end with open follow-ups, unless `anyway`; what else is left open is reported.
fn over_open_work(
    recorder: &Recorder<'_>,
    id: &IncidentId,
    view: &IncidentView,
    (ended, anyway): (&str, bool),
) -> Result<(), CliError> {
    let left = left_open(&view.incident);
    let work = |left: &LeftOpen| matches!(left, LeftOpen::Work(..));
    let said = left_open_in_words(&left).join("; ");
    if !anyway && left.iter().any(work) {
        let hint = format!(
            "`warroom incident done {id} NUMBER` completes a follow-up; --anyway continues, and every document lists the open follow-ups"
        );
        return Err(CliError::new(
            Exit::No,
            format!("not {ended}: {said}"),
            hint,
        ));
    }
    if !left.is_empty() {
        recorder.output.warning(&said);
    }
    Ok(())
}
