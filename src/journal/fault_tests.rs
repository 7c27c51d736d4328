//! Behaviour on faulty disks: no acknowledged entry is lost or recorded twice, and a torn end is never reported as an
//! alteration.

use super::disk::faulty::{DiskFault, FaultyDisk, Sync};
use super::disk::{Disk as _, OpenMode};
use super::writer::{FileJournal, JournalPorts};
use super::*;
use crate::incident::entry::{LevelArmed, Noted, field};
use crate::incident::{ActorId, Draft, Entry, LevelId, Slug};
use crate::text::Safe;
use chrono::DateTime;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

const PLACE: &str = "/data/incidents/INC-20261122-0001";

#[derive(Clone)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Stamp {
        Stamp {
            wall: "2026-11-22T01:02:03.456789Z".parse().unwrap(),
            boot: "0badb007".into(),
            since_boot: 1_000_000_000,
        }
    }
}

fn ports(disk: &FaultyDisk, seed: u64) -> JournalPorts {
    JournalPorts {
        disk: Arc::new(disk.clone()),
        clock: Arc::new(Still),
        entropy: Box::new(SeededEntropy::new(seed)),
    }
}

fn create(disk: &FaultyDisk, drafts: &[Draft]) -> Result<(FileJournal, Vec<Entry>), JournalError> {
    FileJournal::create(Path::new(PLACE), ports(disk, 7), drafts)
}

fn with_ids(drafts: &mut [Draft], entropy: &mut SeededEntropy) {
    for draft in drafts {
        draft.id = fresh_entry_id(&Still.now(), entropy).ok();
    }
}

fn append_at_last(journal: &mut FileJournal, drafts: &[Draft]) -> Appended {
    std::iter::repeat_with(|| append(journal, drafts))
        .find_map(Result::ok)
        .unwrap()
}

fn note(text: &str) -> Draft {
    Draft::new(&ActorId::nearest("a-1"), Noted {}).with(field::TEXT, Safe::block(text))
}

/// An entry without text whose line is `length` bytes longer than the shortest.
fn padded(number: u64, length: usize) -> Draft {
    let level = LevelId::nearest(&format!("{number}{}", "x".repeat(length)));
    let data = LevelArmed {
        level,
        due: DateTime::UNIX_EPOCH,
        because: 1,
    };
    Draft::new(&ActorId::nearest("a-1"), data)
}

fn open(disk: &FaultyDisk) -> Result<(FileJournal, Vec<Entry>), JournalError> {
    FileJournal::open(Path::new(PLACE), ports(disk, 99), None)
}

fn append(journal: &mut FileJournal, drafts: &[Draft]) -> Result<Appended, JournalError> {
    let (at, mut read) = (journal.head().clone(), Vec::new());
    let mut appended = record(journal, &at, drafts, |news| read.extend(news.entries))?;
    read.append(&mut appended.entries);
    appended.entries = read;
    Ok(appended)
}

fn hashes(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| entry.hash.clone()).collect()
}

/// Every acknowledged entry must be there after a crash, byte for byte, with its texts, and appending must work. An
/// entry without acknowledgement may be there or not.
fn survives(crashed: &FaultyDisk, acknowledged: &[String], texts: &[String]) -> Result<(), String> {
    let (mut journal, entries) = open(crashed).map_err(|error| format!("misreported: {error}"))?;
    let found = hashes(&entries);
    if found.len() < acknowledged.len() || found[..acknowledged.len()] != *acknowledged {
        let (all, found) = (acknowledged.len(), found.len());
        return Err(format!("{all} acknowledged, {found} found"));
    }
    for text in texts {
        let same = |entry: &&Entry| entry.text(field::TEXT) == Some(text);
        let there = entries.iter().filter(same).count();
        if there != 1 {
            return Err(format!("\"{text}\" stands {there} times"));
        }
    }
    let went_on = append(&mut journal, &[note("after the crash")]);
    let went_on = went_on.map_err(|error| format!("cannot go on: {error}"))?;
    let last = went_on.entries.last().map(|entry| entry.hash.clone());
    let (_, again) = open(&crashed.fork()).map_err(|error| error.to_string())?;
    if again.last().map(|entry| entry.hash.clone()) != last {
        return Err("what was appended after the crash is not read back".into());
    }
    Ok(())
}

