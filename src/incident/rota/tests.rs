use super::*;
use rstest::rstest;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    schedule: serde_json::Value,
    #[serde(default)]
    calendar: Option<String>,
    #[serde(default)]
    asks: Vec<Ask>,
    #[serde(default)]
    wrong: Option<String>,
}

#[derive(Deserialize)]
struct Ask {
    at: DateTime<Utc>,
    who: Option<String>,
}

/// The classes of errors that the table names.
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
    let made = Schedule::new(&file, case.calendar.as_deref());
    let from = "2026-11-02T00:00:00Z".parse().unwrap();
    let made = match (&case.wrong, made) {
        (Some(wrong), Ok(made)) if wrong == "gap" => made
            .gap(from, from + chrono::TimeDelta::weeks(1))
            .map(|()| made),
        (_, made) => made,
    };
    match (made, &case.wrong) {
        (Err(error), Some(wrong)) if class(&error) == wrong => Ok(()),
        (Err(error), _) => Err(format!("{}: {error}", class(&error))),
        (Ok(_), Some(wrong)) => Err(format!("{wrong} is not noticed")),
        (Ok(schedule), None) => {
            for ask in &case.asks {
                let found = schedule.holder(ask.at).map(|who| who.to_string());
                if found != ask.who {
                    return Err(format!("{}: {found:?}, not {:?}", ask.at, ask.who));
                }
                // What is asked of a time and what is listed over a span must agree.
                let near = chrono::TimeDelta::hours(30);
                let spans = schedule.spans(ask.at - near, ask.at + near);
                let listed = spans
                    .iter()
                    .find(|span| span.from <= ask.at && ask.at < span.until);
                if listed.map(|span| span.who.to_string()) != found {
                    return Err(format!("{}: the list says {listed:?}", ask.at));
                }
            }
            Ok(())
        }
    }
}

#[test]
fn whoever_is_on_call_is_the_one_of_the_table() {
    let cases: Vec<Case> =
        serde_saphyr::from_str(include_str!("../../../tests/cases/rota.yaml")).unwrap();
    assert!(cases.len() >= 80, "{}", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| judge(case).err().map(|why| format!("{}: {why}", case.name)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn schedule(text: &str) -> Schedule {
    Schedule::new(&serde_saphyr::from_str(text).unwrap(), None).unwrap()
}

#[test]
fn a_gap_is_named_with_its_ends_and_filled_by_otherwise() {
    let days = "{schedule: s, zone: UTC, shifts: [{who: dana, days: [mon-sun], from: '08:00', until: '20:00'}]";
    let from = "2026-11-02T09:00:00Z".parse().unwrap();
    let until = from + chrono::TimeDelta::days(2);
    let error = schedule(&format!("{days}}}")).gap(from, until).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("from 2026-11-02 20:00:00 UTC to 2026-11-03 08:00:00 UTC"),
        "{error}"
    );
    let filled = schedule(&format!("{days}, otherwise: lee}}"));
    filled.gap(from, until).unwrap();
    let rota = Rota::new(vec![filled]);
    let night = "2026-11-02T23:00:00Z".parse().unwrap();
    assert_eq!(
        rota.on_call(&Slug::nearest("s"), night),
        OnCall::Otherwise(Safe::line("lee"))
    );
    assert_eq!(rota.held_by("LEE", night), [Slug::nearest("s")]);
    assert_eq!(rota.on_call(&Slug::nearest("t"), night), OnCall::NoSchedule);
}

#[rstest]
#[case::huge(&"x".repeat(MAX_CALENDAR + 1), "larger")]
#[case::none("hello", "no calendar")]
fn a_calendar_that_is_none_is_refused(#[case] text: &str, #[case] says: &str) {
    let error = Calendar::read(text, Zone::UTC, None).unwrap_err();
    assert!(error.contains(says), "{error}");
}

#[test]
fn names_in_a_calendar_are_made_safe() {
    let text = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART:20261126T000000Z\n\
                DTEND:20261127T000000Z\nSUMMARY:On Call - \u{1b}[31mda\u{202e}na - Payments\nEND:VEVENT\nEND:VCALENDAR\n";
    let calendar = Calendar::read(text, Zone::UTC, Some("On Call - (.+?) - .*")).unwrap();
    let at = "2026-11-26T12:00:00Z".parse().unwrap();
    let spans = calendar.spans(at, at + chrono::TimeDelta::seconds(1));
    assert!(
        !spans[0].who.as_str().contains(['\u{1b}', '\u{202e}']),
        "{:?}",
        spans[0].who
    );
}
