//! Input and result of a verification.

use super::super::finding::{Finding, FindingKind};
use super::super::line::Head;
use super::super::signer::Signers;
use crate::text::sanitize;
use serde::Serialize;
use std::path::Path;

/// In bytes: findings and notes quote others' text.
const MAX_WORDS: usize = 400;
/// Further findings are only counted.
const MAX_FINDINGS: usize = 50;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    Bundle,
    Incident,
    #[default]
    Journal,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VerificationReport {
    pub path: String,
    pub kind: SubjectKind,
    pub intact: bool,
    /// Lines that verify, from the beginning.
    pub entries: u64,
    pub head: String,
    /// Texts that match a commitment.
    pub disclosed: u64,
    /// Commitments without a text.
    pub withheld: u64,
    /// Erased by an entry, and absent.
    pub erased: u64,
    /// Texts without a commitment, as a crash between two writes leaves them; they prove nothing.
    pub stray: u64,
    /// Entries of a newer format: the chain is verified, their meaning is unknown.
    pub unknown_format: u64,
    pub sealed: bool,
    /// The last line that a valid signature covers; 0 for none.
    pub signed_upto: u64,
    /// A signature was requested, accepted signers are named, or the journal says that it was signed.
    pub signed_required: bool,
    pub signatures: Vec<CheckedSignature>,
    pub findings: Vec<Finding>,
    pub more: u64,
    /// Remarks that are not findings.
    pub notes: Vec<String>,
}

impl VerificationReport {
    pub(super) fn new(path: &Path, kind: SubjectKind) -> Self {
        Self {
            path: sanitize::line(&path.display().to_string()),
            kind,
            intact: true,
            head: Head::start().hash,
            ..Self::default()
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

/// An entry that is known from elsewhere.
#[derive(Debug, Clone)]
pub struct KnownHead {
    pub seq: u64,
    pub hash_start: String,
}

/// What a verification knows besides the bytes.
#[derive(Debug, Clone, Default)]
pub struct VerificationContext {
    pub head: Option<KnownHead>,
    pub signers: Option<Signers>,
    /// A journal without a valid signature is a finding, even if it does not claim one.
    pub require_signed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "standing", content = "who")]
pub enum SignatureStanding {
    /// Valid, and its key is listed for this person.
    Listed(String),
    /// Valid; the owner of the key must be known from another source.
    Unlisted,
    /// The reason.
    NotChecked(String),
    Bad,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckedSignature {
    /// The line that carries it.
    pub line: u64,
    /// The last line that a checkpoint covers; 0 for an approval.
    pub upto: u64,
    pub what: String,
    pub key: String,
    #[serde(flatten)]
    pub standing: SignatureStanding,
}
