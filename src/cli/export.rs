//! `warroom export`: a bundle for a recipient, recorded before it is in its place.

use super::arguments::Global;
use super::error::{CliError, Exit};
use super::incident::recording::{load, refuse_read_only};
use super::open_journal::OpenJournal;
use super::output::Output;
use super::setup::{Base, base};
use crate::app::Person;
use crate::app::intent::check_length;
use crate::documents::{Bundle, DocumentKind, Withheld, bundle};
use crate::files;
use crate::incident::entry::{Exported, Occasion, field};
use crate::incident::{Draft, IncidentId};
use crate::text::Safe;
use crate::text::shown_path;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) struct ExportOptions<'o> {
    pub(super) id: &'o IncidentId,
    pub(super) to: &'o Path,
    pub(super) recipient: &'o str,
    pub(super) purpose: &'o str,
    pub(super) withhold: &'o [String],
}

pub(super) fn run(
    global: &Global,
    wanted: &ExportOptions<'_>,
    output: &Output,
) -> Result<(), CliError> {
    let base = base(global)?;
    refuse_read_only(&base)?;
    let (recipient, purpose) = (Safe::line(wanted.recipient), Safe::line(wanted.purpose));
    check_length("the recipient", &recipient)?;
    check_length("the purpose", &purpose)?;
    if recipient.is_empty() || purpose.is_empty() {
        return Err(CliError::usage(
            "a copy without recipient or purpose is not made",
            "say who gets it and what it is for: --for WHO --purpose TEXT",
        ));
    }
    let withheld = Withheld::parse(wanted.withhold).map_err(|word| {
        let what = format!("\"{}\" names no text", Safe::line(&word));
        CliError::usage(what, "write a field (name), one text (12/text), or all")
    })?;
    if wanted.to.exists() {
        let what = format!("{} exists already", shown_path(wanted.to));
        let hint = "choose another place: nothing is overwritten";
        return Err(CliError::usage(what, hint));
    }
    let me = base.me()?;
    let mut open = OpenJournal::incident(&base, &me, wanted.id)?;
    let sealed = open.view.incident.is_sealed();
    // A sealed journal takes nothing more: its last checkpoint covers it, and the copy is recorded in the ledger.
    if !sealed {
        open.record(Vec::new())?;
        open.checkpoint(Occasion::Export)?;
    }
    let head = open.head();
    let made = made(&base, wanted.id, head.seq, &withheld)?;
    let aside = aside(wanted.to);
    let written = write(&aside, &made, is_tar(wanted.to));
    written.map_err(|error| {
        discard(&aside);
        cannot_write(wanted.to, &error)
    })?;
    let data = Exported {
        incident: wanted.id.clone(),
        upto: head.seq,
        head: head.hash.clone(),
        withheld: withheld.words(),
        bundle: made.sha256.clone(),
    };
    let draft = Draft::new(&me.actor, data)
        .with(field::RECIPIENT, recipient)
        .with(field::PURPOSE, purpose);
    // The copy is recorded before it is in its place: none leaves without its entry.
    let recorded = record(&base, open, &me, draft);
    let placed = recorded.and_then(|seq| {
        std::fs::rename(&aside, wanted.to).map_err(|error| cannot_write(wanted.to, &error))?;
        Ok(seq)
    });
    let seq = placed.inspect_err(|_| discard(&aside))?;
    if made.is_signed() && !made.is_covered() {
        output.warning(
            "no signature covers the end of this copy, so it does not verify as intact: let somebody whose key is \
             configured export it",
        );
    }
    let text = format!(
        "{} holds entries 1 to {} of {}, head {}/{}; recorded as #{seq}\n  bundle {}\n  {}",
        shown_path(wanted.to),
        head.seq,
        wanted.id,
        head.seq,
        &head.hash[..12],
        made.sha256,
        if made.is_signed() {
            "send the key's fingerprint and this head to the recipient out of band"
        } else {
            "UNSIGNED: send this head to the recipient out of band; it is the only proof"
        }
    );
    output.result(
        &text,
        &json!({"incident": wanted.id, "path": wanted.to.to_string_lossy(), "upto": head.seq, "head": head.hash,
                "bundle": made.sha256, "withheld": withheld.words(), "seq": seq, "sealed": sealed}),
    );
    Ok(())
}

fn made(base: &Base, id: &IncidentId, upto: u64, withheld: &Withheld) -> Result<Bundle, CliError> {
    let mut copy = base.store.verbatim(id)?;
    copy.cut(upto);
    if let Some(word) = withheld.unmatched(&copy) {
        let what = format!(
            "\"{}\" names no text of {id}",
            Safe::line(word.trim_start_matches("#/"))
        );
        let hint = "`warroom incident show` has the numbers; fields are text, title, why, name, login …; nothing was exported";
        return Err(CliError::usage(what, hint));
    }
    let view = load(base, id)?;
    let upto = copy.entries.len();
    let entries = &view.entries[..upto.min(view.entries.len())];
    let name = id.into();
    let signature = |digest: &str| base.store.signature(&name, digest);
    // A copy that is given away is in the form that was asked for, or is not made.
    let read = |kind: &DocumentKind| Ok((*kind, base.config.template(*kind)?));
    let templates = DocumentKind::ALL.iter().map(read);
    let templates: Vec<(DocumentKind, String)> = templates.collect::<Result<_, CliError>>()?;
    let template = |kind| {
        let found = templates.iter().find(|(known, _)| *known == kind);
        found.map_or(String::new(), |(_, text)| text.clone())
    };
    bundle(id, &copy, entries, withheld, signature, template).map_err(|error| {
        let hint = "correct the template; without one the shipped one is used";
        CliError::new(Exit::Config, error.to_string(), hint)
    })
}

/// In the incident's own journal, or in the ledger where that is sealed.
fn record(
    base: &Base,
    mut open: OpenJournal<'_>,
    me: &Person,
    draft: Draft,
) -> Result<u64, CliError> {
    if !open.view.incident.is_sealed() {
        let seq = open.record(vec![draft])?;
        open.finish()?;
        return Ok(seq);
    }
    let mut ledger = OpenJournal::ledger(base, me)?;
    let seq = ledger.record(vec![draft])?;
    ledger.checkpoint(Occasion::Export)?;
    base.store.remember(ledger.name(), &ledger.head());
    Ok(seq)
}

fn is_tar(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "tar")
}

/// Beside the place asked for, so that a rename puts it there whole.
fn aside(to: &Path) -> PathBuf {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    to.with_file_name(format!(".{name}.new-{}", std::process::id()))
}

fn discard(path: &Path) {
    let _ = if path.is_dir() {
        std::fs::remove_dir_all(path)
    } else {
        std::fs::remove_file(path)
    };
}

fn cannot_write(path: &Path, error: &std::io::Error) -> CliError {
    let what = format!("cannot write {}: {error}", shown_path(path));
    CliError::new(Exit::Journal, what, "choose another place with --to")
}

fn write(path: &Path, bundle: &Bundle, as_tar: bool) -> std::io::Result<()> {
    discard(path);
    if as_tar {
        let mut archive = tar::Builder::new(files::create_new(path)?);
        for (name, bytes) in &bundle.files {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            header.set_mtime(0);
            archive.append_data(&mut header, name, bytes.as_slice())?;
        }
        return archive.into_inner()?.sync_all();
    }
    files::directory(path)?;
    for (name, bytes) in &bundle.files {
        let place = path.join(name);
        if let Some(directory) = place.parent() {
            files::directory(directory)?;
        }
        let mut file = files::create_new(&place)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    files::open_directory(path)?.sync_all()
}
