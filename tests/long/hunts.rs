//! Long hunts with a short version: every kind of damage to a journal is found and located, and our verifier agrees
//! with the script that auditors get. `WARROOM_HUNT=full cargo test --release --test long hunts` runs the long one.

mod agreement;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use warroom::harness::DataDir;
use warroom::harness::Safe;
use warroom::harness::{ActorId, Draft, IncidentId, LevelId};
use warroom::harness::{
    FindingKind, Head, JournalName, JournalStore as _, KnownHead, SystemClock, SystemEntropy,
    VerificationContext, VerificationReport, record, verify,
};
use warroom::harness::{LevelArmed, Noted, Sealed, field};

fn full() -> bool {
    std::env::var("WARROOM_HUNT").is_ok_and(|hunt| hunt == "full")
}

/// A journal of 120 entries, with and without texts, as bytes; and a place where changed ones are verified.
struct Ground {
    place: tempfile::TempDir,
    bytes: Vec<u8>,
}

impl Ground {
    fn new(entries: u64) -> Self {
        // In memory where there is such a place: hundreds of thousands of files are written.
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() {
            tempfile::tempdir_in(memory).unwrap()
        } else {
            tempfile::tempdir().unwrap()
        };
        let store = DataDir::new(place.path().join("data"), Arc::new(SystemClock::new()));
        let id = IncidentId::new("INC-20261122-0001").unwrap();
        let drafts: Vec<Draft> = (1..entries).map(draft).collect();
        store
            .create_incident(&id, Box::new(SystemEntropy), &drafts)
            .unwrap();
        let bytes = fs::read(
            store
                .directory_of(&JournalName::from(&id))
                .join("journal.jsonl"),
        )
        .unwrap();
        fs::create_dir(place.path().join("changed")).unwrap();
        Self { place, bytes }
    }

    fn changed(&self) -> PathBuf {
        self.place.path().join("changed/journal.jsonl")
    }

    fn verify(&self, bytes: &[u8], known: &VerificationContext) -> VerificationReport {
        fs::write(self.changed(), bytes).unwrap();
        verify(&self.changed(), known).unwrap()
    }

    fn lines(&self) -> Vec<&[u8]> {
        self.bytes.split_inclusive(|b| *b == b'\n').collect()
    }

    fn first_of(&self, lines: &[&[u8]]) -> Option<(FindingKind, u64)> {
        let report = self.verify(&lines.concat(), &VerificationContext::default());
        let first = report.findings.first()?;
        Some((first.kind, first.line))
    }
}

fn draft(number: u64) -> Draft {
    let by = ActorId::nearest("a-1");
    if number.is_multiple_of(2) {
        let text = Safe::line(&format!("note {number}"));
        return Draft::new(&by, Noted {}).with(field::TEXT, text);
    }
    let data = LevelArmed {
        level: LevelId::nearest(&format!("level-{number}")),
        due: "2026-11-22T01:02:03Z".parse().unwrap(),
        because: number,
    };
    Draft::new(&by, data)
}

#[test]
fn every_single_flipped_bit_is_found_and_located() {
    let ground = Ground::new(120);
    let step = if full() { 1 } else { 61 };
    let mut line = 1;
    let mut flips = 0;
    let mut bytes = ground.bytes.clone();
    for at in 0..bytes.len() {
        let newline = bytes[at] == b'\n';
        for bit in (0..8).filter(|bit| (at * 8 + bit) % step == 0) {
            bytes[at] ^= 1 << bit;
            let report = ground.verify(&bytes, &VerificationContext::default());
            bytes[at] ^= 1 << bit;
            let first = report.findings.first();
            let found = first.map(|finding| (finding.kind, finding.line));
            // A newline that is none joins two lines, or leaves the last one without its end.
            let last = at + 1 == bytes.len();
            let expected = if newline && last {
                FindingKind::Torn
            } else {
                FindingKind::Altered
            };
            assert_eq!(found, Some((expected, line)), "bit {bit} of byte {at}");
            flips += 1;
        }
        line += u64::from(newline);
    }
    assert!(flips > 5_000, "{flips} flips");
}

