//! How bad it is: what the service map and the record answer by themselves, and what is proposed when facts change.

mod keys;
mod unasked;

use super::*;
use crate::incident::entry::Event;
use crate::signals::Cause;
use crate::signals::map::{AiModel, Autonomy, PeakEvent};
use crate::signals::monitor::SignalStanding;
use crate::testing::{actor_id, elsewhere};

/// A harness whose service map names a model and a peak event on the path of the incident.
fn with_map(autonomy: Autonomy, peak_from: DateTime<Utc>) -> Harness {
    Harness::with(|setup| {
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
    })
}

fn verdict(harness: &Harness) -> (u8, String, Vec<(String, String, Cause)>) {
    let verdict = harness.incident().classification().unwrap();
    let answers = verdict.answers.iter();
    let answers = answers.map(|a| (a.question.to_string(), a.answer.to_string(), a.basis));
    (
        verdict.severity.level(),
        verdict.rule.to_string(),
        answers.collect(),
    )
}

#[test]
fn what_the_service_map_knows_is_not_asked_and_is_recorded_as_declared() {
    let mut harness = with_map(Autonomy::Acts, start() - TimeDelta::hours(1));
    harness.firing();
    harness.reading(Reading::Value(0.95));
    // Acknowledge; classify: processed rightly, some fail (measured), nothing exposed, the model is sound.
    harness
        .act(Action::Acknowledge)
        .act(Action::Classify)
        .answer("right")
        .enter()
        .answer("none")
        .answer("right");
    let (severity, rule, answers) = verdict(&harness);
    assert_eq!((severity, rule.as_str()), (1, "degraded-at-peak"));
    let found = |question: &str| {
        let found = answers.iter().find(|(id, ..)| id == question).unwrap();
        (found.1.as_str(), found.2)
    };
    assert_eq!(found("autonomy"), ("acts", Cause::Declared));
    assert_eq!(found("peak"), ("during", Cause::Declared));
    assert_eq!(found("completion"), ("degraded", Cause::Measured));
    assert_eq!(found("exposure"), ("none", Cause::Said));
}

#[test]
fn going_back_opens_what_the_map_has_answered_to_a_person() {
    let mut harness = with_map(Autonomy::Acts, start() + TimeDelta::days(2));
    harness.firing();
    harness.reading(Reading::Value(0.9999));
    harness
        .act(Action::Acknowledge)
        .act(Action::Classify)
        .answer("right")
        .enter()
        .answer("none");
    let open = |harness: &Harness| {
        crate::app::selectors::question::open_question(&harness.model)
            .unwrap()
            .id
            .to_string()
    };
    assert_eq!(open(&harness), "model");
    harness.act(Action::PreviousQuestion);
    assert_eq!(open(&harness), "autonomy", "what the map said is next");
    assert_eq!(
        harness.model.ui.answers.cursor, 0,
        "on what the map says: it acts"
    );
    harness.answer("advises");
    assert_eq!(
        open(&harness),
        "elsewhere",
        "reviewed advice is not asked about before other paths"
    );
    harness.answer("working");
    assert_eq!(open(&harness), "model");
    harness.answer("wrong");
    let (severity, rule, answers) = verdict(&harness);
    assert_eq!((severity, rule.as_str()), (3, "model-advises"));
    assert!(answers.contains(&("autonomy".into(), "advises".into(), Cause::Said)));
}

#[test]
fn a_peak_that_begins_during_the_incident_is_proposed_as_graver() {
    let mut harness = with_map(Autonomy::Advises, start() + TimeDelta::minutes(5));
    harness.firing();
    classified(&mut harness, "degraded");
    measured_for(&mut harness, 4, 0.95);
    assert!(harness.incident().proposals.is_empty());
    measured_for(&mut harness, 4, 0.95);
    let proposals = &harness.incident().proposals;
    assert_eq!((proposals.len(), proposals[0].severity.level()), (1, 1));
}

#[test]
fn what_has_lasted_two_hours_is_proposed_as_graver_and_ends_with_the_impact() {
    for (mitigated, wanted) in [(false, 1), (true, 0)] {
        let mut harness = Harness::new();
        harness.firing();
        classified(&mut harness, "degraded");
        measured_for(&mut harness, 60, 0.95);
        if mitigated {
            let id = harness.model.current.clone().unwrap();
            let event = Event::from(crate::incident::entry::StatusChanged {
                status: Status::Mitigated,
            });
            let draft = Draft::new(&actor_id("a-7f3c21aa"), event);
            harness.recorded_elsewhere(id, &[draft]);
        }
        measured_for(&mut harness, 65, 0.95);
        assert_eq!(
            harness.incident().proposals.len(),
            wanted,
            "mitigated: {mitigated}"
        );
    }
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
        let mut harness = Harness::new();
        harness.firing();
        harness.reading(Reading::Value(0.9999));
        let now = harness.model.now;
        let signals = standings.iter().enumerate();
        let signals = signals.map(|(at, standing)| elsewhere(now, &format!("p{at}"), *standing));
        let report = crate::testing::report(now, signals.collect());
        harness.say(Msg::Signals(Box::new(report)));
        harness
            .act(Action::Acknowledge)
            .act(Action::Classify)
            .answer("right")
            .enter()
            .answer("none");
        let answers = &harness.model.ui.answers;
        let proposed = answers
            .proposal
            .as_ref()
            .map(|proposal| proposal.answer.as_str());
        assert_eq!(proposed, wanted, "{standings:?}");
    }
}

