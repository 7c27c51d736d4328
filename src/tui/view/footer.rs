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
    if let Some(view) = model.view() {
        let waiting = view
            .pending
            .iter()
            .map(|p| (model.now - p.since).num_milliseconds())
            .max()
            .unwrap_or(0);
        if let Some((what, hint)) = view.problem.as_ref().filter(|_| !view.pending.is_empty()) {
            return line(
                format!("NOT RECORDED ({}): {what}; {hint}", view.pending.len()),
                theme.fire(),
            );
        }
        if waiting > 1000 {
            return line(
                format!(
                    "NOT RECORDED yet ({}): the disk is slow",
                    view.pending.len()
                ),
                theme.warn(),
            );
        }
    }
    let damage = model.view().and_then(|view| view.damage.as_ref());
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
    if crate::app::update::is_answering(model) {
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

/// A key and its words.
type Shown = (&'static str, &'static str);

fn hints(canvas: &Canvas<'_>) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let right = vec![recorded(canvas), Span::raw(" ")];
    let shown = |action: Action, words| Some((*entry(action)?.keys.first()?, words));
    let (now, always): (Vec<Shown>, Vec<Shown>) = if let Some(hints) = overlay_hints(canvas) {
        (hints.to_vec(), Vec::new())
    } else if crate::app::update::is_answering(model) {
        (ANSWERING.to_vec(), Vec::new())
    } else {
        let now = guide::hints(model).into_iter();
        let always = [(Action::Palette, "all"), (Action::Help, "help")].into_iter();
        (
            now.filter_map(|(action, words)| shown(action, words))
                .collect(),
            always
                .filter_map(|(action, words)| shown(action, words))
                .collect(),
        )
    };
    let wide = |(key, words): &Shown| key.chars().count() + words.chars().count() + 3;
    let taken: usize = right.iter().map(Span::width).sum();
    let mut room = canvas.width.saturating_sub(taken + 2);
    room = room.saturating_sub(always.iter().map(wide).sum());
    let mut left: Vec<Span<'static>> = vec![Span::raw(" ")];
    // The way to everything else stays in sight; what is less likely gives way.
    let mut fits = |hint: &Shown| {
        let fits = wide(hint) <= room;
        room = room.saturating_sub(wide(hint));
        fits
    };
    let leading = overlay_hints(canvas).is_none() && !always.is_empty();
    let now: Vec<Shown> = now.into_iter().take_while(|hint| fits(hint)).collect();
    for (at, (key, words)) in now.into_iter().chain(always).enumerate() {
        left.push(styled(key, theme.accent()));
        let style = if leading && at == 0 {
            theme.strong()
        } else {
            ratatui::style::Style::new()
        };
        left.push(styled(format!(" {words}  "), style));
    }
    both_ends(left, right, canvas.width)
}

/// While a question of the severity is open.
const ANSWERING: [Shown; 4] = [
    ("enter", "answer"),
    ("b", "back"),
    ("w", "why this question"),
    ("esc", "leave, nothing recorded"),
];

/// The number of the last durable entry, or that something is on its way.
fn recorded(canvas: &Canvas<'_>) -> Span<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    if model.setup.read_only {
        return styled("read-only", theme.warn());
    }
    let Some(view) = model.view() else {
        return Span::raw("");
    };
    let oldest = view
        .pending
        .iter()
        .map(|p| (model.now - p.since).num_milliseconds())
        .max()
        .unwrap_or(0);
    if view.problem.is_some() && !view.pending.is_empty() {
        return styled("NOT RECORDED", theme.fire());
    }
    if oldest > 100 {
        return styled("recording", theme.warn());
    }
    styled(
        format!("#{} {}", view.incident.count, theme.glyphs.saved),
        theme.good(),
    )
}

fn overlay_hints(canvas: &Canvas<'_>) -> Option<&'static [Shown]> {
    use crate::app::ui::{Overlay, Purpose};
    Some(match canvas.model.ui.overlays.last()? {
        Overlay::Help { .. } | Overlay::Entry { .. } => &[("esc", "close"), ("down", "further")],
        Overlay::Palette { .. } => &[("enter", "do it"), ("esc", "leave"), ("down", "next")],
        Overlay::Prompt(prompt) if matches!(prompt.purpose, Purpose::Update(_)) => &[
            ("enter", "record and send"),
            ("ctrl-t", "it was earlier"),
            ("esc", "leave"),
        ],
        Overlay::Prompt(prompt) => {
            match (prompt.fields.len() > 1, prompt.purpose.may_be_earlier()) {
                (true, true) => &[
                    ("enter", "next, then record"),
                    ("ctrl-t", "it was earlier"),
                    ("esc", "leave"),
                ],
                (true, false) => &[
                    ("enter", "next, then record"),
                    ("tab", "field"),
                    ("esc", "leave"),
                ],
                (false, true) => &[
                    ("enter", "record"),
                    ("ctrl-t", "it was earlier"),
                    ("esc", "leave"),
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
