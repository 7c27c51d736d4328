//! Sending by one channel: keeps its pace, retries, and ends in time for the result to be recorded.

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

pub struct Sender {
    name: ChannelId,
    audiences: Vec<Audience>,
    settles: bool,
    channel: Arc<dyn Channel>,
    /// Of all channels; they are removed from every reply.
    known: Arc<Mutex<KnownSecrets>>,
    /// No request is made before this time.
    next_request: Mutex<Instant>,
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
            next_request: Mutex::new(Instant::now()),
        }
    }

    pub fn name(&self) -> &ChannelId {
        &self.name
    }

    pub fn audiences(&self) -> &[Audience] {
        &self.audiences
    }

    /// Whether its receiver gets a message that a page is settled.
    pub fn settles(&self) -> bool {
        self.settles
    }

    pub fn destination(&self) -> String {
        self.channel.destination()
    }

    pub async fn problems(&self) -> Vec<String> {
        self.channel.problems().await
    }

    pub async fn send(&self, message: &Message) -> Delivery {
        let mut delivery = self.deliver(message).await;
        // The set after a panic elsewhere still holds the credentials.
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        delivery.detail = Safe::line(&known.hide(delivery.detail.as_str()));
        delivery
    }

    async fn deliver(&self, message: &Message) -> Delivery {
        let begun = Instant::now();
        let mut retry = Retry::new(self.channel.deduplicates(message));
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
            if !self.wait_for_turn(left).await {
                let wait = self.wait_left();
                let said = last.map_or_else(
                    || {
                        let seconds = wait.as_secs_f64().ceil();
                        Safe::line(&format!(
                            "the receiver's limit leaves no time for a try: it may be asked again in {seconds} s"
                        ))
                    },
                    |last| last.detail,
                );
                return Delivery {
                    retry_after: seconds(wait),
                    ..delivery(retry.given_up(), &retry, None, said)
                };
            }
            let left = END.saturating_sub(begun.elapsed());
            let limit = self.channel.time_limit().min(left);
            let attempt = match tokio::time::timeout(limit, self.channel.attempt(message)).await {
                Ok(attempt) => attempt,
                Err(_) => {
                    let detail = format!("no answer in time from {}", self.destination());
                    Attempt::new(DeliveryVerdict::Ambiguous, &detail)
                }
            };
            if let DeliveryVerdict::NotAccepted(Some(pause)) = attempt.verdict {
                self.pause_all(pause);
            }
            let outcome = match retry.after(&attempt.verdict) {
                Ok(outcome) => outcome,
                Err(pause) if is_in_time(begun.elapsed(), pause, limit) => {
                    tokio::time::sleep(pause).await;
                    last = Some(attempt);
                    continue;
                }
                Err(_) => retry.given_up(),
            };
            return delivery(outcome, &retry, Some(&attempt), attempt.detail.clone());
        }
    }

    /// `false` if its turn would not come in time.
    async fn wait_for_turn(&self, left: Duration) -> bool {
        let now = Instant::now();
        let at = {
            let Ok(mut next) = self.next_request.lock() else {
                return false;
            };
            let at = (*next).max(now);
            if at - now + self.channel.time_limit() > left {
                return false;
            }
            *next = at + self.channel.pace();
            at
        };
        tokio::time::sleep_until(at).await;
        true
    }

    /// The receiver asked for a pause: it holds for all messages of this channel.
    fn pause_all(&self, pause: Duration) {
        if let Ok(mut next) = self.next_request.lock() {
            *next = (*next).max(Instant::now() + pause);
        }
    }

    fn wait_left(&self) -> Duration {
        let next = self.next_request.lock().map(|next| *next);
        next.map_or(Duration::ZERO, |next| {
            next.saturating_duration_since(Instant::now())
        })
    }

    pub fn preview(&self, message: &Message) -> Option<String> {
        self.channel.preview(message)
    }
}

/// Rounded up; `None` without a wait.
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
            DeliveryVerdict::NotAccepted(asked) => asked.and_then(seconds),
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
        let limit = crate::incident::escalation::state::RESULT_WITHIN as u64;
        assert!(END < Duration::from_secs(limit));
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds_and_never_as_shorter() {
        assert_eq!(seconds(Duration::ZERO), None);
        assert_eq!(seconds(Duration::from_millis(1_500)), Some(2));
        assert_eq!(seconds(Duration::from_secs(45)), Some(45));
    }
}
