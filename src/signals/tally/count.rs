//! Counts of good events and of all.

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    pub good: f64,
    pub total: f64,
}

impl Tally {
    pub fn bad(self) -> f64 {
        (self.total - self.good).max(0.0)
    }

    /// `None` without events.
    pub fn ratio(self) -> Option<f64> {
        (self.total > 0.0).then(|| (self.good / self.total).clamp(0.0, 1.0))
    }
}
