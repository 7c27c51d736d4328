//! Calendars compared with another implementation: `PyPI`'s `recurring_ical_events`, over generated calendars of every
//! construct. Skipped where `target/oracle/bin/python` does not have it, unless `WARROOM_REQUIRE_SERVICES` is set:
//! `python3 -m venv target/oracle && target/oracle/bin/pip install recurring-ical-events==3.8.2`.

use crate::support::needs::{Need, ORACLE, lacks};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::io::Write;
use std::process::{Command, Stdio};
use warroom::harness::{CalendarEvents, Zone};

const CALENDARS: u64 = 400;
const MOMENTS: usize = 20;

/// Numbers that are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn of<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len() as u64) as usize]
    }

    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// How the times of a series are written.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Day,
    Utc,
    Zoned(&'static str),
    Floating,
}

impl Form {
    /// A property with the time so many hours after midnight of the first of the month.
    fn write(self, name: &str, month: u64, hours: i64) -> String {
        let first = chrono::NaiveDate::from_ymd_opt(2026, month as u32, 1).unwrap();
        let at = first.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::hours(hours);
        let time = at.format("%Y%m%dT%H%M%S");
        match self {
            Self::Day => format!("{name};VALUE=DATE:{}", at.format("%Y%m%d")),
            Self::Utc => format!("{name}:{time}Z"),
            Self::Zoned(zone) => format!("{name};TZID={zone}:{time}"),
            Self::Floating => format!("{name}:{time}"),
        }
    }

    fn value(self, month: u64, hours: i64) -> String {
        let line = self.write("X", month, hours);
        line.rsplit(':').next().unwrap().to_string()
    }
}

/// What repeats. Left out: `BYWEEKNO` without days and `BYSETPOS` with `WEEKLY`, which the other one reads otherwise (it takes
/// every day of the week, and begins the first week at the start).
const RULES: [&str; 18] = [
    "FREQ=WEEKLY;BYDAY=MO,WE",
    "FREQ=WEEKLY;BYDAY=SA,SU;INTERVAL=2;WKST=SU",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
    "FREQ=YEARLY;BYWEEKNO=47,49,51;BYDAY=TU",
    "FREQ=YEARLY;BYDAY=-3MO,48TH",
    "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR,SU,TU",
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;WKST=SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR,SA,SU",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,6,7,8,9,10,-1,-2",
    "FREQ=MONTHLY;BYDAY=1MO,1TU,1WE,1TH,1FR,1SA,1SU,2MO,2TU,2WE,-1FR",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=11,12,10;BYMONTHDAY=1,2,3,4,5,6,7,8,9,10",
    "FREQ=DAILY;BYMONTH=10,11,12",
];

fn event(lines: &[String]) -> String {
    format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", lines.join("\r\n"))
}

/// What takes the place of an occurrence of a series, or of it and all later ones.
fn exception(
    dice: &mut Dice,
    number: u64,
    form: Form,
    (month, of, length): (u64, i64, i64),
) -> String {
    let range = if dice.once_in(2) {
        ";RANGE=THISANDFUTURE"
    } else {
        ""
    };
    let moved = if range.is_empty() && form != Form::Day {
        dice.below(4) as i64
    } else {
        0
    };
    let mut change = vec![
        format!("UID:s{number}"),
        "DTSTAMP:20260101T000000Z".into(),
        form.write("RECURRENCE-ID", month, of).replacen(
            "RECURRENCE-ID",
            &format!("RECURRENCE-ID{range}"),
            1,
        ),
        form.write("DTSTART", month, of + moved),
        form.write("DTEND", month, of + moved + length),
        "SUMMARY:zoe".into(),
    ];
    if range.is_empty() && dice.once_in(3) {
        change.push("STATUS:CANCELLED".into());
    }
    event(&change)
}

