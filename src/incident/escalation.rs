//! Who must know, and by when (rules D2, D3): the policy, its absolute due times, and what is due now.

mod policy;
mod state;

pub use policy::{Channel, Level, Policy, PolicyError, Until};
pub use state::{
    Escalation, LevelState, MAX_REPEATS, Page, REPEAT_AFTER, RESULT_WITHIN, Standing, page_id,
};

use super::ids::Slug;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A level of the chain, with its absolute due time, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArmedLevel {
    /// Its name.
    pub level: Slug,
    /// Whom it is for.
    pub target: Slug,
    /// When it is due; none until its condition is met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime<Utc>>,
    /// How long it stays wanted.
    pub until: Until,
    /// Conditions, any of which makes it due.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Slug>,
    /// Delay in seconds from the start, or from the condition.
    pub after: u32,
    /// Ways out.
    pub channels: Vec<Channel>,
}

impl Policy {
    /// The chain with its due times, counted from the alert's own start.
    pub fn arm(&self, from: DateTime<Utc>) -> Vec<ArmedLevel> {
        self.levels
            .iter()
            .map(|level| ArmedLevel {
                level: level.level.clone(),
                target: level.target.clone(),
                due: level.when.is_empty().then(|| from + level.delay()),
                until: level.until,
                when: level.when.clone(),
                after: level.delay().num_seconds() as u32,
                channels: level.channels.clone(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
