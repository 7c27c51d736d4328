//! Which alerts and signals open an incident, and which join an open one.

mod file;
mod symptom;

pub use file::PolicyFile;
pub use symptom::{Finding, Paths, SignalRule, Symptom, Unseen};

use crate::alerts::{Alert, AlertState, Condition};
use crate::text::Slug;
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakePolicy {
    pub policy: Slug,
    /// Raised with each change.
    pub version: u32,
    /// The first rule that matches an alert decides.
    pub rules: Vec<Rule>,
    /// Signals that open an incident without an alert.
    #[serde(default)]
    pub signals: Vec<SignalRule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The incident that it opens cites this name.
    pub rule: Slug,
    /// Labels with anchored regular expressions; all must match. An absent label is empty text.
    #[serde(default)]
    pub when: BTreeMap<String, String>,
    pub action: Action,
    pub service: Slug,
    pub path: Slug,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Opens an incident, or joins the open one of the same service.
    Open,
    /// Joins the open incident of the same service; opens none.
    Join,
    Show,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakePolicyError {
    #[error("rule \"{rule}\", label \"{label}\": \"{pattern}\" is not a regular expression")]
    Pattern {
        rule: Slug,
        label: String,
        pattern: String,
    },
    /// A rule behind one that takes all its alerts.
    #[error(
        "rule \"{rule}\" can never match: \"{earlier}\" before it takes all its alerts; put it before that one"
    )]
    Unreachable { rule: Slug, earlier: Slug },
    #[error("rule \"{0}\" is there twice: an incident cites the rule that opened it")]
    Twice(Slug),
    #[error("no rule has `action: open`, so nothing would ever open an incident")]
    OpensNothing,
}

#[derive(Debug, Clone)]
pub struct Intake {
    rules: Vec<(Rule, Vec<(String, Regex)>)>,
    signals: Vec<SignalRule>,
}

impl Intake {
    pub fn new(policy: &IntakePolicy) -> Result<Self, IntakePolicyError> {
        let mut rules: Vec<(Rule, Vec<(String, Regex)>)> = Vec::new();
        for rule in &policy.rules {
            if let Some((earlier, _)) = rules.iter().find(|(earlier, _)| covers(earlier, rule)) {
                let (rule, earlier) = (rule.rule.clone(), earlier.rule.clone());
                return Err(IntakePolicyError::Unreachable { rule, earlier });
            }
            rules.push((rule.clone(), compile(rule)?));
        }
        let mut names: Vec<&Slug> = policy.signals.iter().map(|rule| &rule.rule).collect();
        names.extend(policy.rules.iter().map(|rule| &rule.rule));
        names.sort();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(IntakePolicyError::Twice(pair[0].clone()));
        }
        let opens = policy.rules.iter().any(|rule| rule.action == Action::Open);
        if !opens && policy.signals.is_empty() {
            return Err(IntakePolicyError::OpensNothing);
        }
        Ok(Self {
            rules,
            signals: policy.signals.clone(),
        })
    }

    pub fn labels(&self) -> impl Iterator<Item = &str> {
        let all = self.rules.iter().flat_map(|(_, labels)| labels);
        all.map(|(name, _)| name.as_str())
    }

    /// Whether an alert may open an incident without a person.
    pub fn may_open(&self, alert: &Alert) -> bool {
        self.judge(alert)
            .is_some_and(|rule| Self::opens(rule, alert))
    }

    pub fn signals(&self) -> &[SignalRule] {
        &self.signals
    }

    /// The rule for an alert, if one matches. A suppressed alert opens nothing: a person silenced it, or a more severe
    /// alert inhibits it.
    pub fn judge(&self, alert: &Alert) -> Option<&Rule> {
        let matches = |(_, labels): &&(Rule, Vec<(String, Regex)>)| {
            labels
                .iter()
                .all(|(name, pattern)| pattern.is_match(alert.label(name)))
        };
        let (rule, _) = self.rules.iter().find(matches)?;
        (rule.action != Action::Show).then_some(rule)
    }

    pub fn rule_number(&self, alert: &Alert) -> Option<usize> {
        let rule = self.judge(alert)?;
        self.rules
            .iter()
            .position(|(known, _)| std::ptr::eq(known, rule))
    }

    pub fn rule(&self, number: usize) -> Option<&Rule> {
        self.rules.get(number).map(|(rule, _)| rule)
    }

    pub fn opens(rule: &Rule, alert: &Alert) -> bool {
        // In some systems a rule without data, or one that fails, fires too. Unknown is not a breach.
        rule.action == Action::Open
            && alert.state == AlertState::Firing
            && alert.condition == Condition::Met
    }
}

/// Whether the earlier rule takes every alert of the later one: each of its conditions is among those of the later one,
/// or matches everything.
fn covers(earlier: &Rule, later: &Rule) -> bool {
    earlier
        .when
        .iter()
        .all(|(label, pattern)| pattern == ".*" || later.when.get(label) == Some(pattern))
}

