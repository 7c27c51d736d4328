//! Closing from the command line: nothing that is left open is closed over in silence.

use super::{CliError, Exit, Pen, load};
use crate::app::intent::Intent;
use crate::incident::closing::{LeftOpen, left_open, words};
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
        let board = load(pen.base, id)?;
        let left = match board.incident.status {
            // Said by what records it.
            Status::Closed => Vec::new(),
            _ => left_open(&board.incident),
        };
        let work = |left: &LeftOpen| matches!(left, LeftOpen::Work(..));
        let said = words(&left).join("; ");
        if !anyway && left.iter().any(work) {
            let hint = format!(
                "`warroom incident done {id} NUMBER` ends work; --anyway closes all the same, and every document names what is open"
            );
            return Err(CliError::new(Exit::No, format!("not closed: {said}"), hint));
        }
        if !left.is_empty() {
            pen.output.warning(&said);
        }
    }
    pen.record(id, &Intent::Status(status, Safe::block(text)))
}
