//! What changed: the likeliest cause first.

use super::super::canvas::Canvas;
use super::super::words::{clock, fit, pad, right, short_day, styled};
use crate::signals::change::Change;
use chrono::TimeDelta;
use ratatui::text::{Line, Span};

/// The changes in at most so many rows; nothing where no source of changes is configured.
pub(super) fn rows(canvas: &Canvas<'_>, space: usize) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    if model.live.changes.is_empty() {
        return Vec::new();
    }
    let changes = model.changes();
    let mut lines: Vec<Line<'static>> = Vec::new();
    for (source, (set, error)) in &model.live.changes {
        let text = match (error, set.words()) {
            (Some(error), _) => format!("{source}: not known: {}", error.what),
            (None, Some(what)) => format!("{source}: {what}"),
            (None, None) => continue,
        };
        lines.push(canvas.line(&format!("   changes  {text}"), theme.warn()));
    }
    if changes.is_empty() && lines.is_empty() {
        let text = "   what changed     nothing in the last 24 h that its sources know of";
        return vec![Line::from(styled(text.to_string(), theme.dim()))];
    }
    if lines.len() > 1 {
        let more = format!(
            "   changes  {} more of their sources are not well",
            lines.len() - 1
        );
        lines.truncate(1);
        lines.push(canvas.line(&more, theme.warn()));
    }
    let space = space.saturating_sub(lines.len());
    let shown = changes.len().min(space);
    for (index, change) in changes[..shown].iter().enumerate() {
        lines.push(row(canvas, change, index == 0));
    }
    lines
}

fn row(canvas: &Canvas<'_>, change: &Change, first: bool) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let title = if first { "what changed" } else { "" };
    let old = model.now - change.at > TimeDelta::hours(18);
    let time = match old {
        true => short_day(change.at, model.now, model.ui.utc, true),
        false => clock(change.at, model.ui.utc),
    };
    let outcome = match change.outcome.is_empty() {
        true => String::new(),
        false => format!(", {}", change.outcome),
    };
    let space = canvas.width.saturating_sub(3 + 13 + 12 + 8 + 14);
    let planned = if change.is_planned(model.now) {
        "planned: "
    } else {
        ""
    };
    let what = format!("{planned}{}{outcome}", change.what);
    Line::from(vec![
        styled(format!("   {}", pad(title, 13)), theme.dim()),
        Span::raw(right(&time, 11)),
        styled(format!(" {}", pad(change.kind.word(), 7)), theme.dim()),
        styled(pad(&what, space), theme.strong()),
        styled(format!(" {}", fit(change.who.as_str(), 12)), theme.dim()),
    ])
}
