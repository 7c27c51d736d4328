//! Scrollable content.

use super::outcome::Reaction;
use crate::keymap::Action;

const PAGE: usize = 10;

#[derive(Debug, Clone)]
pub struct Reader {
    pub content: Content,
    pub scroll: usize,
}

/// Drawn as it is now, not as it was when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Keys,
    /// The entry's number.
    Entry(u64),
}

impl Reader {
    pub(super) fn act<M>(&mut self, action: Action) -> Reaction<M> {
        match action {
            Action::Down => self.scroll += 1,
            Action::PageDown => self.scroll += PAGE,
            Action::Up => self.scroll = self.scroll.saturating_sub(1),
            Action::PageUp => self.scroll = self.scroll.saturating_sub(PAGE),
            _ => return Reaction::Close,
        }
        Reaction::Stay
    }
}
