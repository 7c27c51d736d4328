//! The escalation policy's file form, and what makes one sound.

use crate::incident::ids::Slug;
use crate::text::parse_duration;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// An escalation policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name.
    pub policy: Slug,
    /// Its version, raised with each change.
    pub version: u32,
    /// The levels.
    pub levels: Vec<Level>,
}

/// A level of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Its name.
    pub level: Slug,
    /// Whom it is for: a role or a rota, never a person's name.
    pub target: Slug,
    /// Delay from the alert's start, or from the condition: `0m`, `15m`, `90s`, `1h`.
    pub after: String,
    /// How long it stays wanted.
    pub until: Until,
    /// Conditions that a classification may raise; any of them makes the level due. Empty: always.
    #[serde(default)]
    pub when: Vec<Slug>,
    /// Ways out.
    pub channels: Vec<Channel>,
}

/// What ends a level's wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    /// Somebody acknowledges.
    Acknowledged,
    /// The incident is resolved.
    Resolved,
}

/// A way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// The terminal's bell, and its notice.
    Bell,
    /// The signed generic webhook.
    Webhook,
}

impl Channel {
    /// Its name.
    pub fn slug(self) -> Slug {
        Slug::nearest(match self {
            Self::Bell => "bell",
            Self::Webhook => "webhook",
        })
    }
}

/// Longest name of a level, so that an incident's id and a level's name fit into one slug.
const MAX_NAME: usize = 24;

/// Why a policy is not usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No level.
    #[error("the policy has no levels: nobody would ever be called")]
    Empty,
    /// A delay that cannot be read.
    #[error("level \"{level}\": \"{after}\" is not a delay; write 0m, 90s, 15m or 1h, at most 24h")]
    Delay {
        /// The level.
        level: Slug,
        /// What was written.
        after: String,
    },
    /// A level without a way out.
    #[error("level \"{0}\" has no channels, so it would reach nobody: add bell or webhook")]
    NoChannel(Slug),
    /// A name that would not fit into a page's id.
    #[error("level \"{0}\" has a name of more than {MAX_NAME} characters: shorten it")]
    LongName(Slug),
    /// Two levels share a name.
    #[error("level \"{0}\" is declared twice")]
    Twice(Slug),
    /// A level that can never be due before it is no longer wanted.
    #[error(
        "level \"{level}\" waits for acknowledgement like \"{earlier}\", for the same target and at the same time: remove one"
    )]
    Shadowed {
        /// The level.
        level: Slug,
        /// The earlier one.
        earlier: Slug,
    },
}

impl Level {
    /// The delay; zero where it cannot be read, which [`Policy::check`] refuses.
    pub fn delay(&self) -> TimeDelta {
        parse_delay(&self.after).unwrap_or_default()
    }
}

impl Policy {
    /// Checks delays, channels, names, and levels that say the same twice.
    pub fn check(&self) -> Result<(), PolicyError> {
        if self.levels.is_empty() {
            return Err(PolicyError::Empty);
        }
        for (at, level) in self.levels.iter().enumerate() {
            if parse_delay(&level.after).is_none() {
                let after = level.after.clone();
                return Err(PolicyError::Delay {
                    level: level.level.clone(),
                    after,
                });
            }
            if level.level.as_str().len() > MAX_NAME {
                return Err(PolicyError::LongName(level.level.clone()));
            }
            if level.channels.is_empty() {
                return Err(PolicyError::NoChannel(level.level.clone()));
            }
            for earlier in &self.levels[..at] {
                if earlier.level == level.level {
                    return Err(PolicyError::Twice(level.level.clone()));
                }
                let same = earlier.target == level.target
                    && earlier.delay() == level.delay()
                    && earlier.when == level.when
                    && earlier.until == level.until;
                if same {
                    let (level, earlier) = (level.level.clone(), earlier.level.clone());
                    return Err(PolicyError::Shadowed { level, earlier });
                }
            }
        }
        Ok(())
    }
}

/// A span of whole seconds, at most a day.
fn parse_delay(text: &str) -> Option<TimeDelta> {
    let delay = parse_duration(text)?;
    (delay <= TimeDelta::days(1) && delay.subsec_nanos() == 0).then_some(delay)
}
