//! Keys become messages. Focused input sees them first; a paste is text and never triggers an action.

use crate::app::action::for_key;
use crate::app::ui::{Edit, Overlay};
use crate::app::update::is_answering;
use crate::app::{Action, Model, Msg};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// The message of a terminal event, if it means anything here. On a screen too small to show what a key
/// would act on, only the way out works.
pub(super) fn message(model: &Model, event: &Event, whole: bool) -> Option<Msg> {
    match event {
        Event::Key(key) if !whole => (name(*key)? == "ctrl-c").then_some(Msg::Act(Action::Quit)),
        Event::Paste(_) if !whole => None,
        Event::Key(key) if key.kind != KeyEventKind::Release => pressed(model, *key),
        Event::Paste(text) if model.ui.is_typing() => Some(Msg::Edit(Edit::Insert(text.clone()))),
        _ => None,
    }
}

fn pressed(model: &Model, key: KeyEvent) -> Option<Msg> {
    let name = name(key)?;
    // The way out is always there.
    if name == "ctrl-c"
        && !model
            .ui
            .overlays
            .iter()
            .any(|o| matches!(o, Overlay::Confirm { .. }))
    {
        return Some(Msg::Act(Action::Quit))
            .filter(|_| model.ui.overlays.is_empty())
            .or(Some(Msg::Act(Action::Back)));
    }
    if model.ui.is_typing() {
        return typed(key, &name);
    }
    if !model.ui.overlays.is_empty() {
        return match moving(&name) {
            Some(action) => Some(Msg::Act(action)),
            None => single(&name).map(Msg::Key),
        };
    }
    match single(&name) {
        Some(c) => Some(Msg::Key(c)),
        None => {
            let answering = is_answering(model) && name == "enter";
            let action = if answering {
                Action::Enter
            } else {
                for_key(&name, model.ui.screen)?
            };
            Some(Msg::Act(action))
        }
    }
}

/// Keys while text is typed: they edit, move between fields, finish or leave.
fn typed(key: KeyEvent, name: &str) -> Option<Msg> {
    let edit = match name {
        "enter" => return Some(Msg::Act(Action::Enter)),
        "esc" => return Some(Msg::Act(Action::Back)),
        "up" | "backtab" => return Some(Msg::Act(Action::Up)),
        "down" | "tab" => return Some(Msg::Act(Action::Down)),
        "ctrl-t" => return Some(Msg::Act(Action::Earlier)),
        "backspace" | "ctrl-h" => Edit::Backspace,
        "delete" => Edit::Delete,
        "ctrl-w" => Edit::DeleteWord,
        "ctrl-u" => Edit::DeleteLine,
        "left" => Edit::Left,
        "right" => Edit::Right,
        "home" | "ctrl-a" => Edit::Home,
        "end" | "ctrl-e" => Edit::End,
        "space" => Edit::Insert(" ".into()),
        _ => match key.code {
            KeyCode::Char(c)
                if !key
                    .modifiers
                    .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
            {
                Edit::Insert(c.to_string())
            }
            _ => return None,
        },
    };
    Some(Msg::Edit(edit))
}

fn moving(name: &str) -> Option<Action> {
    Some(match name {
        "enter" | "space" => Action::Enter,
        "esc" => Action::Back,
        "up" => Action::Up,
        "down" | "tab" => Action::Down,
        "pageup" => Action::PageUp,
        "pagedown" => Action::PageDown,
        _ => return None,
    })
}

fn single(name: &str) -> Option<char> {
    let mut chars = name.chars();
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// The name of a key as the table of actions writes it.
fn name(key: KeyEvent) -> Option<String> {
    let base = match key.code {
        KeyCode::Char(' ') => "space".to_string(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::Enter => "enter".into(),
        KeyCode::Esc => "esc".into(),
        KeyCode::Backspace => "backspace".into(),
        KeyCode::Delete => "delete".into(),
        KeyCode::Tab => "tab".into(),
        KeyCode::BackTab => "backtab".into(),
        KeyCode::Up => "up".into(),
        KeyCode::Down => "down".into(),
        KeyCode::Left => "left".into(),
        KeyCode::Right => "right".into(),
        KeyCode::Home => "home".into(),
        KeyCode::End => "end".into(),
        KeyCode::PageUp => "pageup".into(),
        KeyCode::PageDown => "pagedown".into(),
        _ => return None,
    };
    let modifiers = key.modifiers;
    if modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    Some(if modifiers.contains(KeyModifiers::CONTROL) {
        format!("ctrl-{}", base.to_lowercase())
    } else {
        base
    })
}
