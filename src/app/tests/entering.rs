//! Incidents that are entered after the event, with keys only.

use super::*;
use crate::app::selectors::timeline::timeline_rows;
use crate::incident::entry::{Acknowledged, Noted, Opened, WorkOpened};

fn press(harness: &mut Harness, keys: &str) {
    for key in keys.split(' ') {
        harness.press(key.parse().unwrap());
    }
}

fn type_in(harness: &mut Harness, text: &str) {
    for character in text.chars() {
        let key = match character {
            ' ' => Key::Space,
            character => Key::Char(character),
        };
        harness.press(key);
    }
    press(harness, "enter");
}

/// The text in the field is replaced.
fn retype(harness: &mut Harness, text: &str) {
    press(harness, "ctrl-u");
    type_in(harness, text);
}

/// The payment API of 10 July 2019.
fn opened() -> Harness {
    let mut harness = Harness::new();
    press(&mut harness, "ctrl-n");
    type_in(&mut harness, "payment API fails");
    type_in(&mut harness, "2019-07-10 16:35Z");
    press(&mut harness, "enter");
    type_in(&mut harness, "16:36Z");
    harness
}

fn when<D: crate::incident::entry::EventData>(harness: &Harness) -> Vec<String> {
    let entries = harness.view().entries.iter();
    let of_kind = entries.filter(|entry| entry.is::<D>());
    of_kind.map(|entry| entry.when().shown()).collect()
}

#[test]
fn what_began_long_ago_is_entered_afterwards_and_pages_nobody() {
    let mut harness = opened();
    let incident = harness.incident();
    assert!(incident.is_retrospective());
    assert_eq!(incident.start().unwrap().shown(), "2019-07-10T16:35Z");
    let detected = incident.opened.as_ref().unwrap().detected.unwrap();
    assert_eq!(detected.shown(), "2019-07-10T16:36Z");
    harness.pass(3);
    assert!(harness.sent.is_empty() && harness.model.dialogs.is_empty());
}

#[test]
fn a_time_without_a_date_is_of_the_day_of_the_incident() {
    let rows = [
        ("17h UTC", "2019-07-10 17h UTC"),
        ("about 16:40Z", "~2019-07-10T16:40Z ±15m"),
        ("16:40Z/17:02Z", "2019-07-10T16:40Z/2019-07-10T17:02Z"),
        ("07-11 16:40Z", "2019-07-11T16:40Z"),
        ("01:40 Asia/Tokyo", "2019-07-10T16:40Z"),
    ];
    for (text, shown) in rows {
        let mut harness = opened();
        press(&mut harness, "n");
        retype(&mut harness, text);
        type_in(&mut harness, "words");
        let found = when::<Noted>(&harness);
        assert_eq!(found, [shown], "{text}");
    }
}

#[test]
fn what_goes_on_since_long_ago_pages_after_a_yes() {
    let mut harness = Harness::new();
    press(&mut harness, "ctrl-n");
    type_in(&mut harness, "refunds fail");
    type_in(&mut harness, "2026-11-21 18:00Z");
    press(&mut harness, "down enter");
    let asked = harness.question().unwrap();
    assert!(
        asked.contains("began at 2026-11-21T18:00Z and page"),
        "{asked}"
    );
    press(&mut harness, "y");
    harness.pass(3);
    assert!(!harness.incident().is_retrospective());
    assert!(levels_paged(&harness).contains(&"on-call".to_string()));
}

#[test]
fn a_start_of_some_minutes_ago_is_not_asked_about() {
    let mut harness = Harness::new();
    press(&mut harness, "ctrl-n");
    type_in(&mut harness, "refunds fail");
    type_in(&mut harness, "20m");
    press(&mut harness, "y");
    let start = harness.incident().start().unwrap();
    assert_eq!(harness.model.now - start.from(), TimeDelta::minutes(20));
}

#[test]
fn back_from_the_questions_keeps_what_was_typed() {
    let mut harness = Harness::new();
    press(&mut harness, "ctrl-n");
    type_in(&mut harness, "refunds fail");
    type_in(&mut harness, "2019-07-10 UTC");
    press(&mut harness, "esc");
    let form = harness.form().unwrap();
    assert_eq!(form.fields[0].input.text(), "refunds fail");
    assert!(harness.model.views.is_empty());
}

