//! Clocks in sentences.

use super::Texts;
use crate::documents::citations::time;
use crate::incident::entry::{ClockEvent, ClockStepped, Overdue, PeerLost};
use crate::incident::steady::step_in_words;

pub(super) fn sentence(event: &ClockEvent, texts: &Texts) -> String {
    match event {
        ClockEvent::ClockStepped(data) => stepped(data, texts),
        ClockEvent::BootChanged(_) => "the machine was restarted, or another machine records: no boot clock connects this entry with those before, and the wall clock decides how long to wait".to_string(),
        ClockEvent::Overdue(data) => overdue(data, texts),
        ClockEvent::PeerLost(data) => lost(data),
    }
}

fn stepped(data: &ClockStepped, texts: &Texts) -> String {
    let step = data.by();
    let recorded = texts.entry.recorded;
    let before = recorded.checked_sub_signed(step);
    format!(
        "the system clock was {}: {} became {}; waiting times are not affected, and recorded times stay as they are",
        step_in_words(step),
        before.map_or("a time that does not exist".to_string(), time),
        time(recorded)
    )
}

fn overdue(data: &Overdue, texts: &Texts) -> String {
    let what = match data.clock.as_str() {
        "update" => "status update".to_string(),
        "check-in" => "check-in of the incident commander".to_string(),
        "scribe" => "next timeline entry".to_string(),
        "answer" => "acknowledgement".to_string(),
        _ => data
            .item
            .map_or("work".to_string(), |item| texts.people.work(item)),
    };
    format!("{what} overdue since {}", time(data.due))
}

fn lost(data: &PeerLost) -> String {
    let what = match data.peer.as_str() {
        "watch" => "paging service",
        other => other,
    };
    format!(
        "the {what} {} stopped responding, last heartbeat {}: pages may have been late",
        data.process,
        time(data.last)
    )
}
