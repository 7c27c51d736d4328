//! The intake policy as written in its file: a rule that names no place means the strict path of the service map.

use super::policy::{IntakeAction, IntakePolicy, IntakeRule};
use super::symptom::SignalRule;
use crate::text::{PathId, ServiceId, Slug};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakePolicyFile {
    policy: Slug,
    version: u32,
    rules: Vec<IntakeRuleFile>,
    #[serde(default)]
    signals: Vec<SignalRule>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct IntakeRuleFile {
    rule: Slug,
    #[serde(default)]
    when: BTreeMap<String, String>,
    action: IntakeAction,
    service: Option<ServiceId>,
    path: Option<PathId>,
}

impl IntakePolicyFile {
    /// Gives every rule a place; `strict` is the service and path of rules that name none.
    pub fn located(self, strict: &(ServiceId, PathId)) -> IntakePolicy {
        let rule = |file: IntakeRuleFile| IntakeRule {
            rule: file.rule,
            when: file.when,
            action: file.action,
            service: file.service.unwrap_or_else(|| strict.0.clone()),
            path: file.path.unwrap_or_else(|| strict.1.clone()),
        };
        IntakePolicy {
            policy: self.policy,
            version: self.version,
            rules: self.rules.into_iter().map(rule).collect(),
            signals: self.signals,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_without_a_place_means_the_strict_path() {
        let text = "policy: p\nversion: 1\nrules:\n  - {rule: a, when: {severity: page}, action: open}\n  \
                    - {rule: b, action: join, service: shop, path: history}\n";
        let file: IntakePolicyFile = serde_saphyr::from_str(text).unwrap();
        let policy = file.located(&(ServiceId::nearest("cards"), PathId::nearest("authorize")));
        let places: Vec<(&str, &str)> = policy
            .rules
            .iter()
            .map(|rule| (rule.service.as_str(), rule.path.as_str()))
            .collect();
        assert_eq!(places, [("cards", "authorize"), ("shop", "history")]);
    }
}
