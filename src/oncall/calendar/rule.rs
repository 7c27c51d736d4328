//! Recurrence rules (RFC 5545, 3.3.10): read strictly, computed day by day within a window and a budget of steps.

mod parts;

use super::budget::{Exhausted, StepBudget};
use super::time::CalendarTime;
use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};
use parts::{Frequency, RuleParts};

/// A rule, completed from the start of its event.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RecurrenceRule {
    parts: RuleParts,
    frequency: Frequency,
    times: Vec<NaiveTime>,
    /// Whether each interval has exactly one occurrence, so that the n-th is known without those before it.
    is_plain: bool,
}

impl RecurrenceRule {
    pub(super) fn read(text: &str, begin: &CalendarTime) -> Result<Self, String> {
        let mut parts = RuleParts::read(text, begin)?;
        let frequency = parts.frequency.ok_or("it has no FREQ")?;
        parts.fits(frequency)?;
        let has_days = !(parts.weeks.is_empty()
            && parts.month_days.is_empty()
            && parts.year_days.is_empty()
            && parts.week_days.is_empty());
        let filters = has_days || !parts.months.is_empty() || !parts.hours.is_empty();
        let day = begin.wall.date();
        match frequency {
            Frequency::Yearly if !has_days => {
                if parts.months.is_empty() {
                    parts.months = vec![day.month() as i32];
                }
                parts.month_days = vec![day.day() as i32];
            }
            Frequency::Yearly
                if parts.week_days.is_empty()
                    && parts.month_days.is_empty()
                    && parts.year_days.is_empty() =>
            {
                parts.week_days = vec![(0, day.weekday())];
            }
            Frequency::Monthly if !has_days => parts.month_days = vec![day.day() as i32],
            Frequency::Weekly if !has_days => parts.week_days = vec![(0, day.weekday())],
            _ => {}
        }
        let times = parts.times(frequency, begin.wall.time())?;
        let by_step = matches!(
            frequency,
            Frequency::Hourly | Frequency::Daily | Frequency::Weekly
        );
        Ok(Self {
            is_plain: by_step && !filters && times.len() == 1 && parts.positions.is_empty(),
            parts,
            frequency,
            times,
        })
    }

    pub(super) fn with_later_end(mut self, by: TimeDelta) -> Self {
        self.parts.until = self.parts.until.map(|last| last + by);
        self
    }

    fn interval(&self) -> i64 {
        self.parts.interval.unwrap_or(1)
    }

    fn week_start(&self) -> Weekday {
        self.parts.week_start.unwrap_or(Weekday::Mon)
    }

    pub(super) fn is_over(&self, begin: &CalendarTime) -> bool {
        self.parts.until.is_some_and(|last| last < begin.at())
    }

    /// Approximate number of steps for a window: cheap rules are computed first.
    pub(super) fn cost(
        &self,
        begin: &CalendarTime,
        from: NaiveDateTime,
        until: NaiveDateTime,
    ) -> u64 {
        let counts = self.parts.count.is_some() && !self.is_plain;
        let first = if counts { begin.wall } else { from };
        let days = (until - first.max(begin.wall)).num_days().max(0) + 1;
        let whole = if self.parts.positions.is_empty() {
            0
        } else {
            366
        };
        let a_day = match self.frequency {
            Frequency::Hourly => 24 / self.interval().clamp(1, 24),
            _ => self.times.len() as i64,
        };
        ((days + whole) * a_day.max(1)) as u64
    }

    pub(super) fn walls(
        &self,
        begin: &CalendarTime,
        (from, until): (NaiveDateTime, NaiveDateTime),
        steps: &mut StepBudget,
    ) -> Result<Vec<NaiveDateTime>, Exhausted> {
        let origin = self.interval_of(begin.wall);
        let counts = self.parts.count.is_some() && !self.is_plain;
        let skipped = match counts {
            true => 0,
            false => (self.interval_of(from) - origin)
                .div_euclid(self.interval())
                .max(0),
        };
        let mut left = self.parts.count;
        let mut found = Vec::new();
        for n in skipped.. {
            if self.is_plain && self.parts.count.is_some_and(|count| n >= i64::from(count)) {
                break;
            }
            let Some(candidates) =
                self.within(begin, origin + n * self.interval(), until, steps)?
            else {
                break;
            };
            for wall in candidates {
                let is_over = self
                    .parts
                    .until
                    .is_some_and(|last| begin.zone.instant_rfc5545(wall) > last);
                if is_over || left == Some(0) {
                    return Ok(found);
                }
                if wall < begin.wall {
                    continue;
                }
                if counts {
                    left = left.map(|left| left - 1);
                }
                if wall >= from && wall <= until {
                    found.push(wall);
                }
            }
        }
        Ok(found)
    }

    fn interval_of(&self, wall: NaiveDateTime) -> i64 {
        let day = i64::from(wall.date().num_days_from_ce());
        match self.frequency {
            Frequency::Hourly => day * 24 + i64::from(wall.hour()),
            Frequency::Daily => day,
            Frequency::Weekly => (day - self.first_of_weeks()).div_euclid(7),
            Frequency::Monthly => i64::from(wall.year()) * 12 + i64::from(wall.month0()),
            Frequency::Yearly => i64::from(wall.year()),
        }
    }

    /// Day 1 of the common era is a Monday.
    fn first_of_weeks(&self) -> i64 {
        1 + i64::from(self.week_start().num_days_from_monday())
    }

