//! `warroom playbook`: list, show, check; start one in an incident and record its steps.

mod steps;

use super::arguments::{Global, Playbook as Verb};
use super::error::CliError;
use super::output::Output;
use super::setup::base;
use crate::incident::PlaybookId;
use crate::playbook::{PlaybookProblem, parse};
use crate::text::{Safe, shown_path};
use serde_json::json;
use std::path::PathBuf;

pub(super) fn run(global: &Global, verb: Verb, output: &Output) -> Result<(), CliError> {
    match verb {
        Verb::List => list(global, output),
        Verb::Show { name } => show(global, &name, output),
        Verb::Check { files } => check(global, &files, output),
        Verb::Start { id, playbook, when } => steps::start(global, &id, (playbook, &when), output),
        Verb::Step {
            id,
            step,
            result,
            when,
        } => steps::step(global, &id, (step, result, &when), output),
    }
}

fn list(global: &Global, output: &Output) -> Result<(), CliError> {
    let base = base(global)?;
    let mut text = Vec::new();
    let mut rows = Vec::new();
    for (playbook, _) in base.config.playbooks.library.offered(&[]) {
        text.push(format!(
            "{:<26} {:>2} steps  {}",
            playbook.name.as_str(),
            playbook.steps.len(),
            playbook.summary
        ));
        rows.push(json!({
            "playbook": playbook.name, "title": playbook.title, "version": playbook.version,
            "steps": playbook.steps.len(), "summary": playbook.summary, "sha256": playbook.digest,
        }));
    }
    output.result(&text.join("\n"), &rows);
    Ok(())
}

fn show(global: &Global, name: &str, output: &Output) -> Result<(), CliError> {
    let base = base(global)?;
    let found = PlaybookId::new(name).and_then(|name| base.config.playbooks.library.get(&name));
    let playbook = found.ok_or_else(|| {
        let what = format!("there is no playbook \"{}\"", Safe::line(name));
        CliError::usage(what, "see `warroom playbook list`")
    })?;
    let mut text = format!(
        "{}  (version {}, {})\n{}\n",
        playbook.title, playbook.version, playbook.name, playbook.summary
    );
    let mut rows = Vec::new();
    for (at, step) in playbook.steps.iter().enumerate() {
        let (number, kind) = (at + 1, step.kind.word());
        text += &format!("\n{number:>2}. {}  [{kind}]  #{}\n", step.title, step.id);
        text.extend(step.blocks.iter().map(steps::block_text));
        rows.push(json!({"step": step.id, "title": step.title, "kind": step.kind.word()}));
    }
    let json = json!({
        "playbook": playbook.name, "title": playbook.title, "version": playbook.version,
        "sha256": playbook.digest, "steps": rows,
    });
    output.result(&text, &json);
    Ok(())
}

fn check(global: &Global, files: &[PathBuf], output: &Output) -> Result<(), CliError> {
    let mut broken: Vec<(String, Vec<PlaybookProblem>)> = Vec::new();
    let checked;
    if files.is_empty() {
        let base = base(global)?;
        let playbooks = &base.config.playbooks;
        checked = playbooks.library.offered(&[]).len() + playbooks.broken.len();
        broken.clone_from(&playbooks.broken);
    } else {
        checked = files.len();
        for file in files {
            let source = crate::files::text(file).map_err(|error| {
                let what = format!("cannot read {}: {error}", shown_path(file));
                CliError::usage(what, "check the path")
            })?;
            let stem = file.file_stem().and_then(|stem| stem.to_str());
            if let Err(faults) = parse(stem.unwrap_or_default(), &source) {
                broken.push((shown_path(file), faults));
            }
        }
    }
    let mut text = Vec::new();
    for (file, faults) in &broken {
        for PlaybookProblem {
            line, what, remedy, ..
        } in faults
        {
            text.push(format!("{file}:{line}: {what}\n  remedy: {remedy}"));
        }
    }
    text.push(format!(
        "{checked} checked, {} cannot be used",
        broken.len()
    ));
    let row =
        |(file, faults): &(String, Vec<PlaybookProblem>)| json!({"file": file, "faults": faults});
    let rows: Vec<_> = broken.iter().map(row).collect();
    output.result(
        &text.join("\n"),
        &json!({"checked": checked, "broken": rows}),
    );
    CliError::unless(broken.is_empty())
}
