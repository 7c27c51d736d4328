//! The keys that are shown are those in force.

use super::*;
use crate::keymap::{KeyMap, Rebinding};

#[test]
fn footer_help_palette_and_questions_show_the_keys_of_the_user() {
    let settings = [
        ("anywhere", "write-note", "f2"),
        ("anywhere", "next-step", "ctrl-p"),
        ("confirmation", "yes", "j"),
        ("list", "choose", "ctrl-s"),
        ("reader", "close", "f3"),
    ];
    let keys = settings.map(|(_, _, key)| vec![key.to_string()]);
    let rows = settings.iter().zip(&keys);
    let rebindings = rows.map(|((context, action, _), keys)| Rebinding {
        context,
        action,
        keys,
    });
    let mut model = console(&story());
    model.setup.keys = KeyMap::with(rebindings).unwrap();
    let shown = |model: &Model, words: &[&str]| {
        let text = rows_of(model).join("\n");
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
    };
    shown(&model, &["ctrl-p playbook: next step", "f2 note"]);
    for (action, words) in [
        (Action::Help, &["ctrl-p         next step", "f3 close"][..]),
        (Action::Palette, &["ctrl-p         next step"]),
        (Action::Status, &["ctrl-s choose"]),
        (Action::Quit, &[" j Yes ", "j yes"]),
    ] {
        let mut model = model.clone();
        update(&mut model, Msg::Act(action));
        shown(&model, words);
    }
}

fn rows_of(model: &Model) -> Vec<String> {
    rows(&rendered(model, (80, 24), &Theme::new(true, true)))
}
