//! Reading a journal without its lock: what is there now, and where it stops being intact.

use super::disclosures::Disclosures;
use super::error::JournalError;
use super::line::{Fault, Parsed, Position, parse};
use super::verify::{Finding, FindingKind};
use crate::incident::Entry;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The name of the journal's first file.
pub(super) const JOURNAL: &str = "journal.jsonl";

/// What a journal holds.
#[derive(Debug)]
pub struct Loaded {
    /// The entries up to the first place that is not intact.
    pub entries: Vec<Entry>,
    /// What is wrong at that place.
    pub finding: Option<Finding>,
    /// The highest format version met.
    pub newest: u64,
}

/// Reads a journal's directory.
pub fn read(directory: &Path) -> Result<Loaded, JournalError> {
    let mut follower = Follower::new(directory);
    let (entries, finding) = follower.read_new()?;
    Ok(Loaded {
        entries,
        finding,
        newest: follower.newest,
    })
}

/// Follows a journal as it grows, whoever writes it, without its lock.
#[derive(Debug)]
pub struct Follower {
    path: PathBuf,
    pub(super) disclosures: Disclosures,
    /// Bytes read and verified.
    pub(super) length: u64,
    pub(super) position: Position,
    pub(super) last: Option<super::clock::Stamp>,
    pub(super) newest: u64,
}

impl Follower {
    /// The entries added since the last call; an error where the next line is not intact.
    pub fn refresh(&mut self) -> Result<Vec<Entry>, JournalError> {
        let (entries, finding) = self.read_new()?;
        match finding {
            Some(finding) if entries.is_empty() => Err(JournalError::NotIntact {
                path: self.path.clone(),
                finding,
            }),
            _ => Ok(entries),
        }
    }

    /// Follows the journal of this directory from its beginning.
    pub fn new(directory: &Path) -> Self {
        Self {
            path: directory.join(JOURNAL),
            disclosures: Disclosures::new(directory),
            length: 0,
            position: Position::start(),
            last: None,
            newest: 0,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The entries added since the last call, and what stands in the way of more. A last line without its
    /// newline is not looked at: its writer may be at work.
    pub(super) fn read_new(&mut self) -> Result<(Vec<Entry>, Option<Finding>), JournalError> {
        super::directory::must_be_plain(&self.path)?;
        let mut file = File::open(&self.path).map_err(JournalError::io("read", &self.path))?;
        let length = file
            .metadata()
            .map_err(JournalError::io("look at", &self.path))?
            .len();
        if length < self.length {
            let what = FindingKind::Removed;
            return Ok((
                Vec::new(),
                Some(self.finding(what, "the journal is shorter than it was")),
            ));
        }
        if length == self.length {
            return Ok((Vec::new(), None));
        }
        file.seek(SeekFrom::Start(self.length))
            .map_err(JournalError::io("read", &self.path))?;
        let mut bytes = Vec::with_capacity((length - self.length) as usize);
        file.read_to_end(&mut bytes)
            .map_err(JournalError::io("read", &self.path))?;
        // Texts are durable before their lines, so reading them now finds each one; and before any line counts
        // as read, so that a failure here loses nothing.
        self.disclosures.refresh()?;
        let mut parsed = Vec::new();
        let mut finding = None;
        let whole = bytes
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        for line in bytes[..whole].split_inclusive(|b| *b == b'\n') {
            match self.take(line) {
                Ok(line) => parsed.push(line),
                Err(found) => {
                    finding = Some(found);
                    break;
                }
            }
        }
        let entries = parsed
            .iter()
            .map(|line| line.entry(|digest| self.disclosures.get(digest)))
            .collect();
        Ok((entries, finding))
    }

    /// Checks one line, newline included, against the chain and moves on.
    fn take(&mut self, line: &[u8]) -> Result<Parsed, Finding> {
        let parsed = parse(&line[..line.len() - 1]).map_err(|fault| self.fault(&fault))?;
        if parsed.prev != self.position.hash || parsed.seq() != self.position.seq + 1 {
            return Err(self.finding(FindingKind::Removed, "it does not follow the line before"));
        }
        self.newest = self.newest.max(parsed.version);
        self.position = parsed.position();
        self.length += line.len() as u64;
        self.last = parsed.stamp();
        Ok(parsed)
    }

    /// Takes over what this process itself has written and knows to be durable.
    pub(super) fn advance(&mut self, bytes: usize, position: Position, stamp: super::clock::Stamp) {
        self.length += bytes as u64;
        self.position = position;
        self.last = Some(stamp);
    }

    fn fault(&self, fault: &Fault) -> Finding {
        self.finding(FindingKind::Altered, &fault.to_string())
    }

    fn finding(&self, kind: FindingKind, what: &str) -> Finding {
        Finding {
            kind,
            line: self.position.seq + 1,
            what: what.to_string(),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shape(what) => f.write_str(what),
            Self::Hash => f.write_str("its bytes do not have the hash it names"),
            Self::Members(what) => write!(f, "its members do not read: {what}"),
            Self::Newer(version) => write!(f, "format {version} is not known here"),
        }
    }
}
