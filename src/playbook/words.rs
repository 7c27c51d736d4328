//! Words about playbooks.

use super::problem::PlaybookProblem;
use super::structure::StepKind;
use std::fmt;

impl StepKind {
    pub fn word(&self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::CheckList => "check list",
            Self::Decision(_) => "decision",
            Self::Check { .. } => "check",
        }
    }
}

impl fmt::Display for PlaybookProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.what, self.remedy)
    }
}