fn compile(rule: &Rule) -> Result<Vec<(String, Regex)>, IntakePolicyError> {
    let one = |(label, pattern): (&String, &String)| {
        let anchored = regex::RegexBuilder::new(&format!("^(?:{pattern})$"))
            .size_limit(1 << 20)
            .build();
        anchored
            .map(|regex| (label.clone(), regex))
            .map_err(|_| IntakePolicyError::Pattern {
                rule: rule.rule.clone(),
                label: label.clone(),
                pattern: pattern.clone(),
            })
    };
    rule.when.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Safe;
    use chrono::DateTime;

    fn alert(labels: &[(&str, &str)], state: AlertState) -> Alert {
        Alert {
            key: Slug::nearest("k"),
            name: Safe::line("A"),
            summary: Safe::default(),
            labels: labels
                .iter()
                .map(|(k, v)| ((*k).to_string(), Safe::line(v)))
                .collect(),
            state,
            suppressed_by: Vec::new(),
            starts_at: DateTime::UNIX_EPOCH,
            links: Vec::new(),
            silenced_by: Vec::new(),
            start: crate::alerts::Start::Told,
            odd: Vec::new(),
            left_out: 0,
            raw: crate::alerts::RawLabels::default(),
            condition: crate::alerts::Condition::Met,
        }
    }

    fn rule(name: &str, when: &[(&str, &str)], action: Action) -> Rule {
        Rule {
            rule: Slug::nearest(name),
            when: when
                .iter()
                .map(|(k, v)| ((*k).to_string(), (*v).to_string()))
                .collect(),
            action,
            service: Slug::nearest("payments"),
            path: Slug::nearest("confirm"),
        }
    }

    fn policy(rules: Vec<Rule>) -> IntakePolicy {
        IntakePolicy {
            policy: Slug::nearest("p"),
            version: 1,
            rules,
            signals: Vec::new(),
        }
    }

    #[test]
    fn the_first_matching_rule_decides_and_patterns_are_anchored() {
        let intake = Intake::new(&policy(vec![
            rule("watchdog", &[("alertname", "Watchdog")], Action::Show),
            rule("critical", &[("severity", "crit.*")], Action::Open),
        ]))
        .unwrap();
        let critical = alert(&[("severity", "critical")], AlertState::Firing);
        assert_eq!(intake.judge(&critical).unwrap().rule.as_str(), "critical");
        assert!(
            intake
                .judge(&alert(&[("severity", "xcritical")], AlertState::Firing))
                .is_none()
        );
        let dog = alert(
            &[("severity", "critical"), ("alertname", "Watchdog")],
            AlertState::Firing,
        );
        assert!(intake.judge(&dog).is_none());
    }

    #[test]
    fn a_rule_may_look_at_a_label_with_dots_in_its_name() {
        let dotted = [("service.name", "pay.*")];
        let intake = Intake::new(&policy(vec![rule("otel", &dotted, Action::Open)])).unwrap();
        let otel = alert(&[("service.name", "payments")], AlertState::Firing);
        assert!(intake.may_open(&otel));
        assert!(!intake.may_open(&alert(&[("service_name", "payments")], AlertState::Firing)));
        assert_eq!(intake.labels().collect::<Vec<_>>(), ["service.name"]);
    }

    #[test]
    fn a_silenced_alert_opens_nothing_nor_does_one_without_data() {
        let rule = rule("critical", &[], Action::Open);
        assert!(Intake::opens(&rule, &alert(&[], AlertState::Firing)));
        assert!(!Intake::opens(&rule, &alert(&[], AlertState::Suppressed)));
        for condition in [Condition::NoData, Condition::Error] {
            let unknown = Alert {
                condition,
                ..alert(&[], AlertState::Firing)
            };
            assert!(!Intake::opens(&rule, &unknown), "{condition:?}");
        }
    }

    #[test]
    fn a_policy_that_cannot_work_is_refused() {
        let all = rule("all", &[], Action::Open);
        let late = rule("late", &[("a", "b")], Action::Open);
        assert!(matches!(
            Intake::new(&policy(vec![all, late])),
            Err(IntakePolicyError::Unreachable { .. })
        ));
        // A rule that takes everything by a pattern, and one with fewer conditions than a later rule.
        let noise = rule("noise", &[("alertname", ".*")], Action::Show);
        let fewer = rule("fewer", &[("severity", "critical")], Action::Join);
        let more = [("severity", "critical"), ("team", "payments")];
        for earlier in [noise, fewer] {
            let later = rule("later", &more, Action::Open);
            assert!(matches!(
                Intake::new(&policy(vec![earlier, later])),
                Err(IntakePolicyError::Unreachable { .. })
            ));
        }
        let broken = rule("broken", &[("a", "(")], Action::Open);
        assert!(matches!(
            Intake::new(&policy(vec![broken])),
            Err(IntakePolicyError::Pattern { .. })
        ));
        let join = rule("join", &[], Action::Join);
        assert_eq!(
            Intake::new(&policy(vec![join])).unwrap_err(),
            IntakePolicyError::OpensNothing
        );
    }
}
