//! Paging in sentences.

use super::texts::{Texts, sent};
use crate::documents::words::{names, repetition, time};
use crate::incident::entry::{
    Acknowledged, EscalationArmed, PageIntended, PageResulted, PagingEvent, field,
};
use crate::times::write_span;
use chrono::TimeDelta;

/// Seconds.
const LATE: i64 = 10;

pub(super) fn sentence(event: &PagingEvent, texts: &Texts) -> String {
    match event {
        PagingEvent::EscalationArmed(data) => armed(data),
        PagingEvent::LevelArmed(data) => {
            let due = time(data.due);
            format!(
                "level {} due at {due}, because of #{}",
                data.level, data.because
            )
        }
        PagingEvent::PageIntended(data) => page(data, texts),
        PagingEvent::PageResulted(data) => result(data, texts),
        PagingEvent::Acknowledged(data) => acknowledged(data, texts),
        PagingEvent::Adopted(data) => {
            let (system, incident, at) = (&data.system, &data.incident, time(data.created));
            let head = format!("taken over from {system}, its incident {incident} of {at}");
            texts.with(head, field::TITLE)
        }
    }
}

fn armed(data: &EscalationArmed) -> String {
    let levels = data.levels.iter().map(|level| {
        let name = &level.level;
        match (&level.left_out, level.due) {
            (Some(why), _) => format!("{name} not paged ({})", why.as_str().replace('-', " ")),
            (None, Some(due)) => format!("{name} {}", time(due)),
            (None, None) => format!("{name} on condition"),
        }
    });
    let levels: Vec<String> = levels.collect();
    format!(
        "escalation armed from {}: {}",
        time(data.from),
        levels.join(", ")
    )
}

fn page(data: &PageIntended, texts: &Texts) -> String {
    let late = data.late.map(|late| TimeDelta::seconds(i64::from(late)));
    // Before the boot clock was recorded, the wall clock is all there is.
    let late = late.unwrap_or(texts.entry.recorded - data.due);
    let late = match late.num_seconds() {
        LATE.. => format!(", {} after it was due", write_span(late, true)),
        _ => String::new(),
    };
    let again = repetition(data.repeat);
    let who = texts.text(field::WHO);
    let who = who.map_or(String::new(), |who| format!(" ({who})"));
    let (target, channel) = (&data.target, &data.channel);
    format!("paging {target}{who} through {channel}{again}{late}")
}

fn result(data: &PageResulted, texts: &Texts) -> String {
    let result = sent(data.outcome, data.http, data.attempts, texts);
    format!("page to {} through {}: {result}", data.level, data.channel)
}

fn acknowledged(data: &Acknowledged, texts: &Texts) -> String {
    match &data.elsewhere {
        Some(there) => {
            let who = texts.text(field::WHO);
            let who = who.unwrap_or_else(|| "somebody".into());
            format!("acknowledged by {who} in another system ({there})")
        }
        None if data.targets.is_empty() => "acknowledged".to_string(),
        None => format!("acknowledged for {}", names(&data.targets)),
    }
}
