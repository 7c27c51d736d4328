//! One event of a calendar: people, start, length, recurrence. An unsupported event is refused by name, and the others
//! stay.

use super::components::{ComponentLines, parameter};
use super::rule::RecurrenceRule;
use super::time::{CalendarTime, EventLength, read_time};
use super::zones::Zones;
use crate::oncall::hours::Zone;
use crate::text::Safe;
use calcard::common::IanaParse;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarDuration, ICalendarEntry, ICalendarParameterName,
    ICalendarProperty, ICalendarStatus, ICalendarValue,
};
use calcard::{Entry, Parser};
use chrono::TimeDelta;
use regex::Regex;

const MAX_REPEATED: TimeDelta = TimeDelta::days(366);
const MAX_PEOPLE: usize = 10;
const MAX_RULES: usize = 10;
/// Categories of days off, as Outlook and others write them.
const HOLIDAYS: [&str; 4] = ["holiday", "holidays", "public holiday", "bank holiday"];

#[derive(Debug, Clone, PartialEq)]
pub(super) struct CalendarEvent {
    pub(super) uid: Option<String>,
    pub(super) label: String,
    pub(super) sequence: i64,
    pub(super) is_cancelled: bool,
    /// The occurrence of a series that it replaces, and whether it replaces all later ones as well.
    pub(super) replaces: Option<(CalendarTime, bool)>,
    pub(super) begin: CalendarTime,
    pub(super) lasts: EventLength,
    pub(super) who: Vec<Safe>,
    pub(super) rules: Vec<RecurrenceRule>,
    pub(super) without_rules: Vec<RecurrenceRule>,
    pub(super) also: Vec<(CalendarTime, Option<EventLength>)>,
    pub(super) without: Vec<CalendarTime>,
}

pub(super) fn label(lines: &ComponentLines) -> String {
    let shown = |name: &str| {
        let text = lines.raw(name).filter(|text| !text.is_empty())?;
        Some(text.chars().take(60).collect::<String>())
    };
    let mut label = match shown("SUMMARY") {
        Some(summary) => format!("event \"{summary}\""),
        None => format!("event at line {}", lines.at),
    };
    let more: Vec<String> = ["DTSTART", "UID"].into_iter().filter_map(shown).collect();
    if !more.is_empty() {
        label += &format!(" ({})", more.join(", "));
    }
    Safe::line(&label).to_string()
}

pub(super) fn read(
    lines: &ComponentLines,
    zones: &mut Zones<'_>,
    pattern: Option<&Regex>,
) -> Result<CalendarEvent, String> {
    if let Some(fault) = lines.fault {
        return Err(fault.into());
    }
    let calendar = parsed(lines)?;
    let parsed = calendar.components.first().ok_or("it cannot be read")?;
    let is_cancelled = matches!(parsed.status(), Some(ICalendarStatus::Cancelled));
    let replaces = match lines.named("RECURRENCE-ID").next() {
        None => None,
        Some((before, _)) => {
            let at = one_time(lines, zones, "RECURRENCE-ID")?;
            at.map(|at| Ok::<_, String>((at, is_range(before)?)))
                .transpose()?
        }
    };
    let begin = one_time(lines, zones, "DTSTART")?;
    let begin = match (begin, is_cancelled, replaces) {
        (Some(begin), _, _) => begin,
        // A cancelled event needs only a time.
        (None, true, Some((at, _))) => at,
        (None, _, _) => return Err("it has no DTSTART".into()),
    };
    let sequence = lines.raw("SEQUENCE").and_then(|text| text.parse().ok());
    let mut event = CalendarEvent {
        uid: parsed.uid().map(str::to_string),
        label: label(lines),
        sequence: sequence.unwrap_or(0),
        is_cancelled,
        replaces,
        begin,
        lasts: EventLength::days(0),
        who: Vec::new(),
        rules: Vec::new(),
        without_rules: Vec::new(),
        also: Vec::new(),
        without: Vec::new(),
    };
    if is_cancelled {
        return Ok(event);
    }
    event.lasts = lasts(lines, parsed, zones, &begin)?;
    event.who = who(parsed, pattern)?;
    event.rules = rules(lines, "RRULE", &begin)?;
    event.without_rules = rules(lines, "EXRULE", &begin)?;
    event.also = also(lines, zones, &begin)?;
    for (before, list) in lines.named("EXDATE") {
        let zone = zones.of(parameter(before, "TZID"))?;
        for text in list.split(',') {
            let at = read_time(text.trim(), zone).ok_or("its EXDATE is no date and no time")?;
            event.without.push(at);
        }
    }
    let repeats = !(event.rules.is_empty() && event.also.is_empty());
    if repeats && replaces.is_some() {
        return Err("it replaces one occurrence and repeats by itself, which means nothing".into());
    }
    if repeats && event.lasts.longest() > MAX_REPEATED + TimeDelta::days(2) {
        return Err("it repeats and lasts longer than a year".into());
    }
    Ok(event)
}

