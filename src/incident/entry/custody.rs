//! The data of the chain of custody: what proves a journal, who approved what, who got a copy, what was taken
//! out, and when the story ends.

use crate::incident::ids::{IncidentId, Slug};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Data of [`super::Event::Continued`]: the chain goes on in a new file, because the disk did not confirm a
/// write to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continued {
    /// Number of the new file, from 2.
    pub file: u32,
    /// Bytes of the file before that belong to the chain.
    pub length: u64,
}

/// When a checkpoint is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// The incident was opened.
    Declaration,
    /// Somebody else took command.
    HandOver,
    /// The response ended.
    Close,
    /// The journal was sealed.
    Seal,
    /// A copy was made for somebody.
    Export,
    /// Somebody asked for it.
    Request,
}

impl Occasion {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Declaration => "at declaration",
            Self::HandOver => "at hand-over",
            Self::Close => "at close",
            Self::Seal => "at sealing",
            Self::Export => "for an export",
            Self::Request => "on request",
        }
    }
}

/// Data of [`super::Event::Checkpointed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpointed {
    /// The entry whose hash was signed.
    pub upto: u64,
    /// That hash.
    pub head: String,
    /// When it was signed, by the signer's clock; to the microsecond, as the signed text has it.
    #[serde(serialize_with = "microseconds")]
    pub at: DateTime<Utc>,
    /// Why then.
    pub reason: Occasion,
    /// Fingerprint of the key.
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

/// Data of [`super::Event::CheckpointFailed`]. Text: `detail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointFailed {
    /// The occasion that stays unsigned.
    pub reason: Occasion,
}

/// An act that needs a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Act {
    /// Take a text out for good.
    Erase {
        /// The entry.
        entry: u64,
        /// Its hash.
        hash: String,
        /// The field.
        field: Slug,
    },
    /// Delete an incident whose retention has ended.
    Delete {
        /// Hash of its last entry.
        head: String,
    },
    /// Release a legal hold.
    ReleaseHold {
        /// The hold.
        hold: Slug,
    },
}

impl Act {
    /// The words for it.
    pub fn words(&self) -> String {
        match self {
            Self::Erase { entry, field, .. } => {
                format!("erase the text \"{field}\" of entry #{entry}")
            }
            Self::Delete { head } => {
                format!(
                    "delete the incident with the head {}",
                    &head[..head.len().min(12)]
                )
            }
            Self::ReleaseHold { hold } => format!("release the legal hold {hold}"),
        }
    }

    /// The act as one line of text, for the digest that an approver signs.
    pub fn line(&self) -> String {
        match self {
            Self::Erase { entry, hash, field } => format!("erase {entry} {hash} {field}"),
            Self::Delete { head } => format!("delete {head}"),
            Self::ReleaseHold { hold } => format!("release-hold {hold}"),
        }
    }
}

/// Data of [`super::Event::ApprovalRequested`]. Text: `why`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRequested {
    /// Names the request.
    pub request: Slug,
    /// The incident it is about.
    pub incident: IncidentId,
    /// What is asked for.
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

/// Data of [`super::Event::Approved`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// The request.
    pub request: Slug,
    /// Its digest.
    pub digest: String,
    /// Fingerprint of the key that signed it; none where the approval is only self-declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Digest of the signature's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Whether the key stood in the list of accepted signers.
    #[serde(default)]
    pub listed: bool,
}

/// Data of [`super::Event::Erased`]. Text: `why`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// The incident.
    pub incident: IncidentId,
    /// The entry.
    pub entry: u64,
    /// Its hash.
    pub hash: String,
    /// The field.
    pub field: Slug,
    /// The commitment that stays.
    pub commitment: String,
    /// The request that was approved.
    pub request: Slug,
}

/// Data of [`super::Event::Exported`]. Text: `recipient`, `purpose`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// The incident.
    pub incident: IncidentId,
    /// The last entry in the copy.
    pub upto: u64,
    /// Its hash.
    pub head: String,
    /// Texts that the copy does not disclose, as `entry/field`; `#` stands before all entries with that field.
    pub withheld: Vec<String>,
    /// SHA-256 of the bundle's `SHA256SUMS`.
    pub bundle: String,
}

/// Data of [`super::Event::GateOverridden`]. Text: `why`, `approver`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateOverridden {
    /// The paths that the change touches.
    pub paths: Vec<Slug>,
    /// What the gate said: `cautious` or `frozen`.
    pub verdict: Slug,
    /// How risky the change is: `low`, `normal` or `high`.
    pub risk: Slug,
    /// The rules that held.
    pub rules: Vec<Slug>,
    /// Digest of the gate's policy.
    pub policy: String,
}

/// Data of [`super::Event::HoldPlaced`] (text: `why`) and [`super::Event::HoldReleased`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The incident.
    pub incident: IncidentId,
    /// Names the hold.
    pub hold: Slug,
    /// For a release, the request that was approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Slug>,
}

/// Data of [`super::Event::Deleted`]. Text: `why`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// The incident.
    pub incident: IncidentId,
    /// Entries it had.
    pub entries: u64,
    /// Hash of the last.
    pub head: String,
    /// When it was sealed.
    pub sealed: DateTime<Utc>,
    /// Days for which the policy keeps a sealed incident.
    pub keep_days: u32,
    /// The request that was approved.
    pub request: Slug,
}

/// Data of [`super::Event::NetworkFileSystem`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkFileSystem {
    /// What it is, such as `nfs4`.
    pub kind: Slug,
}

/// The incident that an incident goes on from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follows {
    /// The earlier incident.
    pub incident: IncidentId,
    /// Its last entry.
    pub upto: u64,
    /// Hash of that entry.
    pub head: String,
}
