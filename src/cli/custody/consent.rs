//! Consent of a second person: asking for it, and whether it is there, by signatures that hold here and now.

use super::{Book, fresh_name};
use crate::app::Person;
use crate::app::custody::{self, Consent};
use crate::cli::error::{CliError, Exit};
use crate::cli::output::Output;
use crate::cli::setup::Base;
use crate::incident::entry::Act;
use crate::incident::fold::{Approval, Request};
use crate::incident::{IncidentId, Slug};
use crate::journal::{
    Prompt, approval_text, keep_signature, kept_signature, request_digest, request_text,
};
use crate::text::Safe;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::path::Path;

/// Asks for an act, or gives the request under which it may be carried out.
pub(super) fn consented(
    base: &Base,
    book: &mut Book,
    id: &IncidentId,
    me: &Person,
    act: &Act,
    why: &Safe,
    output: &Output,
) -> Result<Option<Slug>, CliError> {
    let listed = base.signers().is_some();
    let waits = |name: &Slug| {
        format!(
            "another person approves it with `warroom incident approve {id} {name}`; then run this again"
        )
    };
    let directory = book.journal.directory().to_path_buf();
    let counts =
        |request: &Request, approval: &Approval| two_people(base, &directory, request, approval);
    match custody::consent(&book.view.incident.custody, id, act, counts) {
        Consent::Given(name) => Ok(Some(name)),
        Consent::Waiting(name) => Err(CliError::new(
            Exit::No,
            format!("{name} waits for an approval that counts"),
            waits(&name),
        )),
        Consent::Missing => {
            let name = fresh_name("r")?;
            let data = custody::request(id, me, act.clone(), name.clone(), why, listed)?;
            let text = request_text(id.as_str(), &data.digest);
            let signed = signed_by_me(base, &directory, &text)?;
            let draft = custody::requested(me, data, signed, why);
            let seq = book.record(me, vec![draft])?;
            book.finish(base, me)?;
            let text = format!("asked for as {name} (#{seq}); {}", waits(&name));
            output.result(&text, &json!({"incident": id, "request": name, "seq": seq}));
            Ok(None)
        }
    }
}

/// Whether the signatures of a request and an approval hold now, by two people of the list in force.
fn two_people(base: &Base, directory: &Path, request: &Request, approval: &Approval) -> bool {
    let id = request.data.incident.as_str();
    let Some(signers) = base.signers() else {
        return custody::by_two(None, None, false);
    };
    let who = |digest: &Option<String>, text: &str, at: DateTime<Utc>| {
        let armored = kept_signature(directory, digest.as_deref()?)?;
        signers.principal(&armored, text, at)
    };
    let digest = &request.data.digest;
    // The act that was approved is the one whose digest both have signed.
    let own = request_digest(
        &request.data.incident,
        &request.data.request,
        &request.by,
        &request.data.act,
    );
    let asker = who(
        &request.data.signature,
        &request_text(id, digest),
        request.at,
    );
    let approver = who(
        &approval.data.signature,
        &approval_text(id, digest),
        approval.at,
    );
    own == *digest && custody::by_two(asker.as_deref(), approver.as_deref(), true)
}

/// Signs a text with this person's key, where one is configured, and keeps the signature.
pub(super) fn signed_by_me(
    base: &Base,
    directory: &Path,
    text: &str,
) -> Result<custody::Signed, CliError> {
    let Some(signer) = base.signer(Prompt::Terminal) else {
        return Ok(None);
    };
    let signature = signer
        .sign(text)
        .map_err(|error| CliError::new(Exit::No, error.what, error.hint))?;
    keep_signature(&base.store, directory, &signature)?;
    let digest = signature.digest();
    Ok(Some((signature.key, digest)))
}
