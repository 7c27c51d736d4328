//! Reads a journal without its lock, up to the first place that is not intact.

use super::disclosures::Disclosures;
use super::disk::{Disk, DiskFile, OpenMode};
use super::error::{At as _, JournalError};
use super::finding::{Finding, FindingKind};
use super::grammar::{LineFault, MAX_LINE};
use super::layout::journal_path;
use super::line::{Head, Parsed, continuation, parse};
use super::store::{Follow, News};
use crate::incident::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Far more than the longest line, in bytes.
const PIECE: u64 = 1 << 20;

/// Distinguishes a missing journal from an unreadable one.
pub(crate) fn must_be_there(disk: &dyn Disk, directory: &Path) -> Result<(), JournalError> {
    super::durable::must_be_own(disk, directory)?;
    let path = journal_path(directory, 1);
    match disk.stat(&path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(JournalError::missing(directory))
        }
        Err(error) => Err(JournalError::io("look at", &path)(error)),
    }
}

enum Stop {
    End,
    Wrong(Finding),
    Shrunk,
}

pub(crate) struct Follower {
    disk: Arc<dyn Disk>,
    directory: PathBuf,
    pub(super) disclosures: Disclosures,
    /// From 1.
    pub(super) file: u32,
    /// Bytes read and verified.
    pub(super) length: u64,
    pub(super) position: Head,
    pub(super) newest: u64,
    pub(super) sealed: bool,
    /// Bytes in the file at the last look.
    seen: u64,
    /// The highest entry known to be recorded: a journal without it was restored to an older state.
    known: Option<Head>,
}

impl Follow for Follower {
    fn head(&self) -> &Head {
        &self.position
    }

    fn refresh(&mut self) -> Result<News, JournalError> {
        let (news, finding) = self.read_new()?;
        match finding {
            Some(finding) if news.entries.is_empty() => Err(self.not_intact(finding)),
            _ => Ok(news),
        }
    }
}

impl Follower {
    pub(crate) fn new(disk: Arc<dyn Disk>, directory: &Path, known: Option<Head>) -> Self {
        Self {
            disclosures: Disclosures::new(Arc::clone(&disk), directory),
            disk,
            directory: directory.to_path_buf(),
            file: 1,
            length: 0,
            position: Head::start(),
            newest: 0,
            sealed: false,
            seen: 0,
            known,
        }
    }

    pub(super) fn ends_clean(&self) -> bool {
        self.seen == self.length
    }

    /// Everything read so far was read under the lock, so it was acknowledged.
    pub(super) fn trust(&mut self) {
        self.known = Some(self.position.clone());
    }

    pub(super) fn known(&self) -> Option<&Head> {
        self.known.as_ref()
    }

    pub(super) fn path(&self) -> PathBuf {
        journal_path(&self.directory, self.file)
    }

    pub(super) fn not_intact(&self, finding: Finding) -> JournalError {
        JournalError::NotIntact {
            path: self.path(),
            finding,
        }
    }

    /// The entries since the last call, and the finding that stops reading. An incomplete last line is skipped: its
    /// writer may be at work.
    pub(super) fn read_new(&mut self) -> Result<(News, Option<Finding>), JournalError> {
        let mut entries = Vec::new();
        match self.pass(&mut entries)? {
            Stop::Shrunk => self.read_again(),
            stop => {
                let finding = match stop {
                    Stop::Wrong(finding) => Some(finding),
                    _ => self.went_back(),
                };
                let reread = false;
                Ok((News { entries, reread }, finding))
            }
        }
    }

    /// A writer removes lines that it could not make durable. Lines known to be recorded must still be there.
    fn read_again(&mut self) -> Result<(News, Option<Finding>), JournalError> {
        let mut fresh = Self::new(Arc::clone(&self.disk), &self.directory, self.known.clone());
        let mut entries = Vec::new();
        let finding = match fresh.pass(&mut entries)? {
            Stop::Wrong(finding) => Some(finding),
            Stop::End => fresh.went_back(),
            // It shrank meanwhile: the next call reads it again.
            Stop::Shrunk => return Ok((News::default(), None)),
        };
        if finding.is_some() {
            return Ok((News::default(), finding));
        }
        *self = fresh;
        let reread = true;
        Ok((News { entries, reread }, None))
    }

    fn went_back(&self) -> Option<Finding> {
        let known = self.known.as_ref()?;
        (self.position.seq < known.seq).then(|| {
            let what = format!(
                "it ends at entry {} although entry {} was recorded: entries are missing at its end",
                self.position.seq, known.seq
            );
            self.finding(FindingKind::Removed, &what)
        })
    }

