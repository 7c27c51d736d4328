//! Playbooks, step by step.

use super::*;
use crate::app::intent::{Intent, ItemState, PlaybookIntent, StepResult, item_state};
use crate::incident::Event;
use crate::incident::entry::{ItemTicked, Sealed, StatusChanged};
use crate::text::PlaybookId;
use rstest::rstest;

/// An incident that is acknowledged, with the playbook of a drop begun.
fn at_the_first_step() -> Harness {
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Playbook)
        .choose("Payment success");
    harness
}

#[test]
fn a_playbook_is_walked_by_its_entries() {
    let mut harness = at_the_first_step();
    assert_eq!(
        harness.incident().playbook,
        PlaybookId::new("payment-success-drop")
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
    let mut harness = at_the_first_step();
    harness.done(4);
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
    let mut harness = at_the_first_step();
    harness.act(Action::StepSkip).enter();
    assert!(harness.form().is_some_and(|form| form.fault.is_some()));
    harness.fill(&["no time"]);
    let skipped = harness.model.view().unwrap().entries.last().unwrap();
    assert_eq!(skipped.text(field::TEXT), Some("no time"));
}

#[test]
fn a_late_answer_does_not_move_the_playbook_back() {
    let mut harness = at_the_first_step();
    harness.done(6);
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
    let mut harness = at_the_first_step();
    harness.act(Action::StepSkip).write("because");
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
    let mut harness = at_the_first_step();
    harness.done(5);
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

/// An incident whose playbook is at its first step.
fn follows(harness: &mut Harness) -> &mut Harness {
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Playbook)
        .choose("Payment success")
}

/// Two people on one incident, each at a console of their own, in the same playbook.
fn two_consoles() -> (Harness, Harness) {
    let mut dana = Harness::new();
    let mut lee = Harness::with(|setup| {
        setup.me.actor = actor_id("a-5e5e5e5e");
        setup.me.name = Safe::line("lee");
    });
    lee.firing();
    follows(&mut dana);
    reaches(&dana, &mut lee);
    lee.model.ui.show(Screen::Playbook);
    (dana, lee)
}

/// What is recorded at one console is read by the other.
fn reaches(from: &Harness, to: &mut Harness) {
    let (incident, tape) = from.stories.iter().next().unwrap();
    let known = to.stories.get_mut(incident).unwrap();
    let entries = tape.entries[known.entries.len()..].to_vec();
    known.entries.extend(entries.clone());
    let incident = incident.clone();
    to.say(Msg::Recorded {
        incident,
        entries,
        token: None,
        mine: Vec::new(),
    });
}

const FIRST: &str = "take-the-first-look";

/// How the five items of the first step stand, as a console shows them.
fn items(harness: &Harness) -> Vec<ItemState> {
    let playbook = harness
        .model
        .setup
        .library
        .get(&slug("payment-success-drop"));
    let view = harness.model.view().unwrap();
    (1..=5)
        .map(|item| item_state(view, playbook.unwrap(), &slug(FIRST), item))
        .collect()
}

fn ticks_of(harness: &Harness, item: u32) -> usize {
    let is = |event: &Event| {
        event
            .data::<ItemTicked>()
            .is_some_and(|tick| tick.item == item)
    };
    let entries = harness.model.view().unwrap().entries.iter();
    entries
        .filter_map(|entry| entry.event())
        .filter(|event| is(event))
        .count()
}

#[test]
fn a_tick_at_one_console_is_seen_at_the_other_and_the_last_one_completes_the_step() {
    use ItemState::{Open, Ticked};
    let (mut dana, mut lee) = two_consoles();
    dana.done(2);
    reaches(&dana, &mut lee);
    assert_eq!(items(&lee), [Ticked, Ticked, Open, Open, Open]);
    lee.act(Action::Untick);
    lee.done(3);
    reaches(&lee, &mut dana);
    assert_eq!(items(&dana), [Ticked, Ticked, Ticked, Ticked, Open]);
    dana.done(1);
    let run = &dana.incident().playbooks[&slug("payment-success-drop")];
    assert_eq!(run.results[&slug(FIRST)].outcome, StepOutcome::Done);
}

#[test]
fn an_item_that_two_consoles_tick_at_once_is_one_entry() {
    let (mut dana, mut lee) = two_consoles();
    lee.disk_works = false;
    lee.done(1);
    assert_eq!(items(&lee)[0], ItemState::Pending, "never shown as done");
    dana.done(1);
    reaches(&dana, &mut lee);
    lee.disk_works = true;
    for effect in std::mem::take(&mut lee.waiting) {
        lee.perform(effect);
    }
    assert_eq!((ticks_of(&lee, 1), items(&lee)[0]), (1, ItemState::Ticked));
    lee.done(1);
    assert_eq!(items(&lee)[1], ItemState::Ticked, "the next one is free");
}

#[test]
fn a_key_pressed_faster_than_the_disk_writes_ticks_each_item_once() {
    let mut harness = Harness::new();
    follows(&mut harness);
    harness.disk_works = false;
    harness.done(7);
    harness.disk_works = true;
    for effect in std::mem::take(&mut harness.waiting) {
        harness.perform(effect);
    }
    assert_eq!(
        (1..=5).map(|item| ticks_of(&harness, item)).sum::<usize>(),
        5
    );
    let results = &harness.incident().playbooks[&slug("payment-success-drop")].results;
    assert_eq!(results.len(), 1, "the step is complete, once");
}

fn step(step: &str, result: StepResult) -> PlaybookIntent {
    PlaybookIntent::Step(slug(step), result)
}

fn tick(step: &str, item: u32, ticked: bool) -> PlaybookIntent {
    let step = slug(step);
    PlaybookIntent::Tick { step, item, ticked }
}

/// How many steps and items were confirmed where a playbook is in progress, what is wanted there, whether only the place speaks against it, and what
/// is said.
#[rstest]
#[case::none_in_progress(
    None,
    step(FIRST, StepResult::Done),
    true,
    "no playbook is in progress"
)]
#[case::no_such_playbook(
    None,
    PlaybookIntent::Start(slug("payment-drop")),
    false,
    "did you mean \"payment-success-drop\"?"
)]
#[case::started_twice(
    Some(0),
    PlaybookIntent::Start(slug("payment-success-drop")),
    true,
    "in progress"
)]
#[case::no_such_step(
    Some(0),
    step("take-the-first-lok", StepResult::Done),
    false,
    "did you mean \"take-the-first-look\"?"
)]
#[case::another_step(
    Some(0),
    step("close-out", StepResult::Done),
    true,
    "the current step is \"take-the-first-look\""
)]
#[case::items_left(Some(1), step(FIRST, StepResult::Done), true, "not ticked: 2, 3, 4, 5")]
#[case::no_such_item(Some(0), tick(FIRST, 6, true), false, "numbered 1 to 5")]
#[case::no_item_zero(Some(0), tick(FIRST, 0, true), false, "numbered 1 to 5")]
#[case::ticked_twice(Some(1), tick(FIRST, 1, true), true, "item 1 is already ticked (#")]
#[case::not_ticked(Some(1), tick(FIRST, 2, false), true, "item 2 is not ticked")]
#[case::skipped_without_a_reason(
    Some(0),
    step(FIRST, StepResult::Skipped(Safe::default())),
    false,
    "no text"
)]
#[case::a_check_is_measured(
    Some(5),
    step("are-the-metrics-alive", StepResult::Done),
    false,
    "is a check step"
)]
#[case::a_check_has_no_items(
    Some(5),
    tick("are-the-metrics-alive", 1, true),
    false,
    "it has no items"
)]
fn what_a_playbook_does_not_take_is_refused_by_name(
    #[case] done: Option<usize>,
    #[case] wanted: PlaybookIntent,
    #[case] stands: bool,
    #[case] says: &str,
) {
    let mut harness = Harness::new();
    match done {
        None => harness.firing(),
        Some(times) => drop(follows(&mut harness).done(times)),
    }
    let me = harness.model.setup.me.clone();
    let refused = harness
        .intended(&me, &Intent::Playbook(wanted))
        .unwrap_err();
    let said = format!("{refused}; {}", refused.hint);
    assert!(said.contains(says), "{said}");
    assert_eq!(refused.stands, stands, "{said}");
}

