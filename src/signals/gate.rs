//! The change gate: may a risky change ship? The error budget decides (rule M6).

use super::budget::BurnUrgency;
use super::map::{Service, ServiceMap, ServicePath};
use super::monitor::{MonitorReport, RatioReport, SignalReport, SignalStanding};
use crate::text::{PathId, ServiceId, Slug};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// From the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateVerdict {
    Healthy,
    /// Only changes of lower risk ship.
    Cautious,
    /// No risky change ships.
    Frozen,
}

/// As its author states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeRisk {
    /// Undone in seconds and seen at once: a text, a flag at 1 %.
    Low,
    Normal,
    /// A migration, a new provider, anything that is hard to undo.
    High,
}

/// All that are set must hold.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GateConditions {
    /// As a share: 0.25 is a quarter.
    pub budget_left_below: Option<f64>,
    /// A burn rate that calls for this urgency or a higher one.
    pub burn: Option<BurnUrgency>,
    pub drop: Option<bool>,
    /// Payments do not arrive, of all or of one part.
    pub volume_drop: Option<bool>,
    pub correctness: Option<bool>,
    /// Of this severity or a worse one. An unclassified incident counts as the worst.
    pub incident: Option<u8>,
    pub peak: Option<bool>,
    pub unknown: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateRule {
    pub rule: Slug,
    pub when: GateConditions,
    pub verdict: GateVerdict,
    pub says: String,
}

