//! Microsoft Teams by a workflow's webhook: an adaptive card, no way to tell a repetition.

use super::http::{Answer, Http};
use super::message::Message;
use super::post::{Attempt, Channel};
use super::retry::Verdict;
use super::settings::{ChannelError, ChatSettings, Credentials};
use async_trait::async_trait;
use serde_json::{Value, json};
use std::time::Duration;

/// Teams, ready to send.
pub struct Teams(Http);

impl Teams {
    /// Checks the address.
    pub fn new(
        settings: &ChatSettings,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        settings.open(credentials).map(Self)
    }
}

/// A success with an error in the body is none: the older connectors answered so, and gateways still do.
fn judge(answer: &Answer) -> Verdict {
    let broken =
        serde_json::from_str::<Value>(&answer.body).is_ok_and(|body| !body["error"].is_null());
    match Verdict::of_status(answer.status, answer.retry_after) {
        Verdict::Accepted if broken => Verdict::Refused,
        verdict => verdict,
    }
}

/// A card whose texts are runs, not Markdown: an alert's text makes no links.
fn card(message: &Message) -> Value {
    let run = |text: &str, weight: &str| json!({"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, "weight": weight}]});
    let mut body = vec![run(&message.headline(), "bolder")];
    body.extend(
        message
            .facts()
            .iter()
            .map(|(name, value)| run(&format!("{name}: {value}"), "default")),
    );
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.2",
                "body": body,
            },
        }],
    })
}

#[async_trait]
impl Channel for Teams {
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
        let request = self.0.client.post(self.0.url.clone()).json(&card(message));
        self.0.send(request, judge).await
    }
}
