//! Verifying from bytes alone, with bounded memory and on every core: a journal's directory, one of its files, or
//! a bundle. What is checked is written down in `docs/journal.md`.

mod blocks;
mod chain;
mod claims;
mod evidence;
mod files;
mod signatures;
mod subject;
mod sums;
mod texts;

use evidence::Evidence;
pub use evidence::SubjectKind;
pub use signatures::{Covered, Standing};

use super::error::JournalError;
use super::line::Position;
use super::signer::Signers;
use crate::text::sanitize;
use serde::Serialize;
use std::path::Path;

/// Longest finding or note, in bytes: they quote what others have written.
const MAX_WORDS: usize = 400;
/// Findings kept; more are counted.
const MAX_FINDINGS: usize = 50;

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// A complete line whose bytes are not those that were written.
    Altered,
    /// A line is missing, repeated or out of place before this one.
    Removed,
    /// An incomplete last line, as a crash leaves it; it was never acknowledged.
    Torn,
    /// A signature is missing, does not hold, or is not of what the entry says.
    Signature,
    /// A bundle's file is missing, is not as its list says, or has no business there.
    Bundle,
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its kind.
    pub kind: FindingKind,
    /// The line of the journal, from 1; 0 where it is about no line.
    pub line: u64,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.kind {
            FindingKind::Altered => "altered",
            FindingKind::Removed => "removed or out of place",
            FindingKind::Torn => "torn",
            FindingKind::Signature => "signature",
            FindingKind::Bundle => "bundle",
        };
        match self.line {
            0 => write!(f, "{kind}: {}", self.what),
            line => write!(f, "line {line}: {kind}: {}", self.what),
        }
    }
}

/// The result of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The path that was verified, made safe to print.
    pub path: String,
    /// What it is.
    pub kind: SubjectKind,
    /// Whether nothing is wrong.
    pub intact: bool,
    /// Lines that verify, from the beginning.
    pub entries: u64,
    /// Hash of the last of them.
    pub head: String,
    /// Texts that are here and answer a commitment.
    pub disclosed: u64,
    /// Texts whose commitment stands in the journal while the text is not here.
    pub withheld: u64,
    /// Texts that an entry says were erased, and that are not here.
    pub erased: u64,
    /// Lines of texts that no line commits to, as a crash between two writes leaves them; they prove nothing.
    pub stray: u64,
    /// Entries of a newer format: the chain holds, their meaning is not known here.
    pub unknown_format: u64,
    /// Whether the journal is sealed.
    pub sealed: bool,
    /// The last line that a signature which holds covers; 0 where nothing is signed.
    pub signed_upto: u64,
    /// Whether signatures must be here: because it was asked for, because accepted signers are named, or because the
    /// journal says that it was signed.
    pub signed_required: bool,
    /// The signatures, each with what it covers and how it stands.
    pub signatures: Vec<Covered>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Findings beyond those listed.
    pub more: u64,
    /// What is worth knowing and not wrong.
    pub notes: Vec<String>,
}

impl Report {
    fn new(path: &Path, kind: SubjectKind) -> Self {
        Self {
            path: sanitize::line(&path.display().to_string()),
            kind,
            intact: true,
            entries: 0,
            head: Position::start().hash,
            disclosed: 0,
            withheld: 0,
            erased: 0,
            stray: 0,
            unknown_format: 0,
            sealed: false,
            signed_upto: 0,
            signed_required: false,
            signatures: Vec::new(),
            findings: Vec::new(),
            more: 0,
            notes: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, kind: FindingKind, line: u64, what: impl AsRef<str>) {
        self.intact = false;
        if self.findings.len() < MAX_FINDINGS {
            let what = shown(what.as_ref());
            self.findings.push(Finding { kind, line, what });
        } else {
            self.more += 1;
        }
    }
}

fn shown(text: &str) -> String {
    sanitize::bound(sanitize::line(text), MAX_WORDS)
}

/// What a verification may rest on besides the bytes.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// A head that is known from elsewhere: an entry's number and the beginning of its hash.
    pub head: Option<(u64, String)>,
    /// Whose signatures are accepted.
    pub signers: Option<Signers>,
    /// Whether a journal without a signature that holds is a finding, whatever it says of itself.
    pub require_signed: bool,
}

/// Verifies a bundle, an incident's directory, or a journal file.
pub fn verify(path: &Path, known: &Known) -> Result<Report, JournalError> {
    let evidence = Evidence::open(path)?;
    let mut report = Report::new(path, evidence.kind());
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
    checked.map_err(JournalError::io("read", path))?;
    for note in &mut report.notes {
        *note = shown(note);
    }
    Ok(report)
}

/// Texts that belong to no entry. A crash between two writes leaves them in a directory; a copy is made of texts that
/// entries commit to, so in a bundle somebody added or altered them.
fn stray_texts(report: &mut Report) {
    let (stray, withheld) = (report.stray, report.withheld);
    if stray == 0 {
        return;
    }
    if report.kind == SubjectKind::Bundle {
        let what = format!("{stray} texts belong to no entry: they were added or altered");
        report.add(FindingKind::Bundle, 0, what);
    } else if withheld > 0 {
        report.notes.push(format!(
            "{stray} texts belong to no entry and {withheld} are missing: texts may have been altered, they are not plausible_start"
        ));
    } else {
        report.notes.push(format!(
            "{stray} texts belong to no entry, as a crash between two writes leaves them"
        ));
    }
}
