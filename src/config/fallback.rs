//! Replacement of a policy or map that cannot be used: the last copy that was in use, or else the shipped file. A
//! mistake in one file must not keep the paging service from starting.

use super::digested::Digested;
use super::error::ConfigError;
use crate::files::{self, Durable};
use crate::journal::hex_digest;
use chrono::{DateTime, SecondsFormat, Utc};
use std::fmt;
use std::path::{Path, PathBuf};

/// Directory of the copies, in the data directory.
const COPIES: &str = "copies";

/// What a problem of a file causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnProblem {
    /// An error: for checks, and for answers that must not come from another policy.
    Refuse,
    /// A warning and a replacement: for processes that must continue.
    Report,
}

/// A file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback {
    pub error: ConfigError,
    pub instead: Replacement,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement {
    /// The last copy that was in use, made at this time.
    Copy(DateTime<Utc>),
    /// The shipped file.
    Shipped,
    /// The file, with every paging channel instead of these of its channels.
    EveryChannel,
    /// Nothing: no signature is accepted.
    NoSigners,
    /// The file as it is: the problem has no effect on paging.
    AsItStands,
}

impl fmt::Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = &self.error;
        match self.instead {
            Replacement::Copy(at) => {
                let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
                write!(f, "{error}; the copy of {at} is in force")
            }
            Replacement::Shipped => write!(
                f,
                "{error}; there is no earlier copy: the shipped one is in force, with every channel that pages"
            ),
            Replacement::EveryChannel => {
                write!(f, "{error}; that level pages through every channel instead")
            }
            Replacement::NoSigners => write!(f, "{error}; no signature is accepted until then"),
            Replacement::AsItStands => write!(f, "{error}"),
        }
    }
}

/// Reads the parts of the configuration; collects problems and the texts that are kept as copies.
#[derive(Debug)]
pub(super) struct PartReader {
    faults: OnProblem,
    copies: PathBuf,
    pub(super) fallbacks: Vec<Fallback>,
    /// Text of each file that was read, by the name of its copy.
    pub(super) texts: Vec<(&'static str, String)>,
}

#[derive(Debug)]
pub(super) struct ConfigPart<T> {
    pub(super) made: Digested<T>,
    /// Whether it is the shipped file.
    pub(super) shipped: bool,
}

impl PartReader {
    pub(super) fn new(faults: OnProblem, data_dir: &Path) -> Self {
        Self {
            faults,
            copies: data_dir.join(COPIES),
            fallbacks: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// Reads a part from the user's own file, from its last copy, or from the shipped file.
    pub(super) fn part<T>(
        &mut self,
        name: &'static str,
        own: Option<PathBuf>,
        shipped: &str,
        make: impl Fn(&Path, &str) -> Result<T, ConfigError>,
    ) -> Result<ConfigPart<T>, ConfigError> {
        let made = |path: &Path, text: &str, shipped: bool| {
            let digest = hex_digest(text.as_bytes());
            make(path, text).map(|value| ConfigPart {
                made: Digested::new(value, digest),
                shipped,
            })
        };
        let Some(path) = own else {
            return made(Path::new("(shipped)"), shipped, true);
        };
        let read = files::trusted_text(&path).map_err(ConfigError::read(&path));
        let error = match read.and_then(|text| Ok((made(&path, &text, false)?, text))) {
            Ok((part, text)) => {
                self.texts.push((name, text));
                return Ok(part);
            }
            Err(error) => error,
        };
        self.report(error, Replacement::Shipped)?;
        let copy = self.copies.join(name);
        let time = || copy.metadata().and_then(|meta| meta.modified()).ok();
        let kept = files::trusted_text(&copy).ok().zip(time());
        // Relative paths in a copy are relative to the original file.
        if let Some((text, at)) = kept
            && let Ok(part) = made(&path, &text, false)
        {
            if let Some(last) = self.fallbacks.last_mut() {
                last.instead = Replacement::Copy(at.into());
            }
            return Ok(part);
        }
        made(Path::new("(shipped)"), shipped, true)
    }

    /// Handles a problem as an error or as a warning.
    pub(super) fn report(
        &mut self,
        error: ConfigError,
        instead: Replacement,
    ) -> Result<(), ConfigError> {
        match self.faults {
            OnProblem::Refuse => Err(error),
            OnProblem::Report => {
                self.fallbacks.push(Fallback { error, instead });
                Ok(())
            }
        }
    }
}

/// Keeps copies of the files in use, for a start at which one of them cannot be used. Writes only changed files, and
/// each of them completely or not at all.
pub(super) fn write_copies(
    data_dir: &Path,
    texts: &[(&'static str, String)],
) -> std::io::Result<()> {
    files::directory(data_dir)?;
    let copies = files::directory_in(data_dir, Path::new(COPIES))?;
    for (name, text) in texts {
        let path = copies.join(name);
        if files::trusted_text(&path).is_ok_and(|kept| kept == *text) {
            continue;
        }
        files::replace(&path, text.as_bytes(), Durable::Yes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
