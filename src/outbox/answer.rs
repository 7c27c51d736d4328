//! The answer of a receiver over HTTP.

use crate::text::sanitize::grouped;
use std::time::Duration;

/// Most bytes kept of an answer.
pub(super) const MAX_ANSWER: usize = 8 * 1024;

pub(super) struct ChannelAnswer {
    pub(super) status: u16,
    /// The pause that the receiver asks for, in its header or body.
    pub(super) pause: Option<Duration>,
    pub(super) body: String,
    pub(super) html: bool,
    /// Whether the body was read to its end.
    pub(super) whole: bool,
    /// Whether the body is longer than the kept part.
    pub(super) long: bool,
}

impl ChannelAnswer {
    /// The body as one line, with the number of characters that are not in it.
    pub(super) fn summary(&self) -> String {
        if self.html {
            return "a web page, not an answer of the receiver".into();
        }
        let body = self.body.trim();
        let first = body.lines().next().unwrap_or_default();
        let more = body.chars().count() - first.chars().count();
        let mut summary = first.to_string();
        match (self.long, more) {
            (true, _) => summary += &format!(" … (cut after {} kB)", MAX_ANSWER / 1024),
            (false, 0) => {}
            (false, more) => summary += &format!(" … ({} characters more)", grouped(more)),
        }
        if !self.whole {
            summary += " (answer cut off)";
        }
        summary
    }
}
