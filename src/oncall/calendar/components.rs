//! Splits a calendar into events: from the bytes to the few lines that decide who is on call. Input that is too deep,
//! too long or too much never reaches the parser.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Deepest nesting of components that is followed; RFC 5545 has three levels.
const MAX_DEPTH: usize = 8;
pub(super) const MAX_EVENTS: usize = 10_000;
/// Longest line of a used property, in bytes, with its folds.
const MAX_LINE: usize = 64 << 10;
/// Most used lines of one event: calendars write one line for each exception.
const MAX_EVENT_LINES: usize = 2_000;
/// Most time zones of one calendar, and most lines of one.
const MAX_ZONES: usize = 100;
const MAX_ZONE_LINES: usize = 1_000;

/// Properties of an event that decide who is on call, and when.
const OF_EVENTS: [&str; 14] = [
    "UID",
    "SUMMARY",
    "ATTENDEE",
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "EXRULE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
    "STATUS",
    "SEQUENCE",
    "CATEGORIES",
];
const OF_TIMES: [&str; 5] = ["DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"];
/// Properties that define the offsets of a time zone.
const OF_ZONES: [&str; 7] = [
    "TZID",
    "X-LIC-LOCATION",
    "DTSTART",
    "TZOFFSETFROM",
    "TZOFFSETTO",
    "RRULE",
    "RDATE",
];

#[derive(Debug, Default)]
pub(super) struct ComponentLines {
    /// Line of the file at which it begins, from 1.
    pub(super) at: usize,
    /// Name in upper case, and the unfolded line.
    pub(super) used: Vec<(String, String)>,
    pub(super) fault: Option<&'static str>,
}

impl ComponentLines {
    /// The text behind the colon.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        self.all_raw(name).next()
    }

    pub(super) fn all_raw<'l>(&'l self, name: &str) -> impl Iterator<Item = &'l str> {
        self.named(name).map(|(_, value)| value)
    }

    /// The text before the value, and the value.
    pub(super) fn named<'l>(&'l self, name: &str) -> impl Iterator<Item = (&'l str, &'l str)> {
        let own = self.used.iter().filter(move |(known, _)| known == name);
        own.filter_map(|(known, line)| parts_of(known, line))
    }
}

#[derive(Debug, Default)]
pub(super) struct ZoneLines {
    pub(super) own: ComponentLines,
    pub(super) observances: Vec<ComponentLines>,
}

#[derive(Debug, Default)]
pub(super) struct CalendarParts {
    pub(super) events: Vec<ComponentLines>,
    pub(super) zones: BTreeMap<String, ZoneLines>,
    /// As sentences.
    pub(super) faults: Vec<String>,
}

pub(super) fn split(bytes: &[u8]) -> Result<CalendarParts, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = Splitter::default();
    for (number, line) in unfolded(bytes) {
        reader.line(number, &line);
    }
    reader.end()
}

/// Logical lines with their numbers. Folds are removed before the bytes become characters: a fold may split a
/// character. Bytes of a line beyond its limit are not kept.
fn unfolded(bytes: &[u8]) -> impl Iterator<Item = (usize, Line<'_>)> {
    let physical = bytes.split(|byte| *byte == b'\n');
    let mut physical = physical
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .enumerate()
        .peekable();
    std::iter::from_fn(move || {
        let (number, first) = physical.next()?;
        let mut line = Line {
            bytes: Cow::Borrowed(&first[..first.len().min(MAX_LINE)]),
            is_cut: first.len() > MAX_LINE,
        };
        let is_fold = |(_, next): &(usize, &[u8])| matches!(next.first(), Some(b' ' | b'\t'));
        while let Some((_, next)) = physical.next_if(is_fold) {
            let (space, more) = (MAX_LINE - line.bytes.len(), &next[1..]);
            line.is_cut |= more.len() > space;
            let more = &more[..more.len().min(space)];
            line.bytes.to_mut().extend_from_slice(more);
        }
        Some((number + 1, line))
    })
}

struct Line<'b> {
    bytes: Cow<'b, [u8]>,
    is_cut: bool,
}

impl Line<'_> {
    /// In upper case.
    fn name(&self) -> String {
        let ends = |byte: &u8| matches!(byte, b':' | b';');
        let end = self.bytes.iter().take(64).position(ends).unwrap_or(0);
        let name = String::from_utf8_lossy(&self.bytes[..end]);
        name.trim().to_ascii_uppercase()
    }
}

/// Splits a line at the colon that ends the parameters. No date has a colon, and some programs write zone names with a
/// colon and without quotes.
fn parts_of<'l>(name: &str, line: &'l str) -> Option<(&'l str, &'l str)> {
    let mut quoted = false;
    let colon = match OF_TIMES.contains(&name) {
        true => line.rfind(':'),
        false => line.bytes().position(|byte| {
            quoted ^= byte == b'"';
            byte == b':' && !quoted
        }),
    }?;
    Some((&line[..colon], line[colon + 1..].trim()))
}

/// A parameter, without its quotes.
pub(super) fn parameter<'l>(before: &'l str, name: &str) -> Option<&'l str> {
    let mut quoted = false;
    let mut parts = before.split(|letter| {
        quoted ^= letter == '"';
        letter == ';' && !quoted
    });
    parts.find_map(|part| {
        let (known, value) = part.split_once('=')?;
        let is_it = known.trim().eq_ignore_ascii_case(name);
        is_it.then(|| value.trim().trim_matches('"'))
    })
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum ComponentKind {
    /// A component of which nothing is used.
    #[default]
    Ignored,
    CalendarEvent,
    Zone,
    Observance,
}

