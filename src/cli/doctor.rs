//! `warroom doctor`: what is reachable, what is not, and what to do.

mod keeping;

use super::alerts::block_on;
use super::arguments::Global;
use super::error::{CliError, Exit};
use super::escalation;
use super::output::Output;
use super::setup::{Base, Opened, base};
use crate::journal::verify;
use crate::outbox::Post;
use crate::sources::Source;
use crate::text::shown_path;
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct Check {
    what: String,
    ok: bool,
    says: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    todo: String,
}

fn good(what: &str, says: impl Into<String>) -> Check {
    Check {
        what: what.into(),
        ok: true,
        says: says.into(),
        todo: String::new(),
    }
}

fn bad(what: &str, says: impl Into<String>, todo: impl Into<String>) -> Check {
    Check {
        what: what.into(),
        ok: false,
        says: says.into(),
        todo: todo.into(),
    }
}

pub(super) fn run(global: &Global, output: &Output) -> Result<(), CliError> {
    let base = base(global)?;
    let mut checks = vec![match &base.config.file {
        Some(path) => good("configuration", shown_path(path)),
        None => good("configuration", "none: defaults and options are in force"),
    }];
    checks.push(data_dir(&base));
    checks.extend(keeping::checks(&base));
    checks.extend(journals(&base));
    let opened = base.open();
    checks.extend(sources(&base, &opened.sources)?);
    // A source says itself why it does not answer.
    let missing = opened.missing.iter().filter(|one| one.what != "source");
    checks.extend(missing.map(|one| bad(one.what, one.wrong(), one.error.hint.clone())));
    checks.extend(channels(&base, &opened));
    let todo = "`warroom escalation check` shows who is called by what";
    let found = escalation::pitfalls_here(&base).into_iter();
    checks.extend(found.map(|what| bad("escalation", what, todo)));
    for (file, faults) in &base.config.playbooks.broken {
        let first = faults.first().map_or(String::new(), ToString::to_string);
        checks.push(bad(
            "playbook",
            format!("{file}: {first}"),
            "see `warroom playbook check`",
        ));
    }
    let text: Vec<String> = checks
        .iter()
        .map(|check| {
            let mark = if check.ok { "ok " } else { "NO " };
            let todo = if check.todo.is_empty() {
                String::new()
            } else {
                format!("\n      {}", check.todo)
            };
            format!("{mark} {:<16} {}{todo}", check.what, check.says)
        })
        .collect();
    output.result(&text.join("\n"), &checks);
    if checks.iter().all(|check| check.ok) {
        Ok(())
    } else {
        Err(CliError::new(Exit::No, "", ""))
    }
}

fn channels(base: &Base, opened: &Opened) -> Vec<Check> {
    if base.config.channels.is_empty() {
        return vec![bad(
            "channels",
            "none: only the terminal's bell would ring",
            "set `channels` or `webhook` in the configuration",
        )];
    }
    let of_channel = |post: &Arc<Post>| {
        let problems = escalation::problems(post);
        let says = format!("{} to {}; nothing was sent", post.name(), post.place());
        let todo = "give another address, or another server";
        let bad = problems.into_iter().map(|what| bad("channel", what, todo));
        std::iter::once(good("channel", says))
            .chain(bad)
            .collect::<Vec<_>>()
    };
    opened.channels.iter().flat_map(of_channel).collect()
}

fn data_dir(base: &Base) -> Check {
    let shown = shown_path(base.store.root());
    if base.config.read_only {
        return good("data directory", format!("{shown} (read-only, not tried)"));
    }
    match base.store.prepare() {
        Ok(()) => good("data directory", shown),
        Err(error) => bad("data directory", error.to_string(), error.hint()),
    }
}

fn journals(base: &Base) -> Vec<Check> {
    let ids = match base.store.list() {
        Ok(ids) => ids,
        Err(error) => return vec![bad("journals", error.to_string(), error.hint())],
    };
    let mut checks = Vec::new();
    for id in &ids {
        match verify(&base.store.directory_of(id), &base.known(id)) {
            Ok(report) if report.intact => {
                let loose = report.notes.iter().filter(|note| note.contains("mode"));
                checks.extend(loose.map(|note| {
                    bad(
                        "permissions",
                        note,
                        "others on this machine may read or change the record",
                    )
                }));
            }
            Ok(report) => {
                let first = report
                    .findings
                    .first()
                    .map_or(String::new(), ToString::to_string);
                checks.push(bad(
                    "journal",
                    format!("{id}: {first}"),
                    format!("see `warroom verify {id}`"),
                ));
            }
            Err(error) => checks.push(bad("journal", error.to_string(), error.hint())),
        }
    }
    if checks.is_empty() {
        checks.push(good("journals", format!("{} verify", ids.len())));
    }
    checks
}

fn sources(base: &Base, sources: &[Arc<dyn Source>]) -> Result<Vec<Check>, CliError> {
    if sources.is_empty() {
        let todo = "name them with --alertmanager URL --prometheus URL, or under `sources`; or try `warroom drill`";
        return Ok(vec![bad("sources", "none is configured", todo)]);
    }
    let mut checks = Vec::new();
    for source in sources {
        checks.extend(source_checks(base, source.as_ref())?);
    }
    Ok(checks)
}

fn source_checks(base: &Base, source: &dyn Source) -> Result<Vec<Check>, CliError> {
    let name = source.name().to_string();
    let mut checks = Vec::new();
    if source.offers().alerts {
        checks.push(match block_on(source.alerts())? {
            Ok(set) => good(&name, format!("answers, {} alerts", set.alerts.len())),
            Err(error) => bad(&name, error.to_string(), error.hint()),
        });
    }
    if source.offers().metrics {
        checks.push(match block_on(source.read(&base.config.signal.query))? {
            Ok(sample) if sample.reading.value().is_some() => good(
                &name,
                format!("answers, {} has data", base.config.signal.name),
            ),
            Ok(sample) => bad(
                &name,
                format!(
                    "answers, but {} gives {}",
                    base.config.signal.name,
                    sample.reading.word()
                ),
                "set `signal.query` to a query of yours that gives one number between 0 and 1",
            ),
            Err(error) => bad(&name, error.to_string(), error.hint()),
        });
        if let Ok(rules) = block_on(source.rules())? {
            for rule in rules.rules.iter().filter(|rule| rule.error.is_some()) {
                let error = rule.error.clone().unwrap_or_default();
                checks.push(bad(
                    &name,
                    format!("rule {} is broken: {error}", rule.name),
                    "a broken rule never fires: correct it",
                ));
            }
        }
    }
    Ok(checks)
}