#[test]
fn whatever_sectors_of_the_last_write_are_lost_no_acknowledged_entry_is() {
    let mut states = 0;
    // Over a thousand sizes: every place in a sector at which the last line can begin and end, twice.
    for size in 0..1_030usize {
        let disk = FaultyDisk::default();
        let lead: Vec<Draft> = (0..=size / 55)
            .map(|n| padded(n as u64, if n == 0 { size % 55 } else { 55 }))
            .take(8)
            .collect();
        let (_, first) = create(&disk, &lead).unwrap();
        let acknowledged = hashes(&first);
        // The sync of the line is the last operation of an append: there the power goes.
        let last = padded(900, size % 60 / 2);
        let trial = disk.fork();
        let (mut twin, _) = open(&trial).unwrap();
        let opened = trial.operations();
        append(&mut twin, std::slice::from_ref(&last)).unwrap();
        let (mut journal, _) = open(&disk).unwrap();
        disk.fail(trial.operations() - opened, DiskFault::PowerOff);
        assert!(
            append(&mut journal, &[last]).is_err(),
            "size {size}: it was acknowledged"
        );
        for crashed in disk.crashes(1 << 8) {
            states += 1;
            if let Err(what) = survives(&crashed, &acknowledged, &[]) {
                panic!("size {size}: {what}");
            }
        }
    }
    assert!(states > 5_000, "only {states} states were tried");
}

/// Creates an incident and writes notes, some together. Each acknowledgement goes out over a pipe as the append
/// returns. An entry without acknowledgement is tried again under its id.
fn scripted(disk: &FaultyDisk, tries: u32) -> Vec<String> {
    let (mut read, mut write) = io::pipe().unwrap();
    let writer = disk.clone();
    let thread = std::thread::spawn(move || {
        let mut entropy = SeededEntropy::new(3);
        let made = create(&writer, &[note("first")]);
        let Ok((mut journal, _)) = made else {
            return;
        };
        write.write_all(b"first\n").unwrap();
        for batch in [&["a"][..], &["b", "c", "d"], &["e"], &["f", "g"]] {
            let mut drafts: Vec<Draft> = batch.iter().map(|text| note(text)).collect();
            with_ids(&mut drafts, &mut entropy);
            for _ in 0..tries {
                if append(&mut journal, &drafts).is_ok() {
                    for text in batch {
                        write.write_all(format!("{text}\n").as_bytes()).unwrap();
                    }
                    break;
                }
            }
        }
    });
    let mut text = String::new();
    read.read_to_string(&mut text).unwrap();
    thread.join().unwrap();
    text.lines().map(str::to_string).collect()
}

fn check(disk: &FaultyDisk, acknowledged: &[String]) -> Result<u64, String> {
    let crashes = disk.crashes(1 << 6);
    for crashed in crashes.iter().filter(|_| !acknowledged.is_empty()) {
        survives(crashed, &[], acknowledged)?;
    }
    Ok(crashes.len() as u64)
}

fn power_off_everywhere(sync: Sync) -> Result<u64, String> {
    let trial = FaultyDisk::default();
    scripted(&trial, 1);
    let mut states = 0;
    for at in 1..=trial.operations() {
        let disk = FaultyDisk::default();
        disk.sync_is(sync);
        disk.fail(at, DiskFault::PowerOff);
        let acknowledged = scripted(&disk, 1);
        disk.cut();
        states += check(&disk, &acknowledged).map_err(|what| format!("operation {at}: {what}"))?;
    }
    Ok(states)
}

#[test]
fn whenever_the_power_goes_what_was_acknowledged_over_the_pipe_is_there() {
    let states = power_off_everywhere(Sync::Honest).unwrap();
    assert!(states > 150, "only {states} states");
}