#[derive(Default)]
struct Splitter {
    parts: CalendarParts,
    /// The open components, and the place of their lines.
    stack: Vec<(String, ComponentKind)>,
    beyond: usize,
    is_calendar: bool,
    event: ComponentLines,
    zone: ZoneLines,
    observance: ComponentLines,
    too_many: usize,
    too_deep: Option<usize>,
}

impl Splitter {
    fn line(&mut self, number: usize, line: &Line<'_>) {
        let name = line.name();
        match name.as_str() {
            "BEGIN" | "END" => {
                let text = String::from_utf8_lossy(&line.bytes);
                let what = parts_of(&name, &text).map_or("", |(_, value)| value);
                let what = what.to_ascii_uppercase();
                match name.as_str() {
                    "BEGIN" => self.begin(number, what),
                    _ => self.finish(&what),
                }
            }
            _ if self.beyond > 0 => {}
            _ => self.property(name, line),
        }
    }

    fn place(&self) -> ComponentKind {
        self.stack
            .last()
            .map_or(ComponentKind::Ignored, |(_, at)| *at)
    }

    fn begin(&mut self, number: usize, what: String) {
        // An event that has no end before the next one begins is refused alone.
        if what == "VEVENT" && self.stack.iter().any(|(open, _)| *open == what) {
            self.event.fault = Some("it has no END:VEVENT");
            self.beyond = 0;
            self.finish(&what);
        }
        if self.beyond > 0 || self.stack.len() == MAX_DEPTH {
            self.beyond += 1;
            self.too_deep.get_or_insert(number);
            return;
        }
        let inside = self.stack.last().map(|(open, _)| open.as_str());
        let place = match (inside, what.as_str()) {
            (Some("VCALENDAR"), "VEVENT") => ComponentKind::CalendarEvent,
            (Some("VCALENDAR"), "VTIMEZONE") => ComponentKind::Zone,
            (Some("VTIMEZONE"), "STANDARD" | "DAYLIGHT") => ComponentKind::Observance,
            _ => ComponentKind::Ignored,
        };
        let fresh = ComponentLines {
            at: number,
            ..ComponentLines::default()
        };
        match place {
            ComponentKind::CalendarEvent => self.event = fresh,
            ComponentKind::Zone => self.zone = ZoneLines::default(),
            ComponentKind::Observance => self.observance = fresh,
            ComponentKind::Ignored => self.is_calendar |= what == "VCALENDAR" && inside.is_none(),
        }
        self.stack.push((what, place));
    }

    fn finish(&mut self, what: &str) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let Some(depth) = self.stack.iter().rposition(|(open, _)| open == what) else {
            return;
        };
        while self.stack.len() > depth {
            match self.stack.pop() {
                Some((_, ComponentKind::CalendarEvent)) => self.keep_event(),
                Some((_, ComponentKind::Zone)) => self.keep_zone(),
                Some((_, ComponentKind::Observance))
                    if self.zone.observances.len() < MAX_ZONE_LINES =>
                {
                    let observance = std::mem::take(&mut self.observance);
                    self.zone.observances.push(observance);
                }
                _ => {}
            }
        }
    }

    fn keep_event(&mut self) {
        let event = std::mem::take(&mut self.event);
        match self.parts.events.len() {
            MAX_EVENTS => self.too_many += 1,
            _ => self.parts.events.push(event),
        }
    }

    fn keep_zone(&mut self) {
        let zone = std::mem::take(&mut self.zone);
        let name = zone.own.raw("TZID").map(str::to_string);
        if let Some(name) = name.filter(|_| self.parts.zones.len() < MAX_ZONES) {
            self.parts.zones.entry(name).or_insert(zone);
        }
    }

    fn property(&mut self, name: String, line: &Line<'_>) {
        let place = self.place();
        let (wanted, lines, most) = match place {
            ComponentKind::Ignored => return,
            ComponentKind::CalendarEvent => (&OF_EVENTS[..], &mut self.event, MAX_EVENT_LINES),
            ComponentKind::Zone => (&OF_ZONES[..], &mut self.zone.own, MAX_ZONE_LINES),
            ComponentKind::Observance => (&OF_ZONES[..], &mut self.observance, MAX_ZONE_LINES),
        };
        if !wanted.contains(&name.as_str()) {
            return;
        }
        if line.is_cut {
            lines.fault = Some("one of its lines is longer than 64 kB");
        } else if lines.used.len() == most {
            lines.fault = Some("it has more lines than an event may have (2,000)");
        } else {
            let text = String::from_utf8_lossy(&line.bytes).into_owned();
            lines.used.push((name, text));
        }
    }

    fn end(mut self) -> Result<CalendarParts, String> {
        if !self.is_calendar {
            return Err(
                "this is no calendar in the iCalendar format (BEGIN:VCALENDAR … END:VCALENDAR)"
                    .into(),
            );
        }
        if !self.stack.is_empty() && self.too_deep.is_none() {
            return Err(
                "this is no whole calendar: it is cut off before END:VCALENDAR; shifts may be missing"
                    .into(),
            );
        }
        // Levels that are not followed may contain the end of an event.
        let mut open = self.stack.iter();
        if open.any(|(_, kind)| *kind == ComponentKind::CalendarEvent) {
            self.event.fault = Some("it has no END:VEVENT");
            self.keep_event();
        }
        if let Some(number) = self.too_deep {
            self.parts.faults.push(format!(
                "line {number}: components lie more than {MAX_DEPTH} deep; what is deeper is not read"
            ));
        }
        if self.too_many > 0 {
            self.parts.faults.push(format!(
                "{} events are not used: the calendar has more than {MAX_EVENTS}; export a shorter time",
                self.too_many
            ));
        }
        Ok(self.parts)
    }
}
