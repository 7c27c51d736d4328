//! Journals of earlier versions fold to the same state and give documents with the same facts.
//!
//! The lines are made here, without the types of the events: a type that reads an old line otherwise is noticed.
//! `tests/cases/folded.txt` holds two digests of each journal. The facts are the rows of the JSON record: which entry
//! stands in which list, its times, what was masked, and every word with a digit. The state is every value of the fold
//! that is not a default, without the names of types and fields. After a change that is meant:
//! `WARROOM_FOLDED=write cargo test --lib old_journals`.

mod events;

use crate::documents::facts;
use crate::incident::{Entry, Incident, IncidentId};
use crate::journal::{JournalStore, SystemClock, hex_digest};
use crate::testing::{Story, story};
use chrono::{DateTime, TimeDelta, Utc};
use events::{ACTORS, Draw, data, kinds, time};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

const JOURNALS: u64 = 1_000;
const DIGESTS: &str = "tests/cases/folded.txt";

fn id() -> IncidentId {
    IncidentId::new("INC-20261122-0001").unwrap()
}

struct Lines {
    journal: String,
    texts: String,
    seq: u64,
    head: String,
    now: DateTime<Utc>,
    since_boot: u64,
}

impl Lines {
    fn push(&mut self, draw: &mut Draw, kind: &str, fields: &[&str]) {
        self.seq += 1;
        let pass = 1 + draw.below(200);
        self.now += TimeDelta::seconds(pass as i64);
        self.since_boot += pass * 1_000_000_000;
        let mut data = data(draw, kind, self.seq, self.now);
        let mut commitments = Map::new();
        for field in fields {
            if draw.one_in(4) {
                continue;
            }
            let words = [
                "words of a person",
                "Dana Lee sees 502",
                "roll back | [now]",
            ];
            let words = draw.of(&words);
            let salt = format!("{:032x}", draw.below(1 << 30));
            let text = json!([salt, field, words]).to_string();
            commitments.insert((*field).to_string(), json!(hex_digest(text.as_bytes())));
            if !draw.one_in(8) {
                let _ = writeln!(self.texts, "{text}");
            }
            if draw.one_in(10) {
                data["masked"] = json!([{"field": field, "kind": "card"}]);
            }
        }
        let occurred = match draw.below(6) {
            0 => {
                data["occ-from"] = json!(draw.of(&["said", "alert", "measured", "a newer word"]));
                format!(",\"occ\":\"{}\"", time(self.now - TimeDelta::minutes(5)))
            }
            _ => String::new(),
        };
        let by = match draw.one_in(3) {
            true => "warroom",
            false => draw.of(&ACTORS),
        };
        let mut line = format!(
            "{{\"prev\":\"{}\",\"v\":1,\"seq\":{},\"id\":\"01a21505-67bc-7fce-91ff-{:012x}\",\"rec\":\"{}\",\
             \"mono\":\"f5d71315:{}\",\"by\":\"{by}\",\"type\":\"{kind}\"{occurred},\"data\":{data},\"sd\":{}",
            self.head,
            self.seq,
            self.seq,
            time(self.now),
            self.since_boot,
            Value::Object(commitments),
        );
        self.head = hex_digest(line.as_bytes());
        let _ = writeln!(line, ",\"hash\":\"{}\"}}", self.head);
        self.journal += &line;
    }
}

fn generated(seed: u64, root: &Path) -> Vec<Entry> {
    let (mut draw, kinds) = (Draw(seed), kinds());
    let mut lines = Lines {
        journal: String::new(),
        texts: String::new(),
        seq: 0,
        head: "0".repeat(64),
        now: "2026-11-22T00:58:00Z".parse().unwrap(),
        since_boot: 7_000_000_000,
    };
    lines.push(&mut draw, "actor", &["name"]);
    if !draw.one_in(20) {
        lines.push(&mut draw, "opened", &["title"]);
    }
    for _ in 0..10 + draw.below(40) {
        if draw.one_in(40) {
            lines.push(&mut draw, "event-of-a-newer-version", &["text"]);
            continue;
        }
        let kind = &kinds[draw.below(kinds.len() as u64) as usize];
        lines.push(&mut draw, kind.name, &kind.fields);
    }
    if draw.one_in(5) {
        lines.push(&mut draw, "sealed", &[]);
    }
    let store = crate::data_dir::DataDir::new(root, Arc::new(SystemClock::new()));
    let directory = store.directory_of(&(&id()).into());
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("journal.jsonl"), lines.journal).unwrap();
    std::fs::write(directory.join("disclosures.jsonl"), lines.texts).unwrap();
    let journal = JournalStore::read(&store, &(&id()).into()).unwrap();
    assert_eq!(journal.entries.len() as u64, lines.seq, "journal {seed}");
    journal.entries
}

const HEAD: [&str; 7] = [
    "incident",
    "exercise",
    "upto",
    "head",
    "signed_upto",
    "severity",
    "status",
];

/// The lists of the record whose rows are facts; later versions may add others.
const LISTS: [&str; 11] = [
    "timeline",
    "highlights",
    "decisions",
    "work",
    "overdue",
    "notifications",
    "remediation",
    "classifications",
    "observations",
    "participants",
    "custody",
];
const STATEMENTS: [&str; 4] = ["summary", "contradictions", "went_well", "open_questions"];

