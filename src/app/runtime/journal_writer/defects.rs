//! A panic over one journal: that journal is given up and named, and every other one is written and read on.

use super::Worker;
use crate::app::message::Msg;
use crate::app::update::DEFECT_HINT;
use crate::incident::IncidentId;
use crate::text::Problem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a step; `None` where it panicked. The panic's own words go to the log by the panic hook.
pub(super) fn caught<T>(step: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(step)).ok()
}

/// What people are told.
pub(in crate::app::runtime) fn defect(what: &str) -> Problem {
    Problem::new(format!("{what} failed"), DEFECT_HINT)
}

impl Worker {
    /// What is known of a journal may be half changed: it is not touched again by this program.
    pub(super) fn give_up(&mut self, id: &IncidentId) {
        self.journals.remove(id);
        if self.given_up.insert(id.clone()) {
            self.tell(Msg::Failed(defect(&format!("reading the journal of {id}"))));
        }
    }
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
