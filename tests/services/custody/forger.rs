//! What a forger with write access and without a listed key can do to a bundle, and who detects it: the table of
//! `docs/journal.md`, row by row, with both verifiers.

use super::is_intact;
use crate::support::company::Company;
use rstest::rstest;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use warroom::harness::{Prompt, Signer, checkpoint_text, hex_digest};

/// A bundle, an earlier one of the same incident, one of another incident, and a head that somebody wrote down.
struct Ground {
    company: Company,
    head: String,
}

fn ground() -> &'static Ground {
    static GROUND: OnceLock<Ground> = OnceLock::new();
    GROUND.get_or_init(|| {
        let company = Company::new();
        let id = company.open("dana");
        let note = |text: &str| company.run("dana", &["incident", "note", &id, text]);
        let export =
            |id: &str, name: &str| company.export("dana", id, &company.path(name), &[]).json();
        note("the gateway is slow");
        export(&id, "earlier");
        note("we paid 12 customers twice");
        let made = export(&id, "bundle");
        company.run("dana", &["incident", "close", &id, "over"]);
        let other = company.open("dana");
        export(&other, "other");
        let head = made["head"].as_str().unwrap();
        let head = format!("{}/{}", made["upto"], &head[..12]);
        Ground { company, head }
    })
}

/// A copy of a bundle in the forger's hands.
struct Copy {
    place: tempfile::TempDir,
    files: BTreeMap<String, Vec<u8>>,
}

fn files_of(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(path).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            let inner = files_of(&entry.path()).into_iter();
            files.extend(inner.map(|(inside, bytes)| (format!("{name}/{inside}"), bytes)));
        } else {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

impl Copy {
    fn of(name: &str) -> Self {
        Self {
            place: tempfile::tempdir().unwrap(),
            files: files_of(&ground().company.path(name)),
        }
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.files[name].clone()).unwrap()
    }

    fn write(&mut self, name: &str, bytes: impl Into<Vec<u8>>) {
        self.files.insert(name.into(), bytes.into());
    }

    fn lines(&self) -> Vec<String> {
        let journal = self.text("journal.jsonl");
        journal.lines().map(str::to_string).collect()
    }

    fn keep_texts(&mut self, keep: impl Fn(&str) -> bool) {
        let texts = self.text("disclosures.jsonl");
        let kept: String = texts
            .split_inclusive('\n')
            .filter(|text| keep(text))
            .collect();
        self.write("disclosures.jsonl", kept);
    }

    /// Puts lines in place: numbers, hashes and names of signatures are made good again.
    fn put(&mut self, lines: &[String]) {
        let (mut journal, mut prev) = (String::new(), "0".repeat(64));
        let mut signatures: Vec<(String, Vec<u8>)> = Vec::new();
        for (seq, line) in (1..).zip(lines) {
            let old = number(line);
            let (chained, hash) = super::chained(line, seq, &prev);
            (journal, prev) = (journal + &chained, hash);
            for ending in ["txt", "sig"] {
                let found = self
                    .files
                    .get(&format!("signatures/checkpoint-{old}.{ending}"));
                let found = found.filter(|_| line.contains("\"type\":\"checkpointed\""));
                let name = format!("signatures/checkpoint-{seq}.{ending}");
                signatures.extend(found.map(|bytes| (name, bytes.clone())));
            }
        }
        self.files
            .retain(|name, _| !name.starts_with("signatures/"));
        self.files.extend(signatures);
        self.write("journal.jsonl", journal);
    }

    /// Changes the lines for which `which` holds, and makes the rest good again.
    fn rewrite(&mut self, which: impl Fn(&str) -> bool, change: impl Fn(&str) -> Option<String>) {
        let changed = |line: String| {
            if which(&line) {
                change(&line)
            } else {
                Some(line)
            }
        };
        let lines: Vec<String> = self.lines().into_iter().filter_map(changed).collect();
        self.put(&lines);
    }

    fn edit(&mut self, name: &str, from: &str, to: &str) {
        let text = self.text(name);
        assert!(text.contains(from), "{name} has no {from}");
        self.write(name, text.replacen(from, to, 1));
    }

    fn sums(&mut self) {
        self.files.remove("SHA256SUMS");
        let sum = |(name, bytes): (&String, &Vec<u8>)| format!("{}  {name}\n", hex_digest(bytes));
        let sums: String = self.files.iter().map(sum).collect();
        self.write("SHA256SUMS", sums);
    }

    fn written(&self) -> PathBuf {
        let root = self.place.path().join("copy");
        for (name, bytes) in &self.files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        root
    }
}

fn number(line: &str) -> u64 {
    let rest = line.split_once("\"seq\":").unwrap().1;
    rest.split(',').next().unwrap().parse().unwrap()
}

fn is(kind: &'static str) -> impl Fn(&str) -> bool {
    move |line| line.contains(&format!("\"type\":\"{kind}\""))
}

