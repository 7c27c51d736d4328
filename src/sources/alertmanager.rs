//! Alertmanager's API, version 2, and Grafana's, which speaks the same under another path.

mod wire;

use super::error::{Kind, SourceError};
use super::http::Http;
use super::rules::{Groups, rule_set};
use super::settings::{HttpSettings, SourceKind};
use super::silence::{NewSilence, Silence, WireSilence};
use super::{AlertSink, Gathered, Offers, RuleSet, Source};
use crate::incident::Slug;
use crate::text::Safe;
use async_trait::async_trait;
use chrono::Utc;
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use wire::{Maker, Memory};

/// Every alert. Anything but true or false hides every active one and still answers 200 (measured on 0.25).
const ALL: [(&str, &str); 4] = [
    ("active", "true"),
    ("silenced", "true"),
    ("inhibited", "true"),
    ("unprocessed", "true"),
];
/// How Grafana tells its rules.
#[derive(Deserialize)]
struct Envelope {
    data: Groups,
}

/// What a silence is answered with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    #[serde(alias = "silenceID")]
    silence_id: String,
}

/// Most silences taken from one answer.
const MAX_SILENCES: usize = 5_000;

/// Which server speaks the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flavour {
    /// Alertmanager itself.
    Alertmanager,
    /// Grafana's own alerting.
    Grafana,
}

/// A source that asks an Alertmanager, or Grafana's.
#[derive(Debug)]
pub struct Alertmanager {
    http: Http,
    flavour: Flavour,
    /// What the last poll brought: an alert that has not changed is not made safe a second time.
    memory: Arc<Mutex<Memory>>,
}

impl Alertmanager {
    /// From its settings.
    pub fn new(settings: HttpSettings) -> Result<Self, SourceError> {
        Self::of(Flavour::Alertmanager, settings)
    }

    /// Grafana's own alerting.
    pub fn grafana(settings: HttpSettings) -> Result<Self, SourceError> {
        Self::of(Flavour::Grafana, settings)
    }

    fn of(flavour: Flavour, settings: HttpSettings) -> Result<Self, SourceError> {
        Ok(Self {
            http: Http::new(settings)?,
            flavour,
            memory: Arc::default(),
        })
    }

    /// Who silenced what is told beside the alert; without an answer its id stands there.
    async fn maker(&self) -> Maker {
        let silences = self.silences().await.unwrap_or_default();
        Maker::new(&silences, Utc::now(), self.flavour == Flavour::Grafana)
    }

    fn path(&self, rest: &str) -> String {
        match self.flavour {
            Flavour::Alertmanager => format!("api/v2/{rest}"),
            Flavour::Grafana => format!("api/alertmanager/grafana/api/v2/{rest}"),
        }
    }
}

#[async_trait]
impl Source for Alertmanager {
    fn name(&self) -> &Slug {
        self.http.name()
    }

    fn offers(&self) -> Offers {
        match self.flavour {
            Flavour::Grafana => SourceKind::Grafana.offers(),
            Flavour::Alertmanager => SourceKind::Alertmanager.offers(),
        }
    }

    async fn alerts(&self) -> Result<Gathered, SourceError> {
        let maker = self.maker().await;
        let memory = Arc::clone(&self.memory);
        let read = move |body: &mut dyn std::io::Read| {
            let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
            wire::gather(body, &mut memory, maker)
        };
        self.http
            .streamed(&self.path("alerts"), &ALL, message, read)
            .await
    }

    async fn each_alert(&self, mut sink: AlertSink) -> Result<usize, SourceError> {
        let maker = self.maker().await;
        let read = move |body: &mut dyn std::io::Read| wire::each(body, maker, &mut sink);
        self.http
            .streamed(&self.path("alerts"), &ALL, message, read)
            .await
    }

    async fn rules(&self) -> Result<RuleSet, SourceError> {
        if self.flavour == Flavour::Alertmanager {
            return Err(SourceError::not_offered(self.name(), "rules"));
        }
        let answer = self
            .http
            .get("api/prometheus/grafana/api/v1/rules", &[])
            .await?;
        if !answer.status.is_success() {
            return Err(self.http.refused(&answer, message(&answer.body).as_deref()));
        }
        let envelope: Envelope = self.http.json(&answer)?;
        Ok(rule_set(envelope.data))
    }

    async fn silences(&self) -> Result<Vec<Silence>, SourceError> {
        let answer = self.http.get(&self.path("silences"), &[]).await?;
        if !answer.status.is_success() {
            return Err(self.http.refused(&answer, message(&answer.body).as_deref()));
        }
        let mut wire: Vec<WireSilence> = self.http.json(&answer)?;
        wire.truncate(MAX_SILENCES);
        Ok(wire.into_iter().map(WireSilence::into_silence).collect())
    }

    async fn silence(&self, silence: &NewSilence) -> Result<Slug, SourceError> {
        let body = serde_json::to_value(silence).map_err(|error| {
            self.http
                .error(Kind::Settings(Safe::line(&error.to_string())))
        })?;
        let answer = self.http.post(&self.path("silences"), &body).await?;
        if !answer.status.is_success() {
            return Err(self.http.refused(&answer, message(&answer.body).as_deref()));
        }
        let made: Made = self.http.json(&answer)?;
        Ok(Slug::nearest(&made.silence_id))
    }

    async fn expire(&self, id: &Slug) -> Result<(), SourceError> {
        let answer = self
            .http
            .delete(&self.path(&format!("silence/{id}")))
            .await?;
        if !answer.status.is_success() {
            return Err(self.http.refused(&answer, message(&answer.body).as_deref()));
        }
        Ok(())
    }
}

/// Errors come as a bare JSON string, or as an object with `message`.
fn message(body: &[u8]) -> Option<String> {
    match serde_json::from_slice(body).ok()? {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Object(object) => Some(object.get("message")?.as_str()?.to_string()),
        _ => None,
    }
}
