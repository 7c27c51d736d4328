//! Why an intent is refused. A text is recorded as a whole or refused with its limit.

use crate::incident::Entry;
use crate::text::sanitize::grouped;
use crate::text::{MAX_BLOCK, MAX_LINE, Safe};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Refused {
    pub what: String,
    pub hint: String,
    /// The intent is valid; only the state of the incident forbids it.
    pub conflict: bool,
    /// A person may confirm it: the command line by `--anyway`, the screen by an answer. It is recorded then.
    pub asks: bool,
}

impl From<Refused> for String {
    fn from(refused: Refused) -> Self {
        format!("{refused}; {}", refused.hint)
    }
}

pub(in crate::app) fn refuse(what: impl Into<String>, hint: impl Into<String>) -> Refused {
    Refused {
        what: what.into(),
        hint: hint.into(),
        conflict: false,
        asks: false,
    }
}

/// Refuses what a person must confirm first.
pub(super) fn ask(what: impl Into<String>) -> Refused {
    Refused {
        asks: true,
        ..refuse(
            what,
            "check both times; --anyway records it, and every document shows the contradiction",
        )
    }
}

/// Refuses a valid intent that comes too late or a second time.
pub(super) fn conflict(what: impl Into<String>, hint: impl Into<String>) -> Refused {
    Refused {
        conflict: true,
        ..refuse(what, hint)
    }
}

/// Refuses a text that was cut because it is longer than its limit.
pub fn check_length(what: &str, text: &Safe) -> Result<(), Refused> {
    let missing = text.missing();
    if missing == 0 {
        return Ok(());
    }
    let limit = match text.as_str().len() <= MAX_LINE {
        true => MAX_LINE,
        false => MAX_BLOCK,
    };
    Err(refuse(
        format!(
            "{what} is too long: {} characters are beyond the limit of {} bytes; nothing was recorded",
            grouped(missing),
            grouped(limit)
        ),
        "split it into several entries, or record where the whole text is",
    ))
}

pub(super) fn required(text: &Safe) -> Result<Safe, Refused> {
    if text.is_empty() {
        return Err(refuse("there is no text", "say it in a few words"));
    }
    check_length("the text", text)?;
    Ok(text.clone())
}

pub(in crate::app) fn existing_entry(entries: &[Entry], seq: u64) -> Result<&Entry, Refused> {
    let found = entries.iter().find(|entry| entry.seq == seq);
    found.ok_or_else(|| {
        refuse(
            format!("there is no entry #{seq}"),
            format!("entries run from 1 to {}", entries.len()),
        )
    })
}
