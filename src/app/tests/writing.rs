//! What people write, and when they say that it happened.

use super::*;
use crate::app::intent::{Correction, Intent, Work, WorkEdit};
use crate::app::ui::Drawn;
use crate::incident::entry::{
    ActorIntroduced, Audience, Proof, RoleAssigned, Updated, WorkKind, WorkState,
};
use crate::incident::fold::WorkOwner;
use crate::signals::Cause;

fn last<'h>(harness: &'h Harness, kind: &str) -> &'h Entry {
    let at = harness.kinds().iter().rposition(|it| *it == kind);
    &harness.view().entries[at.unwrap_or_else(|| panic!("no {kind}"))]
}

fn earlier(harness: &mut Harness, words: &str) {
    harness.act(Action::Earlier).fill(&[words]);
}

fn faults(harness: &Harness, says: &str) {
    let fault = harness.fault().unwrap_or_default();
    assert!(fault.contains(says), "{fault}");
}

#[test]
fn a_note_may_say_that_it_happened_earlier_and_both_times_are_kept() {
    let mut harness = Harness::with_incident();
    harness.act(Action::Note).write("provider called us");
    earlier(&mut harness, "10m");
    let entry = last(&harness, "noted");
    let now = harness.model.now;
    let occurred = entry.occurred.unwrap();
    assert_eq!(now - occurred.at.from(), TimeDelta::minutes(10));
    assert_eq!(occurred.from, Cause::Said);
    assert!(entry.recorded >= now - TimeDelta::seconds(5));
}

#[test]
fn decisions_work_and_updates_may_have_happened_earlier_too() {
    let mut harness = Harness::with_incident();
    harness
        .act(Action::Decide)
        .fill(&["roll back", "it began with the release"]);
    earlier(&mut harness, "01:40+01:00");
    let occurred = last(&harness, "decided").occurred.unwrap();
    assert_eq!(occurred.at.from().to_rfc3339(), "2026-11-22T00:40:00+00:00");
    harness
        .act(Action::FollowUp)
        .choose("new action")
        .fill(&["ask the provider"]);
    earlier(&mut harness, "5m");
    assert!(last(&harness, "work-opened").occurred.is_some());
}