#[test]
fn the_first_entry_asks_for_its_time_and_the_next_ones_take_it() {
    let mut harness = opened();
    press(&mut harness, "n");
    let field = harness.form().unwrap().fields[0].input.text();
    assert_eq!(
        field, "2019-07-10T16:36Z",
        "when it was detected is proposed"
    );
    retype(&mut harness, "16:50Z");
    type_in(&mut harness, "no primary is elected");
    press(&mut harness, "a");
    assert_eq!(when::<Noted>(&harness), ["2019-07-10T16:50Z"]);
    assert_eq!(when::<Acknowledged>(&harness), ["2019-07-10T16:50Z"]);
    press(&mut harness, "ctrl-t");
    retype(&mut harness, "17:02Z");
    press(&mut harness, "u 3 enter");
    let status = harness.incident().status_changes.last().unwrap();
    assert_eq!(status.at.shown(), "2019-07-10T17:02Z");
}

#[test]
fn it_was_mitigated_earlier_than_was_entered_first() {
    let mut harness = opened();
    for time in ["22:00Z", "17:02Z"] {
        press(&mut harness, "ctrl-t");
        retype(&mut harness, time);
        press(&mut harness, "u 3 enter");
    }
    let changes = harness.incident().status_changes.iter();
    let times: Vec<String> = changes.map(|change| change.at.shown()).collect();
    assert_eq!(times, ["2019-07-10T17:02Z", "2019-07-10T22:00Z"]);
}

#[test]
fn the_time_in_a_form_comes_before_the_time_of_the_next_entries() {
    let mut harness = opened();
    press(&mut harness, "n enter");
    press(&mut harness, "o k ctrl-t");
    type_in(&mut harness, "2019-07-10 UTC");
    assert_eq!(when::<Noted>(&harness), ["2019-07-10 UTC"]);
}

#[test]
fn without_a_time_nothing_is_recorded_as_of_now() {
    let mut harness = opened();
    let before = harness.kinds().len();
    press(&mut harness, "a esc u esc s esc");
    assert_eq!(harness.kinds().len(), before);
    assert!(harness.model.dialogs.is_empty());
}

#[test]
fn the_timeline_is_in_the_order_of_the_times_and_follows_what_was_entered_last() {
    let mut harness = opened();
    for (time, text) in [("17:02Z", "recovered"), ("16:50Z", "no primary")] {
        press(&mut harness, "ctrl-t");
        retype(&mut harness, time);
        press(&mut harness, "n");
        type_in(&mut harness, text);
    }
    let view = harness.view();
    let texts = timeline_rows(&harness.model).into_iter().filter_map(|seq| {
        let entry = &view.entries[seq as usize - 1];
        match entry.is::<Opened>() {
            true => Some("opened"),
            false => entry.text(field::TEXT),
        }
    });
    let texts: Vec<&str> = texts.collect();
    assert_eq!(texts, ["opened", "no primary", "recovered"]);
    let selected = crate::app::selectors::timeline::selected_entry(&harness.model).unwrap();
    assert_eq!(view.entry_text(selected, field::TEXT), Some("no primary"));
}

#[test]
fn a_due_time_in_the_past_is_asked_about() {
    let mut harness = Harness::acknowledged();
    harness
        .act(Action::FollowUp)
        .choose("new action")
        .fill(&["ask acme", "2026-11-01 UTC", ""]);
    let asked = harness.question().unwrap();
    assert!(asked.contains("The due time 2026-11-01 UTC was"), "{asked}");
    press(&mut harness, "n");
    let typed = harness.form().map(|form| form.fields[0].input.text());
    assert_eq!(typed.as_deref(), Some("ask acme"));
    press(&mut harness, "enter y");
    assert_eq!(when::<WorkOpened>(&harness).len(), 1);
    assert!(harness.model.dialogs.is_empty());
}

#[test]
fn a_time_that_contradicts_another_is_asked_about_and_recorded_as_that() {
    let mut harness = opened();
    press(&mut harness, "ctrl-t");
    retype(&mut harness, "15:00Z");
    press(&mut harness, "b 1 enter");
    let asked = harness.question().unwrap();
    assert!(
        asked.contains("2019-07-10T15:00Z") && asked.contains("16:35"),
        "{asked}"
    );
    assert!(asked.ends_with("Record it as a contradiction?"), "{asked}");
    let before = harness.kinds().len();
    press(&mut harness, "enter");
    assert_eq!(harness.kinds().len(), before, "no is the default");
    press(&mut harness, "enter y");
    assert_eq!(harness.last_entry().against, [2]);
}

