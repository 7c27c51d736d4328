//! Reads the signatures of an entry from its bytes, in the forms of `docs/journal.md`. The typed entry is not
//! sufficient: it knows only today's reasons, and an invalid entry must be a finding, not an unknown entry.

use super::super::grammar::{self, Members};
use crate::incident::{ActorId, IncidentId, Slug};
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signed {
    pub(super) key: String,
    pub(super) signature: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Claim {
    Checkpoint {
        upto: u64,
        head: String,
        /// As written in the entry and in the signed text.
        at: String,
        reason: Slug,
        signed: Signed,
    },
    Request {
        request: Slug,
        incident: IncidentId,
        digest: String,
        /// `None` if self-declared.
        signed: Option<Signed>,
    },
    Approval {
        request: Slug,
        digest: String,
        signed: Option<Signed>,
    },
}

/// An entry with a signature.
#[derive(Debug, Clone)]
pub(super) struct SignedEntry {
    /// In the journal from 1; in a block from 0.
    pub(super) line: u64,
    pub(super) seq: u64,
    pub(super) by: ActorId,
    /// As written in the line.
    pub(super) recorded: String,
    /// The error names the invalid member.
    pub(super) claim: Result<Claim, &'static str>,
    /// Valid lines before it in its block.
    pub(super) before: usize,
    /// The hash of the line that a checkpoint signs, within `REACH`.
    pub(super) head: Option<String>,
}

/// Facts of an entry besides its own signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EntryFact {
    /// A signature was made, or was due and could not be made.
    Signing,
    Keyed(Slug),
    /// This actor's action requires a signature if the actor has a key.
    Occasion(Slug),
    /// Field and commitment.
    Erased(String, String),
}

struct Data<'l>(Vec<(&'l str, &'l str)>);

impl<'l> Data<'l> {
    fn raw(&self, name: &str) -> Option<&'l str> {
        self.0
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| *value)
    }

    /// A string without escapes in a valid form.
    fn text(
        &self,
        name: &'static str,
        fits: impl Fn(&str) -> bool,
    ) -> Result<&'l str, &'static str> {
        let quoted = self
            .raw(name)
            .and_then(|raw| raw.strip_prefix('"')?.strip_suffix('"'));
        quoted.filter(|text| fits(text)).ok_or(name)
    }

    fn hash(&self, name: &'static str) -> Result<String, &'static str> {
        self.text(name, grammar::is_hash).map(str::to_string)
    }

    fn slug(&self, name: &'static str) -> Result<Slug, &'static str> {
        let text = self.text(name, grammar::is_slug)?;
        Slug::new(text).ok_or(name)
    }

    fn number(&self, name: &'static str) -> Result<u64, &'static str> {
        let plain = |raw: &&str| {
            raw.bytes().all(|byte| byte.is_ascii_digit())
                && (raw.len() == 1 || !raw.starts_with('0'))
        };
        let raw = self.raw(name).filter(plain).ok_or(name)?;
        raw.parse().map_err(|_| name)
    }

    fn signed(&self) -> Result<Signed, &'static str> {
        Ok(Signed {
            key: self.text("key", is_fingerprint)?.to_string(),
            signature: self.hash("signature")?,
        })
    }

    fn claim(&self, kind: &str) -> Option<Result<Claim, &'static str>> {
        match kind {
            "checkpointed" => Some(self.checkpoint()),
            "approval-requested" => Some(self.request()),
            "approved" => Some(self.approval()),
            _ => None,
        }
    }

    fn checkpoint(&self) -> Result<Claim, &'static str> {
        Ok(Claim::Checkpoint {
            upto: self.number("upto")?,
            head: self.hash("head")?,
            at: self.text("at", grammar::is_time)?.to_string(),
            reason: self.slug("reason")?,
            signed: self.signed()?,
        })
    }

    fn request(&self) -> Result<Claim, &'static str> {
        let signed = self.raw("signature").map(|_| self.signed());
        let incident = self.text("incident", |text| IncidentId::new(text).is_some())?;
        Ok(Claim::Request {
            request: self.slug("request")?,
            incident: IncidentId::new(incident).ok_or("incident")?,
            digest: self.hash("digest")?,
            signed: signed.transpose()?,
        })
    }

    fn approval(&self) -> Result<Claim, &'static str> {
        let signed = self
            .raw("signature")
            .or(self.raw("key"))
            .map(|_| self.signed());
        Ok(Claim::Approval {
            request: self.slug("request")?,
            digest: self.hash("digest")?,
            signed: signed.transpose()?,
        })
    }
}

/// `SHA256:` and 43 characters, as `ssh-keygen -l` prints it.
fn is_fingerprint(text: &str) -> bool {
    text.strip_prefix("SHA256:").is_some_and(|rest| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        rest.len() == 43 && rest.bytes().all(plain)
    })
}

pub(super) fn notable(line: u64, seq: u64, members: &Members<'_>) -> Option<SignedEntry> {
    if !matches!(
        members.kind,
        "checkpointed" | "approval-requested" | "approved"
    ) {
        return None;
    }
    let claim = Data(grammar::members_of(members.data)).claim(members.kind)?;
    Some(SignedEntry {
        line,
        seq,
        by: ActorId::new(members.by)?,
        recorded: members.rec.to_string(),
        claim,
        before: 0,
        head: None,
    })
}

pub(super) fn fact(members: &Members<'_>) -> Option<EntryFact> {
    let data = || Data(grammar::members_of(members.data));
    let occasion = || Slug::new(members.by).map(EntryFact::Occasion);
    match members.kind {
        "checkpointed" | "checkpoint-failed" => Some(EntryFact::Signing),
        "approval-requested" | "approved" => data().raw("signature").map(|_| EntryFact::Signing),
        "actor" => {
            let data = data();
            let keyed = data.raw("key").is_some_and(|key| key != "null");
            data.slug("actor")
                .ok()
                .filter(|_| keyed)
                .map(EntryFact::Keyed)
        }
        "opened" | "handed-over" | "sealed" => occasion(),
        "status-changed" if data().raw("status") == Some("\"closed\"") => occasion(),
        "erased" => {
            let data = data();
            let field = data.slug("field").ok()?;
            Some(EntryFact::Erased(
                field.as_str().into(),
                data.hash("commitment").ok()?,
            ))
        }
        _ => None,
    }
}

/// Takes a time that the grammar has accepted.
pub(super) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or(DateTime::UNIX_EPOCH)
}
