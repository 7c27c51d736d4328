//! Terminal events become keys. A paste is text and never a key.

use crate::app::{Model, Msg};
use crate::keymap::{Action, Context, Key};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// The message of a terminal event, if there is one. On a screen too small to show what a key
/// would act on, only leaving the program works, by a key that types nothing.
pub(super) fn message(model: &Model, event: &Event, whole: bool) -> Option<Msg> {
    match event {
        Event::Key(pressed) if pressed.kind == KeyEventKind::Release => None,
        Event::Key(pressed) => {
            let key = key(*pressed)?;
            let quits = || {
                let action = model.setup.keys.action(&[Context::Anywhere], key);
                key.text().is_none() && action == Some(Action::Quit)
            };
            match whole {
                true => Some(Msg::Key(key)),
                false => quits().then_some(Msg::Act(Action::Quit)),
            }
        }
        Event::Paste(text) if whole => Some(Msg::Insert(text.clone())),
        _ => None,
    }
}

fn key(pressed: KeyEvent) -> Option<Key> {
    if pressed.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    let is_ctrl = pressed.modifiers.contains(KeyModifiers::CONTROL);
    let key = match pressed.code {
        KeyCode::Char(letter) if is_ctrl => return Key::ctrl(letter),
        KeyCode::Char(' ') => Key::Space,
        KeyCode::Char(character) => Key::Char(character),
        KeyCode::F(number @ 1..=12) => Key::Function(number),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Insert => Key::Insert,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::Backtab,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        _ => return None,
    };
    (!is_ctrl).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keymap::KeyMap;

    /// What a terminal sends for a key that the table names comes back as that key.
    #[test]
    fn every_key_of_the_table_can_be_pressed() {
        for bound in KeyMap::default().bindings() {
            for wanted in &bound.keys {
                let (code, modifiers) = match *wanted {
                    Key::Ctrl(letter) => (KeyCode::Char(letter), KeyModifiers::CONTROL),
                    Key::Char(character) => (KeyCode::Char(character), KeyModifiers::NONE),
                    Key::Space => (KeyCode::Char(' '), KeyModifiers::NONE),
                    Key::Enter => (KeyCode::Enter, KeyModifiers::NONE),
                    Key::Esc => (KeyCode::Esc, KeyModifiers::NONE),
                    Key::Tab => (KeyCode::Tab, KeyModifiers::NONE),
                    Key::Backtab => (KeyCode::BackTab, KeyModifiers::SHIFT),
                    Key::Backspace => (KeyCode::Backspace, KeyModifiers::NONE),
                    Key::Delete => (KeyCode::Delete, KeyModifiers::NONE),
                    Key::Up => (KeyCode::Up, KeyModifiers::NONE),
                    Key::Down => (KeyCode::Down, KeyModifiers::NONE),
                    Key::Left => (KeyCode::Left, KeyModifiers::NONE),
                    Key::Right => (KeyCode::Right, KeyModifiers::NONE),
                    Key::Home => (KeyCode::Home, KeyModifiers::NONE),
                    Key::End => (KeyCode::End, KeyModifiers::NONE),
                    Key::PageUp => (KeyCode::PageUp, KeyModifiers::NONE),
                    Key::PageDown => (KeyCode::PageDown, KeyModifiers::NONE),
                    Key::Function(_) | Key::Insert => continue,
                };
                assert_eq!(key(KeyEvent::new(code, modifiers)), Some(*wanted));
            }
        }
        let alt = KeyEvent::new(KeyCode::Char('n'), KeyModifiers::ALT);
        assert_eq!(key(alt), None);
    }
}
