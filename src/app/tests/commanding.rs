//! Several people at once: who commands, and that everybody hears of it.

use super::*;
use crate::app::intent::Intent;
use crate::incident::entry::{Acknowledged, ActorIntroduced, HandedOver, Proof, RoleAssigned};
use crate::incident::fold::WorkOwner;

const LEE: &str = "a-5e5e5e5e";

fn lee(harness: &mut Harness, events: Vec<Event>) {
    let who = actor_id(LEE);
    let introduced = ActorIntroduced {
        was: None,
        actor: who.clone(),
        uid: Some(7),
        proof: Proof::SelfDeclared,
        key: None,
    };
    let introduction = Draft::new(&who, introduced).with(field::NAME, Safe::line("lee"));
    let events = events.into_iter().map(|event| Draft::new(&who, event));
    let drafts: Vec<Draft> = std::iter::once(introduction).chain(events).collect();
    harness.others_record(&drafts);
}

fn shows(harness: &Harness, text: &str) {
    assert!(harness.notice().contains(text), "{}", harness.notice());
}

fn takes(role: Role, supersedes: u64) -> Event {
    Event::from(RoleAssigned {
        role,
        actor: Some(actor_id(LEE)),
        supersedes: Some(supersedes),
    })
}

fn late(harness: &mut Harness, action: Action, events: Vec<Event>) {
    harness.disk_works = false;
    harness.act(action);
    lee(harness, events);
    harness.resume_disk();
}

#[test]
fn of_two_who_acknowledge_at_once_the_first_commands_and_the_other_gets_a_notice() {
    let mut harness = Harness::with_incident();
    let events = vec![
        Event::from(Acknowledged::default()),
        takes(Role::IncidentCommander, 0),
    ];
    late(&mut harness, Action::Acknowledge, events);
    assert_eq!(harness.holder(Role::IncidentCommander).unwrap(), "lee");
    assert_eq!(harness.incident().acknowledgements.len(), 2);
    shows(&harness, "changed hands meanwhile: now held by lee");
    // Once nobody holds it any more, it can be taken like any other.
    let change = harness.incident().role_change(Role::IncidentCommander);
    let given_back = Event::from(RoleAssigned {
        role: Role::IncidentCommander,
        actor: None,
        supersedes: Some(change),
    });
    lee(&mut harness, vec![given_back]);
    harness.act(Action::Role).choose("incident commander");
    assert_eq!(harness.holder(Role::IncidentCommander).unwrap(), "dana");
}

#[test]
fn a_role_is_taken_from_who_holds_it_only_after_a_question() {
    let mut harness = Harness::with_incident();
    lee(&mut harness, vec![takes(Role::IncidentCommander, 0)]);
    harness.act(Action::Role).choose("incident commander");
    let question = harness.question().unwrap();
    assert!(question.starts_with("lee is incident commander"));
    harness.no();
    assert_eq!(harness.holder(Role::IncidentCommander).unwrap(), "lee");
    harness.act(Action::Role).choose("incident commander").yes();
    assert_eq!(harness.holder(Role::IncidentCommander).unwrap(), "dana");
}

#[test]
fn a_hand_over_that_somebody_overtook_is_refused_and_what_was_typed_stays() {
    let mut harness = Harness::with_incident();
    lee(&mut harness, vec![takes(Role::IncidentCommander, 0)]);
    harness.act(Action::Note);
    harness.fill(&["here"]);
    harness
        .act(Action::HandOver)
        .choose("incident commander")
        .choose("dana")
        .write("over to you");
    let change = harness.incident().role_change(Role::IncidentCommander);
    let over = Event::from(HandedOver {
        role: Role::IncidentCommander,
        from: Some(actor_id(LEE)),
        to: actor_id("a-7f3c21aa"),
        supersedes: Some(change),
    });
    lee(&mut harness, vec![over]);
    shows(&harness, "you are incident commander now: lee hands over");
    harness.enter();
    let fault = harness.fault().unwrap();
    assert!(fault.contains("has changed hands meanwhile"));
    assert_eq!(harness.holder(Role::IncidentCommander).unwrap(), "dana");
}

fn at(seconds: i64) -> Option<crate::times::StatedTime> {
    Some((start() + TimeDelta::seconds(seconds)).into())
}

/// Dana commands from the start, lee after an hour, as was recorded ten minutes later.
fn taken_after_an_hour() -> Harness {
    let mut harness = Harness::acknowledged();
    lee(&mut harness, Vec::new());
    harness.pass(4200);
    let change = harness.incident().role_change(Role::IncidentCommander);
    let taken = takes(Role::IncidentCommander, change);
    let taken = Draft::new(&actor_id(LEE), taken);
    let taken = taken.occurred(at(3600).unwrap(), crate::signals::Cause::Said);
    harness.others_record(&[taken]);
    harness.pass(600);
    assert_eq!(harness.holder(Role::IncidentCommander).unwrap(), "lee");
    harness
}

