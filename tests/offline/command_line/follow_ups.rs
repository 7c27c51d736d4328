//! Owners and due times of follow-ups, as a script gives them.

use crate::support::outcome::assert_contains;
use crate::support::program::Place;

#[test]
fn a_follow_up_belongs_to_a_person_a_role_or_a_team() {
    let place = Place::new();
    let id = place.opened();
    let follow = ["incident", "follow-up", &id, "action", "watch the refunds"];
    for (owner, kind, wanted) in [
        ("Communications lead", "role", "communications"),
        ("incident-commander", "role", "incident-commander"),
        ("payments team", "team", "payments team"),
        ("team:treasury", "team", "treasury"),
    ] {
        let recorded = place.json(&[&follow[..], &["--owner", owner]].concat());
        let shown = place.json(&["incident", "show", &id]);
        let items = shown["open_work"].as_array().unwrap();
        let item = items
            .iter()
            .find(|it| it["seq"] == recorded["seq"])
            .unwrap();
        assert_eq!(item[kind], wanted, "{owner}: {item}");
        assert!(item["owner"].is_null(), "{item}");
        let number = recorded["seq"].to_string();
        let text = place.must("tester", &["incident", "show", &id]);
        assert_contains(
            &text,
            &[&format!(
                "open #{number}: action watch the refunds (owner: "
            )],
        );
        // A new owner of another kind takes its place.
        place.json(&["incident", "done", &id, &number, "--owner", "team:risk"]);
        let shown = place.json(&["incident", "show", &id]);
        let items = shown["open_work"].as_array().unwrap();
        let item = items
            .iter()
            .find(|it| it["seq"] == recorded["seq"])
            .unwrap();
        assert_eq!((&item["team"], &item["role"]), (&"risk".into(), &().into()));
    }
    let unknown = [&follow[..], &["--owner", "comunications"]].concat();
    place.run(&unknown).fails(
        2,
        &[
            "comunications",
            "did you mean communications?",
            "team:comunications",
        ],
    );
}

#[test]
fn a_due_time_that_has_passed_is_asked_about() {
    let place = Place::new();
    let id = place.opened();
    let follow = ["incident", "follow-up", &id, "action", "watch the refunds"];
    for (due, says) in [
        (
            &["--due", "2020-01-01T12:00Z"][..],
            "2020-01-01T12:00Z was ",
        ),
        // A day means its end in its zone.
        (
            &["--due", "2020-01-01 Europe/Berlin"],
            "2020-01-01 Europe/Berlin was ",
        ),
        (
            &["--due", "2020-01-01", "--zone", "Europe/Berlin"],
            "2020-01-01 Europe/Berlin was ",
        ),
    ] {
        let late = [&follow[..], due].concat();
        place.run(&late).fails(1, &[says, " ago", "--anyway"]);
        place.json(&[&late[..], &["--anyway"]].concat());
    }
    let recorded = place.json(&[&follow[..], &["--due", "30m"]].concat());
    let number = recorded["seq"].to_string();
    let change = [
        "incident",
        "done",
        &id,
        &number,
        "--due",
        "2020-01-01T12:00Z",
    ];
    place.run(&change).fails(1, &[" ago", "--anyway"]);
    place.json(&[&change[..], &["--anyway"]].concat());
}

#[test]
fn a_classification_names_every_rule_that_matched() {
    let place = Place::new();
    let id = place.opened();
    let answers = ["correctness=suspected", "exposure=exposed"];
    let result = place.json(&[&["incident", "severity", &id][..], &answers].concat());
    let classified = &result["classified"];
    assert_eq!(classified["rule"], "correctness-suspected");
    assert_eq!(
        classified["matched"],
        serde_json::json!(["correctness-suspected", "data-exposed"])
    );
    assert_eq!(
        classified["flags"],
        serde_json::json!(["transaction-integrity", "customer-data"])
    );
    assert_contains(
        result["what"].as_str().unwrap(),
        &[
            "by rule correctness-suspected",
            "also matched: data-exposed",
        ],
    );
}
