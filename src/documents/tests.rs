mod old_journals;
mod past_incidents;

use super::*;
use crate::incident::{Disclosed, Entry, Incident, IncidentId};
use crate::testing::{Story, full_story, slug, story};
use proptest::prelude::*;
use serde_json::Value;

fn id() -> IncidentId {
    IncidentId::new("INC-20261122-0001").unwrap()
}

fn rendered(kind: DocumentKind, entries: &[Entry], upto: Option<u64>) -> String {
    render(kind, &id(), entries, upto, kind.shipped())
        .unwrap()
        .text
}

#[test]
fn the_golden_documents_have_not_changed() {
    let entries = story();
    insta::assert_snapshot!(
        "postmortem",
        rendered(DocumentKind::Postmortem, &entries, None)
    );
    insta::assert_snapshot!("record", rendered(DocumentKind::Record, &entries, None));
    insta::assert_snapshot!(
        "record-json",
        rendered(DocumentKind::RecordJson, &entries, None)
    );
    insta::assert_snapshot!("chart", rendered(DocumentKind::Chart, &entries, None));
}

#[test]
fn a_document_for_entry_n_is_the_same_after_later_entries() {
    let entries = story();
    for kind in DocumentKind::ALL {
        for upto in 1..entries.len() {
            let then = rendered(kind, &entries[..upto], None);
            assert_eq!(then, rendered(kind, &entries, Some(upto as u64)));
        }
    }
}

#[test]
fn every_row_cites_an_entry_that_exists() {
    let entries = story();
    let facts = serde_json::to_value(facts(&id(), &entries, true)).unwrap();
    let lists = facts.as_object().unwrap().values();
    let lists = lists.filter_map(Value::as_array);
    let impact = facts["impact"]["statements"].as_array().unwrap();
    for row in lists.flatten().chain(impact) {
        let cites = row["cites"].as_array().unwrap();
        let exists = |seq: &Value| (1..=entries.len() as u64).contains(&seq.as_u64().unwrap());
        assert!(!cites.is_empty() && cites.iter().all(exists), "{row}");
    }
}

#[test]
fn changing_a_cited_fact_changes_its_sentence_and_removing_it_removes_the_sentence() {
    let entries = story();
    let note = entries
        .iter()
        .position(|e| e.text("text") == Some("provider acme answers with 502"))
        .unwrap();
    let whole = rendered(DocumentKind::Record, &entries, None);
    assert!(whole.contains("provider acme answers with 502"));
    let mut changed = entries.clone();
    changed[note].texts.insert(
        "text".into(),
        Disclosed::Text("provider zeta answers".into()),
    );
    let text = rendered(DocumentKind::Record, &changed, None);
    assert!(text.contains("provider zeta answers") && !text.contains("acme answers"));
    let mut removed = entries.clone();
    let seq = removed.remove(note).seq;
    let text = rendered(DocumentKind::Record, &removed, None);
    assert!(!text.contains("acme answers") && !text.contains(&format!("[#{seq}]")));
}

#[test]
fn a_postmortem_names_roles_and_never_people() {
    let text = rendered(DocumentKind::Postmortem, &story(), None).to_lowercase();
    assert!(!text.contains("dana") && !text.contains("omar"), "{text}");
    assert!(text.contains("incident commander"));
}

#[test]
fn a_correction_stands_beside_what_it_corrects() {
    let text = rendered(DocumentKind::Record, &story(), None);
    assert!(text.contains("provider acme answers with 502 (corrected by"));
    assert!(text.contains("correction of"));
}

#[test]
fn text_from_outside_cannot_become_markup() {
    let mut story = Story::new();
    story.note("a | b [click](https://evil.example) <script> `x`\nsecond line");
    let text = rendered(DocumentKind::Record, &story.entries, None);
    assert!(
        text.contains("a \\| b \\[click\\](https://evil.example) \\<script\\> \\`x\\` second line"),
        "{text}"
    );
}

