//! The verbs of `warroom incident`.

use super::values::{declared, role};
use crate::incident::{IncidentId, PathId, Role, Slug, Status, TargetId};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Incident {
    /// Open an incident by hand; an open console or the paging service then pages the on-call engineer
    Open {
        /// What is failing
        title: String,
        /// The path of the service map that fails (default: the strict one)
        #[arg(long, value_name = "PATH")]
        path: Option<PathId>,
        /// When it began: 10m (ago), 02:40+01:00, or a date and time with zone (default: now)
        #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
        started: Option<String>,
        /// The sealed incident whose story goes on
        #[arg(long, value_name = "ID")]
        follows: Option<IncidentId>,
    },
    /// List incidents
    List,
    /// Show an incident
    Show {
        /// The incident
        id: IncidentId,
    },
    /// Record a note
    Note {
        /// The incident
        id: IncidentId,
        /// The note; - reads notes from standard input, one a line, and answers each once it is durable
        text: String,
        #[command(flatten)]
        when: When,
    },
    /// Take the page
    Ack {
        /// The incident
        id: IncidentId,
        /// The targets that you answer for, where each must answer (default: those that the schedule gives you)
        #[arg(long = "as", value_name = "TARGET")]
        targets: Vec<TargetId>,
    },
    /// Send a status update to users or stakeholders
    Update {
        /// The incident
        id: IncidentId,
        /// What they need to know
        text: String,
        /// For whom
        #[arg(long = "for", value_enum, default_value = "stakeholders")]
        audience: ForWhom,
        /// Record nothing: print what each channel would send
        #[arg(long, conflicts_with = "at")]
        preview: bool,
        #[command(flatten)]
        when: When,
    },
    /// Give a role to another person, with a summary of state, decisions, open work and clocks
    HandOver {
        /// The incident
        id: IncidentId,
        /// The role
        #[arg(value_parser = role)]
        role: Role,
        /// Who takes over: a name or an id of somebody who has taken part
        to: String,
        /// A few words beside the summary
        #[arg(default_value = "")]
        text: String,
        /// They have not taken part yet, and are on no schedule
        #[arg(long)]
        new: bool,
        #[command(flatten)]
        when: When,
    },
    /// Keep track of work: an action, a vendor's case, a risk, a question, a link
    FollowUp {
        /// The incident
        id: IncidentId,
        /// Which kind
        #[arg(value_enum)]
        kind: Kind,
        /// What it is about
        text: String,
        /// By when, or when the vendor's next update is due: 30m, or a time with zone
        #[arg(long, value_name = "TIME", default_value = "")]
        due: String,
        /// Who sees to it, by name (default: you)
        #[arg(long, value_name = "NAME")]
        owner: Option<String>,
        /// The vendor's number for it
        #[arg(long, default_value = "")]
        number: String,
        /// Whom to talk to there
        #[arg(long, default_value = "")]
        contact: String,
        /// Where it can be looked at
        #[arg(long, default_value = "")]
        link: String,
        #[command(flatten)]
        when: When,
    },
    /// Say that work is done, or why it is dropped, or give it another time or to somebody else
    Done {
        /// The incident
        id: IncidentId,
        /// The entry that opened it
        #[arg(value_parser = numbered)]
        entry: u64,
        /// A few words
        #[arg(default_value = "")]
        text: String,
        /// It is dropped; the words say why
        #[arg(long)]
        dropped: bool,
        /// It stays open until then: 30m, or a time with zone
        #[arg(
            long,
            value_name = "TIME",
            default_value = "",
            conflicts_with = "dropped"
        )]
        due: String,
        /// It stays open, and this person sees to it
        #[arg(long, value_name = "NAME", conflicts_with = "dropped")]
        owner: Option<String>,
        #[command(flatten)]
        when: When,
    },
    /// Classify: question=answer …, as `incident show` names them
    Severity {
        /// The incident
        id: IncidentId,
        /// Answers, such as correctness=right completion=degraded
        #[arg(required = true, value_name = "QUESTION=ANSWER")]
        answers: Vec<String>,
        /// A few words
        #[arg(long, default_value = "")]
        why: String,
    },
    /// Take a role, or give it back
    Role {
        /// The incident
        id: IncidentId,
        /// incident-commander, operations, communications, scribe, compliance or subject-expert
        #[arg(value_parser = role)]
        role: Role,
        /// Give it back
        #[arg(long)]
        none: bool,
    },
    /// Say where it stands
    Status {
        /// The incident
        id: IncidentId,
        /// investigating, identified, mitigated, resolved or closed
        #[arg(value_parser = declared::<Status>)]
        status: Status,
        /// A few words
        #[arg(default_value = "")]
        text: String,
        /// Say so although alerts fire, the signal is below its objective, or work is still open
        #[arg(long)]
        anyway: bool,
        #[command(flatten)]
        when: When,
    },
    /// Record a decision
    Decide {
        /// The incident
        id: IncidentId,
        /// What
        what: String,
        /// Why
        #[arg(long)]
        why: String,
        /// Instead of what
        #[arg(long, default_value = "")]
        instead: String,
        #[command(flatten)]
        when: When,
    },
    /// Correct an entry; both stay
    Correct {
        /// The incident
        id: IncidentId,
        /// The entry's number
        #[arg(value_parser = numbered)]
        entry: u64,
        /// What is right
        text: String,
    },
    /// Say that the response has ended; paging stops for good
    Close {
        /// The incident
        id: IncidentId,
        /// A few words
        #[arg(default_value = "")]
        text: String,
        /// Close although alerts fire, the signal is below its objective, or work is still open
        #[arg(long)]
        anyway: bool,
    },
    /// Sign the journal's head with your SSH key
    Sign {
        /// The incident
        id: IncidentId,
    },
    /// Take a text out for good; a second person approves first
    Erase {
        /// The incident
        id: IncidentId,
        /// The entry's number
        #[arg(value_parser = numbered)]
        entry: u64,
        /// The text's field, such as text, title, why, name
        field: Slug,
        /// Why
        #[arg(long)]
        why: String,
    },
    /// Approve what another person asked for; without a name, list what waits
    Approve {
        /// The incident
        id: IncidentId,
        /// The request's name
        request: Option<Slug>,
    },
    /// Place a legal hold, or release one
    Hold {
        /// The incident
        id: IncidentId,
        /// Why
        #[arg(long)]
        why: String,
        /// Release this hold; a second person approves first
        #[arg(long, value_name = "HOLD")]
        release: Option<Slug>,
    },
    /// End the journal: nothing can be added afterwards
    Seal {
        /// The incident
        id: IncidentId,
        /// Seal although work is open: it can never be marked done
        #[arg(long)]
        anyway: bool,
    },
    /// Delete a sealed incident whose retention has ended; a second person approves first
    Delete {
        /// The incident
        id: IncidentId,
        /// Why
        #[arg(long)]
        why: String,
    },
}

