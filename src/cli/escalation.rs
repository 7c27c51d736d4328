//! `warroom escalation`: who is paged when, by the policy in force; and whether its parts are sound.

mod lint;
mod reading;
mod simulate;

pub(super) use reading::{known, read_schedules};

pub(super) use lint::findings;

use super::arguments::{Escalation as Verb, Global};
use super::block_on::block_on;
use super::error::CliError;
use super::output::Output;
use super::setup::{Base, sound_base};
use super::words;
use crate::incident::TargetId;
use crate::incident::escalation::{Acknowledge, During, EscalationPolicy, Level, Otherwise, Until};
use crate::oncall::{OnCallSchedules, Schedule, Shift, names};
use crate::outbox::{ChannelSettings, Sender};
use crate::text::write_duration;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::collections::BTreeSet;

/// How far ahead schedules are checked for gaps.
const AHEAD: TimeDelta = TimeDelta::weeks(8);
/// Most shifts of one schedule that a change of clocks is explained for.
const MAX_NOTES: usize = 4;

pub(super) fn run(global: &Global, verb: &Verb, output: &Output) -> Result<(), CliError> {
    let base = sound_base(global)?;
    match verb {
        Verb::Check => check(&base, output),
        Verb::Simulate(asked) => simulate::run(&base, asked, output),
    }
}

/// Configuration problems that need no request to be found.
pub(super) fn findings_here(base: &Base, schedules: &OnCallSchedules) -> Vec<String> {
    let policy = &base.config.policies.escalation;
    findings(base, schedules, policy, base.store.clock().now().wall)
}

fn check(base: &Base, output: &Output) -> Result<(), CliError> {
    let policy = &base.config.policies.escalation;
    let now = base.store.clock().now().wall;
    let schedules = &read_schedules(base, (now - TimeDelta::days(1), now + AHEAD))?;
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
    text.extend(on_call(schedules, policy, now));
    if base.config.channels.is_empty() {
        text.push("no channel is configured: only the terminal's bell would ring".into());
    }
    let wrong = wrong(base, schedules, policy, now);
    text.extend(wrong.iter().map(|wrong| format!("NO  {wrong}")));
    let warnings = warnings(schedules, now);
    text.extend(warnings.iter().map(|warning| format!("WARNING  {warning}")));
    let notes = clock_changes(schedules, now);
    text.extend(notes.iter().map(|note| format!("NOTE  {note}")));
    let schedules: Vec<_> = schedules
        .all()
        .iter()
        .map(|schedule| {
            let spans = schedule.shifts(now, now + TimeDelta::weeks(1));
            let row = |span: &Shift| {
                json!({"from": span.from, "until": span.until, "who": names(&span.who)})
            };
            let spans: Vec<_> = spans.iter().map(row).collect();
            json!({"schedule": schedule.name, "week": spans})
        })
        .collect();
    let json = json!({
        "policy": policy.value,
        "sha256": base.config.policies.escalation.digest,
        "channels": base.config.channels.iter().map(ChannelSettings::name).collect::<Vec<_>>(),
        "schedules": schedules,
        "wrong": wrong,
        "warnings": warnings,
        "notes": notes,
    });
    output.result(&text.join("\n"), &json);
    CliError::unless(wrong.is_empty())
}

