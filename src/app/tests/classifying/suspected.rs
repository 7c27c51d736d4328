//! A correctness signal raises a suspicion; a person confirms it, and no measurement takes that back.

use super::*;
use crate::app::intent::Intent;
use crate::testing::correctness;

fn wrong_for(harness: &mut Harness, minutes: i64) {
    for _ in 0..minutes * 4 {
        let now = harness.model.now;
        let mut report = reports::reading(now, Reading::Value(0.9999));
        let number = correctness(now, Reading::Value(14.0));
        report.signals.push(number);
        report
            .signals
            .push(elsewhere(now, "history", SignalStanding::Fine));
        harness.say(Msg::Signals(Box::new(report)));
        harness.reading(Reading::Value(0.9999));
        harness.pass(15);
    }
}

fn classified_as(correctness: &str) -> Harness {
    let mut harness = Harness::acknowledged();
    let answer = |question: &str, answer: &str| Answered {
        question: slug(question),
        answer: slug(answer),
        basis: Cause::Said,
        reading: None,
        unit: None,
    };
    let answers = [
        ("correctness", correctness),
        ("completion", "working"),
        ("exposure", "none"),
        ("autonomy", "none"),
        ("elsewhere", "working"),
    ];
    let answers = answers.map(|(question, given)| answer(question, given));
    let intent = Intent::Classify(answers.to_vec(), Safe::default());
    let drafts = harness.intended(&harness.model.setup.me, &intent).unwrap();
    harness.others_record(&drafts);
    harness
}

#[test]
fn measured_wrong_processing_is_proposed_against_a_person_who_ruled_it_out() {
    let mut harness = classified_as("right");
    assert_eq!(verdict(&harness), (4, "no-impact"));
    wrong_for(&mut harness, 4);
    assert_eq!(levels(&harness), [1]);
    assert_eq!(shown(&harness), Some(1));
}

#[rstest]
#[case::shipped("")]
#[case::where_a_suspicion_is_lesser("2")]
fn no_measurement_proposes_to_go_back_from_confirmed_to_suspected(#[case] severity: &str) {
    let mut harness = Harness::with(|setup| {
        let mut rules = setup.severity.value.rules.iter_mut();
        let rule = rules.find(|rule| rule.id == slug("correctness-suspected"));
        if let Ok(level) = severity.parse() {
            rule.unwrap().severity = Severity::new(level).unwrap();
        }
    });
    harness.firing();
    harness.act(Action::Acknowledge);
    wrong_for(&mut harness, 1);
    // The cursor starts at the measurement; a person says more than that.
    harness.classify(&["wrong"]);
    harness.yes();
    assert_eq!(verdict(&harness), (1, "correctness-wrong"));
    wrong_for(&mut harness, 15);
    assert!(levels(&harness).is_empty());
    harness.act(Action::Classify);
    let cursor = harness.model.ui.answers.cursor;
    assert_eq!(cursor, 0, "on what the person has confirmed");
}
