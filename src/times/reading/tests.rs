use super::*;
use chrono::Timelike;
use serde::Deserialize;

/// By an independent author, who has not seen the reader.
#[derive(Debug, Deserialize)]
struct Case {
    text: String,
    zone: Option<String>,
    from: Option<DateTime<Utc>>,
    /// The last whole second.
    to: Option<DateTime<Utc>>,
    shown: Option<String>,
    refused: Option<String>,
}

fn cases() -> Vec<Case> {
    serde_saphyr::from_str(include_str!("../../../tests/cases/times.yaml")).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-30T12:00:00Z".parse().unwrap()
}

fn read(case: &Case) -> Result<StatedTime, TimeProblem> {
    let zone = case.zone.as_deref();
    let zone = zone.map(|zone| StatedZone::parse(zone).ok_or(zone));
    match zone {
        Some(Err(zone)) => Err(TimeProblem::UnknownZone(Safe::line(zone))),
        Some(Ok(zone)) => read_time(&case.text, Some(zone), now()),
        None => read_time(&case.text, None, now()),
    }
}

fn word(problem: &TimeProblem) -> &'static str {
    match problem {
        TimeProblem::Unreadable(_) | TimeProblem::UnknownZone(_) => "unreadable",
        TimeProblem::NoDate(_) => "no-date",
        TimeProblem::NoZone(_) => "no-zone",
        TimeProblem::TwoZones(..) => "two-zones",
        TimeProblem::Twice(..) => "twice",
        TimeProblem::Skipped(_) => "never",
        TimeProblem::Backwards(_) => "backwards",
        TimeProblem::Implausible(_) => "too-old",
        TimeProblem::NotYet(_) => "future",
        TimeProblem::Passed(_) => "passed",
    }
}

