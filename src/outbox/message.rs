//! Messages to send, and the result of sending them.

use crate::incident::entry::{Audience, PageOutcome, Settled};
use crate::incident::severity::Severity;
use crate::incident::{IncidentId, LevelId, ServiceId, Slug, Status, TargetId};
use crate::text::Safe;
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, PartialEq)]
pub struct About {
    pub incident: IncidentId,
    pub title: Safe,
    pub severity: Option<Severity>,
    pub started: Option<DateTime<Utc>>,
    /// Number and first twelve digits of the hash of the journal's last entry: each receiver becomes a witness.
    pub head: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The same for every repetition of the page.
    pub id: Slug,
    pub about: About,
    pub level: LevelId,
    pub target: TargetId,
    /// The person on call, by the schedule.
    pub who: Option<Safe>,
    /// The conditions that armed this level, if it has any.
    pub because: Vec<Slug>,
    pub due: DateTime<Utc>,
    /// 0 for the first one.
    pub repeat: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The same for every repetition.
    pub id: Slug,
    pub about: About,
    pub audience: Audience,
    pub status: Status,
    pub service: Option<ServiceId>,
    pub text: Safe,
    pub next: Option<DateTime<Utc>>,
    /// The receiver's id for this incident, if it has given one.
    pub remote: Option<Slug>,
    /// 0 for the first one.
    pub repeat: u32,
}

/// Tells the receiver that a page needs no more action.
#[derive(Debug, Clone, PartialEq)]
pub struct Settle {
    pub id: Slug,
    /// 0 for the first one.
    pub repeat: u32,
    /// The id of the page.
    pub page: Slug,
    pub about: About,
    pub how: Settled,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    Page(Page),
    Update(Update),
    Settle(Settle),
}

impl Message {
    pub fn about(&self) -> &About {
        match self {
            Self::Page(page) => &page.about,
            Self::Update(update) => &update.about,
            Self::Settle(settle) => &settle.about,
        }
    }

    /// The idempotency id.
    pub fn id(&self) -> String {
        match self {
            Self::Page(page) => page.id.to_string(),
            Self::Update(update) => update.id.to_string(),
            Self::Settle(settle) => settle.id.to_string(),
        }
    }

    /// Further tries of one page share this; a repetition by the policy is another occasion, or its receiver would drop
    /// it as a duplicate.
    pub fn occasion(&self) -> String {
        match self {
            Self::Page(page) => format!("{}.{}", page.id, page.due.timestamp()),
            Self::Update(_) | Self::Settle(_) => self.id(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub outcome: PageOutcome,
    /// The last HTTP status, or the reply code of a mail server.
    pub http: Option<u16>,
    /// Number of requests.
    pub attempts: u32,
    /// The words of the receiver or the network.
    pub detail: Safe,
    /// The receiver's id for the incident.
    pub remote: Option<Slug>,
    /// Seconds that the receiver asked to wait.
    pub retry_after: Option<u32>,
}
