//! The table, and the bindings of users.

use super::map::KeyMapProblem;
use super::*;
use rstest::rstest;

fn rebound(settings: &[(&str, &str, &[&str])]) -> Result<KeyMap, (usize, KeyMapProblem)> {
    let keys: Vec<Vec<String>> = settings
        .iter()
        .map(|(_, _, keys)| keys.iter().map(ToString::to_string).collect())
        .collect();
    let rows = settings.iter().zip(&keys);
    KeyMap::with(rows.map(|((context, action, _), keys)| Rebinding {
        context,
        action,
        keys,
    }))
}

#[test]
fn the_table_has_no_conflict_and_every_key_of_it_can_be_sent() {
    let map = KeyMap::default();
    let count: usize = ROWS
        .iter()
        .map(|row| row.keys.len() * row.contexts.len())
        .sum();
    let parsed: usize = map.bindings().iter().map(|it| it.keys.len()).sum();
    assert_eq!(parsed, count);
    // To bind every row to the keys that it has changes nothing, and is judged like a user's.
    let settings: Vec<(&str, &str, &[&str])> = ROWS
        .iter()
        .flat_map(|row| {
            row.contexts
                .iter()
                .map(|it| (it.name(), row.name, row.keys))
        })
        .collect();
    let own = rebound(&settings).unwrap();
    for (own, shipped) in own.bindings().iter().zip(map.bindings()) {
        assert_eq!((own.row, &own.keys), (shipped.row, &shipped.keys));
    }
}

#[test]
fn names_are_unique_in_a_context_and_fit_their_column() {
    for (at, one) in ROWS.iter().enumerate() {
        // 80 columns less the frame, the keys and the name.
        assert!(one.doc.chars().count() <= 37, "{}", one.doc);
        assert!(one.name.chars().count() <= 17, "{}", one.name);
        for other in &ROWS[at + 1..] {
            let shared = one.contexts.iter().any(|it| other.contexts.contains(it));
            assert!(!shared || one.name != other.name, "{}", one.name);
        }
    }
}

#[rstest]
#[case(&[Context::On(Screen::Playbook), Context::Anywhere], "enter", Some(Action::StepDone))]
#[case(&[Context::On(Screen::Timeline), Context::Anywhere], "enter", Some(Action::Enter))]
#[case(&[Context::On(Screen::Timeline), Context::Anywhere], "x", None)]
#[case(&[Context::Question, Context::On(Screen::Severity), Context::Anywhere], "w", Some(Action::Why))]
#[case(&[Context::On(Screen::Severity), Context::Anywhere], "w", Some(Action::Write))]
#[case(&[Context::Form, Context::Text], "ctrl-u", Some(Action::Edit(Edit::DeleteLine)))]
#[case(&[Context::Form, Context::Text], "q", None)]
#[case(&[Context::List], "3", Some(Action::Choose(2)))]
#[case(&[Context::Confirmation], "ctrl-c", None)]
#[case(&[Context::Filter, Context::Text], "ctrl-c", None)]
fn the_nearest_context_decides(
    #[case] contexts: &[Context],
    #[case] key: &str,
    #[case] does: Option<Action>,
) {
    assert_eq!(
        KeyMap::default().action(contexts, key.parse().unwrap()),
        does
    );
}

#[rstest]
#[case("N", Ok(Key::Char('N')))]
#[case("ctrl-N", Ok(Key::Ctrl('n')))]
#[case("F5", Ok(Key::Function(5)))]
#[case(" ", Ok(Key::Space))]
#[case("PageDown", Ok(Key::PageDown))]
#[case("ctrl-i", Err("a terminal sends \"ctrl-i\" as tab"))]
#[case("ctrl-m", Err("a terminal sends \"ctrl-m\" as enter"))]
#[case("ctrl-1", Err("a terminal cannot send \"ctrl-1\""))]
#[case("ctrl-up", Err("a terminal cannot send \"ctrl-up\""))]
#[case("alt-x", Err("a terminal cannot send \"alt-x\""))]
#[case("shift-a", Err("a terminal cannot send \"shift-a\""))]
#[case("f13", Err("\"f13\" is not a key"))]
#[case("escape", Err("\"escape\" is not a key"))]
#[case("", Err("\"\" is not a key"))]
fn a_name_is_a_key_that_a_terminal_sends(#[case] name: &str, #[case] wanted: Result<Key, &str>) {
    let read = name.parse::<Key>().map_err(|problem| problem.to_string());
    assert_eq!(read, wanted.map_err(str::to_string));
}

