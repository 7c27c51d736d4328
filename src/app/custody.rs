//! Rules of the chain of custody: who may approve, when a text may be erased, a journal sealed, an incident deleted.

#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod sealing;

pub use sealing::seal;

use super::intent::{Refused, existing_entry, refuse};
use super::setup::Person;
use crate::approval::{self, Approval, ApprovalRequest, Objection, Party, Signatures, Verdict};
use crate::incident::entry::{
    Act, ApprovalRequested, Approved, Deleted, Erased, HoldPlaced, HoldReleased, Occasion,
    ResponseEvent, field,
};
use crate::incident::fold::{Custody, Recorded, Request};
use crate::incident::{Draft, Entry, Event, Incident, IncidentId, Role, Slug, Status};
use crate::text::Safe;
use chrono::{DateTime, TimeDelta, Utc};

/// `before` is the incident without the entries that were just recorded.
pub fn occasion(before: &Incident, entries: &[Entry]) -> Option<Occasion> {
    let commander = before.roles.get(&Role::IncidentCommander);
    let of = |event: &ResponseEvent| match event {
        ResponseEvent::Opened(_) => Some(Occasion::Declaration),
        ResponseEvent::StatusChanged(data) => {
            (data.status == Status::Closed).then_some(Occasion::Close)
        }
        ResponseEvent::RoleAssigned(data) => {
            let handed = commander.is_some_and(|held| data.actor.as_ref() != Some(&held.actor));
            (handed && data.role == Role::IncidentCommander).then_some(Occasion::HandOver)
        }
        ResponseEvent::HandedOver(data) => {
            (data.role == Role::IncidentCommander).then_some(Occasion::HandOver)
        }
        ResponseEvent::ActorIntroduced(_)
        | ResponseEvent::Classified(_)
        | ResponseEvent::Proposed(_)
        | ResponseEvent::Noted(_)
        | ResponseEvent::Decided(_)
        | ResponseEvent::Corrected(_)
        | ResponseEvent::ImpactStated(_)
        | ResponseEvent::WorkOpened(_)
        | ResponseEvent::WorkChanged(_) => None,
    };
    entries.iter().find_map(|entry| match entry.event()? {
        Event::Response(event) => of(event),
        Event::Observation(_)
        | Event::Paging(_)
        | Event::Message(_)
        | Event::Playbook(_)
        | Event::Custody(_)
        | Event::Clock(_) => None,
    })
}

pub struct KeptSignature {
    /// Fingerprint.
    pub key: String,
    /// Of the signature's file.
    pub digest: String,
}

fn must_have_reason(why: &Safe) -> Result<(), Refused> {
    match why.is_empty() {
        true => Err(refuse("there is no reason", "give one with --why")),
        false => Ok(()),
    }
}

/// A request for approval as it is to be signed.
pub fn request(
    incident: &IncidentId,
    me: &Person,
    act: Act,
    name: Slug,
    why: &Safe,
    list_in_force: bool,
) -> Result<ApprovalRequested, Refused> {
    must_have_reason(why)?;
    if list_in_force && me.key.is_none() {
        return Err(refuse(
            "you have no key configured, and requests must be signed where signers are listed",
            "set `signing.key` to a key that stands in `signing.allowed_signers`",
        ));
    }
    Ok(ApprovalRequested {
        digest: approval::digest(incident, &name, &me.actor, &act),
        request: name,
        incident: incident.clone(),
        act,
        key: None,
        signature: None,
    })
}

pub fn requested(
    me: &Person,
    mut data: ApprovalRequested,
    signature: Option<KeptSignature>,
    why: &Safe,
) -> Draft {
    if let Some(KeptSignature { key, digest }) = signature {
        (data.key, data.signature) = (Some(key), Some(digest));
    }
    Draft::new(&me.actor, data).with(field::WHY, why.clone())
}

