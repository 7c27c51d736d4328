//! Status updates and messages in sentences.

use super::texts::{Texts, sent};
use crate::documents::words::repetition;
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
    let (entry, channel, again) = (data.about, &data.channel, repetition(data.repeat));
    match data.what {
        MessageKind::Update => format!("status update #{entry} through {channel}{again}"),
        MessageKind::Settle(how) => {
            let how = how.word();
            format!("end of the page through {channel}: {how}, #{entry}{again}")
        }
    }
}

fn resulted(data: &MessageResulted, texts: &Texts) -> String {
    let result = sent(data.outcome, data.http, data.attempts, texts);
    format!("message through {}: {result}", data.channel)
}
