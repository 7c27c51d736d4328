//! Times as other programs write them.

use chrono::{DateTime, NaiveDateTime, Utc};

/// Why a text is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoTime {
    Empty,
    /// It may be of any zone.
    NoZone,
    Unreadable,
}

impl NoTime {
    /// Follows the text in a sentence.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Empty => "is empty",
            Self::NoZone => "has no zone",
            Self::Unreadable => "is not a time",
        }
    }
}

/// Reads RFC 3339.
pub(super) fn read_time(text: &str) -> Result<DateTime<Utc>, NoTime> {
    let text = text.trim();
    if text.is_empty() {
        return Err(NoTime::Empty);
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.with_timezone(&Utc));
    }
    let zoneless = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    let is = |form: &&str| NaiveDateTime::parse_from_str(text, form).is_ok();
    Err(match zoneless.iter().any(is) {
        true => NoTime::NoZone,
        false => NoTime::Unreadable,
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
    #[case("", Err(NoTime::Empty))]
    #[case("2026-11-30T00:00:00", Err(NoTime::NoZone))]
    #[case("2026-11-30 00:00:00.5", Err(NoTime::NoZone))]
    #[case("yesterday", Err(NoTime::Unreadable))]
    #[case("2026-13-30T00:00:00Z", Err(NoTime::Unreadable))]
    fn a_time_of_another_program_is_read_or_named(
        #[case] text: &str,
        #[case] wanted: Result<i64, NoTime>,
    ) {
        assert_eq!(read_time(text).map(|at| at.timestamp()), wanted);
    }
}