#[test]
fn every_written_time_means_what_the_table_says() {
    let mut wrong = Vec::new();
    for case in cases() {
        let found = match read(&case) {
            Err(problem) => Err(word(&problem)),
            Ok(read) => {
                let last = read.until() - TimeDelta::seconds(i64::from(!read.is_instant()));
                Ok((read.from(), last, read.shown()))
            }
        };
        let right = match (&found, &case.refused) {
            (Err(word), Some(refused)) => word == refused,
            (Ok((from, last, shown)), None) => {
                let to = case.to.unwrap();
                // The end of an interval that ends at a second is that second.
                let is_end = *last == to || *last + TimeDelta::seconds(1) == to;
                Some(*from) == case.from
                    && is_end
                    && case.shown.as_ref().is_none_or(|wanted| wanted == shown)
            }
            _ => false,
        };
        if !right {
            wrong.push(format!("{case:?}\n   gave {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_shown_reads_back_as_the_same_time() {
    for case in cases() {
        let Ok(time) = read(&case) else { continue };
        let (until, form) = time.parts();
        let json = serde_json::to_string(&time).unwrap();
        let read_back = [
            StatedTime::of_parts(time.from(), until, &form),
            serde_json::from_str(&json).unwrap(),
        ];
        for again in read_back {
            let all = |time: &StatedTime| (time.from(), time.until(), time.shown());
            assert_eq!(all(&again), all(&time), "{case:?}");
        }
        let again = read_time(&time.shown(), None, now()).unwrap();
        assert_eq!(again.shown(), time.shown(), "{case:?}");
    }
}

#[test]
fn a_form_in_a_journal_that_cannot_be_read_leaves_its_span() {
    let (from, until) = (now() - TimeDelta::hours(2), now());
    for form in ["", "\u{1b}[31m", "noon", "9999-99-99", "2021-12-25/"] {
        let time = StatedTime::of_parts(from, Some(until), form);
        assert_eq!((time.from(), time.until()), (from, until));
        assert_eq!(time.shown(), "2026-11-30T10:00:00Z/2026-11-30T12:00:00Z");
    }
}

#[test]
fn a_form_in_a_journal_that_says_another_time_leaves_the_instants() {
    let at: DateTime<Utc> = "2021-12-25T10:00:00Z".parse().unwrap();
    let other = StatedTime::of_parts(at, Some(at + TimeDelta::minutes(1)), "2019-07-10T16:35Z");
    assert_eq!(other.shown(), "2021-12-25T10:00:00Z/2021-12-25T10:01:00Z");
    let far = StatedTime::of_parts(at, Some(DateTime::<Utc>::MAX_UTC), "2021-12-25 UTC");
    assert_eq!(far.until().format("%Y").to_string(), "9999");
}

#[test]
fn a_span_is_as_exact_as_its_unit() {
    let now: DateTime<Utc> = "2026-11-30T12:00:40Z".parse().unwrap();
    let rows = [
        ("90s", "2026-11-30T11:59:10Z"),
        ("10m ago", "2026-11-30T11:50Z"),
        ("2h", "~2026-11-30T10:00Z ±15m"),
        ("2 h 3 min ago", "2026-11-30T09:57Z"),
        ("3d", "2026-11-27 UTC"),
    ];
    for (text, shown) in rows {
        assert_eq!(read_time(text, None, now).unwrap().shown(), shown, "{text}");
    }
}

#[test]
fn a_time_without_a_date_is_of_the_day_on_which_the_other_begins() {
    let rows = [
        ("2019-07-10 16:30Z", "16:35Z", "2019-07-10T16:35Z"),
        ("2019-07-10 16:30Z", "23:50 Z", "2019-07-10T23:50Z"),
        ("2019-07-10 16:30Z", "16h UTC", "2019-07-10 16h UTC"),
        (
            "2019-07-10 16:30Z",
            "about 16:35Z",
            "~2019-07-10T16:35Z ±15m",
        ),
        (
            "2019-07-10 16:30Z",
            "~ 16:35Z ±5m",
            "~2019-07-10T16:35Z ±5m",
        ),
        (
            "2019-07-10 16:30Z",
            "16:35Z/17:02Z",
            "2019-07-10T16:35Z/2019-07-10T17:02Z",
        ),
        (
            "2019-07-10 16:30Z",
            "16:35/2019-07-11 09:00 UTC",
            "2019-07-10T16:35Z/2019-07-11T09:00Z",
        ),
        (
            "2019-07-10 16:30Z",
            "2019-07-11 16:35Z/17:02Z",
            "2019-07-11T16:35Z/2019-07-11T17:02Z",
        ),
        ("2019-07-10 16:30Z", "07-10 16:35Z", "2019-07-10T16:35Z"),
        ("2019-07-10 16:30Z", "12-24 16:35Z", "2019-12-24T16:35Z"),
        ("2018-12-31 22:00Z", "01-01 02:00Z", "2019-01-01T02:00Z"),
        ("2019-01-01 02:00Z", "12-31 22:00Z", "2018-12-31T22:00Z"),
        (
            "2019-07-10 16:30Z",
            "2019-07-12 16:35Z",
            "2019-07-12T16:35Z",
        ),
        // The day is that of the zone in which the clock time is given.
        (
            "2019-07-10 23:30Z",
            "00:40 Europe/London",
            "2019-07-10T23:40Z",
        ),
        ("2019-07-10 16:30Z", "22:10+05:30", "2019-07-10T16:40Z"),
        // Who states a day means that day.
        ("2021-12-25 Asia/Kolkata", "01:00Z", "2021-12-25T01:00Z"),
        (
            "~2021-12-25 Asia/Kolkata",
            "01:00 Asia/Kolkata",
            "2021-12-24T19:30Z",
        ),
        ("2026-11-30 11:00Z", "11:30Z", "2026-11-30T11:30Z"),
        ("2026-11-29 11:00Z", "13:00Z", "2026-11-29T13:00Z"),
    ];
    for (about, text, shown) in rows {
        let about = read_time(about, None, now()).unwrap();
        let read = read_time_on(text, None, Some(&about), now()).unwrap();
        assert_eq!(read.shown(), shown, "{text} about {}", about.shown());
    }
}

#[test]
fn a_clock_time_of_a_month_needs_its_date() {
    let about = read_time("2019-04 UTC", None, now()).unwrap();
    for text in ["16:35Z", "16h UTC", "about 16:35Z", "16:35Z/17:02Z"] {
        let read = read_time_on(text, None, Some(&about), now());
        assert!(
            matches!(read, Err(TimeProblem::NoDate(_))),
            "{text}: {read:?}"
        );
    }
    let read = read_time_on("10m", None, Some(&about), now()).unwrap();
    assert_eq!(read.shown(), "2026-11-30T11:50Z");
}

#[test]
fn what_lacks_a_date_is_told_from_what_cannot_be_read() {
    let utc = Some(StatedZone::Utc);
    for text in [
        "16:35Z",
        "16:35",
        "16h UTC",
        "about 16:35Z",
        "07-10 16:35Z",
        "16:35Z/2019-07-10 17:02Z",
    ] {
        assert!(lacks_date(text, utc), "{text}");
    }
    for text in [
        "10m",
        "2 h ago",
        "2019-07-10 16:35Z",
        "2019-07-10 16:35Z/17:02Z",
        "2019",
        "soon",
        "",
    ] {
        assert!(!lacks_date(text, utc), "{text}");
    }
}

/// Screens, receipts, documents, JSON, simulations.
#[test]
fn every_form_that_the_program_prints_is_read_back() {
    let at: DateTime<Utc> = "2026-11-22T01:02:03.456789Z".parse().unwrap();
    let now = now();
    let forms = [
        at.to_rfc3339(),
        at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
        at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        at.format("%Y-%m-%d %H:%M:%S +00:00").to_string(),
        at.format("%a %Y-%m-%d %H:%M:%S UTC").to_string(),
        at.format("%Y-%m-%d %H:%M UTC").to_string(),
        crate::text::write_day_time(at, now),
        crate::text::write_day_time(at - TimeDelta::days(365), now),
    ];
    for form in forms {
        let read = read_time(&form, None, now).unwrap_or_else(|error| panic!("{form}: {error}"));
        let year = if form.starts_with("2025") {
            at - TimeDelta::days(365)
        } else {
            at
        };
        let second = year.with_nanosecond(0).unwrap();
        let is_in = read.from() <= year && second <= read.until().max(year);
        assert!(is_in, "{form}: {}", read.shown());
    }
    let clocks = ["11:02:03Z", "11:02:03 UTC", "11:02 UTC", "11:02 +00:00"];
    for form in clocks {
        let read = read_time(form, None, now).unwrap();
        assert_eq!(
            read.from().format("%m-%d %H:%M").to_string(),
            "11-30 11:02",
            "{form}"
        );
    }
    // A weekday of another date is a mistake in one of both.
    assert!(read_time("Mon 2026-11-22 01:02:03 UTC", None, now).is_err());
}
