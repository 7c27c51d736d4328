//! The pause that a server asks for: seconds, or the date of a `Retry-After` header (RFC 9110, section 10.2.3).

use chrono::{DateTime, NaiveDateTime, Utc};
use std::time::Duration;

/// Longest pause that a server may ask for: a day would silence a channel that pages people.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// The two older date forms of HTTP; the current form is that of mail.
const OLDER: [&str; 2] = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];

/// Limited. `now` is the server's own time if it is known.
pub fn retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return pause(seconds);
    }
    let older = || {
        let mut forms = OLDER.iter();
        forms.find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
    };
    let current = DateTime::parse_from_rfc2822(text).map(|at| at.to_utc());
    let at = current.ok().or_else(|| older().map(|at| at.and_utc()))?;
    Some((at - now).to_std().unwrap_or_default().min(LONGEST_PAUSE))
}

/// Limited; `None` if the number is no span of time.
pub fn pause(seconds: f64) -> Option<Duration> {
    let bounded = seconds.min(LONGEST_PAUSE.as_secs_f64());
    (seconds >= 0.0).then(|| Duration::from_secs_f64(bounded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::seconds("30", Some(30_000))]
    #[case::with_space(" 7 ", Some(7_000))]
    #[case::fraction("1.5", Some(1_500))]
    #[case::zero("0", Some(0))]
    #[case::date("Mon, 30 Nov 2026 06:00:45 GMT", Some(45_000))]
    #[case::rfc_850("Monday, 30-Nov-26 06:00:45 GMT", Some(45_000))]
    #[case::asctime("Mon Nov 30 06:00:45 2026", Some(45_000))]
    #[case::past("Sun, 06 Nov 1994 08:49:37 GMT", Some(0))]
    #[case::a_day("86400", Some(900_000))]
    #[case::next_year("Tue, 30 Nov 2027 06:00:00 GMT", Some(900_000))]
    #[case::endless("1e300", Some(900_000))]
    #[case::infinite("inf", Some(900_000))]
    #[case::negative("-5", None)]
    #[case::not_a_number("NaN", None)]
    #[case::words("soon", None)]
    #[case::empty("", None)]
    fn a_wait_is_seconds_or_a_date_and_bounded(#[case] text: &str, #[case] want: Option<u64>) {
        let now = "2026-11-30T06:00:00Z".parse().unwrap();
        assert_eq!(retry_after(text, now), want.map(Duration::from_millis));
    }
}
