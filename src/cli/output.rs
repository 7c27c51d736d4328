//! Printing: the only place that writes to standard output and standard error, and the border to the terminal. What
//! comes from outside, such as the name of a file, is made safe here even where it was forgotten before.

use super::arguments::Form;
use super::error::{CliError, Exit};
use crate::text::sanitize::{cut, line, printed, printed_json};
use serde::Serialize;
use std::borrow::Cow;
use std::io::{ErrorKind, StdoutLock, Write, stderr, stdout};
use std::sync::{Arc, OnceLock};

/// Prints results as text or JSON, and remembers the first text that standard output did not take.
#[derive(Debug, Clone)]
pub struct Output {
    json: bool,
    failed: Arc<OnceLock<std::io::Error>>,
}

impl Output {
    pub(super) fn new(form: Form) -> Self {
        Self {
            json: form == Form::Json,
            failed: Arc::default(),
        }
    }

    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a result in the form asked for.
    pub(super) fn result(&self, text: &str, value: &impl Serialize) {
        if self.json {
            let line = serde_json::to_string(value).unwrap_or_else(|_| "null".into());
            self.print(|out| writeln!(out, "{}", printed_json(&line)));
        } else {
            self.text(text);
        }
    }

    /// Prints lines one by one; as JSON, where each is a value, a list of them.
    pub(super) fn lines<'a>(&self, lines: impl Iterator<Item = &'a str>, none: &str) {
        self.print(|out| {
            let mut out = std::io::BufWriter::new(out);
            let mut count = 0;
            for line in lines {
                match (self.json, count) {
                    (false, _) => writeln!(out, "{}", printed(line))?,
                    (true, 0) => write!(out, "[{}", printed_json(line))?,
                    (true, _) => write!(out, ",{}", printed_json(line))?,
                }
                count += 1;
            }
            match (self.json, count) {
                (true, 0) => writeln!(out, "[]")?,
                (true, _) => writeln!(out, "]")?,
                (false, 0) => writeln!(out, "{none}")?,
                (false, _) => {}
            }
            out.flush()
        });
    }

    /// Prints text, but for what would act on the terminal.
    pub(super) fn text(&self, text: &str) {
        self.print(|out| written(out, text));
    }

    /// Prints text, and leaves what follows from a failure to the caller.
    pub(super) fn try_text(&self, text: &str) -> std::io::Result<()> {
        let mut out = stdout().lock();
        written(&mut out, text).and_then(|()| out.flush())
    }

    /// Prints, and flushes: what waits in a buffer at the end of the program would be lost without a word. Once
    /// something was lost nothing is printed any more: a gap in the middle would look whole.
    fn print(&self, print: impl FnOnce(&mut StdoutLock<'_>) -> std::io::Result<()>) {
        if self.failed.get().is_some() {
            return;
        }
        let mut out = stdout().lock();
        if let Err(error) = print(&mut out).and_then(|()| out.flush()) {
            // The first one is kept.
            let _ = self.failed.set(error);
        }
    }

    /// Why standard output did not take all that was printed. A reader that has gone away is no error.
    pub(super) fn lost(&self) -> Option<CliError> {
        let error = self.failed.get()?;
        (error.kind() != ErrorKind::BrokenPipe).then(|| {
            CliError::new(
                Exit::Journal,
                format!("cannot write to standard output: {error}; the output is incomplete"),
                "the command itself is complete: only its output is missing. Free space there, or print to another place",
            )
        })
    }

    /// To standard error; the result stays.
    pub(super) fn warning(&self, text: &str) {
        let _ = writeln!(stderr(), "warroom: {}", message(text));
    }

    /// Prints why the command line was not understood, or the help that was asked for.
    pub(super) fn usage(&self, error: &clap::Error) {
        let text = error.render().to_string();
        // Help shows the values of environment variables.
        let text = message(&text);
        match error.use_stderr() {
            true => drop(write!(stderr(), "{text}")),
            false => self.print(|out| write!(out, "{text}")),
        }
    }

    /// Prints an error: what, then what to do. The exit code tells where even that is not taken.
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
            let (what, hint) = (message(&error.what), message(&error.hint));
            writeln!(stderr(), "warroom: {what}\n  hint: {hint}")
        };
    }
}

/// Writes text that ends with a line.
fn written(out: &mut impl Write, text: &str) -> std::io::Result<()> {
    let text = printed(text);
    let end = match text.is_empty() || text.ends_with('\n') {
        true => "",
        false => "\n",
    };
    write!(out, "{text}{end}")
}

/// Most bytes of an argument that a message repeats: a long text in the wrong place would hide what is wrong with it.
const MAX_ARGUMENT: usize = 512;

/// A message beside results. An argument that it repeats stays in its line: only the line breaks of a message are
/// ours.
fn message(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for argument in std::env::args_os().skip(1) {
        let argument = argument.to_string_lossy();
        for part in [&*argument].into_iter().chain(argument.split('=')) {
            let breaks = part.trim().contains(['\n', '\u{2028}', '\u{2029}']);
            if (breaks || part.len() > MAX_ARGUMENT) && text.contains(part) {
                let (short, _) = cut(line(part), MAX_ARGUMENT, 0);
                text = Cow::Owned(text.replace(part, &short));
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
    fn control_characters_are_replaced() {
        let text = message("cannot read \u{1b}]0;x\u{7}\u{9b}2J\u{202e}: gone\n  again");
        assert_eq!(
            text,
            "cannot read \u{fffd}]0;x\u{fffd}\u{fffd}2J\u{fffd}: gone\n  again"
        );
    }
}
