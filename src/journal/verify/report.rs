//! What a verification rests on, and what it says.

use super::super::finding::{Finding, FindingKind};
use super::super::line::Head;
use super::super::signer::Signers;
use crate::text::sanitize;
use serde::Serialize;
use std::path::Path;

/// Longest finding or note, in bytes: they quote what others have written.
const MAX_WORDS: usize = 400;
/// Findings kept; more are counted.
const MAX_FINDINGS: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    Bundle,
    /// An incident's directory.
    Incident,
    /// A journal file alone.
    Journal,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub path: String,
    pub kind: SubjectKind,
    /// Whether nothing is wrong.
    pub intact: bool,
    /// Lines that verify, from the beginning.
    pub entries: u64,
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
    pub sealed: bool,
    /// The last line that a signature which holds covers; 0 where nothing is signed.
    pub signed_upto: u64,
    /// Whether signatures must be here: because it was asked for, because accepted signers are named, or because the
    /// journal says that it was signed.
    pub signed_required: bool,
    /// The signatures, each with what it covers and how it stands.
    pub signatures: Vec<Covered>,
    pub findings: Vec<Finding>,
    /// Findings beyond those listed.
    pub more: u64,
    /// What is worth knowing and not wrong.
    pub notes: Vec<String>,
}

impl Report {
    pub(super) fn new(path: &Path, kind: SubjectKind) -> Self {
        Self {
            path: sanitize::line(&path.display().to_string()),
            kind,
            intact: true,
            entries: 0,
            head: Head::start().hash,
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

pub(super) fn shown(text: &str) -> String {
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "standing", content = "who")]
pub enum Standing {
    /// It holds, and its key is listed for this person.
    Listed(String),
    /// It holds; whose key it is must be known from elsewhere.
    Unlisted,
    /// It could not be checked here, for this reason.
    NotChecked(String),
    Bad,
}

/// What a signature covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// The line that carries it.
    pub line: u64,
    /// For a checkpoint, the last line it covers; for an approval, 0.
    pub upto: u64,
    pub what: String,
    pub key: String,
    #[serde(flatten)]
    pub standing: Standing,
}