/// The request, if it is open, unaltered and not the person's own.
pub fn approvable<'c>(
    custody: &'c Custody,
    id: &IncidentId,
    me: &Person,
    (name, asker): (&Slug, &str),
    now: DateTime<Utc>,
) -> Result<&'c Request, Refused> {
    let Some(request) = custody.requests.get(name) else {
        let open = custody.requests.values().filter(|it| it.done.is_none());
        let names: Vec<&str> = open.map(|it| it.data.request.as_str()).collect();
        let hint = match names.as_slice() {
            [] => "nothing waits for approval".to_string(),
            names => format!("waiting: {}", names.join(", ")),
        };
        return Err(refuse(format!("there is no request {name}"), hint));
    };
    let about = &request.data.incident;
    if about != id {
        return Err(refuse(
            format!("{name} is about {about}, not about {id}"),
            format!("`warroom incident approve {about} {name}`, once you know what it is about"),
        ));
    }
    if request.done.is_some() {
        let what = format!("{name} has been carried out already");
        return Err(refuse(what, "nothing to do"));
    }
    let party = Party {
        actor: &me.actor,
        key: me.key.as_deref(),
        signature: None,
        at: now,
    };
    // A new pseudonym for the same name, as a removed list of people gives it, is the same person.
    let objection = match request_of(request).may_be_approved_by(&party) {
        Ok(()) if asker == me.name.as_str() => Err(Objection::Own),
        other => other,
    };
    let (what, hint) = match objection {
        Ok(()) => return Ok(request),
        Err(Objection::Own) => (
            format!("{name} is your own request"),
            "another person must approve it, with their own key",
        ),
        Err(Objection::Expired) => (
            format!("{name} has expired"),
            "run the command again to make a new request",
        ),
        Err(Objection::Altered) => (
            format!("{name} does not match the digest of its content"),
            "do not approve it; make a new request",
        ),
    };
    Err(refuse(what, hint))
}

fn request_of(request: &Request) -> ApprovalRequest<'_, Act> {
    ApprovalRequest {
        name: &request.data.request,
        incident: &request.data.incident,
        what: &request.data.act,
        digest: &request.data.digest,
        by: Party {
            actor: &request.by,
            key: request.data.key.as_deref(),
            signature: request.data.signature.as_deref(),
            at: request.at,
        },
        until: None,
    }
}

fn approval_of(approval: &Recorded<Approved>) -> Approval<'_> {
    Approval {
        by: Party {
            actor: &approval.by,
            key: approval.data.key.as_deref(),
            signature: approval.data.signature.as_deref(),
            at: approval.at,
        },
        digest: &approval.data.digest,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub key: Option<String>,
    /// Digest of the signature's file.
    pub signature: Option<String>,
    /// Whether the key is on the list of accepted signers.
    pub listed: bool,
}

/// Where a list of accepted signers is in force, only a signature of one of them counts.
pub fn approve(
    request: &Request,
    me: &Person,
    given: Given,
    list_in_force: bool,
) -> Result<Draft, Refused> {
    if list_in_force && !given.listed {
        let what = match &given.key {
            Some(key) => format!("the key {key} is not on the list of accepted signers"),
            None => "you have no key configured, and approvals must be signed".to_string(),
        };
        return Err(refuse(
            what,
            "set `signing.key` to a key that stands in `signing.allowed_signers`",
        ));
    }
    let data = Approved {
        request: request.data.request.clone(),
        digest: request.data.digest.clone(),
        key: given.key,
        signature: given.signature,
        listed: given.listed,
    };
    Ok(Draft::new(&me.actor, data))
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// Approved; carry it out under this request.
    Given(Slug),
    /// Asked for, and not approved yet.
    Waiting(Slug),
    /// Not asked for yet.
    Missing,
}

/// Whether somebody else has approved an act with signatures that hold here and now.
pub(crate) fn consent(
    custody: &Custody,
    incident: &IncidentId,
    act: &Act,
    now: DateTime<Utc>,
    signatures: &dyn Signatures,
) -> Consent {
    let open = |request: &&Request| {
        request.done.is_none() && request.data.act == *act && request.data.incident == *incident
    };
    let mut consent = Consent::Missing;
    for request in custody.requests.values().filter(open) {
        let approvals = request.approvals.iter().map(approval_of);
        let name = request.data.request.clone();
        match request_of(request).judge(approvals, now, signatures) {
            Verdict::Approved => return Consent::Given(name),
            Verdict::Waiting if consent == Consent::Missing => consent = Consent::Waiting(name),
            Verdict::Waiting | Verdict::Expired => {}
        }
    }
    consent
}

