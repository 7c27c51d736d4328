//! Verifying a journal from its bytes alone, with bounded memory.

use super::disclosures::Disclosures;
use super::error::JournalError;
use super::line::{Fault, MAX_LINE, Position, parse};
use super::reader::JOURNAL;
use serde::Serialize;
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Findings kept; more are counted.
const MAX_FINDINGS: usize = 50;

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// A complete line whose bytes are not those that were written.
    Altered,
    /// A line is missing, repeated or out of place before this one.
    Removed,
    /// An incomplete last line, as a crash leaves it; it was never acknowledged.
    Torn,
    /// A text that no line commits to.
    StrayText,
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its kind.
    pub kind: FindingKind,
    /// The line of the journal, from 1.
    pub line: u64,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.kind {
            FindingKind::Altered => "altered",
            FindingKind::Removed => "removed or out of place",
            FindingKind::Torn => "torn",
            FindingKind::StrayText => "a text that no line commits to",
        };
        write!(f, "line {}: {kind}: {}", self.line, self.what)
    }
}

/// The result of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The file.
    pub path: PathBuf,
    /// Whether nothing is wrong.
    pub intact: bool,
    /// Lines that verify, from the beginning.
    pub entries: u64,
    /// Hash of the last of them.
    pub head: String,
    /// Texts whose commitment stands in the journal while the text is not here.
    pub withheld: u64,
    /// Entries of a newer format: the chain holds, their meaning is not known here.
    pub unknown_format: u64,
    /// Whether a signature covers it. Not yet possible.
    pub signed: bool,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Findings beyond those listed.
    pub more: u64,
}

impl Report {
    fn new(path: PathBuf) -> Self {
        Self {
            path,
            intact: true,
            entries: 0,
            head: Position::start().hash,
            withheld: 0,
            unknown_format: 0,
            signed: false,
            findings: Vec::new(),
            more: 0,
        }
    }

    fn add(&mut self, kind: FindingKind, line: u64, what: impl Into<String>) {
        self.intact = false;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding {
                kind,
                line,
                what: what.into(),
            });
        } else {
            self.more += 1;
        }
    }
}

/// Verifies an incident's directory, or its journal file.
pub fn verify(path: &Path) -> Result<Report, JournalError> {
    let file = if path.is_dir() {
        path.join(JOURNAL)
    } else {
        path.to_path_buf()
    };
    let directory = file.parent().unwrap_or(Path::new("."));
    let mut disclosures = Disclosures::new(directory);
    disclosures.refresh()?;
    super::directory::must_be_plain(&file)?;
    let reader = File::open(&file).map_err(JournalError::io("read", &file))?;
    let mut lines = Lines {
        input: BufReader::with_capacity(1 << 20, reader),
        buffer: Vec::new(),
    };
    let mut report = Report::new(file.clone());
    let mut chain = Some(Position::start());
    let mut committed = HashSet::new();
    let mut number = 0;
    while let Some(complete) = lines.next().map_err(JournalError::io("read", &file))? {
        number += 1;
        let line = &lines.buffer;
        if !complete {
            torn_or_whole(&mut report, number, line, chain.as_ref());
            break;
        }
        match parse(line) {
            Ok(parsed) => {
                let follows = chain.as_ref().is_none_or(|position| {
                    parsed.prev == position.hash && parsed.seq() == position.seq + 1
                });
                if !follows {
                    let what = format!("entry {} does not follow the line before", parsed.seq());
                    report.add(FindingKind::Removed, number, what);
                } else if report.intact {
                    report.entries = parsed.seq();
                    report.head = parsed.position().hash;
                }
                report.unknown_format += u64::from(parsed.version > super::line::VERSION);
                for commitment in parsed.commitments() {
                    report.withheld += u64::from(!disclosures.contains(commitment));
                    committed.insert(commitment.clone());
                }
                chain = Some(parsed.position());
            }
            Err(fault) => {
                report_fault(&mut report, number, &fault);
                // What this line's hash was is not known, so the next line is taken as it stands.
                chain = None;
            }
        }
    }
    let stray = disclosures
        .commitments()
        .filter(|text| !committed.contains(*text))
        .count();
    if stray > 0 && !report.findings.iter().any(|f| f.kind == FindingKind::Torn) {
        report.stray(stray);
    }
    if number == 0 && stray > 0 {
        report.add(
            FindingKind::Removed,
            1,
            "the journal is empty although texts of its entries are there",
        );
    }
    Ok(report)
}

impl Report {
    /// Texts without a line are what a crash between the two writes leaves: said, and not a fault.
    fn stray(&mut self, count: usize) {
        let what = if self.withheld > 0 {
            format!(
                "{count} texts belong to no entry and {} are missing: texts may have been altered",
                self.withheld
            )
        } else {
            format!("{count} texts belong to no entry, as a crash between two writes leaves them")
        };
        self.findings.push(Finding {
            kind: FindingKind::StrayText,
            line: 0,
            what,
        });
    }
}

fn torn_or_whole(report: &mut Report, number: u64, line: &[u8], chain: Option<&Position>) {
    let whole = parse(line)
        .ok()
        .filter(|parsed| chain.is_none_or(|p| parsed.prev == p.hash && parsed.seq() == p.seq + 1));
    let what = match whole {
        Some(_) => {
            "the last line is whole but lacks its newline; opening the incident completes it"
        }
        None => "the last line is incomplete; opening the incident sets it aside",
    };
    report.add(FindingKind::Torn, number, what);
}

fn report_fault(report: &mut Report, number: u64, fault: &Fault) {
    report.add(FindingKind::Altered, number, fault.to_string());
}

/// Lines of bounded length.
struct Lines<R> {
    input: BufReader<R>,
    buffer: Vec<u8>,
}

impl<R: Read> Lines<R> {
    /// Reads a line into the buffer, without its newline: whether it had one, or nothing at the end. Of a
    /// line that is too long, one byte more than allowed is kept, which no parser accepts.
    fn next(&mut self) -> std::io::Result<Option<bool>> {
        self.buffer.clear();
        loop {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                return Ok((!self.buffer.is_empty()).then_some(false));
            }
            let end = chunk.iter().position(|b| *b == b'\n');
            let take = end.unwrap_or(chunk.len());
            let room = (MAX_LINE + 1).saturating_sub(self.buffer.len());
            self.buffer.extend_from_slice(&chunk[..take.min(room)]);
            self.input.consume(end.map_or(take, |at| at + 1));
            if end.is_some() {
                return Ok(Some(true));
            }
        }
    }
}
