//! Isolates defects: a step that panics is skipped and reported, and the others continue.

use crate::app::model::Model;
use chrono::TimeDelta;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// After this many seconds a step that panicked is tried again.
const AGAIN: i64 = 60;

pub(crate) const HINT: &str =
    "this is a defect of warroom: call by phone, restart it, and report what its log says";

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// A panic of this thread is caught here: the program continues and the terminal stays as it is.
pub fn is_guarded() -> bool {
    DEPTH.get() > 0
}

/// `None` if the step panicked now or less than a minute ago. A half-changed model does no harm: what is shown as done
/// is read from the journal.
pub(crate) fn guarded<T>(
    model: &mut Model,
    name: &str,
    step: impl FnOnce(&mut Model) -> T,
) -> Option<T> {
    let lately =
        |at: &chrono::DateTime<chrono::Utc>| (model.now - *at).abs() < TimeDelta::seconds(AGAIN);
    match model.defects.get(name).is_some_and(lately) {
        true => None,
        false => isolated(model, name, step),
    }
}

/// For messages from outside: each one is tried.
pub(crate) fn isolated<T>(
    model: &mut Model,
    name: &str,
    step: impl FnOnce(&mut Model) -> T,
) -> Option<T> {
    DEPTH.set(DEPTH.get() + 1);
    let done = catch_unwind(AssertUnwindSafe(|| step(model)));
    DEPTH.set(DEPTH.get() - 1);
    match done {
        Ok(done) => Some(done),
        Err(_) => {
            // The panic's own words went to the log by the panic hook.
            model.defects.insert(name.to_string(), model.now);
            model.ui.warn(format!("{name} FAILED: {HINT}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{bench_setup, start};

    fn model() -> Model {
        Model::new(bench_setup(), crate::testing::stamp(start()))
    }

    #[test]
    fn a_step_that_panics_is_named_given_up_for_a_minute_and_tried_again() {
        let mut model = model();
        let mut tried = 0;
        let mut step = |model: &mut Model, fails: bool| {
            guarded(model, "the cadence of INC-1", |_| {
                tried += 1;
                assert!(!fails, "on purpose");
            })
        };
        assert_eq!(step(&mut model, true), None);
        let notice = model.ui.notice.clone().unwrap();
        assert!(notice.bad && notice.text.contains("the cadence of INC-1 FAILED"));
        assert_eq!(step(&mut model, false), None, "not with every tick");
        model.now += TimeDelta::seconds(AGAIN);
        assert_eq!(step(&mut model, false), Some(()));
        assert_eq!(tried, 2);
    }

    #[test]
    fn a_step_that_panics_keeps_no_other_and_no_message_from_being_taken_in() {
        let mut model = model();
        assert_eq!(
            guarded(&mut model, "one", |_| panic!("on purpose")),
            None::<()>
        );
        assert_eq!(guarded(&mut model, "another", |_| 7), Some(7));
        assert_eq!(
            isolated(&mut model, "a message", |_| panic!("on purpose")),
            None::<()>
        );
        assert_eq!(isolated(&mut model, "a message", |_| 8), Some(8));
        assert!(!is_guarded());
    }
}