#[test]
fn a_hand_over_of_the_past_names_who_held_the_role_then() {
    let harness = taken_after_an_hour();
    let me = &harness.model.setup.me;
    let over = |to: &ActorId, when| {
        let over = Intent::HandOver(Role::IncidentCommander, to.clone(), Safe::default());
        let made = harness.intended_at(me, &over, at(when));
        made.map(|drafts| {
            let mut drafts = drafts.iter();
            let data = drafts.find_map(|draft| draft.event.data::<HandedOver>());
            data.unwrap().from.clone()
        })
    };
    let (dana, lee) = (me.actor.clone(), actor_id(LEE));
    assert_eq!(over(&lee, 1800).unwrap(), Some(dana.clone()));
    let refused = over(&dana, 1800).unwrap_err();
    assert!(refused.what.contains("holds it already"), "{refused}");
    // What was recorded later counts from its time.
    assert_eq!(over(&dana, 3900).unwrap(), Some(lee.clone()));
    assert!(over(&lee, 3900).is_err());
}

#[test]
fn a_role_is_given_back_by_who_held_it_at_that_time() {
    let harness = taken_after_an_hour();
    let dana = harness.model.setup.me.clone();
    let lee = crate::app::setup::Person {
        actor: actor_id(LEE),
        name: Safe::line("lee"),
        ..dana.clone()
    };
    let back = |who, when: Option<i64>| {
        let back = Intent::Role(Role::IncidentCommander, None);
        harness.intended_at(who, &back, when.and_then(at)).is_ok()
    };
    for (when, by_dana, by_lee) in [
        (Some(1800), true, false),
        (Some(3900), false, true),
        (None, false, true),
    ] {
        assert_eq!((back(&dana, when), back(&lee, when)), (by_dana, by_lee));
    }
}

#[test]
fn the_person_who_loses_a_role_gets_a_notice() {
    let mut harness = Harness::acknowledged();
    let change = harness.incident().role_change(Role::IncidentCommander);
    lee(&mut harness, vec![takes(Role::IncidentCommander, change)]);
    shows(&harness, "lee is incident commander now, no longer you");
}

#[test]
fn status_and_playbook_changes_by_others_are_shown() {
    use crate::incident::entry::PlaybookStarted;
    let mut harness = Harness::with_incident();
    let status = Status::Resolved;
    lee(&mut harness, vec![Event::from(StatusChanged { status })]);
    shows(&harness, "lee set the status to resolved (#");
    let data = PlaybookStarted {
        goes_on: false,
        playbook: slug("ai-model-rollback"),
        digest: "00".into(),
        steps: 9,
    };
    lee(&mut harness, vec![Event::from(data)]);
    shows(&harness, "lee started playbook ai-model-rollback");
}

fn schedules_of(name: &str) -> crate::oncall::OnCallSchedules {
    let file = format!(
        "schedules:\n  - {{schedule: on-call, zone: UTC, rotation: {{people: [{name}], starts: '2026-01-05T09:00', every: 7d}}}}\n"
    );
    let file: crate::oncall::SchedulesFile = serde_saphyr::from_str(&file).unwrap();
    let schedules = file.schedules.iter();
    let schedules = schedules.map(crate::oncall::Schedule::new);
    crate::oncall::OnCallSchedules::new(schedules.collect::<Result<_, _>>().unwrap())
}

/// Nina is on a schedule and has not acted here.
fn with_a_schedule() -> Harness {
    let schedules = schedules_of("nina");
    let mut harness = Harness::with(|setup| setup.schedules = schedules.clone());
    harness.model.live.schedules = schedules;
    harness
}

