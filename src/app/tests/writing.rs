//! What people write, and when they say that it happened.

use super::*;
use crate::app::intent::Intent;
use crate::incident::entry::{Event, MessageEvent};
use crate::incident::{ActorId, Entry};
use crate::signals::Cause;

fn last(harness: &Harness, kind: &str) -> Entry {
    let id = harness.model.current.as_ref().unwrap();
    let entries = &harness.model.views[id].entries;
    let at = harness.kinds().iter().rposition(|known| known == kind);
    entries[at.unwrap_or_else(|| panic!("no {kind}"))].clone()
}

fn earlier(harness: &mut Harness, words: &str) {
    harness.act(Action::Earlier).fill(&[words]);
}

fn fault(harness: &Harness) -> Option<&str> {
    harness.form()?.fault.as_deref()
}

#[test]
fn a_note_may_say_that_it_happened_earlier_and_both_times_are_kept() {
    let mut harness = Harness::new();
    harness.firing();
    harness.act(Action::Note).write("provider called us");
    earlier(&mut harness, "10m");
    let entry = last(&harness, "noted");
    let now = harness.model.now;
    let occurred = entry.occurred.unwrap();
    assert_eq!(
        (now - occurred.at, occurred.from),
        (TimeDelta::minutes(10), Cause::Said)
    );
    assert!(entry.recorded >= now - TimeDelta::seconds(5));
}

#[test]
fn decisions_work_and_updates_may_have_happened_earlier_too() {
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Decide)
        .fill(&["roll back", "it began with the release"]);
    earlier(&mut harness, "01:40+01:00");
    let occurred = last(&harness, "decided").occurred.unwrap();
    assert_eq!(occurred.at.to_rfc3339(), "2026-11-22T00:40:00+00:00");
    harness
        .act(Action::FollowUp)
        .choose("new action")
        .fill(&["ask the provider"]);
    earlier(&mut harness, "5m");
    assert!(last(&harness, "work-opened").occurred.is_some());
}

#[test]
fn a_text_beyond_its_limit_is_refused_with_the_limit_and_nothing_is_recorded() {
    use crate::app::intent::Work;
    use crate::incident::entry::{Audience, WorkChanged, WorkKind, WorkState};
    use crate::incident::{Role, Status};
    let mut harness = Harness::new();
    harness.firing();
    harness.act(Action::Acknowledge);
    let me = harness.model.setup.me.clone();
    let (long, short) = (Safe::block(&"word ".repeat(4_000)), Safe::block("short"));
    let work = |text: &Safe, reference: &Safe, contact: &Safe, link: &Safe| {
        let texts = [text, reference, contact, link].map(Clone::clone);
        let [text, reference, contact, link] = texts;
        let (owner, due) = (Some(me.actor.clone()), None);
        Intent::Work(
            WorkKind::Risk,
            Work {
                text,
                reference,
                contact,
                link,
                owner,
                due,
            },
        )
    };
    let state = WorkChanged {
        item: 1,
        state: WorkState::Done,
        owner: None,
        due: None,
    };
    let intents = [
        Intent::Note(long.clone()),
        Intent::Decide(long.clone(), short.clone(), short.clone()),
        Intent::Decide(short.clone(), long.clone(), short.clone()),
        Intent::Decide(short.clone(), short.clone(), long.clone()),
        Intent::Status(Status::Identified, long.clone()),
        Intent::Classify(Vec::new(), long.clone()),
        Intent::Correct(1, long.clone()),
        Intent::Update(Audience::Users, long.clone()),
        Intent::HandOver(Role::Scribe, ActorId::nearest("a-2"), long.clone()),
        work(&long, &short, &short, &short),
        work(&short, &long, &short, &short),
        work(&short, &short, &long, &short),
        work(&short, &short, &short, &long),
        Intent::WorkState(state, long.clone()),
    ];
    for intent in intents {
        let refused = harness.intended(&me, &intent).unwrap_err();
        assert!(
            refused.what.contains("3,6") && refused.what.contains("16,384 bytes"),
            "{intent:?}: {refused}"
        );
        assert!(refused.hint.contains("split it"));
    }
    let limit = Safe::block(&"x".repeat(crate::text::MAX_BLOCK));
    let drafts = harness.intended(&me, &Intent::Note(limit.clone())).unwrap();
    assert_eq!(drafts[0].texts[0].1, limit, "what fits is whole");
}

