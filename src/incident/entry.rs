//! What may be recorded: the events of an incident, and the entry that carries one.
//!
//! `data` holds numbers, times, enums, digests and declared slugs only. Text that a person or an outside
//! system can type goes into the texts of a [`Draft`], which the journal commits to and keeps apart.

use super::escalation::ArmedLevel;
use super::ids::Slug;
use super::observation::{AlertState, Cause};
use super::roles::Role;
use super::severity::{Answered, Severity};
use super::status::Status;
use crate::signals::{Expectation, Reading};
use crate::text::Safe;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names of text fields, so that writers and readers agree.
pub mod field {
    /// The title of an incident.
    pub const TITLE: &str = "title";
    /// The text of a note, a summary, a correction.
    pub const TEXT: &str = "text";
    /// A person's name.
    pub const NAME: &str = "name";
    /// Where a person was logged in from.
    pub const LOGIN: &str = "login";
    /// Labels of an alert, as JSON.
    pub const LABELS: &str = "labels";
    /// The summary annotation of an alert.
    pub const SUMMARY: &str = "summary";
    /// Why something was decided or done.
    pub const WHY: &str = "why";
    /// What else was considered.
    pub const ALTERNATIVES: &str = "alternatives";
    /// What a source or a receiver said.
    pub const DETAIL: &str = "detail";
    /// The text of a playbook step's title.
    pub const STEP: &str = "step";
}

/// An event and its data. The variant's name in kebab case is the line's `type`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "kebab-case")]
pub enum Event {
    /// The incident begins. Text: `title`.
    Opened(Opened),
    /// A person or program appears for the first time. Text: `name`, `login`.
    Actor(ActorIntroduced),
    /// An alert was seen for the first time or in another state. Text: `name`, `summary`, `labels`.
    AlertSeen(AlertSeen),
    /// A signal was read.
    SignalSeen(SignalSeen),
    /// What a signal read before the incident was opened.
    Backfilled(Backfilled),
    /// A source stopped answering. Text: `detail`.
    SourceLost(SourceLost),
    /// A source answers again.
    SourceBack(SourceBack),
    /// Somebody has taken the page.
    Acknowledged(Acknowledged),
    /// How bad it is. Text: `why`, optional.
    Classified(Classified),
    /// Who does what.
    RoleAssigned(RoleAssigned),
    /// A note. Text: `text`.
    Noted(Empty),
    /// A decision. Text: `text`, `why`, `alternatives`.
    Decided(Empty),
    /// Where the incident stands. Text: `text`, optional.
    StatusChanged(StatusChanged),
    /// An earlier entry is wrong or incomplete. Text: `text`.
    Corrected(Corrected),
    /// A playbook was begun. Text: `title`.
    PlaybookStarted(PlaybookStarted),
    /// A step of a playbook has a result. Text: `step`, `text`.
    StepRecorded(StepRecorded),
    /// The escalation chain and its absolute due times.
    EscalationArmed(EscalationArmed),
    /// A conditional level became due.
    LevelArmed(LevelArmed),
    /// A page is about to be sent: the intent.
    PageIntended(PageIntended),
    /// What became of a page: the result. Text: `detail`.
    PageResulted(PageResulted),
    /// The wall clock and the boot clock moved apart.
    ClockStepped(ClockStepped),
    /// A torn tail was set aside when the journal was opened.
    Recovered(Recovered),
    /// A document was written.
    DocumentWritten(DocumentWritten),
}

/// No data: everything is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Empty {}

/// Data of [`Event::Opened`].
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
}

/// Data of [`Event::Actor`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorIntroduced {
    /// The pseudonymous id used in `by`.
    pub actor: Slug,
    /// Numeric user id of the process; none for the program itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// What stands behind the identity.
    pub proof: Proof,
}

/// What an identity rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The operating system's user id and the name that user gave.
    SelfDeclared,
    /// The program, acting by policy.
    Program,
}

/// Data of [`Event::AlertSeen`].
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
}

/// Data of [`Event::SignalSeen`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalSeen {
    /// Which signal.
    pub signal: Slug,
    /// What it read.
    pub reading: Reading,
    /// When the source collected it.
    pub at: DateTime<Utc>,
    /// Which source.
    pub source: Slug,
    /// Why it was recorded.
    pub cause: Cause,
}

/// Data of [`Event::Backfilled`].
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

/// Data of [`Event::SourceLost`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLost {
    /// Which source.
    pub source: Slug,
    /// When it last answered; none if never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<DateTime<Utc>>,
    /// When it was found lost.
    pub at: DateTime<Utc>,
}

/// Data of [`Event::SourceBack`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceBack {
    /// Which source.
    pub source: Slug,
    /// When it answered again.
    pub at: DateTime<Utc>,
}

/// Data of [`Event::Acknowledged`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Acknowledged {}

/// Data of [`Event::Classified`].
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

/// Data of [`Event::RoleAssigned`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleAssigned {
    /// The role.
    pub role: Role,
    /// Who holds it from now on; none when nobody does.
    pub actor: Option<Slug>,
}

/// Data of [`Event::StatusChanged`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChanged {
    /// The new status.
    pub status: Status,
}

/// Data of [`Event::Corrected`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    /// The entry that is corrected.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
}

/// Data of [`Event::PlaybookStarted`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaybookStarted {
    /// Which playbook.
    pub playbook: Slug,
    /// Digest of its file: the steps that were followed.
    pub digest: String,
    /// Number of steps in the file.
    pub steps: u32,
}

/// Data of [`Event::StepRecorded`].
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
        matches!(self, Self::Done | Self::Skipped | Self::Chosen | Self::Passed)
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

