//! Who is on call by a rotation or by shifts, with overrides laid over them; and what makes a schedule sound.

use super::calendar::Calendar;
use super::hours::{DayTime, WeekDays, Zone};
use crate::incident::ids::Slug;
use crate::text::{Safe, parse_duration};
use chrono::{DateTime, Days, FixedOffset, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

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
    /// How long each has it: `12h`, `1d`, `1w`. Days and weeks follow the clock on the wall.
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
    /// How the name stands in an event's summary: a regular expression with one group. Without it the first
    /// attendee, or else the whole summary, is the name.
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

/// A time during which one person is on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// From.
    pub from: DateTime<Utc>,
    /// Until, exclusive.
    pub until: DateTime<Utc>,
    /// Who.
    pub who: Safe,
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

/// A schedule, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Its name.
    pub name: Slug,
    zone: Zone,
    turns: Turns,
    overrides: Vec<Span>,
    /// Who is called where it names nobody.
    pub otherwise: Option<Safe>,
}

#[derive(Debug, Clone, PartialEq)]
enum Turns {
    Rotation {
        people: Vec<Safe>,
        starts: NaiveDateTime,
        every: TimeDelta,
    },
    Weekly(Vec<(Safe, WeeklyShift)>),
    Calendar(Calendar),
}

impl Schedule {
    /// Checks a schedule. `calendar` is the text of its calendar, where it has one and it is known.
    pub fn new(file: &ScheduleFile, calendar: Option<&str>) -> Result<Self, ScheduleError> {
        let name = file.schedule.clone();
        let turns = match (&file.rotation, file.shifts.is_empty(), &file.calendar) {
            (Some(rotation), true, None) => turns_of(&name, rotation)?,
            (None, false, None) => weekly(&name, file.zone, &file.shifts)?,
            (None, true, Some(source)) => {
                if source.file.is_some() == source.url.is_some() {
                    return Err(ScheduleError::Place(name));
                }
                let read =
                    calendar.map(|text| Calendar::read(text, file.zone, source.summary.as_deref()));
                let read = read
                    .transpose()
                    .map_err(|why| ScheduleError::Calendar(name.clone(), why))?;
                Turns::Calendar(read.unwrap_or_default())
            }
            _ => return Err(ScheduleError::Kind(name)),
        };
        let overrides = overrides(&name, &file.overrides)?;
        Ok(Self {
            name,
            zone: file.zone,
            turns,
            overrides,
            otherwise: file.otherwise.as_deref().map(Safe::line),
        })
    }

    /// Where its clocks hang.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// Who is on call at this time by the schedule itself, without `otherwise`.
    pub fn holder(&self, at: DateTime<Utc>) -> Option<Safe> {
        self.among(&self.turns(at, at + TimeDelta::seconds(1)), at)
            .cloned()
    }

    /// An override counts before any turn; of two shifts of a calendar at a time, the one that began last.
    fn among<'s>(&'s self, turns: &'s [Span], at: DateTime<Utc>) -> Option<&'s Safe> {
        let stands_in = self.overrides.iter().find(|span| span.covers(at));
        let current = || {
            turns
                .iter()
                .filter(|span| span.covers(at))
                .max_by_key(|span| span.from)
        };
        stands_in.or_else(current).map(|span| &span.who)
    }

