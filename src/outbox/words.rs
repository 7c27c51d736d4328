//! The words of messages, and of what is recorded about sending them.

use super::message::Message;
use crate::incident::IncidentId;
use crate::text::sanitize::grouped;
use crate::text::{Safe, list};
use chrono::{DateTime, Utc};

impl Message {
    pub fn headline(&self) -> String {
        let about = self.about();
        let severity = about
            .severity
            .map_or("SEV?".to_string(), |severity| severity.to_string());
        let what = match self {
            Self::Page(page) if page.repeat > 0 => {
                format!("page {} to {}", page.repeat + 1, page.target)
            }
            Self::Page(page) => format!("page to {}", page.target),
            Self::Update(update) => update.status.word().to_string(),
            Self::Settle(settle) => settle.how.word().to_string(),
        };
        format!("[{severity}] {}: {what}", about.title)
    }

    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let about = self.about();
        let time = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
        let mut facts = Vec::new();
        match self {
            Self::Page(page) => {
                let who = page.who.as_ref().map(ToString::to_string);
                facts.extend(who.map(|who| ("on call", who)));
                if !page.because.is_empty() {
                    facts.push(("because", list(&page.because)));
                }
                facts.extend(about.started.map(|at| ("began", time(at))));
                facts.push(("due", time(page.due)));
                if page.repeat > 0 {
                    facts.push(("note", "an earlier page may have arrived as well".into()));
                }
                facts.push((
                    "acknowledge",
                    format!("warroom incident ack {}", about.incident),
                ));
            }
            Self::Update(update) => {
                facts.push(("update", update.text.to_string()));
                facts.extend(update.next.map(|at| ("next update by", time(at))));
            }
            Self::Settle(_) => {}
        }
        facts.push(("incident", about.incident.to_string()));
        facts.push(("journal", about.head.clone()));
        facts
    }
}

pub(super) fn more(missing: usize, incident: &IncidentId) -> String {
    format!(
        "… ({} characters more in the journal of {incident})",
        grouped(missing)
    )
}

/// The number comes first, because the receiver's words may be long.
pub(super) fn shortened(missing: usize, detail: &Safe) -> Safe {
    Safe::line(&format!(
        "shortened, {} characters did not fit; {detail}",
        grouped(missing)
    ))
}
