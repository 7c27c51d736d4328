//! Dialogs over a screen: form, list, confirmation, reader, palette. Each is a value with its state, its keys and what it
//! leads to. The model is a type parameter: nothing here depends on it.

mod confirmation;
mod form;
mod input;
mod list;
mod outcome;
mod palette;
mod reader;

pub use confirmation::Confirmation;
pub use form::{About, FieldKind, Filled, Form, ReadTime};
pub use input::Input;
pub use list::List;
pub use outcome::{Hint, Outcome, Reaction};
pub use palette::{Palette, palette_rows};
pub use reader::{Content, Reader};

use crate::keymap::{Action, Context, KeyMap};
use chrono::{DateTime, Utc};

#[derive(Debug, Clone)]
pub enum Dialog<M> {
    Form(Form<M>),
    List(List<M>),
    Confirmation(Confirmation<M>),
    Reader(Reader),
    Palette(Palette),
}

impl<M: 'static> Dialog<M> {
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Form(_) => &[Context::Form, Context::Text],
            Self::List(_) => &[Context::List],
            Self::Confirmation(_) => &[Context::Confirmation],
            Self::Reader(_) => &[Context::Reader],
            Self::Palette(_) => &[Context::Palette, Context::Text],
        }
    }

    pub fn act(&mut self, action: Action, now: DateTime<Utc>, keys: &KeyMap) -> Reaction<M> {
        match self {
            Self::Form(form) => form.act(action, now),
            Self::List(list) => list.act(action),
            Self::Confirmation(confirmation) => confirmation.act(action),
            Self::Reader(reader) => reader.act(action),
            Self::Palette(palette) => palette.act(action, keys),
        }
    }

    pub fn insert(&mut self, text: &str) {
        match self {
            Self::Form(form) => form.insert(text),
            Self::Palette(palette) => palette.insert(text),
            Self::List(_) | Self::Confirmation(_) | Self::Reader(_) => {}
        }
    }

    pub fn hints(&self) -> Vec<Hint> {
        match self {
            Self::Form(form) => form.hints(),
            Self::List(_) => vec![
                (Action::Enter, "choose"),
                (Action::Choose(0), "choose at once"),
                (Action::Back, "close"),
            ],
            Self::Confirmation(_) => vec![
                (Action::Yes, "yes"),
                (Action::No, "no"),
                (Action::Enter, "what is marked"),
                (Action::Back, "no"),
            ],
            Self::Reader(_) => vec![(Action::Back, "close"), (Action::Down, "further")],
            Self::Palette(_) => vec![
                (Action::Enter, "run"),
                (Action::Back, "close"),
                (Action::Down, "next"),
            ],
        }
    }

    /// Keeps the scroll position within what was drawn.
    pub fn keep_within(&mut self, furthest: usize) {
        match self {
            Self::Reader(Reader { scroll, .. }) => *scroll = (*scroll).min(furthest),
            Self::Confirmation(open) => open.scroll = open.scroll.min(furthest),
            Self::Form(_) | Self::List(_) | Self::Palette(_) => {}
        }
    }
}

impl<M> From<Form<M>> for Dialog<M> {
    fn from(form: Form<M>) -> Self {
        Self::Form(form)
    }
}

impl<M> From<List<M>> for Dialog<M> {
    fn from(list: List<M>) -> Self {
        Self::List(list)
    }
}

impl<M> From<Confirmation<M>> for Dialog<M> {
    fn from(confirmation: Confirmation<M>) -> Self {
        Self::Confirmation(confirmation)
    }
}

impl<M> From<Content> for Dialog<M> {
    fn from(content: Content) -> Self {
        Self::Reader(Reader { content, scroll: 0 })
    }
}

impl<M> From<Palette> for Dialog<M> {
    fn from(palette: Palette) -> Self {
        Self::Palette(palette)
    }
}
