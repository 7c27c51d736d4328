//! What a path is, is never decided by what is missing from it; a signature that is there and does not hold is always a
//! finding; nothing that others have named acts on the terminal. With both verifiers.

use crate::support::company::Company;
use crate::support::program::WARROOM;
use rstest::rstest;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Place {
    company: Company,
    id: String,
    bundle: PathBuf,
}

fn place(who: &str) -> Place {
    let company = Company::new();
    let id = company.open(who);
    company.run(who, &["incident", "note", &id, "the gateway is slow"]);
    let bundle = company.path("bundle");
    let to = bundle.display().to_string();
    company.json(
        who,
        &["export", &id, "--to", &to, "--for", "x", "--purpose", "y"],
    );
    Place {
        company,
        id,
        bundle,
    }
}

/// Standard output and error of both verifiers.
fn both(path: &Path, options: &[&str]) -> [Output; 2] {
    let ours = Command::new(WARROOM)
        .env("HOME", "/nonexistent")
        .args(["verify"])
        .arg(path)
        .args(options)
        .output()
        .unwrap();
    let theirs = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/bundle/verify.py"))
        .arg(path)
        .args(options)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    [ours, theirs]
}

fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

/// Both agree, and this is what they say.
fn intact(path: &Path, options: &[&str]) -> bool {
    let [ours, theirs] = both(path, options);
    let (good, other) = (ours.status.success(), theirs.status.success());
    assert_eq!(good, other, "{}\n{}", said(&ours), said(&theirs));
    good
}

#[rstest]
#[case("incident.txt")]
#[case("SHA256SUMS")]
#[case("journal.jsonl")]
#[case("signatures")]
#[case("VERIFY.txt")]
#[case("disclosures.jsonl")]
fn a_bundle_that_lacks_a_part_is_not_taken_for_something_else(#[case] part: &str) {
    let place = place("dana");
    let path = place.bundle.join(part);
    let gone = place.company.path("gone");
    fs::rename(&path, gone).unwrap();
    for options in [&[][..], &["--require-signed"]] {
        assert!(!intact(&place.bundle, options), "{part}");
        if part != "journal.jsonl" {
            assert!(
                !intact(&place.bundle.join("journal.jsonl"), options),
                "{part}"
            );
        }
    }
}

#[test]
fn any_single_part_of_a_bundle_makes_a_directory_a_bundle() {
    let place = place("nokey");
    let incident = place.company.directory(&place.id);
    assert!(intact(&incident, &[]));
    for part in [
        "incident.txt",
        "SHA256SUMS",
        "sha256sums",
        "VERIFY.txt",
        "verify.py",
        "allowed_signers",
        "record.md",
        "signatures",
        "checkpoint-4.sig",
    ] {
        let path = incident.join(part);
        fs::write(&path, "x").unwrap();
        assert!(!intact(&incident, &[]), "{part}");
        assert!(!intact(&incident.join("journal.jsonl"), &[]), "{part}");
        fs::remove_file(&path).unwrap();
    }
    assert!(intact(&incident, &[]));
    // Neither is a directory without a name an incident's because it has no part of a bundle.
    let copy = place.company.path("copy");
    fs::rename(&incident, &copy).unwrap();
    assert!(!intact(&copy, &[]));
}

#[test]
fn a_file_stands_for_the_directory_that_it_is_a_part_of_and_so_does_a_link_to_it() {
    let place = place("dana");
    let journal = place.bundle.join("journal.jsonl");
    let link = place.company.path("link.jsonl");
    symlink(&journal, &link).unwrap();
    assert!(intact(&journal, &[]) && intact(&link, &[]));
    fs::write(place.bundle.join("signatures/checkpoint-4.sig"), "bogus").unwrap();
    assert!(!intact(&journal, &[]) && !intact(&link, &[]));
    // Another file there is not the journal, even where the list of sums has it.
    let other = place.bundle.join("chart.svg");
    assert!(!intact(&other, &[]));
}

