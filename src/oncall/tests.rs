use super::file::ScheduleError;
use super::*;
use crate::text::{Safe, TargetId};
use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;
use serde::Deserialize;

mod rules;

#[derive(Deserialize)]
struct Case {
    name: String,
    schedule: serde_json::Value,
    #[serde(default)]
    calendar: Option<String>,
    /// A calendar of `tests/cases/field/` instead.
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    asks: Vec<Ask>,
    #[serde(default)]
    wrong: Option<String>,
    /// A part of each fault that is named, in any order.
    #[serde(default)]
    warns: Vec<String>,
}

#[derive(Deserialize)]
struct Ask {
    at: DateTime<Utc>,
    who: Option<String>,
}

impl Case {
    fn calendar(&self) -> Option<Vec<u8>> {
        let place = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/field/");
        match &self.field {
            Some(name) => Some(std::fs::read(format!("{place}{name}")).unwrap()),
            None => self.calendar.clone().map(String::into_bytes),
        }
    }
}

fn knowing(
    file: &ScheduleFile,
    calendar: Option<&[u8]>,
    at: DateTime<Utc>,
) -> Result<Schedule, ScheduleError> {
    let made = Schedule::new(file)?;
    let Some(bytes) = calendar else {
        return Ok(made);
    };
    let source = file.calendar.as_ref();
    let summary = source.and_then(|source| source.summary.as_deref());
    let (from, until) = (at - TimeDelta::days(8), at + TimeDelta::days(8));
    let read = CalendarEvents::read(bytes, file.zone, summary, at)
        .map_err(|why| ScheduleError::Calendar(file.schedule.clone(), why))?;
    let table = read.table(from, until);
    let status = ScheduleStatus::read(at, table.faults.clone());
    Ok(made.knowing(table).status(status))
}

fn holder(schedule: &Schedule, at: DateTime<Utc>) -> Option<String> {
    let who = schedule.holders(at).unwrap();
    (!who.is_empty()).then(|| names(&who).to_string())
}

fn class(error: &ScheduleError) -> &'static str {
    match error {
        ScheduleError::Kind(_) => "kind",
        ScheduleError::People(_) => "people",
        ScheduleError::Starts(..) => "starts",
        ScheduleError::Every(..) => "every",
        ScheduleError::Backwards(..) => "backwards",
        ScheduleError::Overlap { .. } => "overlap",
        ScheduleError::Place(_) => "place",
        ScheduleError::Calendar(..) => "calendar",
        ScheduleError::Gap { .. } => "gap",
    }
}

fn judge(case: &Case) -> Result<(), String> {
    let file = match serde_json::from_value::<ScheduleFile>(case.schedule.clone()) {
        Ok(file) => file,
        Err(error) if error.to_string().contains("no time zone") => {
            return match case.wrong.as_deref() {
                Some("zone") => Ok(()),
                _ => Err(error.to_string()),
            };
        }
        Err(error) => return Err(format!("does not read: {error}")),
    };
    let calendar = case.calendar();
    let first = case.asks.first().map(|ask| ask.at);
    let first = first.unwrap_or_else(|| "2026-11-02T00:00:00Z".parse().unwrap());
    let made = knowing(&file, calendar.as_deref(), first);
    let from = "2026-11-02T00:00:00Z".parse().unwrap();
    let made = match (&case.wrong, made) {
        (Some(wrong), Ok(made)) if wrong == "gap" => {
            made.gap(from, from + TimeDelta::weeks(1)).map(|()| made)
        }
        (_, made) => made,
    };
    match (made, &case.wrong) {
        (Err(error), Some(wrong)) if class(&error) == wrong => Ok(()),
        (Err(error), _) => Err(format!("{}: {error}", class(&error))),
        (Ok(_), Some(wrong)) => Err(format!("{wrong} is not noticed")),
        (Ok(schedule), None) => {
            let faults = &schedule.status.faults;
            let named = |warns: &String| faults.iter().any(|fault| fault.as_str().contains(warns));
            if faults.len() != case.warns.len() || !case.warns.iter().all(named) {
                return Err(format!("{faults:?}, not {:?}", case.warns));
            }
            case.asks.iter().try_for_each(|ask| {
                let schedule = knowing(&file, calendar.as_deref(), ask.at).unwrap();
                answers(&schedule, ask)
            })
        }
    }
}

