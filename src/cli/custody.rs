//! The chain of custody from the command line: signing, erasing, approving, holding, sealing, deleting. The rules
//! are in `app/custody`.

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
use crate::incident::entry::{self, Act, Checkpointed, Exported, Follows, Occasion};
use crate::incident::{Draft, Entry, Incident, IncidentId, Slug};
use crate::journal::{JournalName, Prompt};
use crate::text::{Safe, list};
use chrono::{DateTime, SecondsFormat, Utc};
use ledger_state::{fresh_name, ledger_state, must_be_intact};
use serde_json::json;

/// Records something in the ledger, and gives its number there.
pub(super) fn in_ledger(
    base: &Base,
    me: &Person,
    event: impl Into<crate::incident::Event>,
    texts: &[(&'static str, &Safe)],
) -> Result<u64, CliError> {
    let mut ledger = OpenJournal::ledger(base, me)?;
    let mut draft = Draft::new(&me.actor, event);
    for (name, text) in texts {
        draft = draft.with(name, (*text).clone());
    }
    let seq = ledger.record(vec![draft])?;
    ledger.finish()?;
    Ok(seq)
}

pub(super) fn sign(base: &Base, id: &IncidentId, output: &Output) -> Result<(), CliError> {
    refuse_read_only(base)?;
    let me = base.me()?;
    if base.signer(Prompt::Terminal).is_none() {
        let hint = "set `signing.key` in config.yaml to your SSH key, private or public";
        return Err(CliError::new(Exit::Config, "no key is configured", hint));
    }
    let mut journal = OpenJournal::incident(base, &me, id)?;
    journal.record(Vec::new())?;
    let entries = journal.checkpoint(Occasion::Request)?;
    journal.finish()?;
    let people = People::default();
    let line = |entry: &Entry| format!("#{} {}", entry.seq, sentence(entry, &people));
    let lines: Vec<String> = entries.iter().map(line).collect();
    let signed = entries.iter().any(Entry::is::<Checkpointed>);
    output.result(
        &lines.join("\n"),
        &json!({"incident": id, "signed": signed}),
    );
    CliError::unless(signed)
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
    let mut erasures = ledger.custody.erasures.iter();
    let promised =
        erasures.find(|erased| erased.data.incident == *id && erased.data.commitment == commitment);
    if let Some(erased) = promised.filter(|_| copy.texts.contains_key(commitment)) {
        let number = erased.seq;
        // Recorded in the ledger, and cut off before the text was gone: the entry is the promise.
        base.store.erase_text(id, commitment)?;
        let text =
            format!("the erasure recorded as ledger #{number} was cut off; it is finished now");
        let json = json!({"incident": id, "entry": seq, "field": field, "recorded": number});
        output.result(&text, &json);
        return Ok(());
    }
    let act = custody::erasure(id, &own.incident, &ledger.custody, &own.entries, seq, field)?;
    // Nothing can be added to a sealed journal: what is done to its texts stands in the ledger.
    let mut journal = match sealed {
        true => OpenJournal::ledger(base, &me)?,
        false => OpenJournal::incident(base, &me, id)?,
    };
    let Some(request) = consented(base, &mut journal, id, &me, &act, why, output)? else {
        return Ok(());
    };
    let Some(draft) = custody::erased(id, &me, &act, commitment, request, why) else {
        return Ok(());
    };
    let number = journal.record(vec![draft])?;
    if sealed {
        base.store.erase_text(id, commitment)?;
    }
    journal.finish()?;
    let copies = earlier_copies(&own, &ledger, id, seq, field);
    let mut text =
        format!("the text \"{field}\" of #{seq} is erased (#{number}); its commitment stays");
    for copy in &copies {
        text += &format!("\n  an earlier copy has it: {copy}");
    }
    let mut documents = own.incident.documents.iter();
    if documents.any(|written| written.data.upto >= seq) {
        text += "\n  documents written earlier may have it: write them again with `warroom record` and remove the old ones";
    }
    if field.as_str() == entry::field::NAME {
        text += "\n  people.json of the data directory still has that name: it maps names to pseudonyms";
    }
    let json =
        json!({"incident": id, "entry": seq, "field": field, "recorded": number, "copies": copies});
    output.result(&text, &json);
    Ok(())
}

/// Recipients of copies that hold a text.
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
    let discloses = |data: &Exported| {
        data.incident == *id
            && data.upto >= seq
            && !data.withheld.iter().any(|text| texts.contains(text))
    };
    let own_copies = own.incident.custody.exports.iter();
    let own_copies = own_copies.filter(|copy| discloses(&copy.data));
    let later = ledger.custody.exports.iter();
    let later = later.filter(|copy| discloses(&copy.data));
    let row = |recipient: Option<&str>, at: DateTime<Utc>, number: String| {
        let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let recipient = recipient.unwrap_or("see the ledger");
        format!("{recipient} on {at} ({number})")
    };
    let own_copies = own_copies.map(|copy| {
        let recipient = own.entry_text(copy.seq, entry::field::RECIPIENT);
        row(recipient, copy.at, format!("#{}", copy.seq))
    });
    let later = later.map(|copy| row(None, copy.at, format!("ledger #{}", copy.seq)));
    own_copies.chain(later).collect()
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
    let mut ledger = OpenJournal::ledger(base, &me)?;
    let (name, draft, word) = match release {
        None => {
            let name = fresh_name("hold")?;
            let draft = custody::hold(id, &me, name.clone(), why)?;
            (name, draft, "placed on")
        }
        Some(name) => {
            let holds = || ledger.view.incident.custody.holds_on(id);
            if !holds().any(|hold| hold == name) {
                let holds = list(holds());
                let holds = if holds.is_empty() { "none" } else { &holds };
                let what = format!("{id} is not under the hold {name}");
                return Err(CliError::usage(what, format!("holds in force: {holds}")));
            }
            let act = Act::ReleaseHold { hold: name.clone() };
            let Some(request) = consented(base, &mut ledger, id, &me, &act, why, output)? else {
                return Ok(());
            };
            let draft = custody::release(id, &me, name, request, why);
            (name.clone(), draft, "released from")
        }
    };
    let seq = ledger.record(vec![draft])?;
    ledger.finish()?;
    let text = format!("{name} {word} {id} (ledger #{seq})");
    output.result(&text, &json!({"incident": id, "hold": name, "seq": seq}));
    Ok(())
}

pub(super) fn seal(base: &Base, id: &IncidentId, output: &Output) -> Result<(), CliError> {
    refuse_read_only(base)?;
    let me = base.me()?;
    let mut journal = OpenJournal::incident(base, &me, id)?;
    let now = base.store.clock().now();
    // An exercise sends nothing, and owes nothing.
    let channels = if id.is_drill() {
        Vec::new()
    } else {
        base.channel_infos()
    };
    let drafts = custody::seal(id, &journal.view.incident, &me, &channels, &now)?;
    let seq = journal.record(drafts)?;
    let made = journal.checkpoint(Occasion::Seal)?;
    let signed = made.iter().any(Entry::is::<Checkpointed>);
    base.store.close(id)?;
    journal.finish()?;
    let head = journal.head();
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
    let mut ledger = OpenJournal::ledger(base, &me)?;
    let custody_of = &ledger.view.incident.custody;
    if custody_of.deleted.contains(id) {
        if let Some(hold) = custody_of.holds_on(id).next() {
            let what = format!(
                "{id} was deleted earlier, is here again, and is under the legal hold {hold}"
            );
            let hint = "a hold overrides every deletion; have it released first";
            return Err(CliError::new(Exit::No, what, hint));
        }
        base.store.remove(id)?;
        let text = format!("{id} was deleted earlier; what was left of it is removed");
        output.result(&text, &json!({"incident": id}));
        return Ok(());
    }
    let own = load(base, id)?;
    let now = base.store.clock().now().wall;
    let act = custody::deletion(id, &own.incident, custody_of, keep_days, now)?;
    let Some(request) = consented(base, &mut ledger, id, &me, &act, why, output)? else {
        return Ok(());
    };
    let Some(draft) = custody::deleted(id, &own.incident, &me, keep_days, request, why) else {
        return Ok(());
    };
    // First the entry, then the files: a deletion that is cut off is known and can be finished.
    let seq = ledger.record(vec![draft])?;
    ledger.finish()?;
    base.store.remove(id)?;
    let text = format!("{id} is deleted (ledger #{seq})");
    output.result(&text, &json!({"incident": id, "seq": seq}));
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
        let number = format!("#{}", entry.seq);
        text.push(format!("{number:>5}  {at}  {who:<10} {what}"));
        let (seq, by, hash) = (entry.seq, &entry.by, &entry.hash);
        rows.push(json!({"seq": seq, "at": at, "by": by, "what": what, "hash": hash}));
    }
    if text.is_empty() {
        text.push("the ledger is empty: nothing was held, deleted, or copied after sealing".into());
    }
    output.result(&text.join("\n"), &rows);
    must_be_intact(&base, loaded.finding.as_ref())
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
