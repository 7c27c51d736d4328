//! One entry as one sentence: what happened, without judging anybody.

mod clock;
mod custody;
mod message;
mod observation;
mod paging;
mod playbook;
mod response;
mod texts;

use super::people::People;
use crate::incident::{Body, Entry, Event};
use texts::Texts;

pub fn sentence(entry: &Entry, people: &People) -> String {
    let event = match &entry.body {
        Body::Known(event) => event,
        Body::Unknown(kind) => return format!("entry of a kind not known to this version: {kind}"),
    };
    let texts = Texts { entry, people };
    match event {
        Event::Observation(event) => observation::sentence(event, &texts),
        Event::Paging(event) => paging::sentence(event, &texts),
        Event::Response(event) => response::sentence(event, &texts),
        Event::Message(event) => message::sentence(event, &texts),
        Event::Playbook(event) => playbook::sentence(event, &texts),
        Event::Custody(event) => custody::sentence(event, &texts),
        Event::Clock(event) => clock::sentence(event, &texts),
    }
}
