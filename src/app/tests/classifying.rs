//! Severity: what the service map and the record answer by themselves, and what is proposed when facts change.

mod keys;
mod suspected;
mod unasked;

use super::*;
use crate::app::guide;
use crate::app::selectors::question::is_answering;
use crate::incident::entry::{Classified, Proposed};
use crate::incident::severity::Answered;
use crate::signals::Cause;
use crate::signals::map::{AiModel, Autonomy, PeakEvent};
use crate::signals::monitor::SignalStanding;
use crate::testing::{elsewhere, reports};

/// The service map names a model and a peak event on the path of the incident, which is acknowledged.
fn with_map(autonomy: Autonomy, peak_from: DateTime<Utc>) -> Harness {
    let mut harness = Harness::with(|setup| {
        let map = Arc::make_mut(&mut setup.map);
        map.models = vec![AiModel {
            model: slug("fraud-scorer"),
            path: slug("confirm"),
            autonomy,
            fallback: None,
        }];
        map.peak_events = vec![PeakEvent {
            event: "payday".into(),
            from: peak_from,
            to: peak_from + TimeDelta::hours(6),
            paths: Vec::new(),
        }];
    });
    harness.firing();
    harness.act(Action::Acknowledge);
    harness
}

fn verdict(harness: &Harness) -> (u8, &str) {
    let verdict = harness.incident().classification().unwrap();
    (verdict.severity.level(), verdict.rule.as_str())
}

fn answered<'h>(harness: &'h Harness, question: &str) -> (&'h str, Cause) {
    let mut answers = harness.incident().classification().unwrap().answers.iter();
    let found = answers.find(|it| it.question.as_str() == question).unwrap();
    (found.answer.as_str(), found.basis)
}

/// The severities proposed so far.
fn levels(harness: &Harness) -> Vec<u8> {
    let proposals = harness.incident().proposals.iter();
    proposals.map(|it| it.severity.level()).collect()
}

/// The proposal on the screen.
fn shown(harness: &Harness) -> Option<u8> {
    harness.model.proposed().map(Severity::level)
}

fn classified(completion: &str) -> Harness {
    let mut harness = Harness::with_incident();
    classify(&mut harness, completion);
    harness
}

fn classify(harness: &mut Harness, completion: &str) {
    let answer = |question: &str, answer: &str| Answered {
        question: slug(question),
        answer: slug(answer),
        basis: Cause::Said,
        reading: None,
        unit: None,
    };
    let (rule, level) = match completion {
        "failing" => ("availability-failing", 1),
        "degraded" => ("availability-degraded", 2),
        _ => ("no-impact", 4),
    };
    let data = Classified {
        matched: Vec::new(),
        severity: Severity::new(level).unwrap(),
        rule: slug(rule),
        policy: "00".into(),
        answers: vec![
            answer("correctness", "right"),
            answer("completion", completion),
            answer("exposure", "none"),
        ],
        flags: Vec::new(),
    };
    harness.others_record(&[Draft::new(&actor_id("a-7f3c21aa"), data)]);
}

fn measured_for(harness: &mut Harness, minutes: i64, value: f64) {
    for _ in 0..minutes * 15 {
        harness.reading(Reading::Value(value));
        harness.pass(4);
    }
}

fn no_data_for_two_minutes(harness: &mut Harness) {
    for _ in 0..8 {
        harness.reading(Reading::NoData);
        harness.pass(15);
    }
}

fn paths(harness: &mut Harness, paths: &[(&str, SignalStanding)]) {
    let now = harness.model.now;
    let signals = paths
        .iter()
        .map(|(path, standing)| elsewhere(now, path, *standing));
    let own = harness.model.sample().map(|sample| sample.reading);
    let own = own.unwrap_or(Reading::Value(0.9999));
    let mut report = reports::reading(now, own);
    report.signals.extend(signals);
    harness.say(Msg::Signals(Box::new(report)));
}

#[test]
fn what_the_service_map_knows_is_not_asked_and_is_recorded_as_declared() {
    let mut harness = with_map(Autonomy::Acts, start() - TimeDelta::hours(1));
    harness.reading(Reading::Value(0.95));
    // Processed rightly, some fail, nothing exposed, the model is sound.
    harness.classify(&["right", MEASURED, "none", "right"]);
    assert_eq!(verdict(&harness), (1, "degraded-at-peak"));
    for (question, answer) in [
        ("autonomy", ("acts", Cause::Declared)),
        ("peak", ("during", Cause::Declared)),
        ("completion", ("degraded", Cause::Measured)),
        ("exposure", ("none", Cause::Said)),
    ] {
        assert_eq!(answered(&harness, question), answer);
    }
}

