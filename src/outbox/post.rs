//! Sending by one channel: its pace is kept, tries follow one policy, and the end comes in time to be recorded.

use super::message::{Delivery, Message};
use super::retry::{Retry, Verdict};
use crate::incident::Slug;
use crate::incident::entry::{Audience, PageOutcome};
use crate::text::Safe;
use crate::text::secret::Known;
use async_trait::async_trait;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// The end of all tries. An intent without a result counts as unknown after 90 s.
const END: Duration = Duration::from_secs(80);

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What it showed.
    pub verdict: Verdict,
    /// The status, where there was an answer.
    pub http: Option<u16>,
    /// What the receiver or the network said, without the address.
    pub detail: Safe,
    /// What the receiver calls the incident.
    pub remote: Option<Slug>,
}

/// A way out.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Where it goes, for people. Never more than a host: the rest of an address may be a secret.
    fn place(&self) -> String;

    /// Whether it carries messages of this kind.
    fn carries(&self, message: &Message) -> bool;

    /// Whether the receiver can tell a repetition by its id. Where it cannot, a try whose end is not known is the
    /// last.
    fn knows_repetitions(&self, message: &Message) -> bool;

    /// The shortest time between two requests.
    fn pace(&self) -> Duration {
        Duration::ZERO
    }

    /// The longest time that one try may take.
    fn patience(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// What would keep its receiver from taking messages for somebody: asked without sending anything.
    async fn problems(&self) -> Vec<String> {
        Vec::new()
    }

    /// Tries once.
    async fn attempt(&self, message: &Message) -> Attempt;
}

/// A channel with its name, in use.
pub struct Post {
    name: Slug,
    audiences: Vec<Audience>,
    settles: bool,
    channel: Arc<dyn Channel>,
    /// Credentials of all channels: no reply is kept with one of them in it.
    known: Arc<Mutex<Known>>,
    /// Before which no request may be made.
    free: Mutex<Instant>,
}

impl Post {
    /// Puts a channel into use.
    pub fn new(
        name: Slug,
        audiences: Vec<Audience>,
        settles: bool,
        channel: Arc<dyn Channel>,
        known: Arc<Mutex<Known>>,
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

    /// Its name.
    pub fn name(&self) -> &Slug {
        &self.name
    }

    /// Whose updates it carries.
    pub fn audiences(&self) -> &[Audience] {
        &self.audiences
    }

    /// Whether its receiver is told when a page is settled.
    pub fn settles(&self) -> bool {
        self.settles
    }

    /// Where it goes, for people.
    pub fn place(&self) -> String {
        self.channel.place()
    }

    /// What would keep its receiver from taking messages for somebody: asked without sending anything.
    pub async fn problems(&self) -> Vec<String> {
        self.channel.problems().await
    }

    /// Sends a message, trying again as the policy says.
    pub async fn send(&self, message: &Message) -> Delivery {
        let mut delivery = self.deliver(message).await;
        // A lock that is poisoned by a fault elsewhere still holds what is to be hidden.
        let known = self
            .known
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
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
                let said = last.map_or(
                    Safe::line("the channel's rate limit leaves no room in time"),
                    |last| last.detail,
                );
                return delivery(retry.given_up(), &retry, None, said);
            }
            let left = END.saturating_sub(begun.elapsed());
            let limit = self.channel.patience().min(left);
            let attempt = match tokio::time::timeout(limit, self.channel.attempt(message)).await {
                Ok(attempt) => attempt,
                Err(_) => Attempt {
                    verdict: Verdict::Ambiguous,
                    http: None,
                    detail: Safe::line(&format!("no answer in time from {}", self.place())),
                    remote: None,
                },
            };
            if let Verdict::NotTaken(Some(pause)) = attempt.verdict {
                self.rest(pause);
            }
            match retry.after(&attempt.verdict) {
                Ok(outcome) => {
                    return delivery(outcome, &retry, Some(&attempt), attempt.detail.clone());
                }
                Err(pause) if begun.elapsed() + pause + limit > END => {
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

    /// Waits for its turn; says no where that would not come in time.
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

    /// The receiver has asked for a pause: all messages of this channel keep it.
    fn rest(&self, pause: Duration) {
        if let Ok(mut free) = self.free.lock() {
            *free = (*free).max(Instant::now() + pause.min(super::retry::LONGEST));
        }
    }
}

fn delivery(outcome: PageOutcome, retry: &Retry, last: Option<&Attempt>, detail: Safe) -> Delivery {
    Delivery {
        outcome,
        http: last.and_then(|last| last.http),
        attempts: retry.tries(),
        detail,
        remote: last.and_then(|last| last.remote.clone()),
    }
}
