//! Clocks in sentences.

use super::texts::Texts;
use crate::documents::words::time;
use crate::incident::entry::{ClockEvent, ClockKind, ClockStepped, Overdue, PeerLost};
use crate::incident::step_in_words;

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
    let item = data.item.map(|item| texts.people.work(item));
    let what = match &data.clock {
        ClockKind::StatusUpdate => "status update".to_string(),
        ClockKind::CheckIn => "check-in of the incident commander".to_string(),
        ClockKind::TimelineEntry => "next timeline entry".to_string(),
        ClockKind::Acknowledgement => "acknowledgement".to_string(),
        ClockKind::ActionItem => item.unwrap_or_else(|| "action item".to_string()),
        ClockKind::Other(name) => {
            let of = item.map_or(String::new(), |item| format!(" of {item}"));
            format!("clock \"{name}\"{of}")
        }
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
