//! The parts that sentences share.

use crate::documents::people::People;
use crate::incident::entry::field;
use crate::incident::{Entry, Slug};

pub(super) struct Texts<'e> {
    pub(super) entry: &'e Entry,
    pub(super) people: &'e People,
}

impl Texts<'_> {
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text = self.entry.text(name);
        let text = text.filter(|_| !self.people.withholds(name))?;
        Some(self.people.without_names(text))
    }

    /// `head: text`, or the head alone.
    pub(super) fn with(&self, head: impl Into<String>, name: &str) -> String {
        head.into() + &self.after(": ", name)
    }

    pub(super) fn after(&self, before: &str, name: &str) -> String {
        self.text(name)
            .map_or(String::new(), |text| format!("{before}{text}"))
    }

    pub(super) fn why(&self) -> String {
        self.after(": ", field::WHY)
    }
}

pub(super) fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

pub(super) fn names(slugs: &[Slug]) -> String {
    let names: Vec<&str> = slugs.iter().map(Slug::as_str).collect();
    names.join(", ")
}
