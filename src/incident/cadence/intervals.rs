//! The intervals of a cadence.

use crate::incident::severity::Severity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The cadence as recorded, in seconds. The defaults follow PagerDuty's response guide: a first update within five
/// minutes, then one at least every twenty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cadence {
    pub first_update: u32,
    /// Between updates, by severity. A severity that is not listed needs none.
    pub updates: BTreeMap<Severity, u32>,
    /// Between entries of the commander.
    pub check_in: u32,
    /// Between any two entries while the cause is unknown.
    pub silence: u32,
    /// From the last page of the policy to the alarm that nobody has acknowledged.
    pub answer: u32,
}

impl Default for Cadence {
    fn default() -> Self {
        let by_severity = [(1, 1_200), (2, 1_800)];
        let updates = by_severity
            .iter()
            .filter_map(|(level, seconds)| Some((Severity::new(*level)?, *seconds)));
        Self {
            first_update: 300,
            updates: updates.collect(),
            check_in: 1_800,
            silence: 600,
            answer: 300,
        }
    }
}