fn known_lists() -> BTreeSet<&'static str> {
    LISTS.into_iter().chain(STATEMENTS).collect()
}

fn lists_of(facts: &Value) -> BTreeSet<&str> {
    let members = facts.as_object().unwrap().iter();
    let lists = members.filter(|(_, value)| value.is_array());
    lists.map(|(name, _)| name.as_str()).collect()
}

const COLUMNS: [&str; 7] = [
    "cites",
    "occurred",
    "occurred_from",
    "known",
    "recorded",
    "reported",
    "masked",
];

/// The words with a digit: times, numbers, entries, digests, names of people by number.
fn numbers(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| c.is_whitespace() || ",;()\"".contains(c));
    let mut words: Vec<&str> = words
        .map(|word| word.trim_matches(['.', ':']))
        .filter(|word| word.contains(|c: char| c.is_ascii_digit()))
        .collect();
    words.sort_unstable();
    words
}

fn record(entries: &[Entry]) -> String {
    let mut out = String::new();
    for blameless in [false, true] {
        let facts = serde_json::to_value(facts(&id(), entries, blameless)).unwrap();
        for name in HEAD {
            let _ = writeln!(out, "{name} {}", facts[name]);
        }
        assert_eq!(
            lists_of(&facts),
            known_lists(),
            "LISTS has every list of the record"
        );
        for list in LISTS {
            for row in facts[list].as_array().unwrap() {
                let columns = COLUMNS.map(|name| row[name].to_string()).join(" ");
                let numbers = numbers(row["what"].as_str().unwrap());
                let _ = writeln!(out, "{list} {columns} {numbers:?}");
            }
        }
        let impact = facts["impact"].get("statements");
        let statements = STATEMENTS.map(|list| &facts[list]);
        for statement in statements.into_iter().chain(impact) {
            for statement in statement.as_array().unwrap() {
                let said = numbers(statement["text"].as_str().unwrap());
                let _ = writeln!(out, "statement {} {said:?}", statement["cites"]);
            }
        }
    }
    out
}

/// The values of the state, sorted, without names of types and fields and without defaults.
fn state(entries: &[Entry]) -> String {
    let debug = format!("{:?}", Incident::from_entries(entries));
    let mut values = Vec::new();
    let mut rest = debug.as_str();
    while let Some(c) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || "_-.+:#".contains(c);
        let (value, after) = match c {
            '"' => rest[1..].split_once('"').unwrap(),
            c if word(c) => rest.split_at(rest.find(|c| !word(c)).unwrap_or(rest.len())),
            c => {
                rest = &rest[c.len_utf8()..];
                continue;
            }
        };
        let name = after.starts_with(" {") || after.starts_with('(') || value.ends_with(':');
        rest = after;
        let plain = value.chars().filter(char::is_ascii_alphanumeric);
        let plain: String = plain.map(|c| c.to_ascii_lowercase()).collect();
        if !name && !matches!(plain.as_str(), "" | "none" | "false" | "0") {
            values.push(plain);
        }
    }
    values.sort_unstable();
    values.join(" ")
}

fn digests(name: &str, entries: &[Entry]) -> String {
    let short = |text: String| hex_digest(text.as_bytes())[..16].to_string();
    let (record, state) = (short(record(entries)), short(state(entries)));
    format!("{name} {record} {state}\n")
}

#[test]
fn a_thousand_old_journals_fold_to_the_same_state_and_give_the_same_facts() {
    let mut found = digests("story", &story());
    for seed in 0..50 {
        found += &digests(&format!("random-{seed}"), &Story::random(seed).entries);
    }
    let directory = tempfile::tempdir().unwrap();
    for seed in 0..JOURNALS {
        let root = directory.path().join(seed.to_string());
        found += &digests(&seed.to_string(), &generated(seed, &root));
        std::fs::remove_dir_all(&root).unwrap();
    }
    if std::env::var_os("WARROOM_FOLDED").is_some() {
        std::fs::write(DIGESTS, &found).unwrap();
    }
    let wanted = std::fs::read_to_string(DIGESTS).unwrap();
    assert_eq!(found.lines().count(), wanted.lines().count());
    let both = found.lines().zip(wanted.lines());
    let other: Vec<(&str, &str)> = both.filter(|(found, wanted)| found != wanted).collect();
    let (number, first) = (other.len(), &other[..other.len().min(5)]);
    assert!(other.is_empty(), "{number} journals differ: {first:?}");
}

/// So that the thousand journals say something: every kind is read as what it is, and some lines are not understood.
#[test]
fn the_old_journals_have_every_kind_of_event() {
    let directory = tempfile::tempdir().unwrap();
    let (mut known, mut unknown) = (std::collections::BTreeSet::new(), 0);
    for seed in 0..60 {
        let root = directory.path().join(seed.to_string());
        for entry in generated(seed, &root) {
            match entry.event() {
                Some(event) => drop(known.insert(event.kind())),
                None => unknown += 1,
            }
        }
    }
    // Those, the opening, the sealing; a continuation begins another file.
    assert_eq!(known.len(), kinds().len() + 2, "{known:?}");
    assert!(unknown > 20, "{unknown}");
}
