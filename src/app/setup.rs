//! What the program is started with, and the person who uses it.

use crate::alerts::intake;
use crate::config::Digested;
use crate::incident::messages::ChannelInfo;
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub actor: ActorId,
    pub name: Safe,
    pub uid: u32,
    /// Terminal and client.
    pub login: Safe,
    /// Fingerprint of the signing key.
    pub key: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Setup {
    pub me: Person,
    pub signal: Slug,
    pub query: String,
    pub objective: f64,
    pub map: Arc<ServiceMap>,
    pub poll: TimeDelta,
    /// With its digest.
    pub severity: Digested<severity::SeverityPolicy>,
    /// With its digest.
    pub escalation: Digested<escalation::EscalationPolicy>,
    /// With its digest.
    pub intake: Digested<intake::Intake>,
    pub library: Library,
    pub variables: Values,
    pub sources: Vec<(SourceId, Offers)>,
    pub channels: Vec<ChannelInfo>,
    /// As known at the start.
    pub schedules: OnCallSchedules,
    /// Our services by the ids of another pager.
    pub paged_elsewhere: BTreeMap<String, ServiceId>,
    /// The paging service: nobody sits here.
    pub headless: bool,
    pub read_only: bool,
    pub keys: KeyMap,
    /// The title of the exercise, and its seconds per second.
    pub drill: Option<(String, u32)>,
    /// Shown at the start.
    pub warnings: Vec<String>,
    /// Channels without a credential on this machine: another process uses them.
    pub unusable: Vec<ChannelInfo>,
    /// Retried.
    pub awaited: Vec<Awaited>,
    /// The console ends with its terminal, so nobody is paged then unless a paging service runs.
    pub alone: bool,
}

/// Configured, without a credential yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awaited {
    Channel(ChannelId),
    /// Not relied upon while it cannot be asked.
    Pager(SourceId),
}

pub const ALONE: &str =
    "no `warroom watch` runs, and this is no tmux: paging ends with this terminal";

impl Setup {
    /// The pace of an exercise; 1 outside of one.
    pub fn seconds_per_second(&self) -> u32 {
        self.drill.as_ref().map_or(1, |(_, rate)| *rate)
    }
}