fn level(level: &Level) -> String {
    fn names(list: &[impl AsRef<str>], word: &str) -> String {
        let names: Vec<&str> = list.iter().map(AsRef::as_ref).collect();
        names.join(word)
    }
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
        Until::Resolved => "; also after an acknowledgement, until it is resolved",
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

fn on_call(
    schedules: &OnCallSchedules,
    policy: &EscalationPolicy,
    now: DateTime<Utc>,
) -> Vec<String> {
    let targets: BTreeSet<TargetId> = policy.levels.iter().flat_map(Level::targets).collect();
    targets
        .iter()
        .map(|target| {
            let says = words::on_call_now(&schedules.on_call(target, now));
            format!("  {target:<18} {says}")
        })
        .collect()
}

/// What a channel's receiver would not take, asked without sending anything.
pub(super) fn problems(post: &Sender) -> Vec<String> {
    let found = block_on(post.problems());
    // Without a runtime to ask with, nothing is known.
    let found = found.unwrap_or_else(|error| vec![error.to_string()]);
    let named = |what| format!("channel \"{}\": {what}", post.name());
    found.into_iter().map(named).collect()
}

/// What would keep a page from reaching its target.
fn wrong(
    base: &Base,
    schedules: &OnCallSchedules,
    policy: &EscalationPolicy,
    now: DateTime<Utc>,
) -> Vec<String> {
    let mut wrong = schedules.problems(now);
    let gaps = schedules.all().iter();
    let gaps = gaps.filter_map(|schedule| schedule.gap(now, now + AHEAD).err());
    wrong.extend(gaps.map(|error| error.to_string()));
    wrong.extend(findings(base, schedules, policy, now));
    let channels = base.config.channels.iter();
    for (settings, opened) in channels.zip(base.opened_channels()) {
        match opened {
            Ok(post) => wrong.extend(problems(&post)),
            Err(error) => wrong.push(format!("channel \"{}\": {error}", settings.name())),
        }
    }
    wrong
}

/// What should be looked at, and keeps no page from reaching its target.
fn warnings(schedules: &OnCallSchedules, now: DateTime<Utc>) -> Vec<String> {
    let odd = schedules.odd();
    let odd = odd.map(|(schedule, odd)| format!("calendar of {schedule}: {odd}"));
    let schedules = schedules.all().iter();
    let overlaps = schedules.filter_map(|schedule| {
        let span = schedule.overlap(now, now + AHEAD)?;
        Some(format!(
            "schedule \"{}\": {} are on call at the same time from {} to {}; all of them are paged",
            schedule.name,
            names(&span.who),
            schedule.zone().write(span.from),
            schedule.zone().write(span.until)
        ))
    });
    odd.chain(overlaps).collect()
}

/// Shifts that a change of clocks makes longer or shorter, each schedule's first ones.
fn clock_changes(schedules: &OnCallSchedules, now: DateTime<Utc>) -> Vec<String> {
    let of = |schedule: &Schedule| {
        let zone = schedule.zone();
        let stretched = schedule.stretched(now, now + AHEAD).into_iter();
        let says = stretched.take(MAX_NOTES).map(|(span, usual)| {
            let lasts = span.until - span.from;
            let (moved, word) = match lasts < usual {
                true => ("forward", "shorter"),
                false => ("back", "longer"),
            };
            format!(
                "schedule \"{}\": the clocks in {} go {moved} during the shift of {} from {} to {}: it is {} {word} than usual ({} instead of {}); hand-overs keep their wall-clock time",
                schedule.name,
                String::from(zone),
                names(&span.who),
                zone.write(span.from),
                zone.write(span.until),
                write_duration((lasts - usual).abs()),
                write_duration(lasts),
                write_duration(usual),
            )
        });
        says.collect::<Vec<_>>()
    };
    schedules.all().iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn schedules(schedule: &str) -> OnCallSchedules {
        OnCallSchedules::new(vec![
            Schedule::new(&serde_saphyr::from_str(schedule).unwrap()).unwrap(),
        ])
    }

    const NIGHTS: &str = "{schedule: on-call, zone: Europe/Berlin, rotation: {people: [dana, lee], starts: '2026-11-02T09:00', every: 12h}}";
    const SHIFTS: &str = "{schedule: on-call, zone: Europe/Berlin, shifts: [{who: dana, days: [mon-sun], from: '21:00', until: '09:00'}]}";
    const WEEKS: &str = "{schedule: on-call, zone: Europe/Berlin, rotation: {people: [dana, lee], starts: '2026-11-02T09:00', every: 1w}}";

    const SPRING: &str = "of lee from 2027-03-27 21:00:00 +01:00 to 2027-03-28 09:00:00 +02:00: it is 1h shorter than usual (11h instead of 12h)";
    const SPRING_SHIFT: &str =
        "of dana from 2027-03-27 21:00:00 +01:00 to 2027-03-28 09:00:00 +02:00: it is 1h shorter";
    const AUTUMN: &str = "go back during the shift of lee from 2027-10-30 21:00:00 +02:00 to 2027-10-31 09:00:00 +01:00: it is 1h longer than usual (13h instead of 12h)";

    #[rstest]
    #[case::rotation(NIGHTS, "2027-03-01T00:00:00Z", Some(SPRING))]
    #[case::shifts(SHIFTS, "2027-03-01T00:00:00Z", Some(SPRING_SHIFT))]
    #[case::autumn(NIGHTS, "2027-10-01T00:00:00Z", Some(AUTUMN))]
    #[case::no_change_ahead(NIGHTS, "2026-11-30T00:00:00Z", None)]
    #[case::weeks_are_not_nights(WEEKS, "2027-03-01T00:00:00Z", None)]
    fn a_night_shift_that_a_change_of_clocks_stretches_is_explained(
        #[case] schedule: &str,
        #[case] now: &str,
        #[case] says: Option<&str>,
    ) {
        let notes = clock_changes(&schedules(schedule), now.parse().unwrap());
        assert_eq!(notes.len(), usize::from(says.is_some()), "{notes:?}");
        assert!(
            notes.join("").contains(says.unwrap_or_default()),
            "{notes:?}"
        );
    }
}