/// A series with its exceptions. No shift spans a change of clocks by its length in hours, and none begins in an hour that
/// clocks skip or repeat: the standard counts exact hours there (3.8.5.3), the other implementation hours on the wall.
fn series(dice: &mut Dice, number: u64) -> String {
    let form = match dice.below(4) {
        0 => Form::Day,
        1 => Form::Utc,
        2 => Form::Zoned(dice.of(&[
            "Europe/Berlin",
            "America/New_York",
            "W. Europe Standard Time",
            "Asia/Tokyo",
        ])),
        _ => Form::Floating,
    };
    let who = dice.of(&["dana", "lee", "omar", "nina"]);
    let month = 10 + dice.below(3);
    let day = dice.below(10) as i64;
    let hour = if form == Form::Day {
        0
    } else {
        6 + dice.below(6) as i64
    };
    let start = day * 24 + hour;
    let length = match form {
        Form::Day => 24 * (1 + dice.below(3) as i64),
        _ => 1 + dice.below(9) as i64,
    };
    let mut lines = vec![
        format!("UID:s{number}"),
        "DTSTAMP:20260101T000000Z".into(),
        form.write("DTSTART", month, start),
        format!("SUMMARY:{who}"),
    ];
    lines.push(match (form, dice.once_in(3)) {
        (Form::Day, true) => format!("DURATION:P{}D", length / 24),
        (_, true) => format!("DURATION:PT{length}H"),
        (_, false) => form.write("DTEND", month, start + length),
    });
    let mut repeats = false;
    let every_day = dice.once_in(3);
    if every_day || !dice.once_in(5) {
        let end = match dice.below(4) {
            0 => format!(";COUNT={}", 1 + dice.below(40)),
            // The end is written as the start is, or in UTC where that has a zone.
            1 if form == Form::Day => format!(";UNTIL=2026120{}", 1 + dice.below(9)),
            1 if form != Form::Floating => format!(";UNTIL=2026120{}T120000Z", 1 + dice.below(9)),
            _ => String::new(),
        };
        let rule = if every_day {
            "FREQ=DAILY"
        } else {
            dice.of(&RULES)
        };
        lines.push(format!("RRULE:{rule}{end}"));
        repeats = true;
        if dice.once_in(6) {
            lines.push("RRULE:FREQ=DAILY;INTERVAL=4".into());
        }
    }
    if dice.once_in(4) {
        let hours = [3, 5].map(|more| start + more * 24);
        let values = hours.map(|at| form.value(month, at)).join(",");
        let line = form.write("RDATE", month, start);
        lines.push(line.replace(&form.value(month, start), &values));
        repeats = true;
    } else if form == Form::Utc && dice.once_in(4) {
        let (at, end) = (form.value(month, start + 50), form.value(month, start + 53));
        lines.push(format!("RDATE;VALUE=PERIOD:{at}/{end}"));
        repeats = true;
    }
    if repeats && dice.once_in(3) {
        lines.push(form.write("EXDATE", month, start + 4 * 24));
    }
    let mut text = event(&lines);
    // Exceptions are of occurrences that there are: one that names no occurrence is an event to one and nothing to the other.
    if every_day && dice.once_in(2) {
        let of = start + 24;
        let counted = lines.iter().any(|line| {
            line.contains("COUNT=1") || line.contains("UNTIL") || line.contains("EXDATE")
        });
        if !counted {
            text += &exception(dice, number, form, (month, of, length));
        }
    }
    text
}

fn calendar(dice: &mut Dice) -> String {
    let parts: String = (0..=dice.below(3))
        .map(|number| series(dice, number))
        .collect();
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//oracle//EN\r\n{parts}END:VCALENDAR\r\n"
    )
}

fn theirs(cases: &serde_json::Value) -> Vec<Vec<Vec<String>>> {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/services/calendars/oracle.py"
    );
    let mut child = Command::new(ORACLE)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(cases.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn generated_calendars_name_the_people_that_another_implementation_names() {
    if lacks(&[Need::Oracle]) {
        return;
    }
    if lacks(&[Need::Oracle]) {
        return;
    }
    let mut dice = Dice(20_261_130);
    let zone = Zone::try_from("Europe/Berlin".to_string()).unwrap();
    let mut cases = Vec::new();
    for _ in 0..CALENDARS {
        let text = calendar(&mut dice);
        // From the first of October, a minute off every edge.
        let first: DateTime<Utc> = "2026-10-01T00:17:00Z".parse().unwrap();
        let moments: Vec<DateTime<Utc>> = (0..MOMENTS)
            .map(|_| first + TimeDelta::minutes(30 * dice.below(2 * 24 * 90) as i64))
            .collect();
        cases.push((text, moments));
    }
    let asked: Vec<_> = cases
        .iter()
        .map(|(text, moments)| json!({"zone": "Europe/Berlin", "calendar": text, "moments": moments}))
        .collect();
    let theirs = theirs(&json!(asked));
    let (mut compared, mut named, mut wrong) = (0, 0, Vec::new());
    for ((text, moments), theirs) in cases.iter().zip(&theirs) {
        for (at, theirs) in moments.iter().zip(theirs) {
            let read = CalendarEvents::read(text.as_bytes(), zone, None, *at).unwrap();
            let table = read.table(*at, *at + TimeDelta::seconds(1));
            assert!(table.faults.is_empty(), "{:?}\n{text}", table.faults);
            let spans = table.shifts(*at, *at + TimeDelta::seconds(1));
            let ours: Vec<String> = spans
                .iter()
                .flat_map(|span| &span.who)
                .map(ToString::to_string)
                .collect();
            compared += 1;
            named += usize::from(!ours.is_empty());
            if ours != *theirs {
                wrong.push(format!("{at}: we {ours:?}, they {theirs:?}\n{text}"));
            }
        }
    }
    println!(
        "{compared} moments compared, at {named} somebody is on call, {} differ",
        wrong.len()
    );
    let shown = wrong.iter().take(5).cloned().collect::<Vec<_>>().join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {compared} differ\n{shown}",
        wrong.len()
    );
    assert!(
        named > compared / 6,
        "somebody is on call at {named} of {compared} moments only"
    );
}
