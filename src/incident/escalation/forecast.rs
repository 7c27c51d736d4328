//! What a policy would do: which targets it would page, when, by which channels, if people acknowledged as a script
//! says and every page were accepted at once. Computed from the policy alone, not by the course: a test compares the
//! two.

use super::{Acknowledge, ArmedLevel, EscalationPolicy, Until};
use crate::incident::ids::{ChannelId, LevelId, Slug, TargetId};
use crate::incident::severity::Severity;
use chrono::{DateTime, TimeDelta, Utc};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForecastEvent {
    /// These conditions are raised.
    Classified(Severity, Vec<Slug>),
    /// For these targets.
    Acknowledged(Vec<TargetId>),
    Resolved,
}

pub type ForecastScript = Vec<(DateTime<Utc>, ForecastEvent)>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ForecastPage {
    pub at: DateTime<Utc>,
    pub level: LevelId,
    pub target: TargetId,
    pub channel: ChannelId,
    pub repeat: u32,
}

/// A period in which a level is wanted for a target.
type Window = (DateTime<Utc>, DateTime<Utc>);

/// The pages for an alert that began at `from`, until a time.
pub fn forecast(
    policy: &EscalationPolicy,
    from: DateTime<Utc>,
    elsewhere: bool,
    script: &[(DateTime<Utc>, ForecastEvent)],
    until: DateTime<Utc>,
) -> Vec<ForecastPage> {
    let mut levels = policy.arm(from, elsewhere);
    // The other system is seen in time, so the level is not paged here.
    levels.retain(|level| !level.unless_adopted);
    let mut pages = Vec::new();
    for level in &levels {
        let Some(due) = due(level, script) else {
            continue;
        };
        for target in level.targets() {
            let times = times(level, due, &windows(&levels, level, target, script, until));
            for channel in &level.channels {
                pages.extend(times.iter().zip(0..).map(|(at, repeat)| ForecastPage {
                    at: *at,
                    level: level.level.clone(),
                    target: target.clone(),
                    channel: channel.clone(),
                    repeat,
                }));
            }
        }
    }
    pages.sort();
    pages
}

fn due(level: &ArmedLevel, script: &[(DateTime<Utc>, ForecastEvent)]) -> Option<DateTime<Utc>> {
    if level.when.is_empty() {
        return level.due;
    }
    let raised = |(at, happens): &(DateTime<Utc>, ForecastEvent)| match happens {
        ForecastEvent::Classified(_, flags)
            if flags.iter().any(|flag| level.when.contains(flag)) =>
        {
            Some(*at)
        }
        ForecastEvent::Classified(..)
        | ForecastEvent::Acknowledged(_)
        | ForecastEvent::Resolved => None,
    };
    let at = script.iter().find_map(raised)?;
    Some(at + TimeDelta::seconds(i64::from(level.after)))
}

fn wanted(
    levels: &[ArmedLevel],
    level: &ArmedLevel,
    target: &TargetId,
    past: &[(DateTime<Utc>, ForecastEvent)],
) -> bool {
    let latest = past.iter().rev().find_map(|(_, happens)| match happens {
        ForecastEvent::Classified(severity, _) => Some(severity),
        ForecastEvent::Acknowledged(_) | ForecastEvent::Resolved => None,
    });
    let fits = |level: &ArmedLevel| {
        level.severity.is_empty() || latest.is_none_or(|latest| level.severity.contains(latest))
    };
    let acknowledged = |wanted: &dyn Fn(&[TargetId]) -> bool| {
        let mut all = past.iter();
        all.any(|(_, happens)| matches!(happens, ForecastEvent::Acknowledged(targets) if wanted(targets)))
    };
    let by = |target: &TargetId| acknowledged(&|targets| targets.contains(target));
    // An earlier level that needs every target's acknowledgement and does not have it.
    let incomplete = |other: &ArmedLevel| {
        let earlier = due(other, past)
            .zip(due(level, past))
            .is_some_and(|(other, due)| other < due);
        earlier && other.acknowledge == Acknowledge::All && fits(other) && !other.targets().all(by)
    };
    let ended = match (level.until, level.acknowledge) {
        (Until::Resolved, _) => false,
        (Until::Acknowledged, Acknowledge::All) => by(target),
        (Until::Acknowledged, Acknowledge::Any) => {
            acknowledged(&|_| true) && !levels.iter().any(incomplete)
        }
    };
    let resolved = past
        .iter()
        .any(|(_, happens)| *happens == ForecastEvent::Resolved);
    fits(level) && !ended && !resolved
}

/// The periods between people's actions in which a level is wanted for a target.
fn windows(
    levels: &[ArmedLevel],
    level: &ArmedLevel,
    target: &TargetId,
    script: &[(DateTime<Utc>, ForecastEvent)],
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

/// Times of the first page and the further ones. Pages between two windows are not made up for: the next window begins
/// with one page at most.
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
        // A page at the very start of the window replaces the missed one.
        let missed = missed.filter(|_| !slots.contains(from));
        times.extend(missed.map(|_| *from).filter(|from| from < end));
        times.extend(ahead);
    }
    times
}
