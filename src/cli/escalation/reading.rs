//! What the commands about escalation read: the schedules, and the targets that exist.

use super::super::block_on::block_on;
use super::super::error::CliError;
use super::super::setup::Base;
use crate::app::runtime::Window;
use crate::incident::TargetId;
use crate::oncall::OnCallSchedules;
use crate::text::{list, nearest};
use futures::future::join_all;
use std::collections::BTreeSet;

/// Refuses targets that neither the policy, nor an armed level, nor a schedule names.
pub(in crate::cli) fn known(
    targets: &[TargetId],
    paged: &BTreeSet<TargetId>,
    schedules: &OnCallSchedules,
) -> Result<(), CliError> {
    let mut known = paged.clone();
    known.extend(schedules.all().iter().map(|schedule| schedule.name.clone()));
    match targets.iter().find(|target| !known.contains(*target)) {
        Some(target) => {
            let meant = nearest(target.as_str(), known.iter().map(TargetId::as_str));
            let meant = meant.map_or(String::new(), |name| format!("did you mean {name}? "));
            Err(CliError::usage(
                format!("\"{target}\" is no target of a page"),
                format!("{meant}targets are: {}", list(&known)),
            ))
        }
        None => Ok(()),
    }
}

/// Reads the calendars at their sources, as the console and the paging service do.
pub(in crate::cli) fn read_schedules(
    base: &Base,
    window: Window,
) -> Result<OnCallSchedules, CliError> {
    let now = base.store.clock().now().wall;
    let mut schedules = base.config.schedules.on_call.clone();
    let calendars = base.calendars();
    let read = async {
        let all = calendars
            .iter()
            .map(async |calendar| calendar.read(window, now, &mut None).await);
        join_all(all).await
    };
    for schedule in block_on(read)? {
        schedules.replace(schedule);
    }
    Ok(schedules)
}
