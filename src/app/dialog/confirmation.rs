//! Asks before an action that is hard to undo. No is the default.

use super::outcome::{Outcome, Reaction, Then};
use crate::keymap::Action;
use std::sync::Arc;

/// Rows by which a question that is longer than the screen is scrolled.
const PAGE: usize = 8;

type Answer<M> = Then<dyn Fn(&mut M) -> Outcome + Send + Sync>;

#[derive(Debug, Clone)]
pub struct Confirmation<M> {
    pub question: String,
    pub yes: bool,
    pub scroll: usize,
    /// Opened by a key that may be pressed twice: the second press does not answer it.
    pub guarded: bool,
    confirmed: Answer<M>,
    declined: Option<Answer<M>>,
}

impl<M> Confirmation<M> {
    pub fn new(
        question: impl Into<String>,
        confirmed: impl Fn(&mut M) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        Self {
            question: question.into(),
            yes: false,
            scroll: 0,
            guarded: false,
            confirmed: Then(Arc::new(confirmed)),
            declined: None,
        }
    }

    pub fn guarded(mut self) -> Self {
        self.guarded = true;
        self
    }

    /// What No does besides closing it.
    pub fn declined(
        mut self,
        declined: impl Fn(&mut M) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        self.declined = Some(Then(Arc::new(declined)));
        self
    }

    pub(super) fn act(&mut self, action: Action) -> Reaction<M> {
        match action {
            Action::Yes => return self.answer(true),
            Action::No | Action::Back => return self.answer(false),
            Action::Enter => return self.answer(self.yes),
            Action::Up | Action::Down => self.yes = !self.yes,
            Action::PageDown => self.scroll += PAGE,
            Action::PageUp => self.scroll = self.scroll.saturating_sub(PAGE),
            _ => {}
        }
        Reaction::Stay
    }

    fn answer(&self, yes: bool) -> Reaction<M> {
        let then = match yes {
            true => Some(&self.confirmed),
            false => self.declined.as_ref(),
        };
        then.map_or(Reaction::Close, |then| Reaction::Run(Arc::clone(&then.0)))
    }
}
