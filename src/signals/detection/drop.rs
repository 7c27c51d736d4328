//! What a detection finds: a drop, its cause, and its end.

use super::baseline::NormalSource;
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, PartialEq)]
pub struct SuccessDrop {
    /// By the window that showed it first; to the second where the counts of a minute are large enough.
    pub since: DateTime<Utc>,
    /// It may have begun earlier, before the first minute that is read.
    pub or_before: bool,
    /// Success ratio in the window with the most evidence, which ends now.
    pub now: f64,
    /// Normal success ratio of these payments at this hour.
    pub normal: f64,
    pub from: NormalSource,
    /// Failures beyond the normal number, since its begin.
    pub excess: f64,
    /// Value of the statistic.
    pub evidence: f64,
    pub culprit: Option<Culprit>,
}

impl SuccessDrop {
    /// In percentage points.
    pub fn points(&self) -> f64 {
        (self.normal - self.now) * 100.0
    }
}

/// A drop that is over: at least five normal minutes followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DropRecovery {
    pub began: DateTime<Utc>,
    pub ended: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct DropState {
    pub drop: Option<SuccessDrop>,
    /// The last drop, if none goes on and the scan still sees it.
    pub recovery: Option<DropRecovery>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Culprit {
    pub label: String,
    /// As the source gave it, made safe.
    pub value: String,
    /// Label and value of a second one, if only payments with both fail.
    pub and: Option<(String, String)>,
    /// Share of the failures beyond the normal number, 0 – 1.
    pub share: f64,
    /// Success ratio of that value, or of that pair, alone.
    pub now: f64,
}
