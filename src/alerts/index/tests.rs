use super::*;
use crate::testing;
use chrono::TimeDelta;
use proptest::prelude::*;

fn alert(name: &str, severity: &str, instance: usize, state: AlertState, start: i64) -> Arc<Alert> {
    let instance = format!("host-{instance}");
    let labels = [
        ("alertname", name),
        ("severity", severity),
        ("instance", &instance),
    ];
    let mut alert = testing::alert(&labels, state);
    alert.starts_at += TimeDelta::seconds(start);
    Arc::new(alert)
}

fn index(sets: Vec<(&str, Vec<Arc<Alert>>)>) -> AlertIndex {
    let gathered = sets.into_iter().map(|(name, alerts)| {
        let answer = SourceAlerts {
            alerts,
            ..SourceAlerts::default()
        };
        (SourceId::nearest(name), answer)
    });
    AlertIndex::new(&gathered.collect(), &testing::intake())
}

#[test]
fn an_alert_that_two_members_of_a_cluster_report_is_one() {
    let quiet = alert("Down", "critical", 1, AlertState::Suppressed, 0);
    let loud = alert("Down", "critical", 1, AlertState::Firing, 0);
    let index = index(vec![("am-1", vec![quiet]), ("am-2", vec![loud])]);
    let counts = (index.alerts().len(), index.firing(), index.suppressed());
    assert_eq!(counts, (1, 1, 0));
    assert_eq!(index.source(0).unwrap().as_str(), "am-2");
}

#[test]
fn what_two_sources_have_behind_one_alert_is_known_of_both() {
    let mut one = alert("Down", "critical", 1, AlertState::Suppressed, 0);
    let mut two = alert("Down", "critical", 1, AlertState::Firing, 0);
    for (alert, replica) in [(&mut one, "a"), (&mut two, "b")] {
        let labels = &mut Arc::make_mut(alert).labels;
        labels.insert("replica".into(), Safe::line(replica));
    }
    let index = index(vec![("am-1", vec![one]), ("am-2", vec![two])]);
    let alert = &index.alerts()[0];
    let mut replicas: Vec<&str> = alert.label_sets().map(|set| set.get("replica")).collect();
    replicas.sort_unstable();
    assert_eq!(replicas, ["a", "b"]);
    let has = |source: &str| index.is_at(&SourceId::nearest(source), 0);
    assert_eq!((has("am-1"), has("am-2"), has("am-3")), (true, true, false));
}

#[test]
fn heartbeat_alerts_are_counted_apart() {
    let alerts = vec![
        alert("Watchdog", "none", 1, AlertState::Firing, 0),
        alert("Watchdog", "critical", 2, AlertState::Firing, 0),
        alert("Down", "none", 3, AlertState::Firing, 0),
    ];
    let index = index(vec![("am", alerts)]);
    assert_eq!((index.firing(), index.heartbeats()), (3, 1));
}

#[test]
fn groups_gather_by_name_and_severity_and_silenced_ones_stand_apart() {
    let alerts = vec![
        alert("Lag", "warning", 1, AlertState::Firing, 50),
        alert("Lag", "warning", 2, AlertState::Firing, 10),
        alert("Lag", "warning", 3, AlertState::Suppressed, 5),
        alert("Down", "critical", 4, AlertState::Firing, 90),
    ];
    let index = index(vec![("am", alerts)]);
    let groups = index.groups().iter();
    let shown: Vec<_> = groups
        .map(|group| (group.name.as_str(), group.members.len()))
        .collect();
    assert_eq!(shown, [("Down", 1), ("Lag", 2), ("Lag", 1)]);
    let oldest = testing::start() + TimeDelta::seconds(10);
    assert_eq!(index.groups()[1].oldest, oldest);
}

#[test]
fn a_group_names_only_what_all_of_it_share() {
    let mut alerts: Vec<Arc<Alert>> = (0..40)
        .map(|at| alert("Lag", "warning", at, AlertState::Firing, 0))
        .collect();
    for (at, alert) in alerts.iter_mut().enumerate() {
        let alert = Arc::make_mut(alert);
        let service = if at == 39 { "ledger" } else { "payments" };
        let labels = [("service", service), ("region", "eu")];
        let safe = |(name, value): (&str, &str)| (name.to_string(), Safe::line(value));
        alert.labels.extend(labels.map(safe));
    }
    let odd = &mut Arc::make_mut(&mut alerts[3]).odd;
    odd.push(Safe::line("start: none is given"));
    let index = index(vec![("am", alerts)]);
    let group = &index.groups()[0];
    assert_eq!(group.shared, [("region", Safe::line("eu"))]);
    assert_eq!(group.odd, 1);
    assert_eq!(index.odd(&SourceId::nearest("am")).unwrap().0, 1);
}

proptest! {
    #[test]
    fn narrowing_a_search_finds_what_a_fresh_one_finds(instances in proptest::collection::vec(0usize..300, 1..80), first in "[0-9]{1,2}", more in "[0-9]{0,2}") {
        let alerts = instances.iter().map(|at| alert("Lag", "warning", *at, AlertState::Firing, 0)).collect();
        let index = index(vec![("am", alerts)]);
        let wide = index.search(std::slice::from_ref(&first), None);
        let words = [format!("{first}{more}")];
        prop_assert_eq!(index.search(&words, Some(&wide)), index.search(&words, None));
        for at in 0..index.alerts().len() {
            let key = index.alerts()[at].key.clone();
            prop_assert_eq!(index.get(&key).unwrap().0 as usize, at);
        }
    }
}
