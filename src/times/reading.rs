//! Reads times as people write them. A time without a zone is refused: the reader of a record may be in another zone.

use super::problem::{TimeProblem, plausible};
use super::spans::{ago, span};
use super::stated::{Form, Grain, Margin, Said, StatedTime};
use super::zone::{Instants, StatedZone};

use crate::text::{Safe, parse_duration};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// How a span or a clock time is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeDirection {
    /// Past events: `10m` is ten minutes ago, `23:50Z` the last one.
    Past,
    /// Future events: `10m` is in ten minutes, `01:00Z` the next one.
    Future,
    /// Spans and clock times as for the future; any date.
    Any,
}

/// The longest form has two dates and the name of a zone.
const LONGEST: usize = 120;

/// A time that has happened, as people write it: a span ago, a clock time of the last day, a date and time, an hour, a
/// day, a month, a year, about any of these, or an interval. `zone` holds where the text names none.
///
/// # Errors
///
/// If it cannot be read, has no zone, names a local time that does not exist or comes twice, or has not happened.
pub fn read_time(
    text: &str,
    zone: Option<StatedZone>,
    now: DateTime<Utc>,
) -> Result<StatedTime, TimeProblem> {
    read_time_on(text, zone, None, now)
}

/// The same, but a clock time without a date is of the day on which `about` begins, and a date without a year is the
/// nearest to it; without `about`, the last ones.
///
/// # Errors
///
/// As [`read_time`]; also if the day on which `about` begins is not known.
pub fn read_time_on(
    text: &str,
    zone: Option<StatedZone>,
    about: Option<&StatedTime>,
    now: DateTime<Utc>,
) -> Result<StatedTime, TimeProblem> {
    let text = tidy(text)?;
    if let Some(span) = text.strip_suffix("ago").map_or_else(|| span(&text), span) {
        return ago(&text, span, zone.unwrap_or(StatedZone::Utc), now);
    }
    let undated = about.map_or(Undated::Near(now, TimeDirection::Past), Undated::About);
    let read = read(&text, zone, undated)?;
    plausible(read.from(), now)?;
    let latest = read.stated_end();
    let has_no_date = text.as_bytes().get(2) == Some(&b':');
    match latest > now {
        // A clock time that is ahead of ours by less than a minute is the present one.
        true if has_no_date && latest - now < THIS_MINUTE => Ok(now.into()),
        true => Err(TimeProblem::NotYet(latest)),
        false => Ok(read.not_after(now)),
    }
}

/// Whether a text is a time without a date or a year, so that it depends on the day what it means.
pub fn lacks_date(text: &str, zone: Option<StatedZone>) -> bool {
    let read = tidy(text).and_then(|text| read(&text, zone, Undated::Refused));
    matches!(read, Err(TimeProblem::NoDate(_)))
}

/// A time that is no span; its date, where it has none, is the nearest in that direction.
pub(super) fn dated(
    text: &str,
    zone: Option<StatedZone>,
    (now, towards): (DateTime<Utc>, TimeDirection),
) -> Result<StatedTime, TimeProblem> {
    let read = read(text, zone, Undated::Near(now, towards))?;
    plausible(read.from(), now)?;
    Ok(read)
}

/// A form that this program wrote; a span or a time without a date is none.
pub(super) fn canonical(text: &str) -> Option<StatedTime> {
    read(&tidy(text).ok()?, None, Undated::Refused).ok()
}

fn read(
    text: &str,
    zone: Option<StatedZone>,
    undated: Undated<'_>,
) -> Result<StatedTime, TimeProblem> {
    Reader {
        text,
        zone,
        undated,
    }
    .read()
}

/// One space between words, and the minus of a keyboard.
pub(super) fn tidy(text: &str) -> Result<String, TimeProblem> {
    if text.len() > LONGEST {
        return Err(TimeProblem::Unreadable(Safe::line(text)));
    }
    let text = text.replace('\u{2212}', "-");
    let words: Vec<&str> = text.split_whitespace().collect();
    Ok(words.join(" "))
}

struct Reader<'t> {
    text: &'t str,
    /// Where the text names none.
    zone: Option<StatedZone>,
    undated: Undated<'t>,
}

/// The date of a time that has none.
#[derive(Debug, Clone, Copy)]
enum Undated<'t> {
    Refused,
    /// The nearest in that direction.
    Near(DateTime<Utc>, TimeDirection),
    /// The day on which this begins.
    About(&'t StatedTime),
}