#[test]
fn going_back_opens_what_the_map_has_answered_to_a_person() {
    let mut harness = with_map(Autonomy::Acts, start() + TimeDelta::days(2));
    harness.reading(Reading::Value(0.9999));
    harness.classify(&["right", MEASURED, "none"]);
    assert_eq!(harness.asks(), Some("model"));
    harness.act(Action::PreviousQuestion);
    assert_eq!(
        harness.asks(),
        Some("autonomy"),
        "what the map said is next"
    );
    assert_eq!(harness.model.ui.answers.cursor, 0, "on what the map says");
    harness.answer("advises");
    // Reviewed advice is not asked about before other paths.
    assert_eq!(harness.asks(), Some("elsewhere"));
    harness.answer("working");
    assert_eq!(harness.asks(), Some("model"));
    harness.answer("wrong");
    assert_eq!(verdict(&harness), (3, "model-advises"));
    assert_eq!(answered(&harness, "autonomy"), ("advises", Cause::Said));
}

#[test]
fn a_peak_that_begins_during_the_incident_is_proposed_as_graver() {
    let mut harness = with_map(Autonomy::Advises, start() + TimeDelta::minutes(5));
    classify(&mut harness, "degraded");
    measured_for(&mut harness, 4, 0.95);
    assert!(levels(&harness).is_empty());
    measured_for(&mut harness, 4, 0.95);
    assert_eq!(levels(&harness), [1]);
}

#[rstest]
#[case::goes_on(false, 1)]
#[case::mitigated(true, 0)]
fn what_has_lasted_two_hours_is_proposed_as_graver_and_ends_with_the_impact(
    #[case] mitigated: bool,
    #[case] proposals: usize,
) {
    let mut harness = classified("degraded");
    measured_for(&mut harness, 60, 0.95);
    if mitigated {
        let status = Status::Mitigated;
        let draft = Draft::new(&actor_id("a-7f3c21aa"), StatusChanged { status });
        harness.others_record(&[draft]);
    }
    measured_for(&mut harness, 65, 0.95);
    assert_eq!(levels(&harness).len(), proposals);
}

#[test]
fn whether_other_paths_fail_is_measured_and_not_known_is_not_fine() {
    use SignalStanding::{AtRisk, Breach, Fine, Unknown};
    for (standings, wanted) in [
        (&[Breach, Fine][..], Some("failing")),
        (&[Fine, Fine], Some("working")),
        // It has spent its budget, and works now.
        (&[AtRisk, Fine], Some("working")),
        (&[Fine, Unknown], None),
        // One fails for sure; whether it is one or two nobody knows.
        (&[Breach, Unknown], None),
        (&[Breach, Breach, Unknown], Some("several")),
        (&[], None),
    ] {
        let mut harness = Harness::acknowledged();
        harness.reading(Reading::Value(0.9999));
        let named: Vec<_> = ["p0", "p1", "p2"]
            .into_iter()
            .zip(standings.iter().copied())
            .collect();
        paths(&mut harness, &named);
        harness.classify(&["right", MEASURED, "none"]);
        let proposal = harness.model.ui.answers.proposal.as_ref();
        assert_eq!(
            proposal.map(|it| it.answer.as_str()),
            wanted,
            "{standings:?}"
        );
    }
}

#[test]
fn what_is_measured_is_proposed_without_anybody_looking_at_the_incident() {
    let mut harness = classified("working");
    let id = harness.model.current.take();
    for _ in 0..12 {
        let failing = ["history", "loyalty"].map(|path| (path, SignalStanding::Breach));
        paths(&mut harness, &failing);
        harness.reading(Reading::Value(0.9999));
        harness.pass(15);
    }
    harness.model.current = id;
    assert_eq!(levels(&harness), [2], "several other paths fail");
}

/// Several programs see the same: the journal takes it once for each classification.
#[test]
fn the_same_severity_is_proposed_once_against_a_classification() {
    let key = |against, level| {
        let data = Proposed {
            against,
            supersedes: 0,
            severity: Severity::new(level).unwrap(),
            rule: slug("availability-failing"),
            policy: "00".into(),
            answers: Vec::new(),
        };
        Event::from(data).dedup_key().unwrap()
    };
    assert_eq!(key(9, 1), key(9, 1));
    assert_ne!(key(9, 1), key(12, 1));
    assert_ne!(key(9, 1), key(9, 3));
    let mut harness = classified("degraded");
    harness.disk_works = false;
    measured_for(&mut harness, 4, 0.42);
    let proposed = harness.waiting.iter().filter(|effect| {
        let Effect::Journal(JournalTask::Record { drafts, .. }) = effect else {
            return false;
        };
        drafts.iter().any(|draft| draft.event.is::<Proposed>())
    });
    assert_eq!(proposed.count(), 1, "a waiting draft is not repeated");
    harness.resume_disk();
    measured_for(&mut harness, 2, 0.42);
    assert_eq!(levels(&harness).len(), 1);
}

#[test]
fn a_graver_measurement_is_proposed_after_two_minutes_and_a_person_decides() {
    let mut harness = classified("degraded");
    measured_for(&mut harness, 1, 0.42);
    assert!(levels(&harness).is_empty(), "not at once");
    measured_for(&mut harness, 2, 0.42);
    assert_eq!(levels(&harness), [1]);
    assert_eq!(verdict(&harness).0, 2, "nothing changes by itself");
    measured_for(&mut harness, 3, 0.42);
    assert_eq!(levels(&harness), [1], "once");
}