fn parsed(lines: &ComponentLines) -> Result<ICalendar, String> {
    let mut text = String::from("BEGIN:VEVENT\n");
    for (_, line) in &lines.used {
        text += line;
        text.push('\n');
    }
    text += "END:VEVENT\n";
    match Parser::new(&text).entry() {
        Entry::ICalendar(calendar) => Ok(calendar),
        _ => Err("it cannot be read".into()),
    }
}

fn find<'e>(event: &'e ICalendarComponent, name: &ICalendarProperty) -> Option<&'e ICalendarEntry> {
    event.entries.iter().find(|entry| entry.name == *name)
}

fn all<'e>(
    event: &'e ICalendarComponent,
    name: &'e ICalendarProperty,
) -> impl Iterator<Item = &'e ICalendarEntry> {
    let entries = event.entries.iter();
    entries.filter(move |entry| entry.name == *name)
}

fn one_time(
    lines: &ComponentLines,
    zones: &mut Zones<'_>,
    name: &str,
) -> Result<Option<CalendarTime>, String> {
    let Some((before, text)) = lines.named(name).next() else {
        return Ok(None);
    };
    // A bad time is reported before a bad zone.
    let at = read_time(text, Zone::UTC);
    let at = at.ok_or_else(|| format!("its {name} is no date and no time"))?;
    Ok(Some(match text.ends_with('Z') {
        true => at,
        false => CalendarTime {
            zone: zones.of(parameter(before, "TZID"))?,
            ..at
        },
    }))
}

fn is_range(before: &str) -> Result<bool, String> {
    match parameter(before, "RANGE") {
        None => Ok(false),
        Some(range) if range.eq_ignore_ascii_case("THISANDFUTURE") => Ok(true),
        Some(_) => Err("the RANGE of its RECURRENCE-ID is not THISANDFUTURE".into()),
    }
}

fn lasts(
    lines: &ComponentLines,
    event: &ICalendarComponent,
    zones: &mut Zones<'_>,
    begin: &CalendarTime,
) -> Result<EventLength, String> {
    let end = one_time(lines, zones, "DTEND")?;
    let duration = find(event, &ICalendarProperty::Duration);
    let lasts = match (end, duration) {
        (Some(end), _) => {
            if end.is_day != begin.is_day {
                return Err("one of DTSTART and DTEND is a day, the other a time".into());
            }
            EventLength::between(begin, &end)
        }
        (None, Some(entry)) => match entry.values.first() {
            Some(ICalendarValue::Duration(span)) => {
                EventLength::duration(span).ok_or("its DURATION is no span of time")?
            }
            _ => return Err("its DURATION is no span of time".into()),
        },
        (None, None) if begin.is_day => EventLength::days(1),
        (None, None) => return Err("it has no DTEND and no DURATION, so it has no length".into()),
    };
    match lasts.end(begin.at(), begin.zone) {
        Some(end) if end > begin.at() => Ok(lasts),
        Some(end) if end == begin.at() => Err("it has no length: it ends when it begins".into()),
        _ => Err("it ends before it begins".into()),
    }
}

fn rules(
    lines: &ComponentLines,
    name: &str,
    begin: &CalendarTime,
) -> Result<Vec<RecurrenceRule>, String> {
    let texts: Vec<&str> = lines.all_raw(name).collect();
    if texts.len() > MAX_RULES {
        return Err(format!("it has more than {MAX_RULES} lines {name}"));
    }
    let read = |text: &&str| {
        RecurrenceRule::read(text, begin).map_err(|why| {
            let text: String = text.chars().take(120).collect();
            format!("its {name} \"{text}\" is not used: {why}")
        })
    };
    texts.iter().map(read).collect()
}

