//! Who is on call by a calendar in the iCalendar format (RFC 5545): events, repetitions, exceptions.

use super::hours::Zone;
use super::schedule::Span;
use crate::text::Safe;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use icalendar::parser::{Component, read_calendar, unfold};
use regex::Regex;
use rrule::RRuleSet;

/// Largest calendar read, in bytes.
pub const MAX_CALENDAR: usize = 4 << 20;
/// Most events of one calendar.
const MAX_EVENTS: usize = 10_000;
/// Most repetitions of one event within one window.
const MAX_REPETITIONS: u16 = 2_000;

/// The events of a calendar.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calendar {
    events: Vec<Shift>,
}

#[derive(Debug, Clone, PartialEq)]
struct Shift {
    who: Safe,
    from: DateTime<Utc>,
    lasts: Lasts,
    /// The zone in which its days begin and end.
    zone: Zone,
    /// Begins of the same event that other events replace, or that are left out.
    without: Vec<DateTime<Utc>>,
    repeats: Option<RRuleSet>,
}

/// How long a shift lasts. Days follow the clock on the wall: one is an hour longer where clocks are set back.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Lasts {
    days: i64,
    exact: TimeDelta,
}

impl Lasts {
    fn end(self, begin: DateTime<Utc>, zone: Zone) -> DateTime<Utc> {
        let after_days = match self.days {
            0 => begin,
            days => zone.instant(zone.wall(begin) + TimeDelta::days(days)),
        };
        after_days + self.exact
    }

    /// No shift that begins earlier than this before a time touches it.
    fn longest(self) -> TimeDelta {
        let change_of_clocks = TimeDelta::hours(i64::from(self.days > 0) * 25);
        TimeDelta::days(self.days) + self.exact + change_of_clocks
    }
}

