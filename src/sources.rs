//! Sources of alerts and measurements: one trait for real servers and for the built-in feed. Content of a source is
//! hostile: it is bounded, sanitized and masked here, before any other module sees it.

mod alertmanager;
mod awaited;
mod backoff;
mod calendar;
mod changes;
mod error;
mod http;
mod items;
mod lenient;
mod normalize;
mod pager;
mod prometheus;
mod recognize;
mod rules;
mod settings;
mod silence;
mod time;
mod token;

pub use alertmanager::{Alertmanager, read_alerts};
pub use awaited::{Awaited, AwaitedSource, Opener};
pub use backoff::Backoff;
pub use calendar::{check_address, fetch_bytes};
pub use changes::{
    ChangeQuery, ChangeSource, CommandOfChanges, FileOfChanges, GrafanaAnnotations, QueriedChanges,
};
pub use error::{Kind as SourceErrorKind, SourceError};
pub use normalize::{DECIDING, IGNORED, alert_from_labels};
pub use pager::{Elsewhere, PagedElsewhere, Pager};
pub use prometheus::Prometheus;
pub use settings::{
    Authorization, BasicAuth, Fault, Header, HeaderValues, HttpSettings, OAuth2, ResolvedAuth,
    SourceKind, SourceSettings, Tls, TlsConfig, TlsVersion, Tokens,
};

#[cfg(test)]
pub(crate) use silence::silence_of;
pub use silence::{ReadBack, read_back};

use crate::alerts::Alert;
use crate::alerts::{Gaps, Gathered, NewSilence, Silence, Silences, Unread};
use crate::incident::Slug;
use crate::signals::Sample;
use crate::signals::series::{LabelledSample, LabelledSeries, QueryRange};
use crate::text::Safe;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offers {
    pub alerts: bool,
    pub metrics: bool,
    /// Without rules the absence of an alert proves nothing.
    pub rules: bool,
}

/// The alerting rules of one source: the evidence that an absent alert is resolved.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RuleSet {
    pub rules: Vec<RuleState>,
    /// One of them may be the rule of any alert.
    pub unread: Unread,
    /// Why the rules are unknown though their server answers, and what to do.
    pub missing: Option<(String, String)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RuleState {
    pub name: Safe,
    /// The error of the last evaluation. The source still reports such a rule as "inactive".
    pub error: Option<Safe>,
    pub evaluated: Option<DateTime<Utc>>,
    /// Labels of pending and firing instances, without the server's external labels.
    pub active: Vec<BTreeMap<String, Safe>>,
}

impl RuleSet {
    /// Whether an alert that Alertmanager no longer reports is resolved: its rule exists, was evaluated recently and
    /// without error, and has no active instance with these labels.
    pub fn shows_cleared(&self, alert: &Alert, now: DateTime<Utc>) -> bool {
        /// Older evaluations prove nothing: rule groups run every few seconds to minutes.
        const FRESH: TimeDelta = TimeDelta::minutes(5);
        let mut rules = self
            .rules
            .iter()
            .filter(|rule| rule.name == alert.name)
            .peekable();
        rules.peek().is_some()
            && rules.all(|rule| {
                rule.error.is_none()
                    && rule.evaluated.is_some_and(|at| (now - at).abs() < FRESH)
                    // If labels are unknown, any active instance may be this alert.
                    && !rule.active.iter().any(|active| may_be(active, alert))
            })
            && self.unread.count == 0
    }
}

impl RuleSet {
    /// Whether a rule of this name has an active instance that may be this alert.
    pub fn shows_active(&self, alert: &Alert) -> bool {
        self.rules.iter().any(|rule| {
            rule.name == alert.name && rule.active.iter().any(|active| may_be(active, alert))
        })
    }
}

/// Whether an active instance of a rule may be this alert: all labels known of both are equal.
fn may_be(active: &BTreeMap<String, Safe>, alert: &Alert) -> bool {
    let same = |(name, value): (&String, &Safe)| match alert.labels.get(name) {
        Some(known) => known == value,
        // Without labels, or with some left out, an alert may have any.
        None => alert.labels.is_empty() || alert.left_out > 0,
    };
    active.iter().all(same)
}

/// The error of an exercise's source while the scenario keeps it down.
pub fn unreachable_in_exercise(name: &Slug) -> SourceError {
    let kind = error::Kind::Unreachable(Safe::line("the scenario keeps this source down"));
    SourceError {
        source_name: name.clone(),
        place: "exercise".into(),
        kind,
    }
}

pub type AlertSink = Box<dyn FnMut(Alert) + Send>;

/// Values at regular steps; `None` without data.
pub type History = Vec<(DateTime<Utc>, Option<f64>)>;

#[async_trait]
pub trait Source: Send + Sync {
    fn name(&self) -> &Slug;

    fn offers(&self) -> Offers;

    async fn alerts(&self) -> Result<Gathered, SourceError> {
        Err(SourceError::not_offered(self.name(), "alerts"))
    }

    /// Hands each alert to the sink, keeps none, and returns what is missing.
    async fn each_alert(&self, mut sink: AlertSink) -> Result<Gaps, SourceError> {
        let gathered = self.alerts().await?;
        gathered
            .alerts
            .into_iter()
            .for_each(|alert| sink(Arc::unwrap_or_clone(alert)));
        Ok(gathered.gaps)
    }

    async fn silences(&self) -> Result<Silences, SourceError> {
        Err(SourceError::not_offered(self.name(), "silences"))
    }

    /// Returns its id.
    async fn silence(&self, _silence: &NewSilence) -> Result<Slug, SourceError> {
        Err(SourceError::not_offered(self.name(), "silences"))
    }

    async fn silence_by_id(&self, _id: &Slug) -> Result<Silence, SourceError> {
        Err(SourceError::not_offered(self.name(), "silences"))
    }

    /// Returns its id, which may be a new one.
    async fn extend(&self, _id: &Slug, _until: DateTime<Utc>) -> Result<Slug, SourceError> {
        Err(SourceError::not_offered(self.name(), "silences"))
    }

    async fn expire(&self, _id: &Slug) -> Result<(), SourceError> {
        Err(SourceError::not_offered(self.name(), "silences"))
    }

    async fn rules(&self) -> Result<RuleSet, SourceError> {
        Err(SourceError::not_offered(self.name(), "rules"))
    }

    async fn read(&self, _query: &str) -> Result<Sample, SourceError> {
        Err(SourceError::not_offered(self.name(), "queries"))
    }

    async fn vector(&self, _query: &str) -> Result<Vec<LabelledSample>, SourceError> {
        Err(SourceError::not_offered(self.name(), "queries"))
    }

    /// All series of a query over a range.
    async fn range(
        &self,
        _query: &str,
        _range: QueryRange,
    ) -> Result<Vec<LabelledSeries>, SourceError> {
        Err(SourceError::not_offered(self.name(), "history"))
    }

    /// `step` in seconds.
    async fn history(
        &self,
        _query: &str,
        _from: DateTime<Utc>,
        _to: DateTime<Utc>,
        _step: u32,
    ) -> Result<History, SourceError> {
        Err(SourceError::not_offered(self.name(), "history"))
    }
}
