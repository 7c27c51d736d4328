//! What a check expects of a reading: an operator and a bound.

use super::Reading;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    #[serde(rename = ">")]
    Above,
    #[serde(rename = ">=")]
    AtLeast,
    #[serde(rename = "<")]
    Below,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = "==")]
    Equal,
    #[serde(rename = "!=")]
    Different,
}

/// Longest operators first, so that `>=` is not read as `>`.
const OPERATORS: [(&str, Comparison); 6] = [
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    ("==", Comparison::Equal),
    ("!=", Comparison::Different),
    (">", Comparison::Above),
    ("<", Comparison::Below),
];

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    pub operator: Comparison,
    /// In the unit of the query.
    pub bound: f64,
}

impl Expectation {
    /// Text such as `>= 0.99`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (sign, operator) = OPERATORS.iter().find(|(sign, _)| text.starts_with(sign))?;
        let bound: f64 = text[sign.len()..].trim().parse().ok()?;
        bound.is_finite().then_some(Self {
            operator: *operator,
            bound,
        })
    }

    /// `None`: no number to compare.
    pub fn holds(self, reading: Reading) -> Option<bool> {
        let value = reading.value()?;
        let equal = (value - self.bound).abs() <= f64::EPSILON * value.abs().max(1.0);
        Some(match self.operator {
            Comparison::Above => value > self.bound,
            Comparison::AtLeast => value >= self.bound,
            Comparison::Below => value < self.bound,
            Comparison::AtMost => value <= self.bound,
            Comparison::Equal => equal,
            Comparison::Different => !equal,
        })
    }
}

impl std::fmt::Display for Expectation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = OPERATORS
            .iter()
            .find(|(_, operator)| *operator == self.operator);
        write!(f, "{} {}", sign.map_or("?", |(sign, _)| sign), self.bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(">= 0.99", 0.99, Some(true))]
    #[case(">0.99", 0.99, Some(false))]
    #[case("<= 2", 3.0, Some(false))]
    #[case("== 1", 1.0, Some(true))]
    #[case("!= 1", 1.0, Some(false))]
    fn a_reading_is_compared(#[case] text: &str, #[case] value: f64, #[case] holds: Option<bool>) {
        assert_eq!(
            Expectation::parse(text)
                .unwrap()
                .holds(Reading::Value(value)),
            holds
        );
    }

    #[rstest]
    #[case("0.99")]
    #[case("=> 1")]
    #[case(">= NaN")]
    #[case("~ 3")]
    fn what_is_not_an_expectation_is_refused(#[case] text: &str) {
        assert_eq!(Expectation::parse(text), None);
    }

    #[test]
    fn without_a_number_a_check_has_no_answer() {
        let expectation = Expectation::parse("== 0").unwrap();
        assert_eq!(expectation.holds(Reading::NoData), None);
        assert_eq!(expectation.holds(Reading::NotANumber), None);
    }
}
