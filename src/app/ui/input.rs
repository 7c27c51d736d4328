//! A line of text being typed.

use unicode_segmentation::UnicodeSegmentation;

/// Most bytes typed into one field; the journal's own limit is higher.
const MAX: usize = 4000;

/// A line of text with a cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    before: String,
    after: String,
    /// Characters of the last text that did not fit, until the text is changed.
    left_out: usize,
}

/// What a key does to a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Types text; a paste is text too.
    Insert(String),
    /// Deletes to the left.
    Backspace,
    /// Deletes to the right.
    Delete,
    /// Deletes the word to the left.
    DeleteWord,
    /// Deletes everything to the left.
    DeleteLine,
    /// Moves left.
    Left,
    /// Moves right.
    Right,
    /// Moves to the beginning.
    Home,
    /// Moves to the end.
    End,
}

impl Input {
    /// A line with text in it, the cursor at its end.
    pub fn new(text: &str) -> Self {
        Self {
            before: text.to_string(),
            after: String::new(),
            left_out: 0,
        }
    }

    /// The whole text.
    pub fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    /// How many characters of what was typed or pasted are not in it.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The parts before and after the cursor.
    pub fn parts(&self) -> (&str, &str) {
        (&self.before, &self.after)
    }

    /// Applies an edit. Returns how many characters of a text did not fit.
    pub fn edit(&mut self, edit: &Edit) -> usize {
        let moves = matches!(edit, Edit::Left | Edit::Right | Edit::Home | Edit::End);
        if !moves {
            self.left_out = 0;
        }
        match edit {
            Edit::Insert(text) => {
                // A bracketed paste ends its lines with carriage returns.
                let text = text.replace("\r\n", "\n").replace('\r', "\n");
                let clean = crate::text::sanitize::line(&text);
                let room = MAX.saturating_sub(self.before.len() + self.after.len());
                let fits = |(at, character): &(usize, &str)| at + character.len() <= room;
                let taken = clean.grapheme_indices(true).take_while(fits);
                let end = taken
                    .last()
                    .map_or(0, |(at, character)| at + character.len());
                self.before.push_str(&clean[..end]);
                self.left_out = clean[end..].graphemes(true).count();
                return self.left_out;
            }
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
        0
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

    fn typed(edits: &[Edit]) -> (String, String) {
        let mut input = Input::default();
        for edit in edits {
            input.edit(edit);
        }
        let (before, after) = input.parts();
        (before.to_string(), after.to_string())
    }

    fn insert(text: &str) -> Edit {
        Edit::Insert(text.into())
    }

    #[test]
    fn editing_moves_by_what_people_see_as_a_character() {
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        assert_eq!(
            typed(&[insert("e\u{301}x"), Edit::Left, Edit::Backspace]),
            pair("", "x")
        );
        assert_eq!(
            typed(&[insert("two words"), Edit::DeleteWord]),
            pair("two ", "")
        );
        assert_eq!(
            typed(&[insert("ab"), Edit::Home, Edit::Delete, Edit::End]),
            pair("b", "")
        );
        assert_eq!(
            typed(&[Edit::Backspace, Edit::Left, Edit::Right, Edit::Delete]),
            pair("", "")
        );
    }

    #[test]
    fn of_a_paste_that_is_too_long_what_fits_is_taken_and_the_rest_is_told() {
        let mut input = Input::new("ab");
        assert_eq!(input.edit(&insert(&"é".repeat(3000))), 1001);
        assert_eq!(input.text(), format!("ab{}", "é".repeat(1999)));
        assert_eq!(input.edit(&insert("x")), 1);
    }

    #[test]
    fn the_lines_of_a_paste_are_told_apart_by_spaces() {
        for pasted in ["one\rtwo", "one\r\ntwo", "one\ntwo"] {
            let mut input = Input::default();
            input.edit(&Edit::Insert(pasted.into()));
            assert_eq!(input.text(), "one two");
        }
    }

    #[test]
    fn a_paste_is_text_and_nothing_else() {
        assert_eq!(typed(&[insert("a\nb\u{1b}[31m")]).0, "a b\u{FFFD}[31m");
    }
}
