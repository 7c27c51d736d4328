//! The command line: one file per subcommand; text for people, `--output json` for machines.

mod alerts;
mod arguments;
mod config;
mod console;
mod diagnostics;
mod doctor;
mod documents;
mod error;
mod escalation;
mod generate;
mod incident;
mod output;
mod playbook;
mod setup;
mod signals;
mod verify;

pub use arguments::Arguments;
pub use error::{CliError, Exit};
pub use output::Output;

use arguments::Command;
use clap::Parser;
use std::process::ExitCode;

/// Parses the command line, runs it, and gives the exit code.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // clap prints help and version to standard output with success, errors with 2.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let output = Output::new(arguments.global.output);
    match run(arguments, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output.error(&error);
            ExitCode::from(error.exit as u8)
        }
    }
}

fn run(arguments: Arguments, output: &Output) -> Result<(), CliError> {
    let global = &arguments.global;
    match arguments.command {
        None => console::run(global),
        Some(Command::Drill { scenario, rate }) => console::drill(global, &scenario, rate, output),
        Some(Command::Alerts) => alerts::run(global, output),
        Some(Command::Signals) => signals::run(global, output),
        Some(Command::Incident { command }) => incident::run(global, command, output),
        Some(Command::Playbook { command }) => playbook::run(global, command, output),
        Some(Command::Escalation { command }) => escalation::run(global, &command, output),
        Some(Command::Postmortem { id, to }) => documents::postmortem(global, &id, to.as_ref(), output),
        Some(Command::Record { id, upto, to }) => documents::record(global, &id, upto, to.as_ref(), output),
        Some(Command::Verify { path }) => verify::run(global, &path, output),
        Some(Command::Doctor) => doctor::run(global, output),
        Some(Command::Config { command }) => config::run(global, command, output),
        Some(Command::Completions { shell }) => generate::completions(shell, output),
        Some(Command::Man) => generate::man(output),
    }
}
