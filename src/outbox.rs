//! Ways out: one file per channel, one retry policy. Accepted is not reached: only a person's
//! acknowledgement is.

mod retry;
mod webhook;

pub use retry::{Retry, Verdict};
pub use webhook::{Webhook, WebhookError, WebhookSettings, sign};

use crate::incident::entry::PageOutcome;
use crate::incident::severity::Severity;
use crate::incident::{IncidentId, Slug};
use crate::text::Safe;
use chrono::{DateTime, Utc};

/// A page to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Idempotency id, the same for every repetition.
    pub id: Slug,
    /// The incident.
    pub incident: IncidentId,
    /// Its title.
    pub title: Safe,
    /// Its severity, once classified.
    pub severity: Option<Severity>,
    /// When it began.
    pub started: Option<DateTime<Utc>>,
    /// Which level of the chain.
    pub level: Slug,
    /// Whom it is for.
    pub target: Slug,
    /// When the level was due.
    pub due: DateTime<Utc>,
    /// 0 for the first sending.
    pub repeat: u32,
    /// Number and first twelve digits of the hash of the journal's last entry: each receiver is a witness.
    pub head: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What is known.
    pub outcome: PageOutcome,
    /// The last HTTP status.
    pub http: Option<u16>,
    /// Requests made.
    pub attempts: u32,
    /// What the receiver or the network said.
    pub detail: Safe,
}
