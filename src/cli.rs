//! The command line: one file per subcommand; text for people, `--output json` for machines.

mod alerts;
mod arguments;
mod config;
mod console;
mod custody;
mod diagnostics;
mod doctor;
mod documents;
mod error;
mod escalation;
mod export;
mod gate;
mod generate;
mod incident;
mod output;
mod playbook;
mod setup;
mod signals;
mod verify;
mod watch;

pub use error::{CliError, Exit};
pub use output::{Output, report_faults};

use crate::app::runtime::Launch;
use crate::text::Safe;
use arguments::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

/// How the command line ends.
pub enum Ending {
    /// With an exit code.
    Exit(ExitCode),
    /// With a console to be opened.
    Console(Box<Launch>),
}

/// Parses the command line and runs it.
pub fn main() -> Ending {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version end with success, errors with 2.
            Output::usage(&error);
            return Ending::Exit(ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)));
        }
    };
    let output = Output::new(arguments.global.output);
    match run(arguments, &output) {
        Ok(Some(launch)) => Ending::Console(Box::new(launch)),
        Ok(None) => Ending::Exit(ExitCode::SUCCESS),
        Err(error) => {
            output.error(&error);
            Ending::Exit(ExitCode::from(error.exit as u8))
        }
    }
}

/// Says that the terminal failed, and gives the exit code.
pub fn report(error: &std::io::Error) -> ExitCode {
    let error = CliError::new(
        Exit::Internal,
        format!("the terminal failed: {error}"),
        "try another terminal; nothing recorded is lost",
    );
    Output::new(arguments::Form::Text).error(&error);
    ExitCode::from(error.exit as u8)
}

fn run(arguments: Arguments, output: &Output) -> Result<Option<Launch>, CliError> {
    let global = &arguments.global;
    if !matches!(
        arguments.command,
        Some(Command::Verify { .. } | Command::Export { .. })
    ) {
        // Huge pages make memory of ours that is hardly used; only reading a whole journal gains from them.
        let _ = rustix::thread::disable_transparent_huge_pages(true);
    }
    match arguments.command {
        None => return console::run(global).map(Some),
        Some(Command::Drill { scenario, rate }) => {
            return console::drill(global, &scenario, rate, output);
        }
        Some(Command::Alerts { command }) => alerts::run(global, command, output),
        Some(Command::Signals) => signals::run(global, output),
        Some(Command::Gate {
            path,
            risk,
            exception,
            reason,
            approver,
        }) => {
            let text = |given: Option<String>| Safe::line(&given.unwrap_or_default());
            let exception = exception.then(|| (text(reason), text(approver)));
            let asked = gate::Asked {
                path: path.as_ref(),
                risk,
                exception,
            };
            gate::run(global, &asked, output)
        }
        Some(Command::Incident { command }) => incident::run(global, command, output),
        Some(Command::Playbook { command }) => playbook::run(global, command, output),
        Some(Command::Escalation { command }) => escalation::run(global, &command, output),
        Some(Command::Postmortem { id, to }) => {
            documents::postmortem(global, &id, to.as_ref(), output)
        }
        Some(Command::Record { id, upto, to }) => {
            documents::record(global, &id, upto, to.as_ref(), output)
        }
        Some(Command::Chart { id, upto, to }) => {
            documents::chart(global, &id, upto, to.as_ref(), output)
        }
        Some(Command::Export {
            id,
            to,
            recipient,
            purpose,
            withhold,
        }) => {
            let wanted = export::Wanted {
                id: &id,
                to: &to,
                recipient: &recipient,
                purpose: &purpose,
                withhold: &withhold,
            };
            export::run(global, &wanted, output)
        }
        Some(Command::Ledger) => custody::ledger(global, output),
        Some(Command::Verify {
            path,
            head,
            allowed_signers,
        }) => verify::run(
            global,
            &path,
            head.as_ref(),
            allowed_signers.as_ref(),
            output,
        ),
        Some(Command::Watch { unit }) => watch::run(global, unit, output),
        Some(Command::Doctor) => doctor::run(global, output),
        Some(Command::Config { command }) => config::run(global, command, output),
        Some(Command::Completions { shell }) => generate::completions(shell, output),
        Some(Command::Man) => generate::man(output),
    }?;
    Ok(None)
}
