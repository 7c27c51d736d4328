//! A schedule: its form in the file, and who is on call by it, with overrides laid over.

use super::calendar::pattern;
use super::hours::{DayTime, WeekDays, Zone};
use super::standing::Standing;
use super::table::{Table, laid_out};
use super::turns::{Turns, overrides, turns_of, weekly};
use crate::text::Safe;
use crate::text::Slug;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A schedule as the file gives it: one of `rotation`, `shifts`, `calendar`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleFile {
    /// Its name: the target that a policy calls.
    pub schedule: Slug,
    /// Where the clocks hang.
    pub zone: Zone,
    /// People in turn.
    #[serde(default)]
    pub rotation: Option<Rotation>,
    /// The same every week.
    #[serde(default)]
    pub shifts: Vec<WeeklyShift>,
    /// A calendar in the iCalendar format.
    #[serde(default)]
    pub calendar: Option<CalendarSource>,
    /// Who stands in for whom, and when.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// Who is called where the schedule names nobody.
    #[serde(default)]
    pub otherwise: Option<String>,
}

/// People in turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// In this order.
    pub people: Vec<String>,
    /// When the first one begins, by the clock on the wall: `2026-11-02T09:00`.
    pub starts: String,
    /// How long each has it: `12h`, `1d`, `1w`, by the clock on the wall.
    pub every: String,
}

/// A shift that comes every week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyShift {
    /// Who.
    pub who: String,
    /// On which days it begins.
    pub days: WeekDays,
    /// From.
    pub from: DayTime,
    /// Until; on the next day where that is not after `from`.
    pub until: DayTime,
}

/// Where a calendar is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSource {
    /// A file, relative to the schedules' file.
    #[serde(default)]
    pub file: Option<std::path::PathBuf>,
    /// An address. It usually has a token in it, so it comes from the environment, a file or a command.
    #[serde(default)]
    pub url: Option<crate::text::secret::SecretRef>,
    /// How the name stands in an event's summary: a regular expression with one group. Without it those who are
    /// invited and have not declined, or else the whole summary, are the names.
    #[serde(default)]
    pub summary: Option<String>,
}

/// Somebody stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Who.
    pub who: String,
    /// From, with its offset.
    #[serde(deserialize_with = "with_offset")]
    pub from: DateTime<FixedOffset>,
    /// Until, with its offset.
    #[serde(deserialize_with = "with_offset")]
    pub until: DateTime<FixedOffset>,
}

/// An override lies over all zones: its times say their own.
fn with_offset<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<DateTime<FixedOffset>, D::Error> {
    let text = String::deserialize(deserializer)?;
    DateTime::parse_from_rfc3339(&text).map_err(|_| {
        serde::de::Error::custom(format!(
            "\"{}\" is no time with its offset: write 2026-12-24T09:00:00+01:00",
            Safe::line(&text)
        ))
    })
}

/// A time during which the same people are on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// From.
    pub from: DateTime<Utc>,
    /// Until, exclusive.
    pub until: DateTime<Utc>,
    /// Who, at least one, by name.
    pub who: Vec<Safe>,
}

impl Span {
    pub(super) fn covers(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }
}

/// Why a schedule is not usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// None or several of the ways to say who is on call.
    #[error("schedule \"{0}\": write exactly one of rotation, shifts, calendar")]
    Kind(Slug),
    /// A rotation without people, or with more than a hundred.
    #[error(
        "schedule \"{0}\": a rotation needs between one person and a hundred, each with a name"
    )]
    People(Slug),
    /// A time without form.
    #[error(
        "schedule \"{0}\": \"{1}\" is not when a rotation starts; write 2026-11-02T09:00, by the clock on the wall"
    )]
    Starts(Slug, String),
    /// A span without form.
    #[error(
        "schedule \"{0}\": \"{1}\" is not how long each has it; write 12h, 1d or 1w, at least an hour, and days as whole days"
    )]
    Every(Slug, String),
    /// An override that ends before it begins.
    #[error("schedule \"{0}\": the override of {1} ends before it begins")]
    Backwards(Slug, String),
    /// Two people at a time.
    #[error(
        "schedule \"{schedule}\": {one} and {other} are both on call at {at}: shorten one of them"
    )]
    Overlap {
        /// The schedule.
        schedule: Slug,
        /// One of them.
        one: Safe,
        /// The other.
        other: Safe,
        /// When.
        at: DateTime<Utc>,
    },
    /// A calendar source without a place, or with two.
    #[error("schedule \"{0}\": a calendar has either a file or a url")]
    Place(Slug),
    /// A calendar that cannot be read.
    #[error("schedule \"{0}\": {1}")]
    Calendar(Slug, String),
    /// Nobody's turn.
    #[error(
        "schedule \"{schedule}\" names nobody from {from} to {until}: fill the gap, or name who is called then with `otherwise:`"
    )]
    Gap {
        /// The schedule.
        schedule: Slug,
        /// From.
        from: DateTime<Utc>,
        /// Until.
        until: DateTime<Utc>,
    },
}

/// A schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Its name.
    pub name: Slug,
    zone: Zone,
    turns: Turns,
    overrides: Vec<Span>,
    /// Who is called where it names nobody.
    pub otherwise: Option<Safe>,
    /// How well it is known, and what of it cannot be used.
    pub standing: Standing,
}

