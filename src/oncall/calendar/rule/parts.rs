//! The text of a recurrence rule, read strictly: an unknown or meaningless part refuses the rule.

use crate::oncall::calendar::time::{CalendarTime, read_time};
use chrono::{DateTime, NaiveTime, TimeDelta, Timelike, Utc, Weekday};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frequency {
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// Most values of one list of a rule, and most times of one day.
const MAX_LIST: usize = 400;
const MAX_TIMES: usize = 24;

#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct RuleParts {
    pub(super) frequency: Option<Frequency>,
    pub(super) interval: Option<i64>,
    pub(super) count: Option<u32>,
    pub(super) until: Option<DateTime<Utc>>,
    pub(super) months: Vec<i32>,
    pub(super) month_days: Vec<i32>,
    pub(super) year_days: Vec<i32>,
    pub(super) weeks: Vec<i32>,
    /// Each with its number within the month or year; 0 is every.
    pub(super) week_days: Vec<(i32, Weekday)>,
    pub(super) hours: Vec<i32>,
    pub(super) minutes: Vec<i32>,
    pub(super) seconds: Vec<i32>,
    pub(super) positions: Vec<i32>,
    pub(super) week_start: Option<Weekday>,
}

impl RuleParts {
    pub(super) fn read(text: &str, begin: &CalendarTime) -> Result<Self, String> {
        let mut parts = Self::default();
        let mut seen = Vec::new();
        let all = text.split(';').map(str::trim);
        for part in all.filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or("it cannot be read")?;
            let name = name.trim().to_ascii_uppercase();
            let value = value.trim().to_ascii_uppercase();
            if seen.contains(&name) {
                return Err(format!("{name} occurs twice"));
            }
            parts.set(&name, &value, begin)?;
            seen.push(name);
        }
        Ok(parts)
    }

    fn set(&mut self, name: &str, value: &str, begin: &CalendarTime) -> Result<(), String> {
        let wrong = || format!("its {name} cannot be read");
        match name {
            "FREQ" => {
                self.frequency = Some(match value {
                    "HOURLY" => Frequency::Hourly,
                    "DAILY" => Frequency::Daily,
                    "WEEKLY" => Frequency::Weekly,
                    "MONTHLY" => Frequency::Monthly,
                    "YEARLY" => Frequency::Yearly,
                    "MINUTELY" | "SECONDLY" => {
                        return Err("it repeats within an hour, which no shift does".into());
                    }
                    _ => return Err(wrong()),
                });
            }
            "INTERVAL" => {
                let number = value.parse().ok().filter(|n| (1..=100_000).contains(n));
                self.interval = Some(number.ok_or_else(wrong)?);
            }
            "COUNT" => {
                let number = value.parse().ok().filter(|n| *n >= 1);
                self.count = Some(number.ok_or_else(wrong)?);
            }
            "UNTIL" => self.until = Some(last_of(value, begin).ok_or_else(wrong)?),
            "WKST" => self.week_start = Some(week_day(value).ok_or_else(wrong)?),
            "BYDAY" => {
                for item in items(value, wrong)? {
                    let at = item.len().checked_sub(2);
                    let split = at.and_then(|at| item.split_at_checked(at));
                    let (which, day) = split.ok_or_else(wrong)?;
                    let which = match which {
                        "" => Some(0),
                        number => number.parse().ok().filter(|n| within(*n, 53)),
                    };
                    let day = week_day(day).ok_or_else(wrong)?;
                    self.week_days.push((which.ok_or_else(wrong)?, day));
                }
            }
            "BYMONTH" => self.months = numbers(value, wrong, |n| (1..=12).contains(&n))?,
            "BYMONTHDAY" => self.month_days = numbers(value, wrong, |n| within(n, 31))?,
            "BYYEARDAY" => self.year_days = numbers(value, wrong, |n| within(n, 366))?,
            "BYWEEKNO" => self.weeks = numbers(value, wrong, |n| within(n, 53))?,
            "BYSETPOS" => self.positions = numbers(value, wrong, |n| within(n, 366))?,
            "BYHOUR" => self.hours = numbers(value, wrong, |n| (0..24).contains(&n))?,
            "BYMINUTE" => self.minutes = numbers(value, wrong, |n| (0..60).contains(&n))?,
            "BYSECOND" => self.seconds = numbers(value, wrong, |n| (0..60).contains(&n))?,
            "RSCALE" if value == "GREGORIAN" => {}
            "SKIP" if value == "OMIT" => {}
            _ => return Err(format!("its {} is not known here", shown(name))),
        }
        Ok(())
    }

    /// Refuses combinations that the standard forbids.
    pub(super) fn fits(&self, frequency: Frequency) -> Result<(), String> {
        use Frequency::{Daily, Hourly, Monthly, Weekly, Yearly};
        let which = self.week_days.iter().any(|(which, _)| *which != 0);
        let wrong = [
            (
                !self.weeks.is_empty() && frequency != Yearly,
                "BYWEEKNO without FREQ=YEARLY",
            ),
            (
                !self.year_days.is_empty() && matches!(frequency, Daily | Weekly | Monthly),
                "BYYEARDAY with this FREQ",
            ),
            (
                !self.month_days.is_empty() && frequency == Weekly,
                "BYMONTHDAY with FREQ=WEEKLY",
            ),
            (
                which && (!matches!(frequency, Monthly | Yearly) || !self.weeks.is_empty()),
                "a numbered BYDAY with this FREQ",
            ),
            (
                frequency == Hourly
                    && !(self.positions.is_empty()
                        && self.minutes.is_empty()
                        && self.seconds.is_empty()),
                "BYSETPOS, BYMINUTE or BYSECOND with FREQ=HOURLY",
            ),
        ];
        match wrong.iter().find(|(is, _)| *is) {
            Some((_, what)) => Err(format!("{what} means nothing")),
            None => Ok(()),
        }
    }

    pub(super) fn times(
        &self,
        frequency: Frequency,
        own: NaiveTime,
    ) -> Result<Vec<NaiveTime>, String> {
        let or = |list: &[i32], own: u32| match list.is_empty() {
            true => vec![own],
            false => list.iter().map(|n| *n as u32).collect(),
        };
        let hours = match frequency {
            Frequency::Hourly => vec![own.hour()],
            _ => or(&self.hours, own.hour()),
        };
        let minutes = or(&self.minutes, own.minute());
        let seconds = or(&self.seconds, own.second());
        if hours.len() * minutes.len() * seconds.len() > MAX_TIMES {
            return Err(format!("it occurs more than {MAX_TIMES} times a day"));
        }
        let mut times = Vec::new();
        for hour in hours {
            for minute in &minutes {
                let made = |second: &u32| NaiveTime::from_hms_opt(hour, *minute, *second);
                times.extend(seconds.iter().filter_map(made));
            }
        }
        times.sort_unstable();
        times.dedup();
        Ok(times)
    }
}

