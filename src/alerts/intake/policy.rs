//! The rules of an intake policy, and why a policy cannot be used.

use super::symptom::SignalRule;
use crate::text::{PathId, ServiceId, Slug};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakePolicy {
    pub policy: Slug,
    /// Raised with each change.
    pub version: u32,
    /// The first rule that matches an alert decides.
    pub rules: Vec<IntakeRule>,
    /// Signals that open an incident without an alert.
    #[serde(default)]
    pub signals: Vec<SignalRule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeRule {
    /// The incident that it opens cites this name.
    pub rule: Slug,
    /// Labels with anchored regular expressions; all must match. An absent label is empty text.
    #[serde(default)]
    pub when: BTreeMap<String, String>,
    pub action: IntakeAction,
    pub service: ServiceId,
    pub path: PathId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntakeAction {
    /// Opens an incident, or joins the open one of the same service.
    Open,
    /// Joins the open incident of the same service; opens none.
    Join,
    Show,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    #[error("rule \"{rule}\", label \"{label}\": \"{pattern}\" is not a regular expression")]
    Pattern {
        rule: Slug,
        label: String,
        pattern: String,
    },
    #[error(
        "rule \"{rule}\" can never match: the earlier rule \"{earlier}\" matches all its alerts; move it before that rule"
    )]
    Unreachable { rule: Slug, earlier: Slug },
    #[error("rule \"{0}\" is declared twice: an incident cites the rule that opened it")]
    Twice(Slug),
    #[error("no rule has `action: open`, so no alert would open an incident")]
    OpensNothing,
}
