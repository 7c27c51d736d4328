//! The two clocks: the wall clock, which can be set, and the boot clock, which measures waiting.

use chrono::{DateTime, TimeDelta, Utc};
use std::ops::{Add, Sub};

/// Smaller differences are the time between reading one clock and the other.
const NOISE: TimeDelta = TimeDelta::milliseconds(10);
/// The clocks may move apart this far before the journal records it.
const TOLERANCE: TimeDelta = TimeDelta::milliseconds(500);
/// Nanoseconds. A boot clock that runs backwards further belongs to another boot. A program that has not read the clock
/// since another one wrote is behind by less.
const BACKWARDS: u64 = 60_000_000_000;

/// First eight characters of a boot id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Boot([u8; 8]);

impl Boot {
    /// Of a system without a boot id, and of an exercise.
    pub const NONE: Self = Self(*b"00000000");

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("00000000")
    }
}

impl From<&str> for Boot {
    fn from(text: &str) -> Self {
        let mut digits = text.bytes().filter(u8::is_ascii_hexdigit);
        let id = std::array::from_fn(|_| digits.next().map(|digit| digit.to_ascii_lowercase()));
        let whole = id.iter().all(Option::is_some);
        Self(id.map(|digit| digit.filter(|_| whole).unwrap_or(b'0')))
    }
}

impl std::fmt::Display for Boot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    pub wall: DateTime<Utc>,
    pub boot: Boot,
    /// Nanoseconds, sleep included.
    pub since_boot: u64,
}

impl Stamp {
    pub fn mono(&self) -> String {
        format!("{}:{}", self.boot, self.since_boot)
    }

    pub fn read_mono(text: &str) -> Option<(Boot, u64)> {
        let (boot, since) = text.split_once(':')?;
        Some((Boot::from(boot), since.parse().ok()?))
    }

    /// How much further the wall clock moved than the boot clock since `earlier`; unknown across a boot.
    pub fn step_since(&self, earlier: &Self) -> Option<TimeDelta> {
        (self.boot == earlier.boot).then_some(())?;
        let passed = i128::from(self.since_boot) - i128::from(earlier.since_boot);
        let passed = TimeDelta::nanoseconds(i64::try_from(passed).ok()?);
        (self.wall - earlier.wall).checked_sub(&passed)
    }

    /// The time of this boot clock reading by the wall clock as it runs now; `None` across a boot.
    pub fn when(&self, boot: Boot, since_boot: u64) -> Option<DateTime<Utc>> {
        let ago = i128::from(self.since_boot) - i128::from(since_boot);
        let ago = TimeDelta::nanoseconds(i64::try_from(ago).ok()?);
        let same = boot == self.boot && boot != Boot::NONE;
        same.then(|| self.wall.checked_sub_signed(ago)).flatten()
    }
}

/// A time on an incident's own scale: the wall clock as it ran when the incident was opened, continued by the boot
/// clock. It is compared only with its own kind, never with a wall time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Steady(DateTime<Utc>);

impl Sub for Steady {
    type Output = TimeDelta;

    fn sub(self, other: Self) -> TimeDelta {
        self.0 - other.0
    }
}

impl Add<TimeDelta> for Steady {
    type Output = Self;

    fn add(self, span: TimeDelta) -> Self {
        Self(plus(self.0, span))
    }
}

/// A time far outside of what a journal holds stays unchanged.
fn plus(at: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(span).unwrap_or(at)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub wall: DateTime<Utc>,
    pub steady: Steady,
}

impl Moment {
    /// Of a clock that nobody sets.
    pub fn unset(wall: DateTime<Utc>) -> Self {
        let steady = Steady(wall);
        Self { wall, steady }
    }

    pub fn steady_of(&self, wall: DateTime<Utc>) -> Steady {
        self.steady + (wall - self.wall)
    }

    /// The wall clock at that time, if it is not set again.
    pub fn wall_at(&self, steady: Steady) -> DateTime<Utc> {
        plus(self.wall, steady - self.steady)
    }
}

/// The known distance of two boot clocks: the zero of one on the incident's scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Anchor {
    boot: Boot,
    since_boot: u64,
    steady: Steady,
}

