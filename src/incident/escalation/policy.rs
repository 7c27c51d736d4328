//! The escalation policy's file form, and its checks.

use super::armed::{Acknowledge, Until, round_name};
use crate::incident::cadence::Cadence;
use crate::incident::ids::{ChannelId, LevelId, Slug, TargetId};
use crate::incident::severity::Severity;
use crate::oncall::WorkingHours;
use crate::text::parse_duration;
use chrono::{DateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationPolicy {
    pub policy: Slug,
    /// Raised with each change.
    pub version: u32,
    /// Required if a level depends on them.
    pub hours: Option<WorkingHours>,
    pub levels: Vec<Level>,
    pub repeat: Option<Repeat>,
    /// In seconds; `None` means the default cadence.
    pub cadence: Option<Cadence>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub level: LevelId,
    /// A role or an on-call schedule, never a person's name.
    pub target: Option<TargetId>,
    /// All are paged at once.
    #[serde(default)]
    pub targets: Vec<TargetId>,
    /// From the alert's start, or from the condition: `0m`, `15m`, `90s`, `1h`.
    pub after: String,
    pub until: Until,
    #[serde(default)]
    pub acknowledge: Acknowledge,
    pub again: Option<Again>,
    /// Conditions that a classification may raise; any of them makes the level due. Empty: always.
    #[serde(default)]
    pub when: Vec<Slug>,
    /// An unclassified incident matches any of them. Empty: all.
    #[serde(default)]
    pub severity: Vec<Severity>,
    pub during: Option<During>,
    #[serde(default)]
    pub otherwise: Otherwise,
    pub channels: Vec<ChannelId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// At least `2m`, so that the result of one page is known before the next.
    pub every: String,
    pub times: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    pub from: LevelId,
    /// Time after the last level was due.
    pub after: String,
    pub times: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum During {
    WorkingHours,
    OffHours,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    #[default]
    Skip,
    Wait,
}

/// The terminal's own channel: its bell and its notification.
pub fn bell() -> ChannelId {
    ChannelId::nearest("bell")
}

/// An incident's id and a level's name fit into one slug.
const MAX_NAME: usize = 24;
const MAX_TARGETS: usize = 9;
const MAX_AGAIN: u32 = 99;
const MAX_ROUNDS: u32 = 9;

/// Those of repeated rounds included: all are recorded in one entry.
const MAX_LEVELS: usize = 60;

/// Bytes: a line of the journal has 65,536, and needs some for other fields.
const MAX_ARMED: usize = 63_000;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EscalationPolicyError {
    #[error("the policy has no levels: nobody would ever be paged")]
    Empty,
    #[error("{0} levels in {1} rounds are too many: together at most {MAX_LEVELS}")]
    TooMany(usize, usize),
    #[error(
        "the levels with their targets and channels take {0} bytes in the journal, which has space for {MAX_ARMED}: shorten names, or remove levels or rounds"
    )]
    TooLarge(usize),
    #[error("level \"{level}\": \"{after}\" is not a delay; write 0m, 90s, 15m or 1h, at most 24h")]
    Delay { level: LevelId, after: String },
    #[error("level \"{0}\" is empty: it pages nobody; name a `target` or several `targets`")]
    NoTarget(LevelId),
    #[error("level \"{0}\": name `target` or `targets`, each once, at most {MAX_TARGETS}")]
    Targets(LevelId),
    #[error(
        "level \"{0}\" has no channels, so it would reach nobody: add bell, or a channel of `channels` in config.yaml"
    )]
    NoChannel(LevelId),
    #[error("level \"{0}\" has a name of more than {MAX_NAME} characters: shorten it")]
    LongName(LevelId),
    #[error("level \"{0}\" is declared twice")]
    Twice(LevelId),
    #[error(
        "level \"{level}\" waits for acknowledgement like \"{earlier}\", for the same target and at the same time: remove one"
    )]
    Shadowed { level: LevelId, earlier: LevelId },
    #[error("level \"{0}\": `again` needs `every` of 2m to 24h and `times` of 1 to {MAX_AGAIN}")]
    Again(LevelId),
    #[error(
        "level \"{0}\": `acknowledge: all` contradicts `until: resolved`, which no acknowledgement ends"
    )]
    AllUntilResolved(LevelId),
    #[error("level \"{0}\" is paged by the hour, but the policy has no `hours`: add them")]
    NoHours(LevelId),
    #[error(
        "level \"{0}\" waits for a condition, which pages at any hour: remove `during`, or `when`"
    )]
    HoursAndCondition(LevelId),
    #[error("`hours` end before they begin, or never come within two months")]
    NeverOpen,
    #[error("`repeat`: \"{0}\" is no level that is paged without a condition")]
    RepeatFrom(LevelId),
    #[error("`repeat` needs `after` of 1m to 24h and `times` of 1 to {MAX_ROUNDS}")]
    Repeat,
}

/// Whether a level has it, and its error.
type Fault = (bool, fn(LevelId) -> EscalationPolicyError);

