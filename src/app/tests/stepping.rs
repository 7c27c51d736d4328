//! Playbooks, step by step.

use super::*;
use crate::app::effect::CheckId;
use crate::app::intent::{Intent, ItemState, PlaybookIntent, Refused, StepResult, item_state};
use crate::incident::entry::{ItemTicked, Sealed, StepRecorded};
use crate::incident::fold::Run;
use crate::text::PlaybookId;

const PLAYBOOK: &str = "payment-success-drop";
const FIRST: &str = "take-the-first-look";

/// An acknowledged incident whose playbook is at its first step.
fn at_the_first_step() -> Harness {
    let mut harness = Harness::new();
    follows(&mut harness);
    harness
}

fn follows(harness: &mut Harness) -> &mut Harness {
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Playbook)
        .choose("Payment success")
}

fn run(harness: &Harness) -> &Run {
    &harness.incident().playbooks[&slug(PLAYBOOK)]
}

/// Goes to the first check; what is asked.
fn asked(harness: &mut Harness) -> (CheckId, String) {
    harness.done(6);
    match harness.asked.last() {
        Some(Effect::Ask { check, query }) => (check.clone(), query.clone()),
        other => panic!("the check was not asked: {other:?}"),
    }
}

fn answer(harness: &mut Harness, check: &CheckId, reading: Reading) {
    let at = harness.model.now;
    harness.say(Msg::Answer {
        check: check.clone(),
        result: Ok(Sample { at, reading }),
    });
}

#[test]
fn a_playbook_is_walked_by_its_entries() {
    let mut harness = at_the_first_step();
    assert_eq!(harness.incident().playbook, PlaybookId::new(PLAYBOOK));
    let (check, query) = asked(&mut harness);
    assert!(query.starts_with("count((((sum(rate("), "{query}");
    // No data is no answer.
    for (reading, outcome) in [
        (Reading::NoData, StepOutcome::Unknown),
        (Reading::Value(1.0), StepOutcome::Passed),
    ] {
        answer(&mut harness, &check, reading);
        assert_eq!(run(&harness).results[&check.step].outcome, outcome);
    }
}

#[test]
fn a_tick_can_be_taken_back_until_the_last_is_made() {
    let mut harness = at_the_first_step();
    harness.done(4);
    harness.act(Action::Untick).act(Action::Untick);
    harness.done(2);
    assert!(run(&harness).results.is_empty(), "one is missing");
    harness.act(Action::StepDone);
    assert_eq!(run(&harness).results.len(), 1);
    harness.act(Action::Untick);
    assert_eq!(run(&harness).results.len(), 1, "what is recorded stays");
}

#[test]
fn a_skipped_step_needs_a_reason() {
    let mut harness = at_the_first_step();
    harness.act(Action::StepSkip).enter();
    assert!(harness.fault().is_some());
    harness.fill(&["no time"]);
    assert_eq!(harness.last_entry().text(field::TEXT), Some("no time"));
}

#[test]
fn a_late_answer_does_not_move_the_playbook_back() {
    let mut harness = at_the_first_step();
    let (check, _) = asked(&mut harness);
    harness.act(Action::StepSkip).fill(&["monitoring is down"]);
    let before = harness.kinds().len();
    answer(&mut harness, &check, Reading::Value(0.0));
    assert_eq!(harness.kinds().len(), before);
}

#[test]
fn what_was_typed_for_one_step_is_not_recorded_for_another() {
    let mut harness = at_the_first_step();
    harness.act(Action::StepSkip).write("because");
    // Meanwhile somebody else finishes this step.
    let data = StepRecorded {
        playbook: slug(PLAYBOOK),
        step: slug(FIRST),
        number: 1,
        outcome: StepOutcome::Done,
        choice: None,
        reading: None,
        expected: None,
        at: None,
    };
    harness.others_record(&[Draft::new(&actor_id("a-9"), data)]);
    let before = harness.kinds().len();
    harness.enter();
    assert_eq!(harness.kinds().len(), before, "the next step is open");
}

#[test]
fn another_playbook_is_begun_only_after_a_question_and_the_first_is_not_lost() {
    let mut harness = at_the_first_step();
    harness.done(5);
    let current = |harness: &Harness| harness.incident().playbook.clone().unwrap();
    assert_eq!(run(&harness).results.len(), 1);
    harness.act(Action::ChoosePlaybook).choose("AI model").no();
    assert_eq!(current(&harness).as_str(), PLAYBOOK);
    harness.act(Action::ChoosePlaybook).choose("AI model").yes();
    assert_eq!(current(&harness).as_str(), "ai-model-rollback");
    harness
        .act(Action::ChoosePlaybook)
        .choose("Payment success");
    assert_eq!(current(&harness).as_str(), PLAYBOOK);
    assert_eq!(run(&harness).results.len(), 1, "it continues");
}

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