/// A date and a time of day, as far as they are given.
#[derive(Debug, Clone, Copy)]
struct Local {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    hour: Option<u32>,
    /// With seconds and nanoseconds, where they are given.
    minute: Option<(u32, Option<(u32, u32)>)>,
}

impl Reader<'_> {
    fn unreadable(&self) -> TimeProblem {
        TimeProblem::Unreadable(Safe::line(self.text))
    }

    fn read(&self) -> Result<StatedTime, TimeProblem> {
        let form = match self.interval() {
            Some((first, last)) => self.between(first, last)?,
            None => self.single()?,
        };
        StatedTime::of(form).ok_or_else(|| self.unreadable())
    }

    /// The slash of an interval has a digit behind it; that of a zone has not.
    fn interval(&self) -> Option<(&str, &str)> {
        let bytes = self.text.as_bytes();
        let is_split = |at: &usize| {
            let behind = bytes[at + 1..].iter().find(|byte| **byte != b' ');
            bytes[*at] == b'/' && behind.is_some_and(u8::is_ascii_digit)
        };
        let at = (0..bytes.len()).find(is_split)?;
        Some((self.text[..at].trim(), self.text[at + 1..].trim()))
    }

    fn between(&self, first: &str, last: &str) -> Result<Form, TimeProblem> {
        let (last_local, last_zone) = self.parts(last)?;
        let (first_local, first_zone) = self.parts(first)?;
        let (own, of_last) = (first_zone.or(last_zone), last_zone.or(first_zone));
        let first = self.said(first_local, own)?;
        let mut end = last_local;
        if last_local.year.is_none() && last_local.month.is_none() {
            (end.year, end.month, end.day) = (first_local.year, first_local.month, first_local.day);
        }
        let last = self.said(end, of_last)?;
        let backwards = || TimeProblem::Backwards(Safe::line(self.text));
        let until = last.end().ok_or_else(|| self.unreadable())?;
        if last.at < first.at || until < first.at {
            return Err(backwards());
        }
        Ok(Form::Between(first, last))
    }

    fn single(&self) -> Result<Form, TimeProblem> {
        let about = self.text.strip_prefix('~');
        let about = about.or_else(|| self.text.strip_prefix("about "));
        let Some(about) = about else {
            let (local, zone) = self.parts(self.text)?;
            return self.said(local, zone).map(Form::Plain);
        };
        let signs = ["±", " +/-", " +-"];
        let (about, margin) = match signs.iter().find_map(|sign| about.split_once(sign)) {
            Some((about, margin)) => {
                let margin = margin_of(margin.trim()).ok_or_else(|| self.unreadable())?;
                (about.trim(), Some(margin))
            }
            None => (about.trim(), None),
        };
        let (local, zone) = self.parts(about)?;
        let said = self.said(local, zone)?;
        let margin = margin.unwrap_or_else(|| Margin::usual(said.grain));
        Ok(Form::About(said, margin))
    }

    /// The date and time, and the zone that the text names.
    fn parts(&self, text: &str) -> Result<(Local, Option<StatedZone>), TimeProblem> {
        let (rest, zone) = split_zone(text);
        let inner = split_zone(rest).1.and_then(StatedZone::parse);
        if let (Some(zone), Some(_)) = (zone, inner) {
            let zone = Safe::line(zone).to_string();
            return Err(TimeProblem::TwoZones(Safe::line(self.text), zone));
        }
        let local = local(rest).ok_or_else(|| self.unreadable())?;
        let zone = match zone {
            None => None,
            Some(zone) => Some(
                StatedZone::parse(zone)
                    .ok_or_else(|| TimeProblem::UnknownZone(Safe::line(zone)))?,
            ),
        };
        match (zone, self.zone) {
            (Some(own), Some(given)) if own != given => Err(TimeProblem::TwoZones(
                Safe::line(self.text),
                given.to_string(),
            )),
            _ => Ok((local, zone)),
        }
    }

    fn said(&self, local: Local, zone: Option<StatedZone>) -> Result<Said, TimeProblem> {
        let no_zone = || TimeProblem::NoZone(Safe::line(self.text));
        let zone = zone.or(self.zone).ok_or_else(no_zone)?;
        let (grain, date) = self.dated(&local, zone)?;
        let time = local.time().ok_or_else(|| self.unreadable())?;
        let local = date.and_time(time);
        let at = match grain {
            Grain::Day | Grain::Month | Grain::Year => {
                let at = zone.first_instant(local).ok_or_else(|| self.unreadable())?;
                if zone.local(at).date() != date {
                    return Err(TimeProblem::Skipped(Safe::line(self.text)));
                }
                at
            }
            Grain::Second | Grain::Minute | Grain::Hour => self.instant(local, zone)?,
        };
        Ok(Said { at, grain, zone })
    }

    fn instant(
        &self,
        local: NaiveDateTime,
        zone: StatedZone,
    ) -> Result<DateTime<Utc>, TimeProblem> {
        let text = || Safe::line(self.text);
        match zone.instants(local) {
            Instants::One(at) => Ok(at),
            Instants::Skipped => Err(TimeProblem::Skipped(text())),
            Instants::Two(one, two) => {
                let (one, two) = (zone.offset_at(one), zone.offset_at(two));
                Err(TimeProblem::Twice(text(), one, two))
            }
        }
    }

    /// As far as it is given; the rest of it is that of [`Undated`].
    fn dated(&self, local: &Local, zone: StatedZone) -> Result<(Grain, NaiveDate), TimeProblem> {
        let no_date = || TimeProblem::NoDate(Safe::line(self.text));
        let of = |year| NaiveDate::from_ymd_opt(year, local.month?, local.day?);
        let date = match (local.year, local.month, self.undated) {
            (Some(year), month, _) => {
                NaiveDate::from_ymd_opt(year, month.unwrap_or(1), local.day.unwrap_or(1))
            }
            (None, _, Undated::Refused) => return Err(no_date()),
            (None, Some(_), Undated::Near(now, towards)) => {
                let today = zone.local(now).date();
                match towards {
                    TimeDirection::Past => {
                        let this = of(today.year()).filter(|day| *day <= today);
                        this.or_else(|| of(today.year() - 1))
                    }
                    TimeDirection::Future | TimeDirection::Any => {
                        let this = of(today.year()).filter(|day| *day >= today);
                        this.or_else(|| of(today.year() + 1))
                    }
                }
            }
            (None, Some(_), Undated::About(about)) => {
                let day = first_day_in(about, zone).ok_or_else(no_date)?;
                let years = day.year() - 1..=day.year() + 1;
                let distance = |other: &NaiveDate| (*other - day).num_days().abs();
                years.filter_map(of).min_by_key(distance)
            }
            (None, None, Undated::Near(now, towards)) => {
                Some(self.day_of_clock_time(local, zone, (now, towards))?)
            }
            (None, None, Undated::About(about)) => {
                Some(first_day_in(about, zone).ok_or_else(no_date)?)
            }
        };
        let date = date.ok_or_else(|| self.unreadable())?;
        Ok((local.grain(), date))
    }

    fn day_of_clock_time(
        &self,
        local: &Local,
        zone: StatedZone,
        (now, towards): (DateTime<Utc>, TimeDirection),
    ) -> Result<NaiveDate, TimeProblem> {
        let time = local.time().ok_or_else(|| self.unreadable())?;
        let today = zone.local(now).date();
        let at = self.instant(today.and_time(time), zone)?;
        let other = match towards {
            TimeDirection::Past if at <= now || at - now < THIS_MINUTE => return Ok(today),
            TimeDirection::Past if at - now < SLIP_AHEAD => return Err(TimeProblem::NotYet(at)),
            TimeDirection::Past => today.pred_opt(),
            TimeDirection::Future | TimeDirection::Any if at > now => return Ok(today),
            TimeDirection::Future if now - at < SLIP_BEHIND => {
                return Err(TimeProblem::Passed(at));
            }
            TimeDirection::Future | TimeDirection::Any => today.succ_opt(),
        };
        other.ok_or_else(|| self.unreadable())
    }
}

