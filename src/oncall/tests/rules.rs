use super::*;
use chrono::NaiveDateTime;
use proptest::prelude::*;
use proptest::string::string_regex;
use rrule::{RRuleSet, Tz};

/// Lists that both implementations understand alike. Left out: `BYSETPOS` with `WEEKLY` (the other one begins the first
/// week at the start), `BYWEEKNO` without days (the other one takes every day of the week, we the start's), the last
/// week of a year (the other one leaves out its days in January, which `dateutil` has as we do), and skipped wall times
/// (all is in UTC).
fn rule() -> impl Strategy<Value = String> {
    let days = "(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU)){0,2}";
    let numbered = "(1|2|3|4|5|-1|-2)(MO|TU|WE|TH|FR|SA|SU)(,(1|-1)(MO|SU)){0,1}";
    let month_days = "(1|2|13|28|29|30|31|-1|-2|-31)(,(5|15|-3)){0,1}";
    let months = ";BYMONTH=(1|2|3|10|11|12)(,(4|5)){0,1}";
    let hours = ";BYHOUR=(0|9|21)(,(13|14)){0,1}";
    let tail = (1u32..5, "(|;COUNT=[1-9][0-9]?|;UNTIL=2026121[0-9]T120000Z)");
    let bodies = [
        format!("FREQ=DAILY({months})?({hours})?"),
        format!("FREQ=DAILY;BYDAY={days}({hours})?"),
        format!("FREQ=DAILY;BYMONTHDAY={month_days}"),
        format!("FREQ=WEEKLY(;BYDAY={days})?({hours})?(;WKST=(MO|SU|WE))?"),
        format!("FREQ=MONTHLY(;BYMONTHDAY={month_days})?({months})?"),
        format!("FREQ=MONTHLY;BYDAY={numbered}({hours})?"),
        format!("FREQ=MONTHLY;BYDAY={days};BYSETPOS=(1|2|-1|3)(,-2)?"),
        format!("FREQ=YEARLY({months})?(;BYMONTHDAY={month_days})?"),
        format!("FREQ=YEARLY;BYDAY={numbered}({months})?"),
        format!("FREQ=YEARLY;BYDAY={days};BYSETPOS=(1|-1|40|-5)"),
        format!("FREQ=YEARLY;BYWEEKNO=(1|48|49|50|51|-4);BYDAY={days}(;WKST=(MO|SU))?"),
        "FREQ=YEARLY;BYYEARDAY=(1|330|340|-1|-30|366)(,335)?".into(),
        format!("FREQ=HOURLY(;BYDAY={days})?"),
        "FREQ=HOURLY;BYHOUR=(3|9|15)".into(),
    ];
    let body = string_regex(&bodies.join("|")).unwrap();
    (body, tail).prop_map(|(body, (interval, tail))| format!("{body};INTERVAL={interval}{tail}"))
}

fn ours(
    start: NaiveDateTime,
    rule: &str,
    window: (DateTime<Utc>, DateTime<Utc>),
) -> Vec<DateTime<Utc>> {
    let text = format!(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:{}Z\nDURATION:PT1S\nRRULE:{rule}\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n",
        start.format("%Y%m%dT%H%M%S")
    );
    let calendar = CalendarEvents::read(text.as_bytes(), Zone::UTC, None, window.0).unwrap();
    let table = calendar.table(window.0, window.1);
    assert!(table.faults.is_empty(), "{rule}: {:?}", table.faults);
    let spans = table.shifts(window.0, window.1);
    spans
        .iter()
        .map(|span| span.from)
        .filter(|at| *at >= window.0)
        .collect()
}

fn theirs(
    start: NaiveDateTime,
    rule: &str,
    window: (DateTime<Utc>, DateTime<Utc>),
) -> Option<Vec<DateTime<Utc>>> {
    let text = format!("DTSTART:{}Z\nRRULE:{rule}", start.format("%Y%m%dT%H%M%S"));
    let set: RRuleSet = text.parse().ok()?;
    let tz = |at: DateTime<Utc>| at.with_timezone(&Tz::UTC);
    let found = set.after(tz(window.0)).before(tz(window.1)).all(60_000);
    Some(found.dates.into_iter().map(|at| at.to_utc()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn a_rule_occurs_when_the_standard_says(
        days_before in 0i64..1_500,
        hour in 0u32..24,
        rule in rule(),
    ) {
        let from: DateTime<Utc> = "2026-11-30T00:00:00Z".parse().unwrap();
        let window = (from, from + TimeDelta::days(40));
        let start = (from - TimeDelta::days(days_before)).date_naive().and_hms_opt(hour, 0, 0).unwrap();
        let Some(mut theirs) = theirs(start, &rule, window) else { return Ok(()) };
        // The start counts as an occurrence here even if the rule does not give it.
        if start.and_utc() >= window.0 { theirs.push(start.and_utc()); }
        theirs.retain(|at| *at < window.1);
        theirs.sort_unstable();
        theirs.dedup();
        prop_assert_eq!(ours(start, &rule, window), theirs, "{} from {}", rule, start);
    }
}
