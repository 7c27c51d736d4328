//! The alerts: what fires, what is silenced, what went out of sight.

use super::super::Canvas;
use super::super::words::{age, fit, pad, right, styled};
use crate::app::model::rank;
use crate::incident::entry::field;
use crate::incident::observation::{Alert, AlertState};
use ratatui::text::{Line, Span};

pub(super) fn rows(canvas: &Canvas<'_>, room: usize) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let words = model.ui.filter_words();
    let shown: Vec<&Alert> = model
        .alerts()
        .into_iter()
        .filter(|alert| matches(alert, &words))
        .collect();
    let gone = vanished(canvas);
    let total = shown.len();
    let suppressed = shown
        .iter()
        .filter(|alert| alert.state == AlertState::Suppressed)
        .count();
    let known = !model.live.alerts.is_empty();
    let count = if known {
        format!("{} firing", total - suppressed)
    } else {
        "not known".to_string()
    };
    let mut title = format!("   alerts   {count}");
    if suppressed > 0 {
        title += &format!(", {suppressed} silenced or inhibited");
    }
    if !words.is_empty() {
        title += &format!("   filter: {}", words.join(" "));
    }
    let mut lines = vec![Line::from(styled(title, theme.dim()))];
    lines.extend(gone);
    if total == 0 && lines.len() == 1 {
        lines.push(Line::from(styled(empty(canvas), theme.dim())));
        return lines;
    }
    let skip = model.ui.scroll.min(total.saturating_sub(1));
    let space = room.saturating_sub(lines.len() + 1).max(1);
    lines.extend(
        shown
            .iter()
            .skip(skip)
            .take(space)
            .map(|alert| row(canvas, alert)),
    );
    let left = total.saturating_sub(skip + space);
    let dropped: usize = model.live.alerts.values().map(|set| set.dropped).sum();
    if left + dropped > 0 {
        let text = format!("   … {} more; / filters, pagedown goes on", left + dropped);
        lines.push(Line::from(styled(text, theme.dim())));
    }
    lines
}

fn empty(canvas: &Canvas<'_>) -> String {
    let model = canvas.model;
    let in_contact = model
        .live
        .alerts
        .keys()
        .any(|source| model.silence_of(source).is_none());
    if in_contact {
        "   none fires. A critical one opens an incident here by itself.".into()
    } else {
        "   not known: no source of alerts has answered".into()
    }
}

/// Alerts of the incident that are out of sight without evidence of recovery.
fn vanished(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let Some(board) = model.board() else {
        return Vec::new();
    };
    let gone = board
        .incident
        .alerts
        .values()
        .filter(|facts| facts.state == AlertState::Vanished);
    gone.map(|facts| {
        let name = board
            .entry_text(facts.first, field::NAME)
            .unwrap_or("alert");
        let text = format!(
            "   gone  {} out of sight for {}: not a recovery",
            pad(name, 28),
            age(model.now - facts.at)
        );
        Line::from(styled(fit(&text, canvas.width), theme.warn()))
    })
    .collect()
}

fn matches(alert: &Alert, words: &[String]) -> bool {
    words.is_empty() || {
        let labels: Vec<String> = alert
            .labels
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        let text = format!("{} {} {}", alert.name, alert.summary, labels.join(" ")).to_lowercase();
        words.iter().all(|word| text.contains(word))
    }
}

fn row(canvas: &Canvas<'_>, alert: &Alert) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let (word, style) = match (alert.state, rank(alert)) {
        (AlertState::Suppressed, _) => ("quiet", theme.dim()),
        (_, 0) => ("crit ", theme.fire()),
        (_, 1 | 2) => ("warn ", theme.warn()),
        _ => ("info ", theme.dim()),
    };
    let since = right(&age(model.now - alert.starts_at), 9);
    let said = match alert.suppressed_by.first() {
        Some(by) => by.to_string(),
        None => alert.summary.to_string(),
    };
    let room = canvas.width.saturating_sub(3 + 6 + 29 + 11);
    Line::from(vec![
        Span::raw("   "),
        styled(format!("{word} "), style),
        styled(pad(alert.name.as_str(), 28), theme.strong()),
        Span::raw(" "),
        Span::raw(pad(&said, room)),
        styled(since, theme.dim()),
    ])
}
