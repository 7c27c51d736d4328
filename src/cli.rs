//! The command line: one file per subcommand; text for people, `--output json` for machines.

mod alerts;
mod arguments;
mod block_on;
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
mod inquiry;
mod open_journal;
mod output;
mod playbook;
mod setup;
mod signals;
mod verify;
mod watch;
mod words;

pub use error::{CliError, Exit};
pub use output::{Output, report_faults};

use crate::app::intent::check_length;
use crate::app::runtime::Launch;
use crate::text::{Safe, sanitize};
use arguments::{Arguments, Command, Form};
use clap::{CommandFactory, Parser};
use std::process::ExitCode;

pub enum Ending {
    Exit(ExitCode),
    /// A console is to be opened.
    Console(Box<Launch>),
}

/// The tree of commands, for completions, the manual page, and the tests that try each of them.
pub fn command() -> clap::Command {
    Arguments::command()
}

pub fn main() -> Ending {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version end with success, errors with 2.
            let output = Output::new(Form::Text);
            output.usage(&plainly(&error));
            return ended(&output, u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let output = Output::new(arguments.global.output);
    match run(arguments, &output) {
        Ok(Some(launch)) => Ending::Console(Box::new(launch)),
        Ok(None) => ended(&output, 0),
        Err(error) => {
            output.error(&error);
            ended(&output, error.exit as u8)
        }
    }
}

/// Ends with this code, or with the disk's where standard output did not take what was printed.
fn ended(output: &Output, code: u8) -> Ending {
    Ending::Exit(ExitCode::from(match output.lost() {
        Some(error) => {
            output.error(&error);
            error.exit as u8
        }
        None => code,
    }))
}

/// The same error about arguments that are made safe: only the line breaks of the message are ours.
fn plainly(error: &clap::Error) -> clap::Error {
    let arguments = std::env::args_os();
    let plain = arguments.map(|argument| sanitize::line(&argument.to_string_lossy()));
    match Arguments::try_parse_from(plain) {
        Err(plain) => plain,
        // What was wrong was nothing but what acts on a terminal.
        Ok(_) => clap::Error::raw(error.kind(), sanitize::line(&error.render().to_string())),
    }
}

pub fn report(error: &std::io::Error) -> ExitCode {
    let error = CliError::new(
        Exit::Internal,
        format!("the terminal failed: {error}"),
        "try another terminal; nothing recorded is lost",
    );
    Output::new(Form::Text).error(&error);
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
            let text = |what: &str, given: Option<String>| {
                let text = Safe::line(&given.unwrap_or_default());
                check_length(what, &text).map(|()| text)
            };
            let exception = match exception {
                true => Some((text("the reason", reason)?, text("the approver", approver)?)),
                false => None,
            };
            let path = path.as_ref();
            let question = gate::GateQuestion {
                path,
                risk,
                exception,
            };
            gate::run(global, &question, output)
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
            let options = export::ExportOptions {
                id: &id,
                to: &to,
                recipient: &recipient,
                purpose: &purpose,
                withhold: &withhold,
            };
            export::run(global, &options, output)
        }
        Some(Command::Ledger) => custody::ledger(global, output),
        Some(Command::Verify {
            path,
            head,
            allowed_signers,
            require_signed,
        }) => {
            let options = verify::VerifyOptions {
                head: head.as_deref(),
                signers: allowed_signers.as_deref(),
                require_signed,
            };
            verify::run(global, &path, &options, output)
        }
        Some(Command::Watch { unit }) => watch::run(global, unit, output),
        Some(Command::Doctor) => doctor::run(global, output),
        Some(Command::Config { command }) => config::run(global, command, output),
        Some(Command::Completions { shell }) => generate::completions(shell, output),
        Some(Command::Man) => generate::man(output),
    }?;
    Ok(None)
}
