//! The data directory: where the incidents of this machine's users live.

use super::clock::Clock;
use super::directory;
use super::disclosures::texts_path;
use super::disk::{Disk, How, SystemDisk};
use super::entropy::{Entropy, SystemEntropy};
use super::error::JournalError;
use super::heads::Heads;
use super::line::{Position, parse};
use super::lock::Lock;
use super::place::network_file_system;
use super::reader::{Follower, Loaded, journal_path, must_be_there};
use super::writer::{Journal, Means, introduce_program};
use crate::files::{self, Exposed, Writers};
use crate::incident::entry::NetworkFileSystem;
use crate::incident::{Draft, Entry, Event, Incident, IncidentId, Slug, program};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The data directory.
#[derive(Clone)]
pub struct Store {
    root: PathBuf,
    clock: Arc<dyn Clock>,
    disk: Arc<dyn Disk>,
    heads: Heads,
    allow_network: bool,
}

impl Store {
    /// A data directory, created on first use.
    pub fn new(root: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Self {
        Self {
            root: root.into(),
            clock,
            disk: Arc::new(SystemDisk),
            heads: Heads::default(),
            allow_network: false,
        }
    }

    /// On another disk.
    pub fn on(self, disk: Arc<dyn Disk>) -> Self {
        Self { disk, ..self }
    }

    /// Remembers heads in a directory of this user; a read-only one only knows what is remembered already.
    pub fn remembering(self, state: &Path, read_only: bool) -> Self {
        Self {
            heads: Heads::new(state, &self.root, read_only),
            ..self
        }
    }

    /// Works on a network file system too, and says so in each journal.
    pub fn even_on_a_network(self, allow_network: bool) -> Self {
        Self {
            allow_network,
            ..self
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

    /// Where an incident is.
    pub fn directory_of(&self, id: &IncidentId) -> PathBuf {
        self.incidents().join(id.as_str())
    }

    /// Where the ledger is.
    pub fn ledger_directory(&self) -> PathBuf {
        self.root.join("ledger")
    }

    /// What this user remembers of heads.
    pub fn heads(&self) -> &Heads {
        &self.heads
    }

    pub(super) fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// The network file system that the directory is on, if it is on one.
    pub fn network(&self) -> Option<&'static str> {
        network_file_system(&self.root)
    }

    /// Creates what is missing, so that a directory that cannot be written is known before it is needed.
    pub fn prepare(&self) -> Result<(), JournalError> {
        if let Some(kind) = self.network().filter(|_| !self.allow_network) {
            return Err(JournalError::Network {
                path: self.root.clone(),
                kind,
            });
        }
        directory::create_private(self.disk.as_ref(), &self.incidents())?;
        self.must_be_ours()?;
        Lock::open(self.disk.as_ref(), &self.root).map(drop)
    }

    /// Refuses a data directory that others can change: entries could be added, taken away or put back. Who else may write
    /// is decided here and nowhere else.
    pub fn must_be_ours(&self) -> Result<(), JournalError> {
        match files::directory_is_ours(&self.root, Writers::Owner) {
            // Another disk than the machine's, or nothing there yet.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => match Exposed::of(&error) {
                Some(exposed) => Err(JournalError::Exposed(exposed.clone())),
                None => Err(JournalError::io("look at", &self.root)(error)),
            },
            Ok(()) => Ok(()),
        }
    }

    /// Refuses an incident's directory that is a symbolic link, or stands behind one.
    pub fn must_be_own(&self, id: &IncidentId) -> Result<(), JournalError> {
        for path in [self.incidents(), self.directory_of(id)] {
            directory::must_be_own(self.disk.as_ref(), &path)?;
        }
        Ok(())
    }

    /// The incidents, oldest first. A missing directory is an empty one.
    pub fn list(&self) -> Result<Vec<IncidentId>, JournalError> {
        let path = self.incidents();
        directory::must_be_own(self.disk.as_ref(), &path)?;
        let names = match std::fs::read_dir(&path) {
            Ok(names) => names,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(JournalError::io("list", &path)(error)),
        };
        let id = |entry: std::fs::DirEntry| IncidentId::new(entry.file_name().to_str()?);
        let mut ids: Vec<IncidentId> = names.filter_map(Result::ok).filter_map(id).collect();
        ids.retain(|id| !self.was_never_begun(id));
        ids.sort();
        Ok(ids)
    }

    /// Whether a directory is what a creation leaves that was cut off before there was a journal: then nothing of it
    /// was acknowledged. One with texts, or one that this user has seen recorded, has lost its journal.
    fn was_never_begun(&self, id: &IncidentId) -> bool {
        use std::io::ErrorKind::NotFound;
        let directory = self.directory_of(id);
        let journal = self.disk.stat(&journal_path(&directory, 1));
        let texts = match self.disk.stat(&texts_path(&directory, 1)) {
            Ok(texts) => texts.len > 0,
            Err(error) => error.kind() != NotFound,
        };
        let missing = journal.is_err_and(|error| error.kind() == NotFound);
        missing && !texts && self.heads.of(id).is_none()
    }

    /// Follows an incident's journal from its beginning, without locking it.
    pub fn follow(&self, id: &IncidentId) -> Follower {
        let disk = Arc::clone(&self.disk);
        Follower::new(disk, &self.directory_of(id), self.heads.of(id))
    }

    /// Reads an incident without locking it.
    pub fn read(&self, id: &IncidentId) -> Result<Loaded, JournalError> {
        self.must_be_own(id)?;
        self.read_directory(&self.directory_of(id), id.as_str())
    }

    pub(super) fn read_directory(
        &self,
        directory: &Path,
        name: &str,
    ) -> Result<Loaded, JournalError> {
        must_be_there(self.disk.as_ref(), directory)?;
        let disk = Arc::clone(&self.disk);
        let mut follower = Follower::new(disk, directory, self.heads.named(name));
        let (news, finding) = follower.read_new()?;
        Ok(Loaded {
            entries: news.entries,
            finding,
            newest: follower.newest,
        })
    }

    /// Reads an incident from its beginning; an error where it is not intact.
    pub fn check(&self, id: &IncidentId) -> Result<(), JournalError> {
        let mut follower = self.follow(id);
        match follower.read_new()? {
            (_, None) => Ok(()),
            (_, Some(finding)) => Err(follower.not_intact(finding)),
        }
    }

    /// Bytes of an incident's journal, the first file alone.
    pub fn size_of(&self, id: &IncidentId) -> u64 {
        let path = journal_path(&self.directory_of(id), 1);
        self.disk.stat(&path).map_or(0, |stat| stat.len)
    }

    /// Whether a journal that is not intact says anywhere that its incident was resolved for good, closed or sealed: of
    /// each line that is whole by itself, wherever it stands.
    pub fn has_ended(&self, id: &IncidentId) -> bool {
        let mut incident = Incident::default();
        for number in 1.. {
            let path = journal_path(&self.directory_of(id), number);
            let file = self.disk.open(&path, How::Read);
            let Ok(bytes) = file.and_then(|mut file| file.read_from(0)) else {
                break;
            };
            for line in bytes.split(|byte| *byte == b'\n') {
                if let Ok(parsed) = parse(line) {
                    incident.apply(&parsed.entry(|_| None));
                }
            }
        }
        incident.status.is_resolved() || incident.is_sealed()
    }

    fn means(&self, entropy: Box<dyn Entropy>) -> Means {
        Means {
            disk: Arc::clone(&self.disk),
            clock: Arc::clone(&self.clock),
            entropy,
        }
    }

    /// Opens an incident for writing.
    pub fn open(&self, id: &IncidentId) -> Result<(Journal, Vec<Entry>), JournalError> {
        self.must_be_own(id)?;
        self.open_directory(&self.directory_of(id), id.as_str())
    }

    pub(super) fn open_directory(
        &self,
        directory: &Path,
        name: &str,
    ) -> Result<(Journal, Vec<Entry>), JournalError> {
        let means = self.means(Box::new(SystemEntropy));
        Journal::open(directory, means, self.heads.named(name))
    }

    /// Creates an incident whose first entries are the drafts, after the program's own introduction.
    pub fn create(
        &self,
        id: &IncidentId,
        entropy: Box<dyn Entropy>,
        drafts: &[Draft],
    ) -> Result<(Journal, Vec<Entry>), JournalError> {
        self.create_directory(&self.directory_of(id), entropy, drafts)
    }

    pub(super) fn create_directory(
        &self,
        directory: &Path,
        entropy: Box<dyn Entropy>,
        drafts: &[Draft],
    ) -> Result<(Journal, Vec<Entry>), JournalError> {
        self.prepare()?;
        // Whoever made these may have been killed before their names were durable.
        directory::sync(self.disk.as_ref(), &self.root)?;
        if let Err(error) = directory::sync(self.disk.as_ref(), directory::above(&self.root)) {
            tracing::debug!(%error, "the directory above may be closed to this user");
        }
        let mut all = vec![introduce_program()];
        if let Some(kind) = self.network() {
            let kind = Slug::nearest(kind);
            let event = Event::from(NetworkFileSystem { kind });
            all.push(Draft::new(&program(), event));
        }
        all.extend_from_slice(drafts);
        Journal::create(directory, self.means(entropy), &all)
    }

    /// Remembers where a journal of an incident stands.
    pub fn remember(&self, id: &IncidentId, head: &Position) {
        self.heads.remember(id, head);
    }

    /// Does something while no other process of this directory opens an incident: two consoles that see the
    /// same alert must not open two.
    pub fn while_intake_is_mine<T>(
        &self,
        work: impl FnOnce() -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        self.prepare()?;
        let lock = Lock::open(self.disk.as_ref(), &self.root)?;
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
            if self.disk.stat(&self.directory_of(&id)).is_err() {
                return Ok(id);
            }
        }
    }

    /// The clock of this store.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }
}
