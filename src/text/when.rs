//! Short forms of a date with a time of day.

use chrono::{DateTime, Datelike, Utc};

/// In UTC, with the year if it is not the current one: `11-22 03:00 UTC`, `2027-01-02 03:00 UTC`.
pub fn write_day_time(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    at.format(with_year(
        at.year() == now.year(),
        "%m-%d %H:%M UTC",
        "%Y-%m-%d %H:%M UTC",
    ))
    .to_string()
}

pub fn with_year<'f>(this_year: bool, without: &'f str, with: &'f str) -> &'f str {
    if this_year { without } else { with }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2026-12-31T23:59:00Z", "12-31 23:59 UTC")]
    #[case("2027-01-01T00:00:00Z", "2027-01-01 00:00 UTC")]
    #[case("2025-11-30T06:00:00Z", "2025-11-30 06:00 UTC")]
    fn a_time_of_another_year_has_its_year(#[case] at: &str, #[case] written: &str) {
        let now = "2026-11-30T06:00:00Z".parse().unwrap();
        assert_eq!(write_day_time(at.parse().unwrap(), now), written);
    }
}
