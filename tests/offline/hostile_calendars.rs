//! Calendars made to stop a program: each ends within a bound, on the stack of a worker thread, and takes no good shift
//! along.

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;
use std::time::{Duration, Instant};
use warroom::harness::Safe;
use warroom::harness::{CalendarEvents, MAX_CALENDAR, Zone};

/// Stack of the threads that the runtime works on.
const STACK: usize = 2 << 20;
/// How long a calendar of any kind may take. An optimised build takes a tenth of it.
const WITHIN: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 6 });

const GOOD: &str = "BEGIN:VEVENT\r\nUID:good\r\nDTSTART;VALUE=DATE:20261101\r\nSUMMARY:dana\r\n\
                    RRULE:FREQ=DAILY\r\nEND:VEVENT\r\n";

fn around(body: &str) -> Vec<u8> {
    format!("BEGIN:VCALENDAR\r\n{body}{GOOD}END:VCALENDAR\r\n").into_bytes()
}

fn events(count: usize, rule: &str) -> Vec<u8> {
    let event = |n: usize| {
        format!(
            "BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART:19700101T000000Z\r\nDURATION:PT1S\r\n{rule}\r\nSUMMARY:x\r\nEND:VEVENT\r\n"
        )
    };
    around(&(0..count).map(event).collect::<String>())
}

fn bytes(of: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    of()
}

#[rstest]
#[case::nothing_but_the_good_one(bytes(|| around("")), 0)]
#[case::nested_components(bytes(|| around(&format!("{}{}", "BEGIN:A\r\n".repeat(100_000), "END:A\r\n".repeat(100_000)))), 1)]
#[case::nested_components_without_ends(bytes(|| around("").into_iter().chain("BEGIN:A\n".repeat(200_000).bytes()).collect()), 1)]
#[case::hourly_since_1970(bytes(|| events(9_999, "RRULE:FREQ=HOURLY")), 1)]
#[case::hourly_since_1970_and_counted(bytes(|| events(9_999, "RRULE:FREQ=HOURLY;COUNT=999999;BYDAY=MO,TU,WE")), 1)]
#[case::daily_since_1970_and_counted(bytes(|| events(9_999, "RRULE:FREQ=DAILY;COUNT=999999;BYDAY=MO,TU,WE,TH,FR")), 1)]
#[case::days_that_never_come(bytes(|| events(9_999, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")), 0)]
#[case::days_that_never_come_counted(bytes(|| events(9_999, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=9")), 1)]
#[case::positions_of_years(bytes(|| events(9_999, "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=366,-366")), 1)]
#[case::every_second(bytes(|| events(2_000, &format!("RRULE:FREQ=DAILY;BYHOUR=0,1,2;BYSECOND={}", (0..60).map(|n| n.to_string()).collect::<Vec<_>>().join(",")))), 1)]
#[case::ten_rules_each(bytes(|| events(9_000, "RRULE:FREQ=HOURLY\r\n".repeat(10).trim_end())), 1)]
#[case::one_line_of_4_mb(bytes(|| around(&format!("BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:{}\r\nEND:VEVENT\r\n", "x".repeat(4_000_000)))), 1)]
#[case::folds_of_4_mb(bytes(|| around(&format!("BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:x{}\r\nEND:VEVENT\r\n", "\n y".repeat(1_300_000)))), 1)]
#[case::properties_of_one_byte(bytes(|| around(&format!("BEGIN:VEVENT\r\nUID:1\r\n{}END:VEVENT\r\n", "A\n".repeat(2_000_000)))), 1)]
#[case::exceptions_without_end(bytes(|| around(&format!("BEGIN:VEVENT\r\nUID:1\r\n{}END:VEVENT\r\n", "EXDATE:20261201\n".repeat(200_000)))), 1)]
#[case::one_series_replaced_ten_thousand_times(bytes(|| {
    let change = |n: usize| format!("BEGIN:VEVENT\nUID:s\nRECURRENCE-ID;RANGE=THISANDFUTURE:2026{:02}{:02}T{:02}{:02}00Z\nDTSTART:20261201T000000Z\nDURATION:PT1H\nSUMMARY:x\nEND:VEVENT\n", n % 12 + 1, n % 28 + 1, n % 24, n % 60);
    around(&format!("BEGIN:VEVENT\nUID:s\nDTSTART:19700101T000000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY\nSUMMARY:x\nEND:VEVENT\n{}", (0..9_998).map(change).collect::<String>()))
}), 0)]
#[case::ten_thousand_people_at_once(bytes(|| {
    let event = |n: usize| format!("BEGIN:VEVENT\nUID:{n}\nDTSTART:20261101T{:02}{:02}{:02}Z\nDURATION:P60D\nSUMMARY:p{n}\nEND:VEVENT\n", n % 24, n % 60, n % 59);
    around(&(0..9_999).map(event).collect::<String>())
}), 1)]
#[case::zones_without_end(bytes(|| {
    let zone = |n: usize| format!("BEGIN:VTIMEZONE\nTZID:z{n}\n{}END:VTIMEZONE\n", "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0000\nRRULE:FREQ=DAILY;COUNT=999999;BYDAY=MO\nEND:STANDARD\n".repeat(100));
    let event = |n: usize| format!("BEGIN:VEVENT\nUID:{n}\nDTSTART;TZID=z{n}:20261101T000000\nDURATION:PT1H\nSUMMARY:x\nEND:VEVENT\n");
    around(&(0..100).map(|n| zone(n) + &event(n)).collect::<String>())
}), 1)]
fn a_hostile_calendar_ends_within_a_bound_and_takes_no_good_shift_along(
    #[case] calendar: Vec<u8>,
    #[case] named: usize,
) {
    assert!(calendar.len() <= MAX_CALENDAR, "{}", calendar.len());
    let work = move || {
        let begun = Instant::now();
        let at: DateTime<Utc> = "2026-12-01T12:00:00Z".parse().unwrap();
        let read = CalendarEvents::read(&calendar, Zone::UTC, None, at).unwrap();
        let parsed = begun.elapsed();
        let table = read.table(at - TimeDelta::days(1), at + TimeDelta::days(15));
        let took = begun.elapsed();
        println!(
            "read in {parsed:?}, all in {took:?}, {:?}",
            table.faults.last()
        );
        assert!(took < WITHIN, "{took:?}");
        assert_eq!(table.faults.is_empty(), named == 0, "{:?}", table.faults);
        assert!(table.faults.len() <= 22);
        let spans = table.shifts(at, at + TimeDelta::seconds(1));
        let who: Vec<&str> = spans
            .iter()
            .flat_map(|span| &span.who)
            .map(Safe::as_str)
            .collect();
        assert!(who.contains(&"dana"), "{who:?}");
    };
    std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}
