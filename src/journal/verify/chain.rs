//! The walk along the chain: blocks are checked on every core, and joined in their order.

use super::super::digest::{Digest as Hash, from_hex};
use super::super::error::JournalError;
use super::super::grammar::{VERSION, scan};
use super::super::line::{GENESIS, hex};
use super::blocks::{Blocks, lines_of};
use super::evidence::Evidence;
use super::texts::Texts;
use super::{FindingKind, Report};
use crate::incident::Entry;
use rayon::prelude::*;
use std::collections::{BTreeSet, VecDeque};
use std::io;

/// How far behind a checkpoint the line that it signs may stand.
const REACH: usize = 10_000;
/// Blocks of the chain that are in memory at once, besides those being read.
const ROUND: usize = 4;
/// Checkpoints and approvals looked at; a journal with more is reported.
const MAX_NOTABLE: usize = 10_000;

/// An entry that a signature hangs on, with the hash of the line that it names, where that is within reach.
#[derive(Debug)]
pub(super) struct Notable {
    pub(super) entry: Entry,
    pub(super) line: u64,
    pub(super) signed: Option<String>,
}

/// What the walk brings home.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) lines: u64,
    pub(super) notable: Vec<Notable>,
    pub(super) erased: BTreeSet<String>,
}

/// Where a stretch of the chain ends.
type End = Option<(u64, Hash)>;

/// A block, checked by itself.
struct Checked {
    lines: u64,
    /// `prev` and number of the first line, where that is good.
    first: Option<(Hash, u64)>,
    /// What is wrong inside, by line of the block; whether the first line follows is for the join to see.
    wrong: Vec<(u64, FindingKind, String)>,
    /// The last good line before the first thing that is wrong.
    good: End,
    end: End,
    /// Number and hash of each good line.
    hashes: Vec<(u64, Hash)>,
    newer: u64,
    commitments: Vec<Hash>,
    notable: Vec<(u64, Vec<u8>)>,
    /// The first line that may not follow a seal, and the first such line after a seal in this block.
    open: Option<u64>,
    after_seal: Option<u64>,
    seals: bool,
    torn: bool,
}

/// Walks along the chain and its texts.
pub(super) fn walk(
    evidence: &Evidence,
    known: Option<&(u64, String)>,
    report: &mut Report,
) -> Result<Walked, JournalError> {
    let failed = |error: io::Error| JournalError::io("read", evidence.path.clone())(error);
    let mut chain = Blocks::new(evidence.chain().map_err(failed)?);
    let mut texts = Texts::new(evidence.texts().map_err(failed)?);
    // Texts come in at the pace of the lines that commit to them, so that few wait for each other.
    let pace = (texts.total() as f64 / chain.total.max(1) as f64 * ROUND as f64).ceil() as usize;
    let mut join = Join::new(known, report);
    let mut lines = read(&mut chain).map_err(failed)?;
    loop {
        let more = texts.read(pace.clamp(1, 2 * ROUND)).map_err(failed)?;
        if lines.is_empty() && more.is_empty() {
            break;
        }
        let ((checked, digests), next) = rayon::join(
            || {
                rayon::join(
                    || {
                        lines
                            .par_iter()
                            .map(|block| check(block))
                            .collect::<Vec<_>>()
                    },
                    || Texts::digests(&more),
                )
            },
            || read(&mut chain),
        );
        texts.take(digests);
        for block in checked {
            join.block(block, &mut texts);
        }
        lines = next.map_err(failed)?;
    }
    Ok(join.end(&texts))
}

fn read(blocks: &mut Blocks) -> io::Result<Vec<Vec<u8>>> {
    let mut round = Vec::with_capacity(ROUND);
    while round.len() < ROUND {
        match blocks.next()? {
            Some(block) => round.push(block),
            None => break,
        }
    }
    Ok(round)
}

