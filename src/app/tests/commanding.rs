//! Several people at once: who commands, and that everybody hears of it.

use super::*;
use crate::incident::entry::{ActorIntroduced, HandedOver, Proof, RoleAssigned};

const LEE: &str = "a-5e5e5e5e";

/// Lee's console records these; they are told to this one.
fn lee(bench: &mut Bench, events: Vec<Event>) {
    let who = slug(LEE);
    let introduced = ActorIntroduced {
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
            Event::Acknowledged(Default::default()),
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
