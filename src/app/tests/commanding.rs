//! Several people at once: who commands, and that everybody hears of it.

use super::*;
use crate::app::intent::Intent;
use crate::incident::entry::{Acknowledged, ActorIntroduced, HandedOver, Proof, RoleAssigned};

const LEE: &str = "a-5e5e5e5e";

/// Lee's console records these; they are told to this one.
fn lee(bench: &mut Bench, events: Vec<Event>) {
    let who = slug(LEE);
    let introduced = ActorIntroduced {
        was: None,
        actor: who.clone(),
        uid: Some(7),
        proof: Proof::SelfDeclared,
        key: None,
    };
    let introduction =
        Draft::new(&who, Event::Actor(introduced)).with(field::NAME, Safe::line("lee"));
    let events = events.into_iter().map(|event| Draft::new(&who, event));
    let drafts: Vec<Draft> = std::iter::once(introduction).chain(events).collect();
    let id = bench.model.current.clone().unwrap();
    bench.recorded_elsewhere(id, &drafts);
}

fn takes(role: Role, after: u64) -> Event {
    Event::RoleAssigned(RoleAssigned {
        role,
        actor: Some(slug(LEE)),
        after: Some(after),
    })
}

fn holder(bench: &Bench, role: Role) -> Option<String> {
    let held = bench.incident().roles.get(&role)?;
    Some(bench.model.board().unwrap().name_of(&held.actor))
}

fn notice(bench: &Bench) -> String {
    let notice = bench.model.ui.notice.as_ref();
    notice.map_or(String::new(), |notice| notice.text.clone())
}

/// What is under way when others are quicker.
fn late(bench: &mut Bench, keys: &str, events: Vec<Event>) {
    bench.disk_works = false;
    bench.keys(keys);
    lee(bench, events);
    bench.disk_works = true;
    for effect in std::mem::take(&mut bench.waiting) {
        let effects = bench.perform(effect);
        assert!(effects.is_empty() || bench.disk_works);
    }
}

#[test]
fn of_two_who_acknowledge_at_once_the_first_commands_and_the_other_is_told() {
    let mut bench = Bench::new();
    bench.firing();
    late(
        &mut bench,
        "a",
        vec![
            Event::Acknowledged(Acknowledged::default()),
            takes(Role::IncidentCommander, 0),
        ],
    );
    assert_eq!(holder(&bench, Role::IncidentCommander).unwrap(), "lee");
    assert_eq!(bench.incident().acknowledgements.len(), 2);
    let told = notice(&bench);
    assert!(
        told.contains("changed hands meanwhile, lee holds it"),
        "{told}"
    );
    // Once nobody holds it any more, it can be taken like any other.
    let change = bench.incident().role_change(Role::IncidentCommander);
    let given_back = Event::RoleAssigned(RoleAssigned {
        role: Role::IncidentCommander,
        actor: None,
        after: Some(change),
    });
    lee(&mut bench, vec![given_back]);
    bench.keys("r1");
    assert_eq!(holder(&bench, Role::IncidentCommander).unwrap(), "dana");
}

#[test]
fn a_role_is_taken_from_who_holds_it_only_after_a_question() {
    let mut bench = Bench::new();
    bench.firing();
    lee(&mut bench, vec![takes(Role::IncidentCommander, 0)]);
    bench.keys("r1");
    assert!(matches!(
        bench.model.ui.overlays.last(),
        Some(Overlay::Confirm { question, .. }) if question.starts_with("lee is incident commander")
    ));
    bench.keys("n");
    assert_eq!(holder(&bench, Role::IncidentCommander).unwrap(), "lee");
    bench.keys("r1y");
    assert_eq!(holder(&bench, Role::IncidentCommander).unwrap(), "dana");
}

