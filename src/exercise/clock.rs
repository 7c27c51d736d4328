//! The clock of an exercise: it runs `rate` times faster.

use crate::incident::Boot;
use crate::journal::{Clock, Stamp, SystemClock};
use chrono::TimeDelta;

#[derive(Debug, Clone)]
pub struct VirtualClock {
    system: SystemClock,
    origin: Stamp,
    rate: u32,
}

impl VirtualClock {
    pub fn new(rate: u32) -> Self {
        Self::following(SystemClock::new().now(), rate)
    }

    pub fn following(origin: Stamp, rate: u32) -> Self {
        Self {
            system: SystemClock::new(),
            origin,
            rate: rate.max(1),
        }
    }

    pub fn origin(&self) -> &Stamp {
        &self.origin
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Stamp {
        let now = self.system.now().since_boot;
        let real = now.saturating_sub(self.origin.since_boot);
        let passed = real.saturating_mul(u64::from(self.rate));
        Stamp {
            wall: self.origin.wall + TimeDelta::nanoseconds(passed as i64),
            // Not a machine's boot id: a time of an exercise must never look measured.
            boot: Boot::NONE,
            since_boot: self.origin.since_boot + passed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_follows_another_gives_the_same_time() {
        let clock = VirtualClock::new(3600);
        let with = VirtualClock::following(*clock.origin(), clock.rate);
        let (first, other, last) = (clock.now(), with.now(), clock.now());
        assert!(first.wall <= other.wall && other.wall <= last.wall);
        assert!(first.since_boot <= other.since_boot);
    }

    #[test]
    fn wall_and_boot_clock_run_together() {
        let clock = VirtualClock::new(60);
        let (first, second) = (clock.now(), clock.now());
        assert!(second.step_since(&first).unwrap().abs() < TimeDelta::milliseconds(5));
        assert_eq!(first.boot, Boot::NONE);
    }
}
