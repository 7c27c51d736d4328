//! Times as other programs write them.

use chrono::{DateTime, NaiveDateTime, Utc};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeError {
    Empty,
    /// It may be of any zone.
    NoZone,
    Unreadable,
}

/// RFC 3339.
pub(super) fn read_time(text: &str) -> Result<DateTime<Utc>, TimeError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TimeError::Empty);
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.with_timezone(&Utc));
    }
    let zoneless = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    let is = |form: &&str| NaiveDateTime::parse_from_str(text, form).is_ok();
    Err(match zoneless.iter().any(is) {
        true => TimeError::NoZone,
        false => TimeError::Unreadable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2026-11-30T00:00:00Z", Ok(1_795_996_800))]
    #[case("2026-11-30T01:00:00.123456789+01:00", Ok(1_795_996_800))]
    #[case(" 2026-11-30 00:00:00Z ", Ok(1_795_996_800))]
    #[case("", Err(TimeError::Empty))]
    #[case("2026-11-30T00:00:00", Err(TimeError::NoZone))]
    #[case("2026-11-30 00:00:00.5", Err(TimeError::NoZone))]
    #[case("yesterday", Err(TimeError::Unreadable))]
    #[case("2026-13-30T00:00:00Z", Err(TimeError::Unreadable))]
    fn a_time_of_another_program_is_read_or_named(
        #[case] text: &str,
        #[case] wanted: Result<i64, TimeError>,
    ) {
        assert_eq!(read_time(text).map(|at| at.timestamp()), wanted);
    }
}
