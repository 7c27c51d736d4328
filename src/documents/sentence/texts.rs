//! The parts that sentences share.

use crate::documents::people::People;
use crate::documents::words::count;
use crate::incident::Entry;
use crate::incident::entry::{PageOutcome, field};

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
        let text = self.text(name);
        text.map_or(String::new(), |text| format!("{before}{text}"))
    }

    pub(super) fn why(&self) -> String {
        self.after(": ", field::WHY)
    }
}

/// How sending ended: `accepted, HTTP 202, 1 attempt; detail`.
pub(super) fn sent(
    outcome: PageOutcome,
    http: Option<u16>,
    attempts: u32,
    texts: &Texts<'_>,
) -> String {
    let outcome = outcome.words();
    let http = http.map_or(String::new(), |status| format!(", HTTP {status}"));
    let attempts = count(u64::from(attempts), "attempt", "attempts");
    let detail = texts.after("; ", field::DETAIL);
    format!("{outcome}{http}, {attempts}{detail}")
}