impl Incident {
    /// The incident that it is about.
    pub(in crate::cli) fn incident(&self) -> Option<&IncidentId> {
        match self {
            Self::Open { .. } | Self::List => None,
            Self::Show { id }
            | Self::Note { id, .. }
            | Self::Ack { id, .. }
            | Self::Update { id, .. }
            | Self::HandOver { id, .. }
            | Self::FollowUp { id, .. }
            | Self::Done { id, .. }
            | Self::Severity { id, .. }
            | Self::Role { id, .. }
            | Self::Status { id, .. }
            | Self::Decide { id, .. }
            | Self::Correct { id, .. }
            | Self::Close { id, .. }
            | Self::Sign { id }
            | Self::Erase { id, .. }
            | Self::Approve { id, .. }
            | Self::Hold { id, .. }
            | Self::Seal { id, .. }
            | Self::Delete { id, .. } => Some(id),
        }
    }

    /// When it happened, where that was said.
    pub(in crate::cli) fn happened(&self) -> Option<&str> {
        match self {
            Self::Note { when, .. }
            | Self::Update { when, .. }
            | Self::HandOver { when, .. }
            | Self::FollowUp { when, .. }
            | Self::Done { when, .. }
            | Self::Status { when, .. }
            | Self::Decide { when, .. } => when.at.as_deref(),
            _ => None,
        }
    }
}

/// The number of an entry, as it is written everywhere: `24` or `#24`.
fn numbered(text: &str) -> Result<u64, String> {
    let number = text.trim().trim_start_matches('#').parse();
    number.map_err(|_| "an entry is named by its number: 24 or #24".to_string())
}

/// When something happened.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct When {
    /// When it happened: 10m (ago), 02:40+01:00, or a date and time with zone (default: now). A status update with an
    /// earlier time is recorded as sent elsewhere, and no channel sends it
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub at: Option<String>,
}

/// For whom an update is.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(in crate::cli) enum ForWhom {
    /// Those who pay, and those who are paid
    Users,
    /// Those inside who must know
    Stakeholders,
}

/// A kind of work.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(in crate::cli) enum Kind {
    /// Something to be done
    Action,
    /// A case with a vendor
    VendorCase,
    /// Something that may go wrong
    Risk,
    /// Something that nobody knows yet
    Question,
    /// Where something can be looked at
    Link,
}
