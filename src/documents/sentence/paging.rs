//! Paging in sentences.

use super::texts::{Texts, names};
use crate::documents::citations::{count, duration, time};
use crate::incident::entry::{
    Acknowledged, EscalationArmed, PageIntended, PageResulted, PagingEvent, field,
};
use chrono::TimeDelta;

/// Seconds.
const LATE: i64 = 10;

pub(super) fn sentence(event: &PagingEvent, texts: &Texts) -> String {
    match event {
        PagingEvent::EscalationArmed(data) => armed(data),
        PagingEvent::LevelArmed(data) => format!(
            "level {} due at {}, because of #{}",
            data.level,
            time(data.due),
            data.because
        ),
        PagingEvent::PageIntended(data) => page(data, texts),
        PagingEvent::PageResulted(data) => result(data, texts),
        PagingEvent::Acknowledged(data) => acknowledged(data, texts),
        PagingEvent::Adopted(data) => texts.with(
            format!(
                "taken over from {}, its incident {} of {}",
                data.system,
                data.incident,
                time(data.created)
            ),
            field::TITLE,
        ),
    }
}

fn armed(data: &EscalationArmed) -> String {
    let levels = data.levels.iter();
    let levels: Vec<String> = levels
        .map(|level| match (&level.left_out, level.due) {
            (Some(why), _) => format!(
                "{} not paged ({})",
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

fn page(data: &PageIntended, texts: &Texts) -> String {
    let late = data.late.map(|late| TimeDelta::seconds(i64::from(late)));
    // Before the boot clock was recorded, the wall clock is all there is.
    let late = late.unwrap_or(texts.entry.recorded - data.due);
    let late = match late.num_seconds() {
        LATE.. => format!(", {} after it was due", duration(late)),
        _ => String::new(),
    };
    let again = match data.repeat {
        0 => String::new(),
        repeat => format!(", repetition {repeat}"),
    };
    let who = texts.text(field::WHO);
    let who = who.map_or(String::new(), |who| format!(" ({who})"));
    format!(
        "paging {}{who} through {}{again}{late}",
        data.target, data.channel
    )
}

fn result(data: &PageResulted, texts: &Texts) -> String {
    let http = data
        .http
        .map_or(String::new(), |status| format!(", HTTP {status}"));
    format!(
        "page to {} through {}: {}{http}, {}{}",
        data.level,
        data.channel,
        data.outcome.words(),
        count(u64::from(data.attempts), "attempt", "attempts"),
        texts.after("; ", field::DETAIL)
    )
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
