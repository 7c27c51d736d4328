//! Colours and glyphs. Sixteen colours at most, so that every terminal shows the same; none with `NO_COLOR`;
//! plain letters where the locale has no UTF-8. Colour never carries meaning alone.

use ratatui::style::{Color, Modifier, Style};

#[derive(Debug, Clone)]
pub struct Theme {
    colour: bool,
    pub glyphs: Glyphs,
}

#[derive(Debug, Clone, Copy)]
pub struct Glyphs {
    pub rule: &'static str,
    pub cursor: &'static str,
    pub saved: &'static str,
    pub done: &'static str,
    /// Not done, gone wrong.
    pub bad: &'static str,
    /// Nothing there.
    pub none: &'static str,
    /// Levels of a trace, the lowest first.
    pub levels: [&'static str; 8],
    /// No data in a trace.
    pub gap: &'static str,
    pub arrow: &'static str,
    /// The first braille pattern, without any dot; none where dots are drawn as plain letters.
    braille: Option<char>,
    pub more: &'static str,
    /// Before an estimate.
    pub about: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    rule: "─",
    cursor: "▸",
    saved: "✓",
    done: "✓",
    bad: "✗",
    none: "—",
    levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    gap: "·",
    arrow: "→",
    braille: Some('\u{2800}'),
    more: "…",
    about: "≈",
};

const ASCII: Glyphs = Glyphs {
    rule: "-",
    cursor: ">",
    saved: "ok",
    done: "+",
    bad: "!",
    none: "-",
    levels: ["1", "2", "3", "4", "5", "6", "7", "8"],
    gap: " ",
    arrow: "->",
    braille: None,
    more: "...",
    about: "~",
};

impl Glyphs {
    /// A cell of dots: the bits of a braille pattern.
    pub fn dots(&self, bits: u8) -> char {
        match (self.braille, bits) {
            (_, 0) => ' ',
            (Some(first), bits) => char::from_u32(first as u32 + u32::from(bits)).unwrap_or('*'),
            (None, _) => '*',
        }
    }
}

impl Theme {
    /// As the environment asks for.
    pub fn from_environment() -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
        let utf8 = locale.is_none_or(|locale| {
            let locale = locale.to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        let dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
        Self::new(!set("NO_COLOR") && !dumb, utf8 && !set("WARROOM_ASCII"))
    }

    pub fn new(colour: bool, unicode: bool) -> Self {
        Self {
            colour,
            glyphs: if unicode { UNICODE } else { ASCII },
        }
    }

    fn style(&self, colour: Color, modifier: Modifier) -> Style {
        let style = Style::new().add_modifier(modifier);
        if self.colour { style.fg(colour) } else { style }
    }

    /// Needs action now.
    pub fn fire(&self) -> Style {
        self.style(Color::Red, Modifier::BOLD)
    }

    /// Needs attention.
    pub fn warn(&self) -> Style {
        self.style(Color::Yellow, Modifier::empty())
    }

    pub fn good(&self) -> Style {
        self.style(Color::Green, Modifier::empty())
    }

    /// Background.
    pub fn dim(&self) -> Style {
        match self.colour {
            true => Style::new().fg(Color::DarkGray),
            false => Style::new().add_modifier(Modifier::DIM),
        }
    }

    /// Keys and the cursor.
    pub fn accent(&self) -> Style {
        self.style(Color::Cyan, Modifier::BOLD)
    }

    pub fn strong(&self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    pub fn selected(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    pub fn selected_if(&self, is_selected: bool) -> Style {
        match is_selected {
            true => self.selected(),
            false => Style::new(),
        }
    }

    pub fn severity(&self, level: Option<u8>) -> Style {
        let style = match level {
            Some(1) => self.style(Color::Red, Modifier::BOLD),
            Some(2) => self.style(Color::Yellow, Modifier::BOLD),
            _ => self.style(Color::Reset, Modifier::BOLD),
        };
        style.add_modifier(Modifier::REVERSED)
    }

    /// The first row of an exercise.
    pub fn exercise(&self) -> Style {
        self.style(Color::Magenta, Modifier::BOLD | Modifier::REVERSED)
    }

    pub fn overdue(&self) -> Style {
        self.fire().add_modifier(Modifier::SLOW_BLINK)
    }
}
