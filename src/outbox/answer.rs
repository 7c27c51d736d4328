//! The answer of a receiver over HTTP.

use crate::text::sanitize::grouped;
use std::time::Duration;

/// Most bytes kept of an answer.
pub(super) const MAX_ANSWER: usize = 8 * 1024;

pub(super) struct ChannelAnswer {
    pub(super) status: u16,
    /// That the receiver asks for, in its header or body.
    pub(super) pause: Option<Duration>,
    pub(super) body: String,
    pub(super) is_html: bool,
    /// The body was read to its end.
    pub(super) is_complete: bool,
    /// The body is longer than [`MAX_ANSWER`].
    pub(super) is_long: bool,
}

impl ChannelAnswer {
    /// One line, with the number of characters that are not in it.
    pub(super) fn summary(&self) -> String {
        if self.is_html {
            return "a web page, not an answer of the receiver".into();
        }
        let body = self.body.trim();
        let first = body.lines().next().unwrap_or_default();
        let more = body.chars().count() - first.chars().count();
        let mut summary = first.to_string();
        match (self.is_long, more) {
            (true, _) => summary += &format!(" … (cut after {} kB)", MAX_ANSWER / 1024),
            (false, 0) => {}
            (false, more) => summary += &format!(" … ({} characters more)", grouped(more)),
        }
        if !self.is_complete {
            summary += " (answer cut off)";
        }
        summary
    }
}