#[test]
fn a_hand_over_that_somebody_overtook_is_refused_and_what_was_typed_stays() {
    let mut bench = Bench::new();
    bench.firing();
    lee(&mut bench, vec![takes(Role::IncidentCommander, 0)]);
    bench.keys("n");
    bench.keys("here⏎");
    bench.keys("h11over to you");
    let change = bench.incident().role_change(Role::IncidentCommander);
    let over = Event::HandedOver(HandedOver {
        role: Role::IncidentCommander,
        from: Some(slug(LEE)),
        to: slug("a-7f3c21aa"),
        after: Some(change),
    });
    lee(&mut bench, vec![over]);
    let told = notice(&bench);
    assert!(
        told.starts_with("you are incident commander now: lee hands over"),
        "{told}"
    );
    bench.keys("⏎");
    let Some(Overlay::Prompt(prompt)) = bench.model.ui.overlays.last() else {
        panic!("the prompt stays");
    };
    assert!(
        prompt
            .fault
            .as_ref()
            .unwrap()
            .contains("has changed hands meanwhile")
    );
    assert_eq!(holder(&bench, Role::IncidentCommander).unwrap(), "dana");
}

#[test]
fn whoever_loses_a_role_hears_of_it() {
    let mut bench = Bench::new();
    bench.firing();
    bench.keys("a");
    let change = bench.incident().role_change(Role::IncidentCommander);
    lee(&mut bench, vec![takes(Role::IncidentCommander, change)]);
    let told = notice(&bench);
    assert!(
        told.starts_with("lee is incident commander now, no longer you"),
        "{told}"
    );
}

#[test]
fn what_others_say_of_the_incident_is_told() {
    use crate::incident::entry::{PlaybookStarted, StatusChanged};
    let mut bench = Bench::new();
    bench.firing();
    let status = Status::Resolved;
    lee(
        &mut bench,
        vec![Event::StatusChanged(StatusChanged { status })],
    );
    assert!(
        notice(&bench).starts_with("lee says it is resolved (#"),
        "{}",
        notice(&bench)
    );
    let data = PlaybookStarted {
        goes_on: false,
        playbook: slug("ai-model-rollback"),
        digest: "00".into(),
        steps: 9,
    };
    lee(&mut bench, vec![Event::PlaybookStarted(data)]);
    let told = notice(&bench);
    assert!(
        told.starts_with("lee goes on with playbook ai-model-rollback"),
        "{told}"
    );
}

/// One person on a schedule.
fn rota_of(name: &str) -> crate::incident::rota::Rota {
    let file = format!(
        "schedules:\n  - {{schedule: on-call, zone: UTC, rotation: {{people: [{name}], starts: '2026-01-05T09:00', every: 7d}}}}\n"
    );
    let file: crate::incident::rota::RotaFile = serde_saphyr::from_str(&file).unwrap();
    let schedules = file.schedules.iter();
    let schedules = schedules.map(crate::incident::rota::Schedule::new);
    crate::incident::rota::Rota::new(schedules.collect::<Result<_, _>>().unwrap())
}

/// A day shift that has not come yet: nina is on a schedule and has not acted here.
fn with_rota() -> Bench {
    let rota = rota_of("nina");
    let mut bench = Bench::with(|setup| setup.rota = rota.clone());
    bench.model.live.rota = rota;
    bench
}

#[test]
fn a_role_and_work_can_be_given_to_somebody_who_comes_later_and_are_theirs_then() {
    let mut bench = with_rota();
    bench.firing();
    bench.keys("ah11over to the day\u{23ce}");
    assert_eq!(holder(&bench, Role::IncidentCommander).unwrap(), "nina");
    bench.keys("f1watch the refunds\u{23ce}30m\u{23ce}nina\u{23ce}");
    let (item, fact) = bench.incident().open_work().next().unwrap();
    let owner = fact.owner.clone().unwrap();
    assert_eq!(bench.model.board().unwrap().name_of(&owner), "nina");
    assert_eq!(bench.incident().actors.len(), 2, "named once");
    // Nina comes: what was given to her is hers.
    let nina = crate::app::Person {
        actor: slug("a-41414141"),
        name: Safe::line("Nina"),
        uid: 1001,
        login: Safe::line("pts/9"),
        key: None,
    };
    let board = bench.model.board().unwrap();
    let setup = &bench.model.setup;
    // Be it that her first act is to give it away.
    let back = Intent::HandOver(
        Role::IncidentCommander,
        setup.me.actor.clone(),
        Safe::line("no"),
    );
    let given_away = bench.intended(&nina, &back).unwrap();
    let (given, _) = bench.stories[bench.model.current.as_ref().unwrap()]
        .clone()
        .append(&given_away, bench.model.now);
    assert_eq!(given.len(), 2, "she comes, and hands over");
    let drafts = [crate::app::intent::arrival(board, &nina)];
    let id = bench.model.current.clone().unwrap();
    bench.recorded_elsewhere(id, &drafts);
    assert_eq!(
        bench.model.board().unwrap().people().count(),
        2,
        "dana and nina, once each"
    );
    let incident = bench.incident();
    assert_eq!(incident.roles[&Role::IncidentCommander].actor, nina.actor);
    assert_eq!(incident.work[&item].owner.as_ref(), Some(&nina.actor));
}

