//! One thing that is checked, and what it says.

use serde::Serialize;
use std::fmt;

#[derive(Serialize)]
pub(super) struct Check {
    pub(super) what: String,
    pub(super) ok: bool,
    pub(super) says: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) todo: String,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.ok { "ok " } else { "NO " };
        write!(f, "{mark} {:<16} {}", self.what, self.says)?;
        match self.todo.as_str() {
            "" => Ok(()),
            todo => write!(f, "\n      {todo}"),
        }
    }
}

pub(super) fn good(what: &str, says: impl Into<String>) -> Check {
    Check {
        what: what.into(),
        ok: true,
        says: says.into(),
        todo: String::new(),
    }
}

pub(super) fn bad(what: &str, says: impl Into<String>, todo: impl Into<String>) -> Check {
    Check {
        what: what.into(),
        ok: false,
        says: says.into(),
        todo: todo.into(),
    }
}
