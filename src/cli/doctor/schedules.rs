//! The on-call schedules: whether their calendars can be read, and what of them is not used.

use super::check::{Check, bad, good};
use crate::app::runtime::window;
use crate::cli::error::CliError;
use crate::cli::escalation::read_schedules;
use crate::cli::setup::Base;

pub(super) fn checks(base: &Base) -> Result<Vec<Check>, CliError> {
    let now = base.store.clock().now().wall;
    let schedules = read_schedules(base, window(now))?;
    let todo = "`warroom escalation check` shows what each schedule gives";
    let mut checks: Vec<Check> = schedules
        .problems(now)
        .into_iter()
        .map(|trouble| bad("schedule", trouble, todo))
        .collect();
    let sound = schedules
        .all()
        .iter()
        .filter(|schedule| schedule.problem(now).is_none());
    checks.extend(sound.map(|schedule| {
        let faults = &schedule.status.faults;
        let mut says = format!("{} is known", schedule.name);
        for fault in faults {
            says += &format!("\n      WARNING {fault}");
        }
        good("schedule", says)
    }));
    Ok(checks)
}
