//! The on-call schedules in the log: when a calendar cannot be read, and when it is read again.

use super::printer::Printer;
use crate::app::Model;
use crate::incident::TargetId;
use crate::text::Safe;
use std::collections::{BTreeMap, BTreeSet};

/// What was printed.
#[derive(Default)]
pub(super) struct SchedulesState {
    begun: bool,
    troubles: BTreeMap<TargetId, Safe>,
    odd: BTreeSet<(TargetId, Safe)>,
}

impl SchedulesState {
    pub(super) fn print(&mut self, model: &Model, printer: &mut Printer) {
        let schedules = &model.live.schedules;
        if !self.begun {
            self.begun = true;
            let faults = schedules.faults().iter();
            faults.for_each(|fault| printer.warning(fault.as_str()));
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
