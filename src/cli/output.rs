//! Printing: the only place that writes to standard output and standard error, and the border to the terminal. What
//! comes from outside, such as the name of a file, is made safe here even where it was forgotten before.

use super::arguments::Form;
use super::error::CliError;
use crate::text::sanitize::{line, printed, printed_json};
use serde::Serialize;
use std::borrow::Cow;
use std::io::{Write, stderr, stdout};

/// Prints results as text or JSON.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
}

impl Output {
    pub(super) fn new(form: Form) -> Self {
        Self {
            json: form == Form::Json,
        }
    }

    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a result in the form asked for. A reader that has gone away is no error.
    pub(super) fn result(&self, text: &str, value: &impl Serialize) {
        if self.json {
            let line = serde_json::to_string(value).unwrap_or_else(|_| "null".into());
            let _ = writeln!(stdout(), "{}", printed_json(&line));
        } else {
            self.text(text);
        }
    }

    /// Prints lines one by one; as JSON, where each is a value, a list of them.
    pub(super) fn lines<'a>(&self, lines: impl Iterator<Item = &'a str>, none: &str) {
        let mut out = std::io::BufWriter::new(stdout());
        let mut count = 0;
        for line in lines {
            let before = match (self.json, count) {
                (false, _) => "",
                (true, 0) => "[",
                (true, _) => ",",
            };
            let after = if self.json { "" } else { "\n" };
            let line = match self.json {
                true => printed_json(line),
                false => printed(line),
            };
            if write!(out, "{before}{line}{after}").is_err() {
                return;
            }
            count += 1;
        }
        let end = match (self.json, count) {
            (true, 0) => "[]\n".to_string(),
            (true, _) => "]\n".to_string(),
            (false, 0) => format!("{none}\n"),
            (false, _) => String::new(),
        };
        let _ = write!(out, "{end}").and_then(|()| out.flush());
    }

    /// Prints text, but for what would act on the terminal.
    pub(super) fn text(&self, text: &str) {
        let text = printed(text);
        let end = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        let _ = write!(stdout(), "{text}{end}");
    }

    /// Says something that the result does not change, to standard error.
    pub(super) fn warning(&self, text: &str) {
        let _ = writeln!(stderr(), "warroom: {}", spoken(text));
    }

    /// Prints why the command line was not understood, or the help that was asked for.
    pub(super) fn usage(error: &clap::Error) {
        let text = error.render().to_string();
        // Help shows the values of environment variables.
        let _ = match error.use_stderr() {
            true => write!(stderr(), "{}", spoken(&text)),
            false => write!(stdout(), "{}", spoken(&text)),
        };
    }

    /// Prints an error: what, then what to do.
    pub(super) fn error(&self, error: &CliError) {
        if error.what.is_empty() {
            return;
        }
        let _ = if self.json {
            let value = serde_json::json!({
                "error": {"kind": error.exit.word(), "message": error.what, "hint": error.hint}
            });
            writeln!(stderr(), "{}", printed_json(&value.to_string()))
        } else {
            let (what, hint) = (spoken(&error.what), spoken(&error.hint));
            writeln!(stderr(), "warroom: {what}\n  hint: {hint}")
        };
    }
}

/// What is said beside results. An argument that it repeats stays in its line: only the line breaks of a message are
/// ours.
fn spoken(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for argument in std::env::args_os().skip(1) {
        let argument = argument.to_string_lossy();
        for part in [&*argument].into_iter().chain(argument.split('=')) {
            if part.trim().contains(['\n', '\u{2028}', '\u{2029}']) && text.contains(part) {
                text = Cow::Owned(text.replace(part, &line(part)));
            }
        }
    }
    match printed(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(printed) => Cow::Owned(printed),
    }
}

/// Installs the report of faults that nobody foresaw: where, and how to pass it on; its words may come from outside.
pub fn report_faults() -> Result<(), color_eyre::eyre::Report> {
    let hooks = color_eyre::config::HookBuilder::new()
        // Colours are escapes, which the border takes out.
        .theme(color_eyre::config::Theme::new());
    let (panics, reports) = hooks.try_into_hooks()?;
    reports.install()?;
    std::panic::set_hook(Box::new(move |fault| {
        let report = panics.panic_report(fault).to_string();
        let _ = writeln!(stderr(), "{}", printed(&report));
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_not_said() {
        let said = spoken("cannot read \u{1b}]0;x\u{7}\u{9b}2J\u{202e}: gone\n  again");
        assert_eq!(
            said,
            "cannot read \u{fffd}]0;x\u{fffd}\u{fffd}2J\u{fffd}: gone\n  again"
        );
    }
}
