//! Consent of a second person: asking for it, and whether it is there, by signatures that hold here and now.

use super::ledger_state::fresh_name;
use crate::app::Person;
use crate::app::custody::{self, Consent, KeptSignature};
use crate::approval::{Signatures, request_text};
use crate::cli::error::{CliError, Exit};
use crate::cli::open_journal::OpenJournal;
use crate::cli::output::Output;
use crate::cli::setup::Base;
use crate::incident::entry::Act;
use crate::incident::{IncidentId, Slug};
use crate::journal::{JournalName, Prompt, Signers};
use crate::text::Safe;
use chrono::{DateTime, Utc};
use serde_json::json;

/// Asks for an act, or gives the request under which it may be carried out.
pub(super) fn consented(
    base: &Base,
    open: &mut OpenJournal<'_>,
    id: &IncidentId,
    me: &Person,
    act: &Act,
    why: &Safe,
    output: &Output,
) -> Result<Option<Slug>, CliError> {
    let next = |name: &Slug| {
        format!(
            "another person approves it with `warroom incident approve {id} {name}`; then run this again"
        )
    };
    let journal = open.name().clone();
    let signatures = KeptSignatures {
        base,
        journal: &journal,
        signers: base.signers(),
    };
    let now = base.store.clock().now().wall;
    match custody::consent(&open.view.incident.custody, id, act, now, &signatures) {
        Consent::Given(name) => Ok(Some(name)),
        Consent::Waiting(name) => Err(CliError::new(
            Exit::No,
            format!("{name} waits for an approval that counts"),
            next(&name),
        )),
        Consent::Missing => {
            let name = fresh_name("r")?;
            let required = signatures.are_required();
            let data = custody::request(id, me, act.clone(), name.clone(), why, required)?;
            let text = request_text(id.as_str(), &data.digest);
            let signed = signed_by_me(base, &journal, &text)?;
            let draft = custody::requested(me, data, signed, why);
            let seq = open.record(vec![draft])?;
            open.finish()?;
            let text = format!("asked for as {name} (#{seq}); {}", next(&name));
            output.result(&text, &json!({"incident": id, "request": name, "seq": seq}));
            Ok(None)
        }
    }
}

/// The signatures of a journal, by the list of signers that is in force here.
struct KeptSignatures<'k> {
    base: &'k Base,
    journal: &'k JournalName,
    signers: Option<Signers>,
}

impl Signatures for KeptSignatures<'_> {
    fn are_required(&self) -> bool {
        self.signers.is_some()
    }

    fn signer(&self, digest: &str, text: &str, at: DateTime<Utc>) -> Option<String> {
        let armored = self.base.store.signature(self.journal, digest)?;
        self.signers.as_ref()?.principal(&armored, text, at)
    }
}

/// Signs a text with this person's key, where one is configured, and keeps the signature.
pub(super) fn signed_by_me(
    base: &Base,
    journal: &JournalName,
    text: &str,
) -> Result<Option<KeptSignature>, CliError> {
    let Some(signer) = base.signer(Prompt::Terminal) else {
        return Ok(None);
    };
    let signature = signer
        .sign(text)
        .map_err(|error| CliError::new(Exit::No, error.what, error.hint))?;
    base.store.keep_signature(journal, &signature)?;
    Ok(Some(KeptSignature {
        digest: signature.digest(),
        key: signature.key,
    }))
}
