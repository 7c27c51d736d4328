//! What may be written on the command line.

use crate::config::Overrides;
use crate::incident::{IncidentId, Role, Slug, Status};
use crate::signals::gate::Risk;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A terminal incident-response console for payment companies.
#[derive(Debug, Parser)]
#[command(
    name = "warroom",
    version,
    about,
    after_help = "Exit codes: 0 success, 1 the answer is no, 2 wrong usage, 3 configuration, \
                  4 journal or disk, 5 a source does not answer.\n\
                  Without a command the console opens; `warroom drill` is an exercise that needs nothing."
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Global {
    /// Configuration file (default: the usual place of your system)
    #[arg(long, global = true, value_name = "FILE", env = "WARROOM_CONFIG")]
    pub(super) config: Option<PathBuf>,
    /// Where incidents live
    #[arg(long, global = true, value_name = "DIR", env = "WARROOM_DATA_DIR")]
    pub(super) data_dir: Option<PathBuf>,
    /// How results are printed
    #[arg(long, global = true, value_enum, default_value_t = Form::Text)]
    pub(super) output: Form,
    /// Record nothing, open nothing, send nothing
    #[arg(long, global = true)]
    pub(super) read_only: bool,
    /// Address of an Alertmanager (may be given several times)
    #[arg(long = "alertmanager", global = true, value_name = "URL")]
    pub(super) alertmanagers: Vec<String>,
    /// Address of a Prometheus (may be given several times)
    #[arg(long = "prometheus", global = true, value_name = "URL")]
    pub(super) prometheis: Vec<String>,
}

impl Global {
    pub(super) fn overrides(&self) -> Overrides {
        Overrides {
            config: self.config.clone(),
            data_dir: self.data_dir.clone(),
            alertmanagers: self.alertmanagers.clone(),
            prometheis: self.prometheis.clone(),
            read_only: self.read_only,
        }
    }
}