    fn pass(&mut self, entries: &mut Vec<Entry>) -> Result<Stop, JournalError> {
        loop {
            // Before this file is read: once the next file exists, this one is complete.
            let cut = self.next_begins_at()?;
            let path = self.path();
            super::durable::must_be_own(self.disk.as_ref(), &self.directory)?;
            super::durable::must_be_plain(self.disk.as_ref(), &path)?;
            let mut file = self.disk.open(&path, OpenMode::Read).at("read", &path)?;
            let stat = file.stat().at("look at", &path)?;
            self.seen = stat.len;
            let end = cut.map_or(stat.len, |cut| cut.min(stat.len));
            if end < self.length {
                return Ok(Stop::Shrunk);
            }
            if end > self.length {
                // Texts are durable before their lines, so reading them now finds each one; and before any
                // line counts as read, so that a failure here loses nothing.
                self.disclosures.refresh()?;
                if let Some(finding) = self.read_to(end, file.as_mut(), entries)? {
                    return Ok(Stop::Wrong(finding));
                }
            }
            let Some(cut) = cut else {
                return Ok(Stop::End);
            };
            if self.length < cut {
                let what = "the file ends before the place at which the next one goes on";
                return Ok(Stop::Wrong(self.finding(FindingKind::Removed, what)));
            }
            self.file += 1;
            self.length = 0;
        }
    }

    /// Reads complete lines up to `end` in pieces, so that a long journal is never in memory twice.
    fn read_to(
        &mut self,
        end: u64,
        file: &mut dyn DiskFile,
        entries: &mut Vec<Entry>,
    ) -> Result<Option<Finding>, JournalError> {
        // Lines are seldom shorter than 400 bytes: the reserved space is not copied later.
        entries.reserve(((end - self.length) / 400) as usize);
        while self.length < end {
            let want = (end - self.length).min(PIECE);
            let bytes = file.read_some(self.length, want).at("read", self.path())?;
            let before = self.length;
            if let Some(finding) = self.take_all(&bytes, entries) {
                return Ok(Some(finding));
            }
            if self.length > before {
                continue;
            }
            let endless = bytes.len() as u64 == PIECE;
            let what = "longer than a line may be";
            return Ok(endless.then(|| self.finding(FindingKind::Altered, what)));
        }
        Ok(None)
    }

    fn take_all(&mut self, bytes: &[u8], entries: &mut Vec<Entry>) -> Option<Finding> {
        let whole = memchr::memrchr(b'\n', bytes).map_or(0, |n| n + 1);
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', &bytes[..whole]) {
            match self.take(&bytes[from..=end]) {
                Ok(line) => entries.push(line.entry(|digest| self.disclosures.get(digest))),
                Err(finding) => return Some(finding),
            }
            from = end + 1;
        }
        None
    }

    /// Where the next file of the chain continues this one.
    fn next_begins_at(&self) -> Result<Option<u64>, JournalError> {
        let path = journal_path(&self.directory, self.file + 1);
        let Some(mut file) = super::durable::open_if_there(self.disk.as_ref(), &path)? else {
            return Ok(None);
        };
        let bytes = file.read_some(0, MAX_LINE as u64).at("read", &path)?;
        // Its findings are reported when it is read.
        let length = continuation(&bytes).map_or(self.length, |said| said.length);
        Ok(Some(length))
    }

    pub(super) fn would_take(&self, tail: &[u8]) -> bool {
        parse(tail).is_ok_and(|line| line.follows(&self.position))
    }

    /// Takes a line with its newline.
    fn take<'l>(&mut self, line: &'l [u8]) -> Result<Parsed<'l>, Finding> {
        let parsed = parse(&line[..line.len() - 1]).map_err(|fault| self.fault(&fault))?;
        if !parsed.follows(&self.position) {
            return Err(self.finding(FindingKind::Removed, "it does not follow the line before"));
        }
        let scanned = &parsed.scanned;
        if let Some(known) = &self.known
            && known.seq == scanned.seq
            && known.hash != scanned.hash
        {
            let what = "another entry was recorded in its place: the journal was rewritten";
            return Err(self.finding(FindingKind::Removed, what));
        }
        self.newest = self.newest.max(scanned.version);
        self.sealed |= parsed.seals();
        self.length += line.len() as u64;
        parsed.advance(&mut self.position);
        Ok(parsed)
    }

    /// Accepts bytes that this process has written and knows to be durable.
    pub(super) fn advance(&mut self, bytes: usize, position: Head) {
        self.length += bytes as u64;
        self.position = position;
        self.trust();
    }

    /// Moves to the next file, which this process has created.
    pub(super) fn cross(&mut self) {
        self.file += 1;
        self.length = 0;
    }

    fn fault(&self, fault: &LineFault) -> Finding {
        self.finding(FindingKind::Altered, &fault.to_string())
    }

    pub(super) fn finding(&self, kind: FindingKind, what: &str) -> Finding {
        Finding {
            kind,
            line: self.position.seq + 1,
            what: what.to_string(),
        }
    }
}
