//! The contract of a store as tests, for files, for memory, and for a store that breaks it.

use crate::data_dir::DataDir;
use crate::incident::entry::{Erased, LevelArmed, Noted, Sealed, field};
use crate::incident::{Draft, Entry, Incident, IncidentId};
use crate::journal::disk::faulty::FaultyDisk;
use crate::journal::memory::{Broken, MemoryStore};
use crate::journal::{
    AppendError, Clock, Head, Journal, JournalName, JournalStore, News, Stamp, record,
};
use crate::testing::{actor_id, slug, stamp, start};
use crate::text::Safe;
use rstest::rstest;
use std::sync::Arc;

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Stamp {
        stamp(start())
    }
}

trait StoreUnderTest {
    fn store(&self) -> &dyn JournalStore;
    fn lose_power(&mut self);
}

struct Files(FaultyDisk, DataDir);

impl Files {
    fn new(disk: FaultyDisk) -> Self {
        let data_dir =
            DataDir::new("/nowhere/data", Arc::new(FixedClock)).on(Arc::new(disk.clone()));
        Self(disk, data_dir)
    }
}

impl StoreUnderTest for Files {
    fn store(&self) -> &dyn JournalStore {
        &self.1
    }

    fn lose_power(&mut self) {
        // The first state is the worst: nothing that was not synced is left.
        let left = self.0.crashes(1).swap_remove(0);
        *self = Self::new(left);
    }
}

impl StoreUnderTest for MemoryStore {
    fn store(&self) -> &dyn JournalStore {
        self
    }

    fn lose_power(&mut self) {
        Self::lose_power(self);
    }
}

fn note(text: &str) -> Draft {
    Draft::new(&actor_id("a-1"), Noted {}).with(field::TEXT, Safe::block(text))
}

fn armed(level: &str) -> Draft {
    let data = LevelArmed {
        level: slug(level),
        due: start(),
        because: 1,
    };
    Draft::new(&actor_id("warroom"), data)
}

fn texts(entries: &[Entry]) -> Vec<&str> {
    entries.iter().filter_map(|e| e.text(field::TEXT)).collect()
}

fn begin(store: &dyn JournalStore) -> (JournalName, Box<dyn Journal>, Vec<Entry>) {
    let opened = store.open_incident(false, &[note("first")], &|_| true);
    let opened = opened.unwrap().unwrap();
    ((&opened.id).into(), opened.journal, opened.entries)
}

fn read(store: &dyn JournalStore, name: &JournalName) -> Vec<Entry> {
    let loaded = store.read(name).unwrap();
    assert_eq!(loaded.finding, None);
    loaded.entries
}

fn an_append_on_an_older_head_is_not_made_and_gives_what_others_wrote(
    tested: &mut dyn StoreUnderTest,
) {
    let (name, mut first, entries) = begin(tested.store());
    let (mut second, same) = tested.store().open(&name).unwrap();
    assert_eq!(same, entries);
    first
        .append(&Head::end_of(&entries), &[note("mine")])
        .unwrap();
    for at in [Head::end_of(&entries), Head::start()] {
        match second.append(&at, &[note("too late")]) {
            Err(AppendError::Behind(News { entries, .. })) => {
                assert_eq!(texts(&entries).last(), Some(&"mine"));
            }
            other => panic!("{other:?}"),
        }
    }
    let all = read(tested.store(), &name);
    assert_eq!(texts(&all), ["first", "mine"]);
    let appended = second
        .append(&Head::end_of(&all), &[note("theirs")])
        .unwrap();
    assert_eq!(appended.mine, [Some(all.len() as u64 + 1)]);
}

fn one_chain_of_what_several_have_recorded(tested: &mut dyn StoreUnderTest) {
    let (name, first, entries) = begin(tested.store());
    let (second, _) = tested.store().open(&name).unwrap();
    let mut writers = [
        (first, Head::end_of(&entries)),
        (second, Head::end_of(&entries)),
    ];
    for number in 0..6 {
        let (journal, at) = &mut writers[number % 2];
        let draft = note(&number.to_string());
        let mut behind = at.clone();
        let appended = record(journal.as_mut(), at, &[draft], |news| {
            behind = Head::end_of(&news.entries);
        });
        let entries = appended.unwrap().entries;
        *at = Head::of(&entries).unwrap_or(behind);
    }
    let all = read(tested.store(), &name);
    assert_eq!(texts(&all), ["first", "0", "1", "2", "3", "4", "5"]);
    let numbers: Vec<u64> = all.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=all.len() as u64).collect::<Vec<_>>());
}

