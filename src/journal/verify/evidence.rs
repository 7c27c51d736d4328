//! The parts to verify: where the chain, the texts and the signatures are.

use super::super::blobs::kept_signature;
use super::super::bundle::contents::Contents;
use super::super::digest::hex_digest;
use super::super::disk::SystemDisk;
use super::super::error::{At as _, JournalError};
use super::super::grammar::is_hash;
use super::super::layout::journal_path;
use super::super::layout::texts_path;
use super::super::signer::{MAX_SIGNATURE, is_signature};
use super::blocks::Stretch;
use super::files::{chain_of, member, whole, wrong_continuations};
use super::report::SubjectKind;
use super::subject::{self, Found, Subject, is_journal_name};
use super::sums::{self, SUMS};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// Names of signatures examined; a directory with more is a finding.
const MAX_SIGNATURES: usize = 20_000;

#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) path: PathBuf,
    /// The incident's id, or `ledger`.
    pub(super) name: Option<String>,
    place: Place,
    /// The verified directory.
    within: Option<PathBuf>,
    pub(super) faults: Vec<String>,
    /// Problems in the continuation from file to file.
    pub(super) broken: Vec<String>,
    pub(super) notes: Vec<String>,
}

#[derive(Debug)]
enum Place {
    Directory(PathBuf),
    /// A single file without related files beside it.
    File(PathBuf),
    Bundle(Contents),
}