#[test]
fn a_title_beyond_its_limit_is_refused_while_it_can_still_be_shortened() {
    let mut harness = Harness::new();
    harness.act(Action::Open);
    assert!(harness.form().is_some(), "the title is asked for");
    harness.say(Msg::Insert("x".repeat(1_100)));
    harness.enter();
    assert!(fault(&harness).is_some_and(|fault| fault.contains("1,024 bytes")));
}

#[test]
fn an_update_with_an_earlier_time_is_recorded_as_sent_elsewhere() {
    use crate::incident::entry::Audience;
    let mut harness = Harness::new();
    harness.firing();
    let me = harness.model.setup.me.clone();
    let intent = Intent::Update(Audience::Users, Safe::line("we know"));
    let elsewhere = |drafts: &[crate::incident::Draft]| {
        let told = drafts.iter().find_map(|draft| match &draft.event {
            Event::Message(MessageEvent::Updated(data)) => Some(data.elsewhere),
            _ => None,
        });
        told.unwrap()
    };
    assert!(!elsewhere(&harness.intended(&me, &intent).unwrap()));
    let at = harness.model.now - TimeDelta::minutes(5);
    assert!(elsewhere(
        &harness.intended_at(&me, &intent, Some(at)).unwrap()
    ));
}

#[test]
fn a_time_that_cannot_be_read_keeps_what_was_typed_and_says_why() {
    let mut harness = Harness::new();
    harness.firing();
    harness.act(Action::Note).write("provider called us");
    earlier(&mut harness, "just now");
    assert!(fault(&harness).is_some_and(|fault| fault.contains("zone")));
    let form = harness.form().unwrap();
    assert_eq!(form.fields[0].input.text(), "provider called us");
    harness.act(Action::Edit(Edit::DeleteLine));
    harness.fill(&["2999-01-01T00:00:00Z"]);
    assert!(fault(&harness).is_some_and(|fault| fault.contains("is in the future")));
    // The due time of work, too.
    harness
        .act(Action::Back)
        .act(Action::FollowUp)
        .choose("new action")
        .fill(&["ask the provider", "tomorrow"]);
    assert!(fault(&harness).is_some_and(|fault| fault.contains("zone")));
}

#[test]
fn a_correction_holds_from_when_it_is_recorded() {
    let mut harness = Harness::new();
    harness.firing();
    let open = |harness: &Harness| harness.form().map_or(0, |form| form.fields.len());
    harness.act(Action::Note);
    harness.act(Action::Earlier);
    assert_eq!(open(&harness), 2);
    harness.act(Action::Earlier);
    assert_eq!(open(&harness), 2, "asked once");
    harness.act(Action::Back);
    crate::app::update::update(&mut harness.model, Msg::Act(Action::Correct));
    let before = open(&harness);
    assert_eq!(before, 1, "the correction is asked for");
    harness.act(Action::Earlier);
    assert_eq!(open(&harness), before);
}

#[test]
fn work_that_is_open_is_done_put_off_dropped_or_given_to_somebody() {
    use crate::incident::entry::WorkState;
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::FollowUp)
        .choose("new action")
        .fill(&["ask acme", "30m", ""]);
    let item = last(&harness, "work-opened").seq;
    let open = |harness: &mut Harness, becomes: &str| {
        harness
            .act(Action::FollowUp)
            .choose("open: ")
            .choose(becomes);
    };
    open(&mut harness, "it is due");
    harness.fill(&["2h", "they call back"]);
    let now = harness.model.now;
    let work = &harness.incident().work[&item];
    assert_eq!(work.state, WorkState::Open);
    assert!(work.due.unwrap() > now + TimeDelta::minutes(119));
    let other = actor_id("a-5e5e5e5e");
    let id = harness.model.current.clone().unwrap();
    let introduced = crate::incident::entry::ActorIntroduced {
        was: None,
        actor: other.clone(),
        uid: Some(7),
        proof: crate::incident::entry::Proof::SelfDeclared,
        key: None,
    };
    harness.recorded_elsewhere(id, &[Draft::new(&other, introduced)]);
    open(&mut harness, "a-5e5e5e5e owns it");
    assert_eq!(harness.incident().work[&item].owner, Some(other));
    open(&mut harness, "it is dropped");
    harness.enter();
    assert!(fault(&harness).is_some(), "a reason is needed");
    harness.fill(&["acme has answered"]);
    assert_eq!(harness.incident().work[&item].state, WorkState::Dropped);
}

