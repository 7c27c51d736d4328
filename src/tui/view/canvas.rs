//! What every part of the screen draws from.

use super::words::styled;
use crate::app::Model;
use crate::app::ui::Drawn;
use crate::keymap::Action;
use crate::tui::theme::Theme;
use ratatui::text::{Line, Span};
use std::cell::Cell;

/// What every part of the screen draws from.
pub(in crate::tui) struct Canvas<'m> {
    pub(super) model: &'m Model,
    pub(super) theme: &'m Theme,
    pub(super) width: usize,
    pub(super) height: usize,
    /// How far it can be scrolled.
    pub(super) drawn: Cell<Drawn>,
}

impl Canvas<'_> {
    /// The screen has so many lines more than the page that it shows.
    pub(super) fn screen_goes(&self, further: usize, page: usize) {
        let drawn = self.drawn.get();
        self.drawn.set(Drawn {
            screen: further,
            page,
            ..drawn
        });
    }

    /// What lies over it has so many lines more than it shows.
    pub(super) fn over_goes(&self, further: usize) {
        let drawn = self.drawn.get();
        self.drawn.set(Drawn {
            over: further,
            ..drawn
        });
    }

    /// A rule across the screen.
    pub(super) fn rule(&self) -> Line<'static> {
        let text = self.theme.glyphs.rule.repeat(self.width.saturating_sub(2));
        Line::from(Span::styled(format!(" {text}"), self.theme.dim()))
    }
}

/// A window of the content; what does not fit is said.
pub(super) fn scrolled(
    canvas: &Canvas<'_>,
    lines: Vec<Line<'static>>,
    space: usize,
) -> Vec<Line<'static>> {
    if lines.len() <= space {
        return lines;
    }
    let space = space.saturating_sub(1);
    let furthest = lines.len() - space.min(lines.len());
    canvas.screen_goes(furthest, space);
    let from = canvas.model.ui.scroll.min(furthest);
    let left = lines.len() - (from + space).min(lines.len());
    let mut shown: Vec<Line<'static>> = lines.into_iter().skip(from).take(space).collect();
    let (down, up) = (Action::PageDown, Action::PageUp);
    let [down, up] = [down, up].map(|action| canvas.model.key(action));
    let text = match (from, left) {
        (0, left) => format!("     … {left} more lines: {down}"),
        (_, 0) => format!("     … end; {up} goes back"),
        (_, left) => format!("     … {left} more lines: {down}, {up}"),
    };
    shown.push(Line::from(styled(text, canvas.theme.warn())));
    shown
}