/// Inclusive: a date counts as the whole day.
fn last_of(value: &str, begin: &CalendarTime) -> Option<DateTime<Utc>> {
    let last = read_time(value, begin.zone)?;
    Some(match last.is_day {
        true => {
            let next = last.wall.date().succ_opt()?.and_time(NaiveTime::MIN);
            begin.zone.instant(next) - TimeDelta::seconds(1)
        }
        false => last.at(),
    })
}

fn within(number: i32, most: i32) -> bool {
    number != 0 && (-most..=most).contains(&number)
}

fn items(value: &str, wrong: impl Fn() -> String) -> Result<Vec<&str>, String> {
    let items: Vec<&str> = value.split(',').map(str::trim).take(MAX_LIST + 1).collect();
    match items.len() {
        0..=MAX_LIST => Ok(items),
        _ => Err(wrong()),
    }
}

fn numbers(
    value: &str,
    wrong: impl Fn() -> String + Copy,
    is_right: impl Fn(i32) -> bool,
) -> Result<Vec<i32>, String> {
    let read = |item: &str| item.parse().ok().filter(|n| is_right(*n)).ok_or_else(wrong);
    let items = items(value, wrong)?.into_iter();
    let mut numbers: Vec<i32> = items.map(read).collect::<Result<_, _>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

fn week_day(text: &str) -> Option<Weekday> {
    Some(match text {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    })
}

fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}