/// Data of [`Event::EscalationArmed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationArmed {
    /// Digest of the escalation policy.
    pub policy: String,
    /// The time from which delays count: the alert's own start.
    pub from: DateTime<Utc>,
    /// The levels with their due times.
    pub levels: Vec<ArmedLevel>,
}

/// Data of [`Event::LevelArmed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelArmed {
    /// Which level.
    pub level: Slug,
    /// When it is due.
    pub due: DateTime<Utc>,
    /// The entry that met the condition.
    pub because: u64,
}

/// Data of [`Event::PageIntended`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageIntended {
    /// Idempotency id, the same for every repetition (rule M7).
    pub page: Slug,
    /// Which level of the chain.
    pub level: Slug,
    /// Whom it is for: a role or rota, never a person.
    pub target: Slug,
    /// By which channel.
    pub channel: Slug,
    /// When the level was due.
    pub due: DateTime<Utc>,
    /// 0 for the first sending, then 1, 2 …
    pub repeat: u32,
}

/// Data of [`Event::PageResulted`].
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
}

impl PageOutcome {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed, not delivered",
            Self::Unknown => "unknown, may have arrived",
            Self::NoChannel => "NOT SENT, no channel configured",
            Self::Simulated => "exercise, nothing sent",
        }
    }

    /// Whether sending again could help.
    pub fn wants_repeat(self) -> bool {
        matches!(self, Self::Failed | Self::Unknown)
    }
}

/// Data of [`Event::ClockStepped`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockStepped {
    /// Milliseconds by which the wall clock moved more than the boot clock; negative when it went back.
    pub step_ms: i64,
}

/// Data of [`Event::Recovered`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// Byte offset at which the torn tail began.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    /// Digest of the quarantined bytes.
    pub sha256: String,
}

/// Data of [`Event::DocumentWritten`].
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

/// When something is said to have happened, with where that time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurred {
    /// The time.
    pub at: DateTime<Utc>,
    /// Where it comes from.
    pub from: Cause,
}

/// Something to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Who records it.
    pub by: Slug,
    /// The event.
    pub event: Event,
    /// When it happened, where that is not now.
    pub occurred: Option<Occurred>,
    /// Free text by field.
    pub texts: Vec<(&'static str, Safe)>,
}

impl Draft {
    /// A draft without text.
    pub fn new(by: &Slug, event: Event) -> Self {
        Self { by: by.clone(), event, occurred: None, texts: Vec::new() }
    }

    /// Adds a text; an empty one is left out.
    pub fn with(mut self, name: &'static str, text: Safe) -> Self {
        if !text.is_empty() {
            self.texts.push((name, text));
        }
        self
    }

    /// Says when it happened.
    pub fn occurred(mut self, at: DateTime<Utc>, from: Cause) -> Self {
        self.occurred = Some(Occurred { at, from });
        self
    }
}

/// A text of an entry, as far as this copy discloses it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Disclosed {
    /// The text that the chain commits to.
    Text(String),
    /// The commitment is there, the text is not.
    Withheld,
}

impl Disclosed {
    /// The text, or the word that stands for it.
    pub fn or_word(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Withheld => "withheld",
        }
    }
}

/// What an entry says, as far as this program understands it.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// A known event.
    Known(Event),
    /// An event of a newer program: kept, verified, not understood.
    Unknown(String),
}

/// A recorded entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Position in the journal, from 1; the only order.
    pub seq: u64,
    /// Unique id, a version 7 UUID.
    pub id: String,
    /// SHA-256 of the line, hexadecimal.
    pub hash: String,
    /// Wall time when it was recorded.
    pub recorded: DateTime<Utc>,
    /// Who recorded it.
    pub by: Slug,
    /// When it happened, where that was said.
    pub occurred: Option<Occurred>,
    /// What was masked in its texts: field and kind.
    pub masked: Vec<(String, String)>,
    /// What happened.
    pub body: Body,
    /// Free text by field.
    pub texts: BTreeMap<String, Disclosed>,
}

impl Entry {
    /// The event, where it is known.
    pub fn event(&self) -> Option<&Event> {
        match &self.body {
            Body::Known(event) => Some(event),
            Body::Unknown(_) => None,
        }
    }

    /// The text of a field, `withheld`, or nothing where the entry has no such field.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(Disclosed::or_word)
    }

    /// When it happened, or when it was recorded.
    pub fn happened(&self) -> DateTime<Utc> {
        self.occurred.map_or(self.recorded, |occurred| occurred.at)
    }
}

impl Event {
    /// The key by which an event may stand in a journal once only, whoever tries: several consoles work on
    /// one incident, and a page must not be sent twice because two of them saw it due.
    pub fn once_key(&self) -> Option<String> {
        match self {
            Self::Opened(_) => Some("opened".into()),
            Self::Actor(actor) => Some(format!("actor:{}", actor.actor)),
            Self::EscalationArmed(_) => Some("escalation".into()),
            Self::LevelArmed(level) => Some(format!("level:{}", level.level)),
            Self::PageIntended(page) => {
                Some(format!("page:{}:{}:{}", page.page, page.channel, page.repeat))
            }
            Self::PageResulted(page) => {
                Some(format!("result:{}:{}:{}", page.page, page.channel, page.repeat))
            }
            Self::SignalSeen(seen) if seen.cause == Cause::Cadence => {
                let slot = seen.at.timestamp() / super::observation::CADENCE_SECONDS;
                Some(format!("signal:{}:{slot}", seen.signal))
            }
            Self::Backfilled(filled) => Some(format!("backfill:{}", filled.signal)),
            _ => None,
        }
    }
}
