use super::*;
use crate::incident::entry::{Audience, Event, Updated};
use crate::testing::{Story, slug, start};

fn due(story: &Story, clock: &str) -> Option<i64> {
    let incident = Incident::from_entries(&story.entries);
    let found = clocks(&incident)
        .into_iter()
        .find(|found| found.clock.as_str() == clock);
    found.map(|found| (found.due - start()).num_minutes())
}

fn update(story: &mut Story) {
    let audience = Audience::Stakeholders;
    story.push(
        Event::Updated(Updated { audience }),
        &[("text", "we are on it")],
    );
}

/// The story is opened one minute after the alert's start.
#[test]
fn the_first_update_is_due_in_five_minutes_and_the_next_by_severity() {
    let mut story = Story::new();
    assert_eq!(due(&story, "update"), Some(6));
    story.pass(3).person("a-1", "Dana");
    update(&mut story);
    assert_eq!(
        due(&story, "update"),
        Some(4 + 20),
        "not classified counts as the worst"
    );
    story.classify(2, "availability-degraded", &[], &[]);
    assert_eq!(due(&story, "update"), Some(4 + 30));
    story.classify(4, "no-impact", &[], &[]);
    assert_eq!(due(&story, "update"), None);
}

#[test]
fn a_commander_checks_in_and_a_silent_record_is_noticed() {
    let mut story = Story::new();
    story.pass(2).person("a-1", "Dana").acknowledge();
    assert_eq!(due(&story, "check-in"), Some(33));
    assert_eq!(due(&story, "scribe"), Some(13));
    story.pass(5).note("looking at the provider");
    assert_eq!(
        (due(&story, "check-in"), due(&story, "scribe")),
        (Some(38), Some(18))
    );
}

#[test]
fn a_clock_that_ran_out_is_recorded_once() {
    let mut story = Story::new();
    let late = start() + TimeDelta::minutes(7);
    let incident = Incident::from_entries(&story.entries);
    let drafts = overdue(&incident, late);
    assert_eq!(drafts.len(), 1);
    story.by = slug("warroom");
    story.push(drafts[0].event.clone(), &[]);
    let incident = Incident::from_entries(&story.entries);
    assert!(overdue(&incident, late).is_empty());
}

#[test]
fn nothing_is_due_any_more_once_it_is_resolved() {
    let mut story = Story::new();
    story.pass(2).person("a-1", "Dana").acknowledge();
    story.status(crate::incident::Status::Resolved, "back");
    assert!(clocks(&Incident::from_entries(&story.entries)).is_empty());
}
