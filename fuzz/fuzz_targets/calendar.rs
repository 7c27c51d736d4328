//! The calendar reader and its expansion: `cargo fuzz run calendar`. Any bytes are refused, or give a sorted table of
//! spans within bounded memory.
#![no_main]

use chrono::{DateTime, TimeDelta, Utc};
use libfuzzer_sys::fuzz_target;
use warroom::harness::{CalendarEvents, Zone};

fuzz_target!(|data: &[u8]| {
    // The first byte moves the window: expansion begins at different distances from the calendar's events.
    let Some((first, bytes)) = data.split_first() else {
        return;
    };
    // 2026-12-01T12:00:00Z.
    let now: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::seconds(1_796_126_400);
    let at = now + TimeDelta::days(7 * (i64::from(*first) - 128));
    judge(bytes, at);
    // A valid frame around the bytes, so that the fuzzer reaches the reader of events.
    let framed = [
        &b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261201T080000Z\nDURATION:PT8H\n"[..],
        bytes,
        b"\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR\n",
    ];
    judge(&framed.concat(), at);
});

fn judge(bytes: &[u8], at: DateTime<Utc>) {
    let zone = Zone::try_from("Europe/Berlin".to_string()).unwrap();
    let Ok(calendar) = CalendarEvents::read(bytes, zone, None, at) else {
        return;
    };
    let (from, until) = (at - TimeDelta::days(1), at + TimeDelta::days(15));
    let table = calendar.table(from, until);
    assert!(table.faults.len() <= 22);
    let spans = table.shifts(from, until);
    for span in spans {
        assert!(from <= span.from && span.from < span.until && span.until <= until);
        assert!((1..=10).contains(&span.who.len()));
    }
    for pair in spans.windows(2) {
        assert!(pair[0].until <= pair[1].from);
    }
}
