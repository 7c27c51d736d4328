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
use crate::incident::{IncidentId, Slug};
use crate::journal::{JournalName, signing_time};
use serde_json::json;

pub(in crate::cli) fn approve(
    base: &Base,
    id: &IncidentId,
    request: Option<&Slug>,
    output: &Output,
) -> Result<(), CliError> {
    let in_ledger = ledger_state(base)?;
    let own = match load(base, id) {
        Ok(own) => Some(own),
        // A deleted incident's requests stand in the ledger.
        Err(_)
            if in_ledger
                .custody
                .requests
                .values()
                .any(|request| request.data.incident == *id) =>
        {
            None
        }
        Err(error) => return Err(error),
    };
    let Some(name) = request else {
        let mut rows = Vec::new();
        for custody in own
            .iter()
            .map(|own| &own.incident.custody)
            .chain([&in_ledger.custody])
        {
            let waiting = custody
                .requests
                .values()
                .filter(|request| request.done.is_none() && request.data.incident == *id);
            rows.extend(waiting.map(|request| {
                json!({"request": request.data.request, "act": request.data.act.words(),
                       "by": request.by, "approvals": request.approvals.len()})
            }));
        }
        let text: Vec<String> = rows
            .iter()
            .map(|row| {
                let word = |name: &str| row[name].as_str().unwrap_or_default().to_string();
                format!(
                    "{}  {}, asked for by {}",
                    word("request"),
                    word("act"),
                    word("by")
                )
            })
            .collect();
        let text = if text.is_empty() {
            "nothing waits for approval".to_string()
        } else {
            text.join("\n")
        };
        output.result(&text, &rows);
        return Ok(());
    };
    refuse_read_only(base)?;
    let me = base.me()?;
    let here = in_ledger.custody.requests.contains_key(name);
    let mut book = if here {
        OpenJournal::ledger(base, &me)?
    } else {
        OpenJournal::incident(base, &me, id)?
    };
    let custody_of = &book.view.incident.custody;
    let asked_by = custody_of
        .requests
        .get(name)
        .map(|request| book.view.name_of(&request.by));
    let request = custody::approvable(
        custody_of,
        id,
        &me,
        (name, &asked_by.unwrap_or_default()),
        base.store.clock().now().wall,
    )?;
    let request = request.clone();
    let given = sign_approval(base, book.name(), &request.data)?;
    let how = match (&given.key, given.listed) {
        (Some(key), true) => format!("signed with {key}, which is listed"),
        (Some(key), false) => format!("signed with {key}, which is on no list"),
        (None, _) => "SELF-DECLARED: no key is configured".into(),
    };
    let draft = custody::approve(&request, &me, given, base.signers().is_some())?;
    let seq = book.record(vec![draft])?;
    book.finish()?;
    let text = format!(
        "{name} approved: {} (#{seq}), {how}",
        request.data.act.words()
    );
    output.result(
        &text,
        &json!({"incident": id, "request": name, "seq": seq, "how": how}),
    );
    Ok(())
}

fn sign_approval(
    base: &Base,
    journal: &JournalName,
    request: &crate::incident::entry::ApprovalRequested,
) -> Result<Given, CliError> {
    let text = approval_text(request.incident.as_str(), &request.digest);
    let Some((key, signature)) = signed_by_me(base, journal, &text)? else {
        return Ok(Given {
            key: None,
            signature: None,
            listed: false,
        });
    };
    let now = signing_time(base.store.clock().as_ref());
    let listed = base.signers().and_then(|signers| {
        let armored = base.store.signature(journal, &signature)?;
        signers.principal(&armored, &text, now)
    });
    Ok(Given {
        signature: Some(signature),
        key: Some(key),
        listed: listed.is_some(),
    })
}
