use super::*;
use crate::incident::entry::{Audience, ClockKind, PageOutcome};
use crate::incident::escalation::Acknowledge;
use crate::incident::fold::Acknowledgement;
use crate::testing::{Story, actor_id, slug, start};
use crate::text::{ChannelId, Slug};

fn due(story: &Story, clock: &str) -> Option<i64> {
    let incident = Incident::from_entries(&story.entries);
    let found = clocks(&incident, incident.clock.latest())
        .into_iter()
        .find(|found| found.clock.name() == clock);
    found.map(|found| (found.due - start()).num_minutes())
}

/// The story is opened one minute after the alert's start.
#[test]
fn the_first_update_is_due_in_five_minutes_and_the_next_by_severity() {
    let mut story = Story::new();
    assert_eq!(due(&story, "update"), Some(6));
    story.pass(3).person("a-1", "Dana");
    story.update(Audience::Stakeholders);
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
    let drafts = overdue(&incident, Moment::unset(late));
    assert_eq!(drafts.len(), 1);
    story.by = actor_id("warroom");
    story.push(drafts[0].event.clone(), &[]);
    let incident = Incident::from_entries(&story.entries);
    assert!(overdue(&incident, Moment::unset(late)).is_empty());
}

#[test]
fn nothing_is_due_any_more_once_it_is_resolved() {
    let mut story = Story::new();
    story.pass(2).person("a-1", "Dana").acknowledge();
    story.status(crate::incident::Status::Resolved, "back");
    let incident = Incident::from_entries(&story.entries);
    assert!(clocks(&incident, incident.clock.latest()).is_empty());
}

/// A story in which every target of the shipped policy without a condition was paged.
fn all_called() -> Incident {
    let mut story = Story::new();
    let levels = Incident::from_entries(&story.entries).escalation.levels;
    for level in levels {
        if let Some(due) = level.armed.due {
            let minutes = (due - start()).num_minutes();
            story.page(
                level.armed.level.as_str(),
                Some(PageOutcome::Accepted),
                minutes,
            );
        }
    }
    let mut incident = Incident::from_entries(&story.entries);
    for level in &mut incident.escalation.levels {
        level.armed.channels = vec![slug("webhook")];
        level.armed.again = None;
    }
    incident
}

fn answer_due(incident: &Incident) -> Option<(i64, String)> {
    let clocks = clocks(incident, incident.clock.latest());
    let clock = clocks
        .iter()
        .find(|found| found.clock == ClockKind::Acknowledgement)?;
    Some((
        (clock.due - start()).num_minutes(),
        clock.waits_for(incident),
    ))
}

#[test]
fn that_nobody_answers_does_not_wait_for_a_call_of_next_morning() {
    let mut incident = all_called();
    let last = (incident.escalation.levels.iter())
        .filter_map(|level| level.armed.due)
        .max()
        .unwrap();
    let alarm = (
        (last - start()).num_minutes() + 5,
        "acknowledgement".to_string(),
    );
    assert_eq!(answer_due(&incident), Some(alarm.clone()));
    let mut morning = incident.escalation.levels[0].clone();
    morning.armed.level = slug("morning");
    morning.armed.due = Some(start() + TimeDelta::hours(8));
    morning.due = Some(Moment::unset(start() + TimeDelta::hours(8)).steady);
    morning.pages.clear();
    incident.escalation.levels.push(morning);
    assert_eq!(answer_due(&incident), Some(alarm));
    // A person who is paged before that may still acknowledge.
    let soon = incident.escalation.levels.last_mut().unwrap();
    soon.armed.due = Some(last + TimeDelta::minutes(2));
    soon.due = Some(Moment::unset(last + TimeDelta::minutes(2)).steady);
    assert_eq!(answer_due(&incident), None);
}

#[test]
fn who_has_to_answer_and_has_not_is_waited_for_although_others_have() {
    let mut incident = all_called();
    incident.acknowledgements.push(Acknowledgement {
        seq: 90,
        at: start().into(),
        order: crate::incident::fold::Order::default(),
        elsewhere: false,
        by: actor_id("a-1"),
        targets: vec![slug("lead")],
    });
    assert_eq!(answer_due(&incident), None, "anybody is enough");
    let level = &mut incident.escalation.levels[0];
    level.armed.acknowledge = Acknowledge::All;
    let target = level.armed.target.to_string();
    let last = level.pages.values().map(|page| page.due).max().unwrap();
    let due = (last - start()).num_minutes() + 5;
    assert_eq!(
        answer_due(&incident),
        Some((due, format!("answer of {target}")))
    );
}

#[test]
fn an_update_that_was_not_delivered_moves_no_clock() {
    use crate::incident::entry::{MessageIntended, MessageKind, MessageResulted};
    let mut story = Story::new();
    story.pass(3).person("a-1", "Dana");
    story.update(Audience::Stakeholders);
    assert_eq!(due(&story, "update"), Some(4 + 20));
    let about = story.entries.last().unwrap().seq;
    let (message, channel) = (slug::<Slug>("update-inc-1"), slug::<ChannelId>("status"));
    let intended = MessageIntended {
        message: message.clone(),
        what: MessageKind::Update,
        channel: channel.clone(),
        about,
        page: None,
        repeat: 0,
    };
    story.push(intended, &[]);
    assert_eq!(due(&story, "update"), Some(4 + 20), "under way");
    let resulted = MessageResulted {
        retry_after: None,
        message,
        channel,
        repeat: 0,
        outcome: PageOutcome::Failed,
        http: None,
        attempts: 6,
        remote: None,
    };
    story.push(resulted, &[]);
    assert_eq!(due(&story, "update"), Some(6), "the first is still owed");
}