#[test]
fn a_build_that_acknowledges_before_the_sync_is_caught() {
    let caught = power_off_everywhere(Sync::Late);
    assert!(caught.is_err(), "nothing was noticed: {caught:?}");
}

#[test]
fn a_disk_that_never_syncs_is_caught() {
    let caught = power_off_everywhere(Sync::Never);
    assert!(caught.is_err(), "nothing was noticed: {caught:?}");
}

#[test]
fn whatever_operation_fails_once_or_twice_nothing_acknowledged_is_lost_and_nothing_stands_twice() {
    let trial = FaultyDisk::default();
    scripted(&trial, 1);
    let faults = [
        DiskFault::Error(io::ErrorKind::StorageFull),
        DiskFault::Error(io::ErrorKind::Interrupted),
        DiskFault::Error(io::ErrorKind::Other),
        DiskFault::Short,
    ];
    let mut continued = 0;
    for at in 1..=trial.operations() {
        for fault in faults {
            for second in [0, 1, 2, 5] {
                let disk = FaultyDisk::default();
                disk.fail(at, fault);
                if second > 0 {
                    disk.fail(at + second, fault);
                }
                let acknowledged = scripted(&disk, 4);
                // The process lives on, or the machine goes down: both must show the same.
                if !acknowledged.is_empty() {
                    let name = format!("{fault:?} at {at} and {second} later");
                    let alive = disk.fork();
                    survives(&alive, &[], &acknowledged)
                        .unwrap_or_else(|what| panic!("{name}: {what}"));
                    check(&disk, &acknowledged).unwrap_or_else(|what| panic!("{name}: {what}"));
                    assert_eq!(
                        acknowledged.len(),
                        8,
                        "{name}: not all were recorded in the end"
                    );
                    continued +=
                        u32::from(disk.stat(&Path::new(PLACE).join("journal.2.jsonl")).is_ok());
                }
            }
        }
    }
    assert!(continued > 0, "no failed sync led to a continuation file");
}

#[test]
fn a_reader_that_saw_what_was_taken_back_reads_the_journal_again() {
    let disk = FaultyDisk::default();
    let (mut writer, _) = create(&disk, &[note("first")]).unwrap();
    let (mut reader, _) = open(&disk).unwrap();
    let trial = disk.fork();
    let (mut twin, _) = open(&trial).unwrap();
    let before = trial.operations();
    append(&mut twin, &[note("second")]).unwrap();
    // The chain's file is open already in the writer: one operation less than in its twin.
    let steps = trial.operations() - before - 1;
    let mut second = note("second");
    second.id = fresh_entry_id(&Still.now(), &mut SeededEntropy::new(5)).ok();
    for at in steps..steps + 14 {
        disk.fail(at, DiskFault::Error(io::ErrorKind::Other));
    }
    let refused = append(&mut writer, std::slice::from_ref(&second));
    assert!(refused.is_err(), "the disk confirmed nothing");
    // Without the lock the line can be seen before it is acknowledged.
    let news = std::iter::repeat_with(|| reader.refresh()).find_map(Result::ok);
    assert_eq!(news.unwrap().entries.len(), 1);
    let appended = append_at_last(&mut writer, std::slice::from_ref(&second));
    assert_eq!(appended.entries.len(), 2, "the continuation and the note");
    let news = reader.refresh().unwrap();
    assert!(news.reread);
    let kinds: Vec<Option<&str>> = news.entries.iter().map(|e| e.text(field::TEXT)).collect();
    assert_eq!(kinds, [Some("first"), None, Some("second")]);
    assert_eq!(
        news.entries.last().map(|entry| entry.id.clone()),
        second.id.map(|id| id.to_string()),
        "it was recorded under the id it was tried with first"
    );
}

