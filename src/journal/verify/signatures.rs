//! Signatures: each checkpoint and approval against its text, its file and the chain.

use super::super::signer::{self, Checked, Signers};
use super::chain::{Notable, Walked};
use super::evidence::Evidence;
use super::{FindingKind, Report};
use crate::incident::entry::{ApprovalRequested, Approved, Checkpointed};
use crate::incident::{Event, Slug};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How a signature stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "standing", content = "who")]
pub enum Standing {
    /// It holds, and its key is listed for this person.
    Listed(String),
    /// It holds; whose key it is must be known from elsewhere.
    Unlisted,
    /// It could not be checked here, for this reason.
    NotChecked(String),
    /// It does not hold.
    Bad,
}

/// What a signature covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// The line that carries it.
    pub line: u64,
    /// For a checkpoint, the last line it covers; for an approval, 0.
    pub upto: u64,
    /// What it was made for.
    pub what: String,
    /// Fingerprint of the key.
    pub key: String,
    /// How it stands.
    #[serde(flatten)]
    pub standing: Standing,
}

pub(super) fn check(
    evidence: &Evidence,
    walked: &Walked,
    signers: Option<&Signers>,
    report: &mut Report,
) {
    let mut checker = Checker {
        evidence,
        signers,
        report,
        requests: BTreeMap::new(),
    };
    for notable in &walked.notable {
        match notable.entry.event() {
            Some(Event::Checkpointed(data)) => checker.checkpoint(notable, data),
            Some(Event::ApprovalRequested(data)) => checker.request(notable, data),
            Some(Event::Approved(data)) => checker.approval(notable, data),
            _ => {}
        }
    }
    // A signature without its entry shows that the journal once had more than it has now.
    let named = |notable: &Notable| match notable.entry.event() {
        Some(Event::Checkpointed(data)) => Some(data.signature.clone()),
        Some(Event::Approved(data)) => data.signature.clone(),
        Some(Event::ApprovalRequested(data)) => data.signature.clone(),
        _ => None,
    };
    let named: BTreeSet<String> = walked.notable.iter().filter_map(named).collect();
    for digest in evidence
        .signatures()
        .filter(|digest| !named.contains(*digest))
    {
        let what = format!("the signature {} belongs to no entry", &digest[..12]);
        report.add(FindingKind::Signature, 0, what);
    }
}

struct Checker<'c> {
    evidence: &'c Evidence,
    signers: Option<&'c Signers>,
    report: &'c mut Report,
    requests: BTreeMap<Slug, (Slug, ApprovalRequested)>,
}

impl Checker<'_> {
    fn wrong(&mut self, notable: &Notable, what: impl Into<String>) {
        self.report.add(FindingKind::Signature, notable.line, what);
    }

    fn checkpoint(&mut self, notable: &Notable, data: &Checkpointed) {
        match &notable.signed {
            None => {
                let what = format!(
                    "it signs line {}, which is not within reach before it",
                    data.upto
                );
                return self.wrong(notable, what);
            }
            Some(hash) if *hash != data.head => {
                let what = format!("it signs another hash than that of line {}", data.upto);
                return self.wrong(notable, what);
            }
            Some(_) => {}
        }
        let Some(name) = self.evidence.name.clone() else {
            self.report.notes.push(format!(
                "line {}: a signature that is not checked, because the incident's id is not known here",
                notable.line
            ));
            return;
        };
        let text = signer::checkpoint_text(&name, data.upto, &data.head, data.at);
        self.same_text(notable, &format!("checkpoint-{}", notable.entry.seq), &text);
        let Some(standing) = self.standing(notable, &data.signature, &text, &data.key, data.at)
        else {
            return;
        };
        if matches!(standing, Standing::Listed(_) | Standing::Unlisted) {
            self.report.signed_upto = self.report.signed_upto.max(data.upto);
        }
        self.report.signatures.push(Covered {
            line: notable.line,
            upto: data.upto,
            what: data.reason.words().to_string(),
            key: data.key.clone(),
            standing,
        });
    }

    fn approval(&mut self, notable: &Notable, data: &Approved) {
        let Some((by, request)) = self.requests.get(&data.request).cloned() else {
            return self.wrong(
                notable,
                format!("no request {} stands before it", data.request),
            );
        };
        if request.digest != data.digest {
            return self.wrong(
                notable,
                "it approves something else than what was asked for",
            );
        }
        let own_key = data.key.is_some() && data.key == request.key;
        if by == notable.entry.by || own_key {
            let what = format!(
                "line {}: one's own approval, which does not count",
                notable.line
            );
            self.report.notes.push(what);
        }
        let (Some(key), Some(signature)) = (&data.key, &data.signature) else {
            let what = format!(
                "line {}: the approval of {} is self-declared",
                notable.line, data.request
            );
            self.report.notes.push(what);
            return;
        };
        let text = signer::approval_text(request.incident.as_str(), &data.digest);
        self.same_text(notable, &format!("approval-{}", notable.entry.seq), &text);
        let at = notable.entry.recorded;
        if let Some(standing) = self.standing(notable, signature, &text, key, at) {
            self.report.signatures.push(Covered {
                line: notable.line,
                upto: 0,
                what: format!("approval of {}", data.request),
                key: key.clone(),
                standing,
            });
        }
    }

    fn request(&mut self, notable: &Notable, data: &ApprovalRequested) {
        let by = notable.entry.by.clone();
        let known = self.requests.entry(data.request.clone());
        known.or_insert((by, data.clone()));
        let (Some(key), Some(signature)) = (&data.key, &data.signature) else {
            let what = format!(
                "line {}: the request {} is self-declared",
                notable.line, data.request
            );
            self.report.notes.push(what);
            return;
        };
        let text = signer::request_text(data.incident.as_str(), &data.digest);
        self.same_text(notable, &format!("request-{}", notable.entry.seq), &text);
        if let Some(standing) =
            self.standing(notable, signature, &text, key, notable.entry.recorded)
        {
            self.report.signatures.push(Covered {
                line: notable.line,
                upto: 0,
                what: format!("request {}", data.request),
                key: key.clone(),
                standing,
            });
        }
    }

    /// In a bundle the signed text stands beside the signature: people read it, so it must be the one that was signed.
    fn same_text(&mut self, notable: &Notable, name: &str, text: &str) {
        if self
            .evidence
            .signed_text(name)
            .is_some_and(|there| there != text)
        {
            self.wrong(
                notable,
                format!("signatures/{name}.txt is not the text that was signed"),
            );
        }
    }

    /// How a signature stands; nothing where that is a finding already.
    fn standing(
        &mut self,
        notable: &Notable,
        digest: &str,
        text: &str,
        key: &str,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Option<Standing> {
        let Some(armored) = self.evidence.signature(digest) else {
            self.wrong(notable, "its signature's file is not here");
            return None;
        };
        match signer::check(text, &armored) {
            Checked::Good(by) if by == key => {
                let Some(signers) = self.signers else {
                    return Some(Standing::Unlisted);
                };
                let principal = signers.principal(&armored, text, at);
                if principal.is_none() {
                    self.wrong(
                        notable,
                        format!("the key {by} is not among the accepted signers"),
                    );
                }
                principal.map(Standing::Listed)
            }
            Checked::Good(by) => {
                self.wrong(notable, format!("it was signed with {by} and names {key}"));
                None
            }
            Checked::Bad => {
                self.wrong(notable, "its signature does not hold");
                Some(Standing::Bad)
            }
            Checked::Undecided(why) => Some(Standing::NotChecked(why)),
        }
    }
}
