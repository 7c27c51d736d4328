//! Messages as a channel gets them, also for previews.

use super::incident_view::IncidentView;
use crate::incident::entry::Audience;
use crate::incident::{ChannelId, IncidentId, Slug, Stamp, cadence};
use crate::outbox::{About, Message, Update};
use crate::text::Safe;

pub(crate) struct StatusUpdate<'t> {
    /// The message's idempotency id.
    pub(crate) id: &'t Slug,
    pub(crate) audience: Audience,
    pub(crate) text: Safe,
    pub(crate) repeat: u32,
}

impl StatusUpdate<'_> {
    /// Also used for previews.
    pub(crate) fn message(
        self,
        channel: &ChannelId,
        incident_id: &IncidentId,
        view: &IncidentView,
        stamp: &Stamp,
    ) -> Message {
        let incident = &view.incident;
        let opened = incident.opened.as_ref();
        Message::Update(Update {
            id: self.id.clone(),
            about: about(incident_id, view),
            audience: self.audience,
            status: incident.status,
            service: opened.map(|opened| opened.data.service.clone()),
            text: self.text,
            next: cadence::next_update(incident, incident.now(stamp)),
            remote: incident.remote(channel).cloned(),
            repeat: self.repeat,
        })
    }
}

pub(crate) fn about(id: &IncidentId, view: &IncidentView) -> About {
    let head: String = view.incident.head.chars().take(12).collect();
    About {
        incident: id.clone(),
        title: Safe::line(view.title()),
        severity: view.incident.severity(),
        started: view.incident.started(),
        head: format!("{}/{head}", view.incident.count),
    }
}
