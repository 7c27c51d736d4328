//! What people write, and when they say that it happened.

use super::*;
use crate::app::action::Action;
use crate::incident::Entry;
use crate::incident::observation::Cause;

fn last(bench: &Bench, kind: &str) -> Entry {
    let id = bench.model.current.as_ref().unwrap();
    let entries = &bench.model.boards[id].entries;
    let at = bench.kinds().iter().rposition(|known| known == kind);
    entries[at.unwrap_or_else(|| panic!("no {kind}"))].clone()
}

fn earlier(bench: &mut Bench, words: &str) {
    bench.say(Msg::Act(Action::Earlier));
    bench.keys(words);
}

fn fault(bench: &Bench) -> Option<&str> {
    match bench.model.ui.overlays.last() {
        Some(Overlay::Prompt(prompt)) => prompt.fault.as_deref(),
        _ => None,
    }
}

#[test]
fn a_note_may_say_that_it_happened_earlier_and_both_times_are_kept() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("nprovider called us");
    earlier(&mut bench, "10m⏎");
    let entry = last(&bench, "noted");
    let now = bench.model.now;
    let occurred = entry.occurred.unwrap();
    assert_eq!(
        (now - occurred.at, occurred.from),
        (TimeDelta::minutes(10), Cause::Said)
    );
    assert!(entry.recorded >= now - TimeDelta::seconds(5));
}

#[test]
fn decisions_work_and_updates_may_have_happened_earlier_too() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("droll back⏎it began with the release⏎");
    earlier(&mut bench, "01:40+01:00⏎");
    let occurred = last(&bench, "decided").occurred.unwrap();
    assert_eq!(occurred.at.to_rfc3339(), "2026-11-22T00:40:00+00:00");
    bench.keys("f⏎ask the provider⏎");
    earlier(&mut bench, "5m⏎");
    assert!(last(&bench, "work-opened").occurred.is_some());
}

#[test]
fn a_time_that_cannot_be_read_keeps_what_was_typed_and_says_why() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("nprovider called us");
    earlier(&mut bench, "just now⏎");
    assert!(fault(&bench).is_some_and(|fault| fault.contains("zone")));
    let Some(Overlay::Prompt(prompt)) = bench.model.ui.overlays.last() else {
        panic!("the prompt is gone");
    };
    assert_eq!(prompt.fields[0].1.text(), "provider called us");
    bench.say(Msg::Edit(Edit::DeleteLine));
    bench.keys("2999-01-01T00:00:00Z⏎");
    assert!(fault(&bench).is_some_and(|fault| fault.contains("has not come yet")));
    // The due time of work, too.
    bench.keys("⎋f⏎ask the provider⏎tomorrow⏎");
    assert!(fault(&bench).is_some_and(|fault| fault.contains("zone")));
}

#[test]
fn a_correction_holds_from_when_it_is_recorded() {
    let mut bench = Bench::new();
    bench.firing();
    let open = |bench: &Bench| match bench.model.ui.overlays.last() {
        Some(Overlay::Prompt(prompt)) => prompt.fields.len(),
        _ => 0,
    };
    bench.keys("n");
    bench.say(Msg::Act(Action::Earlier));
    assert_eq!(open(&bench), 2);
    bench.say(Msg::Act(Action::Earlier));
    assert_eq!(open(&bench), 2, "asked once");
    bench.keys("⎋");
    crate::app::update::update(&mut bench.model, Msg::Act(Action::Correct));
    let before = open(&bench);
    assert_eq!(before, 1, "the correction is asked for");
    bench.say(Msg::Act(Action::Earlier));
    assert_eq!(open(&bench), before);
}
