//! Where entries get their times from: the wall clock, and the boot clock that nobody can set.

use chrono::{DateTime, Utc};

/// Both clocks at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Wall time.
    pub wall: DateTime<Utc>,
    /// First eight hexadecimal digits of the boot id.
    pub boot: String,
    /// Nanoseconds since boot, sleep included.
    pub since_boot: u64,
}

impl Stamp {
    /// The `mono` member of a line.
    pub fn mono(&self) -> String {
        format!("{}:{}", self.boot, self.since_boot)
    }

    /// By how many milliseconds the wall clock moved more than the boot clock since `earlier`; `None` across
    /// a boot, where nothing can be said.
    pub fn step_since(&self, earlier: &Self) -> Option<i64> {
        (self.boot == earlier.boot).then_some(())?;
        let wall = (self.wall - earlier.wall).num_milliseconds();
        let boot = (i128::from(self.since_boot) - i128::from(earlier.since_boot)) / 1_000_000;
        Some(wall - boot as i64)
    }
}

/// Gives the time. A port, so that tests and exercises bring their own.
pub trait Clock: Send + Sync {
    /// Both clocks now.
    fn now(&self) -> Stamp;
}

/// The machine's clocks.
#[derive(Debug, Clone)]
pub struct SystemClock {
    boot: String,
}

impl SystemClock {
    /// Reads the boot id; eight zeros where the system has none.
    pub fn new() -> Self {
        let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(8).collect();
        Self {
            boot: if digits.len() == 8 {
                digits
            } else {
                "0".repeat(8)
            },
        }
    }

    /// First eight hexadecimal digits of the boot id.
    pub fn boot(&self) -> &str {
        &self.boot
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Stamp {
        #[cfg(target_os = "linux")]
        let id = rustix::time::ClockId::Boottime;
        #[cfg(not(target_os = "linux"))]
        let id = rustix::time::ClockId::Monotonic;
        let time = rustix::time::clock_gettime(id);
        let since_boot = time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64;
        Stamp {
            wall: Utc::now(),
            boot: self.boot.clone(),
            since_boot,
        }
    }
}
