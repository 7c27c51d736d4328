//! Spans of time as people write them: `800ms`, `30s`, `5m`, `6h`, `30d`, `4w`.

use chrono::TimeDelta;

/// Milliseconds of each unit; the longest unit first, so that `ms` is not read as `s`.
const UNITS: [(&str, i64); 6] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
];

/// A whole number with a unit; `None` for another form, a negative number, or more than ten years.
pub fn parse_duration(text: &str) -> Option<TimeDelta> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: i64 = text.get(..digits)?.parse().ok()?;
    let (_, unit) = UNITS.iter().find(|(word, _)| *word == &text[digits..])?;
    let longest = 3_650 * 86_400_000;
    let all = number.checked_mul(*unit).filter(|all| *all <= longest)?;
    Some(TimeDelta::milliseconds(all))
}

/// The shortest exact form: `90s`, `5m`, `30d`.
pub fn write_duration(span: TimeDelta) -> String {
    let all = span.num_milliseconds();
    let fits = |unit: &&(&str, i64)| all != 0 && all % unit.1 == 0 && unit.0 != "w";
    match UNITS.iter().rev().find(fits) {
        Some((word, unit)) => format!("{}{word}", all / unit),
        None => "0s".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("800ms", Some(800))]
    #[case("5m", Some(300_000))]
    #[case("30d", Some(2_592_000_000))]
    #[case("5", None)]
    #[case("m", None)]
    #[case("-5m", None)]
    #[case("5 minutes", None)]
    #[case("99999999d", None)]
    fn a_span_has_a_whole_number_and_a_unit(#[case] text: &str, #[case] ms: Option<i64>) {
        assert_eq!(parse_duration(text).map(|d| d.num_milliseconds()), ms);
    }

    #[rstest]
    #[case("90s")]
    #[case("5m")]
    #[case("30d")]
    #[case("800ms")]
    fn what_is_written_reads_back(#[case] text: &str) {
        assert_eq!(write_duration(parse_duration(text).unwrap()), text);
    }
}
