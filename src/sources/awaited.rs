//! Sources whose credentials are not available yet: each reports that when it is asked, and is opened as soon as they
//! are.

use super::changes::ChangeSource;
use super::error::{SourceError, SourceErrorKind};
use super::rule_set::RuleSet;
use super::settings::Offers;
use super::source::{AlertSink, Source};
use crate::alerts::{AnswerGaps, NewSilence, Silence, Silences, SourceAlerts};
use crate::incident::{Slug, SourceId};
use crate::signals::Sample;
use crate::signals::change::ChangeSet;
use crate::signals::series::{Answer, LabelledSample, LabelledSeries, QueryRange};
use crate::text::Safe;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// After the first failed attempt; it doubles up to the longest.
const FIRST: Duration = Duration::from_secs(15);
const LONGEST: Duration = Duration::from_secs(60);

/// Or returns why it cannot.
pub type Opener<T> = Arc<dyn Fn() -> Result<Arc<T>, String> + Send + Sync>;

enum Opening<T: ?Sized> {
    Open(Arc<T>),
    Failed {
        why: String,
        since: Instant,
        pause: Duration,
    },
}

/// Opened when it is asked; not too often while that fails.
pub struct Deferred<T: ?Sized> {
    name: SourceId,
    place: String,
    open: Opener<T>,
    opening: Mutex<Opening<T>>,
}

impl<T: ?Sized + Send + Sync + 'static> Deferred<T> {
    pub fn new(name: SourceId, place: String, open: Opener<T>, why: String) -> Self {
        let opening = Opening::Failed {
            why,
            since: Instant::now(),
            pause: FIRST,
        };
        let opening = Mutex::new(opening);
        Self {
            name,
            place,
            open,
            opening,
        }
    }

    /// Opening may take as long as a command: on its own thread, once for all that wait.
    async fn get(&self) -> Result<Arc<T>, SourceError> {
        let mut opening = self.opening.lock().await;
        match &mut *opening {
            Opening::Open(opened) => Ok(Arc::clone(opened)),
            Opening::Failed { why, since, pause } => {
                if since.elapsed() < *pause {
                    return Err(self.missing(why));
                }
                let open = Arc::clone(&self.open);
                let opened = tokio::task::spawn_blocking(move || open()).await;
                match opened.unwrap_or_else(|error| Err(error.to_string())) {
                    Ok(opened) => {
                        *opening = Opening::Open(Arc::clone(&opened));
                        Ok(opened)
                    }
                    Err(new) => {
                        (*why, *since, *pause) = (new, Instant::now(), (*pause * 2).min(LONGEST));
                        Err(self.missing(why))
                    }
                }
            }
        }
    }

    fn missing(&self, why: &str) -> SourceError {
        let kind = SourceErrorKind::NotOpened(Safe::line(why));
        SourceError::new(&self.name, &self.place, kind)
    }
}

pub struct DeferredSource {
    pub offers: Offers,
    pub source: Deferred<dyn Source>,
}

#[async_trait]
impl Source for DeferredSource {
    fn name(&self) -> &SourceId {
        &self.source.name
    }

    fn offers(&self) -> Offers {
        self.offers
    }

    async fn alerts(&self) -> Result<SourceAlerts, SourceError> {
        self.source.get().await?.alerts().await
    }

    async fn each_alert(&self, sink: AlertSink) -> Result<AnswerGaps, SourceError> {
        self.source.get().await?.each_alert(sink).await
    }

    async fn silences(&self) -> Result<Silences, SourceError> {
        self.source.get().await?.silences().await
    }

    async fn silence(&self, silence: &NewSilence) -> Result<Slug, SourceError> {
        self.source.get().await?.silence(silence).await
    }

    async fn silence_by_id(&self, id: &Slug) -> Result<Silence, SourceError> {
        self.source.get().await?.silence_by_id(id).await
    }

    async fn extend(&self, id: &Slug, until: DateTime<Utc>) -> Result<Slug, SourceError> {
        self.source.get().await?.extend(id, until).await
    }

    async fn expire(&self, id: &Slug) -> Result<(), SourceError> {
        self.source.get().await?.expire(id).await
    }

    async fn rules(&self) -> Result<RuleSet, SourceError> {
        self.source.get().await?.rules().await
    }

    async fn read(&self, query: &str) -> Result<Sample, SourceError> {
        self.source.get().await?.read(query).await
    }

    async fn vector(
        &self,
        query: &str,
        at: Option<DateTime<Utc>>,
    ) -> Result<Answer<Vec<LabelledSample>>, SourceError> {
        self.source.get().await?.vector(query, at).await
    }

    async fn range(
        &self,
        query: &str,
        range: QueryRange,
    ) -> Result<Answer<Vec<LabelledSeries>>, SourceError> {
        self.source.get().await?.range(query, range).await
    }

    async fn label_values(
        &self,
        label: &str,
        selector: Option<&str>,
    ) -> Result<Vec<Safe>, SourceError> {
        self.source.get().await?.label_values(label, selector).await
    }

    async fn label_names(&self, selector: &str) -> Result<Vec<Safe>, SourceError> {
        self.source.get().await?.label_names(selector).await
    }

    async fn metric_type(&self, metric: &str) -> Result<Option<Safe>, SourceError> {
        self.source.get().await?.metric_type(metric).await
    }

    async fn retention(&self) -> Result<Option<TimeDelta>, SourceError> {
        self.source.get().await?.retention().await
    }
}

#[async_trait]
impl ChangeSource for Deferred<dyn ChangeSource> {
    fn name(&self) -> &SourceId {
        &self.name
    }

    async fn changes(&self, since: DateTime<Utc>) -> Result<ChangeSet, SourceError> {
        self.get().await?.changes(since).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Nothing(SourceId);

    #[async_trait]
    impl ChangeSource for Nothing {
        fn name(&self) -> &SourceId {
            &self.0
        }

        async fn changes(&self, _: DateTime<Utc>) -> Result<ChangeSet, SourceError> {
            Ok(ChangeSet::default())
        }
    }

    #[tokio::test]
    async fn what_is_awaited_says_why_and_is_opened_once_it_can_be() {
        let tries = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&tries);
        let open: Opener<dyn ChangeSource> =
            Arc::new(move || match counted.fetch_add(1, Ordering::Relaxed) {
                0 => Err("the vault hangs".to_string()),
                _ => Ok(Arc::new(Nothing(SourceId::nearest("deploys"))) as Arc<dyn ChangeSource>),
            });
        let name = SourceId::nearest("deploys");
        let awaited: Deferred<dyn ChangeSource> = Deferred::new(
            name,
            "vault.example".into(),
            open,
            "the vault is shut".into(),
        );
        let ask = async || awaited.changes(DateTime::UNIX_EPOCH).await;
        let passed = async || {
            if let Opening::Failed { pause, .. } = &mut *awaited.opening.lock().await {
                *pause = Duration::ZERO;
            }
        };
        let says = async |why| ask().await.unwrap_err().to_string().contains(why);
        assert!(says("the vault is shut").await);
        assert_eq!(tries.load(Ordering::Relaxed), 0, "not asked again at once");
        passed().await;
        assert!(says("the vault hangs").await);
        passed().await;
        assert!(ask().await.is_ok() && ask().await.is_ok());
        assert_eq!(tries.load(Ordering::Relaxed), 2, "opened once");
    }
}
