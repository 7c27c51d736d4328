//! The command line: commands and options.

mod escalation;
mod incident;
mod playbook;
mod values;

pub(super) use escalation::{Escalation, Simulate};
pub(super) use incident::{FollowUpKind, ForWhom, Impact, Incident, When};
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
                  Without a command the console opens; `warroom drill` is an exercise that needs no setup."
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct Global {
    /// Configuration file (default: the usual place of your system)
    #[arg(long, global = true, value_name = "FILE", env = "WARROOM_CONFIG")]
    pub(super) config: Option<PathBuf>,
    /// Directory of the incidents
    #[arg(long, global = true, value_name = "DIR", env = "WARROOM_DATA_DIR")]
    pub(super) data_dir: Option<PathBuf>,
    /// Directory, outside the data directory, that remembers the last recorded entry of each journal
    #[arg(long, global = true, value_name = "DIR", env = "WARROOM_STATE_DIR")]
    pub(super) state_dir: Option<PathBuf>,
    /// Form of the results
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// For people
    Text,
    /// For machines
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run an exercise with a built-in scenario (`drill list` lists them)
    Drill {
        /// A built-in scenario, a scenario file, or `list`
        #[arg(default_value = "bad-deploy")]
        scenario: String,
        /// Seconds of the exercise for each real second
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=600))]
        rate: Option<u32>,
    },
    /// List the alerts of the sources; silence alerts
    Alerts {
        #[command(subcommand)]
        command: Option<Alerts>,
    },
    /// Show every signal: success, latency, correctness, error budget, burn rate, cost
    Signals,
    /// Ask whether a risky change may ship: exit 0 yes, 1 no, with the reason
    Gate {
        /// Only this path of the service map
        #[arg(long)]
        path: Option<PathId>,
        /// Risk of the change: low, normal or high
        #[arg(long, default_value = "normal", value_parser = declared::<ChangeRisk>)]
        risk: ChangeRisk,
        /// Ship although the gate says no; recorded in the ledger
        #[arg(long = "override", requires = "reason", requires = "approver")]
        exception: bool,
        /// Reason for the override
        #[arg(long)]
        reason: Option<String>,
        /// Another person who approves the override
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
    /// Check or simulate the escalation policy
    Escalation {
        #[command(subcommand)]
        command: Escalation,
    },
    /// Write the blameless postmortem draft of an incident
    Postmortem {
        /// The incident
        id: IncidentId,
        /// Write to this file instead of standard output
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Write the factual record of an incident (Markdown; JSON with --output json)
    Record {
        /// The incident
        id: IncidentId,
        /// State as of this entry
        #[arg(long, value_name = "N")]
        upto: Option<u64>,
        /// Write to this file instead of standard output
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Draw the success rate of an incident (SVG)
    Chart {
        /// The incident
        id: IncidentId,
        /// State as of this entry
        #[arg(long, value_name = "N")]
        upto: Option<u64>,
        /// Write to this file instead of standard output
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Export a bundle that can be verified without warroom; the export is recorded
    Export {
        /// The incident
        id: IncidentId,
        /// A directory that does not exist yet, or a file ending in .tar
        #[arg(long, value_name = "PATH")]
        to: PathBuf,
        /// The recipient
        #[arg(long = "for", value_name = "WHO")]
        recipient: String,
        /// The purpose
        #[arg(long, value_name = "TEXT")]
        purpose: String,
        /// Texts to withhold from this copy: a field (name), one text (12/text), or all
        #[arg(long, value_name = "TEXT")]
        withhold: Vec<String>,
    },
    /// Show the ledger: holds, deletions, copies of sealed incidents, overrides
    Ledger,
    /// Verify a journal or a bundle: exit 0 intact, 1 not intact, with the place
    Verify {
        /// An incident's id, its directory, a journal file, or a bundle (directory or .tar)
        path: PathBuf,
        /// A head from a message: a journal without it was cut or rewritten
        #[arg(long, value_name = "SEQ/HASH")]
        head: Option<String>,
        /// The accepted signers (a file in the form of `allowed_signers`)
        #[arg(long, value_name = "FILE")]
        allowed_signers: Option<PathBuf>,
        /// A journal without a valid signature is not intact
        #[arg(long)]
        require_signed: bool,
    },
    /// Run the paging service: sources, intake, clocks and escalation without a screen
    Watch {
        /// Print a systemd unit, and exit
        #[arg(long)]
        unit: bool,
    },
    /// Check sources, channels, journals and disk, and say what to do
    Doctor,
    /// Create, check and show the configuration
    Config {
        #[command(subcommand)]
        command: Config,
    },
    /// Print completions for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual page
    Man,
}

#[derive(Debug, Subcommand)]
pub(super) enum Alerts {
    /// List the silences in force: creator, end, comment
    Silences,
    /// Silence alerts
    Silence {
        /// Matchers of their labels: name=value, name!="a value", "service.name"=~"expression", or several as
        /// {a="b",c="d"}; all must match
        #[arg(long = "matcher", value_name = "MATCHER", required = true)]
        matchers: Vec<String>,
        /// Duration: 30m, 2h, 1d
        #[arg(long = "for", visible_alias = "lasts", value_name = "SPAN")]
        lasts: String,
        /// The reason, as others see it
        #[arg(long)]
        comment: String,
        /// The source, where there are several
        #[arg(long)]
        source: Option<SourceId>,
        /// Note it in the journal of this incident
        #[arg(long)]
        incident: Option<IncidentId>,
    },
    /// Extend a silence that is in force
    Extend {
        /// Id of the silence
        id: Slug,
        /// Duration from now: 30m, 2h, 1d
        #[arg(long = "lasts", visible_alias = "for", value_name = "SPAN")]
        lasts: String,
        /// The source, where there are several
        #[arg(long)]
        source: Option<SourceId>,
        /// Note it in the journal of this incident
        #[arg(long)]
        incident: Option<IncidentId>,
    },
    /// End a silence
    Expire {
        /// Id of the silence
        id: Slug,
        /// The source, where there are several
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
    Check {
        /// Ask the sources too: whether each signal can be measured there
        #[arg(long)]
        online: bool,
    },
    /// Show the paths in use
    Paths,
    /// Print a commented sample of the service map
    Services,
    /// List the key bindings in force
    Keys,
}