/// A word of the incident's vocabulary, as the journal writes it.
fn declared<T: serde::de::DeserializeOwned>(word: &str) -> Result<T, String> {
    serde_json::from_value(word.into()).map_err(|error| error.to_string())
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// For people
    Text,
    /// For machines
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Play an exercise on the built-in feed (`drill list` names the scenarios)
    Drill {
        /// A shipped scenario, a scenario file, or `list`
        #[arg(default_value = "bad-deploy")]
        scenario: String,
        /// Seconds that pass in one
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=600))]
        rate: Option<u32>,
    },
    /// What the sources say now; silence alerts
    Alerts {
        #[command(subcommand)]
        command: Option<Alerts>,
    },
    /// How every signal stands: success, latency, correctness, budgets, burn, money
    Signals,
    /// May a risky change ship? Exit 0 yes, 1 no, with the reason
    Gate {
        /// Only this path of the service map
        #[arg(long)]
        path: Option<Slug>,
        /// How risky the change is: low, normal or high
        #[arg(long, default_value = "normal", value_parser = declared::<Risk>)]
        risk: Risk,
        /// Ship although the gate says no; recorded in the ledger
        #[arg(long = "override", requires = "reason", requires = "approver")]
        exception: bool,
        /// Why
        #[arg(long)]
        reason: Option<String>,
        /// Who approves it: another person
        #[arg(long)]
        approver: Option<String>,
    },
    /// Record and read incidents
    Incident {
        #[command(subcommand)]
        command: Incident,
    },
    /// Read and check playbooks
    Playbook {
        #[command(subcommand)]
        command: Playbook,
    },
    /// Check the escalation policy
    Escalation {
        #[command(subcommand)]
        command: Escalation,
    },
    /// The blameless draft of an incident
    Postmortem {
        /// The incident
        id: IncidentId,
        /// Write to this file instead of standard output
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// The factual record of an incident (Markdown; JSON with --output json)
    Record {
        /// The incident
        id: IncidentId,
        /// As of this entry
        #[arg(long, value_name = "N")]
        upto: Option<u64>,
        /// Write to this file instead of standard output
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// The success rate of an incident as a picture (SVG)
    Chart {
        /// The incident
        id: IncidentId,
        /// As of this entry
        #[arg(long, value_name = "N")]
        upto: Option<u64>,
        /// Write to this file instead of standard output
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Make a bundle that verifies without warroom; the copy is recorded
    Export {
        /// The incident
        id: IncidentId,
        /// Where: a directory that is not there yet, or a file ending in .tar
        #[arg(long, value_name = "PATH")]
        to: PathBuf,
        /// Who gets it
        #[arg(long = "for", value_name = "WHO")]
        recipient: String,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        purpose: String,
        /// Texts that this copy does not disclose: a field (name), one text (12/text), or all
        #[arg(long, value_name = "TEXT")]
        withhold: Vec<String>,
    },
    /// What concerns incidents as files: holds, deletions, copies of sealed incidents
    Ledger,
    /// Verify a journal or a bundle: exit 0 intact, 1 not, and where
    Verify {
        /// An incident's id, its directory, a journal file, or a bundle (directory or .tar)
        path: PathBuf,
        /// A head known from a message: a journal that lacks it was cut or rewritten
        #[arg(long, value_name = "SEQ/HASH")]
        head: Option<String>,
        /// Whose signatures are accepted (a file of `allowed_signers`)
        #[arg(long, value_name = "FILE")]
        allowed_signers: Option<PathBuf>,
    },
    /// What is reachable, what is not, and what to do
    Doctor,
    /// The configuration file
    Config {
        #[command(subcommand)]
        command: Config,
    },
    /// Completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The manual page
    Man,
}

#[derive(Debug, Subcommand)]
pub(super) enum Incident {
    /// Open an incident by hand; an open console or watch then calls the on-call engineer
    Open {
        /// What is failing
        title: String,
        /// When it began, with zone: 2026-11-22T01:02:03Z (default: now)
        #[arg(long, value_name = "TIME")]
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
        /// When it happened, with zone (default: now)
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Take the page
    Ack {
        /// The incident
        id: IncidentId,
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
        #[arg(value_parser = declared::<Role>)]
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
        /// When it happened, with zone (default: now)
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
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
    },
    /// Correct an entry; both stay
    Correct {
        /// The incident
        id: IncidentId,
        /// The entry's number
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

#[derive(Debug, Subcommand)]
pub(super) enum Playbook {
    /// List the playbooks at hand
    List,
    /// Show a playbook
    Show {
        /// Its name
        name: String,
    },
    /// Check playbook files: file, line and remedy; exit 1 where something is wrong
    Check {
        /// Files; without any, the playbooks at hand
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Escalation {
    /// Check the policy in force and print who is called when
    Check,
}

#[derive(Debug, Subcommand)]
pub(super) enum Alerts {
    /// Which silences are in force, by whom, until when and why
    Silences,
    /// Keep alerts quiet for a while
    Silence {
        /// What their labels must be: name=value, name!=value, name=~expression; all must match
        #[arg(long = "matcher", value_name = "MATCHER", required = true)]
        matchers: Vec<String>,
        /// For how long: 30m, 2h, 1d
        #[arg(long = "for", value_name = "SPAN")]
        lasts: String,
        /// Why
        #[arg(long)]
        comment: String,
        /// At which source, where there are several
        #[arg(long)]
        source: Option<Slug>,
        /// Note it in the journal of this incident
        #[arg(long)]
        incident: Option<IncidentId>,
    },
    /// End a silence
    Expire {
        /// Its id
        id: Slug,
        /// At which source, where there are several
        #[arg(long)]
        source: Option<Slug>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Write a commented sample
    Init {
        /// Where (default: the usual place of your system)
        file: Option<PathBuf>,
    },
    /// Read and check the configuration
    Check,
    /// Where things are
    Paths,
    /// Print a commented service map to begin with
    Services,
}
