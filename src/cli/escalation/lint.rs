//! Configuration problems that would keep a page from reaching its target, although every file is valid. The check,
//! `doctor` and the paging service report them.

use crate::cli::setup::Base;
use crate::incident::escalation::{EscalationPolicy, Level, bell};
use crate::incident::{ChannelId, TargetId};
use crate::oncall::{OnCall, OnCallSchedules};
use crate::outbox::ChannelSettings;
use crate::text::list;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

/// Hours of a week, each of which an incident may begin in.
const WEEK: i64 = 7 * 24;

/// All of them. A schedule that is not known has none here.
pub(in crate::cli) fn findings(
    base: &Base,
    schedules: &OnCallSchedules,
    policy: &EscalationPolicy,
    now: DateTime<Utc>,
) -> Vec<String> {
    let mut found = Vec::new();
    // That no channel is configured is reported elsewhere.
    if !base.config.channels.is_empty() {
        found.extend(unreachable(base, policy));
        found.extend(without_address(base, policy));
    }
    found.extend(unpaged_hours(policy, now));
    found.extend(without_target(schedules, policy));
    found.extend(empty_now(schedules, policy, now));
    found
}

/// Levels that would page nobody, except by the bell of this terminal, and what to do.
fn unreachable(base: &Base, policy: &EscalationPolicy) -> Vec<String> {
    let bell = bell();
    let names = base.config.channels.iter().map(ChannelSettings::name);
    let known: BTreeSet<&ChannelId> = names.collect();
    let pages = |level: &&Level| {
        let mut outside = level.channels.iter().filter(|name| **name != bell);
        outside.any(|name| known.contains(name))
    };
    let or_none = |list: String| {
        if list.is_empty() {
            "none".to_string()
        } else {
            list
        }
    };
    let levels = policy.levels.iter().filter(|level| !pages(level));
    let says = levels.map(|level| {
        format!(
            "level \"{}\" has no configured channel but the bell: it pages through {}, configured is {}; give a channel that name, or name yours in the policy",
            level.level,
            or_none(list(level.channels.iter().filter(|name| **name != bell))),
            or_none(list(&known))
        )
    });
    says.collect()
}

/// Targets that a level pages by mail, and that have no address there.
fn without_address(base: &Base, policy: &EscalationPolicy) -> Vec<String> {
    let mut found = Vec::new();
    for settings in &base.config.channels {
        let ChannelSettings::Smtp(mail) = settings else {
            continue;
        };
        let levels = policy.levels.iter();
        let by_mail = levels.filter(|level| level.channels.contains(&mail.name));
        for target in by_mail.flat_map(Level::targets).collect::<BTreeSet<_>>() {
            if !mail.to.contains_key(&target) {
                found.push(format!(
                    "channel \"{}\" has no address for target \"{target}\": add it under `to`",
                    mail.name
                ));
            }
        }
    }
    found
}

/// The first hour of the week at which a new incident pages nobody.
fn unpaged_hours(policy: &EscalationPolicy, now: DateTime<Utc>) -> Option<String> {
    let pages = |hour: i64| {
        let armed = policy.arm(now + TimeDelta::hours(hour), false);
        armed.iter().any(|level| level.due.is_some())
    };
    let silent = (0..WEEK).find(|hour| !pages(*hour))?;
    let at = (now + TimeDelta::hours(silent)).format("%A %H:%M UTC");
    Some(format!(
        "an incident that begins on {at} pages nobody: every level is left out at that hour; give one without `during`, or `otherwise: wait`"
    ))
}

fn without_target(schedules: &OnCallSchedules, policy: &EscalationPolicy) -> Vec<String> {
    let targets: BTreeSet<TargetId> = policy.levels.iter().flat_map(Level::targets).collect();
    let schedules = schedules.all().iter().map(|schedule| &schedule.name);
    let says = schedules
        .filter(|name| !targets.contains(*name))
        .map(|name| {
            let targets = list(&targets);
            format!("schedule \"{name}\" belongs to no target of the policy, which pages {targets}")
        });
    says.collect()
}

/// Targets whose schedule names nobody at this moment.
fn empty_now(
    schedules: &OnCallSchedules,
    policy: &EscalationPolicy,
    now: DateTime<Utc>,
) -> Vec<String> {
    let targets: BTreeSet<TargetId> = policy.levels.iter().flat_map(Level::targets).collect();
    let empty = targets
        .into_iter()
        .filter(|target| schedules.on_call(target, now) == OnCall::Nobody);
    empty
        .map(|target| format!("nobody is on call for \"{target}\" now: its schedule has a gap"))
        .collect()
}
