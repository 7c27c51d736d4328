//! `warroom postmortem` and `warroom record`: the documents, to standard output or a file.

mod written;

use super::arguments::Global;
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::{Base, base};
use crate::documents::{Document, DocumentKind, render};
use crate::files::{self, Placed};
use crate::incident::IncidentId;
use crate::text::shown_path;
use serde_json::json;
use std::path::PathBuf;
use written::WrittenDigests;

pub(super) fn postmortem(
    global: &Global,
    id: &IncidentId,
    to: Option<&PathBuf>,
    output: &Output,
) -> Result<(), CliError> {
    check_extension(DocumentKind::Postmortem, to)?;
    let base = base(global)?;
    let document = made(&base, DocumentKind::Postmortem, id, None)?;
    if output.is_json() && to.is_none() {
        let json = json!({"incident": id, "upto": document.upto, "sha256": document.sha256, "markdown": document.text});
        output.result("", &json);
        return Ok(());
    }
    deliver(&base, &document, to, output)
}

pub(super) fn record(
    global: &Global,
    id: &IncidentId,
    upto: Option<u64>,
    to: Option<&PathBuf>,
    output: &Output,
) -> Result<(), CliError> {
    let kind = match output.is_json() {
        true => DocumentKind::RecordJson,
        false => DocumentKind::Record,
    };
    check_extension(kind, to)?;
    let base = base(global)?;
    deliver(&base, &made(&base, kind, id, upto)?, to, output)
}

pub(super) fn chart(
    global: &Global,
    id: &IncidentId,
    upto: Option<u64>,
    to: Option<&PathBuf>,
    output: &Output,
) -> Result<(), CliError> {
    check_extension(DocumentKind::Chart, to)?;
    let base = base(global)?;
    deliver(
        &base,
        &made(&base, DocumentKind::Chart, id, upto)?,
        to,
        output,
    )
}

/// Refuses an extension of another form: a file named `.pdf` that holds Markdown helps nobody.
fn check_extension(kind: DocumentKind, to: Option<&PathBuf>) -> Result<(), CliError> {
    let Some(extension) = to.and_then(|path| path.extension()) else {
        return Ok(());
    };
    let extension = extension.to_string_lossy();
    let (form, possible, hint) = match kind {
        DocumentKind::Postmortem => (
            "the postmortem is Markdown",
            &["md", "markdown", "txt"][..],
            "write Markdown, and convert it with another program",
        ),
        DocumentKind::Record => (
            "the record is Markdown",
            &["md", "markdown", "txt"][..],
            "for .json add `--output json`; other forms are made from Markdown with another program",
        ),
        DocumentKind::RecordJson => (
            "the record is JSON with `--output json`",
            &["json"][..],
            "leave out `--output json` for Markdown",
        ),
        DocumentKind::Chart => (
            "the chart is SVG",
            &["svg"][..],
            "write SVG, and convert it with another program",
        ),
    };
    if possible
        .iter()
        .any(|it| it.eq_ignore_ascii_case(&extension))
    {
        return Ok(());
    }
    let possible: Vec<String> = possible.iter().map(|it| format!(".{it}")).collect();
    let what = format!(
        "cannot write .{extension}: {form}; possible: {}, or no extension",
        possible.join(", ")
    );
    Err(CliError::new(Exit::Usage, what, hint))
}

fn made(
    base: &Base,
    kind: DocumentKind,
    id: &IncidentId,
    upto: Option<u64>,
) -> Result<Document, CliError> {
    let loaded = base.store.read(&id.into())?;
    if let Some(finding) = loaded.finding {
        let what = format!("the journal of {id} is not intact: {finding}");
        let hint = format!("see `warroom verify {id}`; no document is made from it");
        return Err(CliError::new(Exit::Journal, what, hint));
    }
    let template = base.config.template(kind)?;
    let hint = "correct the template; without one the shipped one is used";
    render(kind, id, &loaded.entries, upto, &template)
        .map_err(|error| CliError::new(Exit::Config, error.to_string(), hint))
}

fn deliver(
    base: &Base,
    document: &Document,
    to: Option<&PathBuf>,
    output: &Output,
) -> Result<(), CliError> {
    let Some(path) = to else {
        output.text(&document.text);
        return Ok(());
    };
    let (upto, sha256) = (document.upto, &document.sha256);
    let digests = WrittenDigests::read(&base.config.data_dir);
    if !base.config.read_only
        && let Err(error) = digests.remember(sha256)
    {
        output.warning(&format!(
            "cannot remember this document: {error}; a later one is written beside it"
        ));
    }
    let mark = format!("upto-{upto}");
    let bytes = document.text.as_bytes();
    let placed = files::write_document(path, bytes, &mark, &|content| digests.has(content));
    let placed = placed.map_err(|error| {
        let what = format!("cannot write {}: {error}", shown_path(path));
        CliError::new(Exit::Journal, what, "choose another file with --to")
    })?;
    let mut receipt = json!({"file": path.to_string_lossy(), "upto": upto, "sha256": sha256});
    let named = shown_path(path);
    let written = match placed {
        Placed::Written => format!("{named} written"),
        Placed::Unchanged => {
            receipt["unchanged"] = json!(true);
            format!("{named} unchanged")
        }
        Placed::Beside(other) => {
            receipt["file"] = json!(other.to_string_lossy());
            receipt["instead_of"] = json!(path.to_string_lossy());
            let other = shown_path(&other);
            output.warning(&format!(
                "{named} was changed by hand and stays; the document is in {other}"
            ));
            format!("{other} written instead of {named}, which was changed by hand")
        }
    };
    let text = format!("{written}, entries 1 to {upto}, sha256 {sha256}");
    output.result(&text, &receipt);
    Ok(())
}