#[test]
fn a_lesser_measurement_must_hold_ten_minutes_and_one_that_swings_proposes_nothing() {
    let mut harness = classified("failing");
    for _ in 0..4 {
        measured_for(&mut harness, 4, 0.95);
        measured_for(&mut harness, 1, 0.5);
    }
    assert!(levels(&harness).is_empty());
    measured_for(&mut harness, 9, 0.95);
    assert!(levels(&harness).is_empty());
    measured_for(&mut harness, 2, 0.95);
    assert_eq!(levels(&harness), [2]);
    assert_eq!(verdict(&harness).0, 1, "a person lowers it");
}

#[test]
fn swings_between_two_graver_severities_are_graver_and_a_missing_sample_forgets_nothing() {
    let mut harness = classified("working");
    for _ in 0..4 {
        for reading in [Reading::Value(0.95), Reading::Value(0.42), Reading::NoData] {
            harness.reading(reading);
            harness.pass(15);
        }
    }
    assert_eq!(levels(&harness), [2], "the least grave of those measured");
    let next = |harness: &Harness| guide::next(&harness.model).unwrap().1;
    assert_eq!(next(&harness), "acknowledge");
    harness.act(Action::Acknowledge);
    assert_eq!(next(&harness), "severity: measured as graver");
    // A proposal stands while it is measured, or while nothing is: lost contact is no recovery.
    assert_eq!(shown(&harness), Some(2));
    no_data_for_two_minutes(&mut harness);
    assert_eq!(shown(&harness), Some(2));
    measured_for(&mut harness, 1, 0.9999);
    assert_eq!(shown(&harness), None);
    measured_for(&mut harness, 3, 0.42);
    assert_eq!(levels(&harness), [2, 1]);
    let proposed = harness.incident().proposed();
    assert_eq!(proposed.map(|it| it.severity.level()), Some(1));
    classify(&mut harness, "degraded");
    assert_eq!(harness.incident().proposed(), None);
    measured_for(&mut harness, 1, 0.42);
    assert_eq!(levels(&harness), [2, 1], "a classification starts again");
}

#[test]
fn two_minutes_of_a_number_that_is_then_lost_for_longer_are_forgotten() {
    let mut harness = classified("degraded");
    measured_for(&mut harness, 1, 0.42);
    no_data_for_two_minutes(&mut harness);
    measured_for(&mut harness, 1, 0.42);
    assert!(levels(&harness).is_empty());
}

#[rstest]
#[case::lesser(0.42, "working", true)]
#[case::graver(0.9999, "failing", false)]
fn an_answer_that_is_lesser_than_measured_is_confirmed_and_a_graver_one_is_not(
    #[case] value: f64,
    #[case] answer: &str,
    #[case] confirmed: bool,
) {
    let mut harness = Harness::acknowledged();
    harness.reading(Reading::Value(value));
    harness.classify(&["right", answer]);
    while harness.asks().is_some() {
        harness.press(Key::Char('n'));
    }
    let question = harness.question().unwrap_or_default();
    assert_eq!(question.starts_with("Measured is"), confirmed, "{question}");
    if confirmed {
        assert!(question.contains("42.00 %"), "{question}");
        harness.no();
        assert!(harness.asks().is_some());
    }
    let recorded = harness.incident().classification().is_some();
    assert_eq!(recorded, !confirmed);
}

#[test]
fn a_relapse_is_proposed_again_and_a_proposal_is_lowered_slowly() {
    let mut harness = classified("degraded");
    // The other paths are measured as well: they work.
    let measure = |harness: &mut Harness, minutes: i64, value: f64| {
        for _ in 0..minutes {
            paths(harness, &[("history", SignalStanding::Fine)]);
            measured_for(harness, 1, value);
        }
    };
    measure(&mut harness, 3, 0.42);
    assert_eq!(levels(&harness), [1]);
    measure(&mut harness, 9, 0.9999);
    assert_eq!(levels(&harness), [1]);
    measure(&mut harness, 2, 0.9999);
    assert_eq!(levels(&harness), [1, 4]);
    measure(&mut harness, 3, 0.42);
    assert_eq!(levels(&harness), [1, 4, 1], "it fails again");
    assert_eq!(shown(&harness), Some(1));
}

#[test]
fn a_number_that_a_proposal_does_not_rest_on_keeps_nothing_standing() {
    let mut harness = classified("degraded");
    measured_for(&mut harness, 3, 0.42);
    assert!(shown(&harness).is_some());
    // Another path is measured once, and then not any more.
    paths(&mut harness, &[("history", SignalStanding::Breach)]);
    measured_for(&mut harness, 1, 0.42);
    measured_for(&mut harness, 4, 0.95);
    assert_eq!(shown(&harness), None);
}
