//! Answers with damaged items: every intact item is read and opens what it should.

use super::*;
use crate::alerts::AlertStart;
use crate::alerts::intake::{Intake, IntakePolicyFile};
use crate::config::Digested;
use crate::signals::change::{Change, ChangeKind, ChangeSet};
use crate::sources::read_alerts;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A critical alert opens an incident of its own service, of five.
fn intake() -> Intake {
    let rules: Vec<String> = (0..5)
        .map(|at| format!("  - {{rule: r{at}, when: {{severity: critical, service: s{at}}}, action: open, service: s{at}, path: p{at}}}\n"))
        .collect();
    let text = format!("policy: p\nversion: 1\nrules:\n{}", rules.concat());
    let file: IntakePolicyFile = serde_saphyr::from_str(&text).unwrap();
    Intake::new(&file.located(&(slug("payments"), slug("confirm")))).unwrap()
}

fn harness() -> Harness {
    Harness::with(|setup| setup.intake = Digested::new(intake(), "digest"))
}

impl Harness {
    /// A body of Alertmanager's arrives.
    fn arrives(&mut self, body: &[u8]) -> SourceAlerts {
        let set = read_alerts(body, self.model.now, &self.model.setup.intake);
        self.gathered.insert(slug("alertmanager"), set.clone());
        let index = AlertIndex::new(&self.gathered, &self.model.setup.intake);
        self.say(Msg::Alerts {
            source: slug("alertmanager"),
            result: Ok(Arc::new(index)),
        });
        set
    }

    fn services(&self) -> BTreeSet<String> {
        let services = self.model.views.values().filter_map(IncidentView::service);
        services.map(ToString::to_string).collect()
    }
}

fn one(at: usize, critical: bool) -> Value {
    let severity = if critical { "critical" } else { "warning" };
    json!({
        "labels": {"alertname": format!("A{at}"), "severity": severity, "service": format!("s{}", at % 5), "team": "core"},
        "annotations": {"summary": "it is bad"},
        "startsAt": "2026-11-22T00:00:00Z", "fingerprint": format!("f{at}"), "generatorURL": "http://x.example/graph",
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": []},
    })
}

/// The last one is the whole item.
const PLACES: [&str; 14] = [
    "/labels/team",
    "/labels/severity",
    "/labels/service",
    "/labels/alertname",
    "/labels",
    "/annotations/summary",
    "/annotations",
    "/startsAt",
    "/fingerprint",
    "/generatorURL",
    "/status/state",
    "/status/silencedBy",
    "/status",
    "",
];
/// JSON, or something like it.
const DAMAGE: [&[u8]; 20] = [
    b"null",
    b"3",
    b"-1.5e300",
    b"1e999",
    b"true",
    b"\"\"",
    b"[]",
    b"[null]",
    b"{}",
    b"{\"a\":null}",
    b"\"\\ud800\"",
    b"\"\xff\xfe\"",
    b"\"a\nb\"",
    b"\"\\x\"",
    b"NaN",
    b"\"0001-01-01T00:00:00Z\"",
    b"\"9999-12-31T23:59:59Z\"",
    b"\"2026-11-22T00:00:00\"",
    b"[[[[[[]]]]]]",
    b"{\"a\":1,\"a\":2}",
];
const MARK: &str = "\"@@damage@@\"";

fn damaged(mut item: Value, place: &str, damage: &[u8]) -> Vec<u8> {
    *item.pointer_mut(place).unwrap() = json!("@@damage@@");
    let text = item.to_string();
    let (before, after) = text.split_once(MARK).unwrap();
    [before.as_bytes(), damage, after.as_bytes()].concat()
}

