//! `warroom postmortem` and `warroom record`: the documents, to standard output or a file.

use super::arguments::Global;
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::base;
use crate::documents::{Document, DocumentKind, render};
use crate::files;
use crate::incident::IncidentId;
use crate::text::shown_path;
use serde_json::json;
use std::path::PathBuf;

pub(super) fn postmortem(
    global: &Global,
    id: &IncidentId,
    to: Option<&PathBuf>,
    output: &Output,
) -> Result<(), CliError> {
    let document = made(global, DocumentKind::Postmortem, id, None)?;
    if output.is_json() && to.is_none() {
        let json = json!({"incident": id, "upto": document.upto, "sha256": document.sha256, "markdown": document.text});
        output.result("", &json);
        return Ok(());
    }
    deliver(&document, to, output)
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
    deliver(&made(global, kind, id, upto)?, to, output)
}

pub(super) fn chart(
    global: &Global,
    id: &IncidentId,
    upto: Option<u64>,
    to: Option<&PathBuf>,
    output: &Output,
) -> Result<(), CliError> {
    deliver(&made(global, DocumentKind::Chart, id, upto)?, to, output)
}

fn made(
    global: &Global,
    kind: DocumentKind,
    id: &IncidentId,
    upto: Option<u64>,
) -> Result<Document, CliError> {
    let base = base(global)?;
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

fn deliver(document: &Document, to: Option<&PathBuf>, output: &Output) -> Result<(), CliError> {
    let Some(path) = to else {
        output.text(&document.text);
        return Ok(());
    };
    files::write_named(path, document.text.as_bytes()).map_err(|error| {
        let what = format!("cannot write {}: {error}", shown_path(path));
        CliError::new(Exit::Journal, what, "choose another file with --to")
    })?;
    let (upto, sha256) = (document.upto, &document.sha256);
    let text = format!(
        "{} written, entries 1 to {upto}, sha256 {sha256}",
        shown_path(path)
    );
    output.result(
        &text,
        &json!({"file": path.to_string_lossy(), "upto": upto, "sha256": sha256}),
    );
    Ok(())
}