#[test]
fn what_is_measured_is_proposed_without_anybody_looking_at_the_incident() {
    let mut harness = Harness::new();
    harness.firing();
    classified(&mut harness, "working");
    let id = harness.model.current.take().unwrap();
    for _ in 0..12 {
        let now = harness.model.now;
        let paths = ["history", "loyalty"].map(|path| elsewhere(now, path, SignalStanding::Breach));
        let report = crate::testing::report(now, paths.into());
        harness.say(Msg::Signals(Box::new(report)));
        harness.reading(Reading::Value(0.9999));
        harness.pass(15);
    }
    let proposals = &harness.model.views[&id].incident.proposals;
    let levels: Vec<u8> = proposals
        .iter()
        .map(|proposal| proposal.severity.level())
        .collect();
    assert_eq!(levels, [2], "several other paths fail");
}

/// Two programs, or one before its disk has answered, see the same: the journal takes it once, and again after
/// somebody has classified anew.
#[test]
fn the_same_severity_is_proposed_once_against_a_classification() {
    use crate::incident::entry::Proposed;
    use crate::incident::severity::Severity;
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
    let mut harness = Harness::new();
    harness.firing();
    classified(&mut harness, "degraded");
    harness.disk_works = false;
    measured_for(&mut harness, 4, 0.42);
    let proposed = harness.waiting.iter().filter(|effect| {
        let Effect::Record { drafts, .. } = effect else {
            return false;
        };
        drafts.iter().any(|draft| draft.event.is::<Proposed>())
    });
    assert_eq!(proposed.count(), 1, "what waits is not asked for again");
    harness.disk_works = true;
    for effect in std::mem::take(&mut harness.waiting) {
        harness.perform(effect);
    }
    measured_for(&mut harness, 2, 0.42);
    assert_eq!(harness.incident().proposals.len(), 1);
}

fn classified(harness: &mut Harness, completion: &str) {
    let answer = |question: &str, answer: &str| crate::incident::severity::Answered {
        question: slug(question),
        answer: slug(answer),
        basis: crate::signals::Cause::Said,
        reading: None,
        unit: None,
    };
    let rule = match completion {
        "failing" => ("availability-failing", 1),
        "degraded" => ("availability-degraded", 2),
        _ => ("no-impact", 4),
    };
    let event = Event::from(crate::incident::entry::Classified {
        severity: crate::incident::severity::Severity::new(rule.1).unwrap(),
        rule: slug(rule.0),
        policy: "00".into(),
        answers: vec![
            answer("correctness", "right"),
            answer("completion", completion),
            answer("exposure", "none"),
        ],
        flags: Vec::new(),
    });
    let id = harness.model.current.clone().unwrap();
    let drafts = [Draft::new(&actor_id("a-7f3c21aa"), event)];
    harness.recorded_elsewhere(id, &drafts);
}

fn measured_for(harness: &mut Harness, minutes: i64, value: f64) {
    for _ in 0..minutes * 15 {
        harness.reading(Reading::Value(value));
        harness.pass(4);
    }
}

#[test]
fn a_graver_measurement_is_proposed_after_two_minutes_and_a_person_decides() {
    let mut harness = Harness::new();
    harness.firing();
    classified(&mut harness, "degraded");
    measured_for(&mut harness, 1, 0.42);
    assert!(harness.incident().proposals.is_empty(), "not at once");
    measured_for(&mut harness, 2, 0.42);
    let proposals = &harness.incident().proposals;
    assert_eq!(proposals.len(), 1, "and once");
    assert_eq!(proposals[0].severity.level(), 1);
    assert_eq!(
        harness.incident().severity().unwrap().level(),
        2,
        "nothing changes by itself"
    );
    measured_for(&mut harness, 3, 0.42);
    assert_eq!(harness.incident().proposals.len(), 1);
}

#[test]
fn a_lesser_measurement_must_hold_ten_minutes_and_one_that_swings_proposes_nothing() {
    let mut harness = Harness::new();
    harness.firing();
    classified(&mut harness, "failing");
    for _ in 0..4 {
        measured_for(&mut harness, 4, 0.95);
        measured_for(&mut harness, 1, 0.5);
    }
    assert!(harness.incident().proposals.is_empty());
    measured_for(&mut harness, 9, 0.95);
    assert!(harness.incident().proposals.is_empty());
    measured_for(&mut harness, 2, 0.95);
    assert_eq!(harness.incident().proposals[0].severity.level(), 2);
    assert_eq!(
        harness.incident().severity().unwrap().level(),
        1,
        "a lowering needs a person"
    );
}