#[rstest]
#[case("anywher", "note", &["x"], "there is no context \"anywher\"", "did you mean anywhere?")]
#[case("anywhere", "write-notes", &["x"], "anywhere has no action \"write-notes\"", "did you mean write-note?")]
#[case("now", "write-note", &["x"], "now has no action \"write-note\"", "there are: show-charts, silence")]
#[case("anywhere", "write-note", &["alt-n"], "anywhere.write-note: a terminal cannot send \"alt-n\"", "ctrl-LETTER")]
#[case("anywhere", "write-note", &["a"], "anywhere.write-note and anywhere.acknowledge have the same key \"a\"", "another key")]
#[case("anywhere", "write-note", &["ctrl-x", "ctrl-X"], "anywhere.write-note and anywhere.write-note have the same key \"ctrl-x\"", "another key")]
#[case("form", "earlier", &["ctrl-w"], "form.earlier and text.delete-word have the same key \"ctrl-w\"", "another key")]
#[case("form", "earlier", &["t"], "form.earlier: \"t\" is typed as text here", "f2")]
#[case("text", "left", &["space"], "text.left: \"space\" is typed as text here", "f2")]
#[case("anywhere", "quit", &["q"], "now: no key is left for quit", "ctrl-c")]
#[case("anywhere", "quit", &[], "now: no key is left for quit", "ctrl-c")]
#[case("anywhere", "back", &[], "now: no key is left for back", "esc")]
#[case("playbook", "skip-step", &["ctrl-c"], "playbook: no key is left for quit", "ctrl-c")]
#[case("question", "show-reason", &["esc"], "question: no key is left for back", "esc")]
#[case("confirmation", "close", &[], "confirmation: no key is left for close", "esc")]
#[case("reader", "close", &[], "reader: no key is left for close", "esc")]
fn what_cannot_be_bound_is_refused_by_name(
    #[case] context: &str,
    #[case] action: &str,
    #[case] keys: &[&str],
    #[case] what: &str,
    #[case] hint: &str,
) {
    let (at, problem) = rebound(&[(context, action, keys)]).unwrap_err();
    assert_eq!((at, problem.to_string().as_str()), (0, what));
    assert!(problem.hint().contains(hint), "{}", problem.hint());
}

#[test]
fn a_problem_names_the_row_that_makes_it() {
    let settings: &[(&str, &str, &[&str])] = &[
        ("anywhere", "write-note", &["ctrl-x"]),
        ("list", "choose", &["enter", "y"]),
        ("reader", "close", &[]),
    ];
    assert_eq!(rebound(settings).unwrap_err().0, 2);
}

#[test]
fn keys_can_be_exchanged_and_taken_away() {
    let settings: &[(&str, &str, &[&str])] = &[
        ("anywhere", "acknowledge", &["n"]),
        ("anywhere", "write-note", &["a", "f2"]),
        ("anywhere", "help", &[]),
        ("playbook", "skip-step", &["n"]),
    ];
    let map = rebound(settings).unwrap();
    let now = [Context::On(Screen::Now), Context::Anywhere];
    let playbook = [Context::On(Screen::Playbook), Context::Anywhere];
    assert_eq!(map.action(&now, Key::Char('n')), Some(Action::Acknowledge));
    assert_eq!(map.hint(&now, Action::Note).as_deref(), Some("a"));
    assert_eq!(map.hint(&now, Action::Help), None);
    assert_eq!(
        map.action(&playbook, Key::Char('n')),
        Some(Action::StepSkip)
    );
    assert_eq!(
        map.hint(&playbook, Action::Acknowledge),
        None,
        "the screen's own key hides it"
    );
}
