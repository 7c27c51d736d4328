//! The last answer of one source of alerts, and what is missing from it.

use crate::alerts::Alert;
use crate::text::{Problem, Safe, Slug};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceAlerts {
    pub alerts: Vec<Arc<Alert>>,
    pub gaps: AnswerGaps,
    pub ignored: Arc<BTreeSet<String>>,
}

/// Items that could not be read: their number, and what is wrong with the first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnreadItems {
    pub count: usize,
    pub first: Safe,
}

impl UnreadItems {
    pub fn add(&mut self, what: &str) {
        if self.count == 0 {
            self.first = Safe::line(what);
        }
        self.count += 1;
    }

    pub fn join(&mut self, other: Self) {
        if self.count == 0 {
            self.first = other.first;
        }
        self.count += other.count;
    }
}

/// An alert that is absent from an incomplete answer may still fire.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AnswerGaps {
    /// Alerts beyond the limit. They are counted, not shown.
    pub dropped: usize,
    pub unread: UnreadItems,
    /// Why the answer ended too early, and what to do.
    pub broken: Option<Problem>,
}

impl AnswerGaps {
    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}

impl SourceAlerts {
    /// Keeps the alerts of the previous answer if this one broke off: an alert that did not arrive is not resolved.
    pub fn keeping(mut self, before: Option<&Self>) -> Self {
        if let Some(before) = before.filter(|_| self.gaps.broken.is_some()) {
            let came: HashSet<&Slug> = self.alerts.iter().map(|alert| &alert.key).collect();
            let absent = |alert: &&Arc<Alert>| !came.contains(&alert.key);
            let kept: Vec<Arc<Alert>> = before
                .alerts
                .iter()
                .filter(absent)
                .map(Arc::clone)
                .collect();
            self.alerts.extend(kept);
        }
        self
    }
}
