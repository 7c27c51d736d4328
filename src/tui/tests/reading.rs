//! What has to be read whole: which day it was, and what is chosen between.

use super::*;
use crate::app::dialog::List;

#[test]
fn the_timeline_says_on_which_day_things_happened_once_there_are_two() {
    let mut story = story();
    story.pass(24 * 60).note("the settlement file is right");
    let mut model = console(&story);
    model.ui.screen = Screen::Timeline;
    let text = rows(&rendered(&model, (80, 40), &Theme::new(true, true)));
    let at = |words: &str| text.iter().position(|row| row.contains(words)).unwrap();
    let days = (at("   Sun 2026-11-22"), at("   Mon 2026-11-23"));
    assert!(
        days.0 < at("acme says") && at("acme says") < days.1,
        "{text:#?}"
    );
    assert!(days.1 < at("the settlement file"), "{text:#?}");
    let today = self::story();
    let mut model = console(&today);
    model.ui.screen = Screen::Timeline;
    let text = rows(&rendered(&model, (80, 24), &Theme::new(true, true))).join("\n");
    assert!(
        !text.contains("   Sun 2026"),
        "today needs no date:\n{text}"
    );
}

#[test]
fn a_choice_is_never_cut_however_long_it_is() {
    let mut model = console(&story());
    let long = "The provider confirms that its own store is behind and that captures of the last ten minutes may be missing";
    let list = List::new("Which path?").row(long, |_| Ok(Vec::new()));
    let list = list.row("No", |_| Ok(Vec::new()));
    for cursor in 0..2 {
        model.dialogs = vec![list.clone().at(cursor).into()];
        let text = rows(&rendered(&model, (80, 24), &Theme::new(true, true))).join(" ");
        let words: Vec<&str> = text
            .split_whitespace()
            .filter(|word| !word.starts_with(['│', '|']))
            .collect();
        let said = words.join(" ");
        assert!(said.contains("ten minutes may be missing"), "{said}");
        assert!(said.contains("2 No"), "{said}");
    }
}

/// The success rate at the top is a mean that still holds bad minutes; one row says that it is over.
#[test]
fn what_is_over_is_said_while_the_mean_still_looks_bad() {
    use crate::signals::detection::DropRecovery;
    use crate::signals::monitor::SignalDetail;
    let mut model = console(&story());
    let now = model.now;
    let mut said = crate::testing::report(now, Vec::new());
    let shown =
        |model: &Model| rows(&rendered(model, (80, 24), &Theme::new(true, true))).join("\n");
    for (ended, is_shown) in [(4, true), (40, false)] {
        let SignalDetail::Ratio(ratio) = &mut said.signals[0].detail else {
            panic!("a ratio");
        };
        ratio.drop = None;
        ratio.recovery = Some(DropRecovery {
            began: now - TimeDelta::minutes(ended + 9),
            ended: now - TimeDelta::minutes(ended),
        });
        update(&mut model, Msg::Signals(Box::new(said.clone())));
        let text = shown(&model);
        let row = " confirm-success: as normal since 00:59, 85.00 % in 4 min";
        assert_eq!(text.contains(row), is_shown, "{text}");
        assert!(
            is_shown || !text.contains("as normal"),
            "before this incident:\n{text}"
        );
    }
}

#[test]
fn that_calls_end_with_this_terminal_stays_in_sight_until_a_watch_runs() {
    use crate::data_dir::{Peer, PeerKind};
    let mut model = console(&story());
    model.setup.alone = true;
    let shown =
        |model: &Model| rows(&rendered(model, (80, 24), &Theme::new(true, true))).join("\n");
    let said = "! no `warroom watch` runs, and this is no tmux: paging ends with this terminal";
    assert!(shown(&model).contains(said), "{}", shown(&model));
    model.live.peers = vec![Peer {
        kind: PeerKind::Watch,
        process: slug("watch-host-1"),
        host: "host".into(),
        pid: 1,
        beat: model.now,
        mono: None,
        alive: true,
    }];
    assert!(!shown(&model).contains(said));
}

#[test]
fn how_old_a_number_is_is_never_cut_off() {
    let mut model = console(&story());
    let mut said = crate::testing::report(model.now, Vec::new());
    said.signals[0].measured = Some(model.now - TimeDelta::minutes(4));
    update(&mut model, Msg::Signals(Box::new(said)));
    let text = rows(&rendered(&model, (80, 24), &Theme::new(true, true)));
    let row = text.iter().find(|row| row.contains("! confirm-success"));
    assert!(row.unwrap().ends_with("4 min old"), "{row:?}");
}

/// What goes out to users is proof-read before it does.
#[test]
fn what_is_typed_is_seen_whole_before_it_goes_out() {
    let mut model = console(&story());
    update(&mut model, Msg::Key(Key::Char('n')));
    let words: Vec<String> = (0..40).map(|n| format!("word{n}")).collect();
    update(&mut model, Msg::Insert(words.join(" ")));
    let text = rows(&rendered(&model, (80, 24), &Theme::new(true, true)));
    let inside = text.iter().filter_map(|row| row.split('\u{2502}').nth(1));
    let said = inside.collect::<Vec<_>>().join(" ");
    let seen: Vec<&str> = said.split_whitespace().collect();
    assert!(
        words.iter().all(|word| seen.contains(&word.as_str())),
        "{said}"
    );
}

#[test]
fn an_entry_is_read_whole() {
    let mut story = story();
    let words: Vec<String> = (0..120).map(|n| format!("word{n}")).collect();
    story.note(&words.join(" "));
    let mut model = console(&story);
    model.ui.screen = Screen::Timeline;
    update(&mut model, Msg::Act(Action::Enter));
    let mut seen = String::new();
    for _ in 0..3 {
        seen += &rows(&rendered(&model, (80, 24), &Theme::new(true, true))).join(" ");
        update(&mut model, Msg::Act(Action::PageDown));
    }
    assert!(
        words.iter().all(|word| seen.contains(word.as_str())),
        "{seen}"
    );
}

#[test]
fn a_rate_that_is_steadily_low_is_drawn_low() {
    for (value, drawn) in [(0.81, '\u{2581}'), (0.9994, '\u{2588}')] {
        let mut model = console(&story());
        let report = reports::reading(model.now, Reading::Value(value));
        model.live.report = Some(Box::new(report));
        let text = rows(&rendered(&model, (80, 24), &Theme::new(true, true)));
        let trace = text[1].split_whitespace().last().unwrap().to_string();
        assert!(trace.chars().all(|cell| cell == drawn), "{value}: {trace}");
    }
}