impl Anchor {
    fn at(&self, since_boot: u64) -> Steady {
        let passed = i128::from(since_boot) - i128::from(self.since_boot);
        self.steady + TimeDelta::nanoseconds(i64::try_from(passed).unwrap_or(0))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClockHistory {
    anchors: Vec<Anchor>,
    /// How far the wall clock is ahead of the incident's scale, and from which entry on.
    ahead: Vec<(u64, TimeDelta)>,
    last: Option<Moment>,
    /// The recorded part of it, and the entry.
    stepped: TimeDelta,
    stepped_by: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockNews {
    /// How much further the wall clock moved than the boot clock, and the entry of the previous step.
    Stepped(TimeDelta, u64),
    /// No entry was recorded in this boot yet.
    OtherBoot(Boot),
}

impl ClockHistory {
    pub fn take(&mut self, seq: u64, wall: DateTime<Utc>, mono: Option<(Boot, u64)>) -> Moment {
        let steady = match mono {
            None => Steady(plus(wall, -self.ahead())),
            Some((boot, since_boot)) => match self.anchor(boot, since_boot) {
                Some(anchor) => anchor.at(since_boot),
                None => self.begin(boot, since_boot, wall),
            },
        };
        let ahead = wall - steady.0;
        if self.ahead.is_empty() || (ahead - self.ahead()).abs() >= NOISE {
            self.ahead.push((seq, ahead));
        }
        let moment = Moment { wall, steady };
        self.last = Some(moment);
        moment
    }

    /// An entry has recorded a step. If the clock was set again meanwhile, the rest is still news.
    pub fn step_recorded(&mut self, by: u64, step: TimeDelta) {
        self.stepped = self.stepped.checked_add(&step).unwrap_or(self.stepped);
        self.stepped_by = by;
    }

    /// A boot without a connection to earlier entries: the wall clock decides how much time has passed. If it went
    /// back, waiting goes on from the last moment, and the step is news.
    fn begin(&mut self, boot: Boot, since_boot: u64, wall: DateTime<Utc>) -> Steady {
        let steady = self.carried(wall);
        self.anchors.retain(|anchor| anchor.boot != boot);
        self.anchors.push(Anchor {
            boot,
            since_boot,
            steady,
        });
        steady
    }

    fn carried(&self, wall: DateTime<Utc>) -> Steady {
        match self.last {
            Some(last) => last.steady + (wall - last.wall).max(TimeDelta::zero()),
            None => Steady(wall),
        }
    }

    fn anchor(&self, boot: Boot, since_boot: u64) -> Option<&Anchor> {
        let of_it = self.anchors.iter().find(|anchor| anchor.boot == boot);
        of_it.filter(|anchor| since_boot.saturating_add(BACKWARDS) >= anchor.since_boot)
    }

    fn ahead(&self) -> TimeDelta {
        self.ahead.last().map_or(TimeDelta::zero(), |(_, by)| *by)
    }

    /// For showing a record as it is.
    pub fn latest(&self) -> Moment {
        self.last
            .unwrap_or(Moment::unset(DateTime::<Utc>::UNIX_EPOCH))
    }

    pub fn now(&self, stamp: &Stamp) -> Moment {
        let anchor = self.anchor(stamp.boot, stamp.since_boot);
        Moment {
            wall: stamp.wall,
            steady: anchor.map_or_else(
                || self.carried(stamp.wall),
                |anchor| anchor.at(stamp.since_boot),
            ),
        }
    }

    /// A wall time that entry `seq` states, or that was computed by its clock.
    pub fn steady(&self, seq: u64, wall: DateTime<Utc>) -> Steady {
        let since = self.ahead.partition_point(|(from, _)| *from <= seq);
        let in_force = since.checked_sub(1).and_then(|at| self.ahead.get(at));
        let (_, ahead) = in_force.or(self.ahead.first()).copied().unwrap_or_default();
        Steady(plus(wall, -ahead))
    }

    pub fn news(&self, stamp: &Stamp) -> Option<ClockNews> {
        let last = self.anchors.last()?;
        if self.anchor(stamp.boot, stamp.since_boot).is_none() {
            // The clock of an exercise, and of a system without a boot id, connects nothing and belongs to no machine.
            let real = stamp.boot != Boot::NONE && last.boot != Boot::NONE;
            return real.then_some(ClockNews::OtherBoot(stamp.boot));
        }
        let now = self.now(stamp);
        let moved = (now.wall - now.steady.0).checked_sub(&self.stepped)?;
        (moved.abs() > TOLERANCE).then_some(ClockNews::Stepped(moved, self.stepped_by))
    }
}

#[cfg(test)]
mod tests;
