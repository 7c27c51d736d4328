//! Playbooks, step by step.

use super::*;

#[test]
fn a_playbook_is_walked_by_its_entries() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("ap1");
    assert_eq!(bench.incident().playbook, Slug::new("payment-success-drop"));
    bench.keys("⏎⏎⏎⏎⏎⏎");
    let Effect::Ask {
        incident,
        playbook,
        step,
        query,
    } = bench.asked.last().unwrap().clone()
    else {
        panic!("the check was not asked: {:?}", bench.asked)
    };
    assert!(query.starts_with("count(((sum(rate("), "{query}");
    let sample = Sample {
        at: bench.model.now,
        reading: Reading::NoData,
    };
    bench.say(Msg::Answer {
        incident: incident.clone(),
        playbook: playbook.clone(),
        step: step.clone(),
        result: Ok(sample),
    });
    let run = &bench.incident().playbooks[&playbook];
    assert_eq!(
        run.results[&step].outcome,
        StepOutcome::Unknown,
        "no data is no answer"
    );
    let sample = Sample {
        at: bench.model.now,
        reading: Reading::Value(1.0),
    };
    bench.say(Msg::Answer {
        incident,
        playbook: playbook.clone(),
        step: step.clone(),
        result: Ok(sample),
    });
    assert_eq!(
        bench.incident().playbooks[&playbook].results[&step].outcome,
        StepOutcome::Passed
    );
}

#[test]
fn a_tick_can_be_taken_back_until_the_last_is_made() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("ap1⏎⏎⏎⏎");
    let untick = |bench: &mut Bench| bench.say(Msg::Act(Action::Untick));
    untick(&mut bench);
    untick(&mut bench);
    bench.keys("⏎⏎");
    let playbook = slug("payment-success-drop");
    assert!(
        bench.incident().playbooks[&playbook].results.is_empty(),
        "one is missing"
    );
    bench.keys("⏎");
    assert_eq!(bench.incident().playbooks[&playbook].results.len(), 1);
    untick(&mut bench);
    assert_eq!(
        bench.incident().playbooks[&playbook].results.len(),
        1,
        "what is recorded stays"
    );
}

#[test]
fn a_skipped_step_needs_a_reason() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("ap1k⏎");
    assert!(
        matches!(bench.model.ui.overlays.last(), Some(Overlay::Prompt(prompt)) if prompt.fault.is_some())
    );
    bench.keys("no time⏎");
    let skipped = bench.model.board().unwrap().entries.last().unwrap();
    assert_eq!(skipped.text(field::TEXT), Some("no time"));
}

#[test]
fn a_late_answer_does_not_move_the_playbook_back() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("ap1⏎⏎⏎⏎⏎⏎");
    let Effect::Ask {
        incident,
        playbook,
        step,
        ..
    } = bench.asked.last().unwrap().clone()
    else {
        panic!("the check was not asked")
    };
    bench.keys("kmonitoring is down⏎");
    let before = bench.kinds().len();
    let sample = Sample {
        at: bench.model.now,
        reading: Reading::Value(0.0),
    };
    bench.say(Msg::Answer {
        incident,
        playbook,
        step,
        result: Ok(sample),
    });
    assert_eq!(bench.kinds().len(), before);
}

#[test]
fn what_was_typed_for_one_step_is_not_recorded_for_another() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("ap1kbecause");
    // Meanwhile somebody else finishes this step.
    let id = bench.model.current.clone().unwrap();
    let data = crate::incident::entry::StepRecorded {
        playbook: slug("payment-success-drop"),
        step: slug("take-the-first-look"),
        number: 1,
        outcome: StepOutcome::Done,
        choice: None,
        reading: None,
        expected: None,
        at: None,
    };
    let draft = Draft::new(&slug("a-9"), Event::StepRecorded(data));
    bench.recorded_elsewhere(id, &[draft]);
    let before = bench.kinds().len();
    bench.keys("⏎");
    assert_eq!(bench.kinds().len(), before, "the next step was not skipped");
}

#[test]
fn another_playbook_is_gone_on_with_only_after_a_question_and_the_first_is_not_lost() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("ap1⏎⏎⏎⏎⏎");
    let (first, other) = (slug("payment-success-drop"), slug("ai-model-rollback"));
    assert_eq!(bench.incident().playbooks[&first].results.len(), 1);
    bench.keys("c2");
    assert!(matches!(
        bench.model.ui.overlays.last(),
        Some(Overlay::Confirm { .. })
    ));
    bench.keys("n");
    assert_eq!(bench.incident().playbook.as_ref(), Some(&first));
    bench.keys("c2y");
    assert_eq!(bench.incident().playbook.as_ref(), Some(&other));
    bench.keys("c1");
    assert_eq!(bench.incident().playbook.as_ref(), Some(&first));
    assert_eq!(
        bench.incident().playbooks[&first].results.len(),
        1,
        "it goes on"
    );
}
