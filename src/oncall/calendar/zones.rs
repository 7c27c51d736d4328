//! Time zones as calendars name them: names of IANA, Windows, Outlook, Mozilla and others, or the file's own table if
//! its offsets equal those of the schedule's zone. A zone is found or refused; there is no default.

use super::budget::StepBudget;
use super::components::{ComponentLines, ZoneLines};
use super::rule::RecurrenceRule;
use super::time::read_time;
use crate::oncall::hours::Zone;
use crate::text::Safe;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Steps for all tables of a calendar together.
const STEPS: u64 = 2_000_000;
/// A table must have the offsets of the schedule's zone for this time before and after.
const COMPARED: TimeDelta = TimeDelta::days(400);
const MAX_OFFSET: TimeDelta = TimeDelta::hours(26);

pub(super) struct Zones<'c> {
    own: Zone,
    tables: &'c BTreeMap<String, ZoneLines>,
    around: DateTime<Utc>,
    found: BTreeMap<String, Result<Zone, String>>,
    steps: StepBudget,
}

impl<'c> Zones<'c> {
    pub(super) fn new(
        own: Zone,
        tables: &'c BTreeMap<String, ZoneLines>,
        around: DateTime<Utc>,
    ) -> Self {
        Self {
            own,
            tables,
            around,
            found: BTreeMap::new(),
            steps: StepBudget::new(STEPS),
        }
    }

    pub(super) fn of(&mut self, name: Option<&str>) -> Result<Zone, String> {
        let Some(name) = name.map(|name| name.trim().trim_matches('"')) else {
            return Ok(self.own);
        };
        if let Some(found) = self.found.get(name) {
            return found.clone();
        }
        let found = self.find(name);
        self.found.insert(name.to_string(), found.clone());
        found
    }

    fn find(&mut self, name: &str) -> Result<Zone, String> {
        if let Some(zone) = named(name) {
            return Ok(zone);
        }
        let shown = Safe::line(name);
        let own = String::from(self.own);
        let Some(table) = self.tables.get(name) else {
            return Err(format!(
                "time zone \"{shown}\" is not known; use one of the IANA database, such as {own}"
            ));
        };
        if let Some(zone) = table.own.raw("X-LIC-LOCATION").and_then(named) {
            return Ok(zone);
        }
        match has_offsets_of(table, self.own, self.around, &mut self.steps) {
            Some(true) => Ok(self.own),
            Some(false) => Err(format!(
                "time zone \"{shown}\" is not known, and its VTIMEZONE does not count as {own} does; use one of the IANA database"
            )),
            None => Err(format!(
                "time zone \"{shown}\" is not known, and its VTIMEZONE cannot be read; use one of the IANA database, such as {own}"
            )),
        }
    }
}

fn named(name: &str) -> Option<Zone> {
    let exact = |name: &str| Zone::try_from(name.to_string()).ok();
    // Registries put their own prefix before the name: `/mozilla.org/20050126_1/Europe/Berlin`.
    let after_prefix = || {
        let parts: Vec<&str> = name.strip_prefix('/')?.split('/').collect();
        (1..parts.len().min(8)).find_map(|from| exact(&parts[from..].join("/")))
    };
    exact(name)
        .or_else(after_prefix)
        .or_else(|| Zone::of_any_case(name))
        .or_else(|| by_windows(name))
}

/// Names of Windows and Outlook. The library guesses unknown names from their offset; such a guess has no summer time
/// and is refused.
fn by_windows(name: &str) -> Option<Zone> {
    let zone: calcard::common::timezone::Tz = name.parse().ok()?;
    let found = zone.name()?;
    let is_guess = found.starts_with("Etc/GMT") && name.contains('(');
    (!is_guess).then(|| Zone::try_from(found.into_owned()).ok())?
}

/// Whether a table gives the offsets of a zone, from a year before to a year after; `None` if it cannot be read.
fn has_offsets_of(
    table: &ZoneLines,
    zone: Zone,
    around: DateTime<Utc>,
    steps: &mut StepBudget,
) -> Option<bool> {
    let (from, until) = (around - COMPARED, around + COMPARED);
    let mut changes = Vec::new();
    for observance in &table.observances {
        changes.extend(onsets(observance, from, until, steps)?);
    }
    changes.sort_unstable();
    let mut at = from;
    let mut passed = 0;
    while at < until {
        while changes.get(passed).is_some_and(|(onset, _)| *onset <= at) {
            passed += 1;
        }
        let (_, offset) = changes.get(passed.checked_sub(1)?)?;
        if *offset != (zone.wall(at) - at.naive_utc()).num_seconds() {
            return Some(false);
        }
        at += TimeDelta::hours(1);
    }
    Some(true)
}

/// The starts of an observance, with its offset in seconds: the last one before the window, and each within it.
fn onsets(
    lines: &ComponentLines,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    steps: &mut StepBudget,
) -> Option<Vec<(DateTime<Utc>, i64)>> {
    let offset = |name: &str| lines.raw(name).and_then(offset);
    let (before, after) = (offset("TZOFFSETFROM")?, offset("TZOFFSETTO")?);
    // Its times are in the wall time before the change: read as UTC, they are off by that offset.
    let begin = read_time(lines.raw("DTSTART")?, Zone::UTC)?;
    let mut walls = vec![begin.wall];
    for text in lines.all_raw("RDATE").flat_map(|list| list.split(',')) {
        walls.push(read_time(text, Zone::UTC)?.wall);
    }
    for text in lines.all_raw("RRULE") {
        let rule = RecurrenceRule::read(text, &begin).ok()?;
        let rule = rule.with_later_end(MAX_OFFSET);
        // A yearly observance began within the year before.
        let first = (from - COMPARED).naive_utc();
        walls.extend(rule.walls(&begin, (first, until.naive_utc()), steps).ok()?);
    }
    let onset = |wall: &chrono::NaiveDateTime| (wall.and_utc() - TimeDelta::seconds(before), after);
    Some(walls.iter().map(onset).collect())
}

/// `+0100`, `-0330`, `+013015`, in seconds.
fn offset(text: &str) -> Option<i64> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let two = |at: usize| digits.get(at..at + 2)?.parse::<i64>().ok();
    let seconds = match digits.len() {
        4 => 0,
        6 => two(4)?,
        _ => return None,
    };
    let all = two(0)? * 3_600 + two(2)? * 60 + seconds;
    (all <= MAX_OFFSET.num_seconds()).then_some(sign * all)
}
