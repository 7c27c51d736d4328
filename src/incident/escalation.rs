//! Who must know, and by when (rules D2, D3): the policy, its absolute due times, and what is due now.

mod armed;
mod course;
mod forecast;
pub(crate) mod policy;
pub(crate) mod state;

pub use armed::{Acknowledge, ArmedLevel, Until};
pub use course::{EscalationContext, course, lost_results};
pub use forecast::{ForecastEvent, ForecastPage, ForecastScript, forecast};
pub use policy::{During, EscalationPolicy, Level, Otherwise, bell};
pub(in crate::incident) use state::bounded_pause;
pub(crate) use state::is_lost;
pub use state::{
    Escalation, LevelState, MAX_REPEATS, PageAttempt, REPEAT_AFTER, Response, Sending, Standing,
};

use super::ids::{Slug, TargetId};
use armed::round_name;
use chrono::{DateTime, TimeDelta, Utc};

/// Another system has this long to be seen paging; then this program pages instead.
pub const ELSEWHERE: TimeDelta = TimeDelta::minutes(3);

impl EscalationPolicy {
    /// Counts from the alert's own start. With `elsewhere` another system pages the first level: it is paged here only
    /// if that system is not seen to have paged after a while.
    pub fn arm(&self, from: DateTime<Utc>, elsewhere: bool) -> Vec<ArmedLevel> {
        let mut armed: Vec<ArmedLevel> = self
            .levels
            .iter()
            .map(|level| self.armed(level, from))
            .collect();
        let earliest = armed.iter().filter_map(|level| level.due).min();
        if elsewhere {
            let first = armed
                .iter_mut()
                .filter(|level| level.due == earliest && earliest.is_some());
            for level in first {
                level.due = level.due.map(|due| due + ELSEWHERE);
                level.unless_adopted = true;
            }
        }
        armed.extend(self.rounds(from));
        armed
    }

    fn armed(&self, level: &Level, from: DateTime<Utc>) -> ArmedLevel {
        let mut targets = level.targets().into_iter();
        let planned = level.when.is_empty().then(|| from + level.delay());
        let due = planned.and_then(|due| self.at_its_hours(level, due));
        let left_out = match (planned, due, level.during) {
            (Some(_), None, Some(During::WorkingHours)) => Some(Slug::nearest("off-hours")),
            (Some(_), None, _) => Some(Slug::nearest("working-hours")),
            _ => None,
        };
        ArmedLevel {
            level: level.level.clone(),
            // The check refuses a level without a target.
            target: targets
                .next()
                .unwrap_or_else(|| TargetId::nearest("nobody")),
            others: targets.collect(),
            due,
            until: level.until,
            acknowledge: level.acknowledge,
            when: level.when.clone(),
            severity: level.severity.clone(),
            after: seconds(level.delay()),
            again: level
                .again
                .as_ref()
                .map(|again| (seconds(again.pause()), again.times)),
            unless_adopted: false,
            left_out,
            channels: level.channels.clone(),
        }
    }

    /// `None` if the level is left out.
    fn at_its_hours(&self, level: &Level, due: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (Some(during), Some(hours)) = (level.during, &self.hours) else {
            return Some(due);
        };
        let working = during == During::WorkingHours;
        match level.otherwise {
            Otherwise::Skip => (hours.contains(due) == working).then_some(due),
            Otherwise::Wait => hours.next(due, working),
        }
    }

    fn rounds(&self, from: DateTime<Utc>) -> Vec<ArmedLevel> {
        let Some(repeat) = &self.repeat else {
            return Vec::new();
        };
        let again: Vec<&Level> = self
            .levels
            .iter()
            .skip_while(|level| level.level != repeat.from)
            .filter(|level| level.when.is_empty())
            // A level that waits for its hours would wait for the same hour in every round.
            .filter(|level| level.during.is_none() || level.otherwise == Otherwise::Skip)
            .collect();
        let first = again.first().map(|level| level.delay()).unwrap_or_default();
        let last = again
            .iter()
            .map(|level| level.delay())
            .max()
            .unwrap_or_default();
        let round = last - first + repeat.pause();
        let mut armed = Vec::new();
        for number in 1..=repeat.times {
            let begins = from + round * i32::try_from(number).unwrap_or(i32::MAX);
            armed.extend(again.iter().map(|level| ArmedLevel {
                level: round_name(&level.level, number + 1),
                ..self.armed(level, begins)
            }));
        }
        armed
    }
}

/// Whole seconds of a span that the check has bounded.
fn seconds(span: TimeDelta) -> u32 {
    u32::try_from(span.num_seconds()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
