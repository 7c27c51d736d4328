//! What there is to verify: where the chain, the texts and the signatures are.

use super::super::bundle::Contents;
use super::super::disclosures::texts_path;
use super::super::error::JournalError;
use super::super::line::{self, MAX_LINE, hex, hex_digest};
use super::super::reader::journal_path;
use super::super::signer::MAX_SIGNATURE;
use super::blocks::Stretch;
use crate::incident::IncidentId;
use crate::incident::entry::Continued;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The files of a bundle that are not listed in `SHA256SUMS`: the list itself.
const SUMS: &str = "SHA256SUMS";

/// What there is to verify.
#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) path: PathBuf,
    /// The incident's id, or `ledger`, where it is known.
    pub(super) name: Option<String>,
    place: Place,
    pub(super) faults: Vec<String>,
    /// What is wrong with the way files go on in each other.
    pub(super) broken: Vec<String>,
    pub(super) notes: Vec<String>,
    /// Signatures of a bundle, by digest.
    signatures: BTreeMap<String, String>,
}

#[derive(Debug)]
enum Place {
    /// An incident's directory.
    Directory(PathBuf),
    /// One file of a chain, with the directory whose texts and signatures belong to it.
    File(PathBuf, PathBuf),
    Bundle(Contents),
}

impl Evidence {
    /// Looks at a path: an incident's directory, one file of it, or a bundle.
    pub(super) fn open(path: &Path) -> Result<Self, JournalError> {
        let meta = std::fs::metadata(path).map_err(JournalError::io("read", path))?;
        let is_tar = path.extension().is_some_and(|ending| ending == "tar");
        if path.join("incident.txt").exists() || (meta.is_file() && is_tar) {
            return Ok(Self::bundle(path, Contents::open(path)?));
        }
        let directory = if meta.is_dir() {
            path.to_path_buf()
        } else {
            path.parent().unwrap_or(Path::new(".")).to_path_buf()
        };
        let directory_name = directory
            .canonicalize()
            .ok()
            .and_then(|path| Some(path.file_name()?.to_str()?.to_string()));
        let name =
            directory_name.filter(|name| name == "ledger" || IncidentId::new(name).is_some());
        let place = if meta.is_dir() {
            Place::Directory(directory)
        } else {
            Place::File(path.to_path_buf(), directory)
        };
        let mut evidence = Self {
            path: path.to_path_buf(),
            name,
            place,
            faults: Vec::new(),
            broken: Vec::new(),
            notes: Vec::new(),
            signatures: BTreeMap::new(),
        };
        evidence.look_at_modes();
        if let Place::Directory(directory) = &evidence.place {
            let looked = wrong_continuations(directory);
            evidence.broken = looked.map_err(JournalError::io("read", path))?;
        }
        Ok(evidence)
    }

    fn bundle(path: &Path, mut contents: Contents) -> Self {
        let mut faults = std::mem::take(&mut contents.faults);
        for name in ["journal.jsonl", "incident.txt", SUMS] {
            if !contents.members.contains_key(name) {
                faults.push(format!("{name} is missing"));
            }
        }
        faults.extend(wrong_sums(&contents));
        let named = contents
            .members
            .get("incident.txt")
            .and_then(|m| m.bytes(100));
        let named = named.and_then(|bytes| String::from_utf8(bytes).ok());
        let named = named.map(|text| text.trim_end_matches('\n').to_string());
        let name = named.filter(|name| name == "ledger" || IncidentId::new(name).is_some());
        if name.is_none() {
            faults.push("incident.txt does not name an incident".into());
        }
        let signatures = contents
            .members
            .iter()
            .filter(|(name, _)| name.starts_with("signatures/") && is_signature(name))
            .filter_map(|(_, member)| {
                let bytes = member.bytes(MAX_SIGNATURE)?;
                Some((hex_digest(&bytes), String::from_utf8(bytes).ok()?))
            })
            .collect();
        Self {
            path: path.to_path_buf(),
            name,
            place: Place::Bundle(contents),
            faults,
            broken: Vec::new(),
            notes: Vec::new(),
            signatures,
        }
    }

