//! Alerting rules as Prometheus and Grafana write them. A malformed rule does not affect the others.

use super::lenient::{Fields, Flag, List, Pairs, Text};
use super::normalize::labels;
use super::rule_set::{RuleSet, RuleState};
use super::time::read_time;
use crate::alerts::UnreadItems;
use crate::text::Safe;
use serde::Deserialize;

/// vmalert writes `null` for no groups.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RuleGroups {
    groups: List<Fields<RuleGroup>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RuleGroup {
    rules: List<Fields<WireRule>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WireRule {
    name: Text,
    #[serde(rename = "type")]
    kind: Text,
    health: Text,
    last_error: Text,
    last_evaluation: Text,
    is_paused: Flag,
    alerts: List<Fields<ActiveAlert>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ActiveAlert {
    labels: Pairs,
    state: Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InstanceState {
    /// It fires, is pending, or may fire: `Recovering` still fires, `Error` and `NoData` are unknown.
    Active,
    /// The text behind it is only the reason: `Normal (NoData)`, `Normal (MissingSeries)`, `Normal (Updated)`.
    Inactive,
    /// Not evaluated: neither active nor not.
    Paused,
}

/// Prometheus's `firing`, `pending`, `inactive`; Grafana's with a reason in brackets.
fn instance_state(state: &str) -> InstanceState {
    let lower = state.trim().to_ascii_lowercase();
    let (name, reason) = lower.split_once('(').unwrap_or((&lower, ""));
    match (name.trim(), reason.trim_end_matches(')').trim()) {
        ("paused", _) | (_, "paused") => InstanceState::Paused,
        ("normal" | "inactive", _) => InstanceState::Inactive,
        _ => InstanceState::Active,
    }
}

/// Alerting rules only.
pub(super) fn rule_set(groups: RuleGroups) -> RuleSet {
    let mut unread = UnreadItems::default();
    let mut rules = Vec::new();
    for group in readable(groups.groups, "the list of groups", "a group", &mut unread) {
        for rule in readable(
            group.rules,
            "a group's list of rules",
            "a rule",
            &mut unread,
        ) {
            let is_alerting = rule.kind.text == "alerting" || rule.kind.text.is_empty();
            if !is_alerting && rule.kind.odd.is_none() {
                continue;
            }
            if !rule.name.has_text() || rule.name.text.is_empty() {
                unread.add("a rule has no name");
                continue;
            }
            rules.push(state_of(rule));
        }
    }
    RuleSet {
        rules,
        unread,
        missing: None,
    }
}

/// The items that are objects; the others are counted.
fn readable<T>(list: List<Fields<T>>, all: &str, one: &str, unread: &mut UnreadItems) -> Vec<T> {
    if let Some(kind) = list.odd.filter(|_| list.is_unreadable()) {
        unread.add(&format!("{all} is {}", kind.words()));
    }
    let mut found = Vec::new();
    for item in list.items {
        match item.0 {
            Ok(item) => found.push(item),
            Err(kind) => unread.add(&format!("{one} is {}", kind.words())),
        }
    }
    found
}

fn state_of(rule: WireRule) -> RuleState {
    let error = match rule.health.text.as_str() {
        "err" | "error" => Some(match rule.last_error.text.as_str() {
            "" => "no reason given".to_string(),
            said => said.to_string(),
        }),
        "nodata" => Some("its query gives no data".to_string()),
        _ => None,
    };
    let mut instances = UnreadItems::default();
    let mut active = Vec::new();
    let mut paused = rule.is_paused.0 == Some(true);
    for alert in readable(rule.alerts, "their list", "one", &mut instances) {
        match instance_state(&alert.state.text) {
            InstanceState::Active => active.push(labels(&alert.labels.into_texts())),
            InstanceState::Inactive => {}
            InstanceState::Paused => paused = true,
        }
    }
    let hidden = instances.words("of its instances", "of its instances");
    let paused = paused.then(|| "it is paused, and nothing evaluates it".to_string());
    RuleState {
        name: Safe::line(&rule.name.text),
        error: error.or(hidden).or(paused).map(|what| Safe::line(&what)),
        evaluated: read_time(&rule.last_evaluation.text).ok(),
        active,
    }
}

#[cfg(test)]
mod tests {
    use super::super::lenient::salvage;
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Normal", InstanceState::Inactive)]
    #[case("Normal (Updated)", InstanceState::Inactive)]
    #[case("Normal (NoData)", InstanceState::Inactive)]
    #[case("Normal (MissingSeries)", InstanceState::Inactive)]
    #[case("normal (Error)", InstanceState::Inactive)]
    #[case("Normal(KeepLast)", InstanceState::Inactive)]
    #[case("inactive", InstanceState::Inactive)]
    #[case("Normal (Paused)", InstanceState::Paused)]
    #[case("Paused", InstanceState::Paused)]
    #[case("Recovering", InstanceState::Active)]
    #[case("Alerting", InstanceState::Active)]
    #[case("Alerting (NoData)", InstanceState::Active)]
    #[case("Alerting (Error)", InstanceState::Active)]
    #[case("Pending (NoData)", InstanceState::Active)]
    #[case("pending", InstanceState::Active)]
    #[case("firing", InstanceState::Active)]
    #[case("NoData", InstanceState::Active)]
    #[case("Error", InstanceState::Active)]
    #[case("", InstanceState::Active)]
    #[case("a state of a later version", InstanceState::Active)]
    fn a_state_clears_an_alert_only_where_its_server_calls_it_well(
        #[case] state: &str,
        #[case] wanted: InstanceState,
    ) {
        assert_eq!(instance_state(state), wanted);
    }

    #[rstest]
    #[case::null_groups(r#"{"groups":null}"#, 0, 0)]
    #[case::no_groups("{}", 0, 0)]
    #[case::null_rules(r#"{"groups":[{"name":"a","rules":null}]}"#, 0, 0)]
    #[case::a_null_group(
        r#"{"groups":[null,{"rules":[{"name":"A","type":"alerting"}]}]}"#,
        1,
        1
    )]
    #[case::a_rule_that_is_text(
        r#"{"groups":[{"rules":["x",{"name":"A","type":"alerting"}]}]}"#,
        1,
        1
    )]
    #[case::groups_that_are_none(r#"{"groups":{"a":1}}"#, 0, 1)]
    #[case::a_name_that_is_null(
        r#"{"groups":[{"rules":[{"name":null,"type":"alerting"},{"name":"A"}]}]}"#,
        1,
        1
    )]
    #[case::a_number_as_name(r#"{"groups":[{"rules":[{"name":3,"type":"alerting"}]}]}"#, 1, 0)]
    #[case::recording(r#"{"groups":[{"rules":[{"name":"r","type":"recording"}]}]}"#, 0, 0)]
    #[case::half_a_character(r#"{"groups":[{"rules":[{"name":"A\ud800"},{"name":"B"}]}]}"#, 2, 0)]
    fn rules_are_read_one_by_one(#[case] body: &str, #[case] rules: usize, #[case] unread: usize) {
        let set = rule_set(salvage(body.as_bytes()).unwrap());
        assert_eq!(
            (set.rules.len(), set.unread.count),
            (rules, unread),
            "{set:?}"
        );
    }

    #[rstest]
    #[case::instances_that_are_none(r#"{"name":"A","alerts":"x"}"#)]
    #[case::an_instance_that_is_null(r#"{"name":"A","alerts":[null]}"#)]
    #[case::paused(r#"{"name":"A","isPaused":true}"#)]
    #[case::broken(r#"{"name":"A","health":"err","lastError":null}"#)]
    fn a_rule_that_is_not_known_to_be_well_shows_no_recovery(#[case] rule: &str) {
        let body = format!("{{\"groups\":[{{\"rules\":[{rule}]}}]}}");
        let set = rule_set(salvage(body.as_bytes()).unwrap());
        assert!(set.rules[0].error.is_some(), "{set:?}");
    }
}
