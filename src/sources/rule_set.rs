//! The state of alerting rules: the evidence that an absent alert is resolved.

use crate::alerts::{Alert, UnreadItems};
use crate::text::{Problem, Safe};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Of one source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RuleSet {
    pub rules: Vec<RuleState>,
    /// One of them may be the rule of any alert.
    pub unread: UnreadItems,
    /// Why the rules are unknown though their server answers, and what to do.
    pub missing: Option<Problem>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RuleState {
    pub name: Safe,
    /// The error of the last evaluation. The source still reports such a rule as "inactive".
    pub error: Option<Safe>,
    pub evaluated: Option<DateTime<Utc>>,
    /// Labels of pending and firing instances, without the server's external labels.
    pub active: Vec<BTreeMap<String, Safe>>,
}

impl RuleSet {
    /// Whether an alert that Alertmanager no longer reports is resolved: its rule exists, was evaluated recently and
    /// without error, and has no active instance with these labels.
    pub fn shows_cleared(&self, alert: &Alert, now: DateTime<Utc>) -> bool {
        /// Older evaluations prove nothing: rule groups run every few seconds to minutes.
        const FRESH: TimeDelta = TimeDelta::minutes(5);
        let mut rules = self
            .rules
            .iter()
            .filter(|rule| rule.name == alert.name)
            .peekable();
        rules.peek().is_some()
            && rules.all(|rule| {
                rule.error.is_none()
                    && rule.evaluated.is_some_and(|at| (now - at).abs() < FRESH)
                    // If labels are unknown, any active instance may be this alert.
                    && !rule.active.iter().any(|active| may_be(active, alert))
            })
            && self.unread.count == 0
    }

    /// A rule of this name has an active instance that may be this alert.
    pub fn shows_active(&self, alert: &Alert) -> bool {
        self.rules.iter().any(|rule| {
            rule.name == alert.name && rule.active.iter().any(|active| may_be(active, alert))
        })
    }
}

/// All labels known of both are equal.
fn may_be(active: &BTreeMap<String, Safe>, alert: &Alert) -> bool {
    let same = |(name, value): (&String, &Safe)| match alert.labels.get(name) {
        Some(known) => known == value,
        // Without labels, or with some left out, an alert may have any.
        None => alert.labels.is_empty() || alert.left_out > 0,
    };
    active.iter().all(same)
}
