//! Signals of the service map that open an incident: a drop of the success rate may trip no alert (rule D1), and a
//! correctness fault trips none (rule M2).

use crate::signals::Cause;
use crate::signals::map::ConfigDuration;
use crate::signals::monitor::{SignalDetail, SignalReport, SignalStanding};
use crate::signals::{Reading, percent};
use crate::text::{PathId, Safe, Slug};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalRule {
    pub rule: Slug,
    pub when: Symptom,
    pub on: WatchedPaths,
    /// How long the symptom must last before the incident opens.
    #[serde(default = "held")]
    pub held: ConfigDuration,
}

/// An alert on the same fault comes first within this time, with its own text.
fn held() -> ConfigDuration {
    ConfigDuration(TimeDelta::minutes(3))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symptom {
    /// A success rate below the normal one of this hour.
    Drop,
    /// Payments do not arrive.
    #[serde(alias = "slump")]
    VolumeDrop,
    /// A correctness signal beyond its tolerance.
    #[serde(rename = "wrong", alias = "correctness")]
    Correctness,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WatchedPaths {
    Strict,
    Every,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SymptomFinding {
    pub signal: Slug,
    pub path: PathId,
    pub since: Option<DateTime<Utc>>,
    pub cause: Cause,
    /// The name under which the measurement is recorded: payments per minute are no reading of the ratio.
    pub measured: Slug,
    pub reading: Reading,
    /// `None`: a ratio.
    pub unit: Option<Slug>,
    pub at: DateTime<Utc>,
    pub title: Safe,
}

impl SignalRule {
    /// The symptom that a signal shows. `Err` if the signal is unknown: that is neither a symptom nor its end.
    pub fn find(&self, signal: &SignalReport) -> Result<Option<SymptomFinding>, UnknownSignal> {
        if self.on == WatchedPaths::Strict && !signal.strict {
            return Ok(None);
        }
        let at = signal.measured.ok_or(UnknownSignal)?;
        if signal.standing == SignalStanding::Unknown {
            return Err(UnknownSignal);
        }
        let finding = |since, reading, unit, title: String| SymptomFinding {
            signal: signal.signal.clone(),
            path: signal.path.clone(),
            since,
            cause: Cause::Measured,
            measured: signal.signal.clone(),
            reading,
            unit,
            at,
            title: Safe::line(&title),
        };
        Ok(match (&signal.detail, self.when) {
            (SignalDetail::Ratio(ratio), Symptom::Drop) => ratio.drop.as_ref().map(|drop| {
                let culprit = drop
                    .culprit
                    .as_ref()
                    .map(|culprit| format!("; {}", culprit.words()));
                let culprit = culprit.unwrap_or_default();
                let (name, now, normal) = (&signal.signal, percent(drop.now), percent(drop.normal));
                let title = format!("{name} {now}, normally {normal}{culprit}");
                let now = ratio.now().unwrap_or(drop.now);
                finding(Some(drop.since), Reading::Value(now), None, title)
            }),
            (SignalDetail::Ratio(ratio), Symptom::VolumeDrop) => {
                ratio.volume_drop.as_ref().map(|volume_drop| {
                    let culprit = volume_drop.culprit.as_ref();
                    let culprit = culprit.map(|part| format!("; {}", part.words()));
                    let title = format!(
                        "{}: {:.0} payments a minute, normally {:.0}{}",
                        signal.signal,
                        volume_drop.now,
                        volume_drop.normal,
                        culprit.unwrap_or_default()
                    );
                    let unit = Slug::new("payments-a-minute");
                    let now = Reading::Value(volume_drop.now);
                    SymptomFinding {
                        measured: signal.volume_name(),
                        ..finding(Some(volume_drop.since), now, unit, title)
                    }
                })
            }
            (
                SignalDetail::Correctness {
                    count,
                    tolerance,
                    unit,
                    since,
                    ..
                },
                Symptom::Correctness,
            ) if signal.standing == SignalStanding::CorrectnessFault => {
                let value = count.value().ok_or(UnknownSignal)?;
                let name = &signal.signal;
                let title = format!("{name}: {value} {unit} where {tolerance} are allowed");
                let unit = signal.number().map(|(_, unit, _)| unit);
                Some(finding(*since, *count, unit, title))
            }
            _ => None,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownSignal;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::detection::{Part, VolumeDrop};
    use crate::testing::{correctness, elsewhere, start};

    fn rule(when: Symptom, on: WatchedPaths) -> SignalRule {
        SignalRule {
            rule: Slug::nearest("r"),
            when,
            on,
            held: held(),
        }
    }

    #[test]
    fn both_names_of_a_symptom_are_read() {
        for (old, new, symptom) in [
            ("slump", "volume-drop", Symptom::VolumeDrop),
            ("wrong", "correctness", Symptom::Correctness),
        ] {
            for name in [old, new] {
                let text = format!("{{rule: r, when: {name}, on: strict}}");
                let rule: SignalRule = serde_saphyr::from_str(&text).unwrap();
                assert_eq!(rule.when, symptom, "{name}");
            }
        }
    }

    #[test]
    fn a_drop_is_named_with_the_normal_rate_and_the_culprit() {
        let signal = elsewhere(start(), "confirm", SignalStanding::Breach);
        let found = rule(Symptom::Drop, WatchedPaths::Every).find(&signal);
        let found = found.unwrap().unwrap();
        let title = found.title.as_str();
        let expected = "confirm-success 85.00 %, normally 99.97 %";
        assert!(
            title.starts_with(expected) && title.contains("acme"),
            "{title}"
        );
        assert_eq!(found.since, Some(start() - TimeDelta::minutes(5)));
        let volume = rule(Symptom::VolumeDrop, WatchedPaths::Every);
        assert_eq!(volume.find(&signal), Ok(None));
    }

    #[test]
    fn payments_that_do_not_arrive_are_named_with_the_part_that_fell_silent() {
        let mut signal = elsewhere(start(), "confirm", SignalStanding::Breach);
        let SignalDetail::Ratio(ratio) = &mut signal.detail else {
            panic!("no ratio");
        };
        ratio.volume_drop = Some(VolumeDrop {
            now: 0.0,
            normal: 120.4,
            since: start() - TimeDelta::minutes(6),
            culprit: Some(Part {
                label: "provider".into(),
                value: "globex".into(),
            }),
        });
        let found = rule(Symptom::VolumeDrop, WatchedPaths::Strict).find(&signal);
        let found = found.unwrap().unwrap();
        assert_eq!(
            found.title.as_str(),
            "confirm-success: 0 payments a minute, normally 120; provider globex"
        );
        assert_eq!(found.measured, Slug::nearest("confirm-success-volume"));
        assert_eq!(found.since, Some(start() - TimeDelta::minutes(6)));
    }

    #[test]
    fn a_correctness_fault_is_found_and_within_its_tolerance_it_is_not() {
        let wrong = rule(Symptom::Correctness, WatchedPaths::Every);
        let signal = correctness(start(), Reading::Value(14.0));
        let title = wrong.find(&signal).unwrap().unwrap().title.to_string();
        assert!(title.contains("14 captures where 0 are allowed"), "{title}");
        let fine = correctness(start(), Reading::Value(0.0));
        assert_eq!(wrong.find(&fine), Ok(None));
    }

    #[test]
    fn an_unknown_signal_is_neither_a_symptom_nor_its_end() {
        let unknown = elsewhere(start(), "confirm", SignalStanding::Unknown);
        let drop = rule(Symptom::Drop, WatchedPaths::Every);
        assert_eq!(drop.find(&unknown), Err(UnknownSignal));
    }

    #[test]
    fn a_rule_for_the_strict_path_leaves_the_others_alone() {
        let mut signal = elsewhere(start(), "history", SignalStanding::Breach);
        signal.strict = false;
        let found = |on| rule(Symptom::Drop, on).find(&signal).unwrap();
        assert_eq!(found(WatchedPaths::Strict), None);
        assert!(found(WatchedPaths::Every).is_some());
    }
}
