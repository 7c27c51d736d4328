//! What every part of the screen draws from.

use super::words::{fit, styled};
use crate::app::Model;
use crate::app::ui::Drawn;
use crate::keymap::Action;
use crate::tui::theme::Theme;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::cell::Cell;

pub(in crate::tui) struct Canvas<'m> {
    pub(super) model: &'m Model,
    pub(super) theme: &'m Theme,
    pub(super) width: usize,
    pub(super) height: usize,
    /// How far it can be scrolled.
    pub(super) drawn: Cell<Drawn>,
}

impl Canvas<'_> {
    /// A row in one style; what does not fit is cut.
    pub(super) fn line(&self, text: &str, style: Style) -> Line<'static> {
        Line::from(styled(fit(text, self.width), style))
    }

    /// The key of an action in what is open.
    pub(super) fn key(&self, action: Action) -> String {
        let hint = self.model.setup.keys.hint(&self.model.contexts(), action);
        hint.unwrap_or_default()
    }

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

/// One line a row.
pub(super) fn draw_rows(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'_>>) {
    for (at, line) in lines.into_iter().take(area.height as usize).enumerate() {
        let y = area.y + at as u16;
        frame.render_widget(
            line,
            Rect {
                y,
                height: 1,
                ..area
            },
        );
    }
}

/// A window of the content, with the number of lines that it leaves out.
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
