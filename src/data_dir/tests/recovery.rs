//! Opening a journal with a damaged end.

use super::{Harness, texts};
use crate::incident::Entry;
use crate::incident::entry::Recovered;
use crate::journal::{FindingKind, JournalError, JournalStore as _};
use std::fs;

fn reopened(harness: &Harness) -> Result<Vec<Entry>, JournalError> {
    harness
        .store
        .open(&harness.name)
        .map(|(_, entries)| entries)
}

#[test]
fn a_whole_last_line_without_its_newline_is_kept() {
    let harness = Harness::new();
    harness.create(&["one", "two"]);
    let bytes = fs::read(harness.file()).unwrap();
    fs::write(harness.file(), &bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(harness.verify().findings[0].kind, FindingKind::Torn);
    assert_eq!(reopened(&harness).unwrap().len(), 3);
    assert_eq!(fs::read(harness.file()).unwrap(), bytes);
    assert!(harness.verify().intact);
}

#[test]
fn every_cut_through_the_last_line_is_set_aside_and_said() {
    let harness = Harness::new();
    harness.create(&["one", "two"]);
    let bytes = fs::read(harness.file()).unwrap();
    let last = bytes[..bytes.len() - 1]
        .iter()
        .rposition(|b| *b == b'\n')
        .unwrap()
        + 1;
    for cut in [last + 1, last + 40, bytes.len() - 20, bytes.len() - 2] {
        fs::write(harness.file(), &bytes[..cut]).unwrap();
        let entries = reopened(&harness).unwrap();
        assert_eq!(texts(&entries), ["one"]);
        let recovered = entries[2].data::<Recovered>();
        assert!(recovered.is_some_and(|data| data.offset == last as u64));
        assert!(harness.verify().intact);
    }
    let kept: usize = fs::read_dir(harness.directory().join("torn"))
        .unwrap()
        .count();
    assert_eq!(kept, 4, "every torn tail is kept");
}

#[test]
fn a_last_line_with_zeros_in_it_is_torn_one_without_is_altered() {
    let harness = Harness::new();
    harness.create(&["one", "two"]);
    let bytes = fs::read(harness.file()).unwrap();
    let mut zeroed = bytes.clone();
    let end = zeroed.len() - 1;
    zeroed[end - 60..end].fill(0);
    fs::write(harness.file(), &zeroed).unwrap();
    assert_eq!(texts(&reopened(&harness).unwrap()), ["one"]);

    let mut altered = bytes.clone();
    altered[end - 100] ^= 1;
    fs::write(harness.file(), &altered).unwrap();
    assert!(matches!(
        reopened(&harness),
        Err(JournalError::NotIntact { .. })
    ));
    assert_eq!(
        fs::read(harness.file()).unwrap(),
        altered,
        "an altered line is left alone"
    );
}

#[test]
fn a_bad_line_in_the_middle_is_never_repaired_and_reading_stops_there() {
    let harness = Harness::new();
    harness.create(&["one", "two", "three"]);
    let text = fs::read_to_string(harness.file()).unwrap();
    let altered = text.replacen("\"seq\":3", "\"seq\":9", 1);
    fs::write(harness.file(), &altered).unwrap();
    let error = reopened(&harness).unwrap_err();
    assert!(error.to_string().contains("line 3"), "{error}");
    assert!(error.hint().contains("warroom verify"));
    let loaded = harness.read();
    assert_eq!(texts(&loaded.entries), ["one"]);
    assert!(loaded.finding.is_some());
    assert_eq!(fs::read_to_string(harness.file()).unwrap(), altered);
}
