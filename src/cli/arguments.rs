//! What may be written on the command line.

mod escalation;
mod incident;
mod playbook;
mod values;

pub(super) use escalation::{Escalation, Simulate};
pub(super) use incident::{ForWhom, Incident, Kind};
pub(super) use playbook::{Playbook, StepOptions};

use crate::config::Overrides;
use crate::incident::{IncidentId, PathId, Slug, SourceId};
use crate::signals::gate::ChangeRisk;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use values::declared;

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
    /// Where it is remembered which entries you have seen recorded; outside the data directory
    #[arg(long, global = true, value_name = "DIR", env = "WARROOM_STATE_DIR")]
    pub(super) state_dir: Option<PathBuf>,
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
            state_dir: self.state_dir.clone(),
            alertmanagers: self.alertmanagers.clone(),
            prometheis: self.prometheis.clone(),
            read_only: self.read_only,
        }
    }
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
        path: Option<PathId>,
        /// How risky the change is: low, normal or high
        #[arg(long, default_value = "normal", value_parser = declared::<ChangeRisk>)]
        risk: ChangeRisk,
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
    /// Read, check and follow playbooks
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
        /// A journal without a signature that holds is not intact, whatever it says of itself
        #[arg(long)]
        require_signed: bool,
    },
    /// Sources, intake, clocks and escalations without a screen, for a service manager or a container
    Watch {
        /// Print a unit for systemd, and end
        #[arg(long)]
        unit: bool,
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
pub(super) enum Alerts {
    /// Which silences are in force, by whom, until when and why
    Silences,
    /// Keep alerts quiet for a while
    Silence {
        /// What their labels must be: name=value, name!="a value", "service.name"=~"expression", or several as
        /// {a="b",c="d"}; all must match
        #[arg(long = "matcher", value_name = "MATCHER", required = true)]
        matchers: Vec<String>,
        /// For how long: 30m, 2h, 1d
        #[arg(long = "for", visible_alias = "lasts", value_name = "SPAN")]
        lasts: String,
        /// Why
        #[arg(long)]
        comment: String,
        /// At which source, where there are several
        #[arg(long)]
        source: Option<SourceId>,
        /// Note it in the journal of this incident
        #[arg(long)]
        incident: Option<IncidentId>,
    },
    /// Let a silence that is in force last longer
    Extend {
        /// Its id
        id: Slug,
        /// For how long from now: 30m, 2h, 1d
        #[arg(long = "lasts", visible_alias = "for", value_name = "SPAN")]
        lasts: String,
        /// At which source, where there are several
        #[arg(long)]
        source: Option<SourceId>,
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
        source: Option<SourceId>,
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
    /// The keys in force
    Keys,
}
