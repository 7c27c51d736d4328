//! PagerDuty's Events API v2: a page triggers, an acknowledgement and a resolution follow under the same key.

use super::http::{Answer, Http};
use super::message::Message;
use super::post::{Attempt, Channel};
use super::retry::Verdict;
use super::settings::{ChannelError, Credentials};
use crate::incident::Slug;
use crate::incident::entry::Settled;
use crate::text::secret::{Secret, SecretRef};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// Where events go, unless the settings say otherwise.
const PLACE: &str = "https://events.pagerduty.com";
/// Longest summary, in characters.
const MAX_SUMMARY: usize = 1_024;

/// PagerDuty as the configuration file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagerDutySettings {
    /// The channel's name in policies.
    pub name: Slug,
    /// The integration key of a service.
    pub routing_key: SecretRef,
    /// Another address than the vendor's, such as the one for Europe.
    #[serde(default)]
    pub url: Option<String>,
    /// Certificates that are trusted besides the system's.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

/// PagerDuty, ready to send.
pub struct PagerDuty {
    http: Http,
    key: Secret,
}

impl PagerDuty {
    /// Checks the address and fetches the key.
    pub fn new(
        settings: &PagerDutySettings,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        let url = Secret::new(settings.url.as_deref().unwrap_or(PLACE));
        Ok(Self {
            http: Http::new(&url, settings.ca_file.as_deref(), credentials)?,
            key: credentials.get(&settings.routing_key)?,
        })
    }

    fn event(&self, message: &Message) -> Value {
        let (action, key) = match message {
            Message::Settle(settle) => {
                let action = match settle.how {
                    Settled::Acknowledged => "acknowledge",
                    Settled::Resolved => "resolve",
                };
                (action, settle.page.to_string())
            }
            Message::Page(_) | Message::Update(_) => ("trigger", message.id()),
        };
        let mut event = json!({
            "routing_key": self.key.reveal(),
            "event_action": action,
            "dedup_key": key,
        });
        if action == "trigger" {
            let severity = match message
                .about()
                .severity
                .map(crate::incident::severity::Severity::level)
            {
                None | Some(1) => "critical",
                Some(2) => "error",
                Some(3) => "warning",
                Some(_) => "info",
            };
            let summary: String = message.headline().chars().take(MAX_SUMMARY).collect();
            let details: serde_json::Map<String, Value> = message
                .facts()
                .into_iter()
                .map(|(name, value)| (name.to_string(), value.into()))
                .collect();
            event["payload"] = json!({
                "summary": summary,
                "source": "warroom",
                "severity": severity,
                "custom_details": details,
            });
        }
        event
    }
}

/// 202 is taken; a success that says otherwise in its body is refused.
fn judge(answer: &Answer) -> Verdict {
    let status = serde_json::from_str::<Value>(&answer.body).ok();
    let says = status.as_ref().and_then(|body| body["status"].as_str());
    match Verdict::of_status(answer.status, answer.retry_after) {
        Verdict::Accepted if says != Some("success") => Verdict::Refused,
        verdict => verdict,
    }
}

#[async_trait]
impl Channel for PagerDuty {
    fn place(&self) -> String {
        self.http.place()
    }

    fn carries(&self, message: &Message) -> bool {
        !matches!(message, Message::Update(_))
    }

    fn knows_repetitions(&self, _: &Message) -> bool {
        true
    }

    /// About 120 events a minute and key.
    fn pace(&self) -> Duration {
        Duration::from_millis(500)
    }

    async fn attempt(&self, message: &Message) -> Attempt {
        let url = self.http.at("/v2/enqueue");
        let request = self.http.client.post(url).json(&self.event(message));
        self.http.send(request, judge).await
    }
}
