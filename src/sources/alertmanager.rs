//! Alertmanager's API, version 2, and Grafana's, which is the same under another path.

mod builder;
mod gather;
mod priority;
mod wire;

pub use gather::read_alerts;

use super::error::{SourceError, SourceErrorKind};
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
use crate::text::{Problem, Safe};
use async_trait::async_trait;
use builder::AlertBuilder;
use chrono::{DateTime, Utc};
use gather::PollMemory;
use priority::AlertPriority;
use serde::Deserialize;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Requests every alert. A value other than true or false hides every active alert and still answers 200 (measured on
/// 0.25).
const ALL: [(&str, &str); 4] = [
    ("active", "true"),
    ("silenced", "true"),
    ("inhibited", "true"),
    ("unprocessed", "true"),
];
/// Grafana's form of rules.
#[derive(Deserialize)]
struct GrafanaRules {
    data: RuleGroups,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MadeSilence {
    #[serde(alias = "silenceID", default)]
    silence_id: Text,
}

/// Longest wait of alerts for the silences over them: the author of a silence matters less than an alert that fires.
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
    flavour: ServerKind,
    /// The last poll: an unchanged alert is not made safe a second time.
    memory: Arc<Mutex<PollMemory>>,
    /// As of the last answer.
    silences: Mutex<Vec<Silence>>,
    deciding: AlertPriority,
}

impl Alertmanager {
    pub fn new(settings: HttpSettings) -> Result<Self, SourceError> {
        Self::of(ServerKind::Alertmanager, settings)
    }

    pub fn grafana(settings: HttpSettings) -> Result<Self, SourceError> {
        Self::of(ServerKind::Grafana, settings)
    }

    fn of(flavour: ServerKind, settings: HttpSettings) -> Result<Self, SourceError> {
        Ok(Self {
            http: SourceHttp::new(settings)?,
            flavour,
            memory: Arc::default(),
            silences: Mutex::default(),
            deciding: AlertPriority::default(),
        })
    }

    /// Keeps alerts that this policy matches before others if not all can be kept.
    pub fn deciding_by(mut self, intake: &Intake) -> Self {
        self.deciding = AlertPriority::by(intake);
        self
    }

    /// Replaces the default list of labels that are ignored when alerts are counted and silenced.
    pub fn ignoring(mut self, labels: &[String]) -> Self {
        self.deciding.ignored = Arc::new(labels.iter().cloned().collect());
        self
    }

    /// Returns the source's id.
    async fn posted(&self, body: &Value) -> Result<Slug, SourceError> {
        let answer = self.http.post(&self.path("silences"), body).await?;
        let answer = self.accepted(answer)?;
        let made: MadeSilence = self.http.json(&answer)?;
        Ok(Slug::nearest(&made.silence_id.text))
    }

    fn accepted(&self, answer: HttpAnswer) -> Result<HttpAnswer, SourceError> {
        match answer.status.is_success() {
            true => Ok(answer),
            false => Err(self.http.refused(&answer, message(&answer.body).as_deref())),
        }
    }

    async fn silence_answer(&self, id: &Slug) -> Result<HttpAnswer, SourceError> {
        let answer = self
            .http
            .get(&self.path(&format!("silence/{id}")), &[])
            .await?;
        let answer = self.accepted(answer)?;
        self.http.no_page(&answer)?;
        Ok(answer)
    }

    /// Alerts show the author of their silence as last read; before the first answer they show its id.
    async fn builder(&self) -> AlertBuilder {
        let read = tokio::time::timeout(SILENCES_WITHIN, self.silences()).await;
        let mut known = self.silences.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(Ok(read)) = read {
            *known = read.silences;
        }
        let grafana = self.flavour == ServerKind::Grafana;
        AlertBuilder::new(&known, Utc::now(), grafana, &self.deciding)
    }

    /// The answer, or why there is none.
    fn settled(
        &self,
        mut gathered: SourceAlerts,
        (broken, error): (Option<ListError>, Option<SourceError>),
        is_empty: bool,
    ) -> Result<SourceAlerts, SourceError> {
        let why = error.or_else(|| broken.map(|broken| self.http.broken(broken)));
        match why {
            // Nothing arrived: the same as no answer.
            Some(error) if is_empty => Err(error),
            why => {
                gathered.gaps.broken =
                    why.map(|error| Problem::new(error.to_string(), error.hint()));
                Ok(gathered)
            }
        }
    }

    async fn recognized(&self, error: SourceError) -> SourceError {
        recognized(&self.http, self.flavour.kind(), error).await
    }

    fn path(&self, rest: &str) -> String {
        match self.flavour {
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
        self.flavour.kind().offers()
    }

    async fn alerts(&self) -> Result<SourceAlerts, SourceError> {
        let builder = self.builder().await;
        let memory = Arc::clone(&self.memory);
        let deciding = self.deciding.clone();
        let read = move |body: &mut dyn std::io::Read| {
            let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
            gather::gather(body, &mut memory, builder, &deciding)
        };
        let path = self.path("alerts");
        let read = self.http.streamed(&path, &ALL, message, read).await;
        let ((gathered, broken), error) = match read {
            Ok(read) => read,
            Err(error) => return Err(self.recognized(error).await),
        };
        let is_empty = gathered.alerts.is_empty();
        self.settled(gathered, (broken, error), is_empty)
    }

    async fn each_alert(&self, mut sink: AlertSink) -> Result<AnswerGaps, SourceError> {
        let builder = self.builder().await;
        let deciding = self.deciding.clone();
        let read = move |body: &mut dyn std::io::Read| {
            let mut came = false;
            let mut take = |alert| {
                came = true;
                sink(alert);
            };
            let (gathered, broken) = gather::each(body, builder, &deciding, &mut take);
            (gathered, broken, came)
        };
        let path = self.path("alerts");
        let read = self.http.streamed(&path, &ALL, message, read).await;
        let ((gathered, broken, came), error) = match read {
            Ok(read) => read,
            Err(error) => return Err(self.recognized(error).await),
        };
        let settled = self.settled(gathered, (broken, error), !came)?;
        Ok(settled.gaps)
    }

    async fn rules(&self) -> Result<RuleSet, SourceError> {
        if self.flavour == ServerKind::Alertmanager {
            return Err(SourceError::not_offered(self.name(), "rules"));
        }
        let answer = self
            .http
            .get("api/prometheus/grafana/api/v1/rules", &[])
            .await?;
        let answer = self.accepted(answer)?;
        let envelope: GrafanaRules = self.http.json(&answer)?;
        Ok(rule_set(envelope.data))
    }

    async fn silences(&self) -> Result<Silences, SourceError> {
        let answer = self.http.get(&self.path("silences"), &[]).await?;
        let answer = self.accepted(answer)?;
        self.http.no_page(&answer)?;
        let (silences, broken) = silences_of(&answer.body);
        match broken {
            Some(broken) if silences.silences.is_empty() => Err(self.http.broken(broken)),
            _ => Ok(silences),
        }
    }

    async fn silence(&self, silence: &NewSilence) -> Result<Slug, SourceError> {
        self.posted(&silence.body()).await
    }

    async fn silence_by_id(&self, id: &Slug) -> Result<Silence, SourceError> {
        let answer = self.silence_answer(id).await?;
        let unread = |why: String| self.http.error(SourceErrorKind::Answer(Safe::line(&why)));
        silence_of(&answer.body).map_err(unread)
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
        self.posted(&body).await
    }

    async fn expire(&self, id: &Slug) -> Result<(), SourceError> {
        let answer = self
            .http
            .delete(&self.path(&format!("silence/{id}")))
            .await?;
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
