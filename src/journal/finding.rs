//! Something wrong in a journal, and where.

use serde::Serialize;

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

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub kind: FindingKind,
    /// The line of the journal, from 1; 0 where it is about no line.
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
