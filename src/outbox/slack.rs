//! Slack's incoming webhook. It answers `ok` in the body, and has no way to tell a repetition.

use super::http::{Answer, Http};
use super::message::Message;
use super::post::{Attempt, Channel};
use super::retry::Verdict;
use super::settings::{ChannelError, ChatSettings, Credentials};
use async_trait::async_trait;
use serde_json::json;
use std::time::Duration;

/// Longest text of a section, in characters (Slack allows 3,000).
const MAX_TEXT: usize = 2_900;

/// Slack, ready to send.
pub struct Slack(Http);

impl Slack {
    /// Checks the address.
    pub fn new(
        settings: &ChatSettings,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        settings.open(credentials).map(Self)
    }
}

/// 200 counts only with the body `ok`.
fn judge(answer: &Answer) -> Verdict {
    match answer.status {
        200 if answer.body.trim() == "ok" => Verdict::Accepted,
        200 => Verdict::Refused,
        status => Verdict::of_status(status, answer.retry_after),
    }
}

/// Slack reads `&`, `<` and `>`: mentions and links would come out of an alert's text.
fn plain(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    text.chars().take(MAX_TEXT).collect()
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

    async fn attempt(&self, message: &Message) -> Attempt {
        let headline = plain(&message.headline());
        let facts: Vec<String> = message
            .facts()
            .iter()
            .map(|(name, value)| format!("{name}: {}", plain(value)))
            .collect();
        let section = |text: &str| json!({"type": "section", "text": {"type": "plain_text", "text": text, "emoji": false}});
        let facts: String = facts.join("\n").chars().take(MAX_TEXT).collect();
        let body = json!({
            "text": headline,
            "blocks": [section(&headline), section(&facts)],
        });
        let request = self.0.client.post(self.0.url.clone()).json(&body);
        self.0.send(request, judge).await
    }
}