    /// What `holder` says over a time: one span after another, gaps left out.
    pub fn spans(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Span> {
        let mut edges: Vec<DateTime<Utc>> = vec![from, until];
        let turns = self.turns(from, until);
        edges.extend(
            turns
                .iter()
                .chain(&self.overrides)
                .flat_map(|span| [span.from, span.until]),
        );
        edges.retain(|edge| *edge >= from && *edge <= until);
        edges.sort_unstable();
        edges.dedup();
        let mut spans: Vec<Span> = Vec::new();
        for pair in edges.windows(2) {
            let Some(who) = self.among(&turns, pair[0]).cloned() else {
                continue;
            };
            match spans.last_mut() {
                Some(last) if last.until == pair[0] && last.who == who => last.until = pair[1],
                _ => spans.push(Span {
                    from: pair[0],
                    until: pair[1],
                    who,
                }),
            }
        }
        spans
    }

    /// The first time within a window at which nobody is on call.
    pub fn gap(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<(), ScheduleError> {
        if self.otherwise.is_some() {
            return Ok(());
        }
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

    /// Turns that touch a window.
    fn turns(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Span> {
        match &self.turns {
            Turns::Rotation {
                people,
                starts,
                every,
            } => rotation(self.zone, people, *starts, *every, from, until),
            Turns::Weekly(shifts) => weekly_spans(self.zone, shifts, from, until),
            Turns::Calendar(calendar) => calendar.spans(from, until),
        }
    }
}

impl Span {
    fn covers(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }
}

fn turns_of(name: &Slug, file: &Rotation) -> Result<Turns, ScheduleError> {
    let nobody = |who: &String| who.trim().is_empty();
    if !(1..=100).contains(&file.people.len()) || file.people.iter().any(nobody) {
        return Err(ScheduleError::People(name.clone()));
    }
    let starts = NaiveDateTime::parse_from_str(&file.starts, "%Y-%m-%dT%H:%M")
        .map_err(|_| ScheduleError::Starts(name.clone(), file.starts.clone()))?;
    let day = TimeDelta::days(1);
    let sound = |every: &TimeDelta| {
        *every >= TimeDelta::hours(1) && (*every < day || every.num_seconds() % 86_400 == 0)
    };
    let every = parse_duration(&file.every)
        .filter(sound)
        .ok_or_else(|| ScheduleError::Every(name.clone(), file.every.clone()))?;
    Ok(Turns::Rotation {
        people: file.people.iter().map(|who| Safe::line(who)).collect(),
        starts,
        every,
    })
}

/// When the `n`th turn of a rotation begins. Days are days of the wall's clock, hours are hours.
fn turn(zone: Zone, starts: NaiveDateTime, every: TimeDelta, n: i64) -> DateTime<Utc> {
    if every < TimeDelta::days(1) {
        return zone.instant(starts) + every * i32::try_from(n).unwrap_or(i32::MAX);
    }
    let days = u64::try_from(n * every.num_days()).unwrap_or_default();
    zone.instant(starts.checked_add_days(Days::new(days)).unwrap_or(starts))
}

fn rotation(
    zone: Zone,
    people: &[Safe],
    starts: NaiveDateTime,
    every: TimeDelta,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<Span> {
    let since = from - zone.instant(starts);
    // A clock change moves a turn by an hour at the most: one turn earlier is early enough.
    let mut n = (since.num_seconds().div_euclid(every.num_seconds()) - 1).max(0);
    let mut spans = Vec::new();
    loop {
        let (begin, end) = (
            turn(zone, starts, every, n),
            turn(zone, starts, every, n + 1),
        );
        if begin >= until {
            return spans;
        }
        let at = usize::try_from(n).unwrap_or_default() % people.len();
        if end > from {
            spans.push(Span {
                from: begin,
                until: end,
                who: people[at].clone(),
            });
        }
        n += 1;
    }
}

fn weekly(name: &Slug, zone: Zone, shifts: &[WeeklyShift]) -> Result<Turns, ScheduleError> {
    let shifts: Vec<(Safe, WeeklyShift)> = shifts
        .iter()
        .map(|shift| (Safe::line(&shift.who), shift.clone()))
        .collect();
    // Two weeks without a change of clocks show every pair that can meet.
    let from = zone.instant(super::quiet_monday());
    let spans = weekly_spans(zone, &shifts, from, from + TimeDelta::days(14));
    no_overlap(name, spans)?;
    Ok(Turns::Weekly(shifts))
}

fn weekly_spans(
    zone: Zone,
    shifts: &[(Safe, WeeklyShift)],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut day = zone.wall(from).date().pred_opt().unwrap_or_default();
    let last = zone.wall(until).date();
    while day <= last {
        let next = day.succ_opt().unwrap_or(day);
        for (who, shift) in shifts.iter().filter(|(_, shift)| shift.days.has(day)) {
            let ends = if shift.until > shift.from { day } else { next };
            let span = Span {
                from: zone.instant(day.and_time(shift.from.0)),
                until: zone.instant(ends.and_time(shift.until.0)),
                who: who.clone(),
            };
            if span.until > from && span.from < until {
                spans.push(span);
            }
        }
        if next == day {
            break;
        }
        day = next;
    }
    spans
}

fn overrides(name: &Slug, file: &[Override]) -> Result<Vec<Span>, ScheduleError> {
    let mut spans = Vec::new();
    for over in file {
        if over.until <= over.from {
            return Err(ScheduleError::Backwards(name.clone(), over.who.clone()));
        }
        spans.push(Span {
            from: over.from.with_timezone(&Utc),
            until: over.until.with_timezone(&Utc),
            who: Safe::line(&over.who),
        });
    }
    no_overlap(name, spans.clone())?;
    Ok(spans)
}

/// Nobody shares a time with another.
pub(super) fn no_overlap(name: &Slug, mut spans: Vec<Span>) -> Result<(), ScheduleError> {
    spans.sort_by_key(|span| span.from);
    for pair in spans.windows(2) {
        if pair[1].from < pair[0].until {
            return Err(ScheduleError::Overlap {
                schedule: name.clone(),
                one: pair[0].who.clone(),
                other: pair[1].who.clone(),
                at: pair[1].from,
            });
        }
    }
    Ok(())
}
