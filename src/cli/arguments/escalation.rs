//! The verbs of `warroom escalation`.

use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Escalation {
    /// Check the policy, the schedules and the channels in force: who is paged when, and who is on call now
    Check,
    /// Print exactly who would be contacted when, for an alert that began at a time
    Simulate(Simulate),
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Simulate {
    /// A policy's file (default: the one in force)
    pub(in crate::cli) policy: Option<PathBuf>,
    /// When the alert began, with zone
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: String,
    /// How long to look: 90m, 6h, 2d
    #[arg(long, value_name = "SPAN", default_value = "24h")]
    pub(in crate::cli) lasts: String,
    /// Somebody acknowledges then, for these targets: +20m or +20m=on-call,compliance-officer
    #[arg(long, value_name = "WHEN[=TARGETS]")]
    pub(in crate::cli) ack: Vec<String>,
    /// It is classified then, with these conditions: +10m=1 or +10m=1,transaction-integrity
    #[arg(long, value_name = "WHEN=SEVERITY[,CONDITIONS]")]
    pub(in crate::cli) severity: Vec<String>,
    /// It is resolved then
    #[arg(long, value_name = "WHEN")]
    pub(in crate::cli) resolved: Option<String>,
    /// Another system pages the first level
    #[arg(long)]
    pub(in crate::cli) paged_elsewhere: bool,
    /// Print times in this zone
    #[arg(long, value_name = "ZONE")]
    pub(in crate::cli) zone: Option<String>,
}
