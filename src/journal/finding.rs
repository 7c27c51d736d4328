//! A finding in a journal, and its line.

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// The bytes of a complete line changed.
    Altered,
    /// A line before this one is missing, repeated or misplaced.
    Removed,
    /// An incomplete last line after a crash; it was never acknowledged.
    Torn,
    /// A signature is missing, invalid, or of something else than the entry says.
    Signature,
    /// A bundle's file is missing, unexpected, or different from its list.
    Bundle,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub kind: FindingKind,
    /// From 1; 0 for no line.
    pub line: u64,
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