/// Checks a block of whole lines by itself.
fn check(block: &[u8]) -> Checked {
    let mut checked = Checked {
        lines: 0,
        first: None,
        wrong: Vec::new(),
        good: None,
        end: None,
        hashes: Vec::with_capacity(block.len() / 256),
        newer: 0,
        commitments: Vec::new(),
        notable: Vec::new(),
        open: None,
        after_seal: None,
        seals: false,
        torn: false,
    };
    for line in lines_of(block) {
        let number = checked.lines;
        checked.lines += 1;
        let Some(line) = line.strip_suffix(b"\n") else {
            checked.torn = true;
            continue;
        };
        checked.line(number, line);
    }
    checked
}

impl Checked {
    fn line(&mut self, number: u64, line: &[u8]) {
        let scanned = match scan(line) {
            Ok(scanned) => scanned,
            Err(fault) => {
                self.wrong
                    .push((number, FindingKind::Altered, fault.to_string()));
                self.end = None;
                return;
            }
        };
        let (prev, hash) = (from_hex(scanned.prev), scanned.digest);
        if number == 0 {
            self.first = Some((prev, scanned.seq));
        } else if let Some((seq, last)) = self.end
            && (last != prev || seq.checked_add(1) != Some(scanned.seq))
        {
            let what = format!("entry {} does not follow the line before", scanned.seq);
            self.wrong.push((number, FindingKind::Removed, what));
        }
        self.end = Some((scanned.seq, hash));
        if self.wrong.is_empty() {
            self.good = self.end;
        }
        self.hashes.push((scanned.seq, hash));
        self.newer += u64::from(scanned.version > VERSION);
        if let Some(members) = scanned.members {
            self.seal(number, members.kind);
            self.commitments
                .extend(members.commitments().map(|(_, digest)| from_hex(digest)));
            if matches!(
                members.kind,
                "checkpointed" | "approval-requested" | "approved" | "erased" | "sealed"
            ) {
                self.notable.push((number, line.to_vec()));
            }
        }
    }
}

impl Checked {
    /// After a seal nothing but its own checkpoint may stand.
    fn seal(&mut self, number: u64, kind: &str) {
        match kind {
            "sealed" => self.seals = true,
            "checkpointed" | "checkpoint-failed" => {}
            _ => {
                self.open.get_or_insert(number);
                if self.seals {
                    self.after_seal.get_or_insert(number);
                }
            }
        }
    }
}

/// How far sealing has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seal {
    /// No line seals the journal so far.
    Open,
    /// One did.
    Sealed,
    /// And something stands after it, which was reported.
    Broken,
}

/// Joins blocks in their order.
struct Join<'r> {
    report: &'r mut Report,
    known: Option<&'r (u64, String)>,
    known_met: bool,
    /// Whether nothing is wrong with the chain so far.
    chain_holds: bool,
    seal: Seal,
    walked: Walked,
    /// Where the chain stands; none after an altered line, whose hash nobody knows.
    at: End,
    /// The last hashes, for checkpoints.
    recent: VecDeque<(u64, Hash)>,
}

impl<'r> Join<'r> {
    fn new(known: Option<&'r (u64, String)>, report: &'r mut Report) -> Self {
        Self {
            report,
            known,
            known_met: false,
            chain_holds: true,
            seal: Seal::Open,
            walked: Walked::default(),
            at: Some((0, from_hex(GENESIS))),
            recent: VecDeque::new(),
        }
    }

