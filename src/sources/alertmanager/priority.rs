//! Which alerts are kept first if not all can be kept.

use super::super::normalize::ignored_by_default;
use crate::alerts::intake::Intake;
use crate::alerts::{Alert, rank};
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Debug, Clone)]
pub(super) struct AlertPriority {
    /// That the intake policy matches.
    pub(super) labels: Arc<BTreeSet<String>>,
    /// Labels that make no difference between two alerts.
    pub(super) ignored: Arc<BTreeSet<String>>,
    intake: Option<Arc<Intake>>,
}

impl Default for AlertPriority {
    fn default() -> Self {
        Self {
            labels: Arc::default(),
            ignored: ignored_by_default(),
            intake: None,
        }
    }
}

impl AlertPriority {
    pub(super) fn by(intake: &Intake) -> Self {
        Self {
            labels: Arc::new(intake.labels().map(str::to_string).collect()),
            intake: Some(Arc::new(intake.clone())),
            ..Self::default()
        }
    }

    /// Kept before others.
    pub(super) fn matters(&self, alert: &Alert) -> bool {
        let intake = self.intake.as_ref();
        rank(alert) == 0 || intake.is_some_and(|intake| intake.may_open(alert))
    }
}
