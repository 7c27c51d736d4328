//! What can be wrong with the configuration: file, line, what, remedy.

use crate::files::Exposed;
use crate::text::shown_path;
use crate::text::{Safe, Unprotected, sanitize};
use std::path::{Path, PathBuf};

/// An error of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("cannot read {}: {reason}", shown_path(path))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A file that decides what is run, whom to page or whom to trust can be changed by others; or a credential could be
    /// read on its way.
    #[error("{what}")]
    Exposed {
        /// The file or directory, who can change it, its mode and its owner.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// A file does not read as YAML of the right form.
    #[error("{}:{line}: {what}", shown_path(path))]
    Yaml {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// A value makes no sense.
    #[error("{}: {what}", shown_path(path))]
    Value {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
        /// What to do.
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
    /// A secret cannot be fetched.
    #[error("a credential cannot be fetched: {what}")]
    Secret {
        /// What is wrong; never the secret.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// There is no home directory to keep data in.
    #[error("no home directory is known, so there is no place for the data")]
    NoHome,
}

impl From<Unprotected> for ConfigError {
    fn from(Unprotected { what, remedy }: Unprotected) -> Self {
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
        let what = text.lines().next().unwrap_or("it does not read");
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

    /// What to do about it.
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