/// The worst verdict of all rules that hold decides.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatePolicy {
    pub policy: Slug,
    /// Raised with each change.
    pub version: u32,
    /// The riskiest change that still ships with each verdict; none for a verdict that is missing.
    pub ships: BTreeMap<GateVerdict, ChangeRisk>,
    pub rules: Vec<GateRule>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatePolicyError {
    #[error("rule \"{0}\" names no condition, so it would always hold")]
    Always(Slug),
    #[error("rule \"{0}\" is named twice")]
    Twice(Slug),
    #[error("with `{worse}` a riskier change ships than with `{better}`")]
    Upside {
        worse: &'static str,
        better: &'static str,
    },
    #[error("rule \"{rule}\": {what}")]
    Range { rule: Slug, what: &'static str },
}

impl GatePolicy {
    pub fn check(&self) -> Result<(), GatePolicyError> {
        for (at, rule) in self.rules.iter().enumerate() {
            if rule.when == GateConditions::default() {
                return Err(GatePolicyError::Always(rule.rule.clone()));
            }
            let names_before = self.rules[..at].iter().map(|earlier| &earlier.rule);
            if names_before.into_iter().any(|name| *name == rule.rule) {
                return Err(GatePolicyError::Twice(rule.rule.clone()));
            }
            let range = |what| GatePolicyError::Range {
                rule: rule.rule.clone(),
                what,
            };
            let left = rule.when.budget_left_below;
            if left.is_some_and(|left| !(0.0..=1.0).contains(&left)) {
                return Err(range("budget_left_below is a share between 0 and 1"));
            }
            let severity = rule.when.incident;
            if severity.is_some_and(|level| !(1..=5).contains(&level)) {
                return Err(range("incident is a severity from 1 to 5"));
            }
        }
        let ships = |verdict| self.ships.get(&verdict).copied();
        for (better, worse) in [
            (GateVerdict::Healthy, GateVerdict::Cautious),
            (GateVerdict::Cautious, GateVerdict::Frozen),
        ] {
            if ships(worse) > ships(better) {
                return Err(GatePolicyError::Upside {
                    worse: worse.word(),
                    better: better.word(),
                });
            }
        }
        Ok(())
    }

    pub fn allows(&self, verdict: GateVerdict, risk: ChangeRisk) -> bool {
        let riskiest = self.ships.get(&verdict);
        riskiest.is_some_and(|riskiest| risk <= *riskiest)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIncident {
    pub id: String,
    pub service: ServiceId,
    /// `None`: not classified.
    pub severity: Option<u8>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct GateOpinion {
    pub path: PathId,
    pub owner: String,
    pub verdict: GateVerdict,
    /// Each rule that holds, with the facts that make it hold.
    pub reasons: Vec<(Slug, GateVerdict, String)>,
}

pub fn judge(
    policy: &GatePolicy,
    map: &ServiceMap,
    report: &MonitorReport,
    incidents: &[OpenIncident],
    now: DateTime<Utc>,
) -> Vec<GateOpinion> {
    let each = |(service, path): (&Service, &ServicePath)| {
        let signals = report.signals.iter();
        let incidents = incidents.iter();
        let state = PathState {
            signals: signals.filter(|it| it.path == path.path).collect(),
            incidents: incidents
                .filter(|it| it.service == service.service)
                .collect(),
            peak: map.peak(&path.path, now).map(|event| event.event.clone()),
        };
        let reasons: Vec<(Slug, GateVerdict, String)> = policy
            .rules
            .iter()
            .filter_map(|rule| {
                let found = state.holds(&rule.when)?.join("; ");
                let why = format!("{} ({found})", rule.says);
                Some((rule.rule.clone(), rule.verdict, why))
            })
            .collect();
        let worst = reasons.iter().map(|(_, verdict, _)| *verdict).max();
        GateOpinion {
            path: path.path.clone(),
            owner: service.owner.clone(),
            verdict: worst.unwrap_or(GateVerdict::Healthy),
            reasons,
        }
    };
    map.paths().map(each).collect()
}

struct PathState<'a> {
    signals: Vec<&'a SignalReport>,
    incidents: Vec<&'a OpenIncident>,
    peak: Option<String>,
}

impl PathState<'_> {
    /// The facts that make every condition hold; `None` if one does not.
    fn holds(&self, when: &GateConditions) -> Option<Vec<String>> {
        let mut found = Vec::new();
        if let Some(bound) = when.budget_left_below {
            found.push(self.budget_below(bound)?);
        }
        if let Some(urgency) = when.burn {
            found.push(self.burning(urgency)?);
        }
        let wrong = self.named(SignalStanding::CorrectnessFault, "beyond its tolerance");
        for (wanted, there) in [
            (when.drop, self.dropping()),
            (when.volume_drop, self.missing()),
            (when.correctness, wrong),
            (
                when.unknown,
                self.named(SignalStanding::Unknown, "not known"),
            ),
            (when.peak, self.peak.clone()),
        ] {
            match (wanted, there) {
                (None, _) => {}
                (Some(true), Some(what)) => found.push(what),
                (Some(false), None) => found.push("none".into()),
                _ => return None,
            }
        }
        if let Some(level) = when.incident {
            let open = self
                .incidents
                .iter()
                .find(|open| open.severity.is_none_or(|severity| severity <= level))?;
            let severity = open
                .severity
                .map_or("not classified".into(), |level| format!("SEV{level}"));
            found.push(format!("{} is open, {severity}", open.id));
        }
        Some(found)
    }

    fn ratios(&self) -> impl Iterator<Item = (&SignalReport, &RatioReport)> {
        let signals = self.signals.iter();
        signals.filter_map(|signal| Some((*signal, signal.ratio()?)))
    }

    fn budget_below(&self, bound: f64) -> Option<String> {
        self.ratios().find_map(|(signal, ratio)| {
            // What a scrape gap leaves uncertain counts as spent.
            let left = ratio.budget.left_at_least().filter(|left| *left < bound)?;
            let words = ratio.budget.left_words();
            let words = words.unwrap_or_else(|| format!("{:.0} %", left * 100.0));
            Some(match ratio.budget.left() {
                Some(left) if left < 0.0 => format!("{}: budget {words}", signal.signal),
                Some(_) => format!("{}: {words} of its budget is left", signal.signal),
                None => format!(
                    "{}: {words} of its budget is left; what a scrape gap leaves open counts as spent",
                    signal.signal
                ),
            })
        })
    }

    fn burning(&self, urgency: BurnUrgency) -> Option<String> {
        self.ratios().find_map(|(signal, ratio)| {
            let burn = ratio.budget.burning()?;
            let enough =
                urgency == BurnUrgency::Ticket || burn.windows.urgency == BurnUrgency::Page;
            let rate = burn.long.unwrap_or_default();
            enough.then(|| format!("{} burns {rate:.1} x", signal.signal))
        })
    }

    fn dropping(&self) -> Option<String> {
        self.ratios().find_map(|(signal, ratio)| {
            let points = ratio.drop.as_ref()?.points();
            Some(format!(
                "{}: {points:.2} points below normal",
                signal.signal
            ))
        })
    }

    fn missing(&self) -> Option<String> {
        self.ratios().find_map(|(signal, ratio)| {
            let words = ratio.volume_drop.as_ref()?.words();
            Some(format!("{}: {words}", signal.signal))
        })
    }

    fn named(&self, standing: SignalStanding, what: &str) -> Option<String> {
        let mut signals = self.signals.iter();
        let signal = signals.find(|signal| signal.standing == standing)?;
        Some(format!("{} is {what}", signal.signal))
    }
}

#[cfg(test)]
mod tests;
