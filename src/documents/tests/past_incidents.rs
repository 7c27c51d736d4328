//! Incidents that were entered afterwards, as both documents show them.

use crate::documents::facts::{DocumentFacts, facts};
use crate::documents::{DocumentKind, render};
use crate::incident::entry::{
    Acknowledged, Classified, Corrected, ImpactChange, Noted, StatusChanged, WorkChanged, WorkKind,
    WorkOpened, WorkState, field,
};
use crate::incident::severity::Severity;
use crate::incident::{IncidentId, Status};
use crate::testing::{
    Story, a_day_without_a_time, detected_before_it_began, slug, stated, two_windows,
};

fn id() -> IncidentId {
    IncidentId::new("INC-20190710-0001").unwrap()
}

fn both(story: &Story) -> [String; 2] {
    [DocumentKind::Record, DocumentKind::Postmortem].map(|kind| {
        let document = render(kind, &id(), &story.entries, None, kind.shipped());
        document.unwrap().text
    })
}

fn told(story: &Story) -> DocumentFacts {
    facts(&id(), &story.entries, false)
}

fn summary(story: &Story) -> Vec<String> {
    let summary = told(story).summary.into_iter();
    summary.map(|statement| statement.text).collect()
}

#[test]
fn the_golden_documents_of_two_windows_have_not_changed() {
    let [record, postmortem] = both(&two_windows());
    insta::assert_snapshot!("two-windows-record", record);
    insta::assert_snapshot!("two-windows-postmortem", postmortem);
}

#[test]
fn the_golden_documents_of_contradictions_have_not_changed() {
    let [record, postmortem] = both(&detected_before_it_began());
    insta::assert_snapshot!("contradictions-record", record);
    insta::assert_snapshot!("contradictions-postmortem", postmortem);
}

#[test]
fn the_golden_documents_of_a_day_without_a_time_have_not_changed() {
    let [record, postmortem] = both(&a_day_without_a_time());
    insta::assert_snapshot!("a-day-record", record);
    insta::assert_snapshot!("a-day-postmortem", postmortem);
}

#[test]
fn the_impact_is_the_sum_of_its_windows_and_never_the_span_around_them() {
    let story = two_windows();
    let text = "Impact in 2 windows: 27 min and 1 h 33 min, together 2 h 0 min (said by a person).";
    assert!(
        summary(&story).contains(&text.to_string()),
        "{:?}",
        summary(&story)
    );
    for document in both(&story) {
        assert!(document.contains("together 2 h 0 min"), "{document}");
        assert!(!document.contains("6 h 12 min"), "{document}");
    }
    let windows = told(&story).windows.unwrap();
    assert_eq!(windows.total.as_deref(), Some("2 h 0 min"));
    let each: Vec<_> = windows
        .windows
        .iter()
        .map(|it| it.lasted.as_deref())
        .collect();
    assert_eq!(each, [Some("27 min"), Some("1 h 33 min")]);
}

#[test]
fn a_status_beside_several_windows_gives_no_span_since_the_start() {
    let summary = summary(&detected_before_it_began());
    let mitigated = summary.iter().find(|text| text.starts_with("Mitigated"));
    assert_eq!(mitigated.unwrap(), "Mitigated at 2022-05-26T09:34Z.");
    let mut one = Story::afterwards("x", "2022-05-26T09:05Z", None);
    let status = Status::Mitigated;
    one.said_at("2022-05-26T09:34Z", StatusChanged { status }, &[]);
    let text = "Mitigated at 2022-05-26T09:34Z, 29 min after the start.".to_string();
    assert!(self::summary(&one).contains(&text));
}

#[test]
fn an_impact_without_an_end_has_none_until_now() {
    let story = a_day_without_a_time();
    let text = "Impact since 2021-12-25 Europe/London; no end is known.";
    assert!(
        summary(&story).contains(&text.to_string()),
        "{:?}",
        summary(&story)
    );
    assert_eq!(told(&story).windows.unwrap().total, None);
    let mut again = two_windows();
    again.impact_said("2019-07-11T01:00Z", ImpactChange::Began, "again");
    let text = "Impact in 3 windows: 27 min, 1 h 33 min, and since 2019-07-11T01:00Z; no end is known (said by a person).";
    assert!(
        summary(&again).contains(&text.to_string()),
        "{:?}",
        summary(&again)
    );
}

#[test]
fn times_keep_their_form_and_a_coarse_time_is_never_an_instant() {
    let rows = [
        (
            a_day_without_a_time(),
            ["2021-12-25T", "2021-12-30T", "2022-02-03T"],
            "2021-12-30 Europe/London",
        ),
        (
            two_windows(),
            ["2019-07-06T", "2019-04-01", "16:50:00"],
            "2019-04 UTC",
        ),
        (
            detected_before_it_began(),
            ["09:02:00", "00:00:00Z", "−"],
            "2022-05-26T00:00Z/2022-05-26T09:02Z",
        ),
    ];
    for (story, never, shown) in rows {
        for document in both(&story) {
            assert!(document.contains(shown), "{shown}: {document}");
            for never in never {
                assert!(!document.contains(never), "{never}: {document}");
            }
        }
    }
}

