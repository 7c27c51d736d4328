mod contract;
mod recovery;
mod tampering;

use super::DataDir;
use crate::incident::entry::{Noted, Opened, StatusChanged, field};
use crate::incident::{
    ActorId, Disclosed, Draft, Entry, Incident, IncidentId, LevelId, Slug, Status, program,
};
use crate::journal::{
    Appended, Clock, Journal, JournalError, JournalName, JournalStore, Loaded, SeededEntropy,
    Stamp, SystemClock, SystemEntropy, VerificationContext, VerificationReport, hex_digest, record,
    verify,
};
use crate::text::Safe;
use chrono::{TimeDelta, Utc};
use proptest::prelude::*;
use rstest::rstest;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

#[derive(Clone)]
pub(super) struct ManualClock(Arc<Mutex<Stamp>>);

impl ManualClock {
    pub(super) fn new() -> Self {
        let wall = "2026-11-22T01:02:03.456789Z".parse().unwrap();
        Self(Arc::new(Mutex::new(Stamp {
            wall,
            boot: "0badb007".into(),
            since_boot: 1_000_000_000,
        })))
    }

    pub(super) fn pass(&self, wall_ms: i64, boot_ms: u64) {
        let mut stamp = self.0.lock().unwrap();
        stamp.wall += TimeDelta::milliseconds(wall_ms);
        stamp.since_boot += boot_ms * 1_000_000;
    }

    fn restart(&self, boot: &str) {
        let mut stamp = self.0.lock().unwrap();
        stamp.boot = boot.into();
        stamp.since_boot = 1_000_000_000;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Stamp {
        *self.0.lock().unwrap()
    }
}

struct Harness {
    _directory: tempfile::TempDir,
    store: DataDir,
    clock: ManualClock,
    name: JournalName,
}

impl Harness {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = ManualClock::new();
        let store = DataDir::new(directory.path().join("data"), Arc::new(clock.clone()));
        Self {
            _directory: directory,
            store,
            clock,
            name: (&id()).into(),
        }
    }

    fn create(&self, notes: &[&str]) -> Box<dyn Journal> {
        let drafts: Vec<Draft> = notes.iter().map(|text| note(text)).collect();
        let entropy = Box::new(SeededEntropy::new(7));
        self.store
            .create_incident(&id(), entropy, &drafts)
            .unwrap()
            .0
    }

    fn read(&self) -> Loaded {
        self.store.read(&self.name).unwrap()
    }

    fn open(&self) -> (Box<dyn Journal>, Vec<Entry>) {
        self.store.open(&self.name).unwrap()
    }

    fn file(&self) -> PathBuf {
        self.directory().join("journal.jsonl")
    }

    fn directory(&self) -> PathBuf {
        self.store.directory_of(&self.name)
    }

    fn verify(&self) -> VerificationReport {
        verify(&self.directory(), &VerificationContext::default()).unwrap()
    }
}

fn id() -> IncidentId {
    IncidentId::new("INC-20261122-0001").unwrap()
}

fn append(journal: &mut dyn Journal, drafts: &[Draft]) -> Result<Appended, JournalError> {
    let at = journal.head().clone();
    record(journal, &at, drafts, |_| {})
}

fn note(text: &str) -> Draft {
    Draft::new(&ActorId::nearest("a-1"), Noted {}).with(field::TEXT, Safe::block(text))
}

fn texts(entries: &[Entry]) -> Vec<&str> {
    entries
        .iter()
        .filter_map(|entry| entry.text(field::TEXT))
        .collect()
}

#[test]
fn what_is_appended_is_read_back_by_another_process() {
    let harness = Harness::new();
    let mut journal = harness.create(&["one"]);
    harness.clock.pass(5, 5);
    let appended = append(journal.as_mut(), &[note("two"), note("three")]).unwrap();
    assert_eq!(appended.mine, [Some(3), Some(4)]);
    let loaded = harness.read();
    assert_eq!(texts(&loaded.entries), ["one", "two", "three"]);
    assert_eq!(loaded.entries[1..], harness.open().1[1..]);
    assert!(harness.verify().intact);
}

#[test]
fn a_line_has_the_documented_form_and_the_chain_needs_no_json_parser() {
    let harness = Harness::new();
    harness.create(&["one", "two"]);
    let text = fs::read_to_string(harness.file()).unwrap();
    let mut prev = "0".repeat(64);
    for (at, line) in text.lines().enumerate() {
        let body = &line[..line.len() - 75];
        assert!(line.starts_with(&format!(
            "{{\"prev\":\"{prev}\",\"v\":1,\"seq\":{},\"id\":\"",
            at + 1
        )));
        let hash = hex_digest(body.as_bytes());
        assert_eq!(&line[line.len() - 75..], format!(",\"hash\":\"{hash}\"}}"));
        prev = hash;
    }
    let line = text.lines().nth(1).unwrap();
    for member in [
        "\"rec\":\"2026-11-22T01:02:03.456789Z\"",
        "\"mono\":\"0badb007:1000000000\"",
        "\"by\":\"a-1\",\"type\":\"noted\",\"data\":{},\"sd\":{\"text\":\"",
    ] {
        assert!(line.contains(member), "{member} not in {line}");
    }
    assert!(!text.contains("two"), "free text stands in the chain");
}

