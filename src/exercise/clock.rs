//! The clock of an exercise: so many seconds pass in one.

use crate::journal::{Clock, Stamp, SystemClock};
use chrono::TimeDelta;

/// A clock that starts now and runs faster than the machine's.
#[derive(Debug, Clone)]
pub struct VirtualClock {
    system: SystemClock,
    origin: Stamp,
    rate: u32,
}

impl VirtualClock {
    /// Starts now, at this rate.
    pub fn new(rate: u32) -> Self {
        let system = SystemClock::new();
        let origin = system.now();
        Self {
            system,
            origin,
            rate: rate.max(1),
        }
    }

    /// How many seconds pass in one.
    pub fn rate(&self) -> u32 {
        self.rate
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Stamp {
        let real = self
            .system
            .now()
            .since_boot
            .saturating_sub(self.origin.since_boot);
        let passed = real.saturating_mul(u64::from(self.rate));
        Stamp {
            wall: self.origin.wall + TimeDelta::nanoseconds(passed as i64),
            // Not a machine's boot id: no time of an exercise can be mistaken for a measured one.
            boot: "00000000".to_string(),
            since_boot: self.origin.since_boot + passed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_and_boot_clock_run_together() {
        let clock = VirtualClock::new(60);
        let (first, second) = (clock.now(), clock.now());
        assert!(second.step_since(&first).unwrap().abs() < 5);
        assert_eq!(first.boot, "00000000");
    }
}
