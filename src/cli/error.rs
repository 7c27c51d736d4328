//! Errors of the command line: a kind, what, a hint, and an exit code.

use crate::app::intent::Refused;
use crate::config::ConfigError;
use crate::journal::JournalError;
use crate::sources::SourceError;
use crate::times::TimeProblem;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The answer is no.
    No = 1,
    Usage = 2,
    Config = 3,
    /// The journal or the disk.
    Journal = 4,
    /// A source does not answer.
    Source = 5,
    Internal = 70,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct CliError {
    pub exit: Exit,
    /// Empty where the printed result says all.
    pub what: String,
    pub hint: String,
}

impl CliError {
    pub(super) fn new(exit: Exit, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            exit,
            what: what.into(),
            hint: hint.into(),
        }
    }

    /// The exit code 1 without a message, where the printed result is a no.
    pub(super) fn unless(is_yes: bool) -> Result<(), Self> {
        match is_yes {
            true => Ok(()),
            false => Err(Self::new(Exit::No, "", "")),
        }
    }

    pub(super) fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Usage, what, hint)
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::new(Exit::Config, error.to_string(), error.hint())
    }
}

impl From<JournalError> for CliError {
    fn from(error: JournalError) -> Self {
        let exit = if matches!(error, JournalError::NotFound { .. }) {
            Exit::Usage
        } else {
            Exit::Journal
        };
        Self::new(exit, error.to_string(), error.hint())
    }
}

impl From<SourceError> for CliError {
    fn from(error: SourceError) -> Self {
        Self::new(Exit::Source, error.to_string(), error.hint())
    }
}

impl From<Refused> for CliError {
    fn from(refused: Refused) -> Self {
        let exit = if refused.conflict || refused.asks {
            Exit::No
        } else {
            Exit::Usage
        };
        Self::new(exit, refused.what, refused.hint)
    }
}

impl From<TimeProblem> for CliError {
    fn from(error: TimeProblem) -> Self {
        Self::usage(error.to_string(), error.hint())
    }
}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        Self::new(
            Exit::Internal,
            error.to_string(),
            "check the terminal and the disk",
        )
    }
}
