//! Observations in sentences.

use super::texts::Texts;
use crate::alerts::AlertState;
use crate::documents::words::time;
use crate::incident::Slug;
use crate::incident::entry::{
    AlertSeen, ChangeSeen, ImpactMeasured, ObservationEvent, SignalSeen, field,
};
use crate::signals::Cause;
use crate::signals::{Reading, percent};

pub(super) fn sentence(event: &ObservationEvent, texts: &Texts) -> String {
    match event {
        ObservationEvent::AlertSeen(data) => alert(data, texts),
        ObservationEvent::SignalSeen(data) => signal(data),
        ObservationEvent::Backfilled(data) => {
            let gaps = data.values.iter().filter(|value| value.is_none()).count();
            format!(
                "{} read back from {}: {} values, {gaps} without data",
                data.signal,
                time(data.from),
                data.values.len()
            )
        }
        ObservationEvent::ImpactMeasured(data) => impact_measured(data),
        ObservationEvent::ChangeSeen(data) => change(data, texts),
        ObservationEvent::SourceLost(data) => {
            let last = data
                .last
                .map_or("no answer since the program started".into(), |at| {
                    format!("last answer {}", time(at))
                });
            let head = format!("contact with {} lost, {last}", data.source);
            texts.with(head, field::DETAIL)
        }
        ObservationEvent::SourceBack(data) => format!("contact with {} is back", data.source),
    }
}

fn alert(data: &AlertSeen, texts: &Texts) -> String {
    let name = texts.text(field::NAME).unwrap_or_else(|| "alert".into());
    let since = match data.start {
        None => format!("fires since {}", time(data.starts_at)),
        Some(_) => {
            let seen = time(data.starts_at);
            format!("fires; its start is not known, first seen {seen}")
        }
    };
    let left_out = data.left_out.map_or(String::new(), |count| {
        format!("; {count} of its labels are not recorded")
    });
    let state = match data.state {
        AlertState::Firing => since,
        AlertState::Suppressed => format!("{since}, silenced or inhibited"),
        AlertState::Cleared => "is resolved; its rule is evaluated".to_string(),
        AlertState::Vanished => "is no longer reported; not confirmed as resolved".to_string(),
    };
    let summary = texts.text(field::SUMMARY);
    let summary = summary.map_or(String::new(), |summary| format!(" ({summary})"));
    format!("alert {name} {state}{summary}{left_out}")
}

pub(super) fn reading(reading: Reading, unit: Option<&Slug>) -> String {
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
        Cause::Cadence => ", five-minute reading",
        Cause::Alert | Cause::Said | Cause::Measured | Cause::Declared | Cause::Change => "",
    };
    let value = reading(data.reading, data.unit.as_ref());
    format!("{} {value} at {}{cause}", data.signal, time(data.at))
}

fn impact_measured(data: &ImpactMeasured) -> String {
    let impact = &data.impact;
    let end = match impact.ended {
        true => format!("to {}", time(impact.to)),
        false => format!("to {}, still failing", time(impact.to)),
    };
    format!(
        "impact by {} from {} {end}: {}",
        data.signal,
        time(impact.from),
        impact.words("about")
    )
}

fn change(data: &ChangeSeen, texts: &Texts) -> String {
    let of = |name| texts.text(name).filter(|text| !text.is_empty());
    let who = of(field::WHO).map_or(String::new(), |who| format!(" by {who}"));
    let outcome = of(field::OUTCOME).map_or(String::new(), |outcome| format!(", {outcome}"));
    let (kind, at, source) = (data.kind.word(), time(data.at), &data.source);
    let text = of(field::TEXT).unwrap_or_default();
    format!("{kind} at {at}: {text}{who}{outcome} (read from {source})")
}
