use super::*;
use crate::alerts::{AlertIndex, AlertState, NewSilence, SourceAlerts};
use crate::testing;
use crate::text::{Slug, SourceId};
use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use std::sync::Arc;

fn alert(labels: &[(&str, &str)]) -> Alert {
    testing::alert(labels, AlertState::Firing)
}

fn written(row: &[&Alert], others: &[&Alert]) -> String {
    let ignored = crate::sources::IGNORED.map(str::to_string).into();
    match matchers_of_row(row, others.iter().copied(), &ignored) {
        Ok(found) => {
            let all: Vec<String> = found.matchers.iter().map(ToString::to_string).collect();
            all.join(" ")
        }
        Err(why) => why.to_string(),
    }
}

#[test]
fn every_label_of_an_alert_is_named_but_those_that_are_ignored() {
    let north = [
        ("alertname", "Down"),
        ("acquirer", "north"),
        ("replica", "a"),
    ];
    let north = alert(&north);
    let south = alert(&[("alertname", "Down"), ("acquirer", "south")]);
    let matchers = written(&[&north], &[&south]);
    assert_eq!(matchers, "alertname=Down acquirer=north");
}

#[test]
fn an_alert_with_more_labels_is_left_alone() {
    let less = alert(&[("alertname", "Down")]);
    let more = alert(&[("alertname", "Down"), ("acquirer", "south")]);
    let replica = [
        ("alertname", "Down"),
        ("replica", "b"),
        ("acquirer", "south"),
    ];
    for other in [more, alert(&replica)] {
        let matchers = written(&[&less], &[&other]);
        assert_eq!(matchers, "alertname=Down acquirer=\"\"");
    }
}

#[test]
fn a_group_is_told_from_others_by_the_values_that_it_has() {
    let lag = |pod: &str| alert(&[("alertname", "Lag"), ("pod", pod)]);
    let (one, two, three) = (lag("1"), lag("2"), lag("3"));
    assert_eq!(written(&[&one, &two], &[]), "alertname=Lag");
    assert_eq!(written(&[&one, &two], &[&three]), "alertname=Lag pod=~1|2");
    let many: Vec<Alert> = (10..60).map(|pod| lag(&pod.to_string())).collect();
    let many: Vec<&Alert> = many.iter().collect();
    assert_eq!(written(&many, &[&three]), "alertname=Lag pod!=3");
}

#[test]
fn a_storm_is_silenced_by_what_it_shares() {
    let lag = |pod: usize, at: &str| {
        let pod = format!("api-{pod}\n");
        alert(&[
            ("alertname", "Lag"),
            ("pod", &pod),
            ("zone", at),
            ("replica", at),
        ])
    };
    let storm: Vec<Alert> = (0..10_000).map(|pod| lag(pod, "a")).collect();
    let beside: Vec<Alert> = (0..10_000).map(|pod| lag(pod, "b")).collect();
    let storm: Vec<&Alert> = storm.iter().collect();
    let beside: Vec<&Alert> = beside.iter().collect();
    assert_eq!(written(&storm, &beside), "alertname=Lag zone=a");
    let all_but_one = written(&storm[1..], &storm[..1]);
    assert_eq!(all_but_one, "alertname=Lag pod!=\"api-0\\n\" zone=a");
    let why = written(&storm[..5000], &storm[5000..]);
    assert!(why.contains("more values than one silence takes"), "{why}");
}

#[test]
fn a_row_that_no_single_silence_can_name_is_refused_by_name() {
    let two = |a: &str, b: &str| alert(&[("alertname", "X"), ("a", a), ("b", b)]);
    let (one, other, between) = (two("1", "1"), two("2", "2"), two("1", "2"));
    let why = written(&[&one, &other], &[&between]);
    assert!(
        why.contains("no single silence") && why.contains("(X)"),
        "{why}"
    );
}

