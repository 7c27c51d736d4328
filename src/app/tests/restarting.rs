//! A console that is restarted: what a source has not said yet is unknown, and nothing about it is recorded.

use super::*;
use crate::incident::entry::AlertSeen;
use crate::sources::{Offers, RuleSet, RuleState};
use crate::testing::reports;
use proptest::prelude::*;

const ALERTS: [&str; 3] = ["PaymentSuccessRateLow", "AcquirerDown", "LedgerLag"];

/// The answers of two Alertmanagers, and the rules and readings of a Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    First,
    Second,
    Rules,
    Reading,
}

/// Two Alertmanagers whose starts differ; one alert is silenced at the first only, one is known to the second only.
fn reported(answer: Answer, ended: bool) -> Vec<Alert> {
    let [both, silenced, second] = ALERTS;
    let late = start() + TimeDelta::seconds(1);
    match answer {
        Answer::First => vec![
            alert(both, AlertState::Firing, start()),
            alert(silenced, AlertState::Suppressed, start()),
        ],
        _ if ended => vec![
            alert(both, AlertState::Firing, late),
            alert(silenced, AlertState::Firing, late),
        ],
        _ => vec![
            alert(both, AlertState::Firing, late),
            alert(silenced, AlertState::Firing, late),
            alert(second, AlertState::Firing, late),
        ],
    }
}

fn answers(harness: &mut Harness, answer: Answer, ended: bool) {
    match answer {
        Answer::First => harness.gather("am-1", reported(answer, ended)),
        Answer::Second => harness.gather("am-2", reported(answer, ended)),
        Answer::Reading => harness.reading(Reading::Value(0.97)),
        Answer::Rules => {
            let active = |name: &&str| !(ended && **name == *ALERTS[2]);
            let rule = |name: &str| RuleState {
                name: Safe::line(name),
                error: None,
                evaluated: Some(harness.model.now),
                active: ALERTS
                    .iter()
                    .filter(|it| **it == name && active(it))
                    .map(|name| alert(name, AlertState::Firing, start()).labels)
                    .collect(),
            };
            let rules = ALERTS.map(rule).into();
            harness.say(Msg::Rules {
                source: slug("prometheus"),
                result: Ok(RuleSet {
                    rules,
                    ..RuleSet::default()
                }),
            });
        }
    }
}

fn fails(harness: &mut Harness, answer: Answer) {
    let problem = Problem::new("cannot connect", "check");
    let source = |name| slug(name);
    harness.say(match answer {
        Answer::First | Answer::Second => Msg::Alerts {
            source: source(["am-1", "am-2"][usize::from(answer == Answer::Second)]),
            result: Err(problem),
        },
        Answer::Rules => Msg::Rules {
            source: source("prometheus"),
            result: Err(problem),
        },
        Answer::Reading => {
            let report = reports::unread(harness.model.now, Err(problem));
            Msg::Signals(Box::new(report))
        }
    });
}

const ALL: [Answer; 4] = [
    Answer::First,
    Answer::Second,
    Answer::Rules,
    Answer::Reading,
];

fn with_three_sources() -> Harness {
    let mut harness = Harness::with(|setup| {
        let offers = |alerts: bool| Offers {
            alerts,
            metrics: !alerts,
            rules: !alerts,
        };
        setup.sources = [("am-1", true), ("am-2", true), ("prometheus", false)]
            .map(|(name, alerts)| (slug(name), offers(alerts)))
            .into();
    });
    for _ in 0..2 {
        for answer in [
            Answer::Rules,
            Answer::Reading,
            Answer::Second,
            Answer::First,
        ] {
            answers(&mut harness, answer, false);
            harness.pass(1);
        }
    }
    assert_eq!(harness.incident().alerts.len(), 3);
    harness
}

fn restart(harness: &mut Harness) -> usize {
    harness.gathered.clear();
    harness.restart("boot-1", TimeDelta::seconds(20));
    let views = harness.model.views.keys().next().cloned();
    harness.model.current = views;
    harness.view().entries.len()
}