/// The day on which a time begins: a clock time has one in every zone, a day is the day that was stated. `None`: only
/// its month or year is known.
fn first_day_in(time: &StatedTime, zone: StatedZone) -> Option<NaiveDate> {
    let first = time.first();
    match first.grain {
        Grain::Second | Grain::Minute | Grain::Hour => Some(zone.local(first.at).date()),
        Grain::Day => Some(first.day),
        Grain::Month | Grain::Year => None,
    }
}

impl Local {
    fn grain(&self) -> Grain {
        match self {
            Self {
                minute: Some((_, Some(_))),
                ..
            } => Grain::Second,
            Self {
                minute: Some(_), ..
            } => Grain::Minute,
            Self { hour: Some(_), .. } => Grain::Hour,
            Self { day: Some(_), .. } => Grain::Day,
            Self { month: Some(_), .. } => Grain::Month,
            _ => Grain::Year,
        }
    }

    fn time(&self) -> Option<NaiveTime> {
        let (minute, seconds) = self.minute.unwrap_or((0, None));
        let (second, nanos) = seconds.unwrap_or((0, 0));
        NaiveTime::from_hms_nano_opt(self.hour.unwrap_or(0), minute, second, nanos)
    }
}

/// A clock time on the wrong side of now by less than this is a mistake, and does not mean the next or the previous
/// day. Beyond half a day the other day is nearer; a due time means tomorrow more often.
const SLIP_AHEAD: TimeDelta = TimeDelta::hours(12);
const SLIP_BEHIND: TimeDelta = TimeDelta::hours(6);
/// A clock time has minutes: the next minute counts as the present one.
const THIS_MINUTE: TimeDelta = TimeDelta::seconds(60);