    /// Files that others may read or change are worth a word.
    fn look_at_modes(&mut self) {
        use std::os::unix::fs::PermissionsExt;
        let (Place::Directory(directory) | Place::File(_, directory)) = &self.place else {
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

    /// The stretches of the chain.
    pub(super) fn chain(&self) -> io::Result<Vec<Stretch>> {
        match &self.place {
            Place::Directory(directory) => chain_of(directory),
            Place::File(file, _) => Ok(vec![whole(file)?]),
            Place::Bundle(contents) => member(contents, "journal.jsonl"),
        }
    }

    /// The stretches of the texts. A missing file means that its texts are withheld.
    pub(super) fn texts(&self) -> io::Result<Vec<Stretch>> {
        match &self.place {
            Place::Directory(directory) | Place::File(_, directory) => {
                let mut stretches = Vec::new();
                for number in 1.. {
                    let path = texts_path(directory, number);
                    match whole(&path) {
                        Ok(stretch) => stretches.push(stretch),
                        Err(error) if error.kind() == io::ErrorKind::NotFound && number == 1 => {}
                        Err(error) if error.kind() == io::ErrorKind::NotFound => break,
                        Err(error) => return Err(error),
                    }
                }
                Ok(stretches)
            }
            Place::Bundle(contents) => member(contents, "disclosures.jsonl"),
        }
    }

    /// The digests of the signatures that a bundle has. In an incident's directory one may stand without its entry:
    /// it is kept before the entry is recorded.
    pub(super) fn signatures(&self) -> impl Iterator<Item = &String> {
        self.signatures.keys()
    }

    /// The text that stands beside a signature of a bundle; an empty one where it is missing. Nothing outside bundles.
    pub(super) fn signed_text(&self, name: &str) -> Option<String> {
        let Place::Bundle(contents) = &self.place else {
            return None;
        };
        let member = contents.members.get(&format!("signatures/{name}.txt"));
        let bytes = member.and_then(|member| member.bytes(MAX_SIGNATURE));
        Some(String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default())
    }

    /// A signature by its digest, where it is here and is what its name says.
    pub(super) fn signature(&self, digest: &str) -> Option<String> {
        let (Place::Directory(directory) | Place::File(_, directory)) = &self.place else {
            return self.signatures.get(digest).cloned();
        };
        super::super::custody::kept_signature(directory, digest)
    }
}

fn whole(path: &Path) -> io::Result<Stretch> {
    let meta = std::fs::symlink_metadata(path)?;
    if !meta.is_file() {
        let what = format!("{} is not a plain file", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    Ok(Stretch {
        file: File::open(path)?,
        from: 0,
        length: meta.len(),
    })
}

fn member(contents: &Contents, name: &str) -> io::Result<Vec<Stretch>> {
    let Some(member) = contents.members.get(name) else {
        return Ok(Vec::new());
    };
    Ok(vec![Stretch {
        file: member.open()?,
        from: member.from,
        length: member.length,
    }])
}

/// The files of a chain, each as far as the next one says that it belongs to it.
fn chain_of(directory: &Path) -> io::Result<Vec<Stretch>> {
    let mut stretches: Vec<Stretch> = vec![whole(&journal_path(directory, 1))?];
    for number in 2.. {
        let path = journal_path(directory, number);
        let next = match whole(&path) {
            Ok(next) => next,
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(error),
        };
        if let (Some(continued), Some(before)) = (continuation(&path)?, stretches.last_mut()) {
            before.length = before.length.min(continued.length);
        }
        stretches.push(next);
    }
    Ok(stretches)
}

/// What the first line of a continuation file says, where it is one.
fn continuation(path: &Path) -> io::Result<Option<Continued>> {
    let mut line = Vec::new();
    let bounded = File::open(path)?.take(MAX_LINE as u64);
    BufReader::new(bounded).read_until(b'\n', &mut line)?;
    Ok(line::continuation(&line))
}

/// What is wrong with the way the files of a chain go on in each other.
fn wrong_continuations(directory: &Path) -> io::Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut last = 1;
    for number in 2.. {
        let path = journal_path(directory, number);
        if path.symlink_metadata().is_err() {
            break;
        }
        last = number;
        let before = journal_path(directory, number - 1).metadata()?.len();
        match continuation(&path)? {
            Some(said) if said.file == number && said.length <= before => {}
            Some(said) => wrong.push(format!(
                "journal.{number}.jsonl says that it is file {} after {} bytes of one that has {before}",
                said.file, said.length
            )),
            None => wrong.push(format!("journal.{number}.jsonl does not begin as a continuation")),
        }
    }
    for entry in std::fs::read_dir(directory)?.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let number = name
            .strip_prefix("journal.")
            .and_then(|rest| rest.strip_suffix(".jsonl"))
            .map(str::parse::<u32>);
        if number.is_some_and(|number| number.is_ok_and(|number| number < 2 || number > last)) {
            wrong.push(format!("{name} continues no file that is here"));
        }
    }
    Ok(wrong)
}

fn is_signature(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "sig")
}

/// What of a bundle is not as its list says.
fn wrong_sums(contents: &Contents) -> Vec<String> {
    let Some(list) = contents.members.get(SUMS) else {
        return Vec::new();
    };
    let text = list.bytes(4 << 20).and_then(|b| String::from_utf8(b).ok());
    let Some(text) = text else {
        return vec![format!("{SUMS} does not read")];
    };
    let mut faults = Vec::new();
    let mut listed = BTreeSet::new();
    for line in text.lines() {
        let Some((digest, name)) = line.split_once("  ") else {
            faults.push(format!("{SUMS} has a line that is none of its form"));
            continue;
        };
        if !listed.insert(name) {
            faults.push(format!("{SUMS} names a file twice"));
        }
        match contents.members.get(name).map(|member| {
            member
                .open()
                .and_then(|file| digest_of(file, member.length))
        }) {
            None => faults.push(format!(
                "{} is listed and not there",
                crate::text::sanitize::line(name)
            )),
            Some(Ok(found)) if found == digest => {}
            Some(_) => faults.push(format!("{name} is not what {SUMS} says")),
        }
    }
    for name in contents.members.keys() {
        if name != SUMS && !listed.contains(name.as_str()) {
            faults.push(format!("{name} is not listed in {SUMS}"));
        }
    }
    faults.truncate(50);
    faults
}

fn digest_of(file: File, length: u64) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut reader = BufReader::with_capacity(1 << 18, file.take(length));
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(bytes);
        let count = bytes.len();
        reader.consume(count);
    }
}
