//! The pause between polls: the interval while a source answers, longer while it does not.

use std::time::Duration;

/// A source that recovers is seen within this time.
const LONGEST: Duration = Duration::from_secs(60);

#[derive(Debug, Clone)]
pub struct Backoff {
    interval: Duration,
    failures: u32,
}

impl Backoff {
    pub fn new(interval: Duration) -> Self {
        Self {
            interval,
            failures: 0,
        }
    }

    pub fn success(&mut self) -> Duration {
        self.failures = 0;
        self.interval
    }

    /// Doubled after each failure, and not shorter than `Retry-After`, up to a minute.
    pub fn failure(&mut self, retry_after: Option<Duration>) -> Duration {
        let doubled = self.interval.saturating_mul(1 << self.failures.min(6));
        self.failures += 1;
        doubled
            .max(retry_after.unwrap_or_default())
            .min(LONGEST.max(self.interval))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_slow_polling_down_and_an_answer_speeds_it_up_again() {
        let mut backoff = Backoff::new(Duration::from_secs(5));
        let pauses: Vec<u64> = (0..6).map(|_| backoff.failure(None).as_secs()).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 60, 60]);
        assert_eq!(backoff.success().as_secs(), 5);
        assert_eq!(backoff.failure(None).as_secs(), 5);
    }

    #[test]
    fn a_server_that_asks_for_patience_gets_it_within_reason() {
        let mut backoff = Backoff::new(Duration::from_secs(5));
        assert_eq!(backoff.failure(Some(Duration::from_secs(30))).as_secs(), 30);
        assert_eq!(
            backoff.failure(Some(Duration::from_secs(86_400))).as_secs(),
            60
        );
    }
}
