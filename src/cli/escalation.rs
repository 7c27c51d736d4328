//! `warroom escalation`: who is called when, by the policy in force; and whether what it rests on is sound.

mod pitfalls;
mod simulate;

pub(super) use pitfalls::pitfalls;

use super::alerts::block_on;
use super::arguments::{Escalation as Verb, Global};
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::{Base, sound_base};
use crate::incident::Slug;
use crate::incident::escalation::{Acknowledge, During, Level, Otherwise, Policy, Until};
use crate::incident::rota::{OnCall, Rota};
use crate::outbox::{ChannelSettings, Post};
use crate::text::list;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::collections::BTreeSet;

/// How far ahead schedules are checked for gaps.
const AHEAD: TimeDelta = TimeDelta::weeks(8);

pub(super) fn run(global: &Global, verb: &Verb, output: &Output) -> Result<(), CliError> {
    let base = sound_base(global)?;
    let rota = rota(&base)?;
    match verb {
        Verb::Check => check(&base, &rota, output),
        Verb::Simulate(asked) => {
            for (schedule, why) in &rota.unread {
                let what = format!("the calendar of {schedule} is not known: {why}");
                output.warning(&what);
            }
            simulate::run(&base, &rota, asked, output)
        }
    }
}

/// The on-call schedules as they are now.
struct Known {
    /// The schedules, those with a fetched calendar as they were just read.
    rota: Rota,
    /// Schedules whose calendar could not be read, and why.
    unread: Vec<(Slug, String)>,
}

impl Known {
    fn is_unread(&self, name: &Slug) -> bool {
        self.unread.iter().any(|(unread, _)| unread == name)
    }
}

/// What would keep somebody from being reached, by what is known without asking anybody.
pub(super) fn pitfalls_here(base: &Base) -> Vec<String> {
    let schedules = &base.config.schedules;
    let unread: Vec<Slug> = schedules
        .feeds
        .iter()
        .map(|(schedule, _)| schedule.schedule.clone())
        .collect();
    let policy = &base.config.policies.escalation;
    let now = base.store.clock().now().wall;
    pitfalls(base, (&schedules.rota, &unread), policy, now)
}

/// Reads the calendars that are at an address, as the console and the watch do.
fn rota(base: &Base) -> Result<Known, CliError> {
    let mut known = Known {
        rota: base.config.schedules.rota.clone(),
        unread: Vec::new(),
    };
    let feeds = base.config.schedules.feeds.iter();
    for ((schedule, _), opened) in feeds.zip(base.opened_calendars()) {
        let calendar = match opened {
            Ok(calendar) => calendar,
            Err(error) => {
                let name = schedule.schedule.clone();
                known.unread.push((name, error.to_string()));
                continue;
            }
        };
        match block_on(calendar.read())? {
            Ok(schedule) => known.rota.replace(schedule),
            Err(why) => known.unread.push((calendar.schedule.schedule, why)),
        }
    }
    Ok(known)
}

/// Refuses targets that nobody is called as: neither by the policy, nor by what is armed, nor by a schedule.
pub(super) fn known(
    targets: &[Slug],
    called: &BTreeSet<Slug>,
    rota: &Rota,
) -> Result<(), CliError> {
    let mut known = called.clone();
    known.extend(
        rota.schedules()
            .iter()
            .map(|schedule| schedule.name.clone()),
    );
    match targets.iter().find(|target| !known.contains(*target)) {
        Some(target) => Err(CliError::usage(
            format!("nobody is called as \"{target}\""),
            format!("there are: {}", list(&known)),
        )),
        None => Ok(()),
    }
}

fn check(base: &Base, known: &Known, output: &Output) -> Result<(), CliError> {
    let policy = &base.config.policies.escalation;
    let now = base.store.clock().now().wall;
    let mut text = vec![format!(
        "policy {} version {} is sound",
        policy.policy, policy.version
    )];
    text.extend(policy.levels.iter().map(level));
    if let Some(repeat) = &policy.repeat {
        text.push(format!(
            "  from {} once more {} after the last level, up to {} times, but for what waits for its hours",
            repeat.from, repeat.after, repeat.times
        ));
    }
    text.extend(on_call(&known.rota, policy, now));
    if base.config.channels.is_empty() {
        text.push("no channel is configured: only the terminal's bell would ring".into());
    }
    let wrong = wrong(base, known, policy, now);
    text.extend(wrong.iter().map(|wrong| format!("NO  {wrong}")));
    let schedules: Vec<_> = known
        .rota
        .schedules()
        .iter()
        .map(|schedule| {
            let spans = schedule.spans(now, now + TimeDelta::weeks(1));
            let spans: Vec<_> = spans
                .iter()
                .map(|span| json!({"from": span.from, "until": span.until, "who": span.who}))
                .collect();
            json!({"schedule": schedule.name, "week": spans})
        })
        .collect();
    let json = json!({
        "policy": policy,
        "sha256": base.config.policies.escalation_digest,
        "channels": base.config.channels.iter().map(ChannelSettings::name).collect::<Vec<_>>(),
        "schedules": schedules,
        "wrong": wrong,
    });
    output.result(&text.join("\n"), &json);
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(CliError::new(Exit::No, "", "")),
    }
}