#[test]
fn a_text_beyond_its_limit_is_refused_with_the_limit_and_nothing_is_recorded() {
    let harness = Harness::acknowledged();
    let me = harness.model.setup.me.clone();
    let (long, short) = (Safe::block(&"word ".repeat(4_000)), Safe::block("short"));
    let work = |change: fn(&mut Work, Safe)| {
        let mut work = Work {
            text: short.clone(),
            ..Work::default()
        };
        change(&mut work, long.clone());
        Intent::Work(WorkKind::Risk, work)
    };
    let state = WorkEdit {
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
        Intent::Correct(Correction {
            seq: 1,
            text: long.clone(),
            ..Correction::default()
        }),
        Intent::Update(Audience::Users, long.clone()),
        Intent::HandOver(Role::Scribe, ActorId::nearest("a-2"), long.clone()),
        work(|work, long| work.text = long),
        work(|work, long| work.reference = long),
        work(|work, long| work.contact = long),
        work(|work, long| work.link = long),
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
    harness.enter().enter();
    faults(&harness, "1,024 bytes");
}

#[test]
fn an_update_with_an_earlier_time_is_recorded_as_sent_elsewhere() {
    let harness = Harness::with_incident();
    let me = harness.model.setup.me.clone();
    let intent = Intent::Update(Audience::Users, Safe::line("we know"));
    let elsewhere = |occurred| {
        let drafts = harness.intended_at(&me, &intent, occurred).unwrap();
        let mut updates = drafts
            .iter()
            .filter_map(|draft| draft.event.data::<Updated>());
        updates.next().unwrap().elsewhere
    };
    assert!(!elsewhere(None));
    let earlier = harness.model.now - TimeDelta::minutes(5);
    assert!(elsewhere(Some(earlier.into())));
}

#[test]
fn a_time_that_cannot_be_read_keeps_what_was_typed_and_says_why() {
    let mut harness = Harness::with_incident();
    harness.act(Action::Note).write("provider called us");
    earlier(&mut harness, "just now");
    faults(&harness, "zone");
    let form = harness.form().unwrap();
    assert_eq!(form.fields[0].input.text(), "provider called us");
    harness.act(Action::Edit(Edit::DeleteLine));
    harness.fill(&["2027-01-01T00:00:00Z"]);
    faults(&harness, "is in the future");
    // The due time of work, too.
    harness
        .act(Action::Back)
        .act(Action::FollowUp)
        .choose("new action")
        .fill(&["ask the provider", "tomorrow"]);
    faults(&harness, "zone");
}

#[test]
fn a_correction_holds_from_when_it_is_recorded() {
    let mut harness = Harness::with_incident();
    let open = |harness: &Harness| harness.form().map_or(0, |form| form.fields.len());
    harness.act(Action::Note);
    harness.act(Action::Earlier);
    assert_eq!(open(&harness), 2);
    harness.act(Action::Earlier);
    assert_eq!(open(&harness), 2, "asked once");
    harness.act(Action::Back);
    harness.act(Action::Correct);
    assert_eq!(open(&harness), 1, "the correction");
    harness.act(Action::Earlier);
    assert_eq!(open(&harness), 1);
}

#[test]
fn an_open_item_is_done_postponed_dropped_or_assigned() {
    let mut harness = Harness::acknowledged();
    harness
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
    let introduced = ActorIntroduced {
        was: None,
        actor: other.clone(),
        uid: Some(7),
        proof: Proof::SelfDeclared,
        key: None,
    };
    harness.others_record(&[Draft::new(&other, introduced)]);
    open(&mut harness, "a-5e5e5e5e owns it");
    assert_eq!(
        harness.incident().work[&item].owner,
        Some(WorkOwner::Person(other))
    );
    open(&mut harness, "it is dropped");
    harness.enter();
    assert!(harness.fault().is_some(), "a reason is needed");
    harness.fill(&["acme has answered"]);
    assert_eq!(harness.incident().work[&item].state, WorkState::Dropped);
}

#[test]
fn a_role_is_given_back_by_who_holds_it() {
    let mut harness = Harness::with_incident();
    let give = |role: Role, actor: Option<&str>| {
        let actor = actor.map(actor_id);
        let data = RoleAssigned {
            role,
            actor,
            supersedes: None,
        };
        Draft::new(&actor_id("a-5e5e5e5e"), data)
    };
    harness.others_record(&[give(Role::Scribe, Some("a-5e5e5e5e"))]);
    harness.act(Action::Acknowledge);
    let refused = |harness: &Harness, role: Role| {
        let made = harness.intended(&harness.model.setup.me, &Intent::Role(role, None));
        made.err().map(|refused| refused.what)
    };
    let scribe = refused(&harness, Role::Scribe).unwrap();
    assert!(scribe.contains("not by you"), "{scribe}");
    let compliance = refused(&harness, Role::Compliance).unwrap();
    assert!(compliance.contains("is unassigned"), "{compliance}");
    assert_eq!(refused(&harness, Role::IncidentCommander), None);
}

#[test]
fn a_step_that_continues_below_the_screen_is_read_before_it_is_done() {
    let mut harness = Harness::acknowledged();
    harness.act(Action::Playbook).enter();
    assert!(harness.incident().playbook.is_some());
    let drawn = Drawn {
        screen: 7,
        page: 5,
        over: 0,
    };
    harness.model.keep_within(drawn);
    harness.act(Action::StepDone);
    assert_eq!(harness.count("step-recorded"), 0, "it scrolls");
    assert_eq!(harness.model.ui.scroll, 5, "by the visible lines");
    harness.act(Action::StepDone);
    harness.model.keep_within(drawn);
    assert_eq!(harness.model.ui.scroll, 7, "nobody scrolls beyond the end");
    harness.done(8);
    assert_eq!(harness.model.ui.scroll, 0, "the next step, from its top");
}

#[test]
fn keys_after_a_hand_over_to_nobody_act_on_nothing_below() {
    let mut harness = Harness::acknowledged();
    harness.act(Action::Playbook).enter();
    let before = harness.kinds().len();
    harness.act(Action::HandOver).enter();
    assert!(!harness.model.dialogs.is_empty());
    harness.write("x");
    assert_eq!(harness.kinds().len(), before);
}

#[test]
fn a_paste_that_was_cut_is_reported_until_the_text_changes() {
    let mut harness = Harness::with_incident();
    harness.act(Action::Note);
    harness.say(Msg::Insert("x".repeat(5000)));
    faults(&harness, "1000 characters");
    harness.act(Action::Edit(Edit::Left));
    assert!(harness.fault().is_some());
    let before = harness.kinds();
    harness.enter().enter();
    faults(&harness, "1000 characters");
    assert_eq!(harness.kinds(), before, "a part of it is not recorded");
    harness.act(Action::Edit(Edit::Backspace));
    assert_eq!(harness.fault(), None);
    harness.enter();
    let note = last(&harness, "noted").text(field::TEXT);
    assert_eq!(note.map(str::len), Some(3_999));
}
