//! What is sent, and what became of it.

use crate::incident::entry::{Audience, PageOutcome, Settled};
use crate::incident::severity::Severity;
use crate::incident::{IncidentId, Slug, Status};
use crate::text::{Safe, list};
use chrono::{DateTime, Utc};

/// What every message says of its incident.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// The incident.
    pub incident: IncidentId,
    /// Its title.
    pub title: Safe,
    /// Its severity, once classified.
    pub severity: Option<Severity>,
    /// When it began.
    pub started: Option<DateTime<Utc>>,
    /// Number and first twelve digits of the hash of the journal's last entry: each receiver is a witness.
    pub head: String,
}

/// A page: somebody is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Idempotency id, the same for every repetition.
    pub id: Slug,
    /// The incident.
    pub about: About,
    /// Which level of the chain.
    pub level: Slug,
    /// Whom it is for.
    pub target: Slug,
    /// Who answers for it now, by the schedule.
    pub who: Option<Safe>,
    /// The conditions that called for this level, if it waits for any.
    pub because: Vec<Slug>,
    /// When the level was due.
    pub due: DateTime<Utc>,
    /// 0 for the first sending.
    pub repeat: u32,
}

/// A status update that a person wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// Idempotency id.
    pub id: Slug,
    /// The incident.
    pub about: About,
    /// For whom.
    pub audience: Audience,
    /// Where the incident stands.
    pub status: Status,
    /// The service that it is about, where that is known.
    pub service: Option<Slug>,
    /// What the person wrote.
    pub text: Safe,
    /// When the next one is due.
    pub next: Option<DateTime<Utc>>,
    /// What the receiver calls this incident, where it has said so before.
    pub remote: Option<Slug>,
    /// 0 for the first sending.
    pub repeat: u32,
}

/// A page is settled: the receiver need not call any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Settle {
    /// Its own idempotency id.
    pub id: Slug,
    /// 0 for the first sending.
    pub repeat: u32,
    /// The page's idempotency id.
    pub page: Slug,
    /// The incident.
    pub about: About,
    /// How.
    pub how: Settled,
}

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// Somebody is called.
    Page(Page),
    /// Somebody is told.
    Update(Update),
    /// A call is settled.
    Settle(Settle),
}

impl Message {
    /// What it says of its incident.
    pub fn about(&self) -> &About {
        match self {
            Self::Page(page) => &page.about,
            Self::Update(update) => &update.about,
            Self::Settle(settle) => &settle.about,
        }
    }

    /// Its idempotency id.
    pub fn id(&self) -> String {
        match self {
            Self::Page(page) => page.id.to_string(),
            Self::Update(update) => update.id.to_string(),
            Self::Settle(settle) => settle.id.to_string(),
        }
    }

    /// Which call or message: further tries of the same call share it, a further call by the policy is another one,
    /// or its receiver would take it for a repetition.
    pub fn occasion(&self) -> String {
        match self {
            Self::Page(page) => format!("{}.{}", page.id, page.due.timestamp()),
            Self::Update(_) | Self::Settle(_) => self.id(),
        }
    }

    /// Severity and title in one line.
    pub fn headline(&self) -> String {
        let about = self.about();
        let severity = about
            .severity
            .map_or("SEV?".to_string(), |severity| severity.to_string());
        let what = match self {
            Self::Page(page) if page.repeat > 0 => {
                format!("{} is called, call {}", page.target, page.repeat + 1)
            }
            Self::Page(page) => format!("{} is called", page.target),
            Self::Update(update) => update.status.word().to_string(),
            Self::Settle(settle) => settle.how.word().to_string(),
        };
        format!("[{severity}] {}: {what}", about.title)
    }

    /// Name and value of what else is worth saying, in order.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let about = self.about();
        let time = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
        let mut facts = Vec::new();
        match self {
            Self::Page(page) => {
                let who = page.who.as_ref().map(ToString::to_string);
                facts.extend(who.map(|who| ("on call", who)));
                if !page.because.is_empty() {
                    facts.push(("because", list(&page.because)));
                }
                facts.extend(about.started.map(|at| ("began", time(at))));
                facts.push(("due", time(page.due)));
                if page.repeat > 0 {
                    facts.push(("note", "an earlier call may have arrived as well".into()));
                }
                facts.push((
                    "acknowledge",
                    format!("warroom incident ack {}", about.incident),
                ));
            }
            Self::Update(update) => {
                facts.push(("update", update.text.to_string()));
                facts.extend(update.next.map(|at| ("next update by", time(at))));
            }
            Self::Settle(_) => {}
        }
        facts.push(("incident", about.incident.to_string()));
        facts.push(("journal", about.head.clone()));
        facts
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What is known.
    pub outcome: PageOutcome,
    /// The last HTTP status, or the reply code of a mail server.
    pub http: Option<u16>,
    /// Requests made.
    pub attempts: u32,
    /// What the receiver or the network said.
    pub detail: Safe,
    /// What the receiver calls the incident.
    pub remote: Option<Slug>,
    /// For how many seconds the receiver does not want to be asked again.
    pub retry_after: Option<u32>,
}