#[test]
fn a_role_and_work_can_be_given_to_somebody_who_comes_later_and_are_theirs_then() {
    let mut harness = with_a_schedule();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::HandOver)
        .choose("incident commander")
        .choose("nina")
        .fill(&["over to the day"]);
    assert_eq!(harness.holder(Role::IncidentCommander).unwrap(), "nina");
    harness
        .act(Action::FollowUp)
        .choose("new action")
        .fill(&["watch the refunds", "30m", "nina"]);
    let (item, fact) = harness.incident().open_work().next().unwrap();
    assert_eq!(harness.view().owner_name(fact).unwrap(), "nina");
    assert_eq!(harness.incident().actors.len(), 2, "named once");
    // Nina comes: what was given to her is hers.
    let nina = crate::app::Person {
        actor: actor_id("a-41414141"),
        name: Safe::line("Nina"),
        uid: 1001,
        login: Safe::line("pts/9"),
        key: None,
    };
    let view = harness.view();
    let setup = &harness.model.setup;
    // Even if her first action is to give it away.
    let me = setup.me.actor.clone();
    let back = Intent::HandOver(Role::IncidentCommander, me, Safe::line("no"));
    let given_away = harness.intended(&nina, &back).unwrap();
    let mut tape = harness.stories[&harness.id()].clone();
    let (given, _) = tape.append(&given_away, harness.model.now);
    assert_eq!(given.len(), 2, "she comes, and hands over");
    let drafts = [crate::app::intent::arrival(view, &nina)];
    harness.others_record(&drafts);
    assert_eq!(harness.view().people().count(), 2, "each once");
    let incident = harness.incident();
    assert_eq!(incident.roles[&Role::IncidentCommander].actor, nina.actor);
    let owner = incident.work[&item].owner.clone();
    assert_eq!(owner, Some(WorkOwner::Person(nina.actor)));
}

#[test]
fn a_role_goes_to_anybody_by_name_and_work_only_to_who_is_known() {
    let mut harness = with_a_schedule();
    harness.firing();
    harness
        .act(Action::Acknowledge)
        .act(Action::HandOver)
        .choose("incident commander")
        .choose("by name")
        .fill(&["omar", "you have it"]);
    assert_eq!(harness.holder(Role::IncidentCommander).unwrap(), "omar");
    harness
        .act(Action::FollowUp)
        .choose("new action")
        .fill(&["x", "30m", "oscar"]);
    let fault = harness.fault().unwrap();
    assert!(fault.contains("\"oscar\" is no person here"));
}

#[test]
fn several_people_are_experts_and_each_stops_being_one_alone() {
    let mut harness = Harness::with_incident();
    let role = Role::SubjectExpert;
    let expert = RoleAssigned {
        role,
        actor: Some(actor_id(LEE)),
        supersedes: Some(0),
    };
    lee(&mut harness, vec![Event::from(expert)]);
    harness.act(Action::Role).choose(role.title());
    let names = |harness: &Harness| -> Vec<String> {
        let view = harness.view();
        let held = view.incident.holders(role);
        held.map(|held| view.name_of(&held.actor)).collect()
    };
    // Without a confirmation, and nobody is displaced.
    assert_eq!(names(&harness), ["lee", "dana"]);
    harness.act(Action::Role).choose(role.title()).yes();
    assert_eq!(names(&harness), ["lee"]);
}

#[test]
fn a_calendar_that_cannot_be_read_is_reported_once_and_the_page_has_no_name() {
    use crate::oncall::{OnCall, Schedule, ScheduleFile, ScheduleStatus};
    let mut harness = Harness::new();
    let file: ScheduleFile =
        serde_saphyr::from_str("{schedule: on-call, zone: UTC, calendar: {file: x.ics}}").unwrap();
    let failing = |why: &str| {
        let status = ScheduleStatus::default().failing(why);
        Msg::ScheduleRead(Box::new(Schedule::new(&file).unwrap().status(status)))
    };
    harness.say(failing("HTTP 503"));
    shows(
        &harness,
        "the calendar of on-call is not known: HTTP 503; on-call is paged without a name",
    );
    harness.model.ui.notice = None;
    harness.say(failing("HTTP 503"));
    assert!(harness.model.ui.notice.is_none(), "the same as before");
    harness.say(failing("HTTP 404"));
    shows(&harness, "404");
    let schedules = &harness.model.live.schedules;
    let on_call = schedules.on_call(&slug("on-call"), harness.model.now);
    assert_eq!(on_call, OnCall::Unknown);
}

#[rstest]
#[case::slip(
    "dan",
    Some("no page waits for dan; paged or on call: dana; did you mean dana?")
)]
#[case::somebody_else("priya", Some("no page waits for priya; paged or on call: dana"))]
#[case::paged("dana", None)]
#[case::paged_in_capitals("DANA", None)]
fn an_acknowledgement_by_a_name_that_no_page_waits_for_says_so(
    #[case] me: &str,
    #[case] said: Option<&str>,
) {
    let (schedules, me) = (schedules_of("dana"), Safe::line(me));
    let mut harness =
        Harness::with(|setup| (setup.schedules, setup.me.name) = (schedules.clone(), me));
    harness.model.live.schedules = schedules;
    harness.firing();
    harness.act(Action::Acknowledge);
    shows(&harness, "acknowledged, recorded as");
    shows(&harness, said.unwrap_or_default());
    let warns = harness.notice().contains("no page waits for");
    assert_eq!(warns, said.is_some());
}
