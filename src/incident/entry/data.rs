//! The data of each event: numbers, times, enums, digests and declared slugs only.

use crate::alerts::{AlertStart, AlertState};
use crate::incident::cadence::Cadence;
use crate::incident::escalation::ArmedLevel;
use crate::incident::ids::Slug;
use crate::incident::roles::Role;
use crate::incident::severity::{Answered, Severity};
use crate::incident::status::Status;
use crate::signals::Cause;
use crate::signals::change::ChangeKind;
use crate::signals::{Expectation, Reading};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Data of [`super::Event::Opened`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// When the incident began, as far as known when it was opened.
    pub started: DateTime<Utc>,
    /// Where that time comes from.
    pub started_from: Cause,
    /// The service concerned.
    pub service: Slug,
    /// The path concerned; `confirm` is the strict one (rule M3).
    pub path: Slug,
    /// The intake rule that opened it; none when a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Slug>,
    /// Digest of the intake policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The signal watched, and its objective.
    pub signal: Slug,
    /// Success-ratio objective in force, 0 – 1.
    pub objective: f64,
    /// Whether this is an exercise.
    #[serde(default)]
    pub drill: bool,
    /// Version of the program that opened it.
    pub program: String,
    /// The sealed incident whose story goes on here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<super::Follows>,
}

/// Data of [`super::Event::Actor`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorIntroduced {
    /// The pseudonymous id used in `by`.
    pub actor: Slug,
    /// Numeric user id of the process; none for the program itself, and for who has not acted here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// What stands behind the identity.
    pub proof: Proof,
    /// Fingerprint of the key that this person signs with, if any. It is proven by the first signature with it
    /// under this id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The id under which they were named before they acted here: what was given to that is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Slug>,
}

/// What an identity rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The operating system's user id and the name that user gave.
    SelfDeclared,
    /// The program, acting by policy.
    Program,
    /// Somebody else's word: a colleague who gives them a role or work, or another system that they answered in. They
    /// have not acted here themselves.
    Named,
}

impl ActorIntroduced {
    /// Whether it stands for a person, and not for the program.
    pub fn is_person(&self) -> bool {
        self.proof != Proof::Program
    }

    /// Whether the person has acted here.
    pub fn has_acted(&self) -> bool {
        self.proof == Proof::SelfDeclared
    }
}

/// Data of [`super::Event::AlertSeen`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertSeen {
    /// Digest of the masked labels, 16 hexadecimal digits.
    pub alert: Slug,
    /// Its state now.
    pub state: AlertState,
    /// When it began, by its source's clock.
    pub starts_at: DateTime<Utc>,
    /// When the source was read.
    pub at: DateTime<Utc>,
    /// Which source.
    pub source: Slug,
    /// The entry about the same before it; 0 for the first. Of two programs that see the same change, the first records
    /// it. None in journals from before this was recorded, and where nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// What `starts_at` rests on, where that is not its source's own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<AlertStart>,
    /// Labels that were beyond the limit and are not in the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<u32>,
}

/// Data of [`super::Event::SignalSeen`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalSeen {
    /// Which signal.
    pub signal: Slug,
    /// What it read.
    pub reading: Reading,
    /// Its unit; a ratio where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Slug>,
    /// When the source collected it.
    pub at: DateTime<Utc>,
    /// Which source.
    pub source: Slug,
    /// Why it was recorded.
    pub cause: Cause,
    /// The entry about the same before it; 0 for the first. Of two programs that see the same change, the first records
    /// it. None in journals from before this was recorded, and where nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

/// Data of [`super::Event::ChangeSeen`]. Text: `text`, `who`, `outcome`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeSeen {
    /// Digest of when, where and what: the same change is recorded once.
    pub change: Slug,
    /// Deployment, flag, model, change record.
    pub kind: ChangeKind,
    /// When it was made, as its source says.
    pub at: DateTime<Utc>,
    /// Where it was read.
    pub source: Slug,
    /// The path that it touches, where that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Slug>,
}

/// Data of [`super::Event::Backfilled`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backfilled {
    /// Which signal.
    pub signal: Slug,
    /// Time of the first value.
    pub from: DateTime<Utc>,
    /// Seconds between values.
    pub step: u32,
    /// The values; `null` where there was no data.
    pub values: Vec<Option<f64>>,
    /// Which source.
    pub source: Slug,
}

/// Data of [`super::Event::SourceLost`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLost {
    /// Which source.
    pub source: Slug,
    /// When it last answered; none if never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<DateTime<Utc>>,
    /// When it was found lost.
    pub at: DateTime<Utc>,
    /// The entry about the same before it; 0 for the first. Of two programs that see the same change, the first records
    /// it. None in journals from before this was recorded, and where nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

/// Data of [`super::Event::SourceBack`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceBack {
    /// Which source.
    pub source: Slug,
    /// When it answered again.
    pub at: DateTime<Utc>,
    /// The entry about the same before it; 0 for the first. Of two programs that see the same change, the first records
    /// it. None in journals from before this was recorded, and where nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

/// Data of [`super::Event::Acknowledged`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Acknowledged {
    /// The targets of the escalation that this person answers for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Slug>,
    /// The system in which the person acknowledged, where that was not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Slug>,
}

