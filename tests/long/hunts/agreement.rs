//! Our verifier against the script that auditors get, on mutated journals and bundles: the same verdict, the same
//! counts, and nothing altered is accepted.

use super::{Ground, full};
use crate::support::company::Company;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use warroom::harness::{
    Signers, SubjectKind, VerificationContext, VerificationReport, names_in_archive, verify,
};

/// What both have to say alike.
const COUNTS: [&str; 11] = [
    "kind",
    "intact",
    "entries",
    "head",
    "disclosed",
    "withheld",
    "erased",
    "stray",
    "unknown_format",
    "sealed",
    "signed_upto",
];

fn python(script: &str, arguments: &[&str]) -> String {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/long/hunts");
    let output = Command::new("python3")
        .arg(scripts.join(script))
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// What our verifier says of a path. One that cannot be read is not intact, and nothing in it counts.
fn ours(path: &Path, known: &VerificationContext) -> (Option<VerificationReport>, Value) {
    match verify(path, known) {
        Ok(report) => {
            let value = serde_json::to_value(&report).unwrap();
            (Some(report), value)
        }
        Err(error) => (None, json!({"intact": false, "error": error.to_string()})),
    }
}

/// Kind and line of each finding.
fn places(value: &Value) -> Vec<(String, u64)> {
    let findings = value["findings"].as_array().cloned().unwrap_or_default();
    let place = |finding: &Value| {
        let kind = finding["kind"].as_str().unwrap().to_string();
        (kind, finding["line"].as_u64().unwrap())
    };
    findings.iter().map(place).collect()
}

/// The script's verdicts on these paths, each with or without a list of signers.
fn theirs(place: &Path, cases: &[(PathBuf, bool)], signers: &str) -> Vec<Value> {
    let list = place.join("list");
    let line = |(path, signed): &(PathBuf, bool)| {
        let how = if *signed { "signers" } else { "none" };
        format!("{}\t{how}\n", path.display())
    };
    fs::write(&list, cases.iter().map(line).collect::<String>()).unwrap();
    let said = python("results.py", &[list.to_str().unwrap(), signers]);
    let all: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(all.len(), cases.len());
    all
}

fn agree(path: &Path, ours: &(Option<VerificationReport>, Value), theirs: &Value) {
    let said = || format!("{}\n{}\n{theirs}", path.display(), ours.1);
    assert_eq!(ours.1["intact"], theirs["intact"], "{}", said());
    if ours.0.is_some() {
        for count in COUNTS.iter().chain(["signed_required"].iter()) {
            assert_eq!(ours.1[count], theirs[count], "{count}: {}", said());
        }
    }
}

#[test]
fn our_verifier_and_the_auditors_script_agree_on_mutated_journals() {
    let count = if full() { 10_000 } else { 1_200 };
    let ground = Ground::new(14);
    let original = ground.place.path().join("original.jsonl");
    fs::write(&original, &ground.bytes).unwrap();
    let mutants = ground.place.path().join("mutants");
    fs::create_dir(&mutants).unwrap();
    let (from, into) = (original.to_str().unwrap(), mutants.to_str().unwrap());
    python("mutate.py", &[from, into, &count.to_string(), "20261122"]);
    let mut cases: Vec<(PathBuf, bool)> = fs::read_dir(&mutants)
        .unwrap()
        .map(|entry| (entry.unwrap().path(), false))
        .collect();
    cases.sort();
    let mut intact = 0;
    for ((path, _), theirs) in cases.iter().zip(theirs(ground.place.path(), &cases, "")) {
        let own = ours(path, &VerificationContext::default());
        agree(path, &own, &theirs);
        // More findings than a report lists are counted only.
        if own.1["more"] == 0 {
            assert_eq!(places(&own.1), places(&theirs), "{}", path.display());
        }
        intact += u32::from(own.1["intact"] == true);
    }
    println!("{count} mutated journals: {intact} of them keep the format");
    assert_eq!(cases.len(), count);
    assert!(intact > 0 && intact < count as u32 / 2);
}

/// Bundles of one incident: an early one, the whole, one with withheld and erased texts, and the sealed one; signed,
/// with
/// a request and an approval in them. Behind them its directory.
fn bundles(company: &Company) -> Vec<PathBuf> {
    let id = company.open("dana");
    let export = |name: &str, more: &[&str]| {
        let to = company.path(name);
        let path = to.display().to_string();
        let words = ["export", &id, "--to", &path, "--for", "x", "--purpose", "y"];
        company.json("dana", &[&words, more].concat());
        to
    };
    company.run("dana", &["incident", "note", &id, "Maria Rossi called"]);
    let early = export("early", &[]);
    company.run("omar", &["incident", "role", &id, "incident-commander"]);
    let erase = ["incident", "erase", &id, "5", "text", "--why", "a name"];
    company.run("dana", &erase);
    let request = company.request(&id);
    company.run("omar", &["incident", "approve", &id, &request]);
    let whole = export("whole", &[]);
    company.run("dana", &erase);
    company.run("dana", &["incident", "note", &id, "x"]);
    let less = export("less", &["--withhold", "name"]);
    company.run("dana", &["incident", "close", &id, "over"]);
    company.run("dana", &["incident", "seal", &id]);
    let sealed = export("sealed", &[]);
    vec![early, whole, less, sealed, company.directory(&id)]
}

type Files = BTreeMap<String, Vec<u8>>;

/// The files of a bundle by another way than the verifier's.
fn files(path: &Path) -> Files {
    let mut all = Files::new();
    if path.is_file() {
        let bytes = fs::read(path).unwrap();
        for (name, range) in names_in_archive(&bytes) {
            all.insert(
                name,
                bytes[range.start as usize..range.end as usize].to_vec(),
            );
        }
        return all;
    }
    for entry in fs::read_dir(path).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            let inner = files(&entry.path()).into_iter();
            all.extend(inner.map(|(inside, bytes)| (format!("{name}/{inside}"), bytes)));
        } else if kind.is_file() {
            // An opened pipe would wait for ever.
            all.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    all
}

/// What was accepted is what was exported: all of it where the sums were left alone, and where they were forged, every
/// line that the signature of a listed key covers, and no text that is not the exported one.
fn accepted(case: &Case, report: &VerificationReport, originals: &[Files]) {
    let path = case.path.canonicalize().unwrap();
    let inside = path.file_name().is_some_and(|name| name == "journal.jsonl");
    let root = if inside {
        path.parent().unwrap()
    } else {
        &path
    };
    let files = files(root);
    let shown = case.path.display();
    if !case.forged {
        assert!(originals.contains(&files), "{shown} was altered");
    }
    if case.signers {
        let lines = |files: &Files, name: &str| -> Vec<Vec<u8>> {
            let bytes = files.get(name).cloned().unwrap_or_default();
            bytes
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
                .map(<[u8]>::to_vec)
                .collect()
        };
        let (own, covered) = (lines(&files, "journal.jsonl"), report.signed_upto as usize);
        // What a live journal has behind its last signature is shown as unsigned.
        let whole = covered + 1 == own.len() || report.kind == SubjectKind::Incident;
        assert!(whole, "{shown} has lines that no signature covers");
        let same =
            |original: &&Files| lines(original, "journal.jsonl")[..].starts_with(&own[..covered]);
        assert!(
            originals.iter().any(|original| same(&original)),
            "{shown} was altered"
        );
        // Behind its last signature a live journal may commit to texts of anybody.
        if report.kind != SubjectKind::Bundle {
            return;
        }
        let texts: BTreeSet<Vec<u8>> = originals
            .iter()
            .flat_map(|original| lines(original, "disclosures.jsonl"))
            .collect();
        let added = lines(&files, "disclosures.jsonl");
        let known = added.iter().filter(|line| texts.contains(*line)).count();
        assert_eq!(known, report.disclosed as usize, "{shown} has other texts");
    }
}

struct Case {
    path: PathBuf,
    signers: bool,
    forged: bool,
}

#[test]
fn our_verifier_and_the_auditors_script_agree_on_mutated_bundles_and_accept_nothing_altered() {
    let count = if full() { 5_000 } else { 300 };
    let seed = std::env::var("WARROOM_SEED").unwrap_or("20261130".into());
    let company = Company::new();
    let bundles = bundles(&company);
    let originals: Vec<Files> = bundles.iter().map(|path| files(path)).collect();
    let allowed = company.path("allowed");
    let signed = VerificationContext {
        signers: Some(Signers::new(allowed.clone())),
        ..VerificationContext::default()
    };
    let memory = Path::new("/dev/shm");
    let (mut intact, mut seen, mut signatures) = (0, 0, 0);
    // Some at a time: each is a whole bundle.
    for first in (0..count).step_by(250) {
        let place = if memory.is_dir() {
            tempfile::tempdir_in(memory).unwrap()
        } else {
            tempfile::tempdir().unwrap()
        };
        let many = (count - first).min(250);
        let (into, first, many) = (
            place.path().to_str().unwrap(),
            first.to_string(),
            many.to_string(),
        );
        let from: Vec<&str> = bundles.iter().map(|path| path.to_str().unwrap()).collect();
        let arguments = [&[into, &first, &many, &seed][..], &from].concat();
        let made = python("mutate_bundles.py", &arguments);
        let cases: Vec<Case> = made.lines().map(case).collect();
        let paths: Vec<(PathBuf, bool)> = cases
            .iter()
            .map(|case| (case.path.clone(), case.signers))
            .collect();
        let all = theirs(place.path(), &paths, allowed.to_str().unwrap());
        for (case, theirs) in cases.iter().zip(all) {
            let known = if case.signers {
                signed.clone()
            } else {
                VerificationContext::default()
            };
            let own = ours(&case.path, &known);
            agree(&case.path, &own, &theirs);
            let report = own.0.filter(|report| report.intact);
            if let Some(report) = &report {
                accepted(case, report, &originals);
                signatures += report.signatures.len();
            }
            intact += u32::from(report.is_some());
            seen += 1;
        }
    }
    println!("{seen} mutated bundles: {intact} accepted, with {signatures} signatures in them");
    assert_eq!(seen, count);
    assert!(intact > 0 && signatures > 0 && intact < count / 2);
}

fn case(line: &str) -> Case {
    let words: Vec<&str> = line.split('\t').collect();
    Case {
        path: words[0].into(),
        signers: words[1] == "signers",
        forged: words[2] == "forged",
    }
}
