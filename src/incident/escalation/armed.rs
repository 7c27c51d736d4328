//! The levels of an escalation as recorded when it was armed.

use crate::incident::ids::{ChannelId, LevelId, Slug, TargetId};
use crate::incident::severity::Severity;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// As recorded, with its absolute due time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArmedLevel {
    pub level: LevelId,
    pub target: TargetId,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<TargetId>,
    /// `None` until its condition is met, and if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime<Utc>>,
    pub until: Until,
    #[serde(default, skip_serializing_if = "is_any")]
    pub acknowledge: Acknowledge,
    /// Any of these makes it due.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Slug>,
    /// Empty: all severities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub severity: Vec<Severity>,
    /// Seconds from the start, or from the condition.
    pub after: u32,
    /// Seconds between further pages, and their largest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<(u32, u32)>,
    /// Paged only while no other system is known to have paged.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unless_adopted: bool,
    /// `off-hours` or `working-hours`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<Slug>,
    pub channels: Vec<ChannelId>,
}

/// The event that ends a level's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    Acknowledged,
    Resolved,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acknowledge {
    /// One is enough: the incident has an owner then.
    #[default]
    Any,
    /// Each target's own: the first acknowledgement does not stop the pages to others.
    All,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands the field over by reference"
)]
fn is_any(acknowledge: &Acknowledge) -> bool {
    *acknowledge == Acknowledge::Any
}

impl ArmedLevel {
    pub fn targets(&self) -> impl Iterator<Item = &TargetId> {
        std::iter::once(&self.target).chain(&self.others)
    }
}

/// The name of a level in a later round of the policy; the first round is the second time.
pub(super) fn round_name(level: &LevelId, round: u32) -> LevelId {
    LevelId::nearest(&format!("{level}-r{round}"))
}
