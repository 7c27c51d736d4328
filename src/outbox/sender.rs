//! Sending by one channel: it keeps the channel's pace, retries by one policy, and ends in time for the result to be
//! recorded.

use super::channel::{Attempt, Channel};
use super::message::{Delivery, Message};
use super::retry::{DeliveryVerdict, Retry};
use crate::incident::ChannelId;
use crate::incident::entry::{Audience, PageOutcome};
use crate::text::Safe;
use crate::text::secret::KnownSecrets;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The end of all tries. An intent without a result counts as unknown after 90 s.
const END: Duration = Duration::from_secs(80);

/// Whether another try after this pause still ends in time.
fn is_in_time(elapsed: Duration, pause: Duration, limit: Duration) -> bool {
    elapsed + pause + limit <= END
}

/// A channel in use, with its name.
pub struct Sender {
    name: ChannelId,
    audiences: Vec<Audience>,
    settles: bool,
    channel: Arc<dyn Channel>,
    /// Credentials of all channels: they are removed from every reply.
    known: Arc<Mutex<KnownSecrets>>,
    /// No request may be made before this time.
    free: Mutex<Instant>,
}

impl Sender {
    pub fn new(
        name: ChannelId,
        audiences: Vec<Audience>,
        settles: bool,
        channel: Arc<dyn Channel>,
        known: Arc<Mutex<KnownSecrets>>,
    ) -> Self {
        Self {
            name,
            audiences,
            settles,
            channel,
            known,
            free: Mutex::new(Instant::now()),
        }
    }

    pub fn name(&self) -> &ChannelId {
        &self.name
    }

    /// The audiences whose updates it carries.
    pub fn audiences(&self) -> &[Audience] {
        &self.audiences
    }

    /// Whether its receiver is told that a page is settled.
    pub fn settles(&self) -> bool {
        self.settles
    }

    pub fn place(&self) -> String {
        self.channel.place()
    }

    pub async fn problems(&self) -> Vec<String> {
        self.channel.problems().await
    }

    /// Retries by the policy.
    pub async fn send(&self, message: &Message) -> Delivery {
        let mut delivery = self.deliver(message).await;
        // The set after a panic elsewhere still holds the credentials.
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        delivery.detail = Safe::line(&known.hide(delivery.detail.as_str()));
        delivery
    }

    async fn deliver(&self, message: &Message) -> Delivery {
        let begun = Instant::now();
        let mut retry = Retry::new(self.channel.knows_repetitions(message));
        if !self.channel.carries(message) {
            return delivery(
                PageOutcome::NoChannel,
                &retry,
                None,
                Safe::line("this channel does not carry such messages"),
            );
        }
        let mut last: Option<Attempt> = None;
        loop {
            let left = END.saturating_sub(begun.elapsed());
            if !self.turn(left).await {
                let wait = self.free_in();
                let said = last.map_or(
                    Safe::line(&format!(
                        "the receiver's limit leaves no time for a try: it may be asked again in {} s",
                        wait.as_secs_f64().ceil()
                    )),
                    |last| last.detail,
                );
                return Delivery {
                    retry_after: seconds(wait),
                    ..delivery(retry.given_up(), &retry, None, said)
                };
            }
            let left = END.saturating_sub(begun.elapsed());
            let limit = self.channel.patience().min(left);
            let attempt = match tokio::time::timeout(limit, self.channel.attempt(message)).await {
                Ok(attempt) => attempt,
                Err(_) => {
                    let detail = format!("no answer in time from {}", self.place());
                    Attempt::new(DeliveryVerdict::Ambiguous, &detail)
                }
            };
            if let DeliveryVerdict::NotTaken(Some(pause)) = attempt.verdict {
                self.rest(pause);
            }
            match retry.after(&attempt.verdict) {
                Ok(outcome) => {
                    return delivery(outcome, &retry, Some(&attempt), attempt.detail.clone());
                }
                Err(pause) if !is_in_time(begun.elapsed(), pause, limit) => {
                    return delivery(
                        retry.given_up(),
                        &retry,
                        Some(&attempt),
                        attempt.detail.clone(),
                    );
                }
                Err(pause) => tokio::time::sleep(pause).await,
            }
            last = Some(attempt);
        }
    }

    /// Waits for its turn; `false` if the turn would not come in time.
    async fn turn(&self, left: Duration) -> bool {
        let now = Instant::now();
        let at = {
            let Ok(mut free) = self.free.lock() else {
                return false;
            };
            let at = (*free).max(now);
            if at - now + self.channel.patience() > left {
                return false;
            }
            *free = at + self.channel.pace();
            at
        };
        tokio::time::sleep_until(at).await;
        true
    }

    /// The receiver asked for a pause: all messages of this channel keep it.
    fn rest(&self, pause: Duration) {
        if let Ok(mut free) = self.free.lock() {
            *free = (*free).max(Instant::now() + pause);
        }
    }

    fn free_in(&self) -> Duration {
        let free = self.free.lock().map(|free| *free);
        free.map_or(Duration::ZERO, |free| {
            free.saturating_duration_since(Instant::now())
        })
    }

    pub fn preview(&self, message: &Message) -> Option<String> {
        self.channel.preview(message)
    }
}

/// Whole seconds, rounded up; `None` without a wait.
fn seconds(wait: Duration) -> Option<u32> {
    (!wait.is_zero()).then(|| u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX))
}

fn delivery(outcome: PageOutcome, retry: &Retry, last: Option<&Attempt>, detail: Safe) -> Delivery {
    Delivery {
        outcome,
        http: last.and_then(|last| last.http),
        attempts: retry.tries(),
        detail,
        remote: last.and_then(|last| last.remote.clone()),
        retry_after: last.and_then(|last| match last.verdict {
            DeliveryVerdict::NotTaken(asked) => asked.and_then(seconds),
            _ => None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::at_once(0, 5, true)]
    #[case::longer_than_twenty_seconds(1, 60, true)]
    #[case::at_the_end(10, 65, true)]
    #[case::beyond_the_end(10, 66, false)]
    #[case::a_minute_and_a_half(0, 90, false)]
    fn a_wait_is_kept_where_the_next_try_ends_in_time(
        #[case] elapsed: u64,
        #[case] pause: u64,
        #[case] want: bool,
    ) {
        let span = Duration::from_secs;
        assert_eq!(is_in_time(span(elapsed), span(pause), span(5)), want);
    }

    #[test]
    fn the_end_comes_before_the_result_counts_as_lost() {
        let limit = crate::incident::escalation::RESULT_WITHIN as u64;
        assert!(END < Duration::from_secs(limit));
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds_and_never_as_shorter() {
        assert_eq!(seconds(Duration::ZERO), None);
        assert_eq!(seconds(Duration::from_millis(1_500)), Some(2));
        assert_eq!(seconds(Duration::from_secs(45)), Some(45));
    }
}