fn as_drill(line: &str) -> Option<String> {
    Some(line.replace("\"drill\":false", "\"drill\":true"))
}

/// All signatures made anew with a key that nobody has listed, and the list in the bundle made to fit.
fn signed_by_mallory(copy: &mut Copy) {
    let key = ground().company.path("mallory");
    let signer = Signer::new(key.clone(), Prompt::Never);
    let fingerprint = signer.fingerprint().unwrap();
    let listed = |line: &str| {
        let (before, rest) = line.split_once("\"key\":\"").unwrap();
        let after = rest.split_once('"').unwrap().1;
        Some(format!("{before}\"key\":\"{fingerprint}\"{after}"))
    };
    copy.rewrite(|line| line.contains("\"key\":\"SHA256:"), listed);
    let id = copy.text("incident.txt");
    for at in 0..copy.lines().len() {
        let mut lines = copy.lines();
        if !is("checkpointed")(&lines[at]) {
            continue;
        }
        let member = |name: &str| {
            let rest = lines[at].split_once(&format!("\"{name}\":")).unwrap().1;
            let mut parts = rest.trim_start_matches('"').split(['"', ',', '}']);
            parts.next().unwrap().to_string()
        };
        let (upto, time) = (member("upto"), member("at"));
        let upto: u64 = upto.parse().unwrap();
        let signs = &lines[upto as usize - 1];
        let head = &signs[signs.len() - 66..signs.len() - 2];
        let text = checkpoint_text(id.trim(), upto, head, time.parse().unwrap());
        let signature = signer.sign(&text).unwrap();
        let changed = lines[at]
            .replace(&member("head"), head)
            .replace(&member("signature"), &signature.digest());
        lines[at] = changed;
        copy.put(&lines);
        let name = format!("signatures/checkpoint-{}", at + 1);
        copy.write(&format!("{name}.txt"), text);
        copy.write(&format!("{name}.sig"), signature.armored);
    }
    let public = fs::read_to_string(key.with_extension("pub")).unwrap();
    copy.write("allowed_signers", format!("signer {public}"));
}

fn unsigned(copy: &mut Copy) {
    copy.rewrite(is("checkpointed"), |_| None);
    copy.write("allowed_signers", "");
}

fn without_keys(copy: &mut Copy) {
    unsigned(copy);
    copy.rewrite(is("actor"), |line| {
        let at = line.find("\"key\":\"SHA256:").map(|at| at..at + 59)?;
        let text = [&line[..at.start], &line[at.end..]].concat();
        Some(
            text.replace(",,", ",")
                .replace("{,", "{")
                .replace(",}", "}"),
        )
    });
}

fn attack(name: &str, copy: &mut Copy) {
    let noted = is("noted");
    match name {
        "alter a line" => copy.edit("journal.jsonl", "\"noted\"", "\"nodet\""),
        "alter a line and make all hashes again" => {
            copy.rewrite(is("opened"), |line| {
                as_drill(&line.replace("0.999", "0.998"))
            });
        }
        "remove an entry and make all hashes again" => copy.rewrite(noted, |_| None),
        "remove every checkpoint and make all hashes again" => unsigned(copy),
        "remove all that says that it was signed, and make all hashes again" => without_keys(copy),
        "alter it, sign everything with another key, and replace the list in the bundle" => {
            copy.rewrite(is("opened"), as_drill);
            signed_by_mallory(copy);
        }
        "cut the tail" => {
            let lines = copy.lines();
            copy.put(&lines[..lines.len() - 1]);
        }
        "cut the tail behind an earlier signature" => {
            let lines = copy.lines();
            let last = lines
                .iter()
                .position(|line| is("checkpointed")(line))
                .unwrap();
            copy.put(&lines[..=last]);
            // Texts of entries that are gone would give it away.
            copy.keep_texts(|text| {
                let commitment = hex_digest(text.trim_end().as_bytes());
                lines[..=last].iter().any(|line| line.contains(&commitment))
            });
        }
        "replay an earlier bundle" => copy.files = files_of(&ground().company.path("earlier")),
        "remove `incident.txt`" => drop(copy.files.remove("incident.txt")),
        "remove `incident.txt`, `SHA256SUMS` and `signatures/`, and alter a line" => {
            copy.rewrite(is("opened"), as_drill);
            copy.files
                .retain(|name, _| name != "incident.txt" && !name.starts_with("signatures/"));
        }
        "name another incident in `incident.txt`" => {
            copy.write("incident.txt", "INC-20261122-beef\n");
        }
        "put in the signatures of another incident" => {
            let other = files_of(&ground().company.path("other"));
            let is_signature = |(name, _): &(String, _)| name.starts_with("signatures/");
            copy.files.extend(other.into_iter().filter(is_signature));
        }
        "swap two signatures" => {
            let names = copy
                .files
                .keys()
                .filter(|name| name.rsplit('.').next() == Some("sig"));
            let names: Vec<String> = names.cloned().collect();
            let (first, last) = (names[0].clone(), names[names.len() - 1].clone());
            let (one, two) = (copy.files[&first].clone(), copy.files[&last].clone());
            copy.files.extend([(first, two), (last, one)]);
        }
        "add a signature, a text or a file" => {
            copy.write("signatures/checkpoint-99.sig", "bogus");
        }
        "alter a text" => copy.edit("disclosures.jsonl", "12 customers", "10 customers"),
        "add entries behind the last signature" => {
            let mut lines = copy.lines();
            lines.push(lines.iter().find(|line| is("noted")(line)).unwrap().clone());
            copy.put(&lines);
        }
        "remove a text" => {
            copy.keep_texts(|text| !text.contains("customers"));
        }
        "alter the last signature's entry outside of what is signed" => {
            let lines = copy.lines();
            let last = lines.len() as u64;
            let other = |line: &str| line.replace("\"reason\":\"export\"", "\"reason\":\"close\"");
            copy.rewrite(|line| number(line) == last, |line| Some(other(line)));
        }
        "alter a document" => copy.edit("record.md", "gateway", "getaway"),
        "delete everything" => copy.files.clear(),
        other => panic!("no attack is called {other}"),
    }
}