fn answers(schedule: &Schedule, ask: &Ask) -> Result<(), String> {
    let found = holder(schedule, ask.at);
    if found != ask.who {
        return Err(format!("{}: {found:?}, not {:?}", ask.at, ask.who));
    }
    // The answer for one time and the list over a span must agree.
    let near = TimeDelta::hours(30);
    let spans = schedule.shifts(ask.at - near, ask.at + near);
    let listed = spans.iter().find(|span| span.covers(ask.at));
    match listed.map(|span| names(&span.who).to_string()) == found {
        true => Ok(()),
        false => Err(format!("{}: the list says {listed:?}", ask.at)),
    }
}

#[rstest]
#[case::written(include_str!("../../tests/cases/schedules.yaml"), 80)]
#[case::calendars(include_str!("../../tests/cases/calendars.yaml"), 60)]
fn the_person_on_call_is_the_one_of_the_table(#[case] table: &str, #[case] least: usize) {
    let cases: Vec<Case> = serde_saphyr::from_str(table).unwrap();
    assert!(cases.len() >= least, "{}", cases.len());
    let wrong = cases.iter().filter_map(|case| {
        let why = judge(case).err()?;
        Some(format!("{}: {why}", case.name))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn schedule(text: &str) -> Schedule {
    Schedule::new(&serde_saphyr::from_str(text).unwrap()).unwrap()
}

#[test]
fn a_gap_is_named_with_its_ends_and_filled_by_otherwise() {
    let days = "{schedule: s, zone: UTC, shifts: [{who: dana, days: [mon-sun], from: '08:00', until: '20:00'}]";
    let from = "2026-11-02T09:00:00Z".parse().unwrap();
    let until = from + TimeDelta::days(2);
    let error = schedule(&format!("{days}}}")).gap(from, until).unwrap_err();
    let ends = "from 2026-11-02 20:00:00 UTC to 2026-11-03 08:00:00 UTC";
    assert!(error.to_string().contains(ends), "{error}");
    let filled = schedule(&format!("{days}, otherwise: lee}}"));
    filled.gap(from, until).unwrap();
    let schedules = OnCallSchedules::new(vec![filled]);
    let night = "2026-11-02T23:00:00Z".parse().unwrap();
    let on_call = |target: &str| schedules.on_call(&TargetId::nearest(target), night);
    assert_eq!(on_call("s"), OnCall::Fallback(Safe::line("lee")));
    assert_eq!(schedules.targets_of("LEE", night), [TargetId::nearest("s")]);
    assert_eq!(on_call("t"), OnCall::NoSchedule);
}

#[rstest]
#[case::huge("x".repeat(MAX_CALENDAR + 1), "larger")]
#[case::none("hello".into(), "no calendar")]
#[case::empty(String::new(), "no calendar")]
#[case::a_web_page("<!DOCTYPE html><title>Log in</title>".into(), "no calendar")]
#[case::cut_off("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n".into(), "cut off")]
#[case::an_event_alone("BEGIN:VEVENT\nUID:1\nEND:VEVENT\n".into(), "no calendar")]
fn a_calendar_that_is_none_is_refused(#[case] text: String, #[case] says: &str) {
    let now = "2026-11-26T12:00:00Z".parse().unwrap();
    let error = CalendarEvents::read(text.as_bytes(), Zone::UTC, None, now).unwrap_err();
    assert!(error.contains(says), "{error}");
}

#[test]
fn names_in_a_calendar_are_made_safe() {
    let text = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART:20261126T000000Z\n\
                DTEND:20261127T000000Z\nSUMMARY:On Call - \u{1b}[31mda\u{202e}na - Payments\nEND:VEVENT\nEND:VCALENDAR\n";
    let at = "2026-11-26T12:00:00Z".parse().unwrap();
    let pattern = Some("On Call - (.+?) - .*");
    let calendar = CalendarEvents::read(text.as_bytes(), Zone::UTC, pattern, at).unwrap();
    let table = calendar.table(at, at + TimeDelta::hours(1));
    let who = &table.shifts(at, at + TimeDelta::seconds(1))[0].who[0];
    assert!(!who.as_str().contains(['\u{1b}', '\u{202e}']), "{who:?}");
}

/// One shift, on 26 November 2026 from 8 to 16 h UTC.
const DAY_SHIFT: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20261126T080000Z\n\
                         DTEND:20261126T160000Z\nSUMMARY:dana\nEND:VEVENT\nEND:VCALENDAR\n";

#[rstest]
#[case::alone("", OnCall::Unknown)]
#[case::with_otherwise(", otherwise: lee", OnCall::FallbackUnknown(Safe::line("lee")))]
fn what_is_not_known_is_not_nobody(#[case] more: &str, #[case] expected: OnCall) {
    let file = format!("{{schedule: s, zone: UTC, calendar: {{file: x.ics}}{more}}}");
    let file: ScheduleFile = serde_saphyr::from_str(&file).unwrap();
    let s = TargetId::nearest("s");
    let now = "2026-11-26T12:00:00Z".parse().unwrap();
    let unread = OnCallSchedules::new(vec![Schedule::new(&file).unwrap()]);
    assert_eq!(unread.on_call(&s, now), expected);
    assert!(unread.problems(now)[0].contains("not read yet"));
    let known = knowing(&file, Some(DAY_SHIFT.as_bytes()), now).unwrap();
    let known = OnCallSchedules::new(vec![known]);
    let dana = vec![Safe::line("dana")];
    assert_eq!(known.on_call(&s, now), OnCall::People(dana));
    assert!(known.problems(now).is_empty());
    // A window that has passed says nothing about now.
    let later = now + TimeDelta::days(9);
    assert_eq!(known.on_call(&s, later), expected);
    assert!(known.problems(later)[0].contains("not read for too long"));
    let unusable = Schedule::unusable(s.clone(), None, "line 3 is wrong");
    let refused = OnCallSchedules::new(vec![unusable]);
    assert_eq!(refused.on_call(&s, now), OnCall::Unknown);
    assert!(refused.problems(now)[0].contains("s is paged without a name"));
}

#[test]
fn the_age_of_a_copy_is_said_with_why_there_is_no_newer_one() {
    let file: ScheduleFile =
        serde_saphyr::from_str("{schedule: on-call, zone: UTC, calendar: {file: x.ics}}").unwrap();
    let read = "2026-11-26T02:10:00Z".parse().unwrap();
    let status = ScheduleStatus::read(read, Vec::new()).failing("c.example: HTTP 503");
    let known = knowing(&file, Some(DAY_SHIFT.as_bytes()), read).unwrap();
    let problem = known.status(status).problem(read + TimeDelta::hours(3));
    let expected = "calendar of on-call: copy of 2026-11-26 02:10 UTC, 3h old, cannot be fetched: c.example: HTTP 503";
    assert_eq!(problem.as_deref(), Some(expected));
}

#[test]
fn an_override_counts_while_its_calendar_is_not_known() {
    let file = "{schedule: s, zone: UTC, calendar: {file: x.ics}, overrides: [{who: omar, from: '2026-11-26T10:00:00Z', until: '2026-11-26T12:00:00Z'}]}";
    let made = schedule(file);
    let at = "2026-11-26T11:00:00Z".parse().unwrap();
    assert_eq!(made.holders(at), Some(vec![Safe::line("omar")]));
    assert_eq!(made.holders(at + TimeDelta::hours(2)), None);
}
