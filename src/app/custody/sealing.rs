//! Sealing a journal: refused while anything is under way.

use crate::app::intent::{AFTER_SEAL, Refused, refuse};
use crate::app::setup::Person;
use crate::incident::closing::still_sends;
use crate::incident::entry::{MessageResulted, Sealed};
use crate::incident::escalation::lost_results;
use crate::incident::messages::{self, ChannelInfo};
use crate::incident::{Draft, Incident, IncidentId, Moment, Stamp, Status};

pub fn seal(
    id: &IncidentId,
    incident: &Incident,
    me: &Person,
    channels: &[ChannelInfo],
    now: &Stamp,
) -> Result<Vec<Draft>, Refused> {
    let now = incident.now(now);
    if let Some(sealed) = &incident.custody.sealed {
        return Err(refuse(
            format!("{id} is sealed already (#{})", sealed.seq),
            AFTER_SEAL,
        ));
    }
    if incident.status != Status::Closed {
        return Err(refuse(
            format!("{id} is {}, not closed", incident.status.word()),
            format!("close it first: `warroom incident close {id}`"),
        ));
    }
    let mut requests = incident.custody.requests.values();
    let left = requests.find(|request| request.done.is_none() && !request.approvals.is_empty());
    if let Some(request) = left {
        return Err(refuse(
            format!("{} was approved and not carried out", request.data.request),
            format!("do it before sealing: {}", request.data.act.words()),
        ));
    }
    let mut drafts = Vec::new();
    for level in &incident.escalation.levels {
        let lost = lost_results(level, now);
        let open = level.pages.values().filter(|page| page.result.is_none());
        if open.count() > lost.len() {
            return Err(refuse(
                format!("a page to {} is under way", level.armed.level),
                "its result is known within 90 seconds; then seal",
            ));
        }
        // The receiver of that page must still be informed that it is settled.
        let settles = channels.iter().any(|channel| channel.settles);
        if !lost.is_empty() && settles && still_sends(incident, now) {
            return Err(refuse(
                format!(
                    "what became of a page to {} is not known yet",
                    level.armed.level
                ),
                SENDS_IT,
            ));
        }
        drafts.extend(lost);
    }
    drafts.extend(messages_ended(id, incident, channels, now)?);
    drafts.push(Draft::new(&me.actor, Sealed {}));
    Ok(drafts)
}

const SENDS_IT: &str = "an open console or the paging service sends it; one hour after closing, sealing is possible anyway";

/// Results to record for messages whose outcome stays unknown. Refuses while others are under way or not sent yet.
fn messages_ended(
    id: &IncidentId,
    incident: &Incident,
    channels: &[ChannelInfo],
    now: Moment,
) -> Result<Vec<Draft>, Refused> {
    let due = messages::due(id.as_str(), incident, channels, now);
    let is_end = |draft: &Draft| draft.event.is::<MessageResulted>();
    let (ended, to_send): (Vec<Draft>, Vec<Draft>) = due.into_iter().partition(is_end);
    let open = incident.messages.values();
    let open = open.filter(|message| message.result.is_none()).count();
    if open > ended.len() {
        return Err(refuse(
            "a message is under way",
            "its result is known within 90 seconds; then seal",
        ));
    }
    if !to_send.is_empty() && still_sends(incident, now) {
        return Err(refuse(
            "an update, or the end of a page, is not sent yet",
            SENDS_IT,
        ));
    }
    Ok(ended)
}
