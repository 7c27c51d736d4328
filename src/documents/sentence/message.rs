//! Status updates and messages in sentences.

use super::texts::Texts;
use crate::documents::citations::count;
use crate::incident::entry::{
    MessageEvent, MessageIntended, MessageKind, MessageResulted, Updated, field,
};

pub(super) fn sentence(event: &MessageEvent, texts: &Texts) -> String {
    match event {
        MessageEvent::Updated(data) => texts.with(updated(data), field::TEXT),
        MessageEvent::MessageIntended(data) => intended(data),
        MessageEvent::MessageResulted(data) => resulted(data, texts),
    }
}

fn updated(data: &Updated) -> String {
    let elsewhere = match data.elsewhere {
        true => ", sent elsewhere",
        false => "",
    };
    format!("status update for {}{elsewhere}", data.audience.word())
}

fn intended(data: &MessageIntended) -> String {
    let again = match data.repeat {
        0 => String::new(),
        repeat => format!(", repetition {repeat}"),
    };
    match data.what {
        MessageKind::Update => {
            format!(
                "status update #{} through {}{again}",
                data.tells, data.channel
            )
        }
        MessageKind::Settle(how) => {
            format!(
                "end of the page through {}: {}, #{}{again}",
                data.channel,
                how.word(),
                data.tells
            )
        }
    }
}

fn resulted(data: &MessageResulted, texts: &Texts) -> String {
    let http = data
        .http
        .map_or(String::new(), |status| format!(", HTTP {status}"));
    format!(
        "message through {}: {}{http}, {}{}",
        data.channel,
        data.outcome.words(),
        count(u64::from(data.attempts), "attempt", "attempts"),
        texts.after("; ", field::DETAIL)
    )
}
