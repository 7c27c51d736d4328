//! The generic webhook, signed as the Standard Webhooks specification defines: `webhook-id` stays the same for every
//! try, `webhook-timestamp` and `webhook-signature` are new.

use super::access::HttpAccess;
use super::channel::{Attempt, Channel};
use super::credentials::{ChannelError, Credentials};
use super::http::ChannelHttp;
use super::message::Message;
use super::reply::{self, ReplyFallback};
use super::retry::DeliveryVerdict;
use crate::incident::entry::Audience;
use crate::incident::severity::Severity;
use crate::incident::{ChannelId, Slug};
use crate::journal::Clock;
use crate::text::Safe;
use crate::text::secret::{Secret, SecretRef};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    #[serde(default = "usual_name")]
    pub name: ChannelId,
    pub url: String,
    /// `whsec_` and base64.
    pub secret: SecretRef,
    #[serde(default)]
    pub updates: Vec<Audience>,
    #[serde(flatten)]
    pub access: HttpAccess,
}

fn usual_name() -> ChannelId {
    ChannelId::nearest("webhook")
}

#[derive(Clone)]
pub struct Webhook {
    http: ChannelHttp,
    key: Vec<u8>,
    clock: Arc<dyn Clock>,
}

#[derive(Serialize)]
struct Body<'p> {
    r#type: &'static str,
    timestamp: DateTime<Utc>,
    data: Data<'p>,
}

#[derive(Serialize)]
struct Data<'p> {
    incident: &'p str,
    title: &'p Safe,
    severity: Option<u8>,
    started: Option<DateTime<Utc>>,
    #[serde(flatten)]
    what: What<'p>,
    journal_head: &'p str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum What<'p> {
    Page {
        level: &'p str,
        target: &'p str,
        #[serde(skip_serializing_if = "Option::is_none")]
        on_call: Option<&'p Safe>,
        #[serde(skip_serializing_if = "<[Slug]>::is_empty")]
        because: &'p [Slug],
        due: DateTime<Utc>,
        repeat: u32,
    },
    Update {
        audience: Audience,
        status: &'static str,
        text: &'p Safe,
        next: Option<DateTime<Utc>>,
    },
    Settle {
        page: &'p str,
    },
}

impl Webhook {
    pub fn new(
        settings: &WebhookSettings,
        credentials: &Credentials<'_>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ChannelError> {
        let address = Secret::new(&settings.url);
        // People put tokens into addresses.
        credentials.learn(&address);
        let http = ChannelHttp::new(&address, &settings.access, credentials)?;
        let secret = credentials.get(&settings.secret)?;
        let encoded = secret
            .reveal()
            .strip_prefix("whsec_")
            .ok_or(ChannelError::Signing)?;
        credentials.learn(&Secret::new(encoded));
        let key = STANDARD
            .decode(encoded)
            .map_err(|_| ChannelError::Signing)?;
        if key.len() < 24 {
            return Err(ChannelError::Signing);
        }
        Ok(Self { http, key, clock })
    }
}

#[async_trait]
impl Channel for Webhook {
    fn destination(&self) -> String {
        self.http.destination()
    }

    fn carries(&self, _: &Message) -> bool {
        true
    }

    fn deduplicates(&self, _: &Message) -> bool {
        true
    }

    fn preview(&self, message: &Message) -> Option<String> {
        Some(body(message, self.clock.now().wall))
    }

    async fn attempt(&self, message: &Message) -> Attempt {
        let now = self.clock.now().wall;
        let body = body(message, now);
        let timestamp = now.timestamp().to_string();
        let id = format!("msg_{}", message.delivery_id());
        let request = self
            .http
            .client
            .post(self.http.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", &timestamp)
            .header("webhook-signature", sign(&self.key, &id, &timestamp, &body))
            .body(body);
        // The status decides, as the specification defines, unless the body reports a failure.
        let fallback = ReplyFallback::both(DeliveryVerdict::Accepted);
        self.http
            .send(request, |answer| reply::judge(answer, &fallback))
            .await
    }
}

fn body(message: &Message, now: DateTime<Utc>) -> String {
    let (kind, what) = match message {
        Message::Page(page) => (
            "incident.page",
            What::Page {
                level: page.level.as_str(),
                target: page.target.as_str(),
                on_call: page.who.as_ref(),
                because: &page.because,
                due: page.due,
                repeat: page.repeat,
            },
        ),
        Message::Update(update) => (
            "incident.update",
            What::Update {
                audience: update.audience,
                status: update.status.word(),
                text: &update.text,
                next: update.next,
            },
        ),
        Message::Settle(settle) => (
            "incident.settled",
            What::Settle {
                page: settle.page.as_str(),
            },
        ),
    };
    let about = message.about();
    let body = Body {
        r#type: kind,
        timestamp: now,
        data: Data {
            incident: about.incident.as_str(),
            title: &about.title,
            severity: about.severity.map(Severity::level),
            started: about.started,
            what,
            journal_head: &about.head,
        },
    };
    // These types always become JSON; every receiver would refuse an empty body.
    serde_json::to_string(&body).unwrap_or_default()
}

/// The signature header: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`.
pub fn sign(key: &[u8], id: &str, timestamp: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        // HMAC accepts keys of any length, so this cannot happen.
        return String::new();
    };
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification.
    #[test]
    fn a_signature_is_the_one_of_the_specification() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = "{\"test\": 2432232314}";
        assert_eq!(
            sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn a_weak_or_misplaced_secret_is_refused() {
        let new = |url: &str, secret: &str| {
            let settings = WebhookSettings {
                name: usual_name(),
                url: url.into(),
                secret: SecretRef::Env("X".into()),
                updates: Vec::new(),
                access: HttpAccess::default(),
            };
            let fetch = |_: &SecretRef| Ok(Secret::new(secret));
            let clock: Arc<dyn Clock> = Arc::new(crate::journal::SystemClock::new());
            Webhook::new(&settings, &Credentials::new(&fetch), clock).err()
        };
        let good = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        for (url, secret, problem) in [
            ("https://x.example", "hunter2", Some(ChannelError::Signing)),
            (
                "https://x.example",
                "whsec_c2hvcnQ=",
                Some(ChannelError::Signing),
            ),
            ("https://u:p@x.example", good, Some(ChannelError::Address)),
            ("file:///etc/passwd", good, Some(ChannelError::Address)),
            ("https://x.example", good, None),
        ] {
            assert_eq!(new(url, secret), problem, "{url} {secret}");
        }
    }
}
