//! `warroom config`: a commented sample, a check, and where things are.

use super::arguments::{Config as Verb, Global};
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::base;
use crate::config::{Place, SAMPLE, SERVICES, default_file, resolve};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

pub(super) fn run(global: &Global, verb: Verb, output: &Output) -> Result<(), CliError> {
    match verb {
        Verb::Init { file } => init(global, file, output),
        Verb::Check => {
            let base = base(global)?;
            // What reads well and cannot be used is not sound: credentials are fetched, nothing is sent.
            base.sources()?;
            base.channels()?;
            base.pager()?;
            let schedules = &base.config.schedules;
            if let Some(fault) = schedules.faults.first() {
                return Err(fault.clone().into());
            }
            for (_, place) in &schedules.calendars {
                if let Place::Url(url) = place {
                    resolve(url)?;
                }
            }
            let place = base
                .config
                .file
                .map_or("no file: the defaults are in force".into(), |p| {
                    p.display().to_string()
                });
            output.result(
                &format!("{place}: sound"),
                &json!({"file": place, "sound": true}),
            );
            Ok(())
        }
        Verb::Services => {
            output.result(SERVICES.trim_end(), &json!({"services": SERVICES}));
            Ok(())
        }
        Verb::Paths => {
            let base = base(global)?;
            let file = base.config.file.clone().or_else(default_file);
            let shown = file
                .as_ref()
                .map_or("-".into(), |path| path.display().to_string());
            let text = format!(
                "configuration  {shown}\ndata           {}\ndiagnostics    {}",
                base.config.data_dir.display(),
                base.config.log_dir().display()
            );
            output.result(&text, &json!({"configuration": file, "data": base.config.data_dir, "diagnostics": base.config.log_dir()}));
            Ok(())
        }
    }
}

/// Writes the sample; a file that is there stays.
fn init(global: &Global, file: Option<PathBuf>, output: &Output) -> Result<(), CliError> {
    let path = file.or_else(|| global.config.clone()).or_else(default_file);
    let path =
        path.ok_or_else(|| CliError::usage("no home directory is known", "name the file"))?;
    let fail = |error: std::io::Error| {
        let hint = "an existing file is never replaced: name another, or move it away";
        CliError::new(
            Exit::Config,
            format!("cannot create {}: {error}", path.display()),
            hint,
        )
    };
    if let Some(directory) = path
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty())
    {
        std::fs::create_dir_all(directory).map_err(fail)?;
    }
    let mut created = std::fs::File::options()
        .write(true)
        .create_new(true)
        .open(&path)
        .map_err(fail)?;
    created.write_all(SAMPLE.as_bytes()).map_err(fail)?;
    output.result(
        &format!("{} written", path.display()),
        &json!({"file": path}),
    );
    Ok(())
}