#[test]
fn a_closed_or_sealed_incident_takes_no_step_and_no_tick() {
    for (event, says) in [
        (
            Event::from(StatusChanged {
                status: Status::Closed,
            }),
            "the incident is closed",
        ),
        (Event::from(Sealed {}), "the journal is sealed"),
    ] {
        let mut harness = Harness::new();
        follows(&mut harness);
        let id = harness.model.current.clone().unwrap();
        harness.recorded_elsewhere(id, &[Draft::new(&actor_id("a-9"), event)]);
        let before = harness.kinds().len();
        harness.done(1);
        harness.act(Action::Untick);
        assert_eq!(harness.kinds().len(), before);
        let me = harness.model.setup.me.clone();
        for wanted in [
            tick(FIRST, 1, true),
            step(FIRST, StepResult::Skipped(Safe::line("no time"))),
        ] {
            let refused = harness
                .intended(&me, &Intent::Playbook(wanted))
                .unwrap_err();
            assert!(refused.what.contains(says), "{refused}");
        }
    }
}

#[test]
fn a_playbook_that_was_left_for_another_continues_with_its_results_and_ticks() {
    let mut harness = Harness::new();
    follows(&mut harness).done(2);
    let before = items(&harness);
    for name in ["ai-model-rollback", "payment-success-drop"] {
        let start = Intent::Playbook(PlaybookIntent::Start(slug(name)));
        let me = harness.model.setup.me.clone();
        let drafts = harness.intended(&me, &start).unwrap();
        let id = harness.model.current.clone().unwrap();
        harness.recorded_elsewhere(id, &drafts);
    }
    assert_eq!(items(&harness), before);
}