impl Calendar {
    /// Reads a calendar. Times without a zone are the schedule's own; `summary` finds the name in a summary.
    pub fn read(text: &str, zone: Zone, summary: Option<&str>) -> Result<Self, String> {
        if text.len() > MAX_CALENDAR {
            return Err(format!(
                "the calendar is larger than {} MB",
                MAX_CALENDAR >> 20
            ));
        }
        let pattern = summary.map(Regex::new).transpose();
        let pattern = pattern.map_err(|_| "`summary` is no regular expression".to_string())?;
        if pattern
            .as_ref()
            .is_some_and(|pattern| pattern.captures_len() != 2)
        {
            return Err("`summary` needs exactly one group, around the name".into());
        }
        let unfolded = unfold(text);
        let calendar = read_calendar(&unfolded).map_err(|_| {
            "this is no calendar in the iCalendar format (BEGIN:VCALENDAR … END:VCALENDAR)"
                .to_string()
        })?;
        let events = calendar
            .components
            .iter()
            .filter(|part| part.name == "VEVENT");
        let mut shifts: Vec<(String, Option<DateTime<Utc>>, Shift)> = Vec::new();
        let mut replaced: Vec<(String, DateTime<Utc>)> = Vec::new();
        for event in events {
            let uid = value(event, "UID").unwrap_or_default();
            let replaces = time(event, "RECURRENCE-ID", zone)?.map(|at| at.at);
            // A repetition that was moved or cancelled is not where the rule puts it.
            replaced.extend(replaces.map(|at| (uid.clone(), at)));
            if value(event, "STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED"))
            {
                continue;
            }
            if shifts.len() == MAX_EVENTS {
                return Err(format!("the calendar has more than {MAX_EVENTS} events"));
            }
            let shift = shift(event, zone, pattern.as_ref())
                .map_err(|why| format!("event \"{}\": {why}", Safe::line(&uid)))?;
            shifts.push((uid, replaces, shift));
        }
        for (uid, replaces, shift) in &mut shifts {
            if replaces.is_none() {
                let own = replaced.iter().filter(|(other, _)| other == uid);
                shift.without.extend(own.map(|(_, at)| *at));
            }
        }
        Ok(Self {
            events: shifts.into_iter().map(|(_, _, shift)| shift).collect(),
        })
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The shifts that touch a window.
    pub fn spans(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Span> {
        let mut spans = Vec::new();
        for event in &self.events {
            let begins = match &event.repeats {
                None => vec![event.from],
                Some(rule) => {
                    let zone = rule.get_dt_start().timezone();
                    let window = rule
                        .clone()
                        .after((from - event.lasts.longest()).with_timezone(&zone))
                        .before(until.with_timezone(&zone));
                    let found = window.all(MAX_REPETITIONS).dates;
                    found.into_iter().map(|at| at.with_timezone(&Utc)).collect()
                }
            };
            spans.extend(begins.into_iter().filter_map(|begin| {
                let end = event.lasts.end(begin, event.zone);
                let wanted = begin < until && end > from && !event.without.contains(&begin);
                wanted.then(|| Span {
                    from: begin,
                    until: end,
                    who: event.who.clone(),
                })
            }));
        }
        spans
    }
}

fn value(event: &Component<'_>, name: &str) -> Option<String> {
    let property = event.find_prop(name)?;
    Some(property.val.as_str().to_string())
}

/// A time as a property gives it.
struct Time {
    at: DateTime<Utc>,
    /// As it stands in the file, with its zone, for the repetition rule.
    written: String,
    zone: Zone,
    whole_day: bool,
}

fn time(event: &Component<'_>, name: &str, zone: Zone) -> Result<Option<Time>, String> {
    let Some(property) = event.find_prop(name) else {
        return Ok(None);
    };
    let text = property.val.as_str();
    let parameter = |key: &str| {
        let found = property.params.iter().find(|param| param.key == key);
        found
            .and_then(|param| param.val.as_ref())
            .map(|val| val.as_str().to_string())
    };
    let zone = match parameter("TZID") {
        Some(name) => Zone::try_from(name.trim_matches('"').to_string())?,
        None => zone,
    };
    read_time(text, zone)
        .map(Some)
        .ok_or_else(|| format!("{name} \"{}\" is no date and no time", Safe::line(text)))
}

fn read_time(text: &str, zone: Zone) -> Option<Time> {
    let read = |text: &str| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok();
    if let Some(utc) = text.strip_suffix('Z').and_then(read) {
        return Some(Time {
            at: utc.and_utc(),
            written: format!(":{text}"),
            zone: Zone::UTC,
            whole_day: false,
        });
    }
    let day = |text| NaiveDate::parse_from_str(text, "%Y%m%d").ok();
    let whole_day = text.len() == 8;
    let wall = match whole_day {
        true => day(text)?.and_time(NaiveTime::MIN),
        false => read(text)?,
    };
    let name = String::from(zone);
    Some(Time {
        at: zone.instant(wall),
        written: format!(";TZID={name}:{}", wall.format("%Y%m%dT%H%M%S")),
        zone,
        whole_day,
    })
}

fn shift(event: &Component<'_>, zone: Zone, pattern: Option<&Regex>) -> Result<Shift, String> {
    let begin = time(event, "DTSTART", zone)?.ok_or("it has no DTSTART")?;
    let own = begin.zone;
    let days = |days| Lasts {
        days,
        exact: TimeDelta::zero(),
    };
    let lasts = match (time(event, "DTEND", zone)?, value(event, "DURATION")) {
        (Some(end), _) if begin.whole_day && end.whole_day => {
            days((own.wall(end.at).date() - own.wall(begin.at).date()).num_days())
        }
        (Some(end), _) => Lasts {
            days: 0,
            exact: end.at - begin.at,
        },
        (None, Some(text)) => duration(&text)
            .ok_or_else(|| format!("DURATION \"{}\" is no span", Safe::line(&text)))?,
        (None, None) if begin.whole_day => days(1),
        (None, None) => return Err("it has neither DTEND nor DURATION".into()),
    };
    if lasts.end(begin.at, own) <= begin.at {
        return Err("it ends before it begins".into());
    }
    let mut without = Vec::new();
    for property in event
        .properties
        .iter()
        .filter(|property| property.name == "EXDATE")
    {
        let named = property.params.iter().find(|param| param.key == "TZID");
        let zone = match named.and_then(|param| param.val.as_ref()) {
            Some(name) => Zone::try_from(name.as_str().to_string())?,
            None => zone,
        };
        let dates = property.val.as_str().split(',');
        without.extend(
            dates
                .filter_map(|date| read_time(date, zone))
                .map(|time| time.at),
        );
    }
    let repeats = match value(event, "RRULE") {
        None => None,
        Some(rule) => {
            let rule = repetition(&rule, &begin)?;
            let text = format!("DTSTART{}\nRRULE:{rule}", begin.written);
            let set: RRuleSet = text
                .parse()
                .map_err(|_| format!("RRULE \"{}\" cannot be read", Safe::line(&rule)))?;
            Some(set)
        }
    };
    Ok(Shift {
        who: who(event, pattern)?,
        from: begin.at,
        lasts,
        zone: own,
        without,
        repeats,
    })
}

/// A repetition rule as it can be computed: not one of minutes or seconds, which no shift has and which would never
/// come to an end; and with its last time in UTC, where the file has a date or a time on the wall.
fn repetition(rule: &str, begin: &Time) -> Result<String, String> {
    let zone = begin.zone;
    let refused = || format!("RRULE \"{}\" cannot be read", Safe::line(rule));
    let mut parts = Vec::new();
    for part in rule.split(';').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').ok_or_else(refused)?;
        let name = name.to_ascii_uppercase();
        let fine = match name.as_str() {
            "FREQ" => matches!(value.to_ascii_uppercase().as_str(), "MINUTELY" | "SECONDLY"),
            "BYMINUTE" | "BYSECOND" => value.contains(','),
            _ => false,
        };
        if fine {
            return Err(format!(
                "RRULE \"{}\" repeats within an hour: no shift does",
                Safe::line(rule)
            ));
        }
        if name != "UNTIL" || value.ends_with('Z') || begin.written.ends_with('Z') {
            parts.push(format!("{name}={value}"));
            continue;
        }
        let until = read_time(value, zone).ok_or_else(refused)?;
        // A date is meant with the whole of its day.
        let until = match until.whole_day {
            true => zone.instant(zone.wall(until.at) + TimeDelta::days(1)) - TimeDelta::seconds(1),
            false => until.at,
        };
        parts.push(format!("UNTIL={}", until.format("%Y%m%dT%H%M%SZ")));
    }
    Ok(parts.join(";"))
}

