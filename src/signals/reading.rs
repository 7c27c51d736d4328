//! One reading of a signal, with each reason for which it may not be a number.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", content = "value", rename_all = "kebab-case")]
pub enum Reading {
    /// Finite.
    Value(f64),
    /// Finite, but the source says that data are missing: shown, and no verdict rests on it.
    Partial(f64),
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

    /// The number that a verdict may rest on.
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The number to show, beside its state.
    pub fn shown(self) -> Option<f64> {
        match self {
            Self::Value(value) | Self::Partial(value) => Some(value),
            _ => None,
        }
    }

    pub fn as_partial(self) -> Self {
        self.value().map_or(self, Self::Partial)
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

    #[test]
    fn a_partial_number_is_shown_and_carries_no_verdict() {
        let partial = Reading::Value(0.99).as_partial();
        assert_eq!((partial.value(), partial.shown()), (None, Some(0.99)));
        let expectation = super::super::Expectation::parse(">= 0.5").unwrap();
        assert_eq!(expectation.holds(partial), None);
        assert_eq!(Reading::NoData.as_partial(), Reading::NoData);
        let text = serde_json::to_string(&partial).unwrap();
        assert_eq!(text, r#"{"state":"partial","value":0.99}"#);
    }
}
