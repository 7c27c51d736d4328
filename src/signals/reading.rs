//! One reading of a signal, with each reason for which it may not be a number.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", content = "value", rename_all = "kebab-case")]
pub enum Reading {
    /// Finite.
    Value(f64),
    /// The query gave an empty answer: unknown, neither zero nor success.
    NoData,
    /// The query gave NaN, most often 0 / 0: no traffic, or a broken expression.
    NotANumber,
    Infinite,
    /// The query gave several series where one is needed.
    Ambiguous,
}

impl Reading {
    /// A Prometheus sample is always a string.
    pub fn parse(text: &str) -> Option<Self> {
        match text.parse::<f64>() {
            Ok(value) if value.is_nan() => Some(Self::NotANumber),
            Ok(value) if value.is_infinite() => Some(Self::Infinite),
            Ok(value) => Some(Self::Value(value)),
            Err(_) => None,
        }
    }

    /// The number that people see, whether or not a verdict may rest on it.
    pub fn shown(self) -> Option<f64> {
        self.value()
    }

    pub fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Collection time, by the source's clock.
    pub at: DateTime<Utc>,
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
