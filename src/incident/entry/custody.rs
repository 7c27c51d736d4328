//! Data of the chain of custody: proofs, approvals, copies, erasures, and what happened to the files.

use crate::incident::ids::{IncidentId, PathId, Slug};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The disk did not confirm a write to the previous file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continued {
    /// Number of the new file, from 2.
    pub file: u32,
    /// Bytes of the file before that belong to the chain.
    pub length: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// Byte offset at which the torn tail began.
    pub offset: u64,
    pub length: u64,
    /// Digest of the quarantined bytes.
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentWritten {
    pub document: Slug,
    pub upto: u64,
    pub template: String,
    pub sha256: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    Declaration,
    HandOver,
    Close,
    Seal,
    Export,
    Request,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpointed {
    /// The entry whose hash was signed.
    pub upto: u64,
    pub head: String,
    /// When it was signed, by the signer's clock; to the microsecond, as the signed text has it.
    #[serde(serialize_with = "microseconds")]
    pub at: DateTime<Utc>,
    pub reason: Occasion,
    pub key: String,
    /// Digest of the signature's file.
    pub signature: String,
}

fn microseconds<S: serde::Serializer>(
    at: &DateTime<Utc>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointFailed {
    pub reason: Occasion,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Act {
    Erase {
        entry: u64,
        hash: String,
        field: Slug,
    },
    Delete {
        head: String,
    },
    ReleaseHold {
        hold: Slug,
    },
}

impl Act {
    /// The act as one line of text, for the digest that an approver signs.
    pub fn line(&self) -> String {
        match self {
            Self::Erase { entry, hash, field } => format!("erase {entry} {hash} {field}"),
            Self::Delete { head } => format!("delete {head}"),
            Self::ReleaseHold { hold } => format!("release-hold {hold}"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRequested {
    pub request: Slug,
    pub incident: IncidentId,
    #[serde(flatten)]
    pub act: Act,
    /// Fingerprint of the requester's key; a request without one is self-declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Digest of the requester's signature: without it anybody could ask in another's name and then approve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Digest of request, incident, requester and act: what an approver signs.
    pub digest: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    pub request: Slug,
    pub digest: String,
    /// Fingerprint of the key that signed it; none where the approval is only self-declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Whether the key stood in the list of accepted signers.
    #[serde(default)]
    pub listed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    pub incident: IncidentId,
    pub entry: u64,
    pub hash: String,
    pub field: Slug,
    pub commitment: String,
    pub request: Slug,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    pub incident: IncidentId,
    pub upto: u64,
    pub head: String,
    /// Texts that the copy does not disclose, as `entry/field`; `#` stands before all entries with that field.
    pub withheld: Vec<String>,
    /// SHA-256 of the bundle's `SHA256SUMS`.
    pub bundle: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateOverridden {
    pub paths: Vec<PathId>,
    /// `cautious` or `frozen`.
    pub verdict: Slug,
    /// `low`, `normal` or `high`.
    pub risk: Slug,
    pub rules: Vec<Slug>,
    pub policy: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldPlaced {
    pub incident: IncidentId,
    pub hold: Slug,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldReleased {
    pub incident: IncidentId,
    pub hold: Slug,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Slug>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    pub incident: IncidentId,
    pub entries: u64,
    pub head: String,
    pub sealed: DateTime<Utc>,
    pub keep_days: u32,
    pub request: Slug,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkFileSystem {
    /// Such as `nfs4`.
    pub kind: Slug,
}
