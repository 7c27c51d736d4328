//! Alertmanager's API, version 2, and Grafana's, which is the same under another path.

mod builder;
mod gather;
mod priority;
mod wire;

pub use gather::read_alerts;

use super::error::SourceError;
use super::http::{HttpAnswer, SourceHttp};
use super::items::ListError;
use super::lenient::{Text, salvage};
use super::recognize::recognized;
use super::rule_set::RuleSet;
use super::rules::{RuleGroups, rule_set};
use super::settings::Offers;
use super::settings::{HttpSettings, SourceKind};
use super::silence::{silence_of, silences_of};
use super::source::{AlertSink, Source};
use crate::alerts::intake::Intake;
use crate::alerts::{AnswerGaps, NewSilence, Silence, Silences, SourceAlerts, sent_time};
use crate::incident::{Slug, SourceId};
use crate::text::Problem;
use async_trait::async_trait;
use builder::AlertBuilder;
use chrono::{DateTime, Utc};
use gather::PollMemory;
use priority::AlertPriority;
use serde::Deserialize;
use serde_json::Value;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Every alert. A value other than true or false hides every active alert and still answers 200 (measured on 0.25).
const ALL: [(&str, &str); 4] = [
    ("active", "true"),
    ("silenced", "true"),
    ("inhibited", "true"),
    ("unprocessed", "true"),
];
#[derive(Deserialize)]
struct GrafanaRules {
    data: RuleGroups,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreatedSilence {
    #[serde(alias = "silenceID", default)]
    silence_id: Text,
}

/// Alerts wait no longer for the silences over them: the author of a silence matters less than an alert that fires.
const SILENCES_WITHIN: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ServerKind {
    Alertmanager,
    Grafana,
}

impl ServerKind {
    fn kind(self) -> SourceKind {
        match self {
            Self::Alertmanager => SourceKind::Alertmanager,
            Self::Grafana => SourceKind::Grafana,
        }
    }
}

#[derive(Debug)]
pub struct Alertmanager {
    http: SourceHttp,
    server: ServerKind,
    /// Of the last poll: an unchanged alert is not made safe a second time.
    memory: Arc<Mutex<PollMemory>>,
    /// As of the last answer.
    silences: Mutex<Vec<Silence>>,
    priority: AlertPriority,
}

impl Alertmanager {
    pub fn new(settings: HttpSettings) -> Result<Self, SourceError> {
        Self::of(ServerKind::Alertmanager, settings)
    }

    pub fn grafana(settings: HttpSettings) -> Result<Self, SourceError> {
        Self::of(ServerKind::Grafana, settings)
    }

    fn of(server: ServerKind, settings: HttpSettings) -> Result<Self, SourceError> {
        Ok(Self {
            http: SourceHttp::new(settings)?,
            server,
            memory: Arc::default(),
            silences: Mutex::default(),
            priority: AlertPriority::default(),
        })
    }

    /// Alerts that this policy matches are kept before others if not all can be kept.
    pub fn prioritizing(mut self, intake: &Intake) -> Self {
        self.priority = AlertPriority::by(intake);
        self
    }

    /// Replaces the default list of labels that are ignored when alerts are counted and silenced.
    pub fn ignoring(mut self, labels: &[String]) -> Self {
        self.priority.ignored = Arc::new(labels.iter().cloned().collect());
        self
    }

    /// Returns the source's id.
    async fn post_silence(&self, body: &Value) -> Result<Slug, SourceError> {
        let answer = self.http.post(&self.path("silences"), body).await?;
        let answer = self.accepted(answer)?;
        let created: CreatedSilence = self.http.json(&answer)?;
        Ok(Slug::nearest(&created.silence_id.text))
    }

    fn accepted(&self, answer: HttpAnswer) -> Result<HttpAnswer, SourceError> {
        match answer.status.is_success() {
            true => Ok(answer),
            false => Err(self.http.refused(&answer, message(&answer.body).as_deref())),
        }
    }

    async fn silence_answer(&self, id: &Slug) -> Result<HttpAnswer, SourceError> {
        let path = self.path(&format!("silence/{id}"));
        let answer = self.http.get(&path, &[]).await?;
        let answer = self.accepted(answer)?;
        self.http.must_not_be_page(&answer)?;
        Ok(answer)
    }

    /// Alerts show the author of their silence as last read; before the first answer they show its id.
    async fn builder(&self) -> AlertBuilder {
        let read = tokio::time::timeout(SILENCES_WITHIN, self.silences()).await;
        let mut known = self.silences.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(Ok(read)) = read {
            *known = read.silences;
        }
        let grafana = self.server == ServerKind::Grafana;
        AlertBuilder::new(&known, Utc::now(), grafana, &self.priority)
    }