#[test]
fn a_template_that_does_not_work_is_named_with_its_line() {
    let error = render(
        DocumentKind::Record,
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
    for kind in [DocumentKind::Postmortem, DocumentKind::Record] {
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
    let store = crate::data_dir::DataDir::new(directory.path(), clock);
    let entropy = Box::new(crate::journal::SeededEntropy::new(1));
    store
        .create_incident(&id(), entropy, &full_story().drafts[1..])
        .unwrap();
    let whole = Incident::from_entries(
        &crate::journal::JournalStore::read(&store, &(&id()).into())
            .unwrap()
            .entries,
    );
    std::fs::remove_file(
        store
            .incidents()
            .join(id().as_str())
            .join("disclosures.jsonl"),
    )
    .unwrap();
    let part = Incident::from_entries(
        &crate::journal::JournalStore::read(&store, &(&id()).into())
            .unwrap()
            .entries,
    );
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

#[test]
fn a_postmortem_leaves_out_paged_people_who_did_not_acknowledge() {
    let mut story = Story::new();
    let page = crate::incident::entry::PageIntended {
        page: slug("p-1"),
        level: slug("on-call"),
        target: slug("on-call"),
        channel: slug("webhook"),
        due: crate::testing::start(),
        late: None,
        repeat: 0,
    };
    story.push(page, &[("who", "zoe")]);
    let blameless = rendered(DocumentKind::Postmortem, &story.entries, None);
    assert!(!blameless.contains("zoe"), "{blameless}");
    let record = rendered(DocumentKind::Record, &story.entries, None);
    assert!(record.contains("zoe"), "the record is factual: {record}");
}

#[test]
fn who_got_command_by_a_hand_over_is_called_by_the_role() {
    use crate::incident::{Role, entry::HandedOver};
    let mut story = Story::new();
    story.person("a-1", "Dana Lee").acknowledge();
    story.person("a-2", "Omar Haddad");
    let over = HandedOver {
        supersedes: None,
        role: Role::IncidentCommander,
        from: Some(crate::testing::actor_id("a-1")),
        to: crate::testing::actor_id("a-2"),
    };
    story.push(over, &[("text", "the end")]);
    let text = rendered(DocumentKind::Postmortem, &story.entries, None);
    assert!(text.contains("from responder 1 to responder 2"), "{text}");
    story.note("it recovers");
    let facts = facts(&id(), &story.entries, true);
    let who = |at: usize| facts.timeline[facts.timeline.len() - at].who.clone();
    assert_eq!(who(1), "responder 2, incident commander");
    // Before, and after, somebody holds a role it is not theirs.
    let first = facts.timeline.iter().find(|row| row.what == "acknowledged");
    assert_eq!(first.unwrap().who, "responder 1");
}

#[test]
fn a_first_verdict_that_had_to_be_raised_is_not_listed_as_what_went_well() {
    for (levels, well) in [([4, 1], false), ([2, 2], true), ([1, 3], true)] {
        let mut story = Story::new();
        story.person("a-1", "Dana Lee").acknowledge();
        for level in levels {
            story
                .pass(2)
                .classify(level, "r", &[("correctness", "right")], &[]);
        }
        let facts = facts(&id(), &story.entries, true);
        let classified = facts.went_well.iter();
        let classified = classified.filter(|what| what.text.starts_with("Classified"));
        assert_eq!(classified.count() == 1, well, "{levels:?}");
    }
}

#[test]
fn what_nobody_measured_during_a_time_below_objective_is_listed() {
    use crate::signals::Cause;
    use crate::signals::Reading;
    let statements = |readings: &[Reading]| -> Vec<String> {
        let mut story = Story::new();
        for reading in readings {
            story.signal(*reading, Cause::Change).pass(10);
        }
        let facts = facts(&id(), &story.entries, true);
        let all = facts.impact.unwrap().statements.into_iter();
        all.map(|statement| statement.text)
            .filter(|text| text.starts_with("Below"))
            .collect()
    };
    let (low, well, none) = (Reading::Value(0.5), Reading::Value(0.9999), Reading::NoData);
    let back = statements(&[low, none, none, well]);
    assert!(
        back[0].contains("30 min 0 s, 20 min 0 s of it without a number"),
        "{back:?}"
    );
    let lost = statements(&[low, low, none]);
    assert!(
        lost[0].contains("on no recorded reading gave a number"),
        "{lost:?}"
    );
    assert!(!statements(&[low, well])[0].contains("without a number"));
}

#[test]
fn work_is_named_by_its_subject_and_not_by_its_number_alone() {
    use crate::incident::entry::{WorkChanged, WorkKind, WorkOpened, WorkState};
    let mut story = Story::new();
    story.person("a-1", "Dana Lee");
    let opened = WorkOpened {
        due_stated: None,
        kind: WorkKind::Action,
        owner: None,
        role: None,
        team: false,
        due: None,
    };
    story.push(opened, &[("text", "Dana Lee asks acme")]);
    let item = story.entries.len() as u64;
    let facts_of = |story: &Story| facts(&id(), &story.entries, true);
    let open = facts_of(&story).open_questions.into_iter();
    let open: Vec<String> = open.map(|open| open.text).collect();
    let wanted = format!("Still open: #{item} (action: responder 1 asks acme).");
    assert!(open.contains(&wanted), "{open:?}");
    let done = WorkChanged {
        due_stated: None,
        item,
        state: WorkState::Done,
        owner: None,
        role: None,
        team: false,
        due: None,
    };
    story.push(done, &[]);
    let last = facts_of(&story).timeline.pop().unwrap().what;
    assert_eq!(
        last,
        format!("#{item} (action: responder 1 asks acme) is done")
    );
}

#[test]
fn a_template_that_never_ends_is_stopped() {
    let entries = story();
    let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{{ a * b }}{% endfor %}{% endfor %}{% endfor %}";
    let stopped = render(DocumentKind::Record, &id(), &entries, None, endless).unwrap_err();
    assert!(stopped.to_string().contains("fuel"), "{stopped}");
}

#[test]
fn ticks_stand_in_the_record_beside_the_results_of_steps() {
    use crate::incident::Event;
    use crate::incident::entry::{ItemTicked, field};
    let mut story = Story::new();
    story.begin_playbook("demo", "v1", 5);
    let tick = |ticked, supersedes| {
        Event::from(ItemTicked {
            playbook: slug("demo"),
            digest: "v1".into(),
            step: slug("go-left"),
            item: 2,
            ticked,
            supersedes,
        })
    };
    let texts = [
        (field::STEP, "Go left"),
        (field::TEXT, "Batch jobs are paused"),
    ];
    story.push(tick(true, 2), &texts).push(tick(false, 3), &[]);
    let facts = facts(&id(), &story.entries, false);
    let listed: Vec<&str> = facts
        .remediation
        .iter()
        .map(|row| row.what.as_str())
        .collect();
    assert_eq!(
        listed[1..],
        [
            "playbook demo step \"Go left\": item 2 ticked: Batch jobs are paused",
            "playbook demo step \"go-left\": item 2 unticked",
        ]
    );
    let highlights = facts.highlights.iter();
    let ticks = highlights.filter(|row| row.what.contains("ticked")).count();
    assert_eq!(ticks, 0, "a first reader gets the results alone");
}

#[test]
fn a_reading_at_the_cadence_is_not_said_to_be_unchanged() {
    let mut story = Story::new();
    story.signal(
        crate::signals::Reading::Value(0.9903),
        crate::signals::Cause::Change,
    );
    story.pass(5);
    story.signal(
        crate::signals::Reading::Value(0.9778),
        crate::signals::Cause::Cadence,
    );
    let facts = facts(&story.id(), &story.entries, false);
    let last = &facts.timeline.last().unwrap().what;
    assert!(
        last.contains("97.78 %") && !last.contains("unchanged"),
        "{last}"
    );
}
