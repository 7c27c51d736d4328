//! How much of a long test is run, and random numbers that a seed repeats.

/// Whether everything is to be tried, and not a sample.
pub(crate) fn hunt_is_full() -> bool {
    std::env::var("WARROOM_HUNT").is_ok_and(|hunt| hunt == "full")
}

/// A number from the environment.
pub(crate) fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Small random numbers that a seed repeats (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    /// From `WARROOM_SEED`, or from the clock; the seed is printed.
    pub(crate) fn thrown(test: &str) -> Self {
        let now = || {
            let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
            since.subsec_nanos().into()
        };
        let seed = number("WARROOM_SEED").unwrap_or_else(now);
        println!("{test}: WARROOM_SEED={seed}");
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end.max(1)
    }

    pub(crate) fn microseconds(&mut self, end: u64) -> std::time::Duration {
        std::time::Duration::from_micros(self.below(end))
    }
}
