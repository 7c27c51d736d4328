//! A policy with compiled expressions: the rule for an alert.

use super::policy::{IntakeAction, IntakeError, IntakePolicy, IntakeRule};
use super::symptom::SignalRule;
use crate::alerts::alert::{Alert, AlertState, Condition};
use crate::text::Slug;
use regex::{Regex, RegexBuilder};

#[derive(Debug, Clone)]
pub struct Intake {
    rules: Vec<(IntakeRule, Vec<(String, Regex)>)>,
    signals: Vec<SignalRule>,
}

impl Intake {
    pub fn new(policy: &IntakePolicy) -> Result<Self, IntakeError> {
        let mut rules: Vec<(IntakeRule, Vec<(String, Regex)>)> = Vec::new();
        for rule in &policy.rules {
            if let Some((earlier, _)) = rules.iter().find(|(earlier, _)| covers(earlier, rule)) {
                let (rule, earlier) = (rule.rule.clone(), earlier.rule.clone());
                return Err(IntakeError::Unreachable { rule, earlier });
            }
            rules.push((rule.clone(), compile(rule)?));
        }
        let mut names: Vec<&Slug> = policy.signals.iter().map(|rule| &rule.rule).collect();
        names.extend(policy.rules.iter().map(|rule| &rule.rule));
        names.sort();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(IntakeError::Twice(pair[0].clone()));
        }
        let mut rules_of_alerts = policy.rules.iter();
        let opens = rules_of_alerts.any(|rule| rule.action == IntakeAction::Open);
        if !opens && policy.signals.is_empty() {
            return Err(IntakeError::OpensNothing);
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

    pub fn may_open(&self, alert: &Alert) -> bool {
        let rule = self.judge(alert);
        rule.is_some_and(|rule| Self::opens(rule, alert))
    }

    pub fn signals(&self) -> &[SignalRule] {
        &self.signals
    }

    /// A suppressed alert opens nothing: a person silenced it, or a more severe alert inhibits it.
    pub fn judge(&self, alert: &Alert) -> Option<&IntakeRule> {
        let matches = |(_, labels): &&(IntakeRule, Vec<(String, Regex)>)| {
            let mut labels = labels.iter();
            labels.all(|(name, pattern)| pattern.is_match(alert.label(name)))
        };
        let (rule, _) = self.rules.iter().find(matches)?;
        (rule.action != IntakeAction::Show).then_some(rule)
    }

    pub fn rule_number(&self, alert: &Alert) -> Option<usize> {
        let rule = self.judge(alert)?;
        let mut rules = self.rules.iter();
        rules.position(|(known, _)| std::ptr::eq(known, rule))
    }

    pub fn rule(&self, number: usize) -> Option<&IntakeRule> {
        self.rules.get(number).map(|(rule, _)| rule)
    }

    pub fn opens(rule: &IntakeRule, alert: &Alert) -> bool {
        // In some systems a rule without data, or one that fails, fires too. Unknown is not a breach.
        rule.action == IntakeAction::Open
            && alert.state == AlertState::Firing
            && alert.condition == Condition::Met
    }
}

/// Each condition of the earlier rule is among those of the later one, or matches everything.
fn covers(earlier: &IntakeRule, later: &IntakeRule) -> bool {
    let mut when = earlier.when.iter();
    when.all(|(label, pattern)| pattern == ".*" || later.when.get(label) == Some(pattern))
}

fn compile(rule: &IntakeRule) -> Result<Vec<(String, Regex)>, IntakeError> {
    let one = |(label, pattern): (&String, &String)| {
        let anchored = format!("^(?:{pattern})$");
        match RegexBuilder::new(&anchored).size_limit(1 << 20).build() {
            Ok(regex) => Ok((label.clone(), regex)),
            Err(_) => Err(IntakeError::Pattern {
                rule: rule.rule.clone(),
                label: label.clone(),
                pattern: pattern.clone(),
            }),
        }
    };
    rule.when.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{PathId, ServiceId};
    use crate::testing::alert;
    use rstest::rstest;

    fn rule(name: &str, when: &[(&str, &str)], action: IntakeAction) -> IntakeRule {
        let when = when.iter();
        let when = when.map(|(label, pattern)| ((*label).to_string(), (*pattern).to_string()));
        IntakeRule {
            rule: Slug::nearest(name),
            when: when.collect(),
            action,
            service: ServiceId::nearest("payments"),
            path: PathId::nearest("confirm"),
        }
    }

    fn intake(rules: Vec<IntakeRule>) -> Result<Intake, IntakeError> {
        Intake::new(&IntakePolicy {
            policy: Slug::nearest("p"),
            version: 1,
            rules,
            signals: Vec::new(),
        })
    }

    fn is_unreachable(rules: Vec<IntakeRule>) -> bool {
        matches!(intake(rules), Err(IntakeError::Unreachable { .. }))
    }

    #[test]
    fn the_first_matching_rule_decides_and_patterns_are_anchored() {
        let rules = vec![
            rule("watchdog", &[("alertname", "Watchdog")], IntakeAction::Show),
            rule("critical", &[("severity", "crit.*")], IntakeAction::Open),
        ];
        let intake = intake(rules).unwrap();
        let judged = |labels: &[(&str, &str)]| {
            let rule = intake.judge(&alert(labels, AlertState::Firing))?;
            Some(rule.rule.to_string())
        };
        assert_eq!(judged(&[("severity", "critical")]), Some("critical".into()));
        assert_eq!(judged(&[("severity", "xcritical")]), None);
        let watchdog = [("severity", "critical"), ("alertname", "Watchdog")];
        assert_eq!(judged(&watchdog), None);
    }

    #[rstest]
    #[case("critical", true)]
    #[case("CRITICAL", true)]
    #[case("Critical", true)]
    #[case("Page", true)]
    #[case("Warning", false)]
    #[case("criticality", false)]
    fn the_shipped_policy_reads_severities_in_any_case(
        #[case] severity: &str,
        #[case] opens: bool,
    ) {
        let shipped = crate::testing::intake();
        let alert = alert(&[("severity", severity)], AlertState::Firing);
        assert_eq!(shipped.may_open(&alert), opens);
        let joins = severity == "Warning";
        assert_eq!(shipped.judge(&alert).is_some(), opens || joins);
    }

    #[test]
    fn a_rule_may_look_at_a_label_with_dots_in_its_name() {
        let dotted = [("service.name", "pay.*")];
        let intake = intake(vec![rule("otel", &dotted, IntakeAction::Open)]).unwrap();
        let otel = alert(&[("service.name", "payments")], AlertState::Firing);
        assert!(intake.may_open(&otel));
        assert!(!intake.may_open(&alert(&[("service_name", "payments")], AlertState::Firing)));
        assert_eq!(intake.labels().collect::<Vec<_>>(), ["service.name"]);
    }

    #[test]
    fn a_silenced_alert_opens_nothing_nor_does_one_without_data() {
        let rule = rule("critical", &[], IntakeAction::Open);
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
        let all = rule("all", &[], IntakeAction::Open);
        let late = rule("late", &[("a", "b")], IntakeAction::Open);
        assert!(is_unreachable(vec![all, late]));
        // A rule that takes everything by a pattern, and one with fewer conditions than a later rule.
        let noise = rule("noise", &[("alertname", ".*")], IntakeAction::Show);
        let fewer = rule("fewer", &[("severity", "critical")], IntakeAction::Join);
        let more = [("severity", "critical"), ("team", "payments")];
        for earlier in [noise, fewer] {
            let later = rule("later", &more, IntakeAction::Open);
            assert!(is_unreachable(vec![earlier, later]));
        }
        let broken = intake(vec![rule("broken", &[("a", "(")], IntakeAction::Open)]);
        assert!(matches!(broken, Err(IntakeError::Pattern { .. })));
        let join = intake(vec![rule("join", &[], IntakeAction::Join)]);
        assert_eq!(join.unwrap_err(), IntakeError::OpensNothing);
    }
}
