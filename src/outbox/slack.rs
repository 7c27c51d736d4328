//! Slack's incoming webhook. It answers `ok` in the body, and recognizes no repetition. Mattermost, Rocket.Chat, Zulip
//! and others accept the same form and answer in their own.

use super::chat::{Chat, ChatSettings};
use super::credentials::{ChannelError, Credentials};
use super::fit::SizeLimit;
use super::message::Message;
use super::reply::ReplyFallback;
use super::retry::DeliveryVerdict::{Accepted, Ambiguous};
use serde_json::{Value, json};

/// Slack itself answers only `ok`; others in its form may answer without a body.
pub(super) fn slack(
    settings: &ChatSettings,
    credentials: &Credentials<'_>,
) -> Result<Chat, ChannelError> {
    Chat::new(settings, credentials, body, |host| ReplyFallback {
        empty: match host {
            "hooks.slack.com" | "hooks.slack-gov.com" => Ambiguous,
            _ => Accepted,
        },
        unclear: Ambiguous,
    })
}

/// A message has 50 blocks of at most 3,000 characters; the first block is the headline.
const LIMIT: SizeLimit = SizeLimit {
    each: 2_900,
    parts: 49,
    width,
};

/// Slack counts an escape as the character that it stands for.
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

fn body(message: &Message) -> (Value, usize) {
    let incident = &message.about().incident;
    let headline = SizeLimit { parts: 1, ..LIMIT }.fit(&message.headline(), incident);
    let facts: Vec<String> = message
        .facts()
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let facts = LIMIT.fit(&facts.join("\n"), incident);
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