impl Level {
    /// Zero if it cannot be read; the check refuses that.
    pub fn delay(&self) -> TimeDelta {
        parse_delay(&self.after).unwrap_or_default()
    }

    pub fn targets(&self) -> Vec<TargetId> {
        self.target.iter().chain(&self.targets).cloned().collect()
    }

    fn check(&self, hours: Option<&WorkingHours>) -> Result<(), EscalationPolicyError> {
        use EscalationPolicyError as Error;
        if parse_delay(&self.after).is_none() {
            let (level, after) = (self.level.clone(), self.after.clone());
            return Err(Error::Delay { level, after });
        }
        let targets = self.targets();
        let each_once = targets.iter().collect::<BTreeSet<_>>().len() == targets.len();
        let both = self.target.is_some() && !self.targets.is_empty();
        let unclear = !each_once || both || targets.len() > MAX_TARGETS;
        let contradicts = self.acknowledge == Acknowledge::All && self.until == Until::Resolved;
        let unsound = self.again.as_ref().is_some_and(|again| !again.is_sound());
        let by_hours = self.during.is_some();
        let faults: [Fault; 8] = [
            (self.level.as_str().len() > MAX_NAME, Error::LongName),
            (targets.is_empty(), Error::NoTarget),
            (unclear, Error::Targets),
            (self.channels.is_empty(), Error::NoChannel),
            (unsound, Error::Again),
            (contradicts, Error::AllUntilResolved),
            (by_hours && hours.is_none(), Error::NoHours),
            (by_hours && !self.when.is_empty(), Error::HoursAndCondition),
        ];
        match faults.iter().find(|(wrong, _)| *wrong) {
            Some((_, error)) => Err(error(self.level.clone())),
            None => Ok(()),
        }
    }

    /// Whether it pages the same targets, at the same time and for the same reason.
    fn repeats(&self, earlier: &Self) -> bool {
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

    pub fn pause(&self) -> TimeDelta {
        parse_delay(&self.every).unwrap_or_default()
    }
}

impl Repeat {
    pub fn pause(&self) -> TimeDelta {
        parse_delay(&self.after).unwrap_or_default()
    }
}

impl EscalationPolicy {
    pub fn targets(&self) -> BTreeSet<TargetId> {
        self.levels.iter().flat_map(Level::targets).collect()
    }

    pub fn check(&self) -> Result<(), EscalationPolicyError> {
        if self.levels.is_empty() {
            return Err(EscalationPolicyError::Empty);
        }
        let repeat = self.repeat.as_ref();
        let rounds = repeat.map_or(1, |repeat| repeat.times as usize + 1);
        if self.levels.len() * rounds > MAX_LEVELS {
            return Err(EscalationPolicyError::TooMany(self.levels.len(), rounds));
        }
        if let Some(hours) = &self.hours {
            let some_day = hours.zone.instant(crate::oncall::quiet_monday());
            if hours.until <= hours.from || hours.next(some_day, true).is_none() {
                return Err(EscalationPolicyError::NeverOpen);
            }
        }
        for (at, level) in self.levels.iter().enumerate() {
            level.check(self.hours.as_ref())?;
            for earlier in &self.levels[..at] {
                if earlier.level == level.level {
                    return Err(EscalationPolicyError::Twice(level.level.clone()));
                }
                if level.repeats(earlier) {
                    let (level, earlier) = (level.level.clone(), earlier.level.clone());
                    return Err(EscalationPolicyError::Shadowed { level, earlier });
                }
            }
        }
        self.check_repeat()?;
        match self.armed_bytes() {
            bytes if bytes > MAX_ARMED => Err(EscalationPolicyError::TooLarge(bytes)),
            _ => Ok(()),
        }
    }

    /// At a time whose digits are all written.
    fn armed_bytes(&self) -> usize {
        let some_time = DateTime::from_timestamp_nanos(1_764_460_800_123_456_789);
        serde_json::to_vec(&self.arm(some_time, true)).map_or(0, |bytes| bytes.len())
    }

    fn check_repeat(&self) -> Result<(), EscalationPolicyError> {
        let Some(repeat) = &self.repeat else {
            return Ok(());
        };
        let named = |level: &&Level| level.level == repeat.from && level.when.is_empty();
        if !self.levels.iter().any(|level| named(&level)) {
            return Err(EscalationPolicyError::RepeatFrom(repeat.from.clone()));
        }
        let pause = parse_delay(&repeat.after).is_some_and(|after| after >= TimeDelta::minutes(1));
        if !pause || !(1..=MAX_ROUNDS).contains(&repeat.times) {
            return Err(EscalationPolicyError::Repeat);
        }
        for level in &self.levels {
            for round in 2..=repeat.times + 1 {
                let name = round_name(&level.level, round);
                if self.levels.iter().any(|known| known.level == name) {
                    return Err(EscalationPolicyError::Twice(name));
                }
            }
        }
        Ok(())
    }
}

/// Whole seconds, at most a day.
fn parse_delay(text: &str) -> Option<TimeDelta> {
    let delay = parse_duration(text)?;
    (delay <= TimeDelta::days(1) && delay.subsec_nanos() == 0).then_some(delay)
}
