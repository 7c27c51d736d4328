//! Statuspage: what users are told. A new incident has no way to tell a repetition; an update of one has.

use super::http::Http;
use super::message::{Message, Update};
use super::post::{Attempt, Channel};
use super::retry::Verdict;
use super::settings::{ChannelError, Credentials};
use crate::incident::{Slug, Status};
use crate::text::Safe;
use crate::text::secret::{Secret, SecretRef};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// Where the API is, unless the settings say otherwise.
const PLACE: &str = "https://api.statuspage.io";

/// Statuspage as the configuration file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatuspageSettings {
    /// The channel's name.
    pub name: Slug,
    /// The page's id.
    pub page: String,
    /// The API key.
    pub token: SecretRef,
    /// What an incident is called on the page. The title of an incident is for those who work on it.
    pub title: String,
    /// Another address than the vendor's.
    #[serde(default)]
    pub url: Option<String>,
    /// Certificates that are trusted besides the system's.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

/// Statuspage, ready to send.
pub struct Statuspage {
    http: Http,
    token: Secret,
    page: Slug,
    title: Safe,
}

impl Statuspage {
    /// Checks the address and the page's id, and fetches the key.
    pub fn new(
        settings: &StatuspageSettings,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        let url = Secret::new(settings.url.as_deref().unwrap_or(PLACE));
        Ok(Self {
            http: Http::new(&url, settings.ca_file.as_deref(), credentials)?,
            token: credentials.get(&settings.token)?,
            page: Slug::new(&settings.page).ok_or(ChannelError::Page)?,
            title: Safe::line(&settings.title),
        })
    }
}

/// The page's own words for where an incident stands.
fn status(status: Status) -> &'static str {
    match status {
        Status::Investigating => "investigating",
        Status::Identified => "identified",
        Status::Mitigated => "monitoring",
        Status::Resolved | Status::Closed => "resolved",
    }
}

fn body(title: &Safe, update: &Update) -> Value {
    json!({"incident": {
        "name": title.as_str(),
        "status": status(update.status),
        "body": update.text.as_str(),
    }})
}

#[async_trait]
impl Channel for Statuspage {
    fn place(&self) -> String {
        self.http.place()
    }

    fn carries(&self, message: &Message) -> bool {
        matches!(message, Message::Update(_))
    }

    /// Writing the same update to a known incident again changes nothing for its readers.
    fn knows_repetitions(&self, message: &Message) -> bool {
        matches!(message, Message::Update(update) if update.remote.is_some())
    }

    fn pace(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn attempt(&self, message: &Message) -> Attempt {
        let Message::Update(update) = message else {
            return Attempt {
                verdict: Verdict::Refused,
                http: None,
                detail: Safe::line("a status page takes updates only"),
                remote: None,
            };
        };
        let path = format!("/v1/pages/{}/incidents", self.page);
        let request = match &update.remote {
            None => self.http.client.post(self.http.at(&path)),
            Some(id) => self
                .http
                .client
                .patch(self.http.at(&format!("{path}/{id}"))),
        };
        let request = request
            .header("authorization", format!("OAuth {}", self.token.reveal()))
            .json(&body(&self.title, update));
        let answer = match self.http.answer(request).await {
            Ok(answer) => answer,
            Err(attempt) => return attempt,
        };
        let said: Option<Value> = serde_json::from_str(&answer.body).ok();
        let id = said
            .as_ref()
            .and_then(|body| Slug::new(body["id"].as_str()?));
        let verdict = match Verdict::of_status(answer.status, answer.retry_after) {
            // Taken, but without the id that the next update needs: nobody knows what is on the page.
            Verdict::Accepted if id.is_none() => Verdict::Ambiguous,
            verdict => verdict,
        };
        let what = match said.as_ref().and_then(|body| body["error"].as_str()) {
            Some(error) => error.to_string(),
            None => String::new(),
        };
        Attempt {
            verdict,
            http: Some(answer.status),
            detail: Safe::line(&format!(
                "{} answered {} {what}",
                self.place(),
                answer.status
            )),
            remote: id,
        }
    }
}