#[test]
fn a_withheld_text_leaves_the_chain_intact_and_reads_as_withheld() {
    let harness = Harness::new();
    harness.create(&["secret plan"]);
    fs::remove_file(harness.directory().join("disclosures.jsonl")).unwrap();
    let loaded = harness.read();
    assert_eq!(loaded.entries[1].texts[field::TEXT], Disclosed::Withheld);
    let report = harness.verify();
    assert!(report.intact);
    assert_eq!(report.withheld, 1);
}

#[test]
fn a_text_that_was_changed_is_withheld_not_believed() {
    let harness = Harness::new();
    harness.create(&["we were warned"]);
    let path = harness.directory().join("disclosures.jsonl");
    let forged = fs::read_to_string(&path)
        .unwrap()
        .replace("warned", "unaware");
    fs::write(&path, forged).unwrap();
    let loaded = harness.read();
    assert_eq!(loaded.entries[1].text(field::TEXT), Some("withheld"));
}

#[test]
fn a_card_number_in_a_note_is_masked_before_it_is_written_and_the_entry_says_so() {
    let harness = Harness::new();
    harness.create(&["customer gave 4111 1111 1111 1111 and Bearer abcdef0123456789abcdef"]);
    for name in ["journal.jsonl", "disclosures.jsonl"] {
        let text = fs::read_to_string(harness.directory().join(name)).unwrap();
        assert!(
            !text.contains("1111 1111") && !text.contains("abcdef0123456789"),
            "{name}: {text}"
        );
    }
    let entry = &harness.read().entries[1];
    let kinds: Vec<&str> = entry.masked.iter().map(|(_, kind)| kind.as_str()).collect();
    assert_eq!(kinds, ["bearer", "pan"]);
}

#[test]
fn two_processes_write_one_chain_and_nothing_is_lost() {
    let harness = Harness::new();
    harness.create(&[]);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (store, name) = (harness.store.clone(), harness.name.clone());
            scope.spawn(move || {
                let (mut journal, _) = store.open(&name).unwrap();
                for number in 0..25 {
                    append(journal.as_mut(), &[note(&format!("{writer}/{number}"))]).unwrap();
                }
            });
        }
    });
    let loaded = harness.read();
    assert_eq!(loaded.entries.len(), 1 + 100);
    let report = harness.verify();
    assert!(report.intact && report.withheld == 0, "{report:?}");
    for writer in 0..4 {
        let own: Vec<String> = (0..25).map(|n| format!("{writer}/{n}")).collect();
        let found: Vec<&str> = texts(&loaded.entries)
            .into_iter()
            .filter(|text| text.starts_with(&format!("{writer}/")))
            .collect();
        assert_eq!(found, own);
    }
}

#[rstest]
#[case::together(60_000, 60_000, None)]
#[case::forward(65_000, 60_000, Some(5_000))]
#[case::backward(-3_600_000, 1_000, Some(-3_601_000))]
#[case::within_tolerance(60_400, 60_000, None)]
fn a_stepped_clock_is_recorded_and_nothing_is_repaired(
    #[case] wall_ms: i64,
    #[case] boot_ms: u64,
    #[case] step: Option<i64>,
) {
    let harness = Harness::new();
    let mut journal = harness.create(&["before"]);
    harness.clock.pass(wall_ms, boot_ms);
    append(journal.as_mut(), &[note("after")]).unwrap();
    let incident = Incident::from_entries(&harness.read().entries);
    assert_eq!(incident.clock_steps.first().map(|(_, ms)| *ms), step);
}

#[test]
fn the_clocks_are_recorded_in_a_live_incident_and_not_in_one_that_is_entered_afterwards() {
    let steps = |retrospective: bool| {
        let harness = Harness::new();
        let mut journal = harness.create(&[]);
        let story = crate::testing::Story::new();
        let mut drafts = story.drafts.iter();
        let opened = drafts.find_map(|draft| draft.event.data::<Opened>());
        let opened = Opened {
            retrospective,
            ..opened.unwrap().clone()
        };
        append(journal.as_mut(), &[Draft::new(&program(), opened)]).unwrap();
        harness.clock.pass(3_600_000, 1_000);
        append(journal.as_mut(), &[note("after a step")]).unwrap();
        drop(journal);
        harness.clock.restart("feedbeef");
        // By a process that reads the journal from its beginning.
        append(harness.open().0.as_mut(), &[note("in another boot")]).unwrap();
        let entries = harness.read().entries;
        let kinds = entries.iter().filter_map(|entry| entry.event());
        let kinds = kinds.map(crate::incident::Event::kind);
        kinds
            .filter(|kind| ["clock-stepped", "boot-changed"].contains(kind))
            .count()
    };
    assert_eq!((steps(false), steps(true)), (2, 0));
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(str::to_string)
        .collect()
}

