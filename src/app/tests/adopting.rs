//! Another pager beside ours: what it called for, and who answered there.

use super::*;
use crate::sources::ExternalIncident;

fn harness() -> Harness {
    Harness::with(|setup| {
        let service = setup.map.strict_place().0;
        setup.paged_elsewhere = BTreeMap::from([("P1".to_string(), service)]);
    })
}

fn theirs(created: DateTime<Utc>, answered: Option<DateTime<Utc>>) -> ExternalIncident {
    ExternalIncident {
        id: slug("q1"),
        title: Safe::line("payments fail"),
        created,
        service: Safe::line("P1"),
        link: Safe::line("https://pager.example/q1"),
        acknowledged: answered
            .map(|at| (Safe::line("mina"), at))
            .into_iter()
            .collect(),
    }
}

fn say(harness: &mut Harness, theirs: ExternalIncident) {
    harness.say(Msg::Elsewhere {
        source: slug("pagerduty"),
        result: Ok(vec![theirs]),
    });
    harness.pass(2);
}

#[test]
fn an_answer_that_was_given_before_this_program_began_stops_calls_from_the_start() {
    let mut harness = harness();
    let created = start() - TimeDelta::minutes(40);
    let answered = created + TimeDelta::minutes(1);
    say(&mut harness, theirs(created, Some(answered)));
    assert!(harness.incident().acknowledged().is_some());
    // Who is called until it is resolved is called whoever has answered.
    assert_eq!(levels_paged(&harness), ["cto"]);
}

#[test]
fn without_an_answer_there_whoever_is_due_is_called() {
    let mut harness = harness();
    say(&mut harness, theirs(start() - TimeDelta::minutes(40), None));
    assert!(
        levels_paged(&harness).len() > 1,
        "{:?}",
        levels_paged(&harness)
    );
    assert!(
        !levels_paged(&harness).contains(&"on-call".to_string()),
        "called there"
    );
}

#[test]
fn an_older_incident_there_and_its_answers_are_none_of_ours() {
    let mut harness = harness();
    harness.firing();
    let created = start() - TimeDelta::minutes(25);
    say(
        &mut harness,
        theirs(created, Some(created + TimeDelta::minutes(2))),
    );
    assert!(harness.incident().adopted.is_empty());
    assert!(harness.incident().acknowledged().is_none());
    // One that begins with ours, or a while after it, is.
    let created = start() + TimeDelta::minutes(3);
    say(
        &mut harness,
        theirs(created, Some(created + TimeDelta::minutes(2))),
    );
    assert!(harness.incident().adopted.contains_key(&slug("q1")));
    assert!(harness.incident().acknowledged().is_some());
}

/// The other system tells whole seconds: an answer of 10:17:26 to an alert of 10:17:26.4 was lost before.
#[test]
fn an_answer_within_the_second_in_which_our_alert_began_is_an_answer() {
    let mut harness = harness();
    let started = start() + TimeDelta::milliseconds(400);
    harness.say(Msg::Tick(crate::testing::stamp(started)));
    harness.alert(&["PaymentSuccessRateLow"], AlertState::Firing, started);
    assert_eq!(harness.incident().started(), Some(started));
    let told = start();
    say(&mut harness, theirs(told, Some(told)));
    assert!(harness.incident().acknowledged().is_some());
}

#[test]
fn who_answers_there_first_commands_and_is_named() {
    let mut harness = harness();
    harness.firing();
    say(&mut harness, theirs(start(), Some(start())));
    let held = &harness.incident().roles[&Role::IncidentCommander];
    let view = harness.model.view().unwrap();
    assert_eq!(view.name_of(&held.actor), "mina");
    assert!(!held.actor.as_str().contains("mina"), "{}", held.actor);
    let ack = harness.incident().acknowledged().unwrap();
    assert_eq!(view.answered_by(ack), "mina");
    // Whoever commands goes on doing so.
    let mut harness = self::harness();
    harness.firing();
    harness.act(Action::Acknowledge);
    say(&mut harness, theirs(start(), Some(start())));
    let held = &harness.incident().roles[&Role::IncidentCommander];
    assert_eq!(held.actor, harness.model.setup.me.actor);
}

/// The last levels of a chain are called half an hour after the start, and answered later.
#[test]
fn an_answer_to_a_late_call_is_an_answer() {
    let mut harness = harness();
    harness.firing();
    harness.pass(33 * 60);
    let created = start() + TimeDelta::minutes(32);
    say(&mut harness, theirs(created, Some(created)));
    assert!(harness.incident().acknowledged().is_some());
    assert_eq!(harness.model.views.len(), 1);
}
