//! Alertmanager's API, version 2.

use super::error::{Kind, SourceError};
use super::http::Http;
use super::normalize::{alert_from_labels, is_web, merge};
use super::settings::HttpSettings;
use super::{AlertSet, Offers, Source};
use crate::incident::Slug;
use crate::incident::observation::{Alert, AlertState};
use crate::text::Safe;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Most alerts taken from one poll.
const MAX_ALERTS: usize = 60_000;

/// A source that asks an Alertmanager.
#[derive(Debug)]
pub struct Alertmanager {
    http: Http,
}

impl Alertmanager {
    /// From its settings.
    pub fn new(settings: HttpSettings) -> Result<Self, SourceError> {
        Ok(Self {
            http: Http::new(settings)?,
        })
    }
}

/// An alert as Alertmanager writes it. Every field may be absent in some version.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    starts_at: Option<DateTime<Utc>>,
    #[serde(default, rename = "generatorURL")]
    generator: Option<String>,
    #[serde(default)]
    status: WireStatus,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WireStatus {
    state: String,
    silenced_by: Vec<String>,
    inhibited_by: Vec<String>,
    muted_by: Vec<String>,
}

impl Wire {
    fn into_alert(self, read_at: DateTime<Utc>) -> Alert {
        let state = match self.status.state.as_str() {
            "suppressed" => AlertState::Suppressed,
            // "unprocessed" is on its way to "active"; a state of a newer version is not hidden.
            _ => AlertState::Firing,
        };
        let starts_at = self.starts_at.unwrap_or(read_at);
        let mut alert = alert_from_labels(&self.labels, &self.annotations, state, starts_at);
        let by = |prefix: &'static str, ids: Vec<String>| {
            ids.into_iter()
                .take(8)
                .map(move |id| Safe::line(&format!("{prefix} {id}")))
        };
        alert.suppressed_by = by("silence", self.status.silenced_by)
            .chain(by("inhibited by", self.status.inhibited_by))
            .chain(by("muted in", self.status.muted_by))
            .collect();
        let generator = self.generator.filter(|url| is_web(url));
        alert
            .links
            .extend(generator.map(|url| ("query", Safe::line(&url))));
        alert
    }
}

#[async_trait]
impl Source for Alertmanager {
    fn name(&self) -> &Slug {
        self.http.name()
    }

    fn offers(&self) -> Offers {
        Offers {
            alerts: true,
            metrics: false,
        }
    }

    async fn alerts(&self) -> Result<AlertSet, SourceError> {
        // Anything but true or false hides every active alert and still answers 200 (measured on 0.25).
        let flags = [
            ("active", "true"),
            ("silenced", "true"),
            ("inhibited", "true"),
            ("unprocessed", "true"),
        ];
        let answer = self.http.get("api/v2/alerts", &flags).await?;
        if !answer.status.is_success() {
            return Err(self.http.refused(&answer, message(&answer.body).as_deref()));
        }
        let mut wire: Vec<Wire> = self.http.json(&answer)?;
        let dropped = wire.len().saturating_sub(MAX_ALERTS);
        wire.truncate(MAX_ALERTS);
        let read_at = Utc::now();
        let alerts = tokio::task::spawn_blocking(move || {
            merge(
                wire.into_iter()
                    .map(|alert| alert.into_alert(read_at))
                    .collect(),
            )
        })
        .await
        .map_err(|_| {
            self.http
                .error(Kind::Answer(Safe::line("it could not be read")))
        })?;
        Ok(AlertSet { alerts, dropped })
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
