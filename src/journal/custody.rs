//! What the chain of custody does to files: signatures are kept, texts are struck out, a sealed journal is closed,
//! and the ledger of the data directory is a journal of its own.

use super::clock::Clock;
use super::directory;
use super::disclosures::texts_path;
use super::disk::{How, protect};
use super::entropy::SystemEntropy;
use super::error::JournalError;
use super::line::hex_digest;
use super::reader::{Loaded, journal_path};
use super::signer::{MAX_SIGNATURE, Signature, Signer, checkpoint_text};
use super::store::Store;
use super::verify::{Finding, FindingKind};
use super::writer::Journal;
use crate::incident::entry::{Act, CheckpointFailed, Checkpointed, Occasion, field};
use crate::incident::{Draft, Entry, IncidentId, Slug};
use crate::text::Safe;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

/// The digest that an approver signs: it binds the request to its incident, to who asked, and to the very bytes
/// concerned.
pub fn request_digest(incident: &IncidentId, request: &Slug, by: &Slug, act: &Act) -> String {
    let line = format!("warroom-request/1 {incident} {request} {by} {}", act.line());
    hex_digest(line.as_bytes())
}

/// What a checkpoint is made of, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    /// The incident's id.
    pub incident: String,
    /// The entry covered last.
    pub upto: u64,
    /// Its hash.
    pub head: String,
    /// When.
    pub at: chrono::DateTime<chrono::Utc>,
    /// Why then.
    pub reason: Occasion,
}

impl Unsigned {
    /// Signs it, keeps the signature in the incident's directory, and gives what is to be recorded: the checkpoint,
    /// or that there is none.
    pub fn sign(self, store: &Store, directory: &Path, signer: &Signer, by: &Slug) -> Draft {
        let text = checkpoint_text(&self.incident, self.upto, &self.head, self.at);
        let signed = signer.sign(&text).map_err(|error| (error.what, error.hint));
        let kept = signed.and_then(|signature| {
            keep_signature(store, directory, &signature)
                .map(|()| signature)
                .map_err(|error| (error.to_string(), error.hint()))
        });
        match kept {
            Ok(signature) => {
                let data = Checkpointed {
                    upto: self.upto,
                    head: self.head,
                    at: self.at,
                    reason: self.reason,
                    signature: signature.digest(),
                    key: signature.key,
                };
                Draft::new(by, data)
            }
            Err((what, hint)) => {
                let reason = self.reason;
                Draft::new(by, CheckpointFailed { reason })
                    .with(field::DETAIL, Safe::line(&format!("{what}; {hint}")))
            }
        }
    }
}

/// Keeps a signature in a directory's `blobs`, durable when it returns.
pub fn keep_signature(
    store: &Store,
    directory_path: &Path,
    signature: &Signature,
) -> Result<(), JournalError> {
    let disk = store.disk().as_ref();
    let blobs = directory_path.join("blobs");
    directory::create_private(disk, &blobs)?;
    let path = blobs.join(signature.digest());
    if disk.stat(&path).is_err() {
        directory::create_durable(disk, &path, signature.armored.as_bytes())?;
    }
    directory::sync(disk, directory_path)
}

/// A signature kept in a directory's `blobs`, where it is a plain file and is what its name says.
pub fn kept_signature(directory_path: &Path, digest: &str) -> Option<String> {
    super::grammar::is_hash(digest).then_some(())?;
    let path = directory_path.join("blobs").join(digest);
    let file = crate::files::open_unlinked(&path).ok()?;
    let text = std::io::read_to_string(file.take(MAX_SIGNATURE)).ok()?;
    (hex_digest(text.as_bytes()) == digest).then_some(text)
}

impl Journal {
    /// Signs the head and records that, or that it could not be signed. Without a signer nothing is recorded.
    pub fn checkpoint(
        &mut self,
        store: &Store,
        signer: Option<&Signer>,
        by: &Slug,
        reason: Occasion,
    ) -> Result<Vec<Entry>, JournalError> {
        let Some(signer) = signer else {
            return Ok(Vec::new());
        };
        let draft = self
            .unsigned(store, reason)
            .sign(store, self.directory(), signer, by);
        Ok(self.append(&[draft])?.entries)
    }

    /// Like [`Journal::checkpoint`], and the checkpoint stands directly behind the entry that it signs: nothing stays
    /// uncovered in a copy that ends with it. Only where others write meanwhile are they kept waiting.
    pub fn checkpoint_all(
        &mut self,
        store: &Store,
        signer: Option<&Signer>,
        by: &Slug,
        reason: Occasion,
    ) -> Result<Vec<Entry>, JournalError> {
        let made = self.checkpoint(store, signer, by, reason)?;
        let Some(signer) = signer.filter(|_| leaves_a_gap(&made)) else {
            return Ok(made);
        };
        self.while_locked(|journal| {
            journal.append_locked(&[])?;
            let unsigned = journal.unsigned(store, reason);
            let draft = unsigned.sign(store, journal.directory(), signer, by);
            Ok(journal.append_locked(&[draft])?.entries)
        })
    }

    fn unsigned(&self, store: &Store, reason: Occasion) -> Unsigned {
        Unsigned {
            incident: self.name(),
            upto: self.position().seq,
            head: self.position().hash.clone(),
            at: signing_time(store.clock().as_ref()),
            reason,
        }
    }