fn also(
    lines: &ComponentLines,
    zones: &mut Zones<'_>,
    begin: &CalendarTime,
) -> Result<Vec<(CalendarTime, Option<EventLength>)>, String> {
    let wrong = "its RDATE is no date, no time and no period";
    let mut also = Vec::new();
    for (before, list) in lines.named("RDATE") {
        let zone = zones.of(parameter(before, "TZID"))?;
        for text in list.split(',').map(str::trim) {
            let period = text.split_once('/');
            let (from, end) = period.map_or((text, None), |(from, end)| (from, Some(end)));
            let mut at = read_time(from, zone).ok_or(wrong)?;
            let lasts = end.map(|end| match read_time(end, zone) {
                Some(end) => Some(EventLength::between(&at, &end)),
                None => EventLength::duration(&ICalendarDuration::parse(end.as_bytes())?),
            });
            let lasts = lasts.map(|lasts| lasts.ok_or(wrong)).transpose()?;
            // A day for an event that has a time means that time on the day.
            if at.is_day && !begin.is_day {
                at = CalendarTime {
                    wall: at.wall.date().and_time(begin.wall.time()),
                    zone: begin.zone,
                    is_day: false,
                };
            }
            let ends = lasts.map(|lasts| lasts.end(at.at(), at.zone));
            if ends.is_some_and(|end| end.is_none_or(|end| end <= at.at())) {
                return Err("a period of its RDATE has no length".into());
            }
            if lasts.is_some_and(|lasts| lasts.longest() > MAX_REPEATED) {
                return Err("a period of its RDATE is longer than a year".into());
            }
            also.push((at, lasts));
        }
    }
    Ok(also)
}

/// Found in the summary by the pattern, otherwise the attendees, otherwise the whole summary.
fn who(event: &ICalendarComponent, pattern: Option<&Regex>) -> Result<Vec<Safe>, String> {
    if is_holiday(event) {
        return Err("its category says that it is a holiday, so it names nobody".into());
    }
    let summary = find(event, &ICalendarProperty::Summary).and_then(|entry| entry.values.first());
    let summary = summary
        .and_then(ICalendarValue::as_text)
        .unwrap_or_default();
    let named = match pattern {
        Some(pattern) => {
            let found = pattern.captures(summary).and_then(|found| found.get(1));
            let missing = || format!("`summary` finds no name in \"{}\"", Safe::line(summary));
            vec![found.ok_or_else(missing)?.as_str().to_string()]
        }
        None => match invited(event)? {
            people if people.is_empty() => vec![summary.to_string()],
            people => people,
        },
    };
    let mut people: Vec<Safe> = named.iter().map(|name| Safe::line(name.trim())).collect();
    people.retain(|name| !name.is_empty());
    people.sort();
    people.dedup();
    match people.len() {
        0 => Err("it names nobody: it has neither an attendee with CN nor a SUMMARY".into()),
        1..=MAX_PEOPLE => Ok(people),
        _ => Err(format!("it names more than {MAX_PEOPLE} people")),
    }
}

fn is_holiday(event: &ICalendarComponent) -> bool {
    let names = all(event, &ICalendarProperty::Categories).flat_map(|entry| &entry.values);
    let mut names = names.filter_map(ICalendarValue::as_text);
    names.any(|name| HOLIDAYS.contains(&name.trim().to_ascii_lowercase().as_str()))
}

/// Those who accepted, otherwise those who have not declined. Rooms and resources do not count.
fn invited(event: &ICalendarComponent) -> Result<Vec<String>, String> {
    let text = |entry: &ICalendarEntry, name: ICalendarParameterName| {
        let value = entry.parameters(&name).next();
        let value = value.and_then(|value| value.as_text()).unwrap_or_default();
        value.trim().trim_matches('"').to_string()
    };
    let upper = |entry: &ICalendarEntry, name| text(entry, name).to_ascii_uppercase();
    let name = |entry: &ICalendarEntry| text(entry, ICalendarParameterName::Cn);
    let mut people: Vec<&ICalendarEntry> = all(event, &ICalendarProperty::Attendee).collect();
    // Attendees without names are a mailing list in some calendars; the summary has the name then.
    if people.iter().all(|entry| name(entry).is_empty()) {
        return Ok(Vec::new());
    }
    people.retain(|entry| {
        let kind = upper(entry, ICalendarParameterName::Cutype);
        !matches!(kind.as_str(), "ROOM" | "RESOURCE")
    });
    if people.is_empty() {
        return Err("it names nobody: only rooms and things are invited".into());
    }
    let status = |entry: &ICalendarEntry| upper(entry, ICalendarParameterName::Partstat);
    people.retain(|entry| !matches!(status(entry).as_str(), "DECLINED" | "DELEGATED"));
    if people.is_empty() {
        return Err("it names nobody: everybody who is invited declined".into());
    }
    if people.iter().any(|entry| status(entry) == "ACCEPTED") {
        people.retain(|entry| status(entry) == "ACCEPTED");
    }
    let shown = |entry: &&ICalendarEntry| match name(entry) {
        name if !name.is_empty() => name,
        _ => entry.calendar_address().unwrap_or_default().to_string(),
    };
    Ok(people.iter().map(shown).collect())
}