    fn block(&mut self, block: Checked, texts: &mut Texts) {
        let first = self.walked.lines + 1;
        if let (Some((seq, last)), Some((prev, number))) = (self.at, block.first)
            && (last != prev || seq.checked_add(1) != Some(number))
        {
            let what = format!("entry {number} does not follow the line before");
            self.report.add(FindingKind::Removed, first, what);
            self.chain_holds = false;
        }
        // Counted while nothing at all is wrong, and up to the first thing in this block that is.
        if self.chain_holds
            && let Some((seq, hash)) = block.good
        {
            self.report.entries = seq;
            self.report.head = hex(&hash);
        }
        self.chain_holds &= block.wrong.is_empty();
        for (line, kind, what) in block.wrong {
            self.report.add(kind, first + line, what);
        }
        let late = match self.seal {
            Seal::Open => block.after_seal,
            Seal::Sealed => block.open,
            Seal::Broken => None,
        };
        if block.seals && self.seal == Seal::Open {
            self.seal = Seal::Sealed;
        }
        if let Some(late) = late {
            let what = "it stands after the entry that seals the journal";
            self.report.add(FindingKind::Removed, first + late, what);
            self.seal = Seal::Broken;
            self.chain_holds = false;
        }
        let complete = block.lines - u64::from(block.torn);
        if complete > 0 {
            self.at = block.end;
        }
        self.report.unknown_format += block.newer;
        texts.committed(block.commitments);
        self.notable(first, block.notable, &block.hashes);
        self.compare_known(&block.hashes);
        self.recent.extend(block.hashes);
        let excess = self.recent.len().saturating_sub(REACH);
        self.recent.drain(..excess);
        self.walked.lines += block.lines;
        if block.torn {
            let what = "the last line has no end; opening the incident settles it, it was never acknowledged";
            self.report.add(FindingKind::Torn, self.walked.lines, what);
        }
    }

    fn notable(&mut self, first: u64, lines: Vec<(u64, Vec<u8>)>, here: &[(u64, Hash)]) {
        use crate::incident::Event;
        for (number, line) in lines {
            let Ok(parsed) = super::super::line::parse(&line) else {
                continue;
            };
            let entry = parsed.entry(|_| None);
            let signed = match entry.event() {
                Some(Event::Checkpointed(data)) => self.hash_of(data.upto, entry.seq, here),
                Some(Event::Erased(data)) => {
                    self.walked.erased.insert(data.commitment.clone());
                    continue;
                }
                Some(Event::Sealed(_)) => {
                    self.report.sealed = true;
                    continue;
                }
                Some(_) => None,
                None => continue,
            };
            if self.walked.notable.len() == MAX_NOTABLE {
                let what = "more signatures than are looked at";
                self.report
                    .add(FindingKind::Signature, first + number, what);
                return;
            }
            self.walked.notable.push(Notable {
                entry,
                line: first + number,
                signed,
            });
        }
    }

    /// The hash of a line before `seq`, where it is within reach.
    fn hash_of(&self, upto: u64, seq: u64, here: &[(u64, Hash)]) -> Option<String> {
        let near = upto < seq && seq - upto <= REACH as u64;
        let all = here.iter().rev().chain(self.recent.iter().rev());
        near.then_some(())?;
        all.into_iter()
            .find(|(number, _)| *number == upto)
            .map(|(_, hash)| hex(hash))
    }

    fn compare_known(&mut self, here: &[(u64, Hash)]) {
        let Some((seq, digits)) = self.known else {
            return;
        };
        if let Some((_, hash)) = here.iter().find(|(number, _)| number == seq) {
            self.known_met = true;
            if !hex(hash).starts_with(digits.as_str()) {
                let what = format!("entry {seq} is not the one that is known from elsewhere");
                self.report.add(FindingKind::Removed, *seq, what);
            }
        }
    }

    fn end(self, texts: &Texts) -> Walked {
        if let Some((seq, _)) = self.known
            && !self.known_met
        {
            let what = format!(
                "entry {seq} is known from elsewhere and is not here: entries are missing at the end"
            );
            self.report
                .add(FindingKind::Removed, self.walked.lines + 1, what);
        }
        self.report.stray = texts.stray();
        let erased = self.walked.erased.iter();
        let erased = erased.filter(|text| texts.lacks(&from_hex(text))).count() as u64;
        self.report.erased = erased;
        self.report.withheld = texts.missing() - erased;
        self.walked
    }
}
