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
    pub id: Slug,
    pub about: About,
    pub level: LevelId,
    pub target: TargetId,
    pub who: Option<Safe>,
    pub because: Vec<Slug>,
    pub due: DateTime<Utc>,
    /// 0 for the first page.
    pub repeat: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    pub id: Slug,
    pub about: About,
    pub audience: Audience,
    pub status: Status,
    pub service: Option<ServiceId>,
    pub text: Safe,
    pub next: Option<DateTime<Utc>>,
    /// The receiver's id of the incident, if it has given one.
    pub remote: Option<Slug>,
    pub repeat: u32,
}

/// A page needs no more action.
#[derive(Debug, Clone, PartialEq)]
pub struct Settle {
    pub id: Slug,
    pub repeat: u32,
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

    pub fn id(&self) -> String {
        match self {
            Self::Page(page) => page.id.to_string(),
            Self::Update(update) => update.id.to_string(),
            Self::Settle(settle) => settle.id.to_string(),
        }
    }

    /// The same for all tries of one sending. A repetition by the policy has another, or its receiver would drop it as
    /// a duplicate.
    pub fn delivery_id(&self) -> String {
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
    pub attempts: u32,
    pub detail: Safe,
    pub remote: Option<Slug>,
    /// Seconds.
    pub retry_after: Option<u32>,
}