fn level(level: &Level) -> String {
    let names = |list: &[Slug], word: &str| {
        let names: Vec<&str> = list.iter().map(Slug::as_str).collect();
        names.join(word)
    };
    let from = match level.when.is_empty() {
        true => "the alert's start".to_string(),
        false => format!("{} is raised", names(&level.when, " or ")),
    };
    let mut text = format!(
        "  {:<18} {:>4} after {from}, by {}",
        names(&level.targets(), ", "),
        level.after,
        names(&level.channels, " and ")
    );
    if let Some(again) = &level.again {
        text += &format!("; again every {} up to {} times", again.every, again.times);
    }
    text += match level.until {
        Until::Acknowledged => "",
        Until::Resolved => "; whoever has answered, until it is resolved",
    };
    if level.acknowledge == Acknowledge::All {
        text += "; until each has answered";
    }
    let other = match level.otherwise {
        Otherwise::Wait => "waits at other hours",
        Otherwise::Skip => "left out at other hours",
    };
    text += &match level.during {
        None => String::new(),
        Some(During::WorkingHours) => format!("; in working hours, {other}"),
        Some(During::OffHours) => format!("; outside working hours, {other}"),
    };
    if !level.severity.is_empty() {
        let severities: Vec<String> = level.severity.iter().map(ToString::to_string).collect();
        text += &format!("; only at {}", severities.join(", "));
    }
    text
}

/// Who is on call now for each target.
fn on_call(rota: &Rota, policy: &Policy, now: DateTime<Utc>) -> Vec<String> {
    let targets: BTreeSet<Slug> = policy.levels.iter().flat_map(Level::targets).collect();
    targets
        .iter()
        .map(|target| {
            let says = match rota.on_call(target, now) {
                OnCall::Person(who) => format!("{who} is on call now"),
                OnCall::Otherwise(who) => format!("{who}, because the schedule names nobody now"),
                OnCall::Nobody => "nobody is on call now".to_string(),
                OnCall::NoSchedule => {
                    "no schedule here: the receiver of the page knows".to_string()
                }
            };
            format!("  {target:<18} {says}")
        })
        .collect()
}

/// What a channel's receiver would not take, asked without sending anything.
pub(super) fn problems(post: &Post) -> Vec<String> {
    let found = block_on(post.problems());
    // Without a runtime to ask with, nothing is known.
    let found = found.unwrap_or_else(|error| vec![error.to_string()]);
    let named = |what| format!("channel \"{}\": {what}", post.name());
    found.into_iter().map(named).collect()
}

/// What would keep somebody from being reached.
fn wrong(base: &Base, known: &Known, policy: &Policy, now: DateTime<Utc>) -> Vec<String> {
    let unread = known.unread.iter();
    let unread =
        unread.map(|(schedule, why)| format!("the calendar of {schedule} is not known: {why}"));
    let mut wrong: Vec<String> = unread.collect();
    for schedule in known.rota.schedules() {
        if let (false, Err(error)) = (
            known.is_unread(&schedule.name),
            schedule.gap(now, now + AHEAD),
        ) {
            wrong.push(error.to_string());
        }
    }
    let unread: Vec<Slug> = known.unread.iter().map(|(name, _)| name.clone()).collect();
    wrong.extend(pitfalls(base, (&known.rota, &unread), policy, now));
    let channels = base.config.channels.iter();
    for (settings, opened) in channels.zip(base.opened_channels()) {
        match opened {
            Ok(post) => wrong.extend(problems(&post)),
            Err(error) => wrong.push(format!("channel \"{}\": {error}", settings.name())),
        }
    }
    wrong
}