/// The name: as the pattern finds it, else the first attendee, else the whole summary.
fn who(event: &Component<'_>, pattern: Option<&Regex>) -> Result<Safe, String> {
    let summary = event.find_prop("SUMMARY");
    let summary = summary.map(|found| found.val.clone().unescape_text().as_str().to_string());
    let summary = summary.unwrap_or_default();
    let name = match pattern {
        Some(pattern) => {
            let found = pattern.captures(&summary).and_then(|found| found.get(1));
            let missing = || format!("`summary` finds no name in \"{}\"", Safe::line(&summary));
            found
                .map(|name| name.as_str().to_string())
                .ok_or_else(missing)?
        }
        None => {
            let attendee = event.find_prop("ATTENDEE");
            let named = attendee.and_then(|found| {
                found
                    .params
                    .iter()
                    .find(|param| param.key == "CN")?
                    .val
                    .clone()
            });
            named.map_or(summary, |name| name.as_str().trim_matches('"').to_string())
        }
    };
    let name = Safe::line(name.trim());
    match name.is_empty() {
        true => Err("it names nobody: neither an attendee with CN nor a SUMMARY".into()),
        false => Ok(name),
    }
}

/// `P1W`, `P2DT3H`, `PT30M`: weeks and days on the wall; hours, minutes, seconds.
fn duration(text: &str) -> Option<Lasts> {
    let mut rest = text.trim_start_matches('+').strip_prefix('P')?;
    let mut all = Lasts {
        days: 0,
        exact: TimeDelta::zero(),
    };
    while !rest.is_empty() {
        rest = rest.strip_prefix('T').unwrap_or(rest);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i64 = rest.get(..digits)?.parse().ok().filter(|n| *n < 100_000)?;
        match rest.as_bytes().get(digits)? {
            b'W' => all.days += 7 * number,
            b'D' => all.days += number,
            b'H' => all.exact += TimeDelta::hours(number),
            b'M' => all.exact += TimeDelta::minutes(number),
            b'S' => all.exact += TimeDelta::seconds(number),
            _ => return None,
        }
        rest = &rest[digits + 1..];
    }
    Some(all)
}
