//! Sentences about on-call schedules.

use super::schedule::Schedule;
use super::status::{ScheduleStatus, Usability};
use crate::text::write_duration;
use chrono::{DateTime, TimeDelta, Utc};

impl Schedule {
    pub fn problem(&self, now: DateTime<Utc>) -> Option<String> {
        let is_over = self.known_until().is_some_and(|until| until <= now);
        let what = match self.status.problem(self.name.as_str(), now) {
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

impl ScheduleStatus {
    fn problem(&self, schedule: &str, now: DateTime<Utc>) -> Option<String> {
        let why = self.error.as_ref()?;
        Some(match self.read {
            _ if self.usability == Usability::Refused => why.to_string(),
            None => format!("the calendar of {schedule} is not known: {why}"),
            Some(read) => format!(
                "calendar of {schedule}: copy of {}, {} old, cannot be fetched: {why}",
                read.format("%Y-%m-%d %H:%M UTC"),
                age(now - read)
            ),
        })
    }
}

/// Accurate to about a tenth.
fn age(span: TimeDelta) -> String {
    let (minutes, hours) = (span.num_minutes().max(0), span.num_hours());
    let rounded = match (hours, minutes) {
        (48.., _) => TimeDelta::days(span.num_days()),
        (2.., _) => TimeDelta::hours(hours),
        _ => TimeDelta::minutes(minutes),
    };
    write_duration(rounded)
}
