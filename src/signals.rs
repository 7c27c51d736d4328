//! Service-level indicators and what their readings mean. Pure: no query, no clock.

pub mod budget;
mod cause;
pub mod change;
pub mod chart;
pub mod closing;
pub mod detection;
mod expectation;
pub mod gate;
pub mod impact;
pub mod inquiry;
pub mod latency;
pub mod map;
pub mod money;
pub mod monitor;
pub mod noise;
mod reading;
pub mod series;
pub mod tally;
pub mod words;

pub use cause::Cause;
pub use expectation::Expectation;
pub use reading::{Reading, Sample};

/// `None` if the reading is no number: no data is neither success nor failure.
pub fn meets(reading: Reading, objective: f64) -> Option<bool> {
    reading.value().map(|value| value >= objective)
}

/// A ratio as percent with two digits, rounded down: no value below an objective shows as meeting it.
pub fn percent(ratio: f64) -> String {
    format!("{:.2} %", (ratio * 10_000.0 + 1e-7).floor() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_data_neither_meets_nor_misses_an_objective() {
        assert_eq!(meets(Reading::NoData, 0.99), None);
        assert_eq!(meets(Reading::NotANumber, 0.99), None);
        assert_eq!(meets(Reading::Value(0.985), 0.99), Some(false));
    }

    #[test]
    fn a_percentage_never_rounds_up_to_the_objective() {
        assert_eq!(percent(0.999_499), "99.94 %");
        assert_eq!(percent(0.9412), "94.12 %");
        assert_eq!(percent(1.0), "100.00 %");
        assert_eq!(percent(0.999_5), "99.95 %");
    }
}
