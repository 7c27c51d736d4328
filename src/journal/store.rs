//! The data directory: where the incidents of this machine's users live.

use super::clock::Clock;
use super::directory;
use super::entropy::{Entropy, SystemEntropy};
use super::error::JournalError;
use super::lock::Lock;
use super::reader::{Loaded, read};
use super::writer::{Journal, introduce_program};
use crate::incident::{Draft, Entry, IncidentId};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The data directory.
#[derive(Clone)]
pub struct Store {
    root: PathBuf,
    clock: Arc<dyn Clock>,
}

impl Store {
    /// A data directory, created on first use.
    pub fn new(root: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Self {
        Self {
            root: root.into(),
            clock,
        }
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the incidents are.
    pub fn incidents(&self) -> PathBuf {
        self.root.join("incidents")
    }

    /// Creates what is missing, so that a directory that cannot be written is known before it is needed.
    pub fn prepare(&self) -> Result<(), JournalError> {
        directory::create_private(&self.incidents())?;
        Lock::open(&self.root).map(drop)
    }

    /// The incidents, oldest first. A missing directory is an empty one.
    pub fn list(&self) -> Result<Vec<IncidentId>, JournalError> {
        let path = self.incidents();
        let names = match std::fs::read_dir(&path) {
            Ok(names) => names,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(JournalError::io("list", &path)(error)),
        };
        let id = |entry: std::fs::DirEntry| IncidentId::new(entry.file_name().to_str()?);
        let mut ids: Vec<IncidentId> = names.filter_map(Result::ok).filter_map(id).collect();
        ids.sort();
        Ok(ids)
    }

    /// Reads an incident without locking it.
    pub fn read(&self, id: &IncidentId) -> Result<Loaded, JournalError> {
        let directory = self.incidents().join(id.as_str());
        if !directory.join(super::reader::JOURNAL).exists() {
            return Err(JournalError::NotFound {
                id: id.to_string(),
                path: self.incidents(),
            });
        }
        read(&directory)
    }

    /// Opens an incident for writing.
    pub fn open(&self, id: &IncidentId) -> Result<(Journal, Vec<Entry>), JournalError> {
        Journal::open(
            &self.incidents(),
            id,
            Arc::clone(&self.clock),
            Box::new(SystemEntropy),
        )
    }

    /// Creates an incident whose first entries are the drafts, after the program's own introduction.
    pub fn create(
        &self,
        id: &IncidentId,
        entropy: Box<dyn Entropy>,
        drafts: &[Draft],
    ) -> Result<(Journal, Vec<Entry>), JournalError> {
        self.prepare()?;
        let mut all = vec![introduce_program()];
        all.extend_from_slice(drafts);
        Journal::create(
            &self.incidents(),
            id,
            Arc::clone(&self.clock),
            entropy,
            &all,
        )
    }

    /// Does something while no other process of this directory opens an incident: two consoles that see the
    /// same alert must not open two.
    pub fn while_intake_is_mine<T>(
        &self,
        work: impl FnOnce() -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        self.prepare()?;
        let lock = Lock::open(&self.root)?;
        let _held = lock.hold()?;
        work()
    }

    /// A fresh id for a new incident.
    pub fn fresh_id(
        &self,
        drill: bool,
        entropy: &mut dyn Entropy,
    ) -> Result<IncidentId, JournalError> {
        loop {
            let mut suffix = [0; 2];
            entropy.fill(&mut suffix)?;
            let day = self.clock.now().wall.date_naive();
            let id = IncidentId::compose(drill, day, u16::from_be_bytes(suffix));
            if !self.incidents().join(id.as_str()).exists() {
                return Ok(id);
            }
        }
    }

    /// The clock of this store.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }
}
