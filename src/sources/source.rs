//! What a source of alerts or measurements can be asked for.

use super::error::SourceError;
use super::rule_set::RuleSet;
use super::settings::Offers;
use crate::alerts::{Alert, AnswerGaps, NewSilence, Silence, Silences, SourceAlerts};
use crate::incident::{Slug, SourceId};
use crate::signals::Sample;
use crate::signals::series::{Answer, LabelledSample, LabelledSeries, QueryRange};
use crate::text::Safe;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

pub type AlertSink = Box<dyn FnMut(Alert) + Send>;

#[async_trait]
pub trait Source: Send + Sync {
    fn name(&self) -> &SourceId;

    fn offers(&self) -> Offers;

    async fn alerts(&self) -> Result<SourceAlerts, SourceError> {
        Err(SourceError::not_offered(self.name(), "alerts"))
    }

    /// Hands each alert to the sink, keeps none, and returns what is missing.
    async fn each_alert(&self, mut sink: AlertSink) -> Result<AnswerGaps, SourceError> {
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

    /// At one time; `None`: now.
    async fn vector(
        &self,
        _query: &str,
        _at: Option<DateTime<Utc>>,
    ) -> Result<Answer<Vec<LabelledSample>>, SourceError> {
        Err(SourceError::not_offered(self.name(), "queries"))
    }

    async fn range(
        &self,
        _query: &str,
        _range: QueryRange,
    ) -> Result<Answer<Vec<LabelledSeries>>, SourceError> {
        Err(SourceError::not_offered(self.name(), "history"))
    }

    /// The values of a label, of the selected series or of all.
    async fn label_values(
        &self,
        _label: &str,
        _selector: Option<&str>,
    ) -> Result<Vec<Safe>, SourceError> {
        Err(SourceError::not_offered(self.name(), "label values"))
    }

    async fn label_names(&self, _selector: &str) -> Result<Vec<Safe>, SourceError> {
        Err(SourceError::not_offered(self.name(), "labels"))
    }

    /// As its exporter declares it: counter, gauge, histogram.
    async fn metric_type(&self, _metric: &str) -> Result<Option<Safe>, SourceError> {
        Err(SourceError::not_offered(self.name(), "metadata"))
    }

    /// How long it keeps samples; `None`: without a limit in time, or not known.
    async fn retention(&self) -> Result<Option<TimeDelta>, SourceError> {
        Err(SourceError::not_offered(self.name(), "its retention"))
    }
}
