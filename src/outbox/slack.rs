//! Slack's incoming webhook. It answers `ok` in the body, and has no way to tell a repetition.

use super::http::{Answer, Http};
use super::message::Message;
use super::post::{Attempt, Channel};
use super::retry::Verdict;
use super::settings::{ChannelError, Credentials};
use crate::incident::Slug;
use crate::incident::entry::Audience;
use crate::text::secret::SecretRef;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

/// Longest text of a section, in characters (Slack allows 3,000).
const MAX_TEXT: usize = 2_900;

/// Slack as the configuration file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackSettings {
    /// The channel's name in policies.
    pub name: Slug,
    /// The webhook's address, which is a secret.
    pub url: SecretRef,
    /// Whose updates it carries.
    #[serde(default)]
    pub updates: Vec<Audience>,
    /// Certificates that are trusted besides the system's.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

/// Slack, ready to send.
pub struct Slack(Http);

impl Slack {
    /// Checks the address.
    pub fn new(
        settings: &SlackSettings,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        let url = credentials.get(&settings.url)?;
        Ok(Self(Http::new(&url, settings.ca_file.as_deref())?))
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