#[test]
fn a_journal_that_lacks_a_head_that_was_known_is_refused() {
    let disk = FaultyDisk::default();
    let (_, entries) = create(&disk, &[note("first")]).unwrap();
    let last = entries.last().unwrap();
    let known = |seq: u64, hash: &str| {
        let hash = hash.to_string();
        FileJournal::open(Path::new(PLACE), ports(&disk, 9), Some(Head { seq, hash }))
    };
    assert!(known(last.seq, &last.hash).is_ok());
    let longer = known(last.seq + 1, &last.hash).err().unwrap().to_string();
    assert!(longer.contains("missing at its end"), "{longer}");
    let other = known(last.seq, &"0".repeat(64)).err().unwrap().to_string();
    assert!(other.contains("rewritten"), "{other}");
}

#[test]
fn an_erasure_that_was_cut_off_is_finished_and_other_texts_stay() {
    use crate::incident::entry::Erased;
    let trial = FaultyDisk::default();
    let script = |disk: &FaultyDisk| {
        let (mut journal, entries) = create(disk, &[note("keep"), note("strike")]).unwrap();
        let line = entries[1].clone();
        let texts = disk.open(&Path::new(PLACE).join("disclosures.jsonl"), OpenMode::Read);
        let bytes = texts.unwrap().read_from(0).unwrap();
        let struck = bytes
            .split(|b| *b == b'\n')
            .find(|line| String::from_utf8_lossy(line).contains("strike"))
            .map(hex_digest)
            .unwrap();
        let data = Erased {
            incident: crate::incident::IncidentId::new("INC-20261122-0001").unwrap(),
            entry: line.seq,
            hash: line.hash,
            field: Slug::nearest("text"),
            commitment: struck.clone(),
            request: Slug::nearest("r-1"),
        };
        let before = disk.operations();
        let draft = Draft::new(&ActorId::nearest("a-1"), data);
        (append(&mut journal, &[draft]).is_ok(), before)
    };
    let (_, from) = script(&trial);
    for at in from + 1..=trial.operations() {
        let disk = FaultyDisk::default();
        disk.fail(at, DiskFault::PowerOff);
        let (done, _) = script(&disk);
        disk.cut();
        for crashed in disk.crashes(1 << 5) {
            let (_, entries) =
                open(&crashed).unwrap_or_else(|error| panic!("operation {at}: {error}"));
            let recorded = entries.iter().any(Entry::is::<Erased>);
            assert!(
                recorded || !done,
                "operation {at}: the erasure was acknowledged"
            );
            let (_, again) = open(&crashed.fork()).unwrap();
            let texts: Vec<&str> = again.iter().filter_map(|e| e.text(field::TEXT)).collect();
            let expected = if recorded { "withheld" } else { "strike" };
            assert_eq!(texts, ["keep", expected], "operation {at}");
        }
    }
}

#[test]
fn what_a_failed_try_wrote_is_its_own_although_it_was_told_meanwhile() {
    let drafts = || {
        let mut drafts = [padded(1, 10), note("between"), padded(2, 10)];
        with_ids(&mut drafts, &mut SeededEntropy::new(5));
        drafts
    };
    let begin = |disk: &FaultyDisk| create(disk, &[note("first")]).unwrap().0;
    let trial = FaultyDisk::default();
    let mut journal = begin(&trial);
    let before = trial.operations();
    append(&mut journal, &drafts()).unwrap();
    let mut told_between = 0;
    for at in 1..=trial.operations() - before {
        let disk = FaultyDisk::default();
        let mut journal = begin(&disk);
        disk.fail(at, DiskFault::Error(io::ErrorKind::StorageFull));
        let drafts = drafts();
        if append(&mut journal, &drafts).is_ok() {
            continue;
        }
        told_between += journal.refresh().map_or(0, |news| news.entries.len());
        let appended = append_at_last(&mut journal, &drafts);
        assert!(
            appended.mine.iter().all(Option::is_some),
            "operation {at}: {:?}",
            appended.mine
        );
        let (_, entries) = open(&disk).unwrap();
        for draft in &drafts {
            let id = draft.id.map(|id| id.to_string());
            let times = entries.iter().filter(|e| Some(&e.id) == id.as_ref());
            assert_eq!(times.count(), 1, "operation {at}");
        }
    }
    assert!(told_between > 0, "no failed try left a line that was told");
}
