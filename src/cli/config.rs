//! `warroom config`: a commented sample, a check, and where things are.

use super::arguments::{Config as Verb, Global};
use super::error::{CliError, Exit};
use super::escalation::problems;
use super::inquiry;
use super::output::Output;
use super::setup::opening::Missing;
use super::setup::{Base, base, sound_base};
use crate::config::{SAMPLE, SERVICES, default_file};
use crate::files;
use crate::text::shown_path;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

pub(super) fn run(global: &Global, verb: Verb, output: &Output) -> Result<(), CliError> {
    match verb {
        Verb::Init { file } => init(global, file, output),
        Verb::Check { online } => check(global, online, output),
        Verb::Services => {
            output.result(SERVICES.trim_end(), &json!({"services": SERVICES}));
            // The sample is printed whatever the configuration is like.
            let warnings = base(global).map(|base| base.config.services.warnings.clone());
            for warning in warnings.unwrap_or_default() {
                output.warning(&warning);
            }
            Ok(())
        }
        Verb::Keys => {
            let bound = base(global)?.config.keys;
            let rows = bound.bindings().iter().map(|it| {
                let (context, own) = (it.context.name(), if it.own { " (own)" } else { "" });
                let (name, keys) = (it.row.name, format!("{}{own}", it.shown()));
                format!("{context:<12}  {name:<17}  {keys:<22}  {}", it.row.doc)
            });
            let data: Vec<_> = bound
                .bindings()
                .iter()
                .map(|it| {
                    let keys: Vec<String> = it.keys.iter().map(ToString::to_string).collect();
                    json!({"context": it.context.name(), "action": it.row.name, "keys": keys, "own": it.own, "what": it.row.doc})
                })
                .collect();
            output.result(&rows.collect::<Vec<_>>().join("\n"), &json!({"keys": data}));
            Ok(())
        }
        Verb::Paths => {
            let base = base(global)?;
            let file = base.config.file.clone().or_else(default_file);
            let shown = file.as_ref().map_or("-".into(), |path| shown_path(path));
            let text = format!(
                "configuration  {shown}\ndata           {}\ndiagnostics    {}",
                shown_path(&base.config.data_dir),
                shown_path(&base.config.log_dir())
            );
            output.result(&text, &json!({"configuration": file.map(lossy), "data": lossy(base.config.data_dir.clone()), "diagnostics": lossy(base.config.log_dir())}));
            Ok(())
        }
    }
}

fn check(global: &Global, online: bool, output: &Output) -> Result<(), CliError> {
    let base = sound_base(global)?;
    // What reads well and cannot be used is not sound: credentials are fetched, nothing is sent.
    usable(&base)?;
    for warning in &base.config.services.warnings {
        output.warning(warning);
    }
    let found = match online {
        true => inquiry::ask(&base)?,
        false => inquiry::offline(&base, output)?,
    };
    let file = base.config.file.as_ref();
    let place = file.map_or("no file: the defaults are in force".into(), |path| {
        shown_path(path)
    });
    let sound = inquiry::refused(&found) == 0;
    let state = match sound {
        true => "sound".to_string(),
        false => format!("not sound, {} refused", inquiry::refused(&found)),
    };
    let mut json = json!({"file": place, "sound": sound});
    if online {
        json["signals"] = inquiry::values(&found);
    }
    let mut lines = vec![format!("{place}: {state}")];
    lines.extend(inquiry::lines(&found));
    output.result(&lines.join("\n"), &json);
    inquiry::outcome(&found)
}

/// Refuses what cannot be used, all of it in one answer.
fn usable(base: &Base) -> Result<(), CliError> {
    let (mut opened, addresses) = std::thread::scope(|scope| {
        let addresses = scope.spawn(|| base.addresses());
        (base.open(), addresses.join())
    });
    match addresses {
        Ok(missing) => opened.missing.extend(missing),
        Err(panic) => std::panic::resume_unwind(panic),
    }
    let mut wrong: Vec<String> = opened.missing.iter().map(Missing::problem).collect();
    wrong.extend(opened.channels.iter().flat_map(|post| problems(post)));
    let Some(first) = opened.missing.into_iter().next() else {
        let hint = "`warroom escalation check` shows who is paged through which channel";
        return match wrong.is_empty() {
            true => Ok(()),
            false => Err(CliError::new(Exit::Config, wrong.join("\n  "), hint)),
        };
    };
    let first = first.error;
    Err(CliError::new(first.exit, wrong.join("\n  "), first.hint))
}

/// A path as JSON can hold it.
fn lossy(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}

/// Writes the sample; a file that is there stays.
fn init(global: &Global, file: Option<PathBuf>, output: &Output) -> Result<(), CliError> {
    let path = file.or_else(|| global.config.clone()).or_else(default_file);
    let path =
        path.ok_or_else(|| CliError::usage("no home directory is known", "name the file"))?;
    let fail = |error: std::io::Error| {
        let what = format!("cannot create {}: {error}", shown_path(&path));
        let hint = "an existing file is never replaced: name another, or move it away";
        CliError::new(Exit::Config, what, hint)
    };
    let directory = path
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty());
    if let Some(directory) = directory {
        files::directory(directory).map_err(fail)?;
    }
    let mut created = files::create_new(&path).map_err(fail)?;
    let written = created
        .write_all(SAMPLE.as_bytes())
        .and_then(|()| created.sync_all());
    // Half a sample would be in the way of the next one.
    written.map_err(|error| {
        let _ = std::fs::remove_file(&path);
        fail(error)
    })?;
    let text = format!("{} written", shown_path(&path));
    output.result(&text, &json!({"file": lossy(path.clone())}));
    Ok(())
}
