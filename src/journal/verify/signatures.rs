//! Checks each checkpoint, request and approval against its text, its file and the chain, and reports missing
//! signatures.

use super::super::finding::FindingKind;
use super::super::signer::{self, SignatureCheck, Signers};
use super::chain::ChainWalk;
use super::claims::{self, Claim, Signed, SignedEntry};
use super::evidence::Evidence;
use super::report::{
    CheckedSignature, SignatureStanding, SubjectKind, VerificationContext, VerificationReport,
};
use crate::approval::{approval_text, request_text};
use crate::incident::{ActorId, IncidentId, Slug};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(
    evidence: &Evidence,
    walked: &ChainWalk,
    known: &VerificationContext,
    report: &mut VerificationReport,
) -> std::io::Result<()> {
    if let Some(signers) = &known.signers
        && evidence.holds(signers.path())
    {
        let what =
            "the list of accepted signers is a part of what is verified: take it from elsewhere";
        report.add(FindingKind::Signature, 0, what);
    }
    let (kept, odd) = evidence.kept()?;
    for name in odd {
        let what = format!("blobs/{name} is not a signature under its digest");
        report.add(FindingKind::Signature, 0, what);
    }
    let mut checker = Checker {
        evidence,
        signers: known.signers.as_ref(),
        verified: report.entries,
        report,
        requests: BTreeMap::new(),
        named: BTreeSet::new(),
        digests: BTreeSet::new(),
    };
    for notable in &walked.notable {
        if let Err(what) = checker.claim(notable) {
            checker
                .report
                .add(FindingKind::Signature, notable.line, what);
        }
    }
    let Checker { named, digests, .. } = checker;
    for name in evidence.unnamed(&named) {
        let what = format!("{name} belongs to no entry of the journal");
        report.add(FindingKind::Signature, 0, what);
    }
    let orphans = kept.difference(&digests).count();
    if orphans > 0 {
        report.notes.push(format!(
            "{orphans} signatures belong to no entry: a crash before the entry leaves one, a removed entry leaves one too"
        ));
    }
    let why = required(evidence.kind(), walked, known, orphans);
    report.signed_required = why.is_some();
    if let Some(why) = why {
        covers(evidence.kind(), why, report);
    }
    Ok(())
}

/// The reason why a signature is required.
fn required(
    kind: SubjectKind,
    walked: &ChainWalk,
    known: &VerificationContext,
    orphans: usize,
) -> Option<&'static str> {
    let keyed = match kind {
        // A copy is signed when it is made; between two occasions a directory need not be.
        SubjectKind::Bundle => !walked.keyed.is_empty(),
        SubjectKind::Incident | SubjectKind::Journal => {
            !walked.keyed.is_disjoint(&walked.occasions)
        }
    };
    let reasons = [
        (known.require_signed, "it was asked for"),
        (known.signers.is_some(), "accepted signers are named"),
        (walked.signing, "an entry says that the journal was signed"),
        (keyed, "a person with a key did what is signed with it"),
        (
            orphans > 0,
            "a signature without its entry shows that the journal was signed",
        ),
    ];
    let found = reasons.into_iter().find(|(holds, _)| *holds);
    found.map(|(_, why)| why)
}

/// Valid signatures must cover something in a journal, everything in a bundle.
fn covers(kind: SubjectKind, why: &str, report: &mut VerificationReport) {
    let what = match kind {
        SubjectKind::Journal => {
            "there are no signatures beside a journal file alone: verify its directory or bundle"
        }
        _ if report.signed_upto == 0 => {
            "no signature that holds covers any entry; `warroom incident sign ID` signs a live incident"
        }
        // An entry signs lines before it only: what covers all but the last stands in the last.
        SubjectKind::Bundle if report.signed_upto + 1 != report.entries => {
            "the last entry is not a signature that covers all entries before it: the copy was cut, or not signed"
        }
        SubjectKind::Incident | SubjectKind::Bundle => return,
    };
    let what = format!("{what} (required: {why})");
    report.add(FindingKind::Signature, 0, what);
}

struct Checker<'c> {
    evidence: &'c Evidence,
    signers: Option<&'c Signers>,
    /// Number of verified entries: a signature counts for these only.
    verified: u64,
    report: &'c mut VerificationReport,
    requests: BTreeMap<Slug, PendingRequest>,
    /// Names and digests of a bundle's signatures.
    named: BTreeSet<String>,
    digests: BTreeSet<String>,
}

/// A request as its approval needs it.
struct PendingRequest {
    by: ActorId,
    incident: IncidentId,
    digest: String,
    key: Option<String>,
}