fn a_deduplication_key_stands_once(tested: &mut dyn StoreUnderTest) {
    let (name, mut first, entries) = begin(tested.store());
    let (mut second, _) = tested.store().open(&name).unwrap();
    let twice = [armed("cto"), armed("cto")];
    let appended = first.append(&Head::end_of(&entries), &twice).unwrap();
    let at = Head::end_of(&appended.entries);
    assert_eq!(appended.mine, [Some(at.seq), None]);
    let mut known = Vec::new();
    let appended = record(
        second.as_mut(),
        &Head::end_of(&entries),
        &[armed("cto")],
        |news| {
            known.extend(news.entries);
        },
    );
    assert_eq!(appended.unwrap().mine, [None]);
    assert_eq!(Head::end_of(&known), at);
}

fn a_follower_sees_every_entry_once_and_in_order(tested: &mut dyn StoreUnderTest) {
    let (name, mut journal, entries) = begin(tested.store());
    let mut follower = tested.store().follow(&name);
    let mut seen = follower.refresh().unwrap().entries;
    assert_eq!(seen, entries);
    let more = [note("two"), note("three"), note("four")];
    journal.append(&Head::end_of(&entries), &more).unwrap();
    seen.extend(follower.refresh().unwrap().entries);
    assert_eq!(seen, read(tested.store(), &name));
    assert_eq!(*follower.head(), Head::end_of(&seen));
    assert!(follower.refresh().unwrap().is_empty());
}

fn what_was_acknowledged_is_there_after_a_power_cut(tested: &mut dyn StoreUnderTest) {
    let (name, mut journal, entries) = begin(tested.store());
    let appended = journal.append(&Head::end_of(&entries), &[note("two"), armed("cto")]);
    let acknowledged = [entries, appended.unwrap().entries].concat();
    tested.lose_power();
    assert_eq!(read(tested.store(), &name), acknowledged);
    let (mut again, entries) = tested.store().open(&name).unwrap();
    again
        .append(&Head::end_of(&entries), &[note("three")])
        .unwrap();
}

fn an_erased_text_is_withheld_and_its_entry_stays(tested: &mut dyn StoreUnderTest) {
    let (name, mut journal, entries) = begin(tested.store());
    let struck = journal
        .append(&Head::end_of(&entries), &[note("strike")])
        .unwrap();
    let JournalName::Incident(incident) = &name else {
        unreachable!()
    };
    let line = struck.entries.last().unwrap();
    let copy = tested.store().verbatim(incident).unwrap();
    let data = Erased {
        incident: incident.clone(),
        entry: line.seq,
        hash: line.hash.clone(),
        field: slug("text"),
        commitment: copy.commitment(line.seq, field::TEXT).unwrap().to_string(),
        request: slug("r-1"),
    };
    let erased = Draft::new(&actor_id("a-1"), data);
    journal
        .append(&Head::end_of(&struck.entries), &[erased])
        .unwrap();
    assert_eq!(texts(&read(tested.store(), &name)), ["first", "withheld"]);
}

fn an_incident_is_opened_by_who_has_seen_all_others(tested: &mut dyn StoreUnderTest) {
    let (name, ..) = begin(tested.store());
    let store = tested.store();
    let nobody = |_: &IncidentId| false;
    let drafts = [note("second")];
    let opens = |seen: &dyn Fn(&IncidentId) -> bool| {
        let opened = store.open_incident(false, &drafts, seen);
        opened.unwrap().is_some()
    };
    assert!(!opens(&nobody));
    let ids = store.list().unwrap();
    let names: Vec<_> = ids.iter().map(JournalName::from).collect();
    assert_eq!(names, [name]);
    assert!(opens(&|id| ids.contains(id)));
    assert_eq!(store.list().unwrap().len(), 2);
}

