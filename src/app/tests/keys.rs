//! Keys: which action they lead to, shipped and bound by a user.

use super::*;
use crate::keymap::{Context, KeyMap, Rebinding};

/// A console whose user has bound these keys.
fn bound(settings: &[(&str, &str, &str)]) -> Harness {
    let split = |keys: &str| keys.split(' ').map(str::to_string).collect();
    let keys: Vec<Vec<String>> = settings.iter().map(|(_, _, keys)| split(keys)).collect();
    let rows = settings.iter().zip(&keys);
    let rebindings = rows.map(|((context, action, _), keys)| Rebinding {
        context,
        action,
        keys,
    });
    let keys = KeyMap::with(rebindings).unwrap();
    let mut harness = Harness::with(|setup| setup.keys = keys.clone());
    harness.firing();
    harness
}

fn press(harness: &mut Harness, keys: &str) {
    for key in keys.split(' ') {
        harness.press(key.parse().unwrap());
    }
}

#[test]
fn an_incident_is_handled_with_the_keys_of_the_table() {
    let mut harness = bound(&[]);
    press(&mut harness, "a n d o w n enter");
    assert_eq!(harness.last_entry().text(field::TEXT), Some("down"));
    press(&mut harness, "u 5 enter y");
    assert_eq!(harness.incident().status, Status::Closed);
    press(&mut harness, "ctrl-c");
    assert!(harness.model.quitting, "nothing is open any more");
}

#[test]
fn an_incident_is_handled_with_the_keys_of_its_user() {
    let mut harness = bound(&[
        ("anywhere", "acknowledge", "f2"),
        ("anywhere", "write-note", "a"),
        ("form", "submit", "ctrl-s"),
        ("confirmation", "yes", "j"),
        ("list", "choose-number", "q w e r t"),
        ("question", "show-reason", "h"),
    ]);
    press(&mut harness, "f2");
    assert!(harness.incident().acknowledged().is_some());
    press(&mut harness, "n");
    assert!(harness.model.dialogs.is_empty(), "n is free");
    press(&mut harness, "a y e s enter ctrl-s");
    assert_eq!(harness.last_entry().text(field::TEXT), Some("yes"));
    press(&mut harness, "u t ctrl-s y");
    assert_ne!(harness.incident().status, Status::Closed, "y is no yes");
    press(&mut harness, "j");
    assert_eq!(harness.incident().status, Status::Closed);
}

#[test]
fn the_answers_of_the_policy_come_before_the_keys_of_the_screen() {
    let mut harness = bound(&[("question", "show-reason", "h")]);
    press(&mut harness, "a s h");
    assert!(harness.model.ui.answers.why);
    // "n" writes a note elsewhere.
    press(&mut harness, "n");
    assert_eq!(harness.model.ui.answers.order.len(), 1);
    assert!(harness.model.dialogs.is_empty());
    press(&mut harness, "ctrl-n");
    assert!(harness.form().is_some(), "no answer has this key");
}

/// Nothing below a dialog sees a key, and where text is typed a key that has no row there types.
#[test]
fn every_dialog_keeps_its_keys_to_itself() {
    let mut harness = bound(&[]);
    for opened in [
        Action::Note,
        Action::Status,
        Action::Help,
        Action::Palette,
        Action::Quit,
    ] {
        let before = harness.kinds().len();
        harness.act(opened);
        let contexts = harness.model.contexts();
        assert!(!contexts.contains(&Context::Anywhere), "{opened:?}");
        press(&mut harness, "a s r ctrl-n ctrl-z");
        let found = (harness.model.dialogs.len(), harness.kinds().len());
        assert_eq!(found, (1, before), "{opened:?}");
        press(&mut harness, "esc");
        assert!(harness.model.dialogs.is_empty(), "{opened:?}");
    }
    // Pressed once too often it answers no question, and leaves no program.
    harness.act(Action::Quit);
    press(&mut harness, "ctrl-c");
    assert!(harness.question().is_some() && !harness.model.quitting);
}
