//! Problems of the configuration: file, line, problem, remedy.

use crate::files::Exposed;
use crate::text::shown_path;
use crate::text::{PlainHttpProblem, Safe, sanitize};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {}: {reason}", shown_path(path))]
    Read { path: PathBuf, reason: String },
    /// Others can change a file that decides which commands run, whom to page or whom to trust; or others can read a
    /// credential on its way.
    #[error("{what}")]
    Exposed {
        /// The file or directory, who can change it, its mode and its owner.
        what: String,
        remedy: String,
    },
    #[error("{}:{line}: {what}", shown_path(path))]
    Yaml {
        path: PathBuf,
        /// From 1.
        line: u64,
        what: String,
    },
    #[error("{}: {what}", shown_path(path))]
    Value {
        path: PathBuf,
        what: String,
        remedy: String,
    },
    /// A value makes no sense beside others; the line is known.
    #[error("{}:{line}: {what}", shown_path(path))]
    Line {
        path: PathBuf,
        /// From 1.
        line: u64,
        what: String,
        remedy: String,
    },
    #[error("a credential cannot be fetched: {what}")]
    Secret {
        /// Never contains the secret.
        what: String,
        remedy: String,
    },
    #[error("no home directory is known, so there is no place for the data")]
    NoHome,
}

impl From<PlainHttpProblem> for ConfigError {
    fn from(PlainHttpProblem { what, remedy }: PlainHttpProblem) -> Self {
        Self::Exposed { what, remedy }
    }
}

impl ConfigError {
    pub(super) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |error| match Exposed::of(&error) {
            Some(Exposed { what, remedy }) => Self::Exposed {
                what: format!("{what}: it is not used"),
                remedy: remedy.clone(),
            },
            None => Self::Read {
                path,
                reason: error.to_string(),
            },
        }
    }

    pub(super) fn yaml(path: &Path, error: &serde_saphyr::Error) -> Self {
        let line = error.location().map_or(1, |at| at.line());
        let text = error.to_string();
        let what = text.lines().next().unwrap_or("it cannot be read");
        Self::Yaml {
            path: path.to_path_buf(),
            line,
            what: sanitize::line(what),
        }
    }

    pub(super) fn value(path: &Path, what: impl AsRef<str>, remedy: impl Into<String>) -> Self {
        let what = Safe::line(what.as_ref()).to_string();
        Self::Value {
            path: path.to_path_buf(),
            what,
            remedy: remedy.into(),
        }
    }

    pub fn hint(&self) -> String {
        match self {
            Self::Read { .. } => "check the path and its permissions".into(),
            Self::Yaml { .. } => {
                "correct that line; `warroom config init` writes a sample with every key".into()
            }
            Self::Value { remedy, .. }
            | Self::Line { remedy, .. }
            | Self::Exposed { remedy, .. }
            | Self::Secret { remedy, .. } => remedy.clone(),
            Self::NoHome => "name a place with --data-dir DIR".into(),
        }
    }
}

/// Reads a YAML file; an error names the file and the line.
pub(super) fn parse<T: serde::de::DeserializeOwned>(
    path: &Path,
    text: &str,
) -> Result<T, ConfigError> {
    serde_saphyr::from_str(text).map_err(|error| ConfigError::yaml(path, &error))
}
