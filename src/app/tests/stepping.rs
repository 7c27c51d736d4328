//! Playbooks, step by step.

use super::*;

#[test]
fn a_playbook_is_walked_by_its_entries() {
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Playbook)
        .choose("Payment success");
    assert_eq!(
        harness.incident().playbook,
        Slug::new("payment-success-drop")
    );
    harness.done(6);
    let Effect::Ask {
        incident,
        playbook,
        step,
        query,
    } = harness.asked.last().unwrap().clone()
    else {
        panic!("the check was not asked: {:?}", harness.asked)
    };
    assert!(query.starts_with("count(((sum(rate("), "{query}");
    let sample = Sample {
        at: harness.model.now,
        reading: Reading::NoData,
    };
    harness.say(Msg::Answer {
        incident: incident.clone(),
        playbook: playbook.clone(),
        step: step.clone(),
        result: Ok(sample),
    });
    let run = &harness.incident().playbooks[&playbook];
    assert_eq!(
        run.results[&step].outcome,
        StepOutcome::Unknown,
        "no data is no answer"
    );
    let sample = Sample {
        at: harness.model.now,
        reading: Reading::Value(1.0),
    };
    harness.say(Msg::Answer {
        incident,
        playbook: playbook.clone(),
        step: step.clone(),
        result: Ok(sample),
    });
    assert_eq!(
        harness.incident().playbooks[&playbook].results[&step].outcome,
        StepOutcome::Passed
    );
}

#[test]
fn a_tick_can_be_taken_back_until_the_last_is_made() {
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Playbook)
        .choose("Payment success")
        .done(4);
    harness.act(Action::Untick).act(Action::Untick);
    harness.done(2);
    let playbook = slug("payment-success-drop");
    assert!(
        harness.incident().playbooks[&playbook].results.is_empty(),
        "one is missing"
    );
    harness.act(Action::StepDone);
    assert_eq!(harness.incident().playbooks[&playbook].results.len(), 1);
    harness.act(Action::Untick);
    assert_eq!(
        harness.incident().playbooks[&playbook].results.len(),
        1,
        "what is recorded stays"
    );
}

#[test]
fn a_skipped_step_needs_a_reason() {
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Playbook)
        .choose("Payment success")
        .act(Action::StepSkip)
        .enter();
    assert!(harness.form().is_some_and(|form| form.fault.is_some()));
    harness.fill(&["no time"]);
    let skipped = harness.model.view().unwrap().entries.last().unwrap();
    assert_eq!(skipped.text(field::TEXT), Some("no time"));
}

#[test]
fn a_late_answer_does_not_move_the_playbook_back() {
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Playbook)
        .choose("Payment success")
        .done(6);
    let Effect::Ask {
        incident,
        playbook,
        step,
        ..
    } = harness.asked.last().unwrap().clone()
    else {
        panic!("the check was not asked")
    };
    harness.act(Action::StepSkip).fill(&["monitoring is down"]);
    let before = harness.kinds().len();
    let sample = Sample {
        at: harness.model.now,
        reading: Reading::Value(0.0),
    };
    harness.say(Msg::Answer {
        incident,
        playbook,
        step,
        result: Ok(sample),
    });
    assert_eq!(harness.kinds().len(), before);
}

#[test]
fn what_was_typed_for_one_step_is_not_recorded_for_another() {
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Playbook)
        .choose("Payment success")
        .act(Action::StepSkip)
        .write("because");
    // Meanwhile somebody else finishes this step.
    let id = harness.model.current.clone().unwrap();
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
    let draft = Draft::new(&actor_id("a-9"), data);
    harness.recorded_elsewhere(id, &[draft]);
    let before = harness.kinds().len();
    harness.enter();
    assert_eq!(
        harness.kinds().len(),
        before,
        "the next step was not skipped"
    );
}

#[test]
fn another_playbook_is_gone_on_with_only_after_a_question_and_the_first_is_not_lost() {
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Playbook)
        .choose("Payment success")
        .done(5);
    let (first, other) = (slug("payment-success-drop"), slug("ai-model-rollback"));
    assert_eq!(harness.incident().playbooks[&first].results.len(), 1);
    harness.act(Action::ChoosePlaybook).choose("AI model");
    assert!(harness.question().is_some());
    harness.no();
    assert_eq!(harness.incident().playbook.as_ref(), Some(&first));
    harness.act(Action::ChoosePlaybook).choose("AI model").yes();
    assert_eq!(harness.incident().playbook.as_ref(), Some(&other));
    harness
        .act(Action::ChoosePlaybook)
        .choose("Payment success");
    assert_eq!(harness.incident().playbook.as_ref(), Some(&first));
    assert_eq!(
        harness.incident().playbooks[&first].results.len(),
        1,
        "it goes on"
    );
}