/// Data of [`super::Event::Adopted`]. Text: `title`, `link`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    /// The system that paged.
    pub system: Slug,
    /// Its incident, lower case.
    pub incident: Slug,
    /// When it began there.
    pub created: DateTime<Utc>,
}

/// Data of [`super::Event::Classified`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classified {
    /// The severity.
    pub severity: Severity,
    /// The rule that decided.
    pub rule: Slug,
    /// Digest of the severity policy.
    pub policy: String,
    /// The questions answered, in order.
    pub answers: Vec<Answered>,
    /// Conditions that the rule raises, such as `transaction-integrity`.
    #[serde(default)]
    pub flags: Vec<Slug>,
}

/// Data of [`super::Event::RoleAssigned`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleAssigned {
    /// The role.
    pub role: Role,
    /// Who holds it from now on; none when nobody does.
    pub actor: Option<Slug>,
    /// The entry by which it was held before; 0 where nobody held it. Of two people who change the same at once, the
    /// first does. None in journals from before this was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

/// Data of [`super::Event::StatusChanged`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChanged {
    /// The new status.
    pub status: Status,
}

/// Data of [`super::Event::Corrected`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    /// The entry that is corrected.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
}

/// Data of [`super::Event::PlaybookStarted`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaybookStarted {
    /// Which playbook.
    pub playbook: Slug,
    /// Digest of its file: the steps that were followed.
    pub digest: String,
    /// Number of steps in the file.
    pub steps: u32,
    /// Whether it was left for another one, and goes on where it was left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub goes_on: bool,
}

/// Data of [`super::Event::StepRecorded`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecorded {
    /// Which playbook.
    pub playbook: Slug,
    /// Which step.
    pub step: Slug,
    /// Its number in the file, from 1.
    pub number: u32,
    /// What became of it.
    pub outcome: StepOutcome,
    /// For a decision, the step chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<Slug>,
    /// For a check, what was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
    /// For a check, what was expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expectation>,
    /// For a check, when the source collected the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

/// What became of a playbook step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// A person says it is done.
    Done,
    /// A person left it out, with a reason.
    Skipped,
    /// A path was chosen.
    Chosen,
    /// The check's reading is as expected.
    Passed,
    /// The check's reading is not as expected.
    Failed,
    /// The check gave no answer.
    Unknown,
}

impl StepOutcome {
    /// Whether the run goes on to the next step.
    pub fn moves_on(self) -> bool {
        matches!(
            self,
            Self::Done | Self::Skipped | Self::Chosen | Self::Passed
        )
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Chosen => "chosen",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unknown => "no answer",
        }
    }
}

/// Data of [`super::Event::EscalationArmed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationArmed {
    /// Digest of the escalation policy.
    pub policy: String,
    /// The time from which delays count: the alert's own start.
    pub from: DateTime<Utc>,
    /// The levels with their due times.
    pub levels: Vec<ArmedLevel>,
    /// The rhythm of the response; the usual one where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cadence: Option<Cadence>,
}

/// Data of [`super::Event::LevelArmed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelArmed {
    /// Which level.
    pub level: Slug,
    /// When it is due.
    pub due: DateTime<Utc>,
    /// The entry that met the condition.
    pub because: u64,
}

/// Data of [`super::Event::PageIntended`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageIntended {
    /// Idempotency id, the same for every repetition (rule M7).
    pub page: Slug,
    /// Which level of the chain.
    pub level: Slug,
    /// Whom it is for: a role or schedules, never a person.
    pub target: Slug,
    /// By which channel.
    pub channel: Slug,
    /// When the level was due.
    pub due: DateTime<Utc>,
    /// How many seconds ago that was, by the boot clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<u32>,
    /// 0 for the first sending, then 1, 2 …
    pub repeat: u32,
}

/// Data of [`super::Event::PageResulted`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageResulted {
    /// Idempotency id.
    pub page: Slug,
    /// Which level of the chain.
    pub level: Slug,
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
}

/// What is known of a page. Accepted is not reached: only an acknowledgement by a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageOutcome {
    /// The receiver took it; whether a person saw it is not known.
    Accepted,
    /// The receiver refused it for good.
    Refused,
    /// It never left, or never arrived.
    Failed,
    /// It may have arrived.
    Unknown,
    /// No way out is configured.
    NoChannel,
    /// An exercise: nothing was sent.
    Simulated,
    /// No longer wanted when it could be sent.
    Withdrawn,
}

impl PageOutcome {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed, not delivered",
            Self::Unknown => "unknown, may have arrived",
            Self::NoChannel => "NOT SENT: no channel",
            Self::Simulated => "exercise, nothing sent",
            Self::Withdrawn => "not sent: no longer wanted",
        }
    }

    /// Whether sending again could help.
    pub fn wants_repeat(self) -> bool {
        matches!(self, Self::Failed | Self::Unknown)
    }
}

/// Data of [`super::Event::Recovered`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// Byte offset at which the torn tail began.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    /// Digest of the quarantined bytes.
    pub sha256: String,
}

/// Data of [`super::Event::DocumentWritten`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentWritten {
    /// `postmortem`, `record` or `record-json`.
    pub document: Slug,
    /// The last entry it covers.
    pub upto: u64,
    /// Digest of the template.
    pub template: String,
    /// Digest of the document.
    pub sha256: String,
}
