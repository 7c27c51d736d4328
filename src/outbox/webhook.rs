//! The generic webhook, signed as the Standard Webhooks specification says: `webhook-id` stays the same for
//! every try, `webhook-timestamp` and `webhook-signature` are made anew.

use super::{Delivery, Page, Retry, Verdict};
use crate::journal::Clock;
use crate::text::Safe;
use crate::text::secret::{Secret, SecretRef};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, Url, redirect};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for an answer to one try.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Most bytes kept of an answer.
const MAX_ANSWER: usize = 2 * 1024;

/// The webhook as the configuration file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// Where pages go.
    pub url: String,
    /// The signing secret, `whsec_` and base64.
    pub secret: SecretRef,
}

/// Why a webhook cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The address.
    #[error("the webhook's url is not an http:// or https:// address without credentials in it")]
    Address,
    /// The secret.
    #[error("the webhook's secret is not of the form whsec_<base64>, at least 24 bytes")]
    Secret,
    /// The client.
    #[error("the webhook's client cannot be built: {0}")]
    Client(String),
}

/// A webhook ready to send.
#[derive(Clone)]
pub struct Webhook {
    url: Url,
    key: Vec<u8>,
    client: Client,
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
    level: &'p str,
    target: &'p str,
    due: DateTime<Utc>,
    repeat: u32,
    journal_head: &'p str,
}