#[test]
fn a_newer_journal_is_read_and_not_written() {
    let harness = Harness::new();
    harness.create(&["one"]);
    let mut text = fs::read_to_string(harness.file()).unwrap();
    let last = lines(&harness.file()).pop().unwrap();
    let prev = &last[last.len() - 66..last.len() - 2];
    let body = format!(
        "{{\"prev\":\"{prev}\",\"v\":2,\"seq\":3,\"id\":\"x\",\"rec\":\"2026-11-22T01:02:04Z\",\"by\":\"a-1\",\
         \"type\":\"teleported\",\"new\":[1]"
    );
    text += &format!("{body},\"hash\":\"{}\"}}\n", hex_digest(body.as_bytes()));
    fs::write(harness.file(), &text).unwrap();
    let (mut journal, entries) = harness.open();
    assert_eq!(Incident::from_entries(&entries).unknown, [3]);
    assert!(matches!(
        append(journal.as_mut(), &[note("no")]),
        Err(JournalError::Newer { version: 2, .. })
    ));
    let report = harness.verify();
    assert!(report.intact);
    assert_eq!(report.unknown_format, 1);
}

#[test]
fn a_data_directory_that_cannot_be_written_is_named_with_the_remedy() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let store = DataDir::new(file.path().join("data"), Arc::new(SystemClock::new()));
    let (error, path) = (store.prepare().unwrap_err(), file.path().display());
    assert!(error.to_string().contains(&path.to_string()), "{error}");
    assert!(!error.hint().is_empty());
}

#[test]
fn files_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let harness = Harness::new();
    harness.create(&["one"]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&harness.directory()), 0o700);
    for name in ["journal.jsonl", "disclosures.jsonl", "lock"] {
        assert_eq!(mode(&harness.directory().join(name)), 0o600, "{name}");
    }
}

fn any_draft() -> impl Strategy<Value = Draft> {
    prop_oneof![
        "\\PC{0,200}".prop_map(|text| note(&text)),
        prop::sample::select(Status::ALL.to_vec()).prop_map(|status| {
            Draft::new(&ActorId::nearest("a-2"), StatusChanged { status })
                .with(field::TEXT, Safe::block("why"))
                .occurred(Utc::now(), crate::signals::Cause::Said)
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_recorded_reads_back_and_verifies(drafts in prop::collection::vec(any_draft(), 1..12)) {
        let harness = Harness::new();
        let mut journal = harness.create(&[]);
        let appended = append(journal.as_mut(), &drafts).unwrap();
        let loaded = harness.read();
        prop_assert_eq!(&loaded.entries[1..], &appended.entries[..]);
        prop_assert!(harness.verify().intact);
    }
}

#[test]
fn the_largest_escalation_policy_that_its_check_lets_pass_fits_into_a_line() {
    use crate::incident::cadence::Cadence;
    use crate::incident::escalation::{EscalationPolicy, Level};
    fn long<I: From<Slug>>(number: usize) -> I {
        Slug::nearest(&format!("{number}-{}", "x".repeat(60))).into()
    }
    let text = include_str!("../../assets/policies/escalation.yaml");
    let mut policy: EscalationPolicy = serde_saphyr::from_str(text).unwrap();
    policy.repeat = None;
    let template = policy.levels[0].clone();
    policy.levels = (0..60)
        .map(|number| Level {
            level: LevelId::nearest(&format!("l{number}")),
            after: format!("{number}m"),
            target: None,
            targets: (0..9).map(long).collect(),
            ..template.clone()
        })
        .collect();
    // One name longer each time: the last that passes is within some bytes of the limit.
    let mut largest = None;
    for channels in 0..600 {
        let level = &mut policy.levels[channels % 60];
        level.channels.push(long(channels));
        match policy.check() {
            Ok(()) => largest = Some(policy.clone()),
            Err(_) => break,
        }
    }
    let data = crate::incident::entry::EscalationArmed {
        policy: "c".repeat(64),
        from: "2026-11-22T01:00:00.123456789Z".parse().unwrap(),
        levels: largest
            .unwrap()
            .arm("2026-11-22T01:00:00.123456789Z".parse().unwrap(), true),
        cadence: Some(Cadence::default()),
    };
    let directory = tempfile::tempdir().unwrap();
    let store = DataDir::new(directory.path(), Arc::new(SystemClock::new()));
    let draft = Draft::new(&ActorId::nearest("warroom"), data);
    store
        .create_incident(&id(), Box::new(SystemEntropy), &[draft])
        .unwrap();
}
