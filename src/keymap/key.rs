//! A key as a terminal sends it, and its name.

use std::fmt;
use std::str::FromStr;

/// A key that a terminal can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A character; never a space or a control character.
    Char(char),
    /// A letter with ctrl.
    Ctrl(char),
    Function(u8),
    Space,
    Enter,
    Esc,
    Tab,
    Backtab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

const NAMED: [(Key, &str); 16] = [
    (Key::Space, "space"),
    (Key::Enter, "enter"),
    (Key::Esc, "esc"),
    (Key::Tab, "tab"),
    (Key::Backtab, "backtab"),
    (Key::Backspace, "backspace"),
    (Key::Delete, "delete"),
    (Key::Insert, "insert"),
    (Key::Up, "up"),
    (Key::Down, "down"),
    (Key::Left, "left"),
    (Key::Right, "right"),
    (Key::Home, "home"),
    (Key::End, "end"),
    (Key::PageUp, "pageup"),
    (Key::PageDown, "pagedown"),
];

/// Why a name is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    #[error("\"{0}\" is not a key")]
    Unknown(String),
    #[error("a terminal cannot send \"{0}\"")]
    NotSent(String),
    /// ctrl with a letter that stands for another key.
    #[error("a terminal sends \"{0}\" as {1}")]
    SameAs(String, Key),
}

impl Key {
    /// With ctrl, as a terminal sends it: in capitals or not.
    pub fn ctrl(letter: char) -> Option<Self> {
        let letter = letter.to_ascii_lowercase();
        letter.is_ascii_lowercase().then_some(Self::Ctrl(letter))
    }

    /// What it types where text is typed.
    pub fn text(self) -> Option<char> {
        match self {
            Self::Char(character) => Some(character),
            Self::Space => Some(' '),
            _ => None,
        }
    }
}

impl FromStr for Key {
    type Err = KeyProblem;

    fn from_str(name: &str) -> Result<Self, KeyProblem> {
        let mut characters = name.chars();
        match (characters.next(), characters.next()) {
            (Some(' '), None) => return Ok(Self::Space),
            (Some(one), None) if !one.is_control() => return Ok(Self::Char(one)),
            _ => {}
        }
        let lower = name.to_lowercase();
        if let Some((key, _)) = NAMED.iter().find(|(_, known)| *known == lower) {
            return Ok(*key);
        }
        let number = lower.strip_prefix('f').and_then(|it| it.parse().ok());
        if let Some(number) = number.filter(|number| (1..=12).contains(number)) {
            return Ok(Self::Function(number));
        }
        let Some(rest) = lower.strip_prefix("ctrl-") else {
            let modified = ["alt-", "shift-", "super-", "meta-", "cmd-"];
            return Err(match modified.iter().any(|part| lower.starts_with(part)) {
                true => KeyProblem::NotSent(name.into()),
                false => KeyProblem::Unknown(name.into()),
            });
        };
        let mut letters = rest.chars();
        match (letters.next(), letters.next()) {
            (Some('i'), None) => Err(KeyProblem::SameAs(name.into(), Self::Tab)),
            (Some('m'), None) => Err(KeyProblem::SameAs(name.into(), Self::Enter)),
            (Some('['), None) => Err(KeyProblem::SameAs(name.into(), Self::Esc)),
            (Some(letter), None) => {
                Self::ctrl(letter).ok_or_else(|| KeyProblem::NotSent(name.into()))
            }
            _ => Err(KeyProblem::NotSent(name.into())),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Char(character) => write!(f, "{character}"),
            Self::Ctrl(letter) => write!(f, "ctrl-{letter}"),
            Self::Function(number) => write!(f, "f{number}"),
            named => {
                let found = NAMED.iter().find(|(key, _)| key == named);
                f.write_str(found.map_or("", |(_, name)| name))
            }
        }
    }
}
