//! What a policy would do: whom it would contact, when, by what, if people answered as a script says and every
//! page were accepted at once. Computed from the policy alone, not by the course that it foretells: a test holds
//! the two against each other.

use super::{Acknowledge, ArmedLevel, Policy, Until};
use crate::incident::ids::Slug;
use crate::incident::severity::Severity;
use chrono::{DateTime, TimeDelta, Utc};

/// What happens besides the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happens {
    /// The incident is classified, and these conditions are raised.
    Classified(Severity, Vec<Slug>),
    /// Somebody acknowledges, for these targets.
    Acknowledged(Vec<Slug>),
    /// It is resolved.
    Resolved,
}

/// What happens when, in order.
pub type Script = Vec<(DateTime<Utc>, Happens)>;

/// A call that would be made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// When.
    pub at: DateTime<Utc>,
    /// By which level.
    pub level: Slug,
    /// To whom.
    pub target: Slug,
    /// By what.
    pub channel: Slug,
    /// The how manyth, from 0.
    pub repeat: u32,
}

/// A time with an end, in which a level is wanted for a target.
type Window = (DateTime<Utc>, DateTime<Utc>);

/// The calls that a policy would make for an alert that began at `from`, until a time.
pub fn forecast(
    policy: &Policy,
    from: DateTime<Utc>,
    elsewhere: bool,
    script: &[(DateTime<Utc>, Happens)],
    until: DateTime<Utc>,
) -> Vec<Call> {
    let mut levels = policy.arm(from, elsewhere);
    // Paged elsewhere: that system is seen in time, and the level is not called here.
    levels.retain(|level| !level.unless_adopted);
    let mut calls = Vec::new();
    for level in &levels {
        let Some(due) = due(level, script) else {
            continue;
        };
        for target in level.targets() {
            let times = times(level, due, &windows(&levels, level, target, script, until));
            for channel in &level.channels {
                calls.extend(times.iter().zip(0..).map(|(at, repeat)| Call {
                    at: *at,
                    level: level.level.clone(),
                    target: target.clone(),
                    channel: channel.clone(),
                    repeat,
                }));
            }
        }
    }
    calls.sort();
    calls
}

/// When a level is due: as armed, or after the first classification that raises its condition.
fn due(level: &ArmedLevel, script: &[(DateTime<Utc>, Happens)]) -> Option<DateTime<Utc>> {
    if level.when.is_empty() {
        return level.due;
    }
    let raised = |(at, happens): &(DateTime<Utc>, Happens)| match happens {
        Happens::Classified(_, flags) if flags.iter().any(|flag| level.when.contains(flag)) => {
            Some(*at)
        }
        Happens::Classified(..) | Happens::Acknowledged(_) | Happens::Resolved => None,
    };
    let at = script.iter().find_map(raised)?;
    Some(at + TimeDelta::seconds(i64::from(level.after)))
}

/// Whether a level is wanted for a target, after what has happened until now.
fn wanted(
    levels: &[ArmedLevel],
    level: &ArmedLevel,
    target: &Slug,
    past: &[(DateTime<Utc>, Happens)],
) -> bool {
    let latest = past.iter().rev().find_map(|(_, happens)| match happens {
        Happens::Classified(severity, _) => Some(severity),
        Happens::Acknowledged(_) | Happens::Resolved => None,
    });
    let fits = |level: &ArmedLevel| {
        level.severity.is_empty() || latest.is_none_or(|latest| level.severity.contains(latest))
    };
    let acknowledged = |wanted: &dyn Fn(&[Slug]) -> bool| {
        let mut all = past.iter();
        all.any(|(_, happens)| matches!(happens, Happens::Acknowledged(targets) if wanted(targets)))
    };
    let by = |target: &Slug| acknowledged(&|targets| targets.contains(target));
    // A level before this one that needs everybody, and does not have everybody.
    let incomplete = |other: &ArmedLevel| {
        let earlier = due(other, past)
            .zip(due(level, past))
            .is_some_and(|(other, due)| other < due);
        earlier && other.acknowledge == Acknowledge::All && fits(other) && !other.targets().all(by)
    };
    let answered = match (level.until, level.acknowledge) {
        (Until::Resolved, _) => false,
        (Until::Acknowledged, Acknowledge::All) => by(target),
        (Until::Acknowledged, Acknowledge::Any) => {
            acknowledged(&|_| true) && !levels.iter().any(incomplete)
        }
    };
    let resolved = past
        .iter()
        .any(|(_, happens)| *happens == Happens::Resolved);
    fits(level) && !answered && !resolved
}

/// When a level is wanted for a target, between what people do.
fn windows(
    levels: &[ArmedLevel],
    level: &ArmedLevel,
    target: &Slug,
    script: &[(DateTime<Utc>, Happens)],
    until: DateTime<Utc>,
) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut begin = Some(DateTime::<Utc>::MIN_UTC);
    let ahead = script.iter().enumerate();
    for (count, (at, _)) in ahead.filter(|(_, (at, _))| *at <= until) {
        let wanted = wanted(levels, level, target, &script[..=count]);
        match (begin, wanted) {
            (Some(from), false) => {
                windows.push((from, *at));
                begin = None;
            }
            (None, true) => begin = Some(*at),
            _ => {}
        }
    }
    windows.extend(begin.map(|from| (from, until + TimeDelta::milliseconds(1))));
    windows
}

/// The times of the first call and of the further ones. What falls between two windows is not made up for: the
/// next window begins with one call at the most.
fn times(level: &ArmedLevel, due: DateTime<Utc>, windows: &[Window]) -> Vec<DateTime<Utc>> {
    let (every, further) = level.again.unwrap_or((1, 0));
    let every = TimeDelta::seconds(i64::from(every));
    let slots: Vec<DateTime<Utc>> = (0..=further)
        .map(|slot| due + every * i32::try_from(slot).unwrap_or(i32::MAX))
        .collect();
    let mut times: Vec<DateTime<Utc>> = Vec::new();
    for (from, end) in windows {
        let last = times.last().copied();
        let ahead = slots.iter().filter(|slot| **slot >= *from && **slot < *end);
        let missed = slots.iter().rfind(|slot| {
            let slot = **slot;
            slot < *from && last.is_none_or(|last| slot > last)
        });
        // A call that is due at the very begin of the window stands for the one that was missed.
        let missed = missed.filter(|_| !slots.contains(from));
        times.extend(missed.map(|_| *from).filter(|from| from < end));
        times.extend(ahead);
    }
    times
}
