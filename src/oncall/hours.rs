//! Wall time in a zone: zones, days of the week, working hours, and clock changes.

use chrono::{DateTime, Datelike, Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime};
use chrono::{TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A time zone of the IANA database, such as `Europe/Berlin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(Tz);

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        name.parse().map(Self).map_err(|_| {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            format!("\"{shown}\" is no time zone of the IANA database; write one such as Europe/Berlin or UTC")
        })
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0.name().to_string()
    }
}

impl Zone {
    pub const UTC: Self = Self(Tz::UTC);

    pub fn wall(self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.0).naive_local()
    }

    /// A skipped wall time gives the end of the skip; a repeated one gives the first.
    pub fn instant(self, wall: NaiveDateTime) -> DateTime<Utc> {
        // The longest skip on record is a whole day (Samoa, 2011).
        for minutes in 0..=25 * 60 {
            let probe = wall + TimeDelta::minutes(minutes);
            match self.0.from_local_datetime(&probe) {
                MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => {
                    return at.with_timezone(&Utc);
                }
                MappedLocalTime::None => {}
            }
        }
        Utc.from_utc_datetime(&wall)
    }

    /// RFC 5545, 3.3.5: a skipped wall time has the offset before the skip.
    pub(super) fn instant_rfc5545(self, wall: NaiveDateTime) -> DateTime<Utc> {
        if self.0.from_local_datetime(&wall).earliest().is_some() {
            return self.instant(wall);
        }
        let before = (1..=100).find_map(|quarters| {
            let shown = wall.checked_sub_signed(TimeDelta::minutes(15 * quarters))?;
            let at = self.0.from_local_datetime(&shown).latest()?;
            at.with_timezone(&Utc).checked_add_signed(wall - shown)
        });
        before.unwrap_or_else(|| self.instant(wall))
    }

    pub(super) fn of_any_case(name: &str) -> Option<Self> {
        let mut known = chrono_tz::TZ_VARIANTS.into_iter();
        let zone = known.find(|zone| zone.name().eq_ignore_ascii_case(name));
        zone.map(Self)
    }

    pub fn write(self, at: DateTime<Utc>) -> String {
        let form = match self == Self::UTC {
            true => "%Y-%m-%d %H:%M:%S UTC",
            false => "%Y-%m-%d %H:%M:%S %:z",
        };
        at.with_timezone(&self.0).format(form).to_string()
    }
}

/// Written `mon`, or as a range: `mon-fri`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct WeekDays(Vec<Weekday>);

impl TryFrom<Vec<String>> for WeekDays {
    type Error = String;

    fn try_from(words: Vec<String>) -> Result<Self, String> {
        let mut days = Vec::new();
        for word in &words {
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            let read = |text: &str| {
                text.trim().parse::<Weekday>().map_err(|_| {
                    format!("\"{text}\" is no day; write mon, tue … or a span such as mon-fri")
                })
            };
            let (mut day, last) = (read(first)?, read(last)?);
            days.push(day);
            while day != last {
                day = day.succ();
                days.push(day);
            }
        }
        if days.is_empty() {
            return Err("no day is named".into());
        }
        Ok(Self(days))
    }
}

impl From<WeekDays> for Vec<String> {
    fn from(days: WeekDays) -> Self {
        let word = |day: &Weekday| day.to_string().to_lowercase();
        days.0.iter().map(word).collect()
    }
}

impl WeekDays {
    pub fn has(&self, day: NaiveDate) -> bool {
        self.0.contains(&day.weekday())
    }
}

/// Written `09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DayTime(pub NaiveTime);

impl TryFrom<String> for DayTime {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let time = NaiveTime::parse_from_str(&text, "%H:%M");
        time.map(Self)
            .map_err(|_| format!("\"{text}\" is no time of the day; write it as 09:00"))
    }
}

