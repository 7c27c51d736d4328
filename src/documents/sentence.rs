//! One entry as one sentence: what happened, without judging anybody.

mod command;
mod custody;

use super::citations::{count, duration, time};
use super::people::People;
use crate::alerts::AlertState;
use crate::incident::Slug;
use crate::incident::entry::{
    AlertSeen, Classified, PageIntended, PageResulted, SignalSeen, StepOutcome, StepRecorded, field,
};
use crate::incident::steady::step_in_words;
use crate::incident::{Body, Entry, Event};
use crate::signals::Cause;
use crate::signals::{Reading, percent};
use chrono::TimeDelta;

/// From how many seconds on a page is called late.
const LATE: i64 = 10;

/// The sentence of an entry. With `people`, names in texts are replaced by roles.
#[expect(clippy::too_many_lines, reason = "a table: one arm an event")]
pub fn sentence(entry: &Entry, people: &People) -> String {
    let event = match &entry.body {
        Body::Known(event) => event,
        Body::Unknown(kind) => return format!("entry of a kind not known to this version: {kind}"),
    };
    let text = |name: &str| {
        let text = entry.text(name).filter(|_| !people.withholds(name))?;
        Some(people.without_names(text))
    };
    let with = |head: &str, name: &str| match text(name) {
        Some(text) => format!("{head}: {text}"),
        None => head.to_string(),
    };
    match event {
        Event::Opened(data) => {
            let by = data.rule.as_ref().map_or("by hand".to_string(), |rule| {
                format!("by intake rule {rule}")
            });
            let from = data.follows.as_ref().map_or(String::new(), |earlier| {
                format!(", continues {} after #{}", earlier.incident, earlier.upto)
            });
            with(&format!("incident opened {by}{from}"), field::TITLE)
        }
        Event::Actor(data) if data.is_person() && !data.has_acted() => {
            format!(
                "{} is named, and has not acted here yet",
                people.label(&data.actor)
            )
        }
        Event::Actor(data) => format!("{} joined", people.label(&data.actor)),
        Event::AlertSeen(data) => alert(
            data,
            text(field::NAME).as_deref(),
            text(field::SUMMARY).as_deref(),
        ),
        Event::SignalSeen(data) => signal(data),
        Event::Backfilled(data) => {
            let gaps = data.values.iter().filter(|value| value.is_none()).count();
            format!(
                "{} read back from {}: {} values, {gaps} without data",
                data.signal,
                time(data.from),
                data.values.len()
            )
        }
        Event::ChangeSeen(data) => {
            let of = |name| text(name).filter(|text| !text.is_empty());
            let who = of(field::WHO).map_or(String::new(), |who| format!(" by {who}"));
            let outcome =
                of(field::OUTCOME).map_or(String::new(), |outcome| format!(", {outcome}"));
            let what = of(field::TEXT).unwrap_or_default();
            format!(
                "{} at {}: {what}{who}{outcome} (read from {})",
                data.kind.word(),
                time(data.at),
                data.source
            )
        }
        Event::SourceLost(data) => {
            let last = data.last.map_or("it had never answered".into(), |at| {
                format!("last answer {}", time(at))
            });
            with(
                &format!("contact with {} lost, {last}", data.source),
                field::DETAIL,
            )
        }
        Event::SourceBack(data) => format!("contact with {} is back", data.source),
        Event::Classified(data) => with(&classified(data), field::WHY),
        Event::RoleAssigned(data) => match &data.actor {
            Some(actor) if *actor == entry.by => format!("takes the role {}", data.role.title()),
            Some(actor) => format!(
                "gives the role {} to {}",
                data.role.title(),
                people.label(actor)
            ),
            None => format!("nobody holds the role {} from here on", data.role.title()),
        },
        Event::Noted(_) => with("note", field::TEXT),
        Event::Decided(_) => {
            let mut sentence = with("decision", field::TEXT);
            for (word, name) in [("because", field::WHY), ("instead of", field::ALTERNATIVES)] {
                if let Some(text) = text(name) {
                    sentence += &format!("; {word}: {text}");
                }
            }
            sentence
        }
        Event::StatusChanged(data) => with(&format!("status: {}", data.status.word()), field::TEXT),
        Event::Corrected(data) => with(&format!("correction of #{}", data.seq), field::TEXT),
        Event::PlaybookStarted(data) => {
            format!(
                "playbook {} begun, {} steps, file {}",
                data.playbook,
                data.steps,
                &short(&data.digest)
            )
        }
        Event::StepRecorded(data) => step(
            data,
            text(field::STEP).as_deref(),
            text(field::TEXT).as_deref(),
        ),
        Event::EscalationArmed(data) => {
            let levels: Vec<String> = data
                .levels
                .iter()
                .map(|level| match (&level.left_out, level.due) {
                    (Some(why), _) => format!(
                        "{} not called ({})",
                        level.level,
                        why.as_str().replace('-', " ")
                    ),
                    (None, Some(due)) => format!("{} {}", level.level, time(due)),
                    (None, None) => format!("{} on condition", level.level),
                })
                .collect();
            format!(
                "escalation armed from {}: {}",
                time(data.from),
                levels.join(", ")
            )
        }
        Event::LevelArmed(data) => {
            format!(
                "{} to be called by {}, because of #{}",
                data.level,
                time(data.due),
                data.because
            )
        }
        Event::PageIntended(data) => page(entry, data, text(field::WHO).as_deref()),
        Event::PageResulted(data) => result(data, text(field::DETAIL).as_deref()),
        Event::ClockStepped(data) => {
            let step = data.by();
            let before = entry.recorded.checked_sub_signed(step);
            format!(
                "the system clock was {}: {} became {}; waiting times are not affected, and recorded times stay as they are",
                step_in_words(step),
                before.map_or("a time that does not exist".to_string(), time),
                time(entry.recorded)
            )
        }
        Event::BootChanged(_) => "the machine was restarted, or another machine records: no boot clock connects this entry with those before, and the wall clock decides how long to wait".to_string(),
        Event::Recovered(data) => format!(
            "{} bytes of an unacknowledged entry were set aside when the journal was opened, digest {}",
            data.length,
            short(&data.sha256)
        ),
        Event::DocumentWritten(data) => {
            format!(
                "{} written, up to #{}, digest {}",
                data.document,
                data.upto,
                short(&data.sha256)
            )
        }
        other => command::sentence(other, people, text)
            .or_else(|| custody::sentence(other, text))
            .unwrap_or_default(),
    }
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

fn alert(data: &AlertSeen, name: Option<&str>, summary: Option<&str>) -> String {
    let name = name.unwrap_or("alert");
    let since = match data.start {
        None => format!("fires since {}", time(data.starts_at)),
        Some(_) => format!(
            "fires; its start is not known, first seen {}",
            time(data.starts_at)
        ),
    };
    let left_out = data.left_out.map_or(String::new(), |count| {
        format!("; {count} of its labels are not recorded")
    });
    let state = match data.state {
        AlertState::Firing => since,
        AlertState::Suppressed => format!("{since}, silenced or inhibited"),
        AlertState::Cleared => "no longer fires; its rule is evaluated".to_string(),
        AlertState::Vanished => "is no longer reported; not confirmed as resolved".to_string(),
    };
    let summary = summary.map_or(String::new(), |summary| format!(" ({summary})"));
    format!("alert {name} {state}{summary}{left_out}")
}

fn reading(reading: Reading, unit: Option<&Slug>) -> String {
    match (reading, unit) {
        (Reading::Value(value), Some(unit)) => format!("{value} {unit}"),
        (Reading::Value(value), None) if (0.0..=1.0).contains(&value) => percent(value),
        (Reading::Value(value), None) => value.to_string(),
        (other, _) => format!("{} (not a measurement)", other.word()),
    }
}

fn signal(data: &SignalSeen) -> String {
    let cause = match data.cause {
        Cause::Decision => ", read for a decision",
        Cause::Cadence => ", unchanged",
        _ => "",
    };
    format!(
        "{} {} at {}{cause}",
        data.signal,
        reading(data.reading, data.unit.as_ref()),
        time(data.at)
    )
}

fn classified(data: &Classified) -> String {
    let answers: Vec<String> = data
        .answers
        .iter()
        .map(|answer| {
            let value = answer
                .reading
                .filter(|reading| reading.value().is_some())
                .map(|measured| format!(" {}", reading(measured, answer.unit.as_ref())));
            let value = value.unwrap_or_default();
            format!(
                "{} = {} ({}{value})",
                answer.question,
                answer.answer,
                answer.basis.word()
            )
        })
        .collect();
    format!(
        "classified {} by rule {} of policy {}; {}",
        data.severity,
        data.rule,
        short(&data.policy),
        answers.join(", ")
    )
}

fn step(data: &StepRecorded, title: Option<&str>, text: Option<&str>) -> String {
    let title = title.unwrap_or(data.step.as_str());
    let mut sentence = format!(
        "playbook {} step {} \"{title}\": {}",
        data.playbook,
        data.number,
        data.outcome.word()
    );
    if let Some(choice) = &data.choice {
        sentence += &format!(", way taken: {choice}");
    }
    let expected = data
        .expected
        .map_or(String::new(), |e| format!(", expected {e}"));
    let is_check = matches!(
        data.outcome,
        StepOutcome::Passed | StepOutcome::Failed | StepOutcome::Unknown
    );
    if let Some(value) = data.reading.filter(|_| is_check) {
        let at = data
            .at
            .map_or(String::new(), |at| format!(" at {}", time(at)));
        let value = value
            .value()
            .map_or(value.word().to_string(), |value| value.to_string());
        sentence += &format!(", measured {value}{at}{expected}");
    }
    if let Some(text) = text {
        sentence += &format!("; {text}");
    }
    sentence
}

fn page(entry: &Entry, data: &PageIntended, who: Option<&str>) -> String {
    let late = data.late.map(|late| TimeDelta::seconds(i64::from(late)));
    // Before the boot clock was recorded, the wall clock is all there is.
    let late = late.unwrap_or(entry.recorded - data.due);
    let late = match late.num_seconds() {
        LATE.. => format!(", {} after it was due", duration(late)),
        _ => String::new(),
    };
    let again = if data.repeat > 0 {
        format!(", repetition {}", data.repeat)
    } else {
        String::new()
    };
    let who = who.map_or(String::new(), |who| format!(" ({who})"));
    format!(
        "{}{who} is called by {}{again}{late}",
        data.target, data.channel
    )
}

fn result(data: &PageResulted, detail: Option<&str>) -> String {
    let http = data
        .http
        .map_or(String::new(), |status| format!(", HTTP {status}"));
    let detail = detail.map_or(String::new(), |detail| format!("; {detail}"));
    format!(
        "page to {} by {}: {}{http}, {}{detail}",
        data.level,
        data.channel,
        data.outcome.words(),
        count(u64::from(data.attempts), "try", "tries")
    )
}