#[test]
fn a_role_goes_to_anybody_by_name_and_work_only_to_who_is_known() {
    let mut bench = with_rota();
    bench.firing();
    bench.keys("ah12omar\u{23ce}you have it\u{23ce}");
    assert_eq!(holder(&bench, Role::IncidentCommander).unwrap(), "omar");
    bench.keys("f1x\u{23ce}30m\u{23ce}oscar\u{23ce}");
    let Some(Overlay::Prompt(prompt)) = bench.model.ui.overlays.last() else {
        panic!("the prompt stays");
    };
    assert!(
        prompt
            .fault
            .as_ref()
            .unwrap()
            .contains("nobody is called \"oscar\"")
    );
}

#[test]
fn several_people_are_experts_and_each_stops_being_one_alone() {
    let mut bench = Bench::new();
    bench.firing();
    let role = Role::SubjectExpert;
    let expert = RoleAssigned {
        role,
        actor: Some(slug(LEE)),
        after: Some(0),
    };
    lee(&mut bench, vec![Event::RoleAssigned(expert)]);
    let row = Role::ALL.iter().position(|other| *other == role).unwrap() + 1;
    bench.keys(&format!("r{row}"));
    let names = |bench: &Bench| -> Vec<String> {
        let board = bench.model.board().unwrap();
        let held = board.incident.holders(role);
        held.map(|held| board.name_of(&held.actor)).collect()
    };
    assert_eq!(
        names(&bench),
        ["lee", "dana"],
        "nobody is asked, and nobody displaced"
    );
    bench.keys(&format!("r{row}y"));
    assert_eq!(names(&bench), ["lee"]);
}

#[test]
fn a_calendar_that_cannot_be_read_is_said_once_and_the_page_goes_on_without_a_name() {
    use crate::incident::rota::{OnCall, Schedule, ScheduleFile, Standing};
    let mut bench = Bench::new();
    let file: ScheduleFile =
        serde_saphyr::from_str("{schedule: on-call, zone: UTC, calendar: {file: x.ics}}").unwrap();
    let failing = |why: &str| {
        let standing = Standing::default().failing(why);
        Msg::Rota(Box::new(Schedule::new(&file).unwrap().standing(standing)))
    };
    bench.say(failing("HTTP 503"));
    let told = notice(&bench);
    assert!(
        told.contains(
            "the calendar of on-call is not known: HTTP 503; on-call is paged without a name"
        ),
        "{told}"
    );
    bench.model.ui.notice = None;
    bench.say(failing("HTTP 503"));
    assert!(bench.model.ui.notice.is_none(), "it is the same as before");
    bench.say(failing("HTTP 404"));
    assert!(notice(&bench).contains("404"));
    let rota = &bench.model.live.rota;
    assert_eq!(
        rota.on_call(&slug("on-call"), bench.model.now),
        OnCall::NotKnown
    );
}

#[rstest::rstest]
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
    let (rota, me) = (rota_of("dana"), Safe::line(me));
    let mut bench = Bench::with(|setup| (setup.rota, setup.me.name) = (rota.clone(), me));
    bench.model.live.rota = rota;
    bench.firing();
    bench.keys("a");
    let told = notice(&bench);
    assert!(told.contains("acknowledged, recorded as"), "{told}");
    assert_eq!(told.contains("no page waits for"), said.is_some(), "{told}");
    assert!(told.contains(said.unwrap_or_default()), "{told}");
}