impl Checker<'_> {
    fn claim(&mut self, notable: &SignedEntry) -> Result<(), String> {
        let missing = |member| format!("the entry has no `{member}` in its form");
        match notable.claim.as_ref().map_err(missing)? {
            Claim::Checkpoint {
                upto,
                head,
                at,
                reason,
                signed,
            } => {
                let name = format!("checkpoint-{}", notable.seq);
                self.names(&name, signed);
                if notable.head.as_ref() != Some(head) {
                    return Err(format!(
                        "it does not sign the hash of a line {upto} within reach before it"
                    ));
                }
                let incident = self.evidence.name.clone().unwrap_or_default();
                let text = format!("warroom/1 {incident} {upto} {head} {at}");
                self.signature(notable, signed, &name, &text, reason_words(reason))
            }
            Claim::Request {
                request,
                incident,
                digest,
                signed,
            } => {
                let asked = PendingRequest {
                    by: notable.by.clone(),
                    incident: incident.clone(),
                    digest: digest.clone(),
                    key: signed.as_ref().map(|signed| signed.key.clone()),
                };
                self.requests.entry(request.clone()).or_insert(asked);
                let Some(signed) = signed else {
                    return self.note(notable, format!("the request {request} is self-declared"));
                };
                let name = format!("request-{}", notable.seq);
                self.names(&name, signed);
                self.own_incident(incident)?;
                let text = request_text(incident.as_str(), digest);
                self.signature(notable, signed, &name, &text, format!("request {request}"))
            }
            Claim::Approval {
                request,
                digest,
                signed,
            } => self.approval(notable, request, digest, signed.as_ref()),
        }
    }

    fn approval(
        &mut self,
        notable: &SignedEntry,
        request: &Slug,
        digest: &str,
        signed: Option<&Signed>,
    ) -> Result<(), String> {
        let name = format!("approval-{}", notable.seq);
        if let Some(signed) = signed {
            self.names(&name, signed);
        }
        let Some(asked) = self.requests.get(request) else {
            return Err(format!("no request {request} stands before it"));
        };
        if asked.digest != digest {
            return Err("it approves something else than what was asked for".into());
        }
        let incident = asked.incident.clone();
        let own_key = signed.is_some_and(|signed| asked.key.as_ref() == Some(&signed.key));
        if asked.by == notable.by || own_key {
            self.note(notable, "one's own approval, which does not count".into())?;
        }
        let Some(signed) = signed else {
            let what = format!("the approval of {request} is self-declared");
            return self.note(notable, what);
        };
        self.own_incident(&incident)?;
        let text = approval_text(incident.as_str(), digest);
        let what = format!("approval of {request}");
        self.signature(notable, signed, &name, &text, what)
    }

    fn names(&mut self, name: &str, signed: &Signed) {
        self.named.insert(name.to_string());
        self.digests.insert(signed.signature.clone());
    }

    /// Requests in a ledger are about incidents; in an incident, about that one.
    fn own_incident(&self, incident: &IncidentId) -> Result<(), String> {
        match &self.evidence.name {
            Some(name) if name != "ledger" && name != incident.as_str() => {
                Err(format!("it is about {incident}, and this is {name}"))
            }
            _ => Ok(()),
        }
    }

    fn note(&mut self, notable: &SignedEntry, what: String) -> Result<(), String> {
        self.report
            .notes
            .push(format!("line {}: {what}", notable.line));
        Ok(())
    }

    fn signature(
        &mut self,
        notable: &SignedEntry,
        signed: &Signed,
        name: &str,
        text: &str,
        what: String,
    ) -> Result<(), String> {
        if self.evidence.kind() == SubjectKind::Journal {
            let what = "a signature that is not checked: a journal file alone has none beside it";
            return self.note(notable, what.into());
        }
        // People read the signed text of a bundle, so it must be the text that was signed.
        let there = self.evidence.signed_text(name);
        if there.is_some_and(|there| there != text) {
            let what = format!("signatures/{name}.txt is not the text that was signed");
            return Err(what);
        }
        let armored = self.evidence.signature(name, &signed.signature);
        let armored = armored.ok_or("its signature's file is not here")?;
        let (upto, at) = match &notable.claim {
            Ok(Claim::Checkpoint { upto, at, .. }) => (*upto, at),
            _ => (0, &notable.recorded),
        };
        let standing = self.standing(text, &armored, &signed.key, at)?;
        if matches!(standing, SignatureStanding::Bad) {
            return Err("its signature does not hold".into());
        }
        // A signature covers nothing behind a break in the chain.
        if notable.line > self.verified {
            let what = "a signature behind the entries that verify; it does not count";
            return self.note(notable, what.into());
        }
        if matches!(
            standing,
            SignatureStanding::Listed(_) | SignatureStanding::Unlisted
        ) {
            self.report.signed_upto = self.report.signed_upto.max(upto);
        }
        self.report.signatures.push(CheckedSignature {
            line: notable.line,
            upto,
            what,
            key: signed.key.clone(),
            standing,
        });
        Ok(())
    }

    fn standing(
        &self,
        text: &str,
        armored: &str,
        key: &str,
        at: &str,
    ) -> Result<SignatureStanding, String> {
        match signer::check(text, armored) {
            SignatureCheck::Good(by) if by == key => {
                let Some(signers) = self.signers else {
                    return Ok(SignatureStanding::Unlisted);
                };
                let principal = signers.principal(armored, text, claims::time(at));
                let unlisted = || format!("the key {by} is not among the accepted signers");
                principal
                    .map(SignatureStanding::Listed)
                    .ok_or_else(unlisted)
            }
            SignatureCheck::Good(by) => Err(format!("it was signed with {by} and names {key}")),
            SignatureCheck::Bad => Ok(SignatureStanding::Bad),
            SignatureCheck::Undecided(why) => Ok(SignatureStanding::NotChecked(why)),
        }
    }
}

/// The word itself if a later version wrote it.
fn reason_words(reason: &Slug) -> String {
    use crate::incident::entry::Occasion;
    let known: Option<Occasion> = serde_json::from_value(reason.as_str().into()).ok();
    known.map_or_else(|| reason.to_string(), |known| known.words().to_string())
}
