//! Keys of questions that are open, left open, or pressed twice.

use super::*;

#[test]
fn questions_that_are_left_open_answer_no_key_on_another_screen_and_go_on_where_they_were() {
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Classify)
        .answer("right");
    let open = |harness: &Harness| {
        let question = crate::app::selectors::question::open_question(&harness.model);
        question.map(|question| question.id.to_string())
    };
    let at = open(&harness);
    harness.act(Action::Show(Screen::People));
    assert!(!crate::app::selectors::question::is_answering(
        &harness.model
    ));
    harness.act(Action::Note);
    assert!(harness.form().is_some(), "n writes a note here");
    harness.act(Action::Back).act(Action::Classify);
    assert_eq!(open(&harness), at, "nothing answered is lost");
}

#[test]
fn a_key_pressed_twice_answers_once() {
    let mut harness = Harness::new();
    harness.firing();
    harness.act(Action::Acknowledge).act(Action::Classify);
    // Wrong processing: compliance would be called.
    harness.say(Msg::Key(Key::Char('y')));
    while crate::app::selectors::question::open_question(&harness.model).is_some() {
        harness.press(Key::Char('n'));
    }
    harness.say(Msg::Key(Key::Char('y')));
    assert!(
        harness.incident().classification().is_none(),
        "the same key"
    );
    harness.pass(1);
    harness.say(Msg::Key(Key::Char('y')));
    assert!(harness.incident().classification().is_some());
}
