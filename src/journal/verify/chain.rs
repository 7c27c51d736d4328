//! The walk along the chain: blocks are checked on every core, and joined in their order.

use super::super::digest::{Digest as Hash, from_hex};
use super::super::error::JournalError;
use super::super::finding::FindingKind;
use super::super::grammar::{VERSION, scan};
use super::super::line::GENESIS;
use super::blocks::{Blocks, lines_of};
use super::claims::{self, Claim, EntryFact, SignedEntry};
use super::evidence::Evidence;
use super::report::{KnownHead, VerificationReport};
use super::texts::{Marks, Texts, mark};
use crate::incident::Slug;
use crate::text::hex;
use rayon::prelude::*;
use std::collections::{BTreeSet, VecDeque};
use std::io;

/// Lines between a checkpoint and the line that it signs, at most.
const REACH: usize = 10_000;
/// Blocks of the chain in memory at once, besides those being read.
const ROUND: usize = 4;
/// Checkpoints and approvals examined; more are reported.
const MAX_NOTABLE: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct ChainWalk {
    pub(super) lines: u64,
    pub(super) notable: Vec<SignedEntry>,
    /// An entry says that a signature was made or was due.
    pub(super) signing: bool,
    pub(super) keyed: BTreeSet<Slug>,
    /// Actors whose action requires a signature if they have a key.
    pub(super) occasions: BTreeSet<Slug>,
    erased: BTreeSet<Hash>,
}

/// Number and hash of the last line of a stretch.
type End = Option<(u64, Hash)>;

#[derive(Default)]
struct CheckedBlock {
    lines: u64,
    /// `prev` and number of a valid first line.
    first: Option<(Hash, u64)>,
    /// Findings by line of the block; the join checks the first line's predecessor.
    wrong: Vec<(u64, FindingKind, String)>,
    /// The last valid line before the first finding.
    good: End,
    end: End,
    /// Number and hash of each valid line.
    hashes: Vec<(u64, Hash)>,
    newer: u64,
    /// Marks of the committed texts.
    commitments: Vec<Hash>,
    notable: Vec<SignedEntry>,
    facts: Vec<EntryFact>,
    /// The first line that may not follow a seal, and the first such line after a seal in this block.
    open: Option<u64>,
    after_seal: Option<u64>,
    seals: Option<u64>,
    torn: bool,
}

pub(super) fn walk(
    evidence: &Evidence,
    known: Option<&KnownHead>,
    report: &mut VerificationReport,
) -> Result<ChainWalk, JournalError> {
    let failed = |error: io::Error| JournalError::io("read", evidence.path.clone())(error);
    let mut chain = Blocks::new(evidence.chain().map_err(failed)?);
    let mut texts = Texts::new(evidence.texts().map_err(failed)?);
    // Texts are read at the rate of their commitments, so that few are unmatched at a time.
    let pace = (texts.total() as f64 / chain.total.max(1) as f64 * ROUND as f64).ceil() as usize;
    let pace = pace.clamp(1, 2 * ROUND);
    let mut join = ChainJoin::new(known, report);
    let (mut lines, mut more) = (chain.round(ROUND).map_err(failed)?, Vec::new());
    let mut before = (Vec::new(), Vec::new());
    loop {
        // CheckedBlock blocks are joined and the next ones read while the others are checked.
        let (checked, next) = rayon::join(
            || {
                let blocks = || lines.par_iter().map(|block| check(block)).collect();
                rayon::join(blocks, || Texts::marks(&more))
            },
            || -> io::Result<_> {
                join.settle(before, &mut texts);
                Ok((chain.round(ROUND)?, texts.read(pace)?))
            },
        );
        before = checked;
        (lines, more) = next.map_err(failed)?;
        if lines.is_empty() && more.is_empty() {
            break;
        }
    }
    join.settle(before, &mut texts);
    Ok(join.end(&texts))
}