#[test]
fn swings_between_two_graver_severities_are_graver_and_a_missing_sample_forgets_nothing() {
    let mut harness = Harness::new();
    harness.firing();
    classified(&mut harness, "working");
    for _ in 0..4 {
        harness.reading(Reading::Value(0.95));
        harness.pass(15);
        harness.reading(Reading::Value(0.42));
        harness.pass(15);
        harness.reading(Reading::NoData);
        harness.pass(15);
    }
    let levels = |harness: &Harness| -> Vec<u8> {
        let proposals = harness.incident().proposals.iter();
        proposals
            .map(|proposal| proposal.severity.level())
            .collect()
    };
    assert_eq!(
        levels(&harness),
        [2],
        "the least grave of those that it was"
    );
    assert_eq!(
        crate::app::guide::next(&harness.model).unwrap().1,
        "acknowledge"
    );
    harness.act(Action::Acknowledge);
    assert_eq!(
        crate::app::guide::next(&harness.model).unwrap().1,
        "severity: measured as graver"
    );
    // What was proposed stands while it is measured, or while nothing is: lost contact is no recovery.
    let shown = |harness: &Harness| {
        harness
            .model
            .proposed()
            .map(crate::incident::severity::Severity::level)
    };
    assert_eq!(shown(&harness), Some(2));
    for _ in 0..8 {
        harness.reading(Reading::NoData);
        harness.pass(15);
    }
    assert_eq!(shown(&harness), Some(2));
    measured_for(&mut harness, 1, 0.9999);
    assert_eq!(shown(&harness), None);
    measured_for(&mut harness, 3, 0.42);
    assert_eq!(levels(&harness), [2, 1]);
    let proposed = harness.incident().proposed();
    assert_eq!(proposed.map(|proposal| proposal.severity.level()), Some(1));
    classified(&mut harness, "degraded");
    assert_eq!(harness.incident().proposed(), None);
    measured_for(&mut harness, 1, 0.42);
    assert_eq!(levels(&harness), [2, 1], "a classification begins anew");
}

#[test]
fn two_minutes_of_a_number_that_is_then_lost_for_longer_are_forgotten() {
    let mut harness = Harness::new();
    harness.firing();
    classified(&mut harness, "degraded");
    measured_for(&mut harness, 1, 0.42);
    for _ in 0..8 {
        harness.reading(Reading::NoData);
        harness.pass(15);
    }
    measured_for(&mut harness, 1, 0.42);
    assert!(harness.incident().proposals.is_empty());
}

#[test]
fn an_answer_that_makes_less_of_it_than_is_measured_is_asked_about_and_a_graver_one_is_not() {
    for (value, answer, asked) in [(0.42, "working", true), (0.9999, "failing", false)] {
        let mut harness = Harness::new();
        harness.firing();
        harness.reading(Reading::Value(value));
        harness
            .act(Action::Acknowledge)
            .act(Action::Classify)
            .answer("right");
        harness.answer(answer);
        while crate::app::selectors::question::open_question(&harness.model).is_some() {
            harness.press(Key::Char('n'));
        }
        let question = harness.question().unwrap_or_default();
        assert_eq!(question.starts_with("Measured is"), asked, "{question}");
        if asked {
            assert!(question.contains("42.00 %"), "{question}");
            harness.no();
            assert!(harness.incident().classification().is_none());
            assert!(crate::app::selectors::question::open_question(&harness.model).is_some());
        } else {
            assert!(harness.incident().classification().is_some());
        }
    }
}

#[test]
fn a_relapse_is_proposed_again_and_a_proposal_is_taken_down_slowly() {
    let mut harness = Harness::new();
    harness.firing();
    classified(&mut harness, "degraded");
    let levels = |harness: &Harness| -> Vec<u8> {
        let proposals = harness.incident().proposals.iter();
        proposals
            .map(|proposal| proposal.severity.level())
            .collect()
    };
    // The other paths are measured as well: they work.
    let measure = |harness: &mut Harness, minutes: i64, value: f64| {
        for _ in 0..minutes {
            let now = harness.model.now;
            let paths = vec![elsewhere(now, "history", SignalStanding::Fine)];
            harness.say(Msg::Signals(Box::new(crate::testing::report(now, paths))));
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
    let shown = harness.model.proposed();
    assert_eq!(
        shown.map(crate::incident::severity::Severity::level),
        Some(1)
    );
}

#[test]
fn a_number_that_a_proposal_does_not_rest_on_keeps_nothing_standing() {
    let mut harness = Harness::new();
    harness.firing();
    classified(&mut harness, "degraded");
    measured_for(&mut harness, 3, 0.42);
    assert!(harness.model.proposed().is_some());
    // Another path is measured once, and then not any more.
    let now = harness.model.now;
    let path = elsewhere(now, "history", SignalStanding::Breach);
    harness.say(Msg::Signals(Box::new(crate::testing::report(
        now,
        vec![path],
    ))));
    measured_for(&mut harness, 1, 0.42);
    measured_for(&mut harness, 4, 0.95);
    assert_eq!(harness.model.proposed(), None);
}