#[rstest]
#[case("alter a line", [true, true, true])]
#[case("alter a line and make all hashes again", [true, true, true])]
#[case("remove an entry and make all hashes again", [true, true, true])]
#[case("remove every checkpoint and make all hashes again", [true, true, true])]
#[case("remove all that says that it was signed, and make all hashes again", [false, true, true])]
#[case("alter it, sign everything with another key, and replace the list in the bundle", [false, true, true])]
#[case("cut the tail", [true, true, true])]
#[case("cut the tail behind an earlier signature", [false, false, true])]
#[case("replay an earlier bundle", [false, false, true])]
#[case("remove `incident.txt`", [true, true, true])]
#[case("remove `incident.txt`, `SHA256SUMS` and `signatures/`, and alter a line", [true, true, true])]
#[case("name another incident in `incident.txt`", [true, true, true])]
#[case("put in the signatures of another incident", [true, true, true])]
#[case("swap two signatures", [true, true, true])]
#[case("add a signature, a text or a file", [true, true, true])]
#[case("alter a text", [true, true, true])]
#[case("add entries behind the last signature", [true, true, true])]
#[case("remove a text", [false, false, false])]
#[case("alter the last signature's entry outside of what is signed", [false, false, true])]
#[case("alter a document", [false, false, false])]
#[case("delete everything", [true, true, true])]
fn each_attack_is_detected_as_the_table_says(#[case] name: &str, #[case] by: [bool; 3]) {
    let mut copy = Copy::of("bundle");
    let before = copy.files.clone();
    attack(name, &mut copy);
    assert!(copy.files != before, "the attack changes nothing");
    if name != "alter a line" && copy.files.contains_key("SHA256SUMS") {
        copy.sums();
    }
    if name.contains("`SHA256SUMS`") {
        copy.files.remove("SHA256SUMS");
    }
    let path = copy.written();
    let allowed = ground().company.path("allowed").display().to_string();
    let options: [&[&str]; 3] = [
        &[],
        &["--allowed-signers", &allowed],
        &["--head", &ground().head],
    ];
    let found = options.map(|options| !is_intact(&path, options));
    assert_eq!(found, by, "alone, with signers, with a head");
    let [alone, signers, head] = by.map(|found| if found { "yes" } else { "no" });
    let row = format!("| {name} | {alone} | {signers} | {head} |");
    let table = include_str!("../../../docs/journal.md");
    assert!(table.contains(&row), "docs/journal.md has no row {row}");
}

#[test]
fn the_table_of_attacks_has_no_row_without_a_test() {
    let table = include_str!("../../../docs/journal.md");
    let is_row = |line: &&str| line.ends_with("| yes |") || line.ends_with("| no |");
    let rows = table.lines().filter(is_row);
    let source = include_str!("forger.rs");
    for row in rows {
        let name = row.trim_start_matches("| ").split(" | ").next().unwrap();
        assert!(source.contains(&format!("#[case(\"{name}\"")), "{row}");
    }
}

#[test]
fn an_honest_bundle_passes_with_signers_with_a_head_and_when_signatures_are_required() {
    let copy = Copy::of("bundle");
    let path = copy.written();
    let allowed = ground().company.path("allowed").display().to_string();
    let options = [
        "--allowed-signers",
        &allowed,
        "--head",
        &ground().head,
        "--require-signed",
    ];
    for known in [
        &options[..0],
        &options[..2],
        &options[2..4],
        &options[4..],
        &options,
    ] {
        assert!(is_intact(&path, known), "{known:?}");
    }
    let inside = path.join("allowed_signers").display().to_string();
    let itself = is_intact(&path, &["--allowed-signers", &inside]);
    assert!(!itself, "a list in the bundle vouches for itself");
}
