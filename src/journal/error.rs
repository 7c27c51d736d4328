//! Errors of the journal, with a hint for each.

use super::finding::Finding;
use crate::files::Exposed;
use crate::text::shown_path;
use std::path::{Path, PathBuf};

/// The text says what and where; [`JournalError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("cannot {action} {}: {source}", shown_path(path))]
    Io {
        action: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the journal {} is locked by {holder}", shown_path(path))]
    Locked {
        path: PathBuf,
        /// As that process wrote it.
        holder: String,
    },
    #[error("the journal {} is not intact: {finding}", shown_path(path))]
    NotIntact { path: PathBuf, finding: Finding },
    #[error(
        "the journal {} has entries of format {version}, newer than this program writes",
        shown_path(path)
    )]
    Newer { path: PathBuf, version: u64 },
    #[error("there is no incident {id} in {}", shown_path(path))]
    NotFound { id: String, path: PathBuf },
    #[error("an entry of {length} bytes does not fit into a line of {max}")]
    TooLong { length: usize, max: usize },
    /// The content on disk is unknown after a failed sync: nothing more is written to this file, and the chain
    /// continues in a next one.
    #[error("the disk did not confirm a write to {}: {reason}", shown_path(path))]
    SyncFailed { path: PathBuf, reason: String },
    #[error("the journal {} is sealed", shown_path(path))]
    Sealed { path: PathBuf },
    #[error(
        "{} is on a network file system ({kind}), where locks and syncs may not hold",
        shown_path(path)
    )]
    Network { path: PathBuf, kind: &'static str },
    #[error("the data directory is not used: {}", .0.what)]
    Exposed(Exposed),
    #[error("the system gives no random bytes: {0}")]
    Entropy(String),
    #[error("an entry cannot be written as JSON: {0}")]
    Encode(String),
}

/// Names the action and the path of an I/O error.
pub(crate) trait At<T> {
    fn at(self, action: &'static str, path: impl Into<PathBuf>) -> Result<T, JournalError>;
}

impl<T> At<T> for std::io::Result<T> {
    fn at(self, action: &'static str, path: impl Into<PathBuf>) -> Result<T, JournalError> {
        self.map_err(JournalError::io(action, path))
    }
}

impl JournalError {
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }

    pub(crate) fn missing(directory: &Path) -> Self {
        let id = directory.file_name().unwrap_or_default();
        Self::NotFound {
            id: id.to_string_lossy().into_owned(),
            path: directory.parent().unwrap_or(directory).to_path_buf(),
        }
    }

    pub fn hint(&self) -> String {
        match self {
            Self::Io { source, path, .. } => io_hint(source.kind(), path),
            Self::Locked { .. } => {
                "that process may be stopped: continue or end it; reading goes on meanwhile".into()
            }
            Self::NotIntact { path, .. } => format!(
                "nothing is repaired and nothing may be added; see `warroom verify {}`, keep the directory, \
                 and open a new incident that names this one",
                shown_path(path.parent().unwrap_or(path))
            ),
            Self::Newer { .. } => "update warroom on this machine; reading works".into(),
            Self::NotFound { .. } => "see `warroom incident list`".into(),
            Self::TooLong { .. } => "shorten it, or split it into two notes".into(),
            Self::SyncFailed { .. } => {
                "what waits is NOT RECORDED and is tried again in a new file; check the disk, or start warroom \
                 with another --data-dir"
                    .into()
            }
            Self::Sealed { .. } => {
                "a sealed incident continues in a new one: `warroom incident open TITLE --follows ID`".into()
            }
            Self::Network { .. } => {
                "choose a local directory with --data-dir DIR; or set `network_file_system: allowed` in the \
                 configuration, which every journal then says"
                    .into()
            }
            Self::Exposed(Exposed { remedy, .. }) => {
                format!("{remedy}; or choose another place with --data-dir DIR")
            }
            Self::Entropy(_) | Self::Encode(_) => "this should not happen; please report it".into(),
        }
    }

    /// A few words for a row of the screen: the reason first, and only the last name of a path.
    pub fn brief(&self) -> String {
        let name = |path: &Path| {
            let name = path.file_name().unwrap_or(path.as_os_str());
            name.to_string_lossy().into_owned()
        };
        match self {
            Self::Io {
                action,
                path,
                source,
            } => {
                let why = source.to_string();
                let why = why.split(" (os error").next().unwrap_or_default();
                format!("{why}: cannot {action} {}", name(path))
            }
            Self::Locked { holder, .. } => format!("locked by {holder}"),
            Self::NotIntact { finding, .. } => finding.to_string(),
            Self::SyncFailed { path, .. } => {
                format!("the disk did not confirm a write to {}", name(path))
            }
            other => other.to_string(),
        }
    }

    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Io { .. } | Self::Locked { .. } | Self::SyncFailed { .. }
        )
    }
}

fn io_hint(kind: std::io::ErrorKind, path: &Path) -> String {
    use std::io::ErrorKind;
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let directory = shown_path(parent.unwrap_or(path));
    match kind {
        ErrorKind::NotFound if parent.is_none() => {
            "name an incident (`warroom incident list`), or a file or directory that is there"
                .into()
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => format!(
            "make {directory} writable for this user, or choose another place with --data-dir DIR"
        ),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("free space on the file system of {directory}; it is tried again meanwhile")
        }
        _ => format!("check {directory}, or choose another place with --data-dir DIR"),
    }
}