impl From<DayTime> for String {
    fn from(time: DayTime) -> Self {
        time.0.format("%H:%M").to_string()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkingHours {
    pub zone: Zone,
    pub days: WeekDays,
    pub from: DayTime,
    /// On the same day.
    pub until: DayTime,
    #[serde(default)]
    pub holidays: Vec<NaiveDate>,
}

/// Days searched for the next working hour: no organization closes for longer.
const LOOK_AHEAD: u64 = 60;

impl WorkingHours {
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        let wall = self.zone.wall(at);
        self.works_on(wall.date()) && wall.time() >= self.from.0 && wall.time() < self.until.0
    }

    fn works_on(&self, day: NaiveDate) -> bool {
        self.days.has(day) && !self.holidays.contains(&day)
    }

    /// The first time from `at` on that is (or is not) working time; `None` within two months.
    pub fn next(&self, at: DateTime<Utc>, working: bool) -> Option<DateTime<Utc>> {
        if self.contains(at) == working {
            return Some(at);
        }
        let today = self.zone.wall(at).date();
        let edge = if working { self.from } else { self.until };
        (0..=LOOK_AHEAD)
            .filter_map(|days| today.checked_add_days(Days::new(days)))
            .filter(|day| self.works_on(*day))
            .map(|day| self.zone.instant(day.and_time(edge.0)))
            .find(|edge| *edge >= at && self.contains(*edge) == working)
    }
}

/// A Monday around which no zone changes its clocks.
pub fn quiet_monday() -> NaiveDateTime {
    let day = NaiveDate::from_ymd_opt(2026, 1, 12).unwrap_or_default();
    day.and_time(NaiveTime::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn berlin() -> WorkingHours {
        serde_saphyr::from_str(
            "{zone: Europe/Berlin, days: [mon-fri], from: '09:00', until: '17:30', holidays: [2026-12-25]}",
        )
        .unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[rstest]
    #[case::open("2026-11-26T12:00:00Z", "2026-11-26T12:00:00Z")]
    #[case::before("2026-11-26T03:00:00Z", "2026-11-26T08:00:00Z")]
    #[case::evening("2026-11-26T16:30:00Z", "2026-11-27T08:00:00Z")]
    #[case::weekend("2026-11-28T12:00:00Z", "2026-11-30T08:00:00Z")]
    #[case::holiday_before_a_weekend("2026-12-25T12:00:00Z", "2026-12-28T08:00:00Z")]
    #[case::summer("2026-07-01T03:00:00Z", "2026-07-01T07:00:00Z")]
    fn work_begins_by_the_clock_on_the_wall(#[case] at: &str, #[case] begins: &str) {
        assert_eq!(berlin().next(utc(at), true), Some(utc(begins)));
    }

    #[test]
    fn work_ends_at_the_end_and_not_before() {
        let end = utc("2026-11-26T16:30:00Z");
        assert_eq!(berlin().next(utc("2026-11-26T12:00:00Z"), false), Some(end));
        assert!(berlin().contains(end - TimeDelta::seconds(1)) && !berlin().contains(end));
    }

    #[rstest]
    #[case::skipped("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:00:00Z")]
    #[case::twice("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z")]
    #[case::half_hour("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:30:00Z")]
    #[case::a_whole_day("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z")]
    fn a_time_that_is_skipped_or_shown_twice_has_one_beginning(
        #[case] zone: &str,
        #[case] wall: &str,
        #[case] at: &str,
    ) {
        let zone = Zone::try_from(zone.to_string()).unwrap();
        assert_eq!(zone.instant(wall.parse().unwrap()), utc(at));
    }

    #[rstest]
    #[case("zone: Berlin, days: [mon], from: '09:00'", "no time zone")]
    #[case("zone: UTC, days: [someday], from: '09:00'", "no day")]
    #[case("zone: UTC, days: [mon], from: '9 am'", "no time of the day")]
    #[case("zone: UTC, days: [], from: '09:00'", "no day is named")]
    fn what_is_wrong_is_named(#[case] text: &str, #[case] wrong: &str) {
        let text = format!("{{{text}, until: '17:00'}}");
        let error = serde_saphyr::from_str::<WorkingHours>(&text).unwrap_err();
        assert!(error.to_string().contains(wrong), "{error}");
    }
}
