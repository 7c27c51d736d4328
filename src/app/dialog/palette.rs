//! All actions of the screens, found by typing.

use super::input::Input;
use super::outcome::Reaction;
use crate::keymap::{Action, Binding, Context, KeyMap};

#[derive(Debug, Clone, Default)]
pub struct Palette {
    pub input: Input,
    pub cursor: usize,
}

impl Palette {
    pub(super) fn act<M>(&mut self, action: Action, keys: &KeyMap) -> Reaction<M> {
        let rows = palette_rows(keys, &self.input.text());
        match action {
            Action::Up => self.cursor = self.cursor.saturating_sub(1),
            Action::Down => self.cursor = (self.cursor + 1).min(rows.len().saturating_sub(1)),
            Action::Edit(edit) => {
                self.input.edit(edit);
                self.cursor = 0;
            }
            Action::Enter => {
                let row = rows.get(self.cursor);
                return row.map_or(Reaction::Close, |it| Reaction::Act(it.row.action));
            }
            Action::Back => return Reaction::Close,
            _ => {}
        }
        Reaction::Stay
    }

    pub(super) fn insert(&mut self, text: &str) {
        self.input.insert(text);
        self.cursor = 0;
    }
}

/// Every word must occur in the name or its explanation; names that begin with it come first.
pub fn palette_rows<'k>(keys: &'k KeyMap, typed: &str) -> Vec<&'k Binding> {
    let typed = typed.to_lowercase();
    let words: Vec<&str> = typed.split_whitespace().collect();
    let fits = |it: &&Binding| {
        let text = format!("{} {}", it.row.label(), it.row.doc).to_lowercase();
        matches!(it.context, Context::Anywhere | Context::On(_))
            && words.iter().all(|word| text.contains(word))
    };
    let mut rows: Vec<&Binding> = keys.bindings().iter().filter(fits).collect();
    let begins = |it: &&Binding| {
        words
            .first()
            .is_some_and(|word| it.row.name.starts_with(word))
    };
    rows.sort_by_key(|it| !begins(it));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palette_finds_by_any_word_and_puts_names_first() {
        let keys = KeyMap::default();
        let found = |typed: &str| -> Vec<&str> {
            let rows = palette_rows(&keys, typed).into_iter();
            rows.map(|it| it.row.name).collect()
        };
        assert_eq!(found("ack")[0], "acknowledge");
        assert_eq!(found("postmortem")[0], "write-documents");
        assert_eq!(found("set status")[0], "set-status");
        assert!(found("regul").is_empty());
        assert!(found("").len() > 40 && !found("").contains(&"delete-word"));
    }
}