#[test]
fn json_has_the_form_of_a_time_and_the_instants_that_it_can_mean() {
    let json = serde_json::to_value(told(&two_windows())).unwrap();
    assert_eq!(json["entered_afterwards"], true);
    let row = &json["timeline"][2];
    assert_eq!(row["occurred"], "2019-04 UTC");
    assert_eq!(row["span"]["earliest"], "2019-04-01T00:00:00Z");
    assert_eq!(row["span"]["latest"], "2019-05-01T00:00:00Z");
    let unknown = &json["timeline"][4];
    assert_eq!(
        (&unknown["occurred"], unknown["span"].is_null()),
        (&"-".into(), true)
    );
}

#[test]
fn both_documents_say_at_the_top_that_the_incident_was_entered_afterwards() {
    for document in both(&two_windows()) {
        let words = "> **ENTERED AFTERWARDS.** Entered from 2026-11-22T00:58:00Z to 2026-11-22T01:08:00Z, after the event: nobody was paged, no clock ran, and this program measured nothing.";
        assert!(document.starts_with(words), "{document}");
    }
    let live = Story::new();
    let json = serde_json::to_value(told(&live)).unwrap();
    assert_eq!(
        (&json["entered_afterwards"], json["entered"].is_null()),
        (&false.into(), true)
    );
}

#[test]
fn what_was_recorded_at_entry_did_not_happen_then_and_was_not_known_then() {
    let facts = told(&two_windows());
    let known: Vec<&str> = facts
        .timeline
        .iter()
        .map(|row| row.known.as_str())
        .collect();
    let stated = known.iter().filter(|known| **known != "-").count();
    assert_eq!((known[1], stated), ("2019-07-10T16:36Z", 1));
    let last = facts.highlights.last().unwrap();
    assert_eq!(
        (last.occurred.as_str(), last.occurred_from.as_str()),
        ("-", "not stated")
    );
    let occurred = facts.highlights.iter().map(|row| row.occurred.as_str());
    let occurred: Vec<&str> = occurred.collect();
    assert_eq!(
        occurred[..3],
        ["2019-04 UTC", "2019-07-06 UTC", "2019-07-10T16:35Z"]
    );
    let without = occurred.iter().position(|at| *at == "-").unwrap();
    assert!(
        occurred[without..].iter().all(|at| *at == "-"),
        "{occurred:?}"
    );
    for row in facts.timeline {
        assert!(!row.occurred.starts_with("2026"), "{row:?}");
    }
}

#[test]
fn the_opening_of_a_live_incident_was_known_when_it_was_detected() {
    let mut story = Story::afterwards("x", "2026-11-22T00:30Z", Some("2026-11-22T00:40Z"));
    if let crate::incident::Body::Known(crate::incident::Event::Response(
        crate::incident::entry::ResponseEvent::Opened(data),
    )) = &mut story.entries[1].body
    {
        data.retrospective = false;
    }
    let row = &told(&story).timeline[1];
    assert_eq!(row.occurred, "2026-11-22T00:30Z");
    assert_eq!(row.known, "2026-11-22T00:40Z");
}

#[test]
fn each_contradiction_stands_once_and_in_full_in_both_documents() {
    let story = detected_before_it_began();
    let wanted = [
        "Detection at 2022-05-26T09:02Z (#2) is 3 min before the start at 2022-05-26T09:05Z (#2); a person confirmed it when it was recorded.",
        "End of the impact at 2022-05-26T09:30Z (#4) is 4 min before its mitigation at 2022-05-26T09:34Z (#5); a person confirmed it when it was recorded.",
    ];
    let found = told(&story).contradictions;
    let texts: Vec<&str> = found.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(texts, wanted);
    assert_eq!(
        (&found[0].cites[..], &found[1].cites[..]),
        (&[2][..], &[4, 5][..])
    );
    for document in both(&story) {
        assert_eq!(document.matches("## Contradictions").count(), 1);
        for words in wanted {
            assert_eq!(document.matches(words).count(), 1, "{words}: {document}");
        }
    }
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json[0]["kind"], "detected-before-start");
    let none = both(&two_windows());
    assert!(
        none.iter()
            .all(|document| !document.contains("## Contradictions"))
    );
}

#[test]
fn a_contradiction_that_nobody_confirmed_says_so() {
    let mut story = Story::afterwards("x", "2022-05-26T09:05Z", None);
    let opened = WorkOpened {
        due_stated: None,
        kind: WorkKind::Action,
        owner: None,
        role: None,
        team: false,
        due: None,
    };
    story.said_at(
        "2022-05-26T11:00Z",
        opened,
        &[(field::TEXT, "ask the vendor")],
    );
    let item = story.last_entry();
    let done = WorkChanged {
        due_stated: None,
        item,
        state: WorkState::Done,
        owner: None,
        role: None,
        team: false,
        due: None,
    };
    story.said_at("2022-05-26T10:00Z", done, &[]);
    let found = told(&story).contradictions;
    assert_eq!(
        found[0].text,
        "End of a follow-up at 2022-05-26T10:00Z (#4) is 1 h 0 min before its opening at 2022-05-26T11:00Z (#3); nobody confirmed it when it was recorded."
    );
}

