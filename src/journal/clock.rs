//! The times of entries: the wall clock, and the boot clock, which nobody can set.

pub use crate::incident::Stamp;

use crate::incident::Boot;
use chrono::Utc;

pub trait Clock: Send + Sync {
    fn now(&self) -> Stamp;
}

#[derive(Debug, Clone)]
pub struct SystemClock {
    boot: Boot,
}

impl SystemClock {
    /// The boot id is eight zeros where the system has none.
    pub fn new() -> Self {
        let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(8).collect();
        Self {
            boot: Boot::from(digits.as_str()),
        }
    }

    /// First eight hexadecimal digits of the boot id.
    pub fn boot(&self) -> Boot {
        self.boot
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
            boot: self.boot,
            since_boot,
        }
    }
}
