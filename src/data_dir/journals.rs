//! The journals of a data directory as a store: the file lock of a journal decides the order of its entries, and the
//! lock of the directory decides which process opens an incident.

use super::directory::DataDir;
use crate::incident::entry::{ActorIntroduced, NetworkFileSystem, Proof};
use crate::incident::{Draft, Entry, IncidentId, Slug, program};
use crate::journal::disk::{OpenMode, protect};
use crate::journal::layout::{journal_path, texts_path};
use crate::journal::reader::{Follower, must_be_there};
use crate::journal::writer::{FileJournal, JournalPorts};
use crate::journal::{
    At as _, Clock, Entropy, Finding, FindingKind, Follow, Head, Journal, JournalError,
    JournalName, JournalStore, News, Opened, Signature, SystemEntropy, Verbatim, blobs, durable,
    entries_in,
};
use std::io::ErrorKind::NotFound;
use std::sync::Arc;

impl JournalStore for DataDir {
    fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn prepare(&self) -> Result<(), JournalError> {
        self.create()
    }

    fn list(&self) -> Result<Vec<IncidentId>, JournalError> {
        let path = self.incidents();
        durable::must_be_own(self.disk.as_ref(), &path)?;
        let names = match self.disk.names(&path) {
            Ok(names) => names,
            Err(error) if error.kind() == NotFound => return Ok(Vec::new()),
            Err(error) => return Err(JournalError::io("list", &path)(error)),
        };
        let ids = names.iter().filter_map(|name| IncidentId::new(name));
        let mut ids: Vec<IncidentId> = ids.filter(|id| !self.was_never_begun(id)).collect();
        ids.sort();
        Ok(ids)
    }

    fn follow(&self, name: &JournalName) -> Box<dyn Follow> {
        let (disk, directory) = (Arc::clone(&self.disk), self.directory_of(name));
        Box::new(FileFollower {
            follower: Follower::new(disk, &directory, self.heads().of(name)),
            data_dir: self.clone(),
            name: name.clone(),
        })
    }

    fn open(&self, name: &JournalName) -> Result<(Box<dyn Journal>, Vec<Entry>), JournalError> {
        let opened = self.must_be_there(name).and_then(|()| {
            let known = self.heads().of(name);
            let ports = self.ports(Box::new(SystemEntropy));
            FileJournal::open(&self.directory_of(name), ports, known)
        });
        let (journal, entries) = match opened {
            Err(JournalError::NotFound { .. }) if *name == JournalName::Ledger => {
                self.create_journal(name, Box::new(SystemEntropy), &[])?
            }
            Err(error) => return Err(error),
            // An interrupted creation left it empty: nothing in it was acknowledged.
            Ok((mut journal, entries)) if *name == JournalName::Ledger && entries.is_empty() => {
                let entries = journal.append_after_all(&[introduce_program()])?.entries;
                (journal, entries)
            }
            Ok(opened) => opened,
        };
        Ok((Box::new(journal), entries))
    }

    fn open_incident(
        &self,
        drill: bool,
        drafts: &[Draft],
        seen: &dyn Fn(&IncidentId) -> bool,
    ) -> Result<Option<Opened>, JournalError> {
        self.while_locked(|| {
            for id in self.list()?.iter().filter(|id| !seen(id)) {
                // The introduction of the program is written alone: an interrupted creation leaves no more.
                let never_begun = |news: News| news.entries.len() <= 1;
                if !self.follow(&id.into()).refresh().is_ok_and(never_begun) {
                    return Ok(None);
                }
            }
            let id = self.fresh_id(drill)?;
            let (journal, entries) = self.create_incident(&id, Box::new(SystemEntropy), drafts)?;
            Ok(Some(Opened {
                id,
                journal,
                entries,
            }))
        })
    }

    fn verbatim(&self, id: &IncidentId) -> Result<Verbatim, JournalError> {
        Verbatim::read(self.disk.as_ref(), &self.directory_of(&id.into()))
    }

    fn salvage(&self, id: &IncidentId) -> Vec<Entry> {
        let directory = self.directory_of(&id.into());
        let read = |number| {
            let file = self
                .disk
                .open(&journal_path(&directory, number), OpenMode::Read);
            file.and_then(|mut file| file.read_from(0)).ok()
        };
        let files = (1..).map_while(read);
        files.flat_map(|bytes| entries_in(&bytes)).collect()
    }

    fn erase_text(&self, id: &IncidentId, commitment: &str) -> Result<(), JournalError> {
        let name = JournalName::from(id);
        self.must_be_there(&name)?;
        let ports = self.ports(Box::new(SystemEntropy));
        let known = self.heads().of(&name);
        let (mut journal, _) = FileJournal::open(&self.directory_of(&name), ports, known)?;
        journal.strike_out(commitment)?;
        self.close(id)
    }

    fn close(&self, id: &IncidentId) -> Result<(), JournalError> {
        let directory = self.directory_of(&id.into());
        for path in [journal_path, texts_path].iter().flat_map(|file| {
            (1..)
                .map(|n| file(&directory, n))
                .take_while(|p| p.exists())
        }) {
            protect(&path, 0o400).at("close", &path)?;
        }
        durable::sync(self.disk.as_ref(), &directory)
    }

