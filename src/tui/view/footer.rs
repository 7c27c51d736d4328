//! The rows at the bottom: what is not recorded, what was just said, and the keys that make sense now.

use super::Canvas;
use super::words::{both_ends, fit, styled};
use crate::app::action::entry;
use crate::app::{Action, guide};
use ratatui::text::{Line, Span};

/// How many rows the footer takes.
pub(super) fn height(canvas: &Canvas<'_>) -> u16 {
    2 + u16::from(message(canvas).is_some())
}

pub(super) fn rows(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    lines.extend(message(canvas));
    lines.push(canvas.rule());
    lines.push(hints(canvas));
    lines
}

/// The gravest thing to say: not recorded, then a data directory that fails, then the last notice, then, in an
/// exercise, advice.
fn message(canvas: &Canvas<'_>) -> Option<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let line = |text: String, style| {
        Some(Line::from(styled(
            fit(&format!(" {text}"), canvas.width),
            style,
        )))
    };
    if let Some(board) = model.board() {
        let waiting = board
            .pending
            .iter()
            .map(|p| (model.now - p.since).num_milliseconds())
            .max()
            .unwrap_or(0);
        if let Some((what, hint)) = board.problem.as_ref().filter(|_| !board.pending.is_empty()) {
            return line(
                format!("NOT RECORDED ({}): {what}; {hint}", board.pending.len()),
                theme.fire(),
            );
        }
        if waiting > 1000 {
            return line(
                format!(
                    "NOT RECORDED yet ({}): the disk is slow",
                    board.pending.len()
                ),
                theme.warn(),
            );
        }
    }
    let damage = model.board().and_then(|board| board.damage.as_ref());
    if let Some((what, hint)) = damage {
        return line(format!("DAMAGED: {what}; {hint}"), theme.fire());
    }
    if let Some((what, hint)) = &model.store_error {
        return line(format!("CANNOT RECORD: {what}; {hint}"), theme.fire());
    }
    if let Some(notice) = &model.ui.notice {
        return line(
            notice.text.clone(),
            if notice.bad {
                theme.warn()
            } else {
                theme.good()
            },
        );
    }
    if model.ui.filtering || model.ui.filter.is_some() {
        let text = model
            .ui
            .filter
            .as_ref()
            .map_or(String::new(), crate::app::ui::Input::text);
        let cursor = if model.ui.filtering { "_" } else { "" };
        return line(format!("/ {text}{cursor}"), theme.accent());
    }
    model.setup.drill.as_ref()?;
    // Whoever is answering needs no advice to begin.
    if crate::app::update::open_question(model).is_some() {
        return None;
    }
    let (action, words) = guide::next(model)?;
    let row = entry(action)?;
    let key = row.keys.first()?;
    line(
        format!(
            "{} next: press {key}: {words} ({})",
            theme.glyphs.arrow, row.doc
        ),
        theme.accent(),
    )
}

fn hints(canvas: &Canvas<'_>) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut left: Vec<Span<'static>> = vec![Span::raw(" ")];
    let mut add = |key: &str, words: &str, first: bool| {
        left.push(styled(key.to_string(), theme.accent()));
        let style = if first {
            theme.strong()
        } else {
            ratatui::style::Style::new()
        };
        left.push(styled(format!(" {words}  "), style));
    };
    if let Some(hints) = overlay_hints(canvas) {
        hints.iter().for_each(|(key, words)| add(key, words, false));
    } else if crate::app::update::open_question(model).is_some() {
        for (key, words) in [
            ("enter", "answer"),
            ("b", "back"),
            ("w", "why this question"),
            ("esc", "leave, nothing recorded"),
        ] {
            add(key, words, false);
        }
    } else {
        for (at, (action, words)) in guide::hints(model).into_iter().enumerate() {
            if let Some(key) = entry(action).and_then(|row| row.keys.first()) {
                add(key, words, at == 0);
            }
        }
        for (action, words) in [(Action::Palette, "all"), (Action::Help, "help")] {
            if let Some(key) = entry(action).and_then(|row| row.keys.first()) {
                add(key, words, false);
            }
        }
    }
    both_ends(left, vec![recorded(canvas), Span::raw(" ")], canvas.width)
}

/// The number of the last durable entry, or that something is on its way.
fn recorded(canvas: &Canvas<'_>) -> Span<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    if model.setup.read_only {
        return styled("read-only", theme.warn());
    }
    let Some(board) = model.board() else {
        return Span::raw("");
    };
    let oldest = board
        .pending
        .iter()
        .map(|p| (model.now - p.since).num_milliseconds())
        .max()
        .unwrap_or(0);
    if board.problem.is_some() && !board.pending.is_empty() {
        return styled("NOT RECORDED", theme.fire());
    }
    if oldest > 100 {
        return styled("recording", theme.warn());
    }
    styled(
        format!("#{} {}", board.incident.count, theme.glyphs.saved),
        theme.good(),
    )
}

fn overlay_hints(canvas: &Canvas<'_>) -> Option<&'static [(&'static str, &'static str)]> {
    use crate::app::ui::Overlay;
    Some(match canvas.model.ui.overlays.last()? {
        Overlay::Help { .. } => &[("esc", "close"), ("down", "further")],
        Overlay::Palette { .. } => &[("enter", "do it"), ("esc", "leave"), ("down", "next")],
        Overlay::Prompt(prompt) => {
            match (prompt.fields.len() > 1, prompt.purpose.may_be_earlier()) {
                (true, true) => &[
                    ("enter", "next field, then record"),
                    ("ctrl-t", "it was earlier"),
                    ("esc", "leave, nothing recorded"),
                ],
                (true, false) => &[
                    ("enter", "next field, then record"),
                    ("tab", "field"),
                    ("esc", "leave, nothing recorded"),
                ],
                (false, true) => &[
                    ("enter", "record"),
                    ("ctrl-t", "it was earlier"),
                    ("esc", "leave, nothing recorded"),
                ],
                (false, false) => &[("enter", "record"), ("esc", "leave, nothing recorded")],
            }
        }
        Overlay::Pick(_) => &[
            ("enter", "choose"),
            ("1-9", "choose at once"),
            ("esc", "leave"),
        ],
        Overlay::Confirm { .. } => &[
            ("y", "yes"),
            ("n", "no"),
            ("enter", "what is marked"),
            ("esc", "no"),
        ],
    })
}
