//! The verbs of `warroom escalation`.

use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Escalation {
    /// Check policy, schedules and channels: who is paged when, and who is on call now
    Check,
    /// Show who would be paged when, for an alert that began at a given time
    Simulate(Simulate),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Simulate {
    /// A policy file (default: the policy in force)
    pub(in crate::cli) policy: Option<PathBuf>,
    /// Start of the alert, with time zone
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: String,
    /// Length of the simulation: 90m, 6h, 2d
    #[arg(long, value_name = "SPAN", default_value = "24h")]
    pub(in crate::cli) lasts: String,
    /// Acknowledged at this time, for these targets: +20m or +20m=on-call,compliance-officer
    #[arg(long, value_name = "WHEN[=TARGETS]")]
    pub(in crate::cli) ack: Vec<String>,
    /// Classified at this time, with these conditions: +10m=1 or +10m=1,transaction-integrity
    #[arg(long, value_name = "WHEN=SEVERITY[,CONDITIONS]")]
    pub(in crate::cli) severity: Vec<String>,
    /// Resolved at this time
    #[arg(long, value_name = "WHEN")]
    pub(in crate::cli) resolved: Option<String>,
    /// Another system pages the first level
    #[arg(long)]
    pub(in crate::cli) paged_elsewhere: bool,
    /// Time zone of the output
    #[arg(long, value_name = "ZONE")]
    pub(in crate::cli) zone: Option<String>,
}