    fn remove(&self, id: &IncidentId) -> Result<(), JournalError> {
        let directory = self.directory_of(&id.into());
        let documents = self.root().join("documents").join(id.as_str());
        for path in [&directory, &documents] {
            match std::fs::remove_dir_all(path) {
                Err(error) if error.kind() != NotFound => {
                    return Err(JournalError::io("remove", path)(error));
                }
                _ => {}
            }
        }
        self.heads().forget(&id.into());
        durable::sync(self.disk.as_ref(), &self.incidents())
    }

    fn keep_signature(
        &self,
        name: &JournalName,
        signature: &Signature,
    ) -> Result<(), JournalError> {
        blobs::keep_signature(self.disk.as_ref(), &self.directory_of(name), signature)
    }

    fn signature(&self, name: &JournalName, digest: &str) -> Option<String> {
        blobs::kept_signature(self.disk.as_ref(), &self.directory_of(name), digest)
    }

    fn remember(&self, name: &JournalName, head: &Head) {
        self.heads().remember(name, head);
    }
}

impl DataDir {
    /// Distinguishes a missing journal, an unreadable one, and a ledger that was removed.
    fn must_be_there(&self, name: &JournalName) -> Result<(), JournalError> {
        self.must_be_own(name)?;
        let directory = self.directory_of(name);
        match must_be_there(self.disk.as_ref(), &directory) {
            Err(JournalError::NotFound { .. }) if *name == JournalName::Ledger => {}
            other => return other,
        }
        // It recorded holds and deletions: a removed ledger is not an empty one.
        let Some(known) = self.heads().of(name) else {
            return Err(JournalError::missing(&directory));
        };
        let what = format!(
            "it is missing although its entry {} was recorded",
            known.seq
        );
        Err(JournalError::NotIntact {
            path: journal_path(&directory, 1),
            finding: Finding {
                kind: FindingKind::Removed,
                line: 1,
                what,
            },
        })
    }

    /// An interrupted creation left this directory before there was a journal, so nothing in it was acknowledged. A
    /// directory with texts, or one that this user has seen recorded, has lost its journal.
    fn was_never_begun(&self, id: &IncidentId) -> bool {
        let directory = self.directory_of(&id.into());
        let journal = self.disk.stat(&journal_path(&directory, 1));
        let texts = match self.disk.stat(&texts_path(&directory, 1)) {
            Ok(texts) => texts.len > 0,
            Err(error) => error.kind() != NotFound,
        };
        let missing = journal.is_err_and(|error| error.kind() == NotFound);
        missing && !texts && self.heads().of(&id.into()).is_none()
    }

    fn ports(&self, entropy: Box<dyn Entropy>) -> JournalPorts {
        JournalPorts {
            disk: Arc::clone(&self.disk),
            clock: Arc::clone(&self.clock),
            entropy,
        }
    }

    /// The program's introduction comes before the drafts.
    pub fn create_incident(
        &self,
        id: &IncidentId,
        entropy: Box<dyn Entropy>,
        drafts: &[Draft],
    ) -> Result<(Box<dyn Journal>, Vec<Entry>), JournalError> {
        let (journal, entries) = self.create_journal(&id.into(), entropy, drafts)?;
        Ok((Box::new(journal), entries))
    }

    fn create_journal(
        &self,
        name: &JournalName,
        entropy: Box<dyn Entropy>,
        drafts: &[Draft],
    ) -> Result<(FileJournal, Vec<Entry>), JournalError> {
        self.create()?;
        // Their creator may have been killed before the names were durable.
        durable::sync(self.disk.as_ref(), self.root())?;
        if let Err(error) = durable::sync(self.disk.as_ref(), durable::above(self.root())) {
            tracing::debug!(%error, "the directory above may be closed to this user");
        }
        let mut all = vec![introduce_program()];
        if let Some(kind) = self.network() {
            let kind = Slug::nearest(kind);
            all.push(Draft::new(&program(), NetworkFileSystem { kind }));
        }
        all.extend_from_slice(drafts);
        FileJournal::create(&self.directory_of(name), self.ports(entropy), &all)
    }

    fn fresh_id(&self, drill: bool) -> Result<IncidentId, JournalError> {
        loop {
            let mut suffix = [0; 2];
            SystemEntropy.fill(&mut suffix)?;
            let day = self.clock.now().wall.date_naive();
            let id = IncidentId::compose(drill, day, u16::from_be_bytes(suffix));
            if self.disk.stat(&self.directory_of(&(&id).into())).is_err() {
                return Ok(id);
            }
        }
    }
}

/// Follows the files of a journal while the directory is ours.
struct FileFollower {
    data_dir: DataDir,
    name: JournalName,
    follower: Follower,
}

impl Follow for FileFollower {
    fn head(&self) -> &Head {
        self.follower.head()
    }

    fn refresh(&mut self) -> Result<News, JournalError> {
        match self.data_dir.must_be_there(&self.name) {
            Err(JournalError::NotFound { .. }) if self.name == JournalName::Ledger => {
                Ok(News::default())
            }
            Err(error) => Err(error),
            Ok(()) => self.follower.refresh(),
        }
    }
}

fn introduce_program() -> Draft {
    let introduced = ActorIntroduced {
        was: None,
        actor: program(),
        uid: None,
        proof: Proof::Program,
        key: None,
    };
    Draft::new(&program(), introduced)
}
