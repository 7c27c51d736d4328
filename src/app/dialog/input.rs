//! A line of text being typed.

use crate::keymap::Edit;
use unicode_segmentation::UnicodeSegmentation;

/// Most bytes typed into one field; the journal's own limit is higher.
const MAX: usize = 4000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    before: String,
    after: String,
    /// Characters of the last text that did not fit, until the text is changed.
    left_out: usize,
}

impl Input {
    pub fn new(text: &str) -> Self {
        Self {
            before: text.to_string(),
            after: String::new(),
            left_out: 0,
        }
    }

    pub fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    /// How many characters of what was typed or pasted are not in it.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    pub fn parts(&self) -> (&str, &str) {
        (&self.before, &self.after)
    }

    /// Takes text in; a paste is text too. Returns how many characters did not fit.
    pub fn insert(&mut self, text: &str) -> usize {
        // A bracketed paste ends its lines with carriage returns.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let clean = crate::text::sanitize::line(&text);
        let space = MAX.saturating_sub(self.before.len() + self.after.len());
        let fits = |(at, character): &(usize, &str)| at + character.len() <= space;
        let taken = clean.grapheme_indices(true).take_while(fits);
        let end = taken
            .last()
            .map_or(0, |(at, character)| at + character.len());
        self.before.push_str(&clean[..end]);
        self.left_out = clean[end..].graphemes(true).count();
        self.left_out
    }

    pub fn edit(&mut self, edit: Edit) {
        let moves = matches!(edit, Edit::Left | Edit::Right | Edit::Home | Edit::End);
        if !moves {
            self.left_out = 0;
        }
        match edit {
            Edit::Backspace => drop(pop_last(&mut self.before)),
            Edit::Delete => drop(pop_first(&mut self.after)),
            Edit::DeleteWord => {
                let kept = self.before.trim_end().rfind(' ').map_or(0, |at| at + 1);
                self.before.truncate(kept);
            }
            Edit::DeleteLine => self.before.clear(),
            Edit::Left => {
                let moved = pop_last(&mut self.before);
                self.after.insert_str(0, &moved);
            }
            Edit::Right => {
                let moved = pop_first(&mut self.after);
                self.before.push_str(&moved);
            }
            Edit::Home => {
                self.after.insert_str(0, &self.before);
                self.before.clear();
            }
            Edit::End => {
                self.before.push_str(&self.after);
                self.after.clear();
            }
        }
    }
}

fn pop_last(text: &mut String) -> String {
    let at = text
        .grapheme_indices(true)
        .next_back()
        .map_or(0, |(at, _)| at);
    text.split_off(at)
}

fn pop_first(text: &mut String) -> String {
    let end = text.graphemes(true).next().map_or(0, str::len);
    let rest = text.split_off(end);
    std::mem::replace(text, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, edits: &[Edit]) -> Input {
        let mut input = Input::new(text);
        edits.iter().for_each(|edit| input.edit(*edit));
        input
    }

    #[test]
    fn editing_moves_by_what_people_see_as_a_character() {
        let rows: [(&str, &[Edit], (&str, &str)); 4] = [
            ("e\u{301}x", &[Edit::Left, Edit::Backspace], ("", "x")),
            ("two words", &[Edit::DeleteWord], ("two ", "")),
            ("ab", &[Edit::Home, Edit::Delete, Edit::End], ("b", "")),
            (
                "",
                &[Edit::Backspace, Edit::Left, Edit::Right, Edit::Delete],
                ("", ""),
            ),
        ];
        for (text, edits, left) in rows {
            assert_eq!(edited(text, edits).parts(), left, "{text} {edits:?}");
        }
    }

    #[test]
    fn of_a_paste_that_is_too_long_what_fits_is_taken_and_the_rest_is_told() {
        let mut input = Input::new("ab");
        assert_eq!(input.insert(&"é".repeat(3000)), 1001);
        assert_eq!(input.text(), format!("ab{}", "é".repeat(1999)));
        assert_eq!(input.insert("x"), 1);
    }

    #[test]
    fn the_lines_of_a_paste_are_told_apart_by_spaces() {
        for pasted in ["one\rtwo", "one\r\ntwo", "one\ntwo"] {
            let mut input = Input::default();
            input.insert(pasted);
            assert_eq!(input.text(), "one two");
        }
    }

    #[test]
    fn a_paste_is_text_and_nothing_else() {
        let mut input = Input::default();
        input.insert("a\nb\u{1b}[31m");
        assert_eq!(input.text(), "a b\u{FFFD}[31m");
    }
}