#[test]
fn every_line_removed_swapped_or_doubled_is_found_and_located() {
    let ground = Ground::new(120);
    let lines = ground.lines();
    for at in 0..lines.len() {
        let line = at as u64 + 1;
        let mut without = lines.clone();
        without.remove(at);
        if at + 1 < lines.len() {
            assert_eq!(
                ground.first_of(&without),
                Some((FindingKind::Removed, line))
            );
            let mut swapped = lines.clone();
            swapped.swap(at, at + 1);
            assert_eq!(
                ground.first_of(&swapped),
                Some((FindingKind::Removed, line))
            );
        }
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        assert_eq!(
            ground.first_of(&doubled),
            Some((FindingKind::Removed, line + 1))
        );
    }
}

#[test]
fn a_removed_last_line_is_found_by_a_known_head() {
    let ground = Ground::new(120);
    let mut lines = ground.lines();
    let whole = ground.verify(&ground.bytes, &VerificationContext::default());
    let last = lines.pop().unwrap();
    let cut = lines.concat();
    assert!(
        ground.verify(&cut, &VerificationContext::default()).intact,
        "the chain alone does not show it"
    );
    let known = VerificationContext {
        head: Some(KnownHead {
            seq: whole.entries,
            hash_start: whole.head[..12].to_string(),
        }),
        ..VerificationContext::default()
    };
    let report = ground.verify(&cut, &known);
    assert_eq!(report.findings[0].kind, FindingKind::Removed);
    assert_eq!(report.findings[0].line, 120);
    // Another line in its place, chained properly, is no way around it.
    let text = String::from_utf8_lossy(last).replace("level-119", "level-118");
    let body = &text[..text.len() - 76];
    let forged = format!(
        "{body},\"hash\":\"{}\"}}\n",
        warroom::harness::hex_digest(body.as_bytes())
    );
    let rewritten = [cut.as_slice(), forged.as_bytes()].concat();
    assert!(
        ground
            .verify(&rewritten, &VerificationContext::default())
            .intact
    );
    assert!(!ground.verify(&rewritten, &known).intact);
}

#[test]
fn a_line_after_the_seal_and_a_file_that_continues_nothing_are_found() {
    let ground = Ground::new(12);
    let data = ground.place.path().join("data");
    let store = DataDir::new(&data, Arc::new(SystemClock::new()));
    let id = IncidentId::new("INC-20261122-0001").unwrap();
    let (mut journal, _) = store.open(&JournalName::from(&id)).unwrap();
    let seal = Draft::new(&ActorId::nearest("a-1"), Sealed {});
    journal.append(&journal.head().clone(), &[seal]).unwrap();
    assert!(
        record(journal.as_mut(), &Head::start(), &[draft(2)], drop).is_err(),
        "nothing is added to a sealed journal"
    );
    let file = store
        .directory_of(&JournalName::from(&id))
        .join("journal.jsonl");
    let sealed = fs::read_to_string(&file).unwrap();
    let last = sealed.lines().last().unwrap();
    let prev = &last[last.len() - 66..last.len() - 2];
    let body = last[..last.len() - 75]
        .replace(&last[9..73], prev)
        .replace("\"seq\":13", "\"seq\":14")
        .replace("\"sealed\"", "\"noted\"");
    let hash = warroom::harness::hex_digest(body.as_bytes());
    let late = format!("{sealed}{body},\"hash\":\"{hash}\"}}\n");
    let report = ground.verify(late.as_bytes(), &VerificationContext::default());
    let first = &report.findings[0];
    assert_eq!(
        (first.kind, first.line),
        (FindingKind::Removed, 14),
        "{report:?}"
    );
    assert!(first.what.contains("seals"));
    // A file that continues nothing is no part of the chain, and is said.
    fs::write(
        store
            .directory_of(&JournalName::from(&id))
            .join("journal.3.jsonl"),
        "",
    )
    .unwrap();
    let report = verify(
        &store.directory_of(&JournalName::from(&id)),
        &VerificationContext::default(),
    )
    .unwrap();
    assert!(
        !report.intact && report.findings[0].what.contains("journal.3.jsonl"),
        "{report:?}"
    );
}
