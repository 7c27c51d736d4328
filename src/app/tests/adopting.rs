//! Another pager beside ours: what it paged for, and who acknowledged there.

use super::*;
use crate::sources::ExternalIncident;

fn harness() -> Harness {
    Harness::with(|setup| {
        let service = setup.map.strict_place().0;
        setup.paged_elsewhere = BTreeMap::from([("P1".to_string(), service)]);
    })
}

fn theirs(created: DateTime<Utc>, acknowledged: Option<DateTime<Utc>>) -> ExternalIncident {
    ExternalIncident {
        id: slug("q1"),
        title: Safe::line("payments fail"),
        created,
        service: Safe::line("P1"),
        link: Safe::line("https://pager.example/q1"),
        acknowledged: Vec::from_iter(acknowledged.map(|at| (Safe::line("mina"), at))),
    }
}

fn say(harness: &mut Harness, theirs: ExternalIncident) {
    harness.say(Msg::ExternalIncidents {
        source: slug("pagerduty"),
        result: Ok(vec![theirs]),
    });
    harness.pass(2);
}

#[test]
fn an_acknowledgement_from_before_this_program_started_stops_pages_from_the_start() {
    let mut harness = harness();
    let created = start() - TimeDelta::minutes(40);
    let acknowledged = created + TimeDelta::minutes(1);
    say(&mut harness, theirs(created, Some(acknowledged)));
    assert!(harness.incident().acknowledged().is_some());
    // A level until resolved is paged also after an acknowledgement.
    assert_eq!(levels_paged(&harness), ["cto"]);
}

#[test]
fn without_an_acknowledgement_there_every_due_target_is_paged() {
    let mut harness = harness();
    say(&mut harness, theirs(start() - TimeDelta::minutes(40), None));
    let paged = levels_paged(&harness);
    assert!(paged.len() > 1, "{paged:?}");
    assert!(!paged.contains(&"on-call".to_string()), "paged there");
}

#[test]
fn an_older_external_incident_and_its_acknowledgements_are_not_adopted() {
    let mut harness = harness();
    harness.firing();
    let acknowledged_after_two_minutes =
        |created| theirs(created, Some(created + TimeDelta::minutes(2)));
    let created = start() - TimeDelta::minutes(25);
    say(&mut harness, acknowledged_after_two_minutes(created));
    assert!(harness.incident().adopted.is_empty());
    assert!(harness.incident().acknowledged().is_none());
    // One that begins with ours, or a while after it, is.
    let created = start() + TimeDelta::minutes(3);
    say(&mut harness, acknowledged_after_two_minutes(created));
    assert!(harness.incident().adopted.contains_key(&slug("q1")));
    assert!(harness.incident().acknowledged().is_some());
}

/// The other system reports whole seconds.
#[test]
fn an_acknowledgement_within_the_second_of_our_start_counts() {
    let mut harness = harness();
    let started = start() + TimeDelta::milliseconds(400);
    harness.say(Msg::Tick(stamp(started)));
    harness.alert(&["PaymentSuccessRateLow"], AlertState::Firing, started);
    assert_eq!(harness.incident().started(), Some(started));
    say(&mut harness, theirs(start(), Some(start())));
    assert!(harness.incident().acknowledged().is_some());
}

#[test]
fn the_first_person_who_acknowledges_there_commands_and_is_named() {
    let mut harness = harness();
    harness.firing();
    say(&mut harness, theirs(start(), Some(start())));
    let held = &harness.incident().roles[&Role::IncidentCommander];
    let view = harness.view();
    assert_eq!(view.name_of(&held.actor), "mina");
    assert!(!held.actor.as_str().contains("mina"), "{}", held.actor);
    let ack = harness.incident().acknowledged().unwrap();
    assert_eq!(view.acknowledged_by(ack), "mina");
    // The commander stays.
    let mut harness = self::harness();
    harness.firing();
    harness.act(Action::Acknowledge);
    say(&mut harness, theirs(start(), Some(start())));
    let held = &harness.incident().roles[&Role::IncidentCommander];
    assert_eq!(held.actor, harness.model.setup.me.actor);
}

/// The last levels of a chain are paged half an hour after the start.
#[test]
fn an_acknowledgement_of_a_late_page_counts() {
    let mut harness = harness();
    harness.firing();
    harness.pass(33 * 60);
    let created = start() + TimeDelta::minutes(32);
    say(&mut harness, theirs(created, Some(created)));
    assert!(harness.incident().acknowledged().is_some());
    assert_eq!(harness.model.views.len(), 1);
}
