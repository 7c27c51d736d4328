//! The verbs of `warroom playbook`.

use super::incident::When;
use crate::incident::{IncidentId, PlaybookId, StepId};
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Playbook {
    /// List the available playbooks
    List,
    /// Show a playbook
    Show {
        /// Its name
        name: String,
    },
    /// Check playbook files: prints file, line and remedy; exit 1 if something is wrong
    Check {
        /// Files; without any, the available playbooks
        files: Vec<PathBuf>,
    },
    /// Start a playbook in an incident, or continue one that was left
    Start {
        /// The incident
        id: IncidentId,
        /// Its name
        playbook: PlaybookId,
        #[command(flatten)]
        when: When,
    },
    /// Show the current step of an incident's playbook, or record its result
    Step {
        /// The incident
        id: IncidentId,
        /// The step, by its name: nothing is recorded where it is not the current one
        step: Option<StepId>,
        #[command(flatten)]
        result: StepOptions,
        #[command(flatten)]
        when: When,
    },
}

#[derive(Debug, Args)]
#[group(multiple = false, requires = "step")]
pub(in crate::cli) struct StepOptions {
    /// Mark it as done
    #[arg(long)]
    pub done: bool,
    /// Skip it with this reason; for a check, what you found manually
    #[arg(long, value_name = "WHY")]
    pub skip: Option<String>,
    /// Decide: the step to go to
    #[arg(long, value_name = "STEP")]
    pub choose: Option<StepId>,
    /// Tick this item of the check list; the last one completes the step
    #[arg(long, value_name = "N")]
    pub tick: Option<u32>,
    /// Untick this item of the check list
    #[arg(long, value_name = "N")]
    pub untick: Option<u32>,
}