impl Schedule {
    /// Checks a schedule. What a calendar says is put in with [`Schedule::knowing`]; until then it is not known.
    pub fn new(file: &ScheduleFile) -> Result<Self, ScheduleError> {
        let name = file.schedule.clone();
        let turns = match (&file.rotation, file.shifts.is_empty(), &file.calendar) {
            (Some(rotation), true, None) => turns_of(&name, rotation)?,
            (None, false, None) => weekly(&name, file.zone, &file.shifts)?,
            (None, true, Some(source)) => {
                if source.file.is_some() == source.url.is_some() {
                    return Err(ScheduleError::Place(name));
                }
                let summary = source.summary.as_deref().map(pattern).transpose();
                summary.map_err(|why| ScheduleError::Calendar(name.clone(), why))?;
                Turns::Calendar(None)
            }
            _ => return Err(ScheduleError::Kind(name)),
        };
        Ok(Self {
            standing: match turns {
                Turns::Calendar(_) => Standing::unread(),
                _ => Standing::default(),
            },
            overrides: overrides(&name, &file.overrides)?,
            name,
            zone: file.zone,
            turns,
            otherwise: file.otherwise.as_deref().map(Safe::line),
        })
    }

    /// One that cannot be used: who is on call by it is not known, and that is said.
    pub fn unusable(name: Slug, otherwise: Option<&str>, why: &str) -> Self {
        Self {
            name,
            zone: Zone::UTC,
            turns: Turns::Calendar(None),
            overrides: Vec::new(),
            otherwise: otherwise.map(Safe::line),
            standing: Standing::refused(why),
        }
    }

    /// The same with what its calendar says over a window.
    pub fn knowing(mut self, table: Table) -> Self {
        if let Turns::Calendar(known) = &mut self.turns {
            *known = Some(Arc::new(table));
        }
        self
    }

    /// The same, known so well.
    pub fn standing(self, standing: Standing) -> Self {
        Self { standing, ..self }
    }

    /// Where its clocks hang.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// Who is on call at this time by the schedule itself, without `otherwise`; `None` where that is not known.
    pub fn holders(&self, at: DateTime<Utc>) -> Option<Vec<Safe>> {
        // An override counts before any turn.
        if let Some(stands_in) = self.overrides.iter().find(|span| span.covers(at)) {
            return Some(stands_in.who.clone());
        }
        let turns = self.turns.over(self.zone, at, at + TimeDelta::seconds(1))?;
        let current = turns.iter().find(|span| span.covers(at));
        Some(current.map(|span| span.who.clone()).unwrap_or_default())
    }

    /// What `holders` says over a time, as far as it is known: one span after another, gaps left out.
    pub fn spans(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Span> {
        let turns = self.turns.over(self.zone, from, until).unwrap_or_default();
        let mut shifts = Vec::new();
        for turn in turns {
            let mut begin = turn.from;
            // What an override covers is taken out of the turn.
            for over in &self.overrides {
                if over.until <= begin || over.from >= turn.until {
                    continue;
                }
                if over.from > begin {
                    shifts.push(Span {
                        from: begin,
                        until: over.from,
                        who: turn.who.clone(),
                    });
                }
                begin = over.until;
            }
            if begin < turn.until {
                shifts.push(Span {
                    from: begin,
                    ..turn
                });
            }
        }
        shifts.extend(self.overrides.iter().cloned());
        laid_out(&shifts, (from, until)).0
    }

    /// The first time within a window at which nobody is on call, as far as it is known.
    pub fn gap(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<(), ScheduleError> {
        let (Some((from, until)), None) = (self.known_within(from, until), &self.otherwise) else {
            return Ok(());
        };
        let gap = |from, until| ScheduleError::Gap {
            schedule: self.name.clone(),
            from,
            until,
        };
        let mut reached = from;
        for span in self.spans(from, until) {
            if span.from > reached {
                return Err(gap(reached, span.from));
            }
            reached = span.until;
        }
        if reached < until {
            return Err(gap(reached, until));
        }
        Ok(())
    }

    /// The first time within a window at which several people are on call: all of them are paged.
    pub fn overlap(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<Span> {
        let mut spans = self.spans(from, until).into_iter();
        spans.find(|span| span.who.len() > 1)
    }

    /// Shifts of a day at most that a change of clocks makes longer or shorter, within a window; with the length that they
    /// have by the clock on the wall.
    pub fn stretched(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<(Span, TimeDelta)> {
        let turns = self.turns.over(self.zone, from, until).unwrap_or_default();
        let by_wall = |span: Span| {
            let usual = self.zone.wall(span.until) - self.zone.wall(span.from);
            (span, usual)
        };
        let turns = turns.into_iter().map(by_wall);
        turns
            .filter(|(span, usual)| {
                *usual <= TimeDelta::days(1) && *usual != span.until - span.from
            })
            .collect()
    }

    /// The part of a window of which the schedule says something.
    fn known_within(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        match &self.turns {
            Turns::Rotation { .. } | Turns::Weekly(_) => Some((from, until)),
            Turns::Calendar(table) => {
                let table = table.as_ref()?;
                let (from, until) = (from.max(table.from), until.min(table.until));
                (from < until).then_some((from, until))
            }
        }
    }

    /// Until when it is known, where it is by a calendar.
    pub fn known_until(&self) -> Option<DateTime<Utc>> {
        match &self.turns {
            Turns::Rotation { .. } | Turns::Weekly(_) => None,
            Turns::Calendar(table) => table.as_ref().map(|table| table.until),
        }
    }

    /// Why it is not known as it should be, and who is paged instead.
    pub fn trouble(&self, now: DateTime<Utc>) -> Option<String> {
        let is_over = self.known_until().is_some_and(|until| until <= now);
        let what = match self.standing.trouble(self.name.as_str(), now) {
            Some(what) => what,
            None if is_over => format!("the calendar of {} was not read for too long", self.name),
            None => return None,
        };
        let instead = match (self.holders(now), &self.otherwise) {
            (Some(_), _) => String::new(),
            (None, Some(who)) => format!("; {who} is paged instead"),
            (None, None) => format!("; {} is paged without a name", self.name),
        };
        Some(what + &instead)
    }
}
