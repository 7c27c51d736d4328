//! Where alerts and measurements come from. One trait for real servers and for the built-in feed.
//!
//! What a source says is hostile: it is bounded, sanitized and masked here, before anybody else sees it.

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

/// What a source can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offers {
    /// Alerts.
    pub alerts: bool,
    /// Queries.
    pub metrics: bool,
    /// How alerting rules stand: without it the absence of an alert proves nothing.
    pub rules: bool,
}

/// How the alerting rules of one source stand: the evidence that an absent alert has really cleared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RuleSet {
    /// The alerting rules.
    pub rules: Vec<RuleState>,
    /// Rules that could not be read: one of them may be that of any alert.
    pub unread: Unread,
    /// Why the rules are not known though their server answers, and what to do.
    pub missing: Option<(String, String)>,
}

/// How one alerting rule stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleState {
    /// The alert's name.
    pub name: Safe,
    /// The error of the last evaluation. Such a rule still reads "inactive" at its source.
    pub error: Option<Safe>,
    /// When it was last evaluated.
    pub evaluated: Option<DateTime<Utc>>,
    /// Labels of what is pending or firing, without the server's external labels.
    pub active: Vec<BTreeMap<String, Safe>>,
}

impl RuleSet {
    /// Whether an alert that is gone from Alertmanager has cleared: its rule exists, evaluates without
    /// error, did so lately, and nothing with these labels is active.
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
                    // With labels that are not known any active instance may be this one.
                    && !rule.active.iter().any(|active| may_be(active, alert))
            })
            && self.unread.count == 0
    }
}

impl RuleSet {
    /// Whether a rule of this alert's name has an instance active that may be this one.
    pub fn shows_active(&self, alert: &Alert) -> bool {
        self.rules.iter().any(|rule| {
            rule.name == alert.name && rule.active.iter().any(|active| may_be(active, alert))
        })
    }
}

/// Whether an active instance of a rule may be this alert: all that is known of both is the same.
fn may_be(active: &BTreeMap<String, Safe>, alert: &Alert) -> bool {
    let same = |(name, value): (&String, &Safe)| match alert.labels.get(name) {
        Some(known) => known == value,
        // Without its labels, or with some left out, an alert may have any.
        None => alert.labels.is_empty() || alert.left_out > 0,
    };
    active.iter().all(same)
}

/// What a source of an exercise says while the scenario keeps it down.
pub fn unreachable_in_exercise(name: &Slug) -> SourceError {
    let kind = error::Kind::Unreachable(Safe::line("the scenario keeps this source down"));
    SourceError {
        source_name: name.clone(),
        place: "exercise".into(),
        kind,
    }
}

/// Takes alerts one by one.
pub type AlertSink = Box<dyn FnMut(Alert) + Send>;

/// Values at regular steps; `None` where there was no data.
pub type History = Vec<(DateTime<Utc>, Option<f64>)>;

/// A source of alerts or measurements.
#[async_trait]
pub trait Source: Send + Sync {
    /// Its name on the screen and in the journal.
    fn name(&self) -> &Slug;

    /// What it can answer.
    fn offers(&self) -> Offers;

    /// The alerts now.
    async fn alerts(&self) -> Result<Gathered, SourceError> {
        Err(SourceError::not_offered(self.name(), "alerts"))
    }

    /// Hands each alert to the sink and keeps none: for whoever needs a line of each. Gives what is missing.
    async fn each_alert(&self, mut sink: AlertSink) -> Result<Gaps, SourceError> {
        let gathered = self.alerts().await?;
        gathered
            .alerts
            .into_iter()
            .for_each(|alert| sink(Arc::unwrap_or_clone(alert)));
        Ok(gathered.gaps)
    }

    /// The silences that it knows.
    async fn silences(&self) -> Result<Silences, SourceError> {
        Err(SourceError::not_offered(self.name(), "silences"))
    }

    /// Makes a silence, and gives its id.
    async fn silence(&self, _silence: &NewSilence) -> Result<Slug, SourceError> {
        Err(SourceError::not_offered(self.name(), "silences"))
    }

    /// A silence by its id.
    async fn silence_by_id(&self, _id: &Slug) -> Result<Silence, SourceError> {
        Err(SourceError::not_offered(self.name(), "silences"))
    }

    /// Lets a silence last until another time, and gives its id.
    async fn extend(&self, _id: &Slug, _until: DateTime<Utc>) -> Result<Slug, SourceError> {
        Err(SourceError::not_offered(self.name(), "silences"))
    }

    /// Ends a silence.
    async fn expire(&self, _id: &Slug) -> Result<(), SourceError> {
        Err(SourceError::not_offered(self.name(), "silences"))
    }

    /// How its alerting rules stand.
    async fn rules(&self) -> Result<RuleSet, SourceError> {
        Err(SourceError::not_offered(self.name(), "rules"))
    }

    /// The value of a query now.
    async fn read(&self, _query: &str) -> Result<Sample, SourceError> {
        Err(SourceError::not_offered(self.name(), "queries"))
    }

    /// All series of a query now.
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

    /// The values of a query between two times, `step` seconds apart.
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