    /// The name of its directory: the incident's id, or `ledger`.
    pub fn name(&self) -> String {
        let name = self.directory().file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Records that a text is erased, and strikes it out, while no other process writes. Where this is cut off in
    /// between, the next opening finishes it.
    pub fn erase(&mut self, draft: &Draft, commitment: &str) -> Result<Vec<Entry>, JournalError> {
        self.while_locked(|journal| {
            let appended = journal.append_locked(std::slice::from_ref(draft))?;
            journal.strike(&[commitment.to_string()].into())?;
            Ok(appended.entries)
        })
    }

    /// Strikes out texts under the lock, for an erasure that is recorded in the ledger.
    pub fn strike_out(&mut self, commitment: &str) -> Result<(), JournalError> {
        self.while_locked(|journal| journal.strike(&[commitment.to_string()].into()))
    }

    /// Rewrites each file of texts without those that hang on these commitments: aside, synced, renamed.
    pub(super) fn strike(&self, commitments: &BTreeSet<String>) -> Result<(), JournalError> {
        let disk = self.disk().as_ref();
        self.remove_leftovers()?;
        for number in 1.. {
            let path = texts_path(self.directory(), number);
            let mut file = match disk.open(&path, How::Read) {
                Ok(file) => file,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && number == 1 => {
                    continue;
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
                Err(error) => return Err(JournalError::io("read", &path)(error)),
            };
            let bytes = file.read_from(0).map_err(JournalError::io("read", &path))?;
            let kept: Vec<u8> = bytes
                .split_inclusive(|b| *b == b'\n')
                .filter(|line| {
                    let line = line.strip_suffix(b"\n").unwrap_or(line);
                    !commitments.contains(&hex_digest(line))
                })
                .flatten()
                .copied()
                .collect();
            if kept.len() < bytes.len() {
                directory::replace_durable(disk, &path, &kept)?;
            }
        }
        Ok(())
    }
}

/// Whether entries stand between a checkpoint and the entry that it signs.
fn leaves_a_gap(made: &[Entry]) -> bool {
    made.iter().any(|entry| {
        let signed = entry.data::<Checkpointed>();
        signed.is_some_and(|data| data.upto + 1 != entry.seq)
    })
}

impl Journal {
    /// Removes what a rewriting that was cut off has left: a copy of texts that no later erasure would look at. First,
    /// so that an erasure cut off here is still to be seen as one to finish.
    fn remove_leftovers(&self) -> Result<(), JournalError> {
        let Ok(names) = std::fs::read_dir(self.directory()) else {
            return Ok(());
        };
        for path in names.filter_map(Result::ok).map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("disclosures.") && name.contains(".new-") {
                let removed = self.disk().remove(&path);
                removed.map_err(JournalError::io("remove", &path))?;
            }
        }
        Ok(())
    }
}

impl Store {
    /// Opens the ledger, made on first use.
    pub fn open_ledger(&self) -> Result<(Journal, Vec<Entry>), JournalError> {
        let directory = self.ledger_directory();
        match self.open_directory(&directory, "ledger") {
            Ok((journal, entries)) if !entries.is_empty() => Ok((journal, entries)),
            // A creation that was cut off left it empty: nothing in it was acknowledged.
            Ok((mut journal, _)) => {
                let entries = journal
                    .append(&[super::writer::introduce_program()])?
                    .entries;
                Ok((journal, entries))
            }
            Err(JournalError::NotFound { .. }) => {
                self.ledger_was_never_there()?;
                self.create_directory(&directory, Box::new(SystemEntropy), &[])
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the ledger; an empty one where there is none.
    pub fn read_ledger(&self) -> Result<Loaded, JournalError> {
        match self.read_directory(&self.ledger_directory(), "ledger") {
            Err(JournalError::NotFound { .. }) => {
                self.ledger_was_never_there()?;
                Ok(Loaded {
                    entries: Vec::new(),
                    finding: None,
                    newest: 0,
                })
            }
            other => other,
        }
    }

    /// A ledger that was there and is gone is no empty one: holds and deletions stood in it.
    fn ledger_was_never_there(&self) -> Result<(), JournalError> {
        let Some(known) = self.heads().named("ledger") else {
            return Ok(());
        };
        let what = format!("it is gone although its entry {} was recorded", known.seq);
        Err(JournalError::NotIntact {
            path: self.ledger_directory().join("journal.jsonl"),
            finding: Finding {
                kind: FindingKind::Removed,
                line: 1,
                what,
            },
        })
    }

    /// Remembers where the ledger stands.
    pub fn remember_ledger(&self, journal: &Journal) {
        self.heads().remember_named("ledger", journal.position());
    }

    /// Takes the right to write from a sealed incident's files.
    pub fn close_files(&self, id: &IncidentId) -> Result<(), JournalError> {
        let directory = self.directory_of(id);
        for path in (1..)
            .map(|n| journal_path(&directory, n))
            .take_while(|p| p.exists())
            .chain(
                (1..)
                    .map(|n| texts_path(&directory, n))
                    .take_while(|p| p.exists()),
            )
        {
            protect(&path, 0o400).map_err(JournalError::io("close", &path))?;
        }
        directory::sync(self.disk().as_ref(), &directory)
    }

    /// Removes an incident whose deletion the ledger records. What of it is gone already is no error: a deletion
    /// that was cut off is finished.
    pub fn remove(&self, id: &IncidentId) -> Result<(), JournalError> {
        let directory = self.directory_of(id);
        let documents = self.root().join("documents").join(id.as_str());
        for path in [&directory, &documents] {
            match std::fs::remove_dir_all(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(JournalError::io("remove", path)(error));
                }
                _ => {}
            }
        }
        self.heads().forget(id.as_str());
        directory::sync(self.disk().as_ref(), &self.incidents())
    }
}

/// The time now, to the microsecond: what is signed is written with no more.
pub fn signing_time(clock: &dyn Clock) -> chrono::DateTime<chrono::Utc> {
    use chrono::SubsecRound as _;
    clock.now().wall.trunc_subsecs(6)
}