#[test]
fn what_is_masked_in_the_alert_is_masked_in_its_matcher() {
    let card = |pan: &str| alert(&[("alertname", "X"), ("pan", pan)]);
    let mut row = card("4111111111111111");
    let twin = card("4111111000071111");
    assert_eq!(row.key, twin.key);
    row.join(&twin);
    let other = card("5500005555555559");
    let shown = written(&[&row], &[&other]);
    assert!(
        !shown.contains("41111111") && shown.contains("pan"),
        "{shown}"
    );
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]{1,2}",
        Just("a\n".to_string()),
        Just("a ".to_string()),
        Just("a\u{a0}".to_string()),
        Just("\u{200B}a".to_string()),
        Just(".*".to_string()),
        Just("a|b".to_string()),
        Just("4111111111111111".to_string()),
        Just("4111111000071111".to_string()),
        Just("x".repeat(3000)),
        Just("\"\\".to_string()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_silence_of_a_row_matches_all_of_it_and_nothing_else(
        sets in proptest::collection::vec(
            proptest::collection::btree_map(
                prop_oneof![Just("alertname"), Just("severity"), Just("a"), Just("b"), Just("replica"), Just("d.e"), Just("f g")],
                value(), 1..5,
            ), 1..14,
        )
    ) {
        let mut alerts: BTreeMap<Slug, Alert> = BTreeMap::new();
        for set in &sets {
            let pairs: Vec<(&str, &str)> = set.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let one = alert(&pairs);
            match alerts.get_mut(&one.key) {
                Some(known) => known.join(&one),
                None => drop(alerts.insert(one.key.clone(), one)),
            }
        }
        let ignored: BTreeSet<String> = crate::sources::IGNORED.map(str::to_string).into();
        let gathered = SourceAlerts { alerts: alerts.into_values().map(Arc::new).collect(), ..SourceAlerts::default() };
        let index = AlertIndex::new(&BTreeMap::from([(SourceId::nearest("am"), gathered)]), &testing::intake());
        let all: Vec<&Alert> = index.alerts().iter().map(AsRef::as_ref).collect();
        // Each alert by itself, and each group.
        let mut rows: Vec<(bool, Vec<u32>)> = (0..all.len() as u32).map(|at| (true, vec![at])).collect();
        rows.extend(index.groups().iter().map(|group| (false, group.members.clone())));
        for (single, row) in rows {
            let members: Vec<&Alert> = row.iter().map(|at| all[*at as usize]).collect();
            let others = (0..all.len()).filter(|at| !row.contains(&(*at as u32))).map(|at| all[at]);
            let found = match matchers_of_row(&members, others, &ignored) {
                Ok(found) => found,
                Err(RowSilenceError::Mixed(_)) if !single => continue,
                // A masked label of one row may stand in the way of another: never if nothing is masked.
                Err(RowSilenceError::NoLabels) => continue,
                Err(why) => return Err(TestCaseError::fail(format!("{why}: {members:?}"))),
            };
            let text: Vec<String> = found.matchers.iter().map(ToString::to_string).collect();
            let hidden: Vec<Matcher> = found.matchers.iter().filter(|it| it.is_masked()).cloned().collect();
            let read = Matcher::parse_all(&text.join(" "), &hidden).unwrap();
            prop_assert_eq!(&read, &found.matchers);
            let now = DateTime::from_timestamp(1_795_305_600, 0).unwrap();
            let silence = NewSilence {
                matchers: read, starts_at: now, ends_at: now + TimeDelta::hours(1),
                created_by: Safe::line("lee"), comment: Safe::line("x"),
            };
            prop_assert_eq!(silence.problem(), None);
            let coverage = silence.coverage(all.iter().copied());
            let wanted: Vec<usize> = row.iter().map(|at| *at as usize).collect();
            prop_assert_eq!(coverage.matching, wanted, "{}", silence.what());
            prop_assert_eq!(coverage.in_part, 0);
        }
    }
}
