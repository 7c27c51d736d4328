//! One signal as the service map describes it.

use super::super::Expectation;
use crate::text::{Slug, parse_duration};
use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A signal: a name and exactly one way of measuring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalSpec {
    /// Its name.
    pub signal: Slug,
    /// The source to ask; the first that answers queries, where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Slug>,
    /// Length of its error-budget window in days; the map's, where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_days: Option<u32>,
    /// Good over total, from counters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<RatioSpec>,
    /// The share that is fast enough, from a histogram (rule M4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<LatencySpec>,
    /// Something that must not happen, however quietly (rule M2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correctness: Option<CorrectnessSpec>,
    /// A number with a bound: settlement lag, pools, queues, drift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<LevelSpec>,
    /// A version that every replica should share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionSpec>,
    /// A time that is coming: a licence that ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DeadlineSpec>,
}

/// Good over total. A selector (`payments_total{path="confirm"}`) is summed and rated by this program; an
/// expression holds `$window` where the length of the range belongs. Business declines stay out of both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatioSpec {
    /// Counter of good events; or `bad`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good: Option<String>,
    /// Counter of bad events; or `good`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bad: Option<String>,
    /// Counter of all events.
    pub total: String,
    /// Whether a bad counter without any series means that nothing failed. Off: it means that nothing is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent_bad_is_zero: bool,
    /// The objective, 0 – 1.
    pub objective: f64,
    /// Labels by which a drop is explained. They need selectors. A name may stand in quotation marks of its own.
    #[serde(default, with = "label_names", skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
}

/// The share of events within a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatencySpec {
    /// The histogram's base name, without `_bucket`.
    pub histogram: String,
    /// Label matchers, without braces.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub matchers: String,
    /// Slower than this counts as failed. A classic histogram needs a bucket at exactly this bound.
    pub within: ConfigDuration,
    /// Whether it is a native histogram.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub native: bool,
    /// The objective, 0 – 1.
    pub objective: f64,
}

/// A count of wrong things.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectnessSpec {
    /// An expression that gives one number: how many are wrong.
    pub query: String,
    /// How many may be, without anybody being woken.
    pub tolerance: f64,
    /// What is counted: captures, entries.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// An expression for the amount of money concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Currency of that amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// An expression for the age in seconds of the oldest one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<String>,
}

/// What a level belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelGroup {
    /// Money that has not settled yet (rule D1).
    Settlement,
    /// Pools, queues, caches (rule D4).
    #[default]
    EarlyWarning,
    /// AI workloads (rule A12).
    Ai,
    /// Whether AI workloads take from the payment path (rule A5).
    Isolation,
}

/// A number and its bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelSpec {
    /// An expression that gives one number.
    pub query: String,
    /// What is expected of it, such as `<= 3600`.
    #[serde(with = "expectation")]
    pub expect: Expectation,
    /// Its unit, as shown: `s`, `%`, `jobs`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// What it belongs to.
    #[serde(default)]
    pub group: LevelGroup,
}

/// Replicas by version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionSpec {
    /// An expression that gives a count for each value of the label.
    pub query: String,
    /// The label that holds the version.
    pub label: String,
    /// How many replicas there should be, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
}

/// A time to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineSpec {
    /// An expression that gives Unix seconds.
    pub query: String,
    /// How long before it counts as near.
    pub warn: ConfigDuration,
}

/// A span of time in a file of ours: `800ms`, `48h`.
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
                "\"{text}\" is no span of time such as 800ms or 48h"
            ))
        };
        parse_duration(&text).map(Self).ok_or_else(hint)
    }
}

/// Names of labels as PromQL has them: plain words, words with dots, or anything in quotation marks.
mod label_names {
    use super::super::queries::label_name;
    use super::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(
        names: &[String],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(names.iter().map(|name| label_name(name)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<String>, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        let read = |name: String| {
            let wrong = || {
                de::Error::custom(format!(
                    "{name:?} is no label name; one with spaces or signs stands in quotation marks: '\"pro vider\"'"
                ))
            };
            unquoted(&name).ok_or_else(wrong)
        };
        names.into_iter().map(read).collect()
    }

    fn unquoted(name: &str) -> Option<String> {
        let Some(inside) = name.strip_prefix('"') else {
            let sign =
                |c: char| c.is_whitespace() || c.is_control() || "\"'`\\{}()[],=~!".contains(c);
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
}

mod expectation {
    use super::{Deserialize, Deserializer, Expectation, Serializer, de};

    pub(super) fn serialize<S: Serializer>(
        expectation: &Expectation,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(expectation)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Expectation, D::Error> {
        let text = String::deserialize(deserializer)?;
        let hint = || de::Error::custom(format!("\"{text}\" is no expectation such as <= 3600"));
        Expectation::parse(&text).ok_or_else(hint)
    }
}

impl SignalSpec {
    /// The objective, for signals that have an error budget.
    pub fn objective(&self) -> Option<f64> {
        let ratio = self.ratio.as_ref().map(|ratio| ratio.objective);
        ratio.or_else(|| self.latency.as_ref().map(|latency| latency.objective))
    }

    /// How many ways of measuring are named; one is needed.
    pub(super) fn ways(&self) -> usize {
        [
            self.ratio.is_some(),
            self.latency.is_some(),
            self.correctness.is_some(),
            self.level.is_some(),
            self.version.is_some(),
            self.deadline.is_some(),
        ]
        .into_iter()
        .filter(|named| *named)
        .count()
    }
}
