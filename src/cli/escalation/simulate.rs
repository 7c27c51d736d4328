//! `warroom escalation simulate`: exactly who would be contacted when.

use super::reading::{known, read_schedules};
use crate::cli::arguments::Simulate;
use crate::cli::error::CliError;
use crate::cli::output::Output;
use crate::cli::setup::Base;
use crate::cli::words;
use crate::config::read_policy;
use crate::incident::escalation::{
    EscalationPolicy, ForecastEvent, ForecastPage, ForecastScript, forecast,
};
use crate::incident::severity::Severity;
use crate::oncall::{OnCallSchedules, Zone};
use crate::text::{Safe, list, parse_duration};
use crate::times::{TimeDirection, parse_moment};
use chrono::{DateTime, Utc};
use serde_json::json;

pub(super) fn run(base: &Base, asked: &Simulate, output: &Output) -> Result<(), CliError> {
    let policy = match &asked.policy {
        Some(path) => read_policy(path)?,
        None => base.config.policies.escalation.value.clone(),
    };
    let from = time(&asked.at, base.store.clock().now().wall)?;
    let lasts = parse_duration(&asked.lasts).ok_or_else(|| {
        let what = format!("\"{}\" is no span of time", Safe::line(&asked.lasts));
        CliError::usage(what, "write 90m, 6h or 2d")
    })?;
    let until = from + lasts;
    let script = script(asked, from)?;
    if let Some((at, _)) = script.first().filter(|(at, _)| *at < from) {
        let what = format!("{at} is before the alert, which began at {from}");
        return Err(CliError::usage(what, "write +10m, from the alert's start"));
    }
    let schedules = &read_schedules(base, (from, until))?;
    for trouble in schedules.problems(from) {
        output.warning(&trouble);
    }
    for (schedule, odd) in schedules.odd() {
        output.warning(&format!("calendar of {schedule}: {odd}"));
    }
    possible(base, &policy, schedules, &script)?;
    let calls = forecast(&policy, from, asked.paged_elsewhere, &script, until);
    let zone = asked.zone.clone().map_or(Ok(Zone::UTC), Zone::try_from);
    let zone = zone.map_err(|what| CliError::usage(what, "write --zone Europe/Berlin"))?;
    let (name, version) = (&policy.policy, policy.version);
    let began = zone.write(from);
    let mut text = vec![format!(
        "policy {name} version {version}, an alert that began at {began}"
    )];
    text.extend(lines(&script, &calls, schedules, (from, until), zone));
    if calls.is_empty() {
        text.push(format!("nobody is contacted until {}", zone.write(until)));
    }
    let row = |call: &ForecastPage| {
        let on_call = schedules.on_call(&call.target, call.at);
        json!({
            "at": call.at,
            "level": call.level, "target": call.target, "channel": call.channel,
            "repeat": call.repeat, "who": on_call.name(),
        })
    };
    let rows: Vec<_> = calls.iter().map(row).collect();
    let json = json!({"policy": policy.policy, "from": from, "calls": rows});
    output.result(&text.join("\n"), &json);
    Ok(())
}

/// Pages and events of the script, in the order of time.
fn lines(
    script: &ForecastScript,
    calls: &[ForecastPage],
    schedules: &OnCallSchedules,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    zone: Zone,
) -> Vec<String> {
    let begin = |at: DateTime<Utc>| {
        let after = elapsed((at - from).num_seconds());
        format!("{}  +{after:<8} ", zone.write(at))
    };
    let events = script.iter().filter(|(at, _)| *at <= until);
    let events =
        events.map(|(at, what)| (*at, format!("{}({})", begin(*at), words::happens(what))));
    let pages = calls.iter().map(|call| {
        let again = match call.repeat {
            0 => String::new(),
            repeat => format!(", call {}", repeat + 1),
        };
        let who = words::on_call_in_brackets(&schedules.on_call(&call.target, call.at));
        let (level, target, channel) = (&call.level, &call.target, &call.channel);
        let begin = begin(call.at);
        (
            call.at,
            format!("{begin}{level}: {target}{who} by {channel}{again}"),
        )
    });
    // An event at the time of a page comes first: it decides about the page.
    let mut lines: Vec<(DateTime<Utc>, String)> = events.chain(pages).collect();
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Refuses targets and conditions that the policies do not know: the simulation would show what cannot happen.
fn possible(
    base: &Base,
    policy: &EscalationPolicy,
    schedules: &OnCallSchedules,
    script: &ForecastScript,
) -> Result<(), CliError> {
    let flags = base.config.policies.severity.flags();
    for (_, happens) in script {
        match happens {
            ForecastEvent::Acknowledged(targets) => known(targets, &policy.targets(), schedules)?,
            ForecastEvent::Classified(_, raised) => {
                if let Some(flag) = raised.iter().find(|flag| !flags.contains(flag)) {
                    let what = format!("no rule of the severity policy raises \"{flag}\"");
                    let hint = format!("there are: {}", list(&flags));
                    return Err(CliError::usage(what, hint));
                }
            }
            ForecastEvent::Resolved => {}
        }
    }
    Ok(())
}

fn elapsed(seconds: i64) -> String {
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("{hours}:{minutes:02}:{:02}", seconds % 60)
}

/// A time with its zone, or a span, seen from another time: from now, or with a `+` from the alert's start.
fn time(text: &str, from: DateTime<Utc>) -> Result<DateTime<Utc>, CliError> {
    let text = text.strip_prefix('+').unwrap_or(text);
    Ok(parse_moment(text, from, TimeDirection::Any)?)
}

/// `WHEN`, or `WHEN=a,b`.
fn split(text: &str) -> (&str, Vec<&str>) {
    let (when, rest) = text.split_once('=').unwrap_or((text, ""));
    (
        when,
        rest.split(',').filter(|word| !word.is_empty()).collect(),
    )
}

fn ids<I: std::str::FromStr<Err = String>>(words: &[&str]) -> Result<Vec<I>, CliError> {
    let one = |word: &&str| {
        word.parse()
            .map_err(|what: String| CliError::usage(what, "names are separated by commas"))
    };
    words.iter().map(one).collect()
}

fn script(asked: &Simulate, from: DateTime<Utc>) -> Result<ForecastScript, CliError> {
    let mut script = ForecastScript::new();
    for text in &asked.ack {
        let (when, targets) = split(text);
        script.push((
            time(when, from)?,
            ForecastEvent::Acknowledged(ids(&targets)?),
        ));
    }
    for text in &asked.severity {
        let (when, words) = split(text);
        let level = words.first().and_then(|word| word.parse().ok());
        let level = level.and_then(Severity::new);
        let level = level.ok_or_else(|| {
            let what = format!("\"{}\" names no severity", Safe::line(text));
            CliError::usage(what, "write +10m=1 or +10m=1,transaction-integrity")
        })?;
        let classified = ForecastEvent::Classified(level, ids(&words[1..])?);
        script.push((time(when, from)?, classified));
    }
    if let Some(when) = &asked.resolved {
        script.push((time(when, from)?, ForecastEvent::Resolved));
    }
    script.sort_by_key(|(at, _)| *at);
    Ok(script)
}
