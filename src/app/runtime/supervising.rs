//! Restarts tasks that panic, and reports them, so that no source stops unnoticed.

use super::journal_writer::defect;
use crate::app::message::Msg;
use std::future::Future;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// Pause before a task that panicked is begun anew.
const AGAIN: Duration = Duration::from_secs(10);

/// Restarts the task whenever it panics; ends when it returns.
pub(super) fn keep<F>(
    what: String,
    messages: &UnboundedSender<Msg>,
    begin: impl Fn() -> F + Send + 'static,
) where
    F: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(kept(what, messages.clone(), begin, AGAIN));
}

async fn kept<F>(
    what: String,
    messages: UnboundedSender<Msg>,
    begin: impl Fn() -> F + Send + 'static,
    pause: Duration,
) where
    F: Future<Output = ()> + Send + 'static,
{
    while let Err(ended) = tokio::spawn(begin()).await
        && ended.is_panic()
        && messages.send(Msg::Failed(defect(&what))).is_ok()
    {
        tokio::time::sleep(pause).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn a_task_that_panics_is_named_and_begun_anew_until_it_ends() {
        let (messages, mut inbox) = tokio::sync::mpsc::unbounded_channel();
        let begun = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&begun);
        let begin = move || {
            let number = count.fetch_add(1, Ordering::Relaxed);
            async move { assert!(number >= 2, "on purpose") }
        };
        tokio::spawn(kept("asking north".into(), messages, begin, Duration::ZERO));
        for _ in 0..2 {
            let Some(Msg::Failed(problem)) = inbox.recv().await else {
                panic!("it is not named");
            };
            assert_eq!(problem.what, "asking north failed");
        }
        assert!(inbox.recv().await.is_none(), "it has ended");
        assert_eq!(begun.load(Ordering::Relaxed), 3);
    }
}
