//! Printing: the only place that writes to standard output and standard error.

use super::arguments::Form;
use super::error::CliError;
use serde::Serialize;
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
            let _ = writeln!(stdout(), "{line}");
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

    /// Prints text as it is.
    pub(super) fn text(&self, text: &str) {
        let end = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        let _ = write!(stdout(), "{text}{end}");
    }

    /// Says something that the result does not change, to standard error.
    pub(super) fn warning(&self, text: &str) {
        let _ = writeln!(stderr(), "warroom: {text}");
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
            writeln!(stderr(), "{value}")
        } else {
            writeln!(stderr(), "warroom: {}\n  hint: {}", error.what, error.hint)
        };
    }
}
