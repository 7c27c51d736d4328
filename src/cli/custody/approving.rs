//! Approving what another person asked for: with a signature where a key is configured, else self-declared.

use super::consent::signed_by_me;
use super::ledger_state::ledger_state;
use crate::app::custody::{self, Given};
use crate::approval::approval_text;
use crate::cli::error::CliError;
use crate::cli::incident::recording::{load, refuse_read_only};
use crate::cli::open_journal::OpenJournal;
use crate::cli::output::Output;
use crate::cli::setup::Base;
use crate::incident::entry::ApprovalRequested;
use crate::incident::fold::{Custody, Request};
use crate::incident::{IncidentId, Slug};
use crate::journal::{JournalName, signing_time};
use serde_json::json;

pub(in crate::cli) fn approve(
    base: &Base,
    id: &IncidentId,
    request: Option<&Slug>,
    output: &Output,
) -> Result<(), CliError> {
    let ledger = ledger_state(base)?;
    let own = match load(base, id) {
        Ok(own) => Some(own),
        // A deleted incident's requests stand in the ledger.
        Err(_) if requests_about(&ledger.custody, id).next().is_some() => None,
        Err(error) => return Err(error),
    };
    let Some(name) = request else {
        let own = own.iter().map(|own| &own.incident.custody);
        list(id, own.chain([&ledger.custody]), output);
        return Ok(());
    };
    refuse_read_only(base)?;
    let me = base.me()?;
    let mut journal = match ledger.custody.requests.contains_key(name) {
        true => OpenJournal::ledger(base, &me)?,
        false => OpenJournal::incident(base, &me, id)?,
    };
    let (custody_of, now) = (
        &journal.view.incident.custody,
        base.store.clock().now().wall,
    );
    let by = custody_of
        .requests
        .get(name)
        .map(|request| journal.view.name_of(&request.by));
    let by = by.unwrap_or_default();
    let request = custody::approvable(custody_of, id, &me, (name, &by), now)?.clone();
    let given = sign_approval(base, journal.name(), &request.data)?;
    let how = match (&given.key, given.listed) {
        (Some(key), true) => format!("signed with {key}, which is listed"),
        (Some(key), false) => format!("signed with {key}, which is on no list"),
        (None, _) => "SELF-DECLARED: no key is configured".into(),
    };
    let draft = custody::approve(&request, &me, given, base.signers().is_some())?;
    let seq = journal.record(vec![draft])?;
    journal.finish()?;
    let text = format!(
        "{name} approved: {} (#{seq}), {how}",
        request.data.act.words()
    );
    let json = json!({"incident": id, "request": name, "seq": seq, "how": how});
    output.result(&text, &json);
    Ok(())
}

fn requests_about<'c>(custody: &'c Custody, id: &IncidentId) -> impl Iterator<Item = &'c Request> {
    let requests = custody.requests.values();
    requests.filter(move |request| request.data.incident == *id)
}

/// Prints the requests that wait for approval.
fn list<'c>(id: &IncidentId, journals: impl Iterator<Item = &'c Custody>, output: &Output) {
    let all = journals.flat_map(|custody| requests_about(custody, id));
    let waiting: Vec<&Request> = all.filter(|request| request.done.is_none()).collect();
    let line = |request: &&Request| {
        let (name, act) = (&request.data.request, request.data.act.words());
        format!("{name}  {act}, asked for by {}", request.by)
    };
    let text: Vec<String> = waiting.iter().map(line).collect();
    let text = match text.is_empty() {
        true => "nothing waits for approval".to_string(),
        false => text.join("\n"),
    };
    let row = |request: &&Request| {
        json!({"request": request.data.request, "act": request.data.act.words(),
               "by": request.by, "approvals": request.approvals.len()})
    };
    output.result(&text, &waiting.iter().map(row).collect::<Vec<_>>());
}

fn sign_approval(
    base: &Base,
    journal: &JournalName,
    request: &ApprovalRequested,
) -> Result<Given, CliError> {
    let text = approval_text(request.incident.as_str(), &request.digest);
    let Some(signature) = signed_by_me(base, journal, &text)? else {
        return Ok(Given {
            key: None,
            signature: None,
            listed: false,
        });
    };
    let now = signing_time(base.store.clock().as_ref());
    let listed = base.signers().and_then(|signers| {
        let armored = base.store.signature(journal, &signature.digest)?;
        signers.principal(&armored, &text, now)
    });
    Ok(Given {
        signature: Some(signature.digest),
        key: Some(signature.key),
        listed: listed.is_some(),
    })
}
