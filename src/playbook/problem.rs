//! What is wrong with a playbook file.

use crate::text::sanitize;

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PlaybookProblem {
    /// Line in the file, from 1.
    pub line: usize,
    pub what: String,
    pub remedy: String,
}

impl PlaybookProblem {
    pub(super) fn new(line: usize, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            line,
            what: sanitize::line(&what.into()),
            remedy: sanitize::line(&remedy.into()),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Problems(pub(super) Vec<PlaybookProblem>);

impl Problems {
    pub(super) fn add(&mut self, line: usize, what: impl Into<String>, remedy: impl Into<String>) {
        self.0.push(PlaybookProblem::new(line, what, remedy));
    }
}
