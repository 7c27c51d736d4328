//! The people on call over a bounded window, computed beforehand: a look-up is cheap for any calendar.

use super::shift::Shift;
use crate::text::Safe;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

const MAX_AT_ONCE: usize = 10;

#[derive(Debug, Clone, PartialEq)]
pub struct ShiftTable {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    shifts: Vec<Shift>,
    /// As sentences.
    pub faults: Vec<Safe>,
}

impl ShiftTable {
    /// Shifts may be in any order and may overlap.
    pub(super) fn new(
        (from, until): (DateTime<Utc>, DateTime<Utc>),
        shifts: &[Shift],
        mut faults: Vec<Safe>,
    ) -> Self {
        let (shifts, is_crowded) = merge_shifts(shifts, (from, until));
        if is_crowded {
            faults.push(Safe::line(&format!(
                "more than {MAX_AT_ONCE} people are on call at a time; only the first {MAX_AT_ONCE} by name are paged"
            )));
        }
        Self {
            from,
            until,
            shifts,
            faults,
        }
    }

    pub fn knows(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }

    pub fn shifts(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> &[Shift] {
        let first = self.shifts.partition_point(|shift| shift.until <= from);
        let last = self.shifts.partition_point(|shift| shift.from < until);
        &self.shifts[first..last.max(first)]
    }
}

/// Merges shifts within a window; also tells whether too many people are on call at one time.
pub(super) fn merge_shifts(
    shifts: &[Shift],
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> (Vec<Shift>, bool) {
    let mut edges: Vec<(DateTime<Utc>, bool, usize)> = Vec::with_capacity(2 * shifts.len());
    for (at, shift) in shifts.iter().enumerate() {
        let (begin, end) = (shift.from.max(from), shift.until.min(until));
        if begin < end {
            edges.push((begin, true, at));
            edges.push((end, false, at));
        }
    }
    edges.sort_unstable();
    let mut present: BTreeMap<&Safe, usize> = BTreeMap::new();
    let mut merged: Vec<Shift> = Vec::new();
    let mut is_crowded = false;
    for (position, (at, begins, shift)) in edges.iter().enumerate() {
        for who in &shifts[*shift].who {
            let count = present.entry(who).or_default();
            match begins {
                true => *count += 1,
                false if *count > 1 => *count -= 1,
                false => drop(present.remove(who)),
            }
        }
        let Some((next, ..)) = edges.get(position + 1).filter(|(next, ..)| next > at) else {
            continue;
        };
        is_crowded |= present.len() > MAX_AT_ONCE;
        let who = present.keys().take(MAX_AT_ONCE).copied().cloned();
        let who: Vec<Safe> = who.collect();
        match merged.last_mut() {
            _ if who.is_empty() => {}
            Some(last) if last.until == *at && last.who == who => last.until = *next,
            _ => merged.push(Shift {
                from: *at,
                until: *next,
                who,
            }),
        }
    }
    (merged, is_crowded)
}