#[test]
fn a_corrected_time_shows_old_and_new_where_it_stands_and_where_it_counts() {
    let mut story = Story::afterwards("x", "2022-05-26T09:05Z", None);
    let status = Status::Mitigated;
    story.said_at("2022-05-26T09:34Z", StatusChanged { status }, &[]);
    story
        .correct_time(2, "2022-05-26T09:04Z")
        .correct_time(3, "2022-05-26T09:30Z");
    story.correct_time(3, "2022-05-26T09:31Z");
    let start = "2022-05-26T09:04Z, corrected by #4 from 2022-05-26T09:05Z";
    let end = "2022-05-26T09:31Z, corrected by #6 from 2022-05-26T09:30Z, corrected by #5 from 2022-05-26T09:34Z";
    let said = summary(&story).join("\n");
    assert!(
        said.contains(&format!("concerned since {start} (from: said)")),
        "{said}"
    );
    assert!(
        said.contains(&format!("Impact from {start} to {end}: 27 min")),
        "{said}"
    );
    assert!(
        said.contains(&format!("Mitigated at {end}, 27 min after the start.")),
        "{said}"
    );
    for document in both(&story) {
        assert!(document.contains(&format!("| {start}")), "{document}");
        assert!(document.contains(&format!("| {end}")), "{document}");
    }
    let mitigated = told(&story).summary.pop().unwrap();
    assert_eq!(mitigated.cites, [2, 3, 4, 5, 6]);
}

#[test]
fn a_corrected_severity_shows_old_and_new() {
    let mut story = Story::afterwards("x", "2022-05-26T09:05Z", None);
    story.classify(3, "availability-low", &[("correctness", "right")], &[]);
    let noted = story.last_entry();
    let corrected = Corrected {
        seq: noted,
        hash: story.entries[noted as usize - 1].hash.clone(),
        time: None,
        classified: Some(Box::new(Classified {
            severity: Severity::new(1).unwrap(),
            rule: slug("correctness-wrong"),
            policy: "ef".repeat(32),
            answers: Vec::new(),
            matched: vec![slug("correctness-wrong"), slug("peak")],
            flags: Vec::new(),
        })),
    };
    story.push(corrected, &[(field::TEXT, "double bookings found")]);
    let said = summary(&story).join("\n");
    let words =
        "Severity SEV1 by rule correctness-wrong, also matched: peak; corrected by #4 from SEV3.";
    assert!(said.contains(words), "{said}");
    let [record, postmortem] = both(&story);
    for document in [record, postmortem] {
        assert!(
            document.contains("(corrected by #4 from SEV3 to SEV1)"),
            "{document}"
        );
    }
}

#[test]
fn what_was_not_lived_and_has_no_stated_time_went_neither_well_nor_badly() {
    let well = |story: &Story| -> Vec<String> {
        let well = told(story).went_well.into_iter();
        well.map(|statement| statement.text).collect()
    };
    let none: [String; 0] = [];
    assert_eq!(well(&two_windows()), none);
    assert_eq!(well(&a_day_without_a_time()), none);
    let acknowledged_at = |at: &str| {
        let mut story = Story::afterwards("x", "2022-05-26T09:05Z", None);
        story.said_at(at, Acknowledged::default(), &[]);
        story.impact_said("2022-05-26T10:00Z", ImpactChange::Ended, "over");
        well(&story)
    };
    assert_eq!(
        acknowledged_at("2022-05-26T09:09Z"),
        ["Acknowledged 4 min after the start."]
    );
    assert_eq!(acknowledged_at("2022-05-26T09:01Z"), none);
    assert_eq!(acknowledged_at("2022-05-26T10:01Z"), none);
    let mut years = Story::afterwards("x", "2022-05-26T09:05Z", None);
    years.said_at("2026-03-17T09:05Z", Acknowledged::default(), &[]);
    assert_eq!(well(&years), none);
}

#[test]
fn a_mark_of_doubt_survives_as_it_was_stated() {
    let mut story = Story::afterwards("x", "~2019-07-29 13:10Z", None);
    let status = Status::Mitigated;
    story.said_at("2019-07-29T14:10Z", StatusChanged { status }, &[]);
    story.said_at(
        "2019-07-29T15:00Z/2019-07-29T16:00Z",
        Noted {},
        &[(field::TEXT, "calls")],
    );
    let shown = stated("~2019-07-29 13:10Z").shown();
    for document in both(&story) {
        assert!(document.contains(&format!("| {shown}")), "{document}");
        assert!(
            document.contains("44 min to 1 h 16 min after the start"),
            "{document}"
        );
    }
}
