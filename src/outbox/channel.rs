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
    /// The words of the receiver or the network, without the address.
    pub detail: Safe,
    /// The receiver's id for the incident.
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

    /// Adds that this many characters of the message did not fit.
    #[must_use]
    pub(super) fn shortened(mut self, missing: usize) -> Self {
        if missing > 0 {
            self.detail = shortened(missing, &self.detail);
        }
        self
    }
}

#[async_trait]
pub trait Channel: Send + Sync {
    /// The host. The rest of an address may be a secret.
    fn place(&self) -> String;

    fn carries(&self, message: &Message) -> bool;

    /// Whether the receiver recognizes a repetition by its id. If it does not, a try with an unknown result is the
    /// last.
    fn knows_repetitions(&self, message: &Message) -> bool;

    /// The shortest time between two requests.
    fn pace(&self) -> Duration {
        Duration::ZERO
    }

    /// The longest time of one try.
    fn patience(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// What would keep the receiver from accepting messages, asked without sending anything.
    async fn problems(&self) -> Vec<String> {
        Vec::new()
    }

    /// The message without credentials, made by the code that makes the message itself. `None` if the channel does not
    /// carry it.
    fn preview(&self, message: &Message) -> Option<String>;

    /// Tries once.
    async fn attempt(&self, message: &Message) -> Attempt;
}
