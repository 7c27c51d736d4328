//! Approval by a second person: the digest of a request, its requester, its expiry, and no approval of one's own
//! request. The caller defines what is approved; signatures are checked through a port.

use crate::incident::entry::Act;
use crate::incident::{ActorId, IncidentId, Slug};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

pub(crate) trait Approvable {
    /// One line of text, with the digests of the exact bytes that it concerns.
    fn line(&self) -> String;
}

impl Approvable for Act {
    fn line(&self) -> String {
        Self::line(self)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Party<'p> {
    pub(crate) actor: &'p ActorId,
    pub(crate) key: Option<&'p str>,
    pub(crate) signature: Option<&'p str>,
    pub(crate) at: DateTime<Utc>,
}

impl Party<'_> {
    /// By the same actor, or with the same key.
    fn is(&self, other: &Party<'_>) -> bool {
        self.actor == other.actor || (self.key.is_some() && self.key == other.key)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Approval<'a> {
    pub(crate) by: Party<'a>,
    pub(crate) digest: &'a str,
}

#[derive(Debug, Clone)]
pub(crate) struct ApprovalRequest<'r, W> {
    pub(crate) name: &'r Slug,
    pub(crate) incident: &'r IncidentId,
    pub(crate) what: &'r W,
    pub(crate) digest: &'r str,
    pub(crate) by: Party<'r>,
    pub(crate) until: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Objection {
    Own,
    Expired,
    /// The digest of the request does not match its content.
    Altered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Approved,
    Waiting,
    Expired,
}

pub(crate) trait Signatures {
    /// Without a list of accepted signers every identity is self-declared, and the record says so.
    fn are_required(&self) -> bool;
    /// The listed signer of a text, if the signature with this digest is of that text.
    fn signer(&self, digest: &str, text: &str, at: DateTime<Utc>) -> Option<String>;
}

/// An approver signs this digest: it binds a request to its incident, its requester and its bytes.
pub(crate) fn digest(
    incident: &IncidentId,
    request: &Slug,
    by: &ActorId,
    what: &impl Approvable,
) -> String {
    let line = format!(
        "warroom-request/1 {incident} {request} {by} {}",
        what.line()
    );
    let hex = |mut text: String, byte: &u8| {
        let _ = write!(text, "{byte:02x}");
        text
    };
    Sha256::digest(line).iter().fold(String::new(), hex)
}

/// Differs from an approver's text, so that one signature cannot stand for the other.
pub(crate) fn request_text(incident: &str, digest: &str) -> String {
    format!("warroom-request/1 {incident} {digest}")
}

pub(crate) fn approval_text(incident: &str, digest: &str) -> String {
    format!("warroom-approval/1 {incident} {digest}")
}

impl<W: Approvable> ApprovalRequest<'_, W> {
    pub(crate) fn may_be_approved_by(&self, party: &Party<'_>) -> Result<(), Objection> {
        let own = digest(self.incident, self.name, self.by.actor, self.what);
        if party.is(&self.by) {
            Err(Objection::Own)
        } else if self.until.is_some_and(|until| until < party.at) {
            Err(Objection::Expired)
        } else if own != self.digest {
            Err(Objection::Altered)
        } else {
            Ok(())
        }
    }

    /// The journal's own claim is not enough: with a list of signers in force, two listed people must have signed.
    pub(crate) fn judge<'a>(
        &self,
        approvals: impl IntoIterator<Item = Approval<'a>>,
        now: DateTime<Utc>,
        signatures: &dyn Signatures,
    ) -> Verdict {
        let counts = |approval: Approval<'_>| {
            self.may_be_approved_by(&approval.by).is_ok()
                && approval.digest == self.digest
                && self.by_two_people(&approval.by, signatures)
        };
        if self.until.is_some_and(|until| until < now) {
            Verdict::Expired
        } else if approvals.into_iter().any(counts) {
            Verdict::Approved
        } else {
            Verdict::Waiting
        }
    }

    fn by_two_people(&self, approver: &Party<'_>, signatures: &dyn Signatures) -> bool {
        if !signatures.are_required() {
            return true;
        }
        let signer = |party: &Party<'_>, text: fn(&str, &str) -> String| {
            let text = text(self.incident.as_str(), self.digest);
            signatures.signer(party.signature?, &text, party.at)
        };
        let (asker, approver) = (
            signer(&self.by, request_text),
            signer(approver, approval_text),
        );
        asker.is_some() && approver.is_some() && asker != approver
    }
}

#[cfg(test)]
mod tests;
