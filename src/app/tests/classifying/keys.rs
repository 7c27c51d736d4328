//! Keys of questions that are open, left open, or pressed twice.

use super::*;

#[test]
fn open_questions_answer_no_key_on_another_screen_and_continue_later() {
    let mut harness = Harness::acknowledged();
    harness.classify(&["right"]);
    let at = harness.asks().map(str::to_string);
    harness.act(Action::Show(Screen::People));
    assert!(!is_answering(&harness.model));
    harness.act(Action::Note);
    assert!(harness.form().is_some(), "n writes a note here");
    harness.act(Action::Back).act(Action::Classify);
    assert_eq!(harness.asks(), at.as_deref(), "no answer is lost");
}

#[test]
fn a_key_pressed_twice_answers_once() {
    let mut harness = Harness::acknowledged();
    harness.act(Action::Classify);
    // Wrong processing: compliance would be paged.
    harness.say(Msg::Key(Key::Char('y')));
    while harness.asks().is_some() {
        harness.press(Key::Char('n'));
    }
    harness.say(Msg::Key(Key::Char('y')));
    assert!(harness.incident().classification().is_none());
    harness.pass(1);
    harness.say(Msg::Key(Key::Char('y')));
    assert!(harness.incident().classification().is_some());
}
