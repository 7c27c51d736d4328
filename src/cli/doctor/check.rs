//! One thing that is checked, and what it says.

use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Check {
    pub(super) what: String,
    pub(super) ok: bool,
    pub(super) says: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) todo: String,
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