impl Webhook {
    /// Checks the address and the secret.
    pub fn new(url: &str, secret: &Secret, clock: Arc<dyn Clock>) -> Result<Self, WebhookError> {
        let url = Url::parse(url).map_err(|_| WebhookError::Address)?;
        let plain = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !plain {
            return Err(WebhookError::Address);
        }
        let encoded = secret
            .reveal()
            .strip_prefix("whsec_")
            .ok_or(WebhookError::Secret)?;
        let key = STANDARD.decode(encoded).map_err(|_| WebhookError::Secret)?;
        if key.len() < 24 {
            return Err(WebhookError::Secret);
        }
        let client = Client::builder()
            .user_agent(concat!("warroom/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| WebhookError::Client(error.to_string()))?;
        Ok(Self {
            url,
            key,
            client,
            clock,
        })
    }

    /// The receiver's host, for people. The rest of the address may be a secret.
    pub fn place(&self) -> String {
        let port = self
            .url
            .port()
            .map_or(String::new(), |port| format!(":{port}"));
        format!("{}{port}", self.url.host_str().unwrap_or("?"))
    }

    /// Sends a page, trying again as the policy says.
    pub async fn send(&self, page: &Page) -> Delivery {
        let mut retry = Retry::default();
        loop {
            let (verdict, http, detail) = self.try_once(page).await;
            match retry.after(&verdict) {
                Ok(outcome) => {
                    return Delivery {
                        outcome,
                        http,
                        attempts: retry.tries(),
                        detail,
                    };
                }
                Err(pause) => tokio::time::sleep(pause).await,
            }
        }
    }

    async fn try_once(&self, page: &Page) -> (Verdict, Option<u16>, Safe) {
        let now = self.clock.now().wall;
        let body = body(page, now);
        let timestamp = now.timestamp().to_string();
        let id = format!("msg_{}", page.id);
        let request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", &timestamp)
            .header("webhook-signature", sign(&self.key, &id, &timestamp, &body))
            .body(body);
        match request.send().await {
            Ok(mut response) => {
                let status = response.status().as_u16();
                let after = response
                    .headers()
                    .get("retry-after")
                    .and_then(|v| v.to_str().ok());
                let after = after
                    .and_then(|v| v.trim().parse().ok())
                    .map(Duration::from_secs);
                let mut said = Vec::new();
                while said.len() < MAX_ANSWER {
                    match response.chunk().await {
                        Ok(Some(chunk)) => said.extend_from_slice(&chunk),
                        _ => break,
                    }
                }
                said.truncate(MAX_ANSWER);
                let said = String::from_utf8_lossy(&said);
                let first = said.lines().next().unwrap_or_default();
                let detail = Safe::line(&format!("{} answered {status} {first}", self.place()));
                (Verdict::of_status(status, after), Some(status), detail)
            }
            Err(error) if error.is_connect() => (
                Verdict::NotTaken(None),
                None,
                Safe::line(&format!("cannot connect to {}", self.place())),
            ),
            Err(error) => {
                let what = if error.is_timeout() {
                    "no answer in time from"
                } else {
                    "broken off by"
                };
                (
                    Verdict::Ambiguous,
                    None,
                    Safe::line(&format!("{what} {}", self.place())),
                )
            }
        }
    }
}

fn body(page: &Page, now: DateTime<Utc>) -> String {
    let body = Body {
        r#type: "incident.page",
        timestamp: now,
        data: Data {
            incident: page.incident.as_str(),
            title: &page.title,
            severity: page
                .severity
                .map(crate::incident::severity::Severity::level),
            started: page.started,
            level: page.level.as_str(),
            target: page.target.as_str(),
            due: page.due,
            repeat: page.repeat,
            journal_head: &page.head,
        },
    };
    // These types always become JSON; an empty body would be refused by every receiver.
    serde_json::to_string(&body).unwrap_or_default()
}

/// The signature header: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`.
pub fn sign(key: &[u8], id: &str, timestamp: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        // HMAC takes keys of any length, so this cannot happen.
        return String::new();
    };
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::entry::PageOutcome;
    use crate::incident::{IncidentId, Slug};
    use crate::journal::SystemClock;
    use wiremock::matchers::method;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    fn secret() -> Secret {
        Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    }

    fn page() -> Page {
        Page {
            id: Slug::nearest("page-INC-1.on-call"),
            incident: IncidentId::new("INC-1").unwrap(),
            title: Safe::line("Payments failing"),
            severity: None,
            started: None,
            level: Slug::nearest("on-call"),
            target: Slug::nearest("on-call"),
            due: DateTime::UNIX_EPOCH,
            repeat: 0,
            head: "3/abcdef012345".into(),
        }
    }

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

    #[tokio::test]
    async fn every_try_has_the_same_id_and_a_valid_signature() {
        let server = MockServer::start().await;
        let once = Mock::given(method("POST")).respond_with(ResponseTemplate::new(503));
        once.up_to_n_times(1).mount(&server).await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(200))
            .mount(&server)
            .await;
        let webhook = Webhook::new(&server.uri(), &secret(), Arc::new(SystemClock::new())).unwrap();
        let delivery = webhook.send(&page()).await;
        assert_eq!(
            (delivery.outcome, delivery.attempts),
            (PageOutcome::Accepted, 2)
        );
        let requests = server.received_requests().await.unwrap();
        let header =
            |at: usize, name: &str| requests[at].headers[name].to_str().unwrap().to_string();
        assert_eq!(header(0, "webhook-id"), header(1, "webhook-id"));
        for (at, request) in requests.iter().enumerate() {
            let body = String::from_utf8(request.body.clone()).unwrap();
            let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
            let wanted = sign(
                &key,
                &header(at, "webhook-id"),
                &header(at, "webhook-timestamp"),
                &body,
            );
            assert_eq!(header(at, "webhook-signature"), wanted);
        }
    }

    #[tokio::test]
    async fn a_refusal_is_final_and_names_no_more_than_the_host() {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(410))
            .mount(&server)
            .await;
        let url = format!("{}/services/T0/B0/hiddenpart", server.uri());
        let webhook = Webhook::new(&url, &secret(), Arc::new(SystemClock::new())).unwrap();
        let delivery = webhook.send(&page()).await;
        assert_eq!(
            (delivery.outcome, delivery.http),
            (PageOutcome::Refused, Some(410))
        );
        assert!(
            !delivery.detail.as_str().contains("hiddenpart"),
            "{}",
            delivery.detail
        );
    }

    #[test]
    fn a_weak_or_misplaced_secret_is_refused() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let new = |url: &str, secret: &str| {
            Webhook::new(url, &Secret::new(secret), Arc::clone(&clock)).err()
        };
        assert_eq!(
            new("https://x.example", "hunter2"),
            Some(WebhookError::Secret)
        );
        assert_eq!(
            new("https://x.example", "whsec_c2hvcnQ="),
            Some(WebhookError::Secret)
        );
        assert_eq!(
            new("https://u:p@x.example", secret().reveal()),
            Some(WebhookError::Address)
        );
        assert_eq!(
            new("file:///etc/passwd", secret().reveal()),
            Some(WebhookError::Address)
        );
    }
}