    fn days_of(&self, number: i64) -> Option<(NaiveDate, NaiveDate)> {
        let day = |days: i64| NaiveDate::from_num_days_from_ce_opt(i32::try_from(days).ok()?);
        let year = |year: i64| i32::try_from(year).ok();
        match self.frequency {
            Frequency::Hourly => day(number.div_euclid(24)).map(|day| (day, day)),
            Frequency::Daily => day(number).map(|day| (day, day)),
            Frequency::Weekly => {
                let first = number * 7 + self.first_of_weeks();
                Some((day(first)?, day(first + 6)?))
            }
            Frequency::Monthly => {
                let month = number.rem_euclid(12) as u32 + 1;
                let first = NaiveDate::from_ymd_opt(year(number.div_euclid(12))?, month, 1)?;
                let next = first.checked_add_months(Months::new(1))?;
                Some((first, next.pred_opt()?))
            }
            Frequency::Yearly => {
                let year = year(number)?;
                Some((
                    NaiveDate::from_ymd_opt(year, 1, 1)?,
                    NaiveDate::from_ymd_opt(year, 12, 31)?,
                ))
            }
        }
    }

    /// The occurrences within one interval; stops after `until`.
    fn within(
        &self,
        begin: &CalendarTime,
        number: i64,
        until: NaiveDateTime,
        steps: &mut StepBudget,
    ) -> Result<Option<Vec<NaiveDateTime>>, Exhausted> {
        let Some((first, last)) = self.days_of(number).filter(|(day, _)| *day <= until.date())
        else {
            return Ok(None);
        };
        steps.take(1)?;
        let mut walls = Vec::new();
        if self.frequency == Frequency::Hourly {
            let hour = number.rem_euclid(24) as u32;
            let fits = self.parts.hours.is_empty() || self.parts.hours.contains(&(hour as i32));
            let time = begin.wall.time().with_hour(hour);
            if fits && self.takes(first) {
                walls.extend(time.map(|time| first.and_time(time)));
            }
            return Ok(Some(walls));
        }
        // Positions count from the interval's own start; without them days before the window are skipped.
        let last = match self.parts.positions.is_empty() {
            true => last.min(until.date()),
            false => last,
        };
        for day in first.iter_days().take_while(|day| *day <= last) {
            steps.take(1)?;
            if self.takes(day) {
                steps.take(self.times.len() as u64)?;
                walls.extend(self.times.iter().map(|time| day.and_time(*time)));
            }
        }
        if !self.parts.positions.is_empty() {
            let at = |position: &i32| match *position {
                after if after > 0 => walls.get(after as usize - 1),
                before => {
                    let back = before.unsigned_abs() as usize;
                    walls.len().checked_sub(back).and_then(|at| walls.get(at))
                }
            };
            let mut chosen: Vec<_> = self
                .parts
                .positions
                .iter()
                .filter_map(at)
                .copied()
                .collect();
            chosen.sort_unstable();
            chosen.dedup();
            walls = chosen;
        }
        Ok(Some(walls))
    }

    fn takes(&self, day: NaiveDate) -> bool {
        let any = |list: &[i32], front: i32, back: i32| {
            list.is_empty() || list.contains(&front) || list.contains(&back)
        };
        let ordinal = day.ordinal() as i32;
        let of_month = day.day() as i32;
        let week_day = |(which, name): &(i32, Weekday)| {
            *name == day.weekday() && (*which == 0 || self.is_nth(day, *which))
        };
        (self.parts.months.is_empty() || self.parts.months.contains(&(day.month() as i32)))
            && any(
                &self.parts.month_days,
                of_month,
                of_month - days_of_month(day) - 1,
            )
            && any(
                &self.parts.year_days,
                ordinal,
                ordinal - days_of_year(day) - 1,
            )
            && (self.parts.week_days.is_empty() || self.parts.week_days.iter().any(week_day))
            && (self.parts.weeks.is_empty() || self.takes_week(day))
    }

    /// Whether a day is the n-th of its name, from the front or the back, within its month or year.
    fn is_nth(&self, day: NaiveDate, which: i32) -> bool {
        let by_month = self.frequency == Frequency::Monthly || !self.parts.months.is_empty();
        let (at, of) = match by_month {
            true => (day.day() as i32, days_of_month(day)),
            false => (day.ordinal() as i32, days_of_year(day)),
        };
        (at - 1) / 7 + 1 == which || -((of - at) / 7 + 1) == which
    }

    /// A week belongs to the year that has at least four of its days.
    fn takes_week(&self, day: NaiveDate) -> bool {
        let after = day.weekday().days_since(self.week_start());
        let Some(fourth) = day.checked_add_signed(TimeDelta::days(3 - i64::from(after))) else {
            return false;
        };
        let at = fourth.ordinal0() as i32;
        let week = at / 7 + 1;
        let weeks = (days_of_year(fourth) - 1 - at % 7) / 7 + 1;
        self.parts.weeks.contains(&week) || self.parts.weeks.contains(&(week - weeks - 1))
    }
}

fn days_of_month(day: NaiveDate) -> i32 {
    let days = day.with_day(1).and_then(|first| {
        let next = first.checked_add_months(Months::new(1))?;
        Some((next - first).num_days() as i32)
    });
    days.unwrap_or(31)
}

fn days_of_year(day: NaiveDate) -> i32 {
    if day.leap_year() { 366 } else { 365 }
}
