//! How alerting rules stand, as Prometheus and Grafana write it.

use super::normalize::labels;
use super::{RuleSet, RuleState};
use crate::text::Safe;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Groups of rules.
#[derive(Deserialize)]
pub(super) struct Groups {
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Rule {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    health: String,
    last_error: Option<String>,
    last_evaluation: Option<DateTime<Utc>>,
    alerts: Option<Vec<ActiveAlert>>,
}

#[derive(Deserialize)]
struct ActiveAlert {
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    state: String,
}

/// The alerting ones.
pub(super) fn rule_set(groups: Groups) -> RuleSet {
    let rules = groups.groups.into_iter().flat_map(|group| group.rules);
    let state = |rule: Rule| RuleState {
        name: Safe::line(&rule.name),
        error: match rule.health.as_str() {
            "err" | "error" => Some(Safe::line(
                rule.last_error.as_deref().unwrap_or("no reason given"),
            )),
            "nodata" => Some(Safe::line("its query gives no data")),
            _ => None,
        },
        evaluated: rule.last_evaluation,
        active: rule
            .alerts
            .iter()
            .flatten()
            // Grafana lists instances that are well, too.
            .filter(|alert| {
                !alert.state.eq_ignore_ascii_case("normal")
                    && !alert.state.eq_ignore_ascii_case("inactive")
            })
            .map(|alert| labels(&alert.labels))
            .collect(),
    };
    let alerting = rules.filter(|rule| rule.kind == "alerting" || rule.kind.is_empty());
    RuleSet {
        rules: alerting.map(state).collect(),
    }
}