fn margin_of(text: &str) -> Option<Margin> {
    let months = |text: &str, each: u32| {
        let number: u32 = text
            .parse()
            .ok()
            .filter(|number| (1..=120).contains(number))?;
        Some(Margin::Months(number * each))
    };
    match (text.strip_suffix("mo"), text.strip_suffix('y')) {
        (Some(number), _) => months(number, 1),
        (_, Some(number)) => months(number, 12),
        _ => parse_duration(text).map(Margin::Span),
    }
}

static ZONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:(?:[0-9]|h) ?([Zz])|(?:[h:T ][0-9]*[^-+]*)([+-][0-9]{2}:?[0-9]{2})| ([+-][0-9]{2}:?[0-9]{2})| ([A-Za-z][A-Za-z0-9_+/-]*))$").ok()
});
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?|([0-9]{2})-([0-9]{2}))$").ok()
});
static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^([0-9]{2})(?:(h)|:([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?)?$").ok()
});

/// A zone at the end of a text: `Z`, an offset behind a time, or a name behind a space.
fn split_zone(text: &str) -> (&str, Option<&str>) {
    let found = ZONE.as_ref().and_then(|zone| zone.captures(text));
    let zone = found.and_then(|found| (1..=4).find_map(|group| found.get(group)));
    match zone {
        Some(zone) => (text[..zone.start()].trim(), Some(zone.as_str())),
        None => (text, None),
    }
}

/// Without the day of the week, which this program writes before some dates.
fn without_weekday(text: &str) -> Option<(Option<chrono::Weekday>, &str)> {
    match text.split_once(' ') {
        Some((word, rest)) if word.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            Some((Some(word.parse().ok()?), rest))
        }
        _ => Some((None, text)),
    }
}

fn local(text: &str) -> Option<Local> {
    let (weekday, text) = without_weekday(text)?;
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (Some(date), Some(time)),
        None if text.contains(':') || text.ends_with('h') => (None, Some(text)),
        None => (Some(text), None),
    };
    let number = |found: &Captures<'_>, group: usize| -> Option<u32> {
        found.get(group)?.as_str().parse().ok()
    };
    let mut read = Local {
        year: None,
        month: None,
        day: None,
        hour: None,
        minute: None,
    };
    if let Some(date) = date {
        let found = DATE.as_ref()?.captures(date)?;
        read.year = number(&found, 1).and_then(|year| i32::try_from(year).ok());
        read.month = number(&found, 2).or_else(|| number(&found, 4));
        read.day = number(&found, 3).or_else(|| number(&found, 5));
    }
    if let Some(time) = time {
        // An hour of a month or a year is none.
        if date.is_some() && read.day.is_none() {
            return None;
        }
        let found = TIME.as_ref()?.captures(time)?;
        read.hour = number(&found, 1);
        let nanos = found.get(5).map_or(0, |part| {
            format!("{:0<9}", part.as_str()).parse().unwrap_or_default()
        });
        let seconds = number(&found, 4).map(|second| (second, nanos));
        read.minute = number(&found, 3).map(|minute| (minute, seconds));
    } else if read.year.is_none() {
        return None;
    }
    let day = || NaiveDate::from_ymd_opt(read.year?, read.month?, read.day?);
    match weekday {
        Some(weekday) if day()?.weekday() != weekday => None,
        _ => Some(read),
    }
}

#[cfg(test)]
mod tests;