#[test]
fn two_windows_of_impact_are_entered_with_their_ends() {
    let mut harness = opened();
    for (time, keys) in [
        ("17:02Z", "b 1 enter"),
        ("21:14Z", "b 2 enter"),
        ("22:47Z", "b 1 enter"),
    ] {
        press(&mut harness, "ctrl-t");
        retype(&mut harness, time);
        press(&mut harness, keys);
    }
    let windows = harness.incident().windows().unwrap();
    assert_eq!(windows.list.len(), 2);
    assert_eq!(windows.total().unwrap().shown(), "2 h 0 min");
}

#[test]
fn the_start_is_corrected_and_what_follows_from_it_changes() {
    let mut harness = opened();
    press(&mut harness, "ctrl-t");
    retype(&mut harness, "17:02Z");
    press(&mut harness, "b 1 enter 6");
    let opened = timeline_rows(&harness.model)[0];
    harness.model.ui.selected = Some(opened.to_string());
    press(&mut harness, "e 2");
    let field = harness.form().unwrap().fields[0].input.text();
    assert_eq!(field, "2019-07-10T16:35Z");
    retype(&mut harness, "16:32Z");
    type_in(&mut harness, "the alert came late");
    let incident = harness.incident();
    assert_eq!(incident.start().unwrap().shown(), "2019-07-10T16:32Z");
    let total = incident.windows().unwrap().total().unwrap();
    assert_eq!(total.shown(), "30 min");
}

#[test]
fn an_answer_of_a_classification_is_corrected() {
    let mut harness = Harness::acknowledged();
    harness.classify(&["unknown"]).yes();
    let verdict = harness.incident().classification().unwrap();
    let seq = verdict.seq;
    harness.act(Action::Show(Screen::Timeline));
    harness.model.ui.selected = Some(seq.to_string());
    press(&mut harness, "e");
    harness.choose("an answer").choose("correctness");
    let row = harness.model.dialogs.last().map(|dialog| match dialog {
        Dialog::List(list) => list.texts().count(),
        _ => 0,
    });
    assert!(
        row.is_some_and(|rows| rows > 1),
        "{:?}",
        harness.model.dialogs
    );
    press(&mut harness, "1");
    while harness.form().is_none() {
        press(&mut harness, "1");
    }
    press(&mut harness, "enter");
    let incident = harness.incident();
    assert!(incident.corrections.contains_key(&seq));
    let verdict = incident.classification().unwrap();
    let correctness = verdict.answers.first().unwrap();
    assert_eq!((verdict.seq, correctness.answer.as_str()), (seq, "wrong"));
    assert_eq!(incident.replaced(seq).len(), 1);
}

/// Incident A of 10 July 2019 as its analysis states it.
#[test]
fn a_past_incident_is_entered_with_keys_only() {
    let mut harness = opened();
    press(&mut harness, "s");
    type_in(&mut harness, "");
    for answer in ["n", "n", "n"] {
        press(&mut harness, answer);
    }
    let at = |harness: &mut Harness, time: &str, keys: &str| {
        press(harness, "ctrl-t");
        retype(harness, time);
        press(harness, keys);
    };
    at(&mut harness, "16:36Z", "a");
    at(&mut harness, "17:02Z", "b 1 enter");
    at(&mut harness, "21:14Z", "b 2 enter");
    at(&mut harness, "22:47Z", "b 1 enter");
    at(&mut harness, "2019-07-06 UTC", "n");
    type_in(&mut harness, "two nodes stall");
    at(&mut harness, "2019-07-10 20:13Z", "d");
    for text in ["return to an earlier version", "suspect code path", ""] {
        type_in(&mut harness, text);
    }
    at(&mut harness, "22:47Z", "u 4 enter");
    press(&mut harness, "u 5 enter y");
    harness.pass(5);
    let incident = harness.incident();
    let windows = incident.windows().unwrap();
    let spans: Vec<String> = windows
        .list
        .iter()
        .map(|window| window.lasted().unwrap().shown())
        .collect();
    assert_eq!(spans, ["27 min", "1 h 33 min"]);
    assert_eq!(windows.total().unwrap().shown(), "2 h 0 min");
    assert_eq!(incident.severity().unwrap().level(), 1);
    assert_eq!(when::<Noted>(&harness), ["2019-07-06 UTC"]);
    let closed = incident.status == Status::Closed;
    assert!(closed && harness.sent.is_empty());
    let measured = ["signal-seen", "impact-measured", "page-intended"];
    let kinds = harness.kinds();
    assert!(
        measured.iter().all(|kind| !kinds.contains(kind)),
        "{kinds:?}"
    );
}
