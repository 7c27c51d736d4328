//! What a path is, is never decided by what is missing from it; a signature that is there and does not hold is always a
//! finding; nothing that others have named acts on the terminal. With both verifiers.

use super::{both_verifiers, chained, is_intact};
use crate::support::company::Company;
use crate::support::outcome::Outcome;
use crate::support::program::WARROOM;
use rstest::rstest;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

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
    company.export(who, &id, &bundle, &[]).succeeds();
    Place {
        company,
        id,
        bundle,
    }
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
        assert!(!is_intact(&place.bundle, options), "{part}");
        if part != "journal.jsonl" {
            assert!(
                !is_intact(&place.bundle.join("journal.jsonl"), options),
                "{part}"
            );
        }
    }
}

#[test]
fn any_single_part_of_a_bundle_makes_a_directory_a_bundle() {
    let place = place("nokey");
    let incident = place.company.directory(&place.id);
    assert!(is_intact(&incident, &[]));
    let texts = [
        "incident.txt",
        "SHA256SUMS",
        "sha256sums",
        "VERIFY.txt",
        "record.md",
    ];
    let keys = [
        "verify.py",
        "allowed_signers",
        "signatures",
        "checkpoint-4.sig",
    ];
    for part in texts.into_iter().chain(keys) {
        let path = incident.join(part);
        fs::write(&path, "x").unwrap();
        assert!(!is_intact(&incident, &[]), "{part}");
        assert!(!is_intact(&incident.join("journal.jsonl"), &[]), "{part}");
        fs::remove_file(&path).unwrap();
    }
    assert!(is_intact(&incident, &[]));
    // Neither is a directory without a name an incident's because it has no part of a bundle.
    let copy = place.company.path("copy");
    fs::rename(&incident, &copy).unwrap();
    assert!(!is_intact(&copy, &[]));
}

#[test]
fn a_file_stands_for_the_directory_that_it_is_a_part_of_and_so_does_a_link_to_it() {
    let place = place("dana");
    let journal = place.bundle.join("journal.jsonl");
    let link = place.company.path("link.jsonl");
    symlink(&journal, &link).unwrap();
    assert!(is_intact(&journal, &[]) && is_intact(&link, &[]));
    fs::write(place.bundle.join("signatures/checkpoint-4.sig"), "bogus").unwrap();
    assert!(!is_intact(&journal, &[]) && !is_intact(&link, &[]));
    // Another file there is not the journal, even where the list of sums has it.
    let other = place.bundle.join("chart.svg");
    assert!(!is_intact(&other, &[]));
}

#[test]
fn an_archive_is_one_whatever_its_name_and_lacks_no_end() {
    let place = place("dana");
    let to = place.company.path("copy.tar");
    place.company.export("dana", &place.id, &to, &[]).succeeds();
    let bytes = fs::read(&to).unwrap();
    let allowed = place.company.path("allowed").display().to_string();
    for name in ["copy.tar", "copy.bin", "copy", "journal.jsonl"] {
        let path = place.company.path(name);
        fs::write(&path, &bytes).unwrap();
        assert!(is_intact(&path, &["--allowed-signers", &allowed]), "{name}");
        let whole = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
        let end = whole.next_multiple_of(512);
        for cut in [end, end + 512, end + 1023] {
            fs::write(&path, &bytes[..cut]).unwrap();
            assert!(!is_intact(&path, &[]), "{name}, cut to {cut}");
        }
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_signature_in_an_incidents_directory_that_is_none_is_a_finding() {
    let place = place("dana");
    let directory = place.company.directory(&place.id);
    assert!(is_intact(&directory, &[]));
    let blobs = directory.join("blobs");
    let bogus = blobs.join("ab".repeat(32));
    fs::write(&bogus, "bogus").unwrap();
    assert!(!is_intact(&directory, &[]));
    fs::remove_file(&bogus).unwrap();
    // One that a cut-off creation has left is none yet.
    let left = blobs.join(format!("{}.new-123", "ab".repeat(32)));
    fs::write(&left, "bogus").unwrap();
    assert!(is_intact(&directory, &[]));
    // A signature without its entry is no proof, and shows that the journal was signed.
    let first = fs::read_dir(&blobs).unwrap().next().unwrap();
    fs::write(first.unwrap().path(), "bogus").unwrap();
    assert!(!is_intact(&directory, &[]));
}

#[test]
fn removed_checkpoints_of_a_live_journal_are_detected() {
    let place = place("dana");
    let directory = place.company.directory(&place.id);
    let journal = directory.join("journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    let (mut made, mut prev) = (String::new(), "0".repeat(64));
    let kept = text
        .lines()
        .filter(|line| !line.contains("\"checkpointed\""));
    for (seq, line) in (1..).zip(kept) {
        let (line, hash) = chained(line, seq, &prev);
        (made, prev) = (made + &line, hash);
    }
    fs::write(&journal, made).unwrap();
    assert!(!is_intact(&directory, &[]));
    fs::remove_dir_all(directory.join("blobs")).unwrap();
    assert!(!is_intact(&directory, &[]), "its opener has a key");
    assert!(!is_intact(&journal, &[]));
}

#[test]
fn a_journal_that_nobody_signed_is_intact_until_signatures_are_required() {
    let place = place("nokey");
    let allowed = place.company.path("allowed").display().to_string();
    let alone = place.company.path("alone.jsonl");
    let directory = place.company.directory(&place.id);
    fs::copy(directory.join("journal.jsonl"), &alone).unwrap();
    for path in [&place.bundle, &directory, &alone] {
        assert!(is_intact(path, &[]), "{}", path.display());
        assert!(
            !is_intact(path, &["--require-signed"]),
            "{}",
            path.display()
        );
        assert!(
            !is_intact(path, &["--allowed-signers", &allowed]),
            "{}",
            path.display()
        );
    }
}

#[test]
fn entries_recorded_during_an_export_do_not_separate_the_copy_from_its_signature() {
    let place = place("dana");
    let mut writer = place.company.noting("omar", &place.id, 40);
    for n in 0..3 {
        let to = place.company.path(&format!("busy-{n}"));
        place.company.export("dana", &place.id, &to, &[]).succeeds();
        assert!(is_intact(&to, &["--require-signed"]), "{n}");
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
        for outcome in both_verifiers(path, options) {
            let text = outcome.text();
            assert!(!text.chars().any(acts), "{text:?}");
            assert!(!text.contains("\nverify.py: OK"), "{text:?}");
            assert_ne!(outcome.code, 0, "{text:?}");
        }
        let mut ours = Command::new(WARROOM);
        let ours = ours.args(["--output", "json", "verify"]).arg(path).output();
        let text = Outcome::from(ours.unwrap()).text();
        assert!(!text.chars().any(acts), "{text:?}");
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
