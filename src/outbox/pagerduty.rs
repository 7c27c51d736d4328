//! PagerDuty's Events API v2: a page triggers; acknowledgement and resolution follow under the same key.

use super::access::HttpAccess;
use super::answer::ChannelAnswer;
use super::channel::{Attempt, Channel};
use super::credentials::{ChannelError, Credentials};
use super::fit::SizeLimit;
use super::http::ChannelHttp;
use super::message::Message;
use super::reply::{self, ReplyFallback};
use super::retry::DeliveryVerdict;
use crate::incident::ChannelId;
use crate::incident::entry::Settled;
use crate::incident::severity::Severity;
use crate::text::secret::{Secret, SecretRef};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

const DEFAULT_URL: &str = "https://events.pagerduty.com";
/// In characters.
const MAX_SUMMARY: usize = 1_024;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagerDutySettings {
    pub name: ChannelId,
    /// The integration key of a service.
    pub routing_key: SecretRef,
    /// Another address than the vendor's, such as the one for Europe.
    pub url: Option<String>,
    #[serde(flatten)]
    pub access: HttpAccess,
}

pub struct PagerDuty {
    http: ChannelHttp,
    key: Secret,
}

impl PagerDuty {
    pub fn new(
        settings: &PagerDutySettings,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        let url = Secret::new(settings.url.as_deref().unwrap_or(DEFAULT_URL));
        Ok(Self {
            http: ChannelHttp::new(&url, &settings.access, credentials)?,
            key: credentials.get(&settings.routing_key)?,
        })
    }

    /// Without its key; and the number of characters that are not in it.
    fn event(message: &Message) -> (Value, usize) {
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
            "event_action": action,
            "dedup_key": key,
        });
        let mut missing = 0;
        if action == "trigger" {
            let severity = match message.about().severity.map(Severity::level) {
                None | Some(1) => "critical",
                Some(2) => "error",
                Some(3) => "warning",
                Some(_) => "info",
            };
            let summary =
                SizeLimit::one(MAX_SUMMARY).fit(&message.headline(), &message.about().incident);
            missing = summary.missing;
            let details: serde_json::Map<String, Value> = message
                .facts()
                .into_iter()
                .map(|(name, value)| (name.to_string(), value.into()))
                .collect();
            event["payload"] = json!({
                "summary": summary.parts.concat(),
                "source": "warroom",
                "severity": severity,
                "custom_details": details,
            });
        }
        (event, missing)
    }
}

/// Only 202 with `status: success` is accepted.
fn judge(answer: &ChannelAnswer) -> DeliveryVerdict {
    let body = serde_json::from_str::<Value>(&answer.body).unwrap_or_default();
    match reply::judge(answer, &ReplyFallback::both(DeliveryVerdict::Refused)) {
        DeliveryVerdict::Accepted if body["status"] != "success" => DeliveryVerdict::Refused,
        verdict => verdict,
    }
}

#[async_trait]
impl Channel for PagerDuty {
    fn destination(&self) -> String {
        self.http.destination()
    }

    fn carries(&self, message: &Message) -> bool {
        !matches!(message, Message::Update(_))
    }

    fn deduplicates(&self, _: &Message) -> bool {
        true
    }

    /// About 120 events per minute and key.
    fn pace(&self) -> Duration {
        Duration::from_millis(500)
    }

    fn preview(&self, message: &Message) -> Option<String> {
        let event = || format!("{:#}", Self::event(message).0);
        self.carries(message).then(event)
    }

    async fn attempt(&self, message: &Message) -> Attempt {
        let url = self.http.at("/v2/enqueue");
        let (mut event, missing) = Self::event(message);
        event["routing_key"] = self.key.reveal().into();
        let request = self.http.client.post(url).json(&event);
        self.http.send(request, judge).await.with_missing(missing)
    }
}
