//! A golden incident, rendered; and what must always hold of a document.

use super::*;
use crate::incident::{Disclosed, Incident};
use crate::testing::{Story, story, told};
use proptest::prelude::*;

fn id() -> IncidentId {
    IncidentId::new("INC-20261122-0001").unwrap()
}

fn rendered(kind: Kind, entries: &[Entry], upto: Option<u64>) -> String {
    render(kind, &id(), entries, upto, kind.shipped())
        .unwrap()
        .text
}

#[test]
fn the_golden_documents_have_not_changed() {
    let entries = story();
    insta::assert_snapshot!("postmortem", rendered(Kind::Postmortem, &entries, None));
    insta::assert_snapshot!("record", rendered(Kind::Record, &entries, None));
    insta::assert_snapshot!("record-json", rendered(Kind::RecordJson, &entries, None));
    insta::assert_snapshot!("chart", rendered(Kind::Chart, &entries, None));
}

#[test]
fn a_document_for_entry_n_is_the_same_after_later_entries() {
    let entries = story();
    for kind in Kind::ALL {
        for upto in 1..entries.len() {
            let then = rendered(kind, &entries[..upto], None);
            assert_eq!(then, rendered(kind, &entries, Some(upto as u64)));
        }
    }
}

#[test]
fn every_row_cites_an_entry_that_exists() {
    let entries = story();
    let facts = facts(&id(), &entries, true);
    let statements = facts
        .summary
        .iter()
        .chain(&facts.went_well)
        .chain(&facts.open_questions);
    let statements = statements.chain(&facts.impact.as_ref().unwrap().statements);
    for cites in statements
        .map(|s| &s.cites)
        .chain(facts.timeline.iter().map(|r| &r.cites))
    {
        assert!(!cites.is_empty());
        assert!(
            cites
                .iter()
                .all(|seq| (1..=entries.len() as u64).contains(seq))
        );
    }
}

#[test]
fn changing_a_cited_fact_changes_its_sentence_and_removing_it_removes_the_sentence() {
    let entries = story();
    let note = entries
        .iter()
        .position(|e| e.text("text") == Some("provider acme answers with 502"))
        .unwrap();
    let whole = rendered(Kind::Record, &entries, None);
    assert!(whole.contains("provider acme answers with 502"));
    let mut changed = entries.clone();
    changed[note].texts.insert(
        "text".into(),
        Disclosed::Text("provider zeta answers".into()),
    );
    let text = rendered(Kind::Record, &changed, None);
    assert!(text.contains("provider zeta answers") && !text.contains("acme answers"));
    let mut removed = entries.clone();
    let seq = removed.remove(note).seq;
    let text = rendered(Kind::Record, &removed, None);
    assert!(!text.contains("acme answers") && !text.contains(&format!("[#{seq}]")));
}

#[test]
fn a_postmortem_names_roles_and_never_people() {
    let text = rendered(Kind::Postmortem, &story(), None).to_lowercase();
    assert!(!text.contains("dana") && !text.contains("omar"), "{text}");
    assert!(text.contains("incident commander"));
}

#[test]
fn a_correction_stands_beside_what_it_corrects() {
    let text = rendered(Kind::Record, &story(), None);
    assert!(text.contains("provider acme answers with 502 (corrected by"));
    assert!(text.contains("correction of"));
}

#[test]
fn text_from_outside_cannot_become_markup() {
    let mut story = Story::new();
    story.note("a | b [click](https://evil.example) <script> `x`\nsecond line");
    let text = rendered(Kind::Record, &story.entries, None);
    assert!(
        text.contains("a \\| b \\[click\\](https://evil.example) \\<script\\> \\`x\\` second line"),
        "{text}"
    );
}

#[test]
fn a_template_that_does_not_work_is_named_with_its_line() {
    let error = render(
        Kind::Record,
        &id(),
        &story(),
        None,
        "line one\n{{ nonsense }}",
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("record") && error.what.contains("record.md.j2:2"),
        "{error}"
    );
}

#[test]
fn an_exercise_says_so_first() {
    let mut story = Story::drill();
    story.note("x");
    for kind in [Kind::Postmortem, Kind::Record] {
        let text = rendered(kind, &story.entries, None);
        assert!(text.starts_with("> **EXERCISE.**"), "{text}");
    }
}

fn withheld(entries: &[Entry]) -> Vec<Entry> {
    let mut copy = entries.to_vec();
    for entry in &mut copy {
        entry
            .texts
            .values_mut()
            .for_each(|text| *text = Disclosed::Withheld);
    }
    copy
}

/// The same, through the files: the disclosures are deleted, the journal is read again.
#[test]
fn a_journal_without_its_disclosures_folds_to_the_same_state() {
    let directory = tempfile::tempdir().unwrap();
    let clock = std::sync::Arc::new(crate::journal::SystemClock::new());
    let store = crate::journal::Store::new(directory.path(), clock);
    let entropy = Box::new(crate::journal::SeededEntropy::new(1));
    store.create(&id(), entropy, &told().drafts[1..]).unwrap();
    let whole = Incident::from_entries(&store.read(&id()).unwrap().entries);
    std::fs::remove_file(
        store
            .incidents()
            .join(id().as_str())
            .join("disclosures.jsonl"),
    )
    .unwrap();
    let part = Incident::from_entries(&store.read(&id()).unwrap().entries);
    assert_eq!(whole, part);
    assert_eq!(
        whole.severity(),
        crate::incident::severity::Severity::new(1)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn with_every_text_withheld_the_state_is_the_same(seed in any::<u64>()) {
        let entries = Story::random(seed).entries;
        let copy = withheld(&entries);
        prop_assert_eq!(Incident::from_entries(&entries), Incident::from_entries(&copy));
        let (whole, part) = (facts(&id(), &entries, false), facts(&id(), &copy, false));
        prop_assert_eq!(whole.severity, part.severity);
        prop_assert_eq!(whole.summary, part.summary);
        prop_assert_eq!(whole.timeline.len(), part.timeline.len());
    }
}
