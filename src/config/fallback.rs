//! What is in force where a policy or map of the user's own cannot be used: the copy that was in use last, or else the
//! shipped one. A slip in one file must not keep the paging service from starting.

use super::error::ConfigError;
use crate::files::{self, Durable};
use crate::journal::hex_digest;
use chrono::{DateTime, SecondsFormat, Utc};
use std::fmt;
use std::path::{Path, PathBuf};

/// Where the copies are, in the data directory.
const COPIES: &str = "copies";

/// How a fault in a file is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnProblem {
    /// It ends the reading: for checks, and for answers that must not rest on another policy.
    Refuse,
    /// It is named, and something else is in force: for whatever must go on.
    Name,
}

/// A file that cannot be used as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback {
    /// What is wrong, and where.
    pub error: ConfigError,
    /// What is in force.
    pub instead: Replacement,
}

/// What is in force in the place of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement {
    /// The copy that was in use last, made at this time.
    Copy(DateTime<Utc>),
    /// What ships with the program.
    Shipped,
    /// The file, with these of its channels replaced by every channel that pages.
    EveryChannel,
    /// Nothing: no signature is accepted.
    NoSigners,
    /// The file as it stands: what is wrong has no consequence for paging.
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
                write!(f, "{error}; that level pages by every channel instead")
            }
            Replacement::NoSigners => write!(f, "{error}; no signature is accepted until then"),
            Replacement::AsItStands => write!(f, "{error}"),
        }
    }
}

/// Reads the parts of the configuration, and remembers what could not be used and what is worth a copy.
#[derive(Debug)]
pub(super) struct PartReader {
    faults: OnProblem,
    copies: PathBuf,
    pub(super) fallbacks: Vec<Fallback>,
    /// The text of each file that was read, by the name of its copy.
    pub(super) texts: Vec<(&'static str, String)>,
}

/// A part as it was read.
#[derive(Debug)]
pub(super) struct ConfigPart<T> {
    pub(super) value: T,
    /// Digest of the text it was made from.
    pub(super) digest: String,
    /// Whether it is the shipped one.
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

    /// Makes a part from the user's own file, from its last copy, or from what ships.
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
                value,
                digest,
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
        self.concern(error, Replacement::Shipped)?;
        let copy = self.copies.join(name);
        let time = || copy.metadata().and_then(|meta| meta.modified()).ok();
        let kept = files::trusted_text(&copy).ok().zip(time());
        // Relative paths inside are meant from where the file stands.
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

    /// Takes a fault: as the end, or as something to be named.
    pub(super) fn concern(
        &mut self,
        error: ConfigError,
        instead: Replacement,
    ) -> Result<(), ConfigError> {
        match self.faults {
            OnProblem::Refuse => Err(error),
            OnProblem::Name => {
                self.fallbacks.push(Fallback { error, instead });
                Ok(())
            }
        }
    }
}

/// Keeps copies of the files that are in use, for a start at which one of them cannot be used. Only what has changed is
/// written; a copy is whole or not there.
pub(super) fn keep(data_dir: &Path, texts: &[(&'static str, String)]) -> std::io::Result<()> {
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