fn alerts_since(harness: &Harness, before: usize) -> Vec<AlertSeen> {
    let entries = harness.view().entries[before..].iter();
    entries
        .filter_map(Entry::data::<AlertSeen>)
        .cloned()
        .collect()
}

/// Failures, then answers in any order, each after some seconds.
fn first_answers(pause: i64) -> impl Strategy<Value = Vec<(Answer, i64, bool)>> {
    let failing = proptest::collection::vec((prop::sample::select(&ALL[..]), 0..pause), 0..4);
    let order = Just(ALL.to_vec()).prop_shuffle();
    let pauses = proptest::collection::vec(0..pause, 4);
    (failing, order, pauses).prop_map(|(failing, order, pauses)| {
        let failing = failing
            .into_iter()
            .map(|(answer, pause)| (answer, pause, false));
        let coming = order.into_iter().zip(pauses);
        let coming = coming.map(|(answer, pause)| (answer, pause, true));
        failing.chain(coming).collect()
    })
}

fn play(harness: &mut Harness, steps: &[(Answer, i64, bool)], ended: bool) {
    for (answer, pause, comes) in steps {
        match comes {
            true => answers(harness, *answer, ended),
            false => fails(harness, *answer),
        }
        harness.pass(*pause);
    }
    for answer in ALL.iter().chain(&ALL) {
        answers(harness, *answer, ended);
        harness.pass(1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn after_a_restart_no_order_of_first_answers_changes_an_alert_that_is_as_it_was(steps in first_answers(9)) {
        let mut harness = with_three_sources();
        let before = restart(&mut harness);
        play(&mut harness, &steps, false);
        prop_assert_eq!(alerts_since(&harness, before), Vec::new());
        let kinds = &harness.kinds()[before..];
        let lost = kinds.iter().filter(|kind| **kind == "source-lost").count();
        let back = kinds.iter().filter(|kind| **kind == "source-back").count();
        prop_assert_eq!(lost, back, "what was lost has answered");
    }

    /// Within the time after which a source counts as lost.
    #[test]
    fn an_alert_that_ended_while_no_console_ran_is_recorded_once_and_as_resolved(steps in first_answers(3)) {
        let mut harness = with_three_sources();
        let before = restart(&mut harness);
        play(&mut harness, &steps, true);
        let seen = alerts_since(&harness, before);
        let states: Vec<AlertState> = seen.iter().map(|seen| seen.state).collect();
        prop_assert_eq!(states, vec![AlertState::Cleared]);
    }
}

#[test]
fn rules_that_answer_before_the_alerts_record_nothing() {
    let mut harness = with_three_sources();
    let before = restart(&mut harness);
    for _ in 0..3 {
        answers(&mut harness, Answer::Rules, false);
        answers(&mut harness, Answer::Reading, false);
        harness.pass(5);
    }
    assert_eq!(alerts_since(&harness, before), Vec::new());
}

#[test]
fn an_alertmanager_that_stays_away_does_not_keep_a_new_firing_out_of_the_record() {
    let mut harness = with_three_sources();
    let before = restart(&mut harness);
    let late = harness.model.now;
    for _ in 0..6 {
        fails(&mut harness, Answer::Second);
        let mut alerts = reported(Answer::First, false);
        alerts.push(alert("IssuerDown", AlertState::Firing, late));
        harness.gather("am-1", alerts);
        harness.pass(5);
    }
    let seen = alerts_since(&harness, before);
    let states: Vec<AlertState> = seen.iter().map(|seen| seen.state).collect();
    assert_eq!(states, [AlertState::Firing], "the new one alone");
}

#[test]
fn without_rules_for_a_while_an_absent_alert_is_no_longer_reported() {
    let mut harness = with_three_sources();
    let before = restart(&mut harness);
    for _ in 0..6 {
        answers(&mut harness, Answer::First, true);
        answers(&mut harness, Answer::Second, true);
        answers(&mut harness, Answer::Reading, true);
        fails(&mut harness, Answer::Rules);
        harness.pass(5);
    }
    let seen = alerts_since(&harness, before);
    let states: Vec<AlertState> = seen.iter().map(|seen| seen.state).collect();
    assert_eq!(states, [AlertState::Vanished]);
}
