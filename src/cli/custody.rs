//! The chain of custody from the command line: signing, erasing, approving, holding, sealing, deleting. The rules
//! are in `app/custody`; here files and keys are at hand.

mod approving;
mod consent;
mod ledger_state;

pub(super) use approving::approve;

use consent::consented;

use super::error::{CliError, Exit};
use super::incident::recording::{load, refuse_read_only};
use super::open_journal::OpenJournal;
use super::output::Output;
use super::setup::{Base, base};
use crate::app::custody;
use crate::app::{IncidentView, Person};
use crate::documents::{People, sentence};
use crate::incident::entry::{Act, Checkpointed, Follows, Occasion};
use crate::incident::{Draft, Entry, Incident, IncidentId, Slug};
use crate::journal::{JournalName, Prompt};
use crate::text::Safe;
use crate::text::shown_path;
use chrono::SecondsFormat;
use ledger_state::{fresh_name, ledger_state};
use serde_json::json;

/// Records something in the ledger, and gives its number there.
pub(super) fn in_ledger(
    base: &Base,
    me: &Person,
    event: impl Into<crate::incident::Event>,
    texts: &[(&'static str, &Safe)],
) -> Result<u64, CliError> {
    let mut book = OpenJournal::ledger(base, me)?;
    let mut draft = Draft::new(&me.actor, event);
    for (name, text) in texts {
        draft = draft.with(name, (*text).clone());
    }
    let seq = book.record(vec![draft])?;
    book.finish()?;
    Ok(seq)
}

fn is_checkpoint(entry: &crate::incident::Entry) -> bool {
    entry.is::<Checkpointed>()
}

pub(super) fn sign(base: &Base, id: &IncidentId, output: &Output) -> Result<(), CliError> {
    refuse_read_only(base)?;
    let me = base.me()?;
    if base.signer(Prompt::Terminal).is_none() {
        return Err(CliError::new(
            Exit::Config,
            "no key is configured",
            "set `signing.key` in config.yaml to your SSH key, private or public",
        ));
    }
    let mut book = OpenJournal::incident(base, &me, id)?;
    book.record(Vec::new())?;
    let entries = book.checkpoint(Occasion::Request)?;
    book.finish()?;
    let people = People::default();
    let told: Vec<String> = entries
        .iter()
        .map(|entry| format!("#{} {}", entry.seq, sentence(entry, &people)))
        .collect();
    let signed = entries.iter().any(Entry::is::<Checkpointed>);
    output.result(&told.join("\n"), &json!({"incident": id, "signed": signed}));
    if signed {
        Ok(())
    } else {
        Err(CliError::new(Exit::No, "", ""))
    }
}

pub(super) fn erase(
    base: &Base,
    id: &IncidentId,
    seq: u64,
    field: &Slug,
    why: &Safe,
    output: &Output,
) -> Result<(), CliError> {
    refuse_read_only(base)?;
    let me = base.me()?;
    let ledger = ledger_state(base)?;
    let own = load(base, id)?;
    let sealed = own.incident.custody.sealed.is_some();
    let copy = base.store.verbatim(id)?;
    let commitment = copy.commitment(seq, field.as_str()).unwrap_or_default();
    let promised = ledger
        .custody
        .erasures
        .iter()
        .find(|(_, erased)| erased.incident == *id && erased.commitment == commitment);
    if let Some((number, _)) = promised.filter(|_| copy.texts.contains_key(commitment)) {
        // Recorded in the ledger, and cut off before the text was gone: the entry is the promise.
        base.store.erase_text(id, commitment)?;
        let text =
            format!("the erasure recorded as ledger #{number} was cut off; it is finished now");
        output.result(
            &text,
            &json!({"incident": id, "entry": seq, "field": field, "recorded": number}),
        );
        return Ok(());
    }
    let act = custody::erasure(id, &own.incident, &ledger.custody, &own.entries, seq, field)?;
    // Nothing can be added to a sealed journal: what is done to its texts stands in the ledger.
    let mut book = if sealed {
        OpenJournal::ledger(base, &me)?
    } else {
        OpenJournal::incident(base, &me, id)?
    };
    let Some(request) = consented(base, &mut book, id, &me, &act, why, output)? else {
        return Ok(());
    };
    let Some(draft) = custody::erased(id, &me, &act, commitment, request, why) else {
        return Ok(());
    };
    let number = if sealed {
        let number = book.record(vec![draft])?;
        base.store.erase_text(id, commitment)?;
        number
    } else {
        book.record(vec![draft])?
    };
    book.finish()?;
    let copies = earlier_copies(&own, &ledger, id, seq, field);
    let mut text =
        format!("the text \"{field}\" of #{seq} is erased (#{number}); its commitment stays");
    for copy in &copies {
        text += &format!("\n  an earlier copy has it: {copy}");
    }
    if own
        .incident
        .documents
        .iter()
        .any(|(_, _, data)| data.upto >= seq)
    {
        text += "\n  documents written earlier may have it: write them again with `warroom record` and remove the old ones";
    }
    if field.as_str() == crate::incident::entry::field::NAME {
        text += "\n  people.json of the data directory still has that name: it maps names to pseudonyms";
    }
    output.result(
        &text,
        &json!({"incident": id, "entry": seq, "field": field, "recorded": number, "copies": copies}),
    );
    Ok(())
}

/// Who got a copy in which a text stands.
fn earlier_copies(
    own: &IncidentView,
    ledger: &Incident,
    id: &IncidentId,
    seq: u64,
    field: &Slug,
) -> Vec<String> {
    let texts = [
        format!("#/{field}"),
        format!("{seq}/{field}"),
        "all".to_string(),
    ];
    let discloses = |data: &crate::incident::entry::Exported| {
        data.incident == *id
            && data.upto >= seq
            && !data.withheld.iter().any(|text| texts.contains(text))
    };
    let own_copies = own
        .incident
        .custody
        .exports
        .iter()
        .filter(|(_, _, data)| discloses(data));
    let later = ledger
        .custody
        .exports
        .iter()
        .filter(|(_, _, data)| discloses(data));
    let told = |recipient: Option<&str>, at: chrono::DateTime<chrono::Utc>, number: String| {
        let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        format!(
            "{} on {at} ({number})",
            recipient.unwrap_or("see the ledger")
        )
    };
    own_copies
        .map(|(number, at, _)| {
            let recipient = own.entry_text(*number, crate::incident::entry::field::RECIPIENT);
            told(recipient, *at, format!("#{number}"))
        })
        .chain(later.map(|(number, at, _)| told(None, *at, format!("ledger #{number}"))))
        .collect()
}

pub(super) fn hold(
    base: &Base,
    id: &IncidentId,
    release: Option<&Slug>,
    why: &Safe,
    output: &Output,
) -> Result<(), CliError> {
    refuse_read_only(base)?;
    let me = base.me()?;
    load(base, id)?;
    let mut book = OpenJournal::ledger(base, &me)?;
    let (name, draft, word) = match release {
        None => {
            let name = fresh_name("hold")?;
            let draft = custody::hold(id, &me, name.clone(), why)?;
            (name, draft, "placed on")
        }
        Some(name) => {
            let held = book
                .view
                .incident
                .custody
                .holds_on(id)
                .any(|hold| hold == name);
            if !held {
                let held: Vec<&str> = book
                    .view
                    .incident
                    .custody
                    .holds_on(id)
                    .map(Slug::as_str)
                    .collect();
                return Err(CliError::usage(
                    format!("{id} is not under the hold {name}"),
                    format!(
                        "holds in force: {}",
                        if held.is_empty() {
                            "none".into()
                        } else {
                            held.join(", ")
                        }
                    ),
                ));
            }
            let act = Act::ReleaseHold { hold: name.clone() };
            let Some(request) = consented(base, &mut book, id, &me, &act, why, output)? else {
                return Ok(());
            };
            (
                name.clone(),
                custody::release(id, &me, name, request, why),
                "released from",
            )
        }
    };
    let seq = book.record(vec![draft])?;
    book.finish()?;
    let text = format!("{name} {word} {id} (ledger #{seq})");
    output.result(&text, &json!({"incident": id, "hold": name, "seq": seq}));
    Ok(())
}

pub(super) fn seal(base: &Base, id: &IncidentId, output: &Output) -> Result<(), CliError> {
    refuse_read_only(base)?;
    let me = base.me()?;
    let mut book = OpenJournal::incident(base, &me, id)?;
    let now = base.store.clock().now();
    // An exercise sends nothing, and owes nothing.
    let ways = if id.is_drill() {
        Vec::new()
    } else {
        base.ways()
    };
    let drafts = custody::seal(id, &book.view.incident, &me, &ways, &now)?;
    let seq = book.record(drafts)?;
    let made = book.checkpoint(Occasion::Seal)?;
    let signed = made.iter().any(is_checkpoint);
    base.store.close(id)?;
    book.finish()?;
    let head = book.head();
    let word = if signed { "" } else { ", UNSIGNED" };
    let until = base.config.retention.keep_days;
    let text = format!(
        "{id} is sealed (#{seq}{word}), head {}/{}; kept {until} days from now",
        head.seq,
        &head.hash[..12]
    );
    output.result(&text, &json!({"incident": id, "seq": seq, "count": head.seq, "head": head.hash, "signed": signed}));
    Ok(())
}

pub(super) fn delete(
    base: &Base,
    id: &IncidentId,
    why: &Safe,
    output: &Output,
) -> Result<(), CliError> {
    refuse_read_only(base)?;
    let me = base.me()?;
    let keep_days = base.config.retention.keep_days;
    let mut book = OpenJournal::ledger(base, &me)?;
    if book.view.incident.custody.deleted.contains(id) {
        if let Some(hold) = book.view.incident.custody.holds_on(id).next() {
            let what = format!(
                "{id} was deleted earlier, is here again, and is under the legal hold {hold}"
            );
            return Err(CliError::new(
                Exit::No,
                what,
                "a hold overrides every deletion; have it released first",
            ));
        }
        base.store.remove(id)?;
        output.result(
            &format!("{id} was deleted earlier; what was left of it is removed"),
            &json!({"incident": id}),
        );
        return Ok(());
    }
    let own = load(base, id)?;
    let now = base.store.clock().now().wall;
    let act = custody::deletion(
        id,
        &own.incident,
        &book.view.incident.custody,
        keep_days,
        now,
    )?;
    let Some(request) = consented(base, &mut book, id, &me, &act, why, output)? else {
        return Ok(());
    };
    let Some(draft) = custody::deleted(id, &own.incident, &me, keep_days, request, why) else {
        return Ok(());
    };
    // First the entry, then the files: a deletion that is cut off is known and can be finished.
    let seq = book.record(vec![draft])?;
    book.finish()?;
    base.store.remove(id)?;
    output.result(
        &format!("{id} is deleted (ledger #{seq})"),
        &json!({"incident": id, "seq": seq}),
    );
    Ok(())
}

pub(super) fn ledger(global: &super::arguments::Global, output: &Output) -> Result<(), CliError> {
    let base = base(global)?;
    let loaded = base.store.read(&JournalName::Ledger)?;
    let state = Incident::from_entries(&loaded.entries);
    let people = People::new(&loaded.entries, &state);
    let mut view = IncidentView::default();
    view.extend(&loaded.entries);
    let mut text = Vec::new();
    let mut rows = Vec::new();
    for entry in &loaded.entries {
        let at = entry.recorded.to_rfc3339_opts(SecondsFormat::Secs, true);
        let who = view.name_of(&entry.by);
        let what = sentence(entry, &people).replace('\n', " ");
        text.push(format!(
            "{:>5}  {at}  {who:<10} {what}",
            format!("#{}", entry.seq)
        ));
        rows.push(
            json!({"seq": entry.seq, "at": at, "by": entry.by, "what": what, "hash": entry.hash}),
        );
    }
    if text.is_empty() {
        text.push("the ledger is empty: nothing was held, deleted, or copied after sealing".into());
    }
    output.result(&text.join("\n"), &rows);
    match loaded.finding {
        None => Ok(()),
        Some(finding) => Err(CliError::new(
            Exit::Journal,
            format!("the ledger is not intact: {finding}"),
            format!(
                "see `warroom verify {}`",
                shown_path(&base.data_dir.directory_of(&JournalName::Ledger))
            ),
        )),
    }
}

/// The sealed incident that a new one goes on from.
pub(super) fn followed(base: &Base, id: &IncidentId) -> Result<Follows, CliError> {
    let view = load(base, id)?;
    Ok(Follows {
        incident: id.clone(),
        upto: view.incident.count,
        head: view.incident.head.clone(),
    })
}
