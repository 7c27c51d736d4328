//! A list to choose from; each row has its action.

use super::outcome::{Outcome, Reaction, Then};
use crate::keymap::Action;
use std::sync::Arc;

type Chosen<M> = Then<dyn Fn(&mut M) -> Outcome + Send + Sync>;

#[derive(Debug, Clone)]
pub struct List<M> {
    pub title: String,
    rows: Vec<(String, Chosen<M>)>,
    pub cursor: usize,
}

impl<M> List<M> {
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            rows: Vec::new(),
            cursor: 0,
        }
    }

    pub fn row(
        mut self,
        text: impl Into<String>,
        chosen: impl Fn(&mut M) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        self.rows.push((text.into(), Then(Arc::new(chosen))));
        self
    }

    pub fn at(mut self, cursor: usize) -> Self {
        self.cursor = cursor;
        self
    }

    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|(text, _)| text.as_str())
    }

    pub(super) fn act(&mut self, action: Action) -> Reaction<M> {
        let last = self.rows.len().saturating_sub(1);
        match action {
            Action::Up => self.cursor = self.cursor.saturating_sub(1),
            Action::Down => self.cursor = (self.cursor + 1).min(last),
            Action::Choose(row) if row < self.rows.len() => {
                self.cursor = row;
                return self.chosen();
            }
            Action::Enter => return self.chosen(),
            Action::Back => return Reaction::Close,
            _ => {}
        }
        Reaction::Stay
    }

    fn chosen(&self) -> Reaction<M> {
        let row = self.rows.get(self.cursor);
        row.map_or(Reaction::Close, |(_, chosen)| {
            Reaction::Run(Arc::clone(&chosen.0))
        })
    }
}
