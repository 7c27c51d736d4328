//! On-call schedules from a calendar in the iCalendar format (RFC 5545). Reading one and computing a window ends within
//! bounds for any input. Events that exceed the bounds or are not supported are named; the others are used.

mod budget;
mod components;
mod event;
mod rule;
mod series;
mod time;
mod zones;

use super::hours::Zone;
use super::shift::Shift;
use super::table::ShiftTable;
use crate::text::Safe;
use budget::StepBudget;
use chrono::{DateTime, Utc};
use regex::Regex;
use series::Series;

/// Bytes.
pub const MAX_CALENDAR: usize = 4 << 20;
/// Steps for one window: a second or less. A calendar of a thousand shifts takes about ten thousand.
const STEPS: u64 = 5_000_000;
const MAX_SHIFTS: usize = 50_000;
const MAX_FAULTS: usize = 20;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct CalendarEvents {
    series: Vec<Series>,
    /// As sentences.
    faults: Vec<String>,
}

impl CalendarEvents {
    /// Times without a zone are in the schedule's zone; `summary` finds the name in a summary. A zone that the file
    /// defines itself is compared with the schedule's zone for the year before and after `around`.
    pub fn read(
        bytes: &[u8],
        zone: Zone,
        summary: Option<&str>,
        around: DateTime<Utc>,
    ) -> Result<Self, String> {
        if bytes.len() > MAX_CALENDAR {
            return Err(format!(
                "the calendar is larger than {} MB; export a shorter time",
                MAX_CALENDAR >> 20
            ));
        }
        let summary_pattern = summary.map(summary_pattern).transpose()?;
        let parts = components::split(bytes)?;
        let mut faults = parts.faults;
        let mut zones = zones::Zones::new(zone, &parts.zones, around);
        let mut events = Vec::new();
        for lines in &parts.events {
            match event::read(lines, &mut zones, summary_pattern.as_ref()) {
                Ok(event) => events.push(event),
                Err(why) => faults.push(format!("{}: {why}; it is not used", event::label(lines))),
            }
        }
        let series = series::series_of(events, &mut faults);
        Ok(Self { series, faults })
    }

    pub fn len(&self) -> usize {
        self.series.len()
    }

    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// Cheap events are computed first, so that one that spends the budget does not take others with it.
    pub fn table(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> ShiftTable {
        let mut faults = self.faults.clone();
        let series = self.series.iter();
        let mut order: Vec<(u64, &Series)> = series
            .map(|series| (series.cost(from, until), series))
            .collect();
        order.sort_by_key(|(cost, _)| *cost);
        let mut steps = StepBudget::new(STEPS);
        let mut shifts: Vec<Shift> = Vec::new();
        for (cost, series) in order {
            let found = match cost > steps.left() {
                true => None,
                false => series.shifts((from, until), &mut steps).ok(),
            };
            let why = match found {
                Some(found) if shifts.len() + found.len() <= MAX_SHIFTS => {
                    shifts.extend(found);
                    continue;
                }
                Some(_) => format!("has more than {MAX_SHIFTS} shifts at this time"),
                None => "repeats too much to be computed".to_string(),
            };
            let label = &series.event.label;
            faults.push(format!("{label}: the calendar {why}; it is not used"));
        }
        ShiftTable::new((from, until), &shifts, named(&faults))
    }
}

fn named(faults: &[String]) -> Vec<Safe> {
    let first = faults.iter().take(MAX_FAULTS);
    let mut named: Vec<Safe> = first.map(|fault| Safe::line(fault)).collect();
    if faults.len() > MAX_FAULTS {
        let more = faults.len() - MAX_FAULTS;
        named.push(Safe::line(&format!("{more} more events are not used")));
    }
    named
}

/// With one group.
pub(super) fn summary_pattern(text: &str) -> Result<Regex, String> {
    let pattern = Regex::new(text).map_err(|_| "`summary` is no regular expression")?;
    match pattern.captures_len() {
        2 => Ok(pattern),
        _ => Err("`summary` needs exactly one group, around the name".into()),
    }
}
