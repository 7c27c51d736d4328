//! What the log says of the on-call schedules: when one is not known as it should be, and when it is again.

use super::printer::Printer;
use crate::app::Model;
use crate::incident::TargetId;
use crate::text::Safe;
use std::collections::{BTreeMap, BTreeSet};

/// What was said.
#[derive(Default)]
pub(super) struct SchedulesTold {
    begun: bool,
    troubles: BTreeMap<TargetId, Safe>,
    odd: BTreeSet<(TargetId, Safe)>,
}

impl SchedulesTold {
    /// Prints what is new.
    pub(super) fn tell(&mut self, model: &Model, printer: &mut Printer) {
        let schedules = &model.live.schedules;
        if !self.begun {
            self.begun = true;
            schedules
                .faults()
                .iter()
                .for_each(|fault| printer.warning(fault.as_str()));
        }
        for schedule in schedules.all() {
            let status = &schedule.status;
            let name = &schedule.name;
            match status.error.as_ref().filter(|_| !status.is_waiting()) {
                Some(error) if self.troubles.get(name) != Some(error) => {
                    printer.warning(&schedule.problem(model.now).unwrap_or_default());
                    self.troubles.insert(name.clone(), error.clone());
                }
                None if self.troubles.remove(name).is_some() => {
                    printer.warning(&format!("the calendar of {name} is read again"));
                }
                _ => {}
            }
        }
        let odd: BTreeSet<(TargetId, Safe)> = schedules
            .odd()
            .map(|(name, odd)| (name.clone(), odd.clone()))
            .collect();
        for (name, odd) in odd.difference(&self.odd) {
            printer.warning(&format!("calendar of {name}: {odd}"));
        }
        self.odd = odd;
    }
}