impl Evidence {
    /// Accepts a bundle, an incident's directory, or a journal file.
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        let Found { subject, odd } = subject::find(path)?;
        let within = match &subject {
            Subject::Bundle(path) | Subject::Incident(path, _) => Some(path.clone()),
            Subject::File(_) => None,
        };
        let mut evidence = match subject {
            Subject::Bundle(real) => Self::bundle(path, Contents::open(&real)?),
            Subject::Incident(directory, name) => Self::incident(path, directory, name)?,
            Subject::File(file) => Self::new(path, None, Place::File(file)),
        };
        evidence.within = within;
        if let Some(name) = odd {
            evidence.faults.push(format!(
                "\"{name}\" is not the journal of the directory that it stands in"
            ));
        }
        Ok(evidence)
    }

    fn new(path: &Path, name: Option<String>, place: Place) -> Self {
        Self {
            path: path.to_path_buf(),
            name,
            place,
            within: None,
            faults: Vec::new(),
            broken: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn incident(path: &Path, directory: PathBuf, name: String) -> Result<Self, JournalError> {
        let looked = wrong_continuations(&directory);
        let broken = looked.at("read", path)?;
        let mut evidence = Self::new(path, Some(name), Place::Directory(directory));
        evidence.broken = broken;
        evidence.look_at_modes();
        Ok(evidence)
    }

    fn bundle(path: &Path, mut contents: Contents) -> Self {
        let mut faults = std::mem::take(&mut contents.faults);
        for name in ["journal.jsonl", "incident.txt", SUMS] {
            if !contents.members.contains_key(name) {
                faults.push(format!("{name} is missing"));
            }
        }
        faults.extend(sums::wrong(&contents));
        let named = contents.members.get("incident.txt");
        let named = named.and_then(|member| String::from_utf8(member.bytes(100)?).ok());
        let name = named.and_then(|text| Some(text.strip_suffix('\n')?.to_string()));
        let name = name.filter(|name| is_journal_name(name));
        if name.is_none() {
            faults.push("incident.txt is not the id of an incident on one line".into());
        }
        let mut evidence = Self::new(path, name, Place::Bundle(contents));
        evidence.faults = faults;
        evidence
    }

    pub(super) fn kind(&self) -> SubjectKind {
        match &self.place {
            Place::Directory(_) => SubjectKind::Incident,
            Place::File(_) => SubjectKind::Journal,
            Place::Bundle(_) => SubjectKind::Bundle,
        }
    }

    /// A list of signers inside the verified files would vouch for itself.
    pub(super) fn holds(&self, file: &Path) -> bool {
        let file = file.canonicalize().ok();
        self.within
            .as_ref()
            .zip(file)
            .is_some_and(|(own, file)| file.starts_with(own))
    }

    /// Notes files that others may read or change.
    fn look_at_modes(&mut self) {
        use std::os::unix::fs::PermissionsExt;
        let Place::Directory(directory) = &self.place else {
            return;
        };
        for path in [
            directory.clone(),
            journal_path(directory, 1),
            texts_path(directory, 1),
        ] {
            let mode = path.metadata().map_or(0, |meta| meta.permissions().mode());
            if mode & 0o007 != 0 {
                self.notes.push(format!(
                    "{} is open to every user of this machine (mode {:04o}): chmod o= it",
                    path.display(),
                    mode & 0o7777
                ));
            }
        }
    }

    pub(super) fn chain(&self) -> io::Result<Vec<Stretch>> {
        match &self.place {
            Place::Directory(directory) => chain_of(directory),
            Place::File(file) => Ok(vec![whole(file)?]),
            Place::Bundle(contents) => member(contents, "journal.jsonl"),
        }
    }

    /// The texts of a missing file are withheld.
    pub(super) fn texts(&self) -> io::Result<Vec<Stretch>> {
        let directory = match &self.place {
            Place::Directory(directory) => directory,
            Place::File(_) => return Ok(Vec::new()),
            Place::Bundle(contents) => return member(contents, "disclosures.jsonl"),
        };
        let mut stretches = Vec::new();
        for number in 1.. {
            match whole(&texts_path(directory, number)) {
                Ok(stretch) => stretches.push(stretch),
                Err(error) if error.kind() == io::ErrorKind::NotFound && number == 1 => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            }
        }
        Ok(stretches)
    }

    /// The signed text in a bundle; empty where it is missing. `None` outside bundles.
    pub(super) fn signed_text(&self, name: &str) -> Option<String> {
        let Place::Bundle(contents) = &self.place else {
            return None;
        };
        let bytes = small(contents, &format!("signatures/{name}.txt"));
        Some(String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default())
    }

    /// The signature with both this name and this digest.
    pub(super) fn signature(&self, name: &str, digest: &str) -> Option<String> {
        match &self.place {
            Place::File(_) => None,
            Place::Directory(directory) => kept_signature(&SystemDisk, directory, digest),
            Place::Bundle(contents) => {
                let bytes = small(contents, &format!("signatures/{name}.sig"))?;
                let own = hex_digest(&bytes) == digest;
                String::from_utf8(bytes).ok().filter(|_| own)
            }
        }
    }

    /// Files in a bundle's `signatures` without an entry: the journal once had more entries, or they prove nothing.
    pub(super) fn unnamed(&self, named: &BTreeSet<String>) -> Vec<&str> {
        let Place::Bundle(contents) = &self.place else {
            return Vec::new();
        };
        let belongs = |name: &str| {
            let bare = name.strip_suffix(".txt").or(name.strip_suffix(".sig"));
            bare.is_some_and(|bare| named.contains(bare))
        };
        let names = contents.members.keys();
        names
            .filter(|name| {
                name.strip_prefix("signatures/")
                    .is_some_and(|name| !belongs(name))
            })
            .map(String::as_str)
            .collect()
    }

    /// Digests of signatures in an incident's `blobs`, and other names.
    pub(super) fn kept(&self) -> io::Result<(BTreeSet<String>, Vec<String>)> {
        let (mut good, mut bad) = (BTreeSet::new(), Vec::new());
        let Place::Directory(directory) = &self.place else {
            return Ok((good, bad));
        };
        let blobs = directory.join("blobs");
        match std::fs::symlink_metadata(&blobs) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((good, bad)),
            Err(error) => return Err(error),
            Ok(meta) if !meta.is_dir() => return Ok((good, vec!["blobs".into()])),
            Ok(_) => {}
        }
        for entry in std::fs::read_dir(&blobs)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let fits = kept_signature(&SystemDisk, directory, &name)
                .is_some_and(|text| is_signature(&text));
            if is_left_over(&name) {
                continue;
            }
            if good.len() + bad.len() == MAX_SIGNATURES {
                bad.push("more files than signatures are looked at".into());
                break;
            }
            if fits {
                good.insert(name);
            } else {
                bad.push(name);
            }
        }
        bad.sort();
        Ok((good, bad))
    }
}

/// An interrupted creation leaves `<digest>.new-<process>`.
fn is_left_over(name: &str) -> bool {
    name.split_once(".new-").is_some_and(|(digest, process)| {
        is_hash(digest) && !process.is_empty() && process.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn small(contents: &Contents, name: &str) -> Option<Vec<u8>> {
    contents.members.get(name)?.bytes(MAX_SIGNATURE)
}
