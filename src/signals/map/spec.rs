//! One signal as the service map describes it.

use super::super::Expectation;
use crate::text::{Slug, SourceId, parse_duration};
use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A name and exactly one kind of measurement.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalSpec {
    pub signal: Slug,
    /// `None`: the first source that answers queries.
    pub source: Option<SourceId>,
    /// A selector whose scrapes show that the source of the numbers is alive, such as `up{job="ledger"}`; `None`: the
    /// selectors of the query.
    pub alive: Option<String>,
    /// Of the error-budget window; `None`: that of the map.
    pub window_days: Option<u32>,
    pub ratio: Option<RatioSpec>,
    /// A success rate that is computed elsewhere. Without a volume.
    pub rate: Option<RateSpec>,
    /// The share of events that are fast enough, from a histogram (rule M4).
    pub latency: Option<LatencySpec>,
    /// Something that must never happen (rule M2).
    pub correctness: Option<CorrectnessSpec>,
    /// A number with a bound: settlement lag, pools, queues, drift.
    pub level: Option<LevelSpec>,
    /// A version that all replicas should share.
    pub version: Option<VersionSpec>,
    /// A date, such as the end of a licence.
    pub deadline: Option<DeadlineSpec>,
}

/// Good over total. A selector (`payments_total{path="confirm"}`) is rated and summed here; an expression holds
/// `$window` for the length of the range. Business declines are in neither counter.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatioSpec {
    /// Counts good events. Exactly one of `good` and `bad` is set.
    pub good: Option<String>,
    pub bad: Option<String>,
    pub total: String,
    /// Whether a bad counter without series means no failures. Off: it means unknown.
    #[serde(default)]
    pub absent_bad_is_zero: bool,
    /// Counter of business declines: its share is shown apart from technical failure.
    pub declines: Option<String>,
    /// 0 – 1.
    pub objective: f64,
    /// What is promised by contract, 0 – 1 (rule M5). Lower than the objective.
    pub sla: Option<f64>,
    /// Labels that explain a drop. They need selectors. A name may have its own quotation marks.
    #[serde(default, deserialize_with = "label_names")]
    pub by: Vec<String>,
}

/// One expression for the success rate, such as a recording rule. Every second counts the same: the volume is not
/// known, so there are no counts, no drop and no cost.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateSpec {
    /// Gives one number between 0 and 1.
    pub query: String,
    /// 0 – 1.
    pub objective: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatencySpec {
    /// Base name, without `_bucket`.
    pub histogram: String,
    /// Without braces.
    #[serde(default)]
    pub matchers: String,
    /// Slower events count as failed. A classic histogram needs a bucket with exactly this bound.
    pub within: ConfigDuration,
    #[serde(default)]
    pub native: bool,
    /// 0 – 1.
    pub objective: f64,
    /// What is promised by contract, 0 – 1 (rule M5). Lower than the objective.
    pub sla: Option<f64>,
    /// Labels by which it is shown.
    #[serde(default, deserialize_with = "label_names")]
    pub by: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectnessSpec {
    /// An expression that gives one number: how many are wrong.
    pub query: String,
    /// Highest number that pages nobody.
    pub tolerance: f64,
    /// What is counted: captures, entries.
    #[serde(default)]
    pub unit: String,
    /// An expression for the amount of money concerned.
    pub amount: Option<String>,
    pub currency: Option<String>,
    /// An expression for the age in seconds of the oldest wrong item.
    pub age: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelGroup {
    /// Money that has not settled (rule D1).
    Settlement,
    /// Pools, queues, caches (rule D4).
    #[default]
    EarlyWarning,
    /// AI workloads (rule A12).
    Ai,
    /// Resources that AI workloads take from the payment path (rule A5).
    Isolation,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelSpec {
    /// An expression that gives one number.
    pub query: String,
    /// Such as `<= 3600`.
    #[serde(deserialize_with = "expectation")]
    pub expect: Expectation,
    #[serde(default)]
    pub unit: String,
    #[serde(default)]
    pub group: LevelGroup,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionSpec {
    /// An expression that gives a count for each value of the label.
    pub query: String,
    pub label: String,
    /// Expected number.
    pub replicas: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineSpec {
    /// An expression that gives Unix seconds.
    pub query: String,
    /// How long before the deadline it counts as near.
    pub warn: ConfigDuration,
}

/// In a configuration file: `800ms`, `48h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigDuration(pub TimeDelta);

impl Serialize for ConfigDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&crate::text::write_duration(self.0))
    }
}

impl<'de> Deserialize<'de> for ConfigDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let hint = || {
            de::Error::custom(format!(
                "\"{text}\" is not a span of time such as 800ms or 48h"
            ))
        };
        parse_duration(&text).map(Self).ok_or_else(hint)
    }
}

/// As `PromQL` has them: plain words, words with dots, or any text in quotation marks.
fn label_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let read = |name: String| {
        let hint = "a name with spaces or signs needs quotation marks: '\"pro vider\"'";
        let wrong = || de::Error::custom(format!("{name:?} is not a label name; {hint}"));
        unquoted(&name).ok_or_else(wrong)
    };
    let names = Vec::<String>::deserialize(deserializer)?;
    names.into_iter().map(read).collect()
}

fn unquoted(name: &str) -> Option<String> {
    let Some(inside) = name.strip_prefix('"') else {
        let sign = |c: char| c.is_whitespace() || c.is_control() || "\"'`\\{}()[],=~!".contains(c);
        return (!name.is_empty() && !name.contains(sign)).then(|| name.to_string());
    };
    let (mut text, mut chars) = (String::new(), inside.strip_suffix('"')?.chars());
    while let Some(c) = chars.next() {
        match c {
            '"' => return None,
            '\\' => text.push(chars.next().filter(|c| matches!(c, '"' | '\\'))?),
            c => text.push(c),
        }
    }
    (!text.is_empty()).then_some(text)
}

fn expectation<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Expectation, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong = || de::Error::custom(format!("\"{text}\" is not an expectation such as <= 3600"));
    Expectation::parse(&text).ok_or_else(wrong)
}

impl SignalSpec {
    pub fn of_rate(signal: Slug, rate: RateSpec) -> Self {
        Self {
            signal,
            source: None,
            alive: None,
            window_days: None,
            ratio: None,
            rate: Some(rate),
            latency: None,
            correctness: None,
            level: None,
            version: None,
            deadline: None,
        }
    }

    /// `None`: the signal has no error budget.
    pub fn objective(&self) -> Option<f64> {
        let ratio = self.ratio.as_ref().map(|ratio| ratio.objective);
        let rate = self.rate.as_ref().map(|rate| rate.objective);
        let latency = self.latency.as_ref().map(|latency| latency.objective);
        ratio.or(rate).or(latency)
    }

    /// What is promised by contract.
    pub fn sla(&self) -> Option<f64> {
        let ratio = self.ratio.as_ref().and_then(|ratio| ratio.sla);
        ratio.or_else(|| self.latency.as_ref().and_then(|latency| latency.sla))
    }

    /// Exactly one kind of measurement is valid.
    pub(super) fn measurements(&self) -> usize {
        [
            self.ratio.is_some(),
            self.rate.is_some(),
            self.latency.is_some(),
            self.correctness.is_some(),
            self.level.is_some(),
            self.version.is_some(),
            self.deadline.is_some(),
        ]
        .into_iter()
        .filter(|is_set| *is_set)
        .count()
    }
}