    /// An answer of which nothing arrived is no answer.
    fn with_error(
        &self,
        mut gathered: SourceAlerts,
        error: Option<SourceError>,
        is_empty: bool,
    ) -> Result<SourceAlerts, SourceError> {
        match error {
            Some(error) if is_empty => Err(error),
            error => {
                let problem = |error: SourceError| Problem::new(error.to_string(), error.hint());
                gathered.gaps.broken = error.map(problem);
                Ok(gathered)
            }
        }
    }

    /// Reads the answer to a request for all alerts. Returns why the rest is missing, too.
    async fn stream<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut dyn Read) -> (T, Option<ListError>) + Send + 'static,
    ) -> Result<(T, Option<SourceError>), SourceError> {
        let path = self.path("alerts");
        match self.http.streamed(&path, &ALL, message, read).await {
            Ok(((value, broken), error)) => {
                let broken = broken.map(|error| self.http.list_error(error));
                Ok((value, error.or(broken)))
            }
            Err(error) => Err(recognized(&self.http, self.server.kind(), error).await),
        }
    }

    fn path(&self, rest: &str) -> String {
        match self.server {
            ServerKind::Alertmanager => format!("api/v2/{rest}"),
            ServerKind::Grafana => format!("api/alertmanager/grafana/api/v2/{rest}"),
        }
    }
}

#[async_trait]
impl Source for Alertmanager {
    fn name(&self) -> &SourceId {
        self.http.name()
    }

    fn offers(&self) -> Offers {
        self.server.kind().offers()
    }

    async fn alerts(&self) -> Result<SourceAlerts, SourceError> {
        let builder = self.builder().await;
        let memory = Arc::clone(&self.memory);
        let priority = self.priority.clone();
        let read = move |body: &mut dyn Read| {
            let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
            gather::gather(body, &mut memory, builder, &priority)
        };
        let (gathered, error) = self.stream(read).await?;
        let is_empty = gathered.alerts.is_empty();
        self.with_error(gathered, error, is_empty)
    }

    async fn each_alert(&self, mut sink: AlertSink) -> Result<AnswerGaps, SourceError> {
        let builder = self.builder().await;
        let priority = self.priority.clone();
        let read = move |body: &mut dyn Read| {
            let mut is_empty = true;
            let mut hand_on = |alert| {
                is_empty = false;
                sink(alert);
            };
            let (gathered, broken) = gather::each(body, builder, &priority, &mut hand_on);
            ((gathered, is_empty), broken)
        };
        let ((gathered, is_empty), error) = self.stream(read).await?;
        Ok(self.with_error(gathered, error, is_empty)?.gaps)
    }

    async fn rules(&self) -> Result<RuleSet, SourceError> {
        if self.server == ServerKind::Alertmanager {
            return Err(SourceError::not_offered(self.name(), "rules"));
        }
        let path = "api/prometheus/grafana/api/v1/rules";
        let answer = self.http.get(path, &[]).await?;
        let answer = self.accepted(answer)?;
        let envelope: GrafanaRules = self.http.json(&answer)?;
        Ok(rule_set(envelope.data))
    }

    async fn silences(&self) -> Result<Silences, SourceError> {
        let answer = self.http.get(&self.path("silences"), &[]).await?;
        let answer = self.accepted(answer)?;
        self.http.must_not_be_page(&answer)?;
        let (silences, error) = silences_of(&answer.body);
        match error {
            Some(error) if silences.silences.is_empty() => Err(self.http.list_error(error)),
            _ => Ok(silences),
        }
    }

    async fn silence(&self, silence: &NewSilence) -> Result<Slug, SourceError> {
        self.post_silence(&silence.body()).await
    }

    async fn silence_by_id(&self, id: &Slug) -> Result<Silence, SourceError> {
        let answer = self.silence_answer(id).await?;
        silence_of(&answer.body).map_err(|why| self.http.wrong_answer(&why))
    }

    async fn extend(&self, id: &Slug, until: DateTime<Utc>) -> Result<Slug, SourceError> {
        let answer = self.silence_answer(id).await?;
        let mut body: Value = self.http.json(&answer)?;
        // Everything but the end is sent back unchanged: other matchers would make another silence.
        if let Some(fields) = body.as_object_mut() {
            let kept = ["id", "matchers", "startsAt", "createdBy", "comment"];
            fields.retain(|name, value| kept.contains(&name.as_str()) && !value.is_null());
            fields.insert("endsAt".into(), sent_time(until).into());
        }
        self.post_silence(&body).await
    }

    async fn expire(&self, id: &Slug) -> Result<(), SourceError> {
        let path = self.path(&format!("silence/{id}"));
        let answer = self.http.delete(&path).await?;
        self.accepted(answer).map(drop)
    }
}

/// Errors are a bare JSON string, or an object with `message`.
fn message(body: &[u8]) -> Option<String> {
    match salvage(body).ok()? {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Object(object) => Some(object.get("message")?.as_str()?.to_string()),
        _ => None,
    }
}
