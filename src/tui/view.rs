//! The screen as a function of the model: three rows that never move, one question, and the keys that make
//! sense now.

mod canvas;
mod dialogs;
mod documents;
mod footer;
mod header;
mod now;
mod people;
mod playbook;
mod severity;
mod stated;
mod timeline;
mod words;
mod work;

use super::theme::Theme;
use crate::app::Model;
use crate::app::ui::Drawn;
use crate::keymap::Screen;
use canvas::{Canvas, draw_rows};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::cell::Cell;

/// Smallest terminal that shows the whole; below it the three first rows and one hint are shown.
const SMALLEST: (u16, u16) = (60, 16);

/// Whether a terminal of this size shows the whole. Where it does not, keys act on nothing unseen.
pub(super) fn is_whole(width: u16, height: u16) -> bool {
    width >= SMALLEST.0 && height >= SMALLEST.1
}

/// Draws the model, and says how far what was drawn can be scrolled.
pub fn draw(frame: &mut Frame<'_>, model: &Model, theme: &Theme) -> Drawn {
    let area = frame.area();
    let canvas = Canvas {
        model,
        theme,
        width: area.width as usize,
        height: area.height as usize,
        drawn: Cell::default(),
    };
    if !is_whole(area.width, area.height) {
        small(frame, &canvas, area);
        return canvas.drawn.get();
    }
    draw_rows(frame, area, header::rows(&canvas));
    let top = 5;
    let bottom = footer::height(&canvas);
    let body = Rect {
        x: 0,
        y: top,
        width: area.width,
        height: area.height.saturating_sub(top + bottom),
    };
    let lines = match model.ui.screen {
        Screen::Now => now::rows(&canvas, body.height as usize),
        Screen::Severity => severity::rows(&canvas, body.height as usize),
        Screen::Playbook => playbook::rows(&canvas, body.height as usize),
        Screen::People => people::rows(&canvas),
        Screen::Work => work::rows(&canvas, body.height as usize),
        Screen::Timeline => timeline::rows(&canvas, body.height as usize),
        Screen::Documents => documents::rows(&canvas),
    };
    draw_rows(frame, body, lines);
    let foot = Rect {
        y: area.height - bottom,
        height: bottom,
        ..area
    };
    draw_rows(frame, foot, footer::rows(&canvas));
    dialogs::draw(frame, &canvas, body);
    canvas.drawn.get()
}

/// A terminal too small for the whole still says how bad, since when, and what next.
fn small(frame: &mut Frame<'_>, canvas: &Canvas<'_>, area: Rect) {
    let mut lines = header::small(canvas);
    let text = format!("too small: {}x{}", SMALLEST.0, SMALLEST.1);
    lines.push(Line::from(Span::styled(text, canvas.theme.dim())));
    draw_rows(frame, area, lines);
}
