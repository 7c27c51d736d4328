//! A time as far as it is known: the instants that it can mean, and the form in which it was stated.

use super::zone::StatedZone;
use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, TimeDelta, Utc};

/// How exactly a time was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    Second,
    Minute,
    Hour,
    Day,
    Month,
    Year,
}

/// The half-open span `from .. until`; an instant has no width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedTime {
    pub(super) from: DateTime<Utc>,
    pub(super) until: DateTime<Utc>,
    pub(super) form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Plain(Said),
    About(Said, Margin),
    Between(Said, Said),
}

/// A time as it was said: the first instant of that second, minute, … in its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) at: DateTime<Utc>,
    pub(super) grain: Grain,
    pub(super) zone: StatedZone,
}

/// On either side of a time that is said to be about right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Margin {
    Span(TimeDelta),
    Months(u32),
}

impl Margin {
    /// What "about" means where nobody says more.
    pub(super) fn usual(grain: Grain) -> Self {
        match grain {
            Grain::Second | Grain::Minute => Self::Span(TimeDelta::minutes(15)),
            Grain::Hour => Self::Span(TimeDelta::hours(1)),
            Grain::Day => Self::Span(TimeDelta::days(1)),
            Grain::Month => Self::Months(1),
            Grain::Year => Self::Months(12),
        }
    }
}

impl std::fmt::Display for Margin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Span(span) => f.write_str(&crate::text::write_duration(*span)),
            Self::Months(12) => f.write_str("1y"),
            Self::Months(months) => write!(f, "{months}mo"),
        }
    }
}

impl Said {
    /// `None`: outside of the calendar.
    pub(super) fn end(&self) -> Option<DateTime<Utc>> {
        let local = self.zone.local(self.at);
        let next = match self.grain {
            Grain::Second => return Some(self.at),
            Grain::Minute => return self.at.checked_add_signed(TimeDelta::minutes(1)),
            Grain::Hour => return self.at.checked_add_signed(TimeDelta::hours(1)),
            Grain::Day => local.date().succ_opt()?,
            Grain::Month => moved(local.date(), 1)?,
            Grain::Year => moved(local.date(), 12)?,
        };
        self.zone
            .first_instant(next.and_time(chrono::NaiveTime::MIN))
    }

    /// The days on which the margin of a day, month or year ends are those of its zone.
    pub(super) fn spread(&self, margin: Margin) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let end = self.end()?;
        if self.grain <= Grain::Hour {
            let Margin::Span(span) = margin else {
                return None;
            };
            return Some((
                self.at.checked_sub_signed(span)?,
                end.checked_add_signed(span)?,
            ));
        }
        let moved_by = |at: DateTime<Utc>, sign: i32| -> Option<DateTime<Utc>> {
            let local = self.zone.local(at);
            let shifted: NaiveDateTime = match margin {
                Margin::Span(span) => local.checked_add_signed(span * sign)?,
                Margin::Months(months) => {
                    let months = i32::try_from(months).ok()? * sign;
                    moved(local.date(), months)?.and_time(local.time())
                }
            };
            self.zone.first_instant(shifted)
        };
        Some((moved_by(self.at, -1)?, moved_by(end, 1)?))
    }

    fn bare(&self) -> String {
        let local = self.zone.local(self.at);
        match self.grain {
            Grain::Second => self.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            Grain::Minute => self.at.format("%Y-%m-%dT%H:%MZ").to_string(),
            Grain::Hour => local.format("%Y-%m-%d %Hh").to_string(),
            Grain::Day => local.format("%Y-%m-%d").to_string(),
            Grain::Month => local.format("%Y-%m").to_string(),
            Grain::Year => local.format("%Y").to_string(),
        }
    }

    /// Behind a bare time; seconds and minutes are written in UTC and bear their own.
    fn zone(&self) -> String {
        match self.grain {
            Grain::Second | Grain::Minute => String::new(),
            Grain::Hour | Grain::Day | Grain::Month | Grain::Year => format!(" {}", self.zone),
        }
    }
}

/// The first day of another month, counted from the month of `day`.
fn moved(day: NaiveDate, months: i32) -> Option<NaiveDate> {
    use chrono::{Datelike, Months};
    let first = day.with_day(1)?;
    match u32::try_from(months) {
        Ok(months) => first.checked_add_months(Months::new(months)),
        Err(_) => first.checked_sub_months(Months::new(months.unsigned_abs())),
    }
}

impl StatedTime {
    /// An instant, as a clock of this program or of another system gives it.
    pub fn exact(at: DateTime<Utc>) -> Self {
        let (grain, zone) = (Grain::Second, StatedZone::Utc);
        let form = Form::Plain(Said { at, grain, zone });
        Self {
            from: at,
            until: at,
            form,
        }
    }

    pub(super) fn of(form: Form) -> Option<Self> {
        let (from, until) = match form {
            Form::Plain(said) => (said.at, said.end()?),
            Form::About(said, margin) => said.spread(margin)?,
            Form::Between(first, last) => (first.at, last.end()?),
        };
        Some(Self { from, until, form })
    }

    /// The earliest instant that it can mean.
    pub fn from(&self) -> DateTime<Utc> {
        self.from
    }

    /// The end of what it can mean, exclusive unless it is an instant.
    pub fn until(&self) -> DateTime<Utc> {
        self.until
    }

    /// What happened cannot have happened after `now`.
    pub fn not_after(mut self, now: DateTime<Utc>) -> Self {
        self.until = self.until.min(now.max(self.from));
        self
    }

    /// The time as it was said, without what "about" adds; of an interval, its end.
    pub(super) fn stated_end(&self) -> DateTime<Utc> {
        match self.form {
            Form::Plain(said) | Form::About(said, _) | Form::Between(_, said) => said.at,
        }
    }

    pub fn is_instant(&self) -> bool {
        self.from == self.until
    }

    /// Whether it is known to the minute or better.
    pub fn is_precise(&self) -> bool {
        self.nominal().is_some()
    }

    /// The stated clock time, where it is known to the minute or better.
    pub(super) fn nominal(&self) -> Option<(DateTime<Utc>, Grain)> {
        match self.form {
            Form::Plain(said) if said.grain <= Grain::Minute => Some((said.at, said.grain)),
            Form::Plain(_) | Form::About(..) | Form::Between(..) => None,
        }
    }

    pub fn grain(&self) -> Grain {
        match self.form {
            Form::Plain(said) | Form::About(said, _) => said.grain,
            Form::Between(first, last) => first.grain.max(last.grain),
        }
    }

    /// Whether everything that it can mean is before everything that the other can mean.
    pub fn is_before(&self, other: &Self) -> bool {
        match self.is_instant() {
            true => self.from < other.from,
            false => self.until <= other.from,
        }
    }

    /// The form that documents show, and that is read back: `2019-07-10T16:35Z`, `2021-12-25 Europe/London`,
    /// `~2019-07-29T13:10Z ±15m`, `2022-05-26T05:00Z/2022-05-26T09:02Z`.
    pub fn shown(&self) -> String {
        match self.form {
            Form::Plain(said) => said.bare() + &said.zone(),
            Form::About(said, margin) => format!("~{}{} ±{margin}", said.bare(), said.zone()),
            Form::Between(first, last) => {
                let zone = match first.zone() == last.zone() {
                    true => String::new(),
                    false => first.zone(),
                };
                format!("{}{zone}/{}{}", first.bare(), last.bare(), last.zone())
            }
        }
    }
}

impl From<DateTime<Utc>> for StatedTime {
    fn from(at: DateTime<Utc>) -> Self {
        Self::exact(at)
    }
}

impl std::fmt::Display for StatedTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}