/// Most labels stand before those that decide.
fn bloated(mut item: Value, labels: usize) -> Vec<u8> {
    let all = item["labels"].as_object_mut().unwrap();
    all.extend((0..labels).map(|at| (format!("a{at:03}"), json!("v"))));
    item.to_string().into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn one_odd_alert_hides_no_other_and_the_right_incidents_open(
        critical in proptest::collection::vec(any::<bool>(), 1..12),
        odd in any::<prop::sample::Index>(),
        place in 0..PLACES.len() + 1,
        damage in 0..DAMAGE.len(),
    ) {
        let odd = odd.index(critical.len());
        let items: Vec<Vec<u8>> = critical
            .iter()
            .enumerate()
            .map(|(at, critical)| match PLACES.get(place) {
                _ if at != odd => one(at, *critical).to_string().into_bytes(),
                Some(place) => damaged(one(at, *critical), place, DAMAGE[damage]),
                None => bloated(one(at, *critical), 200),
            })
            .collect();
        let body = [b"[".as_slice(), &items.join(b",".as_slice()), b"]"].concat();
        let mut harness = harness();
        let set = harness.arrives(&body);
        let names: BTreeSet<&str> = set.alerts.iter().map(|alert| alert.name.as_str()).collect();
        let mut wanted = BTreeSet::new();
        // An item that is read as it is, its labels untouched, opens what it would open without the damage.
        let whole = PLACES.get(place).is_none_or(|place| !place.starts_with("/labels") && !place.is_empty() || *place == "/labels/team");
        for (at, critical) in critical.iter().enumerate() {
            if at != odd || whole && !(DAMAGE[damage] == b"NaN".as_slice() && place < PLACES.len()) {
                let name = format!("A{at}");
                prop_assert!(names.contains(name.as_str()), "{name} of {names:?}");
                if *critical {
                    wanted.insert(format!("s{}", at % 5));
                }
            }
        }
        let opened = harness.services();
        prop_assert!(wanted.is_subset(&opened), "{wanted:?} of {opened:?}: {}", String::from_utf8_lossy(&body));
        let own = format!("s{}", odd % 5);
        prop_assert!(opened.iter().all(|service| wanted.contains(service) || *service == own), "{opened:?}");
        // Nothing is lost without a word.
        prop_assert_eq!(set.alerts.len() + set.gaps.unread.count, critical.len());
    }
}

#[test]
fn an_alert_without_a_start_pages_on_call_and_nobody_else() {
    let mut harness = harness();
    let mut zero = one(0, true);
    zero["startsAt"] = json!("0001-01-01T00:00:00Z");
    harness.arrives(format!("[{zero}]").as_bytes());
    harness.pass(2);
    assert_eq!(levels_paged(&harness), ["on-call"]);
    let facts = harness.incident().alerts.values().next().unwrap().clone();
    assert_eq!(facts.starts_at, start(), "when it was first seen");
    // The next program sees it for the first time later: neither a new start nor a second incident.
    harness.pass(300);
    for _ in 0..2 {
        harness.arrives(format!("[{zero}]").as_bytes());
        harness.pass(2);
    }
    assert_eq!(harness.incident().alerts.values().next().unwrap(), &facts);
    let alert = &harness.model.alerts()[0];
    assert_eq!(alert.start, AlertStart::Unknown);
    assert_eq!(harness.model.began(alert), start());
    harness.act(Action::Acknowledge);
    harness.set_status(Status::Closed, "").yes();
    assert_eq!(harness.incident().status, Status::Closed);
    harness.arrives(format!("[{zero}]").as_bytes());
    assert_eq!(harness.model.views.len(), 1, "it goes on");
}

#[test]
fn while_an_alert_cannot_be_read_no_absent_one_counts_as_cleared() {
    let mut harness = Harness::new();
    harness.rules(true);
    harness.firing();
    harness.rules(false);
    for body in [&b"[null]"[..], b"[{\"labels\":"] {
        harness.arrives(body);
        harness.pass(60);
        assert_eq!(harness.first_alert(), AlertState::Firing);
        let part = (slug("alertmanager"), "alerts");
        assert!(harness.model.live.odd.contains_key(&part));
    }
    harness.rules(false);
    harness.arrives(b"[]");
    assert_eq!(harness.first_alert(), AlertState::Cleared);
    assert!(harness.model.live.odd.is_empty());
}

