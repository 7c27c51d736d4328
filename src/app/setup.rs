//! What the program is started with, and who sits at it.

use crate::alerts::intake;
use crate::incident::messages::Way;
use crate::incident::{ActorId, ChannelId, ServiceId, Slug, SourceId, escalation, severity};
use crate::keymap::KeyMap;
use crate::oncall::OnCallSchedules;
use crate::playbook::{Library, Values};
use crate::signals::map::ServiceMap;
use crate::sources::Offers;
use crate::text::Safe;
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who sits at the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Pseudonymous id.
    pub actor: ActorId,
    /// The name given.
    pub name: Safe,
    /// Numeric user id.
    pub uid: u32,
    /// Terminal and client.
    pub login: Safe,
    /// Fingerprint of the key that this person signs with.
    pub key: Option<String>,
}

/// What does not change while the program runs.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Who sits here.
    pub me: Person,
    /// The watched signal.
    pub signal: Slug,
    /// Its query.
    pub query: String,
    /// Its objective.
    pub objective: f64,
    /// The service map.
    pub map: Arc<ServiceMap>,
    /// Pause between polls.
    pub poll: TimeDelta,
    /// The severity policy and its digest.
    pub severity: (severity::SeverityPolicy, String),
    /// The escalation policy and its digest.
    pub escalation: (escalation::EscalationPolicy, String),
    /// The intake policy and its digest.
    pub intake: (intake::Intake, String),
    /// The playbooks.
    pub library: Library,
    /// Values for playbook variables.
    pub variables: Values,
    /// The sources, with what they offer.
    pub sources: Vec<(SourceId, Offers)>,
    /// The channels that are configured.
    pub channels: Vec<Way>,
    /// The on-call schedules, as they are known at the start.
    pub schedules: OnCallSchedules,
    /// Our services by the ids of another pager's.
    pub paged_elsewhere: BTreeMap<String, ServiceId>,
    /// Whether nobody sits here: this is the paging service.
    pub headless: bool,
    /// Record nothing, open nothing, send nothing.
    pub read_only: bool,
    /// The keys in force.
    pub keys: KeyMap,
    /// For an exercise: its title, and how many seconds pass in one.
    pub drill: Option<(String, u32)>,
    /// Things to tell at the start, such as a playbook that cannot be used.
    pub warnings: Vec<String>,
    /// Channels that are configured, but this machine has no credential for them: another process uses them.
    pub unusable: Vec<Way>,
    /// What has no credential here yet. It is tried again.
    pub awaited: Vec<Awaited>,
    /// Whether this console ends with its terminal: nobody is called then, unless a watch runs.
    pub alone: bool,
}

/// What is configured and has no credential yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awaited {
    /// A channel.
    Channel(ChannelId),
    /// Another pager: while it cannot be asked, it is not relied upon.
    Pager(SourceId),
}

/// What is said of that.
pub const ALONE: &str =
    "no `warroom watch` runs, and this is no tmux: calls end with this terminal";

impl std::fmt::Display for Awaited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Channel(name) => write!(f, "channel {name}"),
            Self::Pager(name) => write!(f, "pager {name}"),
        }
    }
}