#[test]
fn a_role_is_given_back_by_who_holds_it() {
    use crate::app::intent::Intent;
    let mut harness = Harness::new();
    harness.firing();
    let id = harness.model.current.clone().unwrap();
    let give = |role: Role, actor: Option<&str>| {
        let actor = actor.map(actor_id);
        let data = crate::incident::entry::RoleAssigned {
            role,
            actor,
            supersedes: None,
        };
        Draft::new(&actor_id("a-5e5e5e5e"), data)
    };
    harness.recorded_elsewhere(id, &[give(Role::Scribe, Some("a-5e5e5e5e"))]);
    harness.act(Action::Acknowledge);
    let refused = |harness: &Harness, role: Role| {
        let made = harness.intended(&harness.model.setup.me, &Intent::Role(role, None));
        made.err().map(|refused| refused.what)
    };
    assert!(
        refused(&harness, Role::Scribe)
            .unwrap()
            .contains("not by you")
    );
    assert!(
        refused(&harness, Role::Compliance)
            .unwrap()
            .contains("nobody holds")
    );
    assert_eq!(refused(&harness, Role::IncidentCommander), None);
}

#[test]
fn a_step_that_goes_on_below_the_screen_is_read_before_it_is_done() {
    use crate::app::ui::Drawn;
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Playbook)
        .enter();
    assert!(harness.incident().playbook.is_some());
    let steps = |harness: &Harness| {
        harness
            .kinds()
            .iter()
            .filter(|kind| *kind == "step-recorded")
            .count()
    };
    let drawn = Drawn {
        screen: 7,
        page: 5,
        over: 0,
    };
    harness.model.keep_within(drawn);
    harness.act(Action::StepDone);
    assert_eq!(steps(&harness), 0, "it reads on");
    assert_eq!(harness.model.ui.scroll, 5, "by what is seen at once");
    harness.act(Action::StepDone);
    harness.model.keep_within(drawn);
    assert_eq!(harness.model.ui.scroll, 7, "nobody scrolls beyond the end");
    harness.done(8);
    assert_eq!(
        harness.model.ui.scroll, 0,
        "the next step is read from its begin"
    );
}

#[test]
fn keys_after_a_hand_over_to_nobody_act_on_nothing_below() {
    let mut harness = Harness::new();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::Playbook)
        .enter();
    let before = harness.kinds().len();
    harness.act(Action::HandOver).enter();
    assert!(!harness.model.dialogs.is_empty());
    harness.write("x");
    assert_eq!(harness.kinds().len(), before);
}

#[test]
fn that_a_paste_was_cut_is_said_until_the_text_changes() {
    let mut harness = Harness::new();
    harness.firing();
    harness.act(Action::Note);
    harness.say(Msg::Insert("x".repeat(5000)));
    assert!(fault(&harness).unwrap().contains("1000 characters"));
    harness.act(Action::Edit(Edit::Left));
    assert!(fault(&harness).is_some());
    let before = harness.kinds();
    harness.enter().enter();
    assert!(fault(&harness).is_some_and(|fault| fault.contains("1000 characters")));
    assert_eq!(harness.kinds(), before, "a part of it is not recorded");
    harness.act(Action::Edit(Edit::Backspace));
    assert_eq!(fault(&harness), None);
    harness.enter();
    assert_eq!(
        last(&harness, "noted").text("text").map(str::len),
        Some(3_999)
    );
}
