//! What one source of alerts said last, and what is missing from it.

use crate::alerts::Alert;
use crate::text::{Safe, Slug};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// The alerts of one source, as of its last answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gathered {
    /// The alerts.
    pub alerts: Vec<Arc<Alert>>,
    /// What is missing from them.
    pub gaps: Gaps,
    /// Labels that were ignored when they were counted.
    pub ignored: Arc<BTreeSet<String>>,
}

/// What could not be read, counted, with the fault of the first one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unread {
    /// How many.
    pub count: usize,
    /// What is wrong with the first.
    pub first: Safe,
}

impl Unread {
    /// Counts one more.
    pub fn add(&mut self, what: &str) {
        if self.count == 0 {
            self.first = Safe::line(what);
        }
        self.count += 1;
    }

    /// Counts those of another part.
    pub fn join(&mut self, other: Self) {
        if self.count == 0 {
            self.first = other.first;
        }
        self.count += other.count;
    }

    /// For people; nothing where all was read.
    pub fn words(&self, one: &str, many: &str) -> Option<String> {
        match self.count {
            0 => None,
            1 => Some(format!("1 {one} could not be read: {}", self.first)),
            count => Some(format!(
                "{count} {many} could not be read; the first: {}",
                self.first
            )),
        }
    }
}

/// What is missing from an answer: whatever is absent from it may be there and unseen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gaps {
    /// Alerts beyond the limit, which are counted and not shown.
    pub dropped: usize,
    /// Alerts that could not be read.
    pub unread: Unread,
    /// Why the answer ended too early, and what to do.
    pub broken: Option<(String, String)>,
}

impl Gaps {
    /// Whether anything is missing.
    pub fn any(&self) -> bool {
        *self != Self::default()
    }

    /// Each for people.
    pub fn words(&self) -> Vec<String> {
        let mut all = Vec::new();
        all.extend(self.unread.words("alert", "alerts"));
        if self.dropped > 0 {
            all.push(format!(
                "{} alerts beyond the limit are not shown",
                self.dropped
            ));
        }
        if let Some((what, _)) = &self.broken {
            all.push(format!(
                "only the first part of the answer was read: {what}"
            ));
        }
        all
    }
}

impl Gathered {
    /// With the alerts of the answer before, where this one broke off: what did not come is not gone.
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
