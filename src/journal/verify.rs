//! Verifies bytes alone, with bounded memory and on every core: a journal's directory, one of its files, or a bundle.
//! `docs/journal.md` describes the checks.

mod blocks;
mod chain;
mod claims;
mod evidence;
mod files;
mod report;
mod signatures;
mod subject;
mod sums;
mod texts;

pub use report::{
    CheckedSignature, KnownHead, SignatureStanding, SubjectKind, VerificationContext,
    VerificationReport,
};

use super::error::{At as _, JournalError};
use super::finding::FindingKind;
use evidence::Evidence;
use report::shown;
use std::path::Path;

/// Accepts a bundle, an incident's directory, or a journal file.
pub fn verify(
    path: &Path,
    known: &VerificationContext,
) -> Result<VerificationReport, JournalError> {
    let evidence = Evidence::open(path)?;
    let mut report = VerificationReport::new(path, evidence.kind());
    for what in &evidence.faults {
        report.add(FindingKind::Bundle, 0, what);
    }
    for what in &evidence.broken {
        report.add(FindingKind::Removed, 0, what);
    }
    report.notes.extend(evidence.notes.iter().cloned());
    let walked = chain::walk(&evidence, known.head.as_ref(), &mut report)?;
    if walked.lines == 0 {
        report.add(FindingKind::Removed, 1, "there is no entry in it");
    }
    stray_texts(&mut report);
    let checked = signatures::check(&evidence, &walked, known, &mut report);
    checked.at("read", path)?;
    for note in &mut report.notes {
        *note = shown(note);
    }
    Ok(report)
}

/// Texts of no entry. A crash between two writes leaves them in a directory; in a bundle they were added or altered.
fn stray_texts(report: &mut VerificationReport) {
    let (stray, withheld) = (report.stray, report.withheld);
    if stray == 0 {
        return;
    }
    if report.kind == SubjectKind::Bundle {
        let what = format!("{stray} texts belong to no entry: they were added or altered");
        report.add(FindingKind::Bundle, 0, what);
    } else if withheld > 0 {
        report.notes.push(format!(
            "{stray} texts belong to no entry and {withheld} are missing: texts may have been altered, they are not trusted"
        ));
    } else {
        report.notes.push(format!(
            "{stray} texts belong to no entry, as a crash between two writes leaves them"
        ));
    }
}
