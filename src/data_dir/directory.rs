//! The data directory: its place, its rights and its lock.

use super::heads::Heads;
use super::network::network_file_system;
use crate::files::{self, Exposed, Writers};
use crate::journal::disk::{Disk, SystemDisk};
use crate::journal::lock::Lock;
use crate::journal::{Clock, JournalError, JournalName, durable};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Clone)]
pub struct DataDir {
    root: PathBuf,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) disk: Arc<dyn Disk>,
    heads: Heads,
    pub(super) allow_network: bool,
}

impl DataDir {
    pub fn new(root: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Self {
        Self {
            root: root.into(),
            clock,
            disk: Arc::new(SystemDisk),
            heads: Heads::default(),
            allow_network: false,
        }
    }

    #[cfg(test)]
    pub(crate) fn on(self, disk: Arc<dyn Disk>) -> Self {
        Self { disk, ..self }
    }

    /// Remembers heads in a directory of this user; a read-only one only reads them.
    pub fn remembering(self, state: &Path, read_only: bool) -> Self {
        Self {
            heads: Heads::new(state, &self.root, read_only),
            ..self
        }
    }

    /// Works on a network file system too, and records that in each journal.
    pub fn even_on_a_network(self, allow_network: bool) -> Self {
        Self {
            allow_network,
            ..self
        }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn incidents(&self) -> PathBuf {
        self.root.join("incidents")
    }

    pub fn directory_of(&self, name: &JournalName) -> PathBuf {
        match name {
            JournalName::Incident(id) => self.incidents().join(id.as_str()),
            JournalName::Ledger => self.root.join("ledger"),
        }
    }

    pub fn heads(&self) -> &Heads {
        &self.heads
    }

    /// The network file system of the directory, if there is one.
    pub fn network(&self) -> Option<&'static str> {
        network_file_system(&self.root)
    }

    /// Refuses a data directory that others can change: they could add, remove or restore entries.
    pub fn must_be_ours(&self) -> Result<(), JournalError> {
        match files::directory_is_ours(&self.root, Writers::Owner) {
            // A test disk, or nothing there yet.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => match Exposed::of(&error) {
                Some(exposed) => Err(JournalError::Exposed(exposed.clone())),
                None => Err(JournalError::io("look at", &self.root)(error)),
            },
            Ok(()) => Ok(()),
        }
    }

    /// Refuses an incident's directory that is a symbolic link or is behind one.
    pub(crate) fn must_be_own(&self, name: &JournalName) -> Result<(), JournalError> {
        if matches!(name, JournalName::Incident(_)) {
            durable::must_be_own(self.disk.as_ref(), &self.incidents())?;
        }
        durable::must_be_own(self.disk.as_ref(), &self.directory_of(name))
    }

    pub(super) fn while_locked<T>(
        &self,
        work: impl FnOnce() -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        self.create()?;
        let lock = Lock::open(self.disk.as_ref(), &self.root)?;
        let _held = lock.hold()?;
        work()
    }

    /// Creates what is missing, so that a write error shows before the first entry.
    pub(super) fn create(&self) -> Result<(), JournalError> {
        if let Some(kind) = self.network().filter(|_| !self.allow_network) {
            return Err(JournalError::Network {
                path: self.root.clone(),
                kind,
            });
        }
        durable::create_private(self.disk.as_ref(), &self.incidents())?;
        self.must_be_ours()?;
        Lock::open(self.disk.as_ref(), &self.root).map(drop)
    }
}
