//! Verification of altered lines.

use super::{Harness, lines};
use crate::journal::{FindingKind, hex_digest};
use std::fs;

#[test]
fn removed_swapped_and_repeated_lines_are_told_from_altered_ones() {
    let harness = Harness::new();
    harness.create(&["one", "two", "three", "four"]);
    let original = lines(&harness.file());
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut changed = original.clone();
        change(&mut changed);
        fs::write(harness.file(), changed.join("\n") + "\n").unwrap();
        let report = harness.verify();
        assert!(!report.intact);
        (report.findings[0].kind, report.findings[0].line)
    };
    assert_eq!(with(&|l| drop(l.remove(1))), (FindingKind::Removed, 2));
    assert_eq!(with(&|l| drop(l.remove(0))), (FindingKind::Removed, 1));
    assert_eq!(with(&|l| l.swap(1, 2)), (FindingKind::Removed, 2));
    assert_eq!(
        with(&|l| l.insert(2, l[1].clone())),
        (FindingKind::Removed, 3)
    );
    assert_eq!(
        with(&|l| l[2] = l[2].replace("noted", "nodet")),
        (FindingKind::Altered, 3)
    );
    assert_eq!(with(&|l| l[0].insert(5, '\r')), (FindingKind::Altered, 1));
}

#[test]
fn every_flipped_bit_of_a_line_is_found_and_located() {
    let harness = Harness::new();
    harness.create(&["one", "two"]);
    let bytes = fs::read(harness.file()).unwrap();
    let second = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
    let third = second + bytes[second..].iter().position(|b| *b == b'\n').unwrap();
    for at in (second..third).step_by(3) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        fs::write(harness.file(), &flipped).unwrap();
        let report = harness.verify();
        assert!(
            !report.intact && report.findings[0].line == 2,
            "byte {at}: {report:?}"
        );
    }
}

#[test]
fn a_key_that_stands_twice_is_refused_even_when_the_hash_is_right() {
    let harness = Harness::new();
    harness.create(&[]);
    let line = lines(&harness.file()).remove(0);
    let body = line[..line.len() - 75].replace("\"data\":{", "\"data\":{\"actor\":\"a-2\",");
    let forged = format!("{body},\"hash\":\"{}\"}}\n", hex_digest(body.as_bytes()));
    fs::write(harness.file(), forged).unwrap();
    assert_eq!(harness.verify().findings[0].kind, FindingKind::Altered);
}