#[test]
fn an_answer_that_breaks_off_opens_what_arrived_and_is_no_contact() {
    let mut harness = harness();
    harness.arrives(format!("[{},{{\"labels\"", one(1, true)).as_bytes());
    assert_eq!(harness.services(), BTreeSet::from(["s1".to_string()]));
    let state = &harness.model.live.sources[&slug("alertmanager")];
    assert!(state.error.is_some() && state.answered.is_none());
}

#[test]
fn rules_that_cannot_be_read_are_reported_and_are_no_lost_contact() {
    let mut harness = Harness::new();
    harness.rules(true);
    harness.reading(Reading::Value(0.8));
    harness.firing();
    for _ in 0..30 {
        harness.say(Msg::Rules {
            source: slug("prometheus"),
            result: Ok(RuleSet {
                missing: Some(Problem::new("HTTP 404: page not found", "check the path")),
                ..RuleSet::default()
            }),
        });
        harness.reading(Reading::Value(0.8));
        harness.pass(5);
    }
    assert!(!harness.kinds().contains(&"source-lost"));
    let live = &harness.model.live;
    assert!(live.sources[&slug("prometheus")].error.is_none());
    let reported = &live.odd[&(slug("prometheus"), "rules")];
    assert!(reported.contains("404"), "{reported}");
    harness.alert(&[], AlertState::Firing, start());
    // Without rules nothing proves a recovery.
    assert_eq!(harness.first_alert(), AlertState::Vanished);
    harness.rules(false);
    assert!(harness.model.live.odd.is_empty());
}

fn notes(harness: &Harness, begins: &str) -> usize {
    let entries = harness.view().entries.iter();
    let texts = entries.filter_map(|entry| entry.text(field::TEXT));
    texts.filter(|text| text.starts_with(begins)).count()
}

#[test]
fn beyond_the_alerts_that_are_recorded_a_critical_one_still_is_and_the_cut_is_in_the_record() {
    let mut harness = Harness::with_incident();
    let names: Vec<String> = (0..250).map(|n| format!("Checkout{n:03}")).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.push("PaymentSuccessRateLow");
    harness.alert(&names, AlertState::Firing, start());
    let recorded = harness.incident().alerts.len();
    names.push("AcquirerDown");
    harness.alert(&names, AlertState::Firing, start());
    harness.alert(&names, AlertState::Firing, start());
    let key = alert("AcquirerDown", AlertState::Firing, start()).key;
    assert_eq!(recorded, 200);
    assert!(harness.incident().alerts.contains_key(&key));
    assert_eq!(notes(&harness, "More alerts of this service"), 1);
}

#[test]
fn of_many_changes_the_likeliest_are_recorded_and_the_cut_is_in_the_record() {
    let mut harness = Harness::with_incident();
    let change = |minute: i64| Change {
        at: start() - TimeDelta::minutes(minute),
        kind: ChangeKind::Deployment,
        what: Safe::line(&format!("change {minute}")),
        who: Safe::default(),
        outcome: Safe::default(),
        path: None,
        source: slug("cab"),
    };
    let set = ChangeSet {
        changes: (1..=70).rev().map(change).collect(),
        ..ChangeSet::default()
    };
    for _ in 0..2 {
        harness.say(Msg::Changes {
            source: slug("cab"),
            result: Ok(set.clone()),
        });
    }
    assert_eq!(harness.incident().changes.len(), 50);
    assert!(harness.incident().changes.contains_key(&change(1).key()));
    assert!(!harness.incident().changes.contains_key(&change(70).key()));
    assert_eq!(notes(&harness, "More changes"), 1);
}
