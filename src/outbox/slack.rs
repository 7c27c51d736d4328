//! Slack's incoming webhook. It answers `ok` in the body, and recognizes no repetition. Mattermost, Rocket.Chat, Zulip
//! and others accept the same form and answer in their own.

use super::fit::Room;
use super::http::{Answer, Http};
use super::message::Message;
use super::post::{Attempt, Channel};
use super::reply;
use super::retry::Verdict;
use super::settings::{ChannelError, ChatSettings, Credentials};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::time::Duration;

/// A message has 50 blocks of at most 3,000 characters; the first block is the headline.
const ROOM: Room = Room {
    each: 2_900,
    parts: 49,
    width,
};

/// Units of a character: Slack counts escapes as what they stand for.
fn width(c: char) -> usize {
    escaped(c).map_or(1, str::len)
}

/// Slack interprets `&`, `<` and `>`: the text of an alert would become mentions and links.
fn escaped(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    }
}

pub struct Slack(Http);

impl Slack {
    pub fn new(
        settings: &ChatSettings,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        settings.open(credentials).map(Self)
    }
}

/// Slack itself answers only `ok`; others in its form may answer without a body.
fn judge(answer: &Answer, of_slack: bool) -> Verdict {
    let nothing = match of_slack {
        true => Verdict::Ambiguous,
        false => Verdict::Accepted,
    };
    reply::judge(answer, &nothing, &Verdict::Ambiguous)
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match escaped(c) {
            Some(escaped) => out.push_str(escaped),
            None => out.push(c),
        }
    }
    out
}

/// The message in blocks, and the number of characters that are not in them.
fn body(message: &Message) -> (Value, usize) {
    let incident = &message.about().incident;
    let headline = Room { parts: 1, ..ROOM }.fit(&message.headline(), incident);
    let facts: Vec<String> = message
        .facts()
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let facts = ROOM.fit(&facts.join("\n"), incident);
    let section = |text: &String| json!({"type": "section", "text": {"type": "plain_text", "text": plain(text), "emoji": false}});
    let blocks: Vec<Value> = headline
        .parts
        .iter()
        .chain(&facts.parts)
        .map(section)
        .collect();
    let text = plain(&headline.parts.concat());
    (
        json!({"text": text, "blocks": blocks}),
        headline.missing + facts.missing,
    )
}

#[async_trait]
impl Channel for Slack {
    fn place(&self) -> String {
        self.0.place()
    }

    fn carries(&self, _: &Message) -> bool {
        true
    }

    fn knows_repetitions(&self, _: &Message) -> bool {
        false
    }

    fn pace(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn preview(&self, message: &Message) -> Option<String> {
        Some(format!("{:#}", body(message).0))
    }

    async fn attempt(&self, message: &Message) -> Attempt {
        let (body, missing) = body(message);
        let request = self.0.client.post(self.0.url.clone()).json(&body);
        let host = self.0.url.host_str().unwrap_or_default();
        let of_slack = host == "hooks.slack.com" || host == "hooks.slack-gov.com";
        let attempt = self.0.send(request, |answer| judge(answer, of_slack)).await;
        attempt.shortened(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::update_message;

    #[test]
    fn a_long_update_is_split_into_blocks_and_none_is_too_long() {
        let text = "A & B <fail>. ".repeat(1_100);
        let message = update_message(&text);
        let (body, missing) = body(&message);
        let blocks = body["blocks"].as_array().unwrap();
        let texts: Vec<&str> = blocks
            .iter()
            .map(|block| block["text"]["text"].as_str().unwrap())
            .collect();
        assert!(texts.len() > 3 && texts.len() <= 50, "{}", texts.len());
        assert!(texts.iter().all(|text| text.chars().count() <= 3_000));
        assert_eq!(missing, 0);
        assert!(texts[1..].concat().contains(&plain(text.trim())));
    }
}