fn reaches(from: &Harness, to: &mut Harness) {
    let (incident, tape) = from.stories.iter().next().unwrap();
    let known = to.stories.get_mut(incident).unwrap();
    let entries = tape.entries[known.entries.len()..].to_vec();
    known.entries.extend(entries.clone());
    to.say(JournalNews::recorded_by_others(incident.clone(), entries));
}

/// The five items of the first step, as a console shows them.
fn items(harness: &Harness) -> Vec<ItemState> {
    let library = &harness.model.setup.library;
    let playbook = library.get(&slug(PLAYBOOK)).unwrap();
    let items = 1..=5;
    items
        .map(|item| item_state(harness.view(), playbook, &slug(FIRST), item))
        .collect()
}

fn ticks_of(harness: &Harness, item: u32) -> usize {
    let ticks = harness
        .view()
        .entries
        .iter()
        .filter_map(Entry::data::<ItemTicked>);
    ticks.filter(|tick| tick.item == item).count()
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
    assert_eq!(run(&dana).results[&slug(FIRST)].outcome, StepOutcome::Done);
}

#[test]
fn an_item_that_two_consoles_tick_at_once_is_one_entry() {
    let (mut dana, mut lee) = two_consoles();
    lee.disk_works = false;
    lee.done(1);
    assert_eq!(items(&lee)[0], ItemState::Pending, "never shown as done");
    dana.done(1);
    reaches(&dana, &mut lee);
    lee.resume_disk();
    assert_eq!((ticks_of(&lee, 1), items(&lee)[0]), (1, ItemState::Ticked));
    lee.done(1);
    assert_eq!(items(&lee)[1], ItemState::Ticked, "the next one is free");
}

#[test]
fn a_key_pressed_faster_than_the_disk_writes_ticks_each_item_once() {
    let mut harness = at_the_first_step();
    harness.disk_works = false;
    harness.done(7);
    harness.resume_disk();
    let ticks = (1..=5).map(|item| ticks_of(&harness, item));
    assert_eq!(ticks.collect::<Vec<_>>(), [1; 5]);
    assert_eq!(run(&harness).results.len(), 1, "the step is complete, once");
}

fn refused(harness: &Harness, wanted: PlaybookIntent) -> Refused {
    let me = &harness.model.setup.me;
    harness.intended(me, &Intent::Playbook(wanted)).unwrap_err()
}

fn step(step: &str, result: StepResult) -> PlaybookIntent {
    PlaybookIntent::Step(slug(step), result)
}

fn tick(step: &str, item: u32, ticked: bool) -> PlaybookIntent {
    let step = slug(step);
    PlaybookIntent::Tick { step, item, ticked }
}

/// Confirmed steps and items where a playbook is in progress, the intent, whether only the state forbids it, and the
/// message.
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
    let refused = refused(&harness, wanted);
    let said = format!("{refused}; {}", refused.hint);
    assert!(said.contains(says), "{said}");
    assert_eq!(refused.conflict, stands, "{said}");
}

#[rstest]
#[case(Event::from(StatusChanged { status: Status::Closed }), "the incident is closed")]
#[case(Event::from(Sealed {}), "the journal is sealed")]
fn a_closed_or_sealed_incident_takes_no_step_and_no_tick(#[case] event: Event, #[case] says: &str) {
    let mut harness = at_the_first_step();
    harness.others_record(&[Draft::new(&actor_id("a-9"), event)]);
    let before = harness.kinds().len();
    harness.done(1);
    harness.act(Action::Untick);
    assert_eq!(harness.kinds().len(), before);
    let skipped = StepResult::Skipped(Safe::line("no time"));
    for wanted in [tick(FIRST, 1, true), step(FIRST, skipped)] {
        let refused = refused(&harness, wanted);
        assert!(refused.what.contains(says), "{refused}");
    }
}

#[test]
fn a_playbook_that_was_left_for_another_continues_with_its_results_and_ticks() {
    let mut harness = at_the_first_step();
    harness.done(2);
    let before = items(&harness);
    for name in ["ai-model-rollback", PLAYBOOK] {
        let start = Intent::Playbook(PlaybookIntent::Start(slug(name)));
        let drafts = harness.intended(&harness.model.setup.me, &start).unwrap();
        harness.others_record(&drafts);
    }
    assert_eq!(items(&harness), before);
}
