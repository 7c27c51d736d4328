//! Data of playbook runs.

use crate::incident::ids::{PlaybookId, StepId};
use crate::signals::{Expectation, Reading};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaybookStarted {
    pub playbook: PlaybookId,
    /// Digest of its file: the steps that were followed.
    pub digest: String,
    pub steps: u32,
    /// Whether it was left for another one, and goes on where it was left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub goes_on: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepRecorded {
    pub playbook: PlaybookId,
    pub step: StepId,
    /// Its number in the file, from 1.
    pub number: u32,
    pub outcome: StepOutcome,
    /// Of a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<StepId>,
    /// Of a check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
    /// Of a check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expectation>,
    /// Of a check: when the source collected the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemTicked {
    pub playbook: PlaybookId,
    /// Digest of the file in which items are numbered: a tick never counts for another version of it.
    pub digest: String,
    pub step: StepId,
    /// From 1.
    pub item: u32,
    pub ticked: bool,
    /// The entry about the same item before it, or the one that started the playbook. Of two programs that tick the same
    /// item, the first records it.
    #[serde(rename = "after")]
    pub supersedes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    Done,
    Skipped,
    Chosen,
    Passed,
    Failed,
    Unknown,
}

impl StepOutcome {
    pub fn moves_on(self) -> bool {
        matches!(
            self,
            Self::Done | Self::Skipped | Self::Chosen | Self::Passed
        )
    }
}
