//! What went wrong, for people. A panic over one journal does not affect the others.

use crate::app::update::DEFECT_HINT;
use crate::journal::JournalError;
use crate::text::Problem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// `None` if the step panicked; the panic hook logs the message.
pub(super) fn caught<T>(step: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(step)).ok()
}

pub(in crate::app::runtime) fn defect(what: &str) -> Problem {
    Problem::new(format!("{what} failed"), DEFECT_HINT)
}

pub(super) fn problem(error: &JournalError) -> Problem {
    tracing::error!(%error, "the journal");
    Problem::new(error.brief(), error.hint())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_panics_is_caught_and_the_next_one_runs() {
        assert_eq!(caught(|| panic!("on purpose")), None::<()>);
        assert_eq!(caught(|| 7), Some(7));
    }
}