/// Takes complete lines.
fn check(block: &[u8]) -> CheckedBlock {
    let mut checked = CheckedBlock {
        hashes: Vec::with_capacity(block.len() / 256),
        ..CheckedBlock::default()
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

impl CheckedBlock {
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
            let commitments = members.commitments();
            self.commitments
                .extend(commitments.map(|(field, digest)| mark(field, from_hex(digest))));
            if let Some(mut notable) = claims::notable(number, scanned.seq, &members) {
                notable.before = self.hashes.len() - 1;
                self.notable.push(notable);
            }
            self.facts.extend(claims::fact(&members));
        }
    }

    /// Only its own checkpoint may follow a seal.
    fn seal(&mut self, number: u64, kind: &str) {
        match kind {
            "sealed" => {
                self.seals.get_or_insert(number);
            }
            "checkpointed" | "checkpoint-failed" => {}
            _ => {
                self.open.get_or_insert(number);
                if self.seals.is_some() {
                    self.after_seal.get_or_insert(number);
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seal {
    Open,
    Sealed,
    /// A later line was reported.
    Broken,
}

/// Joins blocks in order.
struct ChainJoin<'r> {
    report: &'r mut VerificationReport,
    known: Option<&'r KnownHead>,
    known_met: bool,
    chain_holds: bool,
    seal: Seal,
    sealed_at: Option<u64>,
    walked: ChainWalk,
    /// `None` after an altered line, whose hash is unknown.
    at: End,
    /// Recent hashes for checkpoints, in whole blocks, at least `REACH` of them.
    recent: VecDeque<Vec<(u64, Hash)>>,
    kept: usize,
}

impl<'r> ChainJoin<'r> {
    fn new(known: Option<&'r KnownHead>, report: &'r mut VerificationReport) -> Self {
        Self {
            report,
            known,
            known_met: false,
            chain_holds: true,
            seal: Seal::Open,
            sealed_at: None,
            walked: ChainWalk::default(),
            at: Some((0, from_hex(GENESIS))),
            recent: VecDeque::new(),
            kept: 0,
        }
    }

    fn settle(&mut self, (blocks, marks): (Vec<CheckedBlock>, Vec<Marks>), texts: &mut Texts) {
        texts.take(marks);
        for block in blocks {
            self.block(block, texts);
        }
    }

    fn block(&mut self, mut block: CheckedBlock, texts: &mut Texts) {
        let first = self.walked.lines + 1;
        if let (Some((seq, last)), Some((prev, number))) = (self.at, block.first)
            && (last != prev || seq.checked_add(1) != Some(number))
        {
            let what = format!("entry {number} does not follow the line before");
            self.report.add(FindingKind::Removed, first, what);
            self.chain_holds = false;
        }
        let late = match self.seal {
            Seal::Open => block.after_seal,
            Seal::Sealed => block.open,
            Seal::Broken => None,
        };
        // Entries count up to the first finding.
        let wrong = block.wrong.first().map_or(block.lines, |(line, ..)| *line);
        let good = match late.filter(|late| *late <= wrong) {
            Some(late) => late
                .checked_sub(1)
                .and_then(|line| block.hashes.get(line as usize).copied()),
            None => block.good,
        };
        if self.chain_holds
            && let Some((seq, hash)) = good
        {
            self.report.entries = seq;
            self.report.head = hex(&hash);
        }
        if let (Seal::Open, Some(line)) = (self.seal, block.seals) {
            self.seal = Seal::Sealed;
            self.sealed_at = Some(first + line);
        }
        if let Some(late) = late {
            let what = "it stands after the entry that seals the journal".to_string();
            block.wrong.push((late, FindingKind::Removed, what));
            block.wrong.sort_by_key(|(line, ..)| *line);
            self.seal = Seal::Broken;
        }
        self.chain_holds &= block.wrong.is_empty();
        for (line, kind, what) in block.wrong {
            self.report.add(kind, first + line, what);
        }
        let complete = block.lines - u64::from(block.torn);
        if complete > 0 {
            self.at = block.end;
        }
        self.report.unknown_format += block.newer;
        texts.committed(block.commitments);
        self.notable(first, block.notable, &block.hashes);
        block.facts.into_iter().for_each(|fact| self.fact(fact));
        self.compare_known(&block.hashes);
        self.keep(block.hashes);
        self.walked.lines += block.lines;
        if block.torn {
            let what = "the last line has no end; opening the incident settles it, it was never acknowledged";
            self.report.add(FindingKind::Torn, self.walked.lines, what);
        }
    }

    fn keep(&mut self, hashes: Vec<(u64, Hash)>) {
        self.kept += hashes.len();
        self.recent.push_back(hashes);
        while let Some(oldest) = self.recent.front()
            && self.kept - oldest.len() >= REACH
        {
            self.kept -= oldest.len();
            self.recent.pop_front();
        }
    }

    fn notable(&mut self, first: u64, found: Vec<SignedEntry>, here: &[(u64, Hash)]) {
        for mut notable in found {
            notable.line += first;
            if self.walked.notable.len() == MAX_NOTABLE {
                let what = "more signatures than are looked at";
                self.report.add(FindingKind::Signature, notable.line, what);
                return;
            }
            if let Ok(Claim::Checkpoint { upto, .. }) = &notable.claim {
                let before = here.get(..notable.before).unwrap_or_default();
                notable.head = self.hash_of(*upto, notable.seq, before);
            }
            self.walked.notable.push(notable);
        }
    }

    fn fact(&mut self, fact: EntryFact) {
        let walked = &mut self.walked;
        let full = |set: &BTreeSet<Slug>| set.len() >= MAX_NOTABLE;
        match fact {
            EntryFact::Signing => walked.signing = true,
            EntryFact::Keyed(_) if full(&walked.keyed) => walked.signing = true,
            EntryFact::Keyed(actor) => drop(walked.keyed.insert(actor)),
            EntryFact::Occasion(_) if full(&walked.occasions) => walked.signing = true,
            EntryFact::Occasion(actor) => drop(walked.occasions.insert(actor)),
            EntryFact::Erased(field, commitment) => {
                walked.erased.insert(mark(&field, from_hex(&commitment)));
            }
        }
    }

    /// `None` beyond `REACH`.
    fn hash_of(&self, upto: u64, seq: u64, here: &[(u64, Hash)]) -> Option<String> {
        let near = upto < seq && seq - upto <= REACH as u64;
        let all = here.iter().rev().chain(
            self.recent
                .iter()
                .rev()
                .flat_map(|block| block.iter().rev()),
        );
        near.then_some(())?;
        all.into_iter()
            .find(|(number, _)| *number == upto)
            .map(|(_, hash)| hex(hash))
    }

    fn compare_known(&mut self, here: &[(u64, Hash)]) {
        let Some(KnownHead { seq, hash_start }) = self.known else {
            return;
        };
        if let Some((_, hash)) = here.iter().find(|(number, _)| number == seq) {
            self.known_met = true;
            if !hex(hash).starts_with(hash_start.as_str()) {
                let what = format!("entry {seq} is not the one that is known from elsewhere");
                self.report.add(FindingKind::Removed, *seq, what);
            }
        }
    }

    fn end(self, texts: &Texts) -> ChainWalk {
        if let Some(KnownHead { seq, .. }) = self.known.filter(|_| !self.known_met) {
            let what = format!(
                "entry {seq} is known from elsewhere and is not here: entries are missing at the end"
            );
            self.report
                .add(FindingKind::Removed, self.walked.lines + 1, what);
        }
        self.report.sealed = self
            .sealed_at
            .is_some_and(|line| line <= self.report.entries);
        self.report.stray = texts.stray();
        self.report.disclosed = texts.disclosed();
        self.report.erased = texts.missing_of(&self.walked.erased);
        self.report.withheld = texts.missing() - self.report.erased;
        self.walked
    }
}
