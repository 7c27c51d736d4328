//! Data of status updates and of messages to channels.

use super::PageOutcome;
use crate::incident::ids::{ChannelId, Slug};
use serde::{Deserialize, Serialize};

/// For whom an update is (rule M12). The regulator has documents of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    Users,
    Stakeholders,
}

impl Audience {
    pub const ALL: [Self; 2] = [Self::Users, Self::Stakeholders];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Updated {
    pub audience: Audience,
    /// Whether it went out by other means before it was recorded: then no channel sends it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elsewhere: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settled {
    Acknowledged,
    Resolved,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    Update,
    Settle(Settled),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageIntended {
    /// Idempotency id, the same for every repetition (rule M7).
    pub message: Slug,
    pub what: MessageKind,
    pub channel: ChannelId,
    #[serde(rename = "tells")]
    pub about: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Slug>,
    pub repeat: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageResulted {
    pub message: Slug,
    pub channel: ChannelId,
    pub repeat: u32,
    pub outcome: PageOutcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<u16>,
    pub attempts: u32,
    /// Seconds for which the receiver asked to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// The receiver's own id for this incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Slug>,
}
