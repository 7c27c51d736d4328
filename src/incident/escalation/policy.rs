//! The escalation policy's file form, and what makes one sound.
use crate::incident::cadence::Cadence;
use crate::incident::ids::Slug;
use crate::incident::severity::Severity;
use crate::oncall::Hours;
use crate::text::parse_duration;
use chrono::{DateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An escalation policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name.
    pub policy: Slug,
    /// Its version, raised with each change.
    pub version: u32,
    /// Working hours, where a level asks for them.
    #[serde(default)]
    pub hours: Option<Hours>,
    /// The levels.
    pub levels: Vec<Level>,
    /// Whether the chain begins again while nobody answers.
    #[serde(default)]
    pub repeat: Option<Repeat>,
    /// The rhythm of the response, in seconds; the usual one where none is named.
    #[serde(default)]
    pub cadence: Option<Cadence>,
}

/// A level of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Its name.
    pub level: Slug,
    /// Whom it is for: a role or a rota, never a person's name.
    #[serde(default)]
    pub target: Option<Slug>,
    /// Several of them, all called at once.
    #[serde(default)]
    pub targets: Vec<Slug>,
    /// Delay from the alert's start, or from the condition: `0m`, `15m`, `90s`, `1h`.
    pub after: String,
    /// How long it stays wanted.
    pub until: Until,
    /// Whose acknowledgement ends it.
    #[serde(default)]
    pub acknowledge: Acknowledge,
    /// Whether it is called again until somebody is reached.
    #[serde(default)]
    pub again: Option<Again>,
    /// Conditions that a classification may raise; any of them makes the level due. Empty: always.
    #[serde(default)]
    pub when: Vec<Slug>,
    /// Severities that it is for; not yet classified counts as any of them. Empty: all.
    #[serde(default)]
    pub severity: Vec<Severity>,
    /// At what hours it is called.
    #[serde(default)]
    pub during: Option<During>,
    /// What becomes of it at other hours.
    #[serde(default)]
    pub otherwise: Otherwise,
    /// Ways out, by name.
    pub channels: Vec<Slug>,
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

/// Whose acknowledgement ends a level that waits for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acknowledge {
    /// Anybody's: the incident has an owner then.
    #[default]
    Any,
    /// Each target's own: the first to answer does not silence the others.
    All,
}

/// Calls until somebody is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// Time between calls: `2m` at the least, so that the result of one is known before the next.
    pub every: String,
    /// Most further calls.
    pub times: u32,
}

/// The chain begins again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// The level it begins with.
    pub from: Slug,
    /// How long after the last level was due.
    pub after: String,
    /// How often.
    pub times: u32,
}

/// At what hours a level is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum During {
    /// In working hours.
    WorkingHours,
    /// Outside of them.
    OffHours,
}

/// What becomes of a level that is due at other hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    /// It is left out.
    #[default]
    Skip,
    /// It waits for them.
    Wait,
}

/// The terminal's own channel: its bell, and its notice.
pub fn bell() -> Slug {
    Slug::nearest("bell")
}

/// Longest name of a level, so that an incident's id and a level's name fit into one slug.
const MAX_NAME: usize = 24;
/// Most targets of a level.
const MAX_TARGETS: usize = 9;
/// Most further calls of a level, and repetitions of a chain.
const MAX_AGAIN: u32 = 99;
const MAX_ROUNDS: u32 = 9;

/// Most levels, those of repeated rounds included: all are recorded in one entry.
const MAX_LEVELS: usize = 60;

/// Most bytes of the levels as they are recorded: a line of the journal has 65,536, and needs some for the rest.
const MAX_ARMED: usize = 63_000;

