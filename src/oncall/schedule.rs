//! A schedule: its form in the file, and the people on call by it, with overrides.

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

/// A schedule as written: it has one of `rotation`, `shifts`, `calendar`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleFile {
    /// The target that a policy pages.
    pub schedule: Slug,
    pub zone: Zone,
    #[serde(default)]
    pub rotation: Option<Rotation>,
    #[serde(default)]
    pub shifts: Vec<WeeklyShift>,
    #[serde(default)]
    pub calendar: Option<CalendarSource>,
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// The fallback: paged if the schedule has a gap.
    #[serde(default)]
    pub otherwise: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    pub people: Vec<String>,
    /// Wall time: `2026-11-02T09:00`.
    pub starts: String,
    /// Wall time: `12h`, `1d`, `1w`.
    pub every: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyShift {
    pub who: String,
    pub days: WeekDays,
    pub from: DayTime,
    /// On the next day if it is not after `from`.
    pub until: DayTime,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSource {
    /// Relative to the schedules' file.
    #[serde(default)]
    pub file: Option<std::path::PathBuf>,
    /// It usually contains a token, so it comes from the environment, a file or a command.
    #[serde(default)]
    pub url: Option<crate::text::secret::SecretRef>,
    /// A regular expression with one group that finds the name in an event's summary. Without it the attendees who have
    /// not declined, otherwise the whole summary, are the names.
    #[serde(default)]
    pub summary: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    pub who: String,
    #[serde(deserialize_with = "with_offset")]
    pub from: DateTime<FixedOffset>,
    #[serde(deserialize_with = "with_offset")]
    pub until: DateTime<FixedOffset>,
}

/// Overrides apply across zones: their times need an offset.
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
    pub from: DateTime<Utc>,
    /// Exclusive.
    pub until: DateTime<Utc>,
    /// At least one name.
    pub who: Vec<Safe>,
}

impl Span {
    pub(super) fn covers(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    #[error("schedule \"{0}\": write exactly one of rotation, shifts, calendar")]
    Kind(Slug),
    #[error(
        "schedule \"{0}\": a rotation needs between one person and a hundred, each with a name"
    )]
    People(Slug),
    #[error(
        "schedule \"{0}\": \"{1}\" is not when a rotation starts; write 2026-11-02T09:00, by the clock on the wall"
    )]
    Starts(Slug, String),
    #[error(
        "schedule \"{0}\": \"{1}\" is not how long each has it; write 12h, 1d or 1w, at least an hour, and days as whole days"
    )]
    Every(Slug, String),
    #[error("schedule \"{0}\": the override of {1} ends before it begins")]
    Backwards(Slug, String),
    #[error(
        "schedule \"{schedule}\": {one} and {other} are both on call at {at}: shorten one of them"
    )]
    Overlap {
        schedule: Slug,
        one: Safe,
        other: Safe,
        at: DateTime<Utc>,
    },
    #[error("schedule \"{0}\": a calendar has either a file or a url")]
    Place(Slug),
    #[error("schedule \"{0}\": {1}")]
    Calendar(Slug, String),
    #[error(
        "schedule \"{schedule}\" names nobody from {from} to {until}: fill the gap, or name who is called then with `otherwise:`"
    )]
    Gap {
        schedule: Slug,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    pub name: Slug,
    zone: Zone,
    turns: Turns,
    overrides: Vec<Span>,
    pub otherwise: Option<Safe>,
    /// How well the calendar is known, and its faults.
    pub standing: Standing,
}

impl Schedule {
    /// A calendar's shifts are added with [`Schedule::knowing`]; until then they are unknown.
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

    /// A schedule that cannot be used: the people on call are reported as unknown.
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

    pub fn knowing(mut self, table: Table) -> Self {
        if let Turns::Calendar(known) = &mut self.turns {
            *known = Some(Arc::new(table));
        }
        self
    }

    pub fn standing(self, standing: Standing) -> Self {
        Self { standing, ..self }
    }

    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The people on call by the schedule, without `otherwise`; `None` if that is unknown.
    pub fn holders(&self, at: DateTime<Utc>) -> Option<Vec<Safe>> {
        // An override has precedence.
        if let Some(stands_in) = self.overrides.iter().find(|span| span.covers(at)) {
            return Some(stands_in.who.clone());
        }
        let turns = self.turns.over(self.zone, at, at + TimeDelta::seconds(1))?;
        let current = turns.iter().find(|span| span.covers(at));
        Some(current.map(|span| span.who.clone()).unwrap_or_default())
    }

    /// The known part of `holders` over a window: one span after another, without gaps.
    pub fn spans(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Span> {
        let turns = self.turns.over(self.zone, from, until).unwrap_or_default();
        let mut shifts = Vec::new();
        for turn in turns {
            let mut begin = turn.from;
            // An override replaces the turns that it covers.
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

    /// The first known gap within a window.
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

    /// Shifts of up to a day that a clock change makes longer or shorter, with their length in wall time.
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

    /// The known part of a window.
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

    /// For a schedule by a calendar.
    pub fn known_until(&self) -> Option<DateTime<Utc>> {
        match &self.turns {
            Turns::Rotation { .. } | Turns::Weekly(_) => None,
            Turns::Calendar(table) => table.as_ref().map(|table| table.until),
        }
    }

    /// Why it is not completely known, and the person who is paged instead.
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
