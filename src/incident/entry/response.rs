//! Data of the response: who acts, what is decided, action items and follow-ups.

use crate::incident::ids::{ActorId, IncidentId, PathId, ServiceId, Slug};
use crate::incident::roles::Role;
use crate::incident::severity::{Answered, Severity};
use crate::incident::status::Status;
use crate::signals::Cause;
use crate::times::StatedTime;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// When the incident began, as far as known when it was opened.
    pub started: DateTime<Utc>,
    pub started_from: Cause,
    pub service: ServiceId,
    /// The path concerned; `confirm` is the strict one (rule M3).
    pub path: PathId,
    /// `None`: opened by a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Slug>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    pub signal: Slug,
    /// Success-ratio objective in force, 0 – 1.
    pub objective: f64,
    #[serde(default)]
    pub drill: bool,
    /// The start as it was stated; `started` is its earliest instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<StatedTime>,
    /// Entered after the event: nobody is paged, no clock runs, nothing is measured.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retrospective: bool,
    pub program: String,
    /// The sealed incident that this one continues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Follows>,
}

impl Opened {
    pub fn start(&self) -> StatedTime {
        self.stated.unwrap_or_else(|| self.started.into())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follows {
    pub incident: IncidentId,
    pub upto: u64,
    pub head: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorIntroduced {
    pub actor: ActorId,
    /// Numeric user id of the process, for a person who acts here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    pub proof: Proof,
    /// Fingerprint of this person's key; proven by the first signature with it under this id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The id under which they were named before: what was assigned to that is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<ActorId>,
}

impl ActorIntroduced {
    pub fn is_person(&self) -> bool {
        self.proof != Proof::Program
    }

    pub fn has_acted(&self) -> bool {
        self.proof == Proof::SelfDeclared
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The operating system's user id and the name that user gave.
    SelfDeclared,
    /// The program, acting by policy.
    Program,
    /// By a colleague who assigns a role or work, or by another system. They have not acted here.
    Named,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classified {
    pub severity: Severity,
    pub rule: Slug,
    pub policy: String,
    pub answers: Vec<Answered>,
    /// Every rule that matches these answers, the deciding one first; empty in old journals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matched: Vec<Slug>,
    /// Conditions that these rules raise, such as `transaction-integrity`.
    #[serde(default)]
    pub flags: Vec<Slug>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_none(entry: &u64) -> bool {
    *entry == 0
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposed {
    /// The entry of the classification in force.
    pub against: u64,
    /// The previous proposal against the same classification; 0 for the first.
    #[serde(default, rename = "after", skip_serializing_if = "is_none")]
    pub supersedes: u64,
    /// By current measurements.
    pub severity: Severity,
    pub rule: Slug,
    pub policy: String,
    /// Those that changed.
    pub answers: Vec<Answered>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleAssigned {
    pub role: Role,
    /// `None`: unassigned.
    pub actor: Option<ActorId>,
    /// The previous change of this role; 0 if none. Of two at once the first counts. `None` in old journals.
    #[serde(rename = "after", skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    pub role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<ActorId>,
    pub to: ActorId,
    #[serde(rename = "after", skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChanged {
    pub status: Status,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corrected {
    pub seq: u64,
    pub hash: String,
    /// In place of the entry's time; of the opening, in place of the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<StatedTime>,
    /// In place of the entry's classification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classified: Option<Classified>,
}

impl Corrected {
    /// Whether it changes what follows from the entry, and not only its words.
    pub fn replaces(&self) -> bool {
        self.time.is_some() || self.classified.is_some()
    }
}

/// What a person says of the impact. It may end and begin several times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImpactChange {
    Began,
    Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImpactStated {
    pub impact: ImpactChange,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkKind {
    Action,
    VendorCase,
    Risk,
    Question,
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
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkOpened {
    pub kind: WorkKind,
    /// The owner is a person, a role or a team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<ActorId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The text names a team.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub team: bool,
    /// For a vendor case: when the vendor's next update is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime<Utc>>,
    /// As it was stated, where that is no moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_stated: Option<StatedTime>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkState {
    Open,
    Done,
    Dropped,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkChanged {
    pub item: u64,
    pub state: WorkState,
    /// A new owner replaces the one before, whatever kind that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<ActorId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The text names a team.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub team: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime<Utc>>,
    /// As it was stated, where that is no moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_stated: Option<StatedTime>,
}