/// Why a policy is not usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No level.
    #[error("the policy has no levels: nobody would ever be called")]
    Empty,
    /// More levels than one entry holds.
    #[error("{0} levels in {1} rounds are too many: together at most {MAX_LEVELS}")]
    TooMany(usize, usize),
    /// More targets, channels and conditions than one entry holds.
    #[error(
        "the levels with their targets and channels take {0} bytes in the journal, which has room for {MAX_ARMED}: shorten names, or remove levels or rounds"
    )]
    TooLarge(usize),
    /// A delay that cannot be read.
    #[error("level \"{level}\": \"{after}\" is not a delay; write 0m, 90s, 15m or 1h, at most 24h")]
    Delay {
        /// The level.
        level: Slug,
        /// What was written.
        after: String,
    },
    /// A level without a target.
    #[error("level \"{0}\" is empty: it calls nobody; name a `target` or several `targets`")]
    NoTarget(Slug),
    /// Too many targets, or one named twice.
    #[error("level \"{0}\": name `target` or `targets`, each once, at most {MAX_TARGETS}")]
    Targets(Slug),
    /// A level without a way out.
    #[error(
        "level \"{0}\" has no channels, so it would reach nobody: add bell, or a channel of `channels` in config.yaml"
    )]
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
    /// A repetition that cannot work.
    #[error("level \"{0}\": `again` needs `every` of 2m to 24h and `times` of 1 to {MAX_AGAIN}")]
    Again(Slug),
    /// `all` on a level that no acknowledgement ends.
    #[error(
        "level \"{0}\": `acknowledge: all` contradicts `until: resolved`, which no acknowledgement ends"
    )]
    AllUntilResolved(Slug),
    /// Hours without a definition.
    #[error("level \"{0}\" is called by the hour, but the policy has no `hours`: add them")]
    NoHours(Slug),
    /// Hours on a level that waits for a condition.
    #[error(
        "level \"{0}\" waits for a condition, which calls at any hour: remove `during`, or `when`"
    )]
    HoursAndCondition(Slug),
    /// Hours in which nobody ever works.
    #[error("`hours` end before they begin, or never come within two months")]
    NeverOpen,
    /// A chain that begins again with a level that is not there, or is conditional.
    #[error("`repeat`: \"{0}\" is no level that is called without a condition")]
    RepeatFrom(Slug),
    /// A repetition of the chain that cannot work.
    #[error("`repeat` needs `after` of 1m to 24h and `times` of 1 to {MAX_ROUNDS}")]
    Repeat,
}

impl Level {
    /// The delay; zero where it cannot be read, which [`Policy::check`] refuses.
    pub fn delay(&self) -> TimeDelta {
        parse_delay(&self.after).unwrap_or_default()
    }

    /// Whom it calls.
    pub fn targets(&self) -> Vec<Slug> {
        self.target.iter().chain(&self.targets).cloned().collect()
    }

    fn check(&self, hours: Option<&Hours>) -> Result<(), PolicyError> {
        let name = || self.level.clone();
        if parse_delay(&self.after).is_none() {
            let after = self.after.clone();
            let level = name();
            return Err(PolicyError::Delay { level, after });
        }
        let targets = self.targets();
        let mut once = targets.clone();
        once.sort_unstable();
        once.dedup();
        let clear =
            once.len() == targets.len() && (self.target.is_none() || self.targets.is_empty());
        let long = self.level.as_str().len() > MAX_NAME;
        let never_alone = self.acknowledge == Acknowledge::All && self.until == Until::Resolved;
        let faults = [
            (long, PolicyError::LongName(name())),
            (targets.is_empty(), PolicyError::NoTarget(name())),
            (
                !clear || targets.len() > MAX_TARGETS,
                PolicyError::Targets(name()),
            ),
            (self.channels.is_empty(), PolicyError::NoChannel(name())),
            (
                self.again.as_ref().is_some_and(|again| !again.is_sound()),
                PolicyError::Again(name()),
            ),
            (never_alone, PolicyError::AllUntilResolved(name())),
            (
                self.during.is_some() && hours.is_none(),
                PolicyError::NoHours(name()),
            ),
            (
                self.during.is_some() && !self.when.is_empty(),
                PolicyError::HoursAndCondition(name()),
            ),
        ];
        let first = faults.into_iter().find(|(wrong, _)| *wrong);
        first.map_or(Ok(()), |(_, error)| Err(error))
    }

