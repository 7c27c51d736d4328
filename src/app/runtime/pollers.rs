//! One task per source: ask, report, wait; longer and longer while it does not answer.

use super::Parts;
use crate::app::message::{Msg, Told};
use crate::sources::{Backoff, Source, SourceError, SourceErrorKind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// What went wrong and what to do, for people.
pub(super) fn told(error: &SourceError) -> Told {
    (error.to_string(), error.hint().to_string())
}

pub(super) fn start(parts: &Parts, messages: &UnboundedSender<Msg>) {
    let mut signal_taken = false;
    for source in &parts.sources {
        let offers = source.offers();
        if offers.alerts {
            let (source, messages) = (Arc::clone(source), messages.clone());
            tokio::spawn(alerts(source, messages, Backoff::new(parts.poll)));
        }
        if offers.metrics {
            // The first source of measurements gives the signal; each one's rules are watched.
            let query = (!signal_taken).then(|| parts.query.clone());
            signal_taken = true;
            let (source, messages) = (Arc::clone(source), messages.clone());
            tokio::spawn(metrics(source, messages, Backoff::new(parts.poll), query));
        }
    }
}

async fn alerts(source: Arc<dyn Source>, messages: UnboundedSender<Msg>, mut backoff: Backoff) {
    loop {
        let result = source.alerts().await;
        let pause = pause(&mut backoff, result.as_ref().err());
        let result = result.map_err(|error| log(&error));
        if messages
            .send(Msg::Alerts {
                source: source.name().clone(),
                result,
            })
            .is_err()
        {
            return;
        }
        tokio::time::sleep(pause).await;
    }
}

async fn metrics(
    source: Arc<dyn Source>,
    messages: UnboundedSender<Msg>,
    mut backoff: Backoff,
    query: Option<String>,
) {
    loop {
        let name = source.name().clone();
        if let Some(query) = &query {
            let result = source.read(query).await;
            let contact = match &result {
                Ok(_) => true,
                Err(error) => matches!(error.kind, SourceErrorKind::Query(_)),
            };
            let result = result.map_err(|error| log(&error));
            if messages
                .send(Msg::Signal {
                    source: name.clone(),
                    result,
                    contact,
                })
                .is_err()
            {
                return;
            }
        }
        let result = source.rules().await;
        let pause = pause(&mut backoff, result.as_ref().err());
        let result = result.map_err(|error| log(&error));
        if messages
            .send(Msg::Rules {
                source: name,
                result,
            })
            .is_err()
        {
            return;
        }
        tokio::time::sleep(pause).await;
    }
}

fn pause(backoff: &mut Backoff, error: Option<&SourceError>) -> Duration {
    match error {
        None => backoff.success(),
        Some(error) => backoff.failure(error.retry_after()),
    }
}

fn log(error: &SourceError) -> Told {
    tracing::warn!(source = %error.source_name, %error, "a poll failed");
    told(error)
}
