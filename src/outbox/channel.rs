//! What a channel promises, and the result of one try.

use super::message::Message;
use super::retry::DeliveryVerdict;
use super::words::shortened;
use crate::text::{Safe, Slug};
use async_trait::async_trait;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub verdict: DeliveryVerdict,
    pub http: Option<u16>,
    pub detail: Safe,
    pub remote: Option<Slug>,
}

impl Attempt {
    pub(super) fn new(verdict: DeliveryVerdict, detail: &str) -> Self {
        Self {
            verdict,
            http: None,
            detail: Safe::line(detail),
            remote: None,
        }
    }

    #[must_use]
    pub(super) fn with_missing(mut self, characters: usize) -> Self {
        if characters > 0 {
            self.detail = shortened(characters, &self.detail);
        }
        self
    }
}

#[async_trait]
pub trait Channel: Send + Sync {
    /// For people: the host, because the rest of an address may be a secret.
    fn destination(&self) -> String;

    fn carries(&self, message: &Message) -> bool;

    /// Whether the receiver recognizes a repetition by its id. If not, a try with an unknown result is the last.
    fn deduplicates(&self, message: &Message) -> bool;

    /// Shortest time between two requests.
    fn pace(&self) -> Duration {
        Duration::ZERO
    }

    /// Of one try.
    fn time_limit(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// What would keep the receiver from accepting messages. Sends nothing.
    async fn problems(&self) -> Vec<String> {
        Vec::new()
    }

    /// Without credentials, and made by the code that makes the message. `None` if the channel does not carry it.
    fn preview(&self, message: &Message) -> Option<String>;

    async fn attempt(&self, message: &Message) -> Attempt;
}