    /// Whether another level calls the same people at the same time for the same reason.
    fn says_the_same_as(&self, earlier: &Self) -> bool {
        earlier.targets() == self.targets()
            && earlier.delay() == self.delay()
            && earlier.when == self.when
            && earlier.until == self.until
            && earlier.severity == self.severity
            && earlier.during == self.during
    }
}

impl Again {
    fn is_sound(&self) -> bool {
        let long_enough = |every: TimeDelta| every >= TimeDelta::minutes(2);
        parse_delay(&self.every).is_some_and(long_enough) && (1..=MAX_AGAIN).contains(&self.times)
    }

    /// Time between calls.
    pub fn pause(&self) -> TimeDelta {
        parse_delay(&self.every).unwrap_or_default()
    }
}

impl Repeat {
    /// How long after the last level was due.
    pub fn pause(&self) -> TimeDelta {
        parse_delay(&self.after).unwrap_or_default()
    }
}

impl Policy {
    /// Everybody whom a level calls, each once.
    pub fn targets(&self) -> BTreeSet<Slug> {
        self.levels.iter().flat_map(Level::targets).collect()
    }

    /// Checks delays, targets, channels, names, hours, repetitions, and levels that say the same twice.
    pub fn check(&self) -> Result<(), PolicyError> {
        if self.levels.is_empty() {
            return Err(PolicyError::Empty);
        }
        let rounds = self
            .repeat
            .as_ref()
            .map_or(1, |repeat| repeat.times as usize + 1);
        if self.levels.len() * rounds > MAX_LEVELS {
            return Err(PolicyError::TooMany(self.levels.len(), rounds));
        }
        if let Some(hours) = &self.hours {
            let some_day = hours.zone.instant(crate::oncall::quiet_monday());
            if hours.until <= hours.from || hours.next(some_day, true).is_none() {
                return Err(PolicyError::NeverOpen);
            }
        }
        for (at, level) in self.levels.iter().enumerate() {
            level.check(self.hours.as_ref())?;
            for earlier in &self.levels[..at] {
                if earlier.level == level.level {
                    return Err(PolicyError::Twice(level.level.clone()));
                }
                if level.says_the_same_as(earlier) {
                    let (level, earlier) = (level.level.clone(), earlier.level.clone());
                    return Err(PolicyError::Shadowed { level, earlier });
                }
            }
        }
        self.check_repeat()?;
        match self.armed_bytes() {
            bytes if bytes > MAX_ARMED => Err(PolicyError::TooLarge(bytes)),
            _ => Ok(()),
        }
    }

    /// How long the levels are in the journal, at the most: at a time whose digits are all written.
    fn armed_bytes(&self) -> usize {
        let some_time = DateTime::from_timestamp_nanos(1_764_460_800_123_456_789);
        serde_json::to_vec(&self.arm(some_time, true)).map_or(0, |bytes| bytes.len())
    }

    fn check_repeat(&self) -> Result<(), PolicyError> {
        let Some(repeat) = &self.repeat else {
            return Ok(());
        };
        let named = |level: &&Level| level.level == repeat.from && level.when.is_empty();
        if !self.levels.iter().any(|level| named(&level)) {
            return Err(PolicyError::RepeatFrom(repeat.from.clone()));
        }
        let pause = parse_delay(&repeat.after).is_some_and(|after| after >= TimeDelta::minutes(1));
        if !pause || !(1..=MAX_ROUNDS).contains(&repeat.times) {
            return Err(PolicyError::Repeat);
        }
        for level in &self.levels {
            for round in 2..=repeat.times + 1 {
                let name = super::round_name(&level.level, round);
                if self.levels.iter().any(|known| known.level == name) {
                    return Err(PolicyError::Twice(name));
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