#[test]
fn an_archive_is_one_whatever_its_name_and_lacks_no_end() {
    let place = place("dana");
    let to = place.company.path("copy.tar").display().to_string();
    let export = [
        "export",
        &place.id,
        "--to",
        &to,
        "--for",
        "x",
        "--purpose",
        "y",
    ];
    place.company.json("dana", &export);
    let bytes = fs::read(&to).unwrap();
    let allowed = place.company.path("allowed").display().to_string();
    for name in ["copy.tar", "copy.bin", "copy", "journal.jsonl"] {
        let path = place.company.path(name);
        fs::write(&path, &bytes).unwrap();
        assert!(intact(&path, &["--allowed-signers", &allowed]), "{name}");
        let whole = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
        let end = whole.next_multiple_of(512);
        for cut in [end, end + 512, end + 1023] {
            fs::write(&path, &bytes[..cut]).unwrap();
            assert!(!intact(&path, &[]), "{name}, cut to {cut}");
        }
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_signature_in_an_incidents_directory_that_is_none_is_a_finding() {
    let place = place("dana");
    let directory = place.company.directory(&place.id);
    assert!(intact(&directory, &[]));
    let blobs = directory.join("blobs");
    let bogus = blobs.join("ab".repeat(32));
    fs::write(&bogus, "bogus").unwrap();
    assert!(!intact(&directory, &[]));
    fs::remove_file(&bogus).unwrap();
    // One that a cut-off creation has left is none yet.
    let left = blobs.join(format!("{}.new-123", "ab".repeat(32)));
    fs::write(&left, "bogus").unwrap();
    assert!(intact(&directory, &[]));
    // A signature without its entry is no proof, and shows that the journal was signed.
    let name = fs::read_dir(&blobs)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    fs::write(&name, "bogus").unwrap();
    assert!(!intact(&directory, &[]));
}

#[test]
fn checkpoints_that_are_gone_from_a_live_journal_are_missed() {
    let place = place("dana");
    let directory = place.company.directory(&place.id);
    let journal = directory.join("journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    let (mut made, mut prev, mut seq) = (String::new(), "0".repeat(64), 0);
    for line in text
        .lines()
        .filter(|line| !line.contains("\"checkpointed\""))
    {
        seq += 1;
        let rest = line.split_once(",\"id\":").unwrap().1;
        let rest = &rest[..rest.len() - 75];
        let body = format!("{{\"prev\":\"{prev}\",\"v\":1,\"seq\":{seq},\"id\":{rest}");
        prev = warroom::journal::hex_digest(body.as_bytes());
        made += &format!("{body},\"hash\":\"{prev}\"}}\n");
    }
    fs::write(&journal, made).unwrap();
    assert!(!intact(&directory, &[]));
    fs::remove_dir_all(directory.join("blobs")).unwrap();
    assert!(!intact(&directory, &[]), "its opener has a key");
    assert!(!intact(&journal, &[]));
}

#[test]
fn a_journal_that_nobody_signed_is_intact_until_signatures_are_required() {
    let place = place("nokey");
    let allowed = place.company.path("allowed").display().to_string();
    let alone = place.company.path("alone.jsonl");
    let directory = place.company.directory(&place.id);
    fs::copy(directory.join("journal.jsonl"), &alone).unwrap();
    for path in [&place.bundle, &directory, &alone] {
        assert!(intact(path, &[]), "{}", path.display());
        assert!(!intact(path, &["--require-signed"]), "{}", path.display());
        assert!(
            !intact(path, &["--allowed-signers", &allowed]),
            "{}",
            path.display()
        );
    }
}

#[test]
fn what_is_recorded_while_an_export_is_signed_does_not_come_between_the_copy_and_its_signature() {
    let place = place("dana");
    let mut writer = place.company.noting("omar", &place.id, 40);
    for n in 0..3 {
        let to = place.company.path(&format!("busy-{n}"));
        let path = to.display().to_string();
        let export = [
            "export",
            &place.id,
            "--to",
            &path,
            "--for",
            "x",
            "--purpose",
            "y",
        ];
        place.company.json("dana", &export);
        assert!(intact(&to, &["--require-signed"]), "{n}");
    }
    writer.wait().unwrap();
}

#[rstest]
#[case("a\u{1b}]0;owned\u{7}b")]
#[case("a\u{1b}[2Jb")]
#[case("a\u{9b}31mb")]
#[case("a\u{202e}gpj.exe")]
#[case("a\u{7f}b")]
#[case("a\nverify.py: OK")]
fn no_name_in_a_bundle_or_of_one_acts_on_the_terminal(#[case] name: &str) {
    let place = place("nokey");
    let acts = |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
    let quiet = |path: &Path, options: &[&str]| {
        for output in both(path, options) {
            let said = said(&output);
            assert!(!said.chars().any(acts), "{said:?}");
            assert!(!said.contains("\nverify.py: OK"), "{said:?}");
            assert!(!output.status.success(), "{said:?}");
        }
        let ours = Command::new(WARROOM)
            .args(["--output", "json", "verify"])
            .arg(path)
            .output()
            .unwrap();
        assert!(!said(&ours).chars().any(acts), "{:?}", said(&ours));
    };
    fs::write(place.bundle.join(name), "x").unwrap();
    quiet(&place.bundle, &[]);
    quiet(&place.bundle.join("journal.jsonl"), &[]);
    quiet(&place.bundle.join(name), &[]);
    quiet(&place.company.path(name), &[]);
    quiet(&place.bundle, &["--allowed-signers", name]);
    fs::write(place.bundle.join("SHA256SUMS"), format!("{name}\n")).unwrap();
    quiet(&place.bundle, &[]);
    fs::write(place.bundle.join("incident.txt"), format!("{name}\n")).unwrap();
    quiet(&place.bundle, &[]);
}
