//! One entry as one sentence: what happened, without judging anybody.

mod clock;
mod custody;
mod message;
mod observation;
mod paging;
mod playbook;
mod response;

use super::people::People;
use crate::incident::entry::field;
use crate::incident::{Body, Entry, Event, Slug};

/// The sentence of an entry. With `people`, names in texts are replaced by roles.
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

/// The texts of an entry, as its sentence may show them.
struct Texts<'e> {
    entry: &'e Entry,
    people: &'e People,
}

impl Texts<'_> {
    fn text(&self, name: &str) -> Option<String> {
        let text = self.entry.text(name);
        let text = text.filter(|_| !self.people.withholds(name))?;
        Some(self.people.without_names(text))
    }

    /// `head: text`, or the head alone.
    fn with(&self, head: impl Into<String>, name: &str) -> String {
        head.into() + &self.after(": ", name)
    }

    /// The text with what stands before it, or nothing.
    fn after(&self, before: &str, name: &str) -> String {
        self.text(name)
            .map_or(String::new(), |text| format!("{before}{text}"))
    }

    fn why(&self) -> String {
        self.after(": ", field::WHY)
    }
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

fn names(slugs: &[Slug]) -> String {
    let names: Vec<&str> = slugs.iter().map(Slug::as_str).collect();
    names.join(", ")
}
