//! `warroom verify`: exit 0 intact, 1 not, and where.

use super::arguments::Global;
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::base;
use crate::incident::IncidentId;
use crate::journal::{FindingKind, verify};
use std::path::{Path, PathBuf};

pub(super) fn run(global: &Global, path: &Path, output: &Output) -> Result<(), CliError> {
    let report = verify(&resolved(global, path)?)?;
    let mut text = Vec::new();
    let word = if report.intact {
        "intact"
    } else {
        "NOT INTACT"
    };
    let head: String = report.head.chars().take(12).collect();
    text.push(format!(
        "{}: {word}, {} entries verify, head {head}",
        report.path.display(),
        report.entries
    ));
    for finding in &report.findings {
        text.push(match finding.kind {
            FindingKind::StrayText => format!("  {}", finding.what),
            _ => format!("  {finding}"),
        });
    }
    if report.more > 0 {
        text.push(format!("  and {} more", report.more));
    }
    if report.withheld > 0 {
        text.push(format!(
            "  {} texts are withheld from this copy; the chain commits to them",
            report.withheld
        ));
    }
    if report.unknown_format > 0 {
        text.push(format!(
            "  {} entries are of a newer format",
            report.unknown_format
        ));
    }
    text.push("  unsigned: a chain alone does not show that the last lines, or all of them, were replaced".into());
    output.result(&text.join("\n"), &report);
    if report.intact {
        Ok(())
    } else {
        Err(CliError::new(Exit::No, "", ""))
    }
}

/// A path as it is, or the directory of an incident.
fn resolved(global: &Global, path: &Path) -> Result<PathBuf, CliError> {
    let id = path.to_str().and_then(IncidentId::new);
    match id.filter(|_| !path.exists()) {
        None => Ok(path.to_path_buf()),
        Some(id) => Ok(base(global)?.store.incidents().join(id.as_str())),
    }
}