fn a_checkpoint_stands_directly_behind_the_head_that_it_is_made_of(
    tested: &mut dyn StoreUnderTest,
) {
    let (name, mut journal, entries) = begin(tested.store());
    let (mut other, _) = tested.store().open(&name).unwrap();
    other
        .append(&Head::end_of(&entries), &[note("meanwhile")])
        .unwrap();
    let mut made_of = Head::start();
    let news = journal.append_behind_head(&mut |head| {
        made_of = head.clone();
        note("made")
    });
    let news = news.unwrap();
    assert_eq!(texts(&news.entries), ["meanwhile", "made"]);
    assert_eq!(made_of, Head::end_of(&news.entries[..1]));
}

fn the_ledger_begins_with_its_first_opening(tested: &mut dyn StoreUnderTest) {
    let name = JournalName::Ledger;
    assert!(read(tested.store(), &name).is_empty());
    let (mut journal, entries) = tested.store().open(&name).unwrap();
    journal
        .append(&Head::end_of(&entries), &[note("held")])
        .unwrap();
    assert_eq!(texts(&read(tested.store(), &name)), ["held"]);
    assert!(tested.store().list().unwrap().is_empty());
}

fn a_sealed_journal_takes_nothing_but_its_last_signature(tested: &mut dyn StoreUnderTest) {
    let (_, mut journal, entries) = begin(tested.store());
    let sealed = Draft::new(&actor_id("a-1"), Sealed {});
    let at = Head::end_of(
        &journal
            .append(&Head::end_of(&entries), &[sealed])
            .unwrap()
            .entries,
    );
    let refused = journal.append(&at, &[note("too late")]);
    assert!(
        matches!(refused, Err(AppendError::Failed(_))),
        "{refused:?}"
    );
}

type Promise = fn(&mut dyn StoreUnderTest);
const PROMISES: [Promise; 10] = [
    an_append_on_an_older_head_is_not_made_and_gives_what_others_wrote,
    one_chain_of_what_several_have_recorded,
    a_deduplication_key_stands_once,
    a_follower_sees_every_entry_once_and_in_order,
    what_was_acknowledged_is_there_after_a_power_cut,
    an_erased_text_is_withheld_and_its_entry_stays,
    an_incident_is_opened_by_who_has_seen_all_others,
    a_checkpoint_stands_directly_behind_the_head_that_it_is_made_of,
    the_ledger_begins_with_its_first_opening,
    a_sealed_journal_takes_nothing_but_its_last_signature,
];

/// Its creation was cut off: it has files and no entry. A fold of nothing stands at its end.
#[test]
fn a_journal_without_an_entry_takes_its_first() {
    let home = tempfile::tempdir().unwrap();
    let id = IncidentId::new("INC-20261122-7f3a").unwrap();
    let place = home.path().join("incidents").join(id.as_str());
    std::fs::create_dir_all(&place).unwrap();
    for file in ["journal.jsonl", "disclosures.jsonl"] {
        std::fs::write(place.join(file), "").unwrap();
    }
    let store = DataDir::new(home.path(), Arc::new(FixedClock));
    let (mut journal, entries) = store.open(&(&id).into()).unwrap();
    assert_eq!(entries, []);
    let at = Head::of_fold(&Incident::default());
    let appended = record(journal.as_mut(), &at, &[note("first")], |_| {}).unwrap();
    assert_eq!(texts(&appended.entries), ["first"]);
}

#[test]
fn files_keep_each_promise() {
    for promise in PROMISES {
        promise(&mut Files::new(FaultyDisk::default()));
    }
}

#[test]
fn memory_keeps_each_promise() {
    for promise in PROMISES {
        promise(&mut MemoryStore::new(Arc::new(FixedClock), None));
    }
}

#[rstest]
#[case(Broken::HeadCheck, PROMISES[0])]
#[case(Broken::HeadCheck, PROMISES[1])]
#[case(Broken::DeduplicationKeys, PROMISES[2])]
#[case(Broken::FollowingEachEntry, PROMISES[3])]
#[case(Broken::SyncBeforeAcknowledging, PROMISES[4])]
#[case(Broken::OpeningOnce, PROMISES[6])]
fn a_broken_promise_is_caught(#[case] broken: Broken, #[case] promise: Promise) {
    let tried = std::panic::catch_unwind(|| {
        promise(&mut MemoryStore::new(Arc::new(FixedClock), Some(broken)));
    });
    assert!(tried.is_err(), "{broken:?} is not caught");
}