/// The act that must be approved before a text is erased.
pub fn erasure(
    id: &IncidentId,
    incident: &Incident,
    ledger: &Custody,
    entries: &[Entry],
    seq: u64,
    name: &Slug,
) -> Result<Act, Refused> {
    if let Some(hold) = ledger.holds_on(id).next() {
        return Err(refuse(
            format!("{id} is under the legal hold {hold}: nothing of it may be erased"),
            format!(
                "have the hold released first: `warroom incident hold {id} --release {hold} --why …`"
            ),
        ));
    }
    let entry = existing_entry(entries, seq)?;
    if !entry.texts.contains_key(name.as_str()) {
        let fields: Vec<&str> = entry.texts.keys().map(String::as_str).collect();
        let hint = match fields.as_slice() {
            [] => "it has no texts; numbers, times and names of policies are never erased".into(),
            fields => format!("it has: {}", fields.join(", ")),
        };
        return Err(refuse(format!("entry #{seq} has no text \"{name}\""), hint));
    }
    let before = incident.custody.erasure_of(seq, name.as_str());
    let mut erasures = ledger.erasures.iter().map(|it| &it.data);
    let elsewhere = erasures.any(|it| it.incident == *id && it.entry == seq && it.field == *name);
    if before.is_some() || elsewhere {
        return Err(refuse(
            format!("the text \"{name}\" of #{seq} has been erased already"),
            "nothing to do",
        ));
    }
    Ok(Act::Erase {
        entry: seq,
        hash: entry.hash.clone(),
        field: name.clone(),
    })
}

pub fn erased(
    id: &IncidentId,
    me: &Person,
    act: &Act,
    commitment: &str,
    consent: Slug,
    why: &Safe,
) -> Option<Draft> {
    let Act::Erase { entry, hash, field } = act else {
        return None;
    };
    let data = Erased {
        incident: id.clone(),
        entry: *entry,
        hash: hash.clone(),
        field: field.clone(),
        commitment: commitment.to_string(),
        request: consent,
    };
    Some(Draft::new(&me.actor, data).with(field::WHY, why.clone()))
}

pub fn hold(id: &IncidentId, me: &Person, name: Slug, why: &Safe) -> Result<Draft, Refused> {
    must_have_reason(why)?;
    let data = HoldPlaced {
        incident: id.clone(),
        hold: name,
    };
    Ok(Draft::new(&me.actor, data).with(field::WHY, why.clone()))
}

pub fn release(id: &IncidentId, me: &Person, name: &Slug, consent: Slug, why: &Safe) -> Draft {
    let data = HoldReleased {
        incident: id.clone(),
        hold: name.clone(),
        request: Some(consent),
    };
    Draft::new(&me.actor, data).with(field::WHY, why.clone())
}

/// When an incident may be deleted; nothing while it is not sealed.
pub fn kept_until(incident: &Incident, keep_days: u32) -> Option<DateTime<Utc>> {
    let sealed = incident.custody.sealed.as_ref()?;
    sealed
        .at
        .checked_add_signed(TimeDelta::days(i64::from(keep_days)))
}

/// The act that must be approved before an incident is deleted.
pub fn deletion(
    id: &IncidentId,
    incident: &Incident,
    ledger: &Custody,
    keep_days: u32,
    now: DateTime<Utc>,
) -> Result<Act, Refused> {
    if let Some(hold) = ledger.holds_on(id).next() {
        return Err(refuse(
            format!("{id} is under the legal hold {hold}"),
            format!(
                "a hold overrides every period; `warroom incident hold {id} --release {hold} --why …`"
            ),
        ));
    }
    let Some(until) = kept_until(incident, keep_days) else {
        return Err(refuse(
            format!("{id} is not sealed, so its retention has not begun"),
            format!("`warroom incident seal {id}` begins it"),
        ));
    };
    if now < until {
        return Err(refuse(
            format!("{id} is kept until {}", until.format("%Y-%m-%d %H:%M UTC")),
            format!(
                "the policy keeps incidents {keep_days} days from sealing (`retention.keep_days`)"
            ),
        ));
    }
    Ok(Act::Delete {
        head: incident.head.clone(),
    })
}

pub fn deleted(
    id: &IncidentId,
    incident: &Incident,
    me: &Person,
    keep_days: u32,
    consent: Slug,
    why: &Safe,
) -> Option<Draft> {
    let sealed = incident.custody.sealed.as_ref()?.at;
    let data = Deleted {
        incident: id.clone(),
        entries: incident.count,
        head: incident.head.clone(),
        sealed,
        keep_days,
        request: consent,
    };
    Some(Draft::new(&me.actor, data).with(field::WHY, why.clone()))
}

#[cfg(test)]
mod tests;
