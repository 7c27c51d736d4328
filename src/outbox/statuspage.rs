//! Statuspage: messages to users. The API recognizes no repetition of a new incident; an update of one can be repeated.

mod components;

pub use components::ComponentStatus;

use super::access::HttpAccess;
use super::channel::{Attempt, Channel};
use super::credentials::{ChannelError, Credentials};
use super::http::ChannelHttp;
use super::message::{Message, Update};
use super::retry::DeliveryVerdict;
use crate::incident::severity::Severity;
use crate::incident::{ChannelId, ServiceId, Slug, Status};
use crate::text::Safe;
use crate::text::secret::{Secret, SecretRef};
use async_trait::async_trait;
use components::Components;
use reqwest::RequestBuilder;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const DEFAULT_URL: &str = "https://api.statuspage.io";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatuspageSettings {
    pub name: ChannelId,
    pub page: String,
    pub token: SecretRef,
    /// Of an incident on the page. The incident's own title is for those who work on it.
    pub title: String,
    /// Ids of the page's components, by service.
    #[serde(default)]
    pub components: BTreeMap<ServiceId, Vec<String>>,
    /// The status of components at a severity, if it differs from the default.
    #[serde(default)]
    pub component_status: BTreeMap<Severity, ComponentStatus>,
    pub url: Option<String>,
    #[serde(flatten)]
    pub access: HttpAccess,
}

pub struct Statuspage {
    http: ChannelHttp,
    token: Secret,
    page: Slug,
    title: Safe,
    components: Components,
}

impl Statuspage {
    pub fn new(
        settings: &StatuspageSettings,
        credentials: &Credentials<'_>,
    ) -> Result<Self, ChannelError> {
        let url = Secret::new(settings.url.as_deref().unwrap_or(DEFAULT_URL));
        let title = Safe::line(&settings.title);
        if title.missing() > 0 {
            return Err(ChannelError::Title);
        }
        Ok(Self {
            http: ChannelHttp::new(&url, &settings.access, credentials)?,
            token: credentials.get(&settings.token)?,
            page: Slug::new(&settings.page).ok_or(ChannelError::Page)?,
            title,
            components: Components::new(&settings.components, &settings.component_status)?,
        })
    }

    fn body(&self, update: &Update) -> Value {
        let mut incident = json!({
            "name": self.title.as_str(),
            "status": status(update.status),
            "body": update.text.as_str(),
        });
        let ids = self.components.of(update);
        if !ids.is_empty() {
            let status = json!(self.components.status(update));
            let statuses: Map<String, Value> = ids
                .iter()
                .map(|id| (id.to_string(), status.clone()))
                .collect();
            incident["component_ids"] = json!(ids);
            incident["components"] = Value::Object(statuses);
        }
        json!({ "incident": incident })
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("authorization", format!("OAuth {}", self.token.reveal()))
    }
}

/// Statuspage's names of the states of an incident.
fn status(status: Status) -> &'static str {
    match status {
        Status::Investigating => "investigating",
        Status::Identified => "identified",
        Status::Mitigated => "monitoring",
        Status::Resolved | Status::Closed => "resolved",
    }
}

#[async_trait]
impl Channel for Statuspage {
    fn destination(&self) -> String {
        self.http.destination()
    }

    fn carries(&self, message: &Message) -> bool {
        matches!(message, Message::Update(_))
    }

    /// A repeated update of a known incident changes nothing for its readers.
    fn deduplicates(&self, message: &Message) -> bool {
        matches!(message, Message::Update(update) if update.remote.is_some())
    }

    fn pace(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for id in self.components.ids() {
            let url = self
                .http
                .at(&format!("/v1/pages/{}/components/{id}", self.page));
            let request = self.authorized(self.http.client.get(url));
            problems.extend(match self.http.answer(request).await {
                Ok(answer) if answer.status == 200 => None,
                Ok(answer) if answer.status == 404 => {
                    Some(format!("the page has no component {id}"))
                }
                Ok(answer) => Some(format!(
                    "component {id} cannot be checked: {} answered {}",
                    self.destination(),
                    answer.status
                )),
                Err(attempt) => Some(format!(
                    "component {id} cannot be checked: {}",
                    attempt.detail
                )),
            });
            tokio::time::sleep(self.pace()).await;
        }
        problems
    }

    fn preview(&self, message: &Message) -> Option<String> {
        match message {
            Message::Update(update) => Some(format!("{:#}", self.body(update))),
            Message::Page(_) | Message::Settle(_) => None,
        }
    }

    async fn attempt(&self, message: &Message) -> Attempt {
        let Message::Update(update) = message else {
            return Attempt::new(DeliveryVerdict::Refused, "a status page takes updates only");
        };
        let path = format!("/v1/pages/{}/incidents", self.page);
        let request = match &update.remote {
            None => self.http.client.post(self.http.at(&path)),
            Some(id) => self
                .http
                .client
                .patch(self.http.at(&format!("{path}/{id}"))),
        };
        let request = self.authorized(request).json(&self.body(update));
        let answer = match self.http.answer(request).await {
            Ok(answer) => answer,
            Err(attempt) => return attempt,
        };
        let said: Option<Value> = serde_json::from_str(&answer.body).ok();
        let id = said
            .as_ref()
            .and_then(|body| Slug::new(body["id"].as_str()?));
        let verdict = match DeliveryVerdict::of_status(answer.status, answer.pause) {
            // A login page in the way has put nothing on the status page.
            DeliveryVerdict::Accepted if answer.is_html => DeliveryVerdict::Refused,
            // Accepted, but without the id that the next update needs: the content of the page is unknown.
            DeliveryVerdict::Accepted if id.is_none() => DeliveryVerdict::Ambiguous,
            verdict => verdict,
        };
        let what = match said.as_ref().map(|body| &body["error"]) {
            Some(Value::String(error)) => error.clone(),
            Some(Value::Null) if verdict == DeliveryVerdict::Accepted => String::new(),
            Some(Value::Null) | None => answer.summary(),
            Some(several) => several.to_string(),
        };
        Attempt {
            remote: id,
            ..self.http.attempt(&answer, verdict, &what)
        }
    }
}
