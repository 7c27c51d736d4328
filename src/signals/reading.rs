//! One reading of a signal, with every way in which it may fail to be a number.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a source said about a signal at one time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", content = "value", rename_all = "kebab-case")]
pub enum Reading {
    /// A finite number.
    Value(f64),
    /// The query gave an empty answer: unknown, not zero and not success.
    NoData,
    /// The query gave NaN, most often 0 / 0: no traffic, or a broken expression.
    NotANumber,
    /// The query gave an infinity.
    Infinite,
    /// The query gave more than one series where one was needed.
    Ambiguous,
}

impl Reading {
    /// From the text of a Prometheus sample, which is always a string.
    pub fn parse(text: &str) -> Option<Self> {
        match text.parse::<f64>() {
            Ok(value) if value.is_nan() => Some(Self::NotANumber),
            Ok(value) if value.is_infinite() => Some(Self::Infinite),
            Ok(value) => Some(Self::Value(value)),
            Err(_) => None,
        }
    }

    /// The number, where there is one.
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// What a person reads where there is no number.
    pub fn word(self) -> &'static str {
        match self {
            Self::Value(_) => "measured",
            Self::NoData => "no data",
            Self::NotANumber => "not a number",
            Self::Infinite => "infinite",
            Self::Ambiguous => "several series",
        }
    }
}

/// A reading and when the source collected it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Collection time, by the source's clock.
    pub at: DateTime<Utc>,
    /// The reading.
    pub reading: Reading,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("0.858", Some(Reading::Value(0.858)))]
    #[case("9.17e-01", Some(Reading::Value(0.917)))]
    #[case("NaN", Some(Reading::NotANumber))]
    #[case("+Inf", Some(Reading::Infinite))]
    #[case("-Inf", Some(Reading::Infinite))]
    #[case("up", None)]
    fn a_sample_is_read_as_prometheus_writes_it(
        #[case] text: &str,
        #[case] reading: Option<Reading>,
    ) {
        assert_eq!(Reading::parse(text), reading);
    }
}
