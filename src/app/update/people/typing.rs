//! Typing: into the filter, the palette, or a prompt. While text is typed no key acts.

use crate::app::action::{ACTIONS, Entry};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::ui::{Edit, Overlay};

pub(crate) fn edit(model: &mut Model, edit: &Edit) -> Vec<Effect> {
    if let Some(overlay) = model.ui.overlays.last_mut() {
        match overlay {
            Overlay::Prompt(prompt) => {
                if let Some((_, input, _)) = prompt.fields.get_mut(prompt.focus) {
                    let before = input.text();
                    let left_out = input.edit(edit);
                    // Moving about changes nothing of what is wrong.
                    if left_out == 0 && input.text() == before {
                        return Vec::new();
                    }
                    prompt.fault = too_long(left_out);
                }
            }
            Overlay::Palette { input, cursor } => {
                input.edit(edit);
                *cursor = 0;
            }
            _ => {}
        }
    } else if model.ui.filtering {
        model.ui.filter.get_or_insert_default().edit(edit);
        model.ui.scroll = 0;
    }
    Vec::new()
}

/// What is said of characters that did not fit: it keeps the text from being recorded until that is changed.
pub(crate) fn too_long(left_out: usize) -> Option<String> {
    (left_out > 0).then(|| {
        format!(
            "too long: the last {left_out} characters are left out; shorten it and write them into another note, or a link to where they are"
        )
    })
}

/// The palette's rows for what is typed: every word must occur in the name or its explanation.
pub(crate) fn palette_rows(typed: &str) -> Vec<&'static Entry> {
    let words: Vec<String> = typed
        .to_lowercase()
        .split_whitespace()
        .map(str::to_string)
        .collect();
    let fits = |entry: &&Entry| {
        let text = format!("{} {}", entry.name, entry.doc).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let mut rows: Vec<&Entry> = ACTIONS.iter().filter(fits).collect();
    let begins = |entry: &&Entry| {
        words
            .first()
            .is_some_and(|word| entry.name.starts_with(word.as_str()))
    };
    rows.sort_by_key(|entry| !begins(entry));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palette_finds_by_any_word_and_puts_names_first() {
        assert_eq!(palette_rows("ack")[0].name, "acknowledge");
        assert_eq!(palette_rows("regul").len(), 0);
        assert_eq!(palette_rows("").len(), ACTIONS.len());
        assert_eq!(palette_rows("postmortem")[0].name, "write documents");
    }
}
