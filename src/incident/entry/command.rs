//! The data of commanding: updates and messages, hand-overs, work, what is overdue, and who keeps the clocks.

use super::PageOutcome;
use crate::incident::ids::Slug;
use crate::incident::roles::Role;
use crate::incident::severity::{Answered, Severity};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// For whom an update is (rule M12). The regulator has documents of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Those who pay, and those who are paid.
    Users,
    /// Those inside who must know.
    Stakeholders,
}

impl Audience {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Users, Self::Stakeholders];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Stakeholders => "stakeholders",
        }
    }
}

/// How a page is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settled {
    /// Somebody has acknowledged.
    Acknowledged,
    /// The incident is resolved.
    Resolved,
}

impl Settled {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }
}

/// Data of [`super::Event::Updated`]. Text: `text`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Updated {
    /// For whom.
    pub audience: Audience,
    /// Whether it went out by other means before it was recorded: then no channel sends it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elsewhere: bool,
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    /// An update that a person wrote.
    Update,
    /// That a page is settled.
    Settle(Settled),
}

/// Data of [`super::Event::MessageIntended`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageIntended {
    /// Idempotency id, the same for every repetition (rule M7).
    pub message: Slug,
    /// What it is.
    pub what: MessageKind,
    /// By which channel.
    pub channel: Slug,
    /// The entry that it tells of.
    pub tells: u64,
    /// The page that is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Slug>,
    /// 0 for the first sending.
    pub repeat: u32,
}

/// Data of [`super::Event::MessageResulted`]. Text: `detail`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageResulted {
    /// Idempotency id.
    pub message: Slug,
    /// By which channel.
    pub channel: Slug,
    /// Which sending.
    pub repeat: u32,
    /// What is known.
    pub outcome: PageOutcome,
    /// HTTP status, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<u16>,
    /// Requests made.
    pub attempts: u32,
    /// For how many seconds the receiver did not want to be asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// What the receiver calls this incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Slug>,
}

/// Data of [`super::Event::HandedOver`]. Text: `text`, the summary that was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// Which role.
    pub role: Role,
    /// Who held it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Slug>,
    /// Who holds it now.
    pub to: Slug,
    /// The entry by which it was held before, as in [`super::RoleAssigned`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

/// A kind of work that is kept track of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkKind {
    /// Something to be done.
    Action,
    /// A case with a vendor.
    VendorCase,
    /// Something that may go wrong.
    Risk,
    /// Something that nobody knows yet.
    Question,
    /// Where something can be looked at.
    Link,
}

impl WorkKind {
    /// All of them, in the order of the screen.
    pub const ALL: [Self; 5] = [
        Self::Action,
        Self::VendorCase,
        Self::Risk,
        Self::Question,
        Self::Link,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::VendorCase => "vendor case",
            Self::Risk => "risk",
            Self::Question => "question",
            Self::Link => "link",
        }
    }
}

/// Data of [`super::Event::WorkOpened`]. Text: `text`, `reference`, `contact`, `link`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkOpened {
    /// Which kind.
    pub kind: WorkKind,
    /// Who sees to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Slug>,
    /// By when, or when the vendor's next update is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime<Utc>>,
}

/// Where work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkState {
    /// Open.
    Open,
    /// Done, answered, closed.
    Done,
    /// Given up, with a reason.
    Dropped,
}

impl WorkState {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }
}

/// Data of [`super::Event::WorkChanged`]. Text: `text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkChanged {
    /// The entry that opened it.
    pub item: u64,
    /// Where it stands now.
    pub state: WorkState,
    /// Who sees to it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Slug>,
    /// By when now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime<Utc>>,
}

/// Data of [`super::Event::Overdue`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overdue {
    /// Which clock: `update`, `check-in`, `scribe`, `answer`, `work`.
    pub clock: Slug,
    /// When it was due.
    pub due: DateTime<Utc>,
    /// The entry that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u64>,
}

/// Data of [`super::Event::PeerLost`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerLost {
    /// `watch` or `console`.
    #[serde(rename = "keeper")]
    pub peer: Slug,
    /// Its process: host, number, and when it began.
    pub process: Slug,
    /// When it last showed that it was alive.
    pub last: DateTime<Utc>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_none(entry: &u64) -> bool {
    *entry == 0
}

/// Data of [`super::Event::Proposed`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposed {
    /// The entry of the classification in force.
    pub against: u64,
    /// The entry of the proposal before this one against the same classification; 0 for the first.
    #[serde(default, skip_serializing_if = "is_none")]
    pub after: u64,
    /// The severity that what is measured now would give.
    pub severity: Severity,
    /// The rule that decides.
    pub rule: Slug,
    /// Digest of the severity policy.
    pub policy: String,
    /// The answers that changed.
    pub answers: Vec<Answered>,
}
