//! The alerts: what fires, what is silenced, what is no longer reported.

use super::super::canvas::Canvas;
use super::super::words::{age, pad, right, styled};
use crate::alerts::{Alert, AlertState, Condition};
use crate::alerts::{AlertGroup, rank};
use crate::app::selectors::alert_list::{self, Row};
use crate::incident::entry::field;
use crate::keymap::Action;
use chrono::TimeDelta;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

pub(super) fn rows(canvas: &Canvas<'_>, space: usize) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let index = &model.live.index;
    let known = index.sources().next().is_some();
    let mut title = match known {
        true => format!("   alerts   {} firing", index.firing() - index.heartbeats()),
        false => "   alerts   not known".to_string(),
    };
    match index.heartbeats() {
        0 => {}
        1 => title += ", 1 heartbeat",
        beats => title += &format!(", {beats} heartbeats"),
    }
    if index.suppressed() > 0 {
        title += &format!(", {} silenced or inhibited", index.suppressed());
    }
    let unread: usize = index.gaps().map(|(_, gaps)| gaps.unread.count).sum();
    if unread > 0 {
        title += &format!(", {unread} unreadable");
    }
    let total = alert_list::count(model);
    let words = &model.live.found.words;
    if !words.is_empty() {
        title += &format!("   filter: {}   {total} found", words.join(" "));
    }
    let mut lines = vec![canvas.line(&title, theme.dim())];
    lines.extend(vanished(canvas));
    if total == 0 && lines.len() == 1 {
        let text = match words.is_empty() {
            true => empty(canvas),
            false => {
                let back = model.key(Action::Back);
                format!("   none has these words; {back} shows all again")
            }
        };
        lines.push(Line::from(styled(text, theme.dim())));
        return lines;
    }
    let space = space.saturating_sub(lines.len() + 1).max(1);
    let cursor = alert_list::cursor(model);
    // The row under the cursor keeps its place on the screen when alerts come and go elsewhere.
    let skip = cursor.map_or(0, |at| (at + 1).saturating_sub(space));
    let shown = (skip..total).take(space);
    lines.extend(shown.filter_map(|number| {
        let here = cursor == Some(number);
        Some(match alert_list::row(model, number)? {
            Row::Alert(alert) => row(canvas, alert, here),
            Row::Group(group) => group_row(canvas, group, here),
        })
    }));
    let left = total.saturating_sub(skip + space);
    if left > 0 || index.dropped() > 0 {
        let beyond = match index.dropped() {
            0 => String::new(),
            dropped => format!(", {dropped} alerts beyond the limit"),
        };
        let text = format!(
            "   {} {left} more rows{beyond}; / filters, down goes on",
            theme.glyphs.more
        );
        lines.push(Line::from(styled(text, theme.dim())));
    }
    lines
}

fn empty(canvas: &Canvas<'_>) -> String {
    let model = canvas.model;
    let mut sources = model.live.index.sources();
    let in_contact = sources.any(|source| model.silence_of(source).is_none());
    let goes_on = (model.incident()).is_some_and(|incident| !incident.status.is_resolved());
    let text = match (in_contact, goes_on) {
        (true, true) => "   none fires; that alone is no recovery",
        (true, false) => "   none fires. A critical one opens an incident here by itself.",
        (false, _) => "   not known: no source of alerts has answered",
    };
    text.to_string()
}

/// Alerts of the incident that are no longer reported and not confirmed as resolved. One that is reported again has its
/// own row, also before that is recorded.
fn vanished(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let Some(view) = model.view() else {
        return Vec::new();
    };
    let alerts = view.incident.alerts.iter();
    let vanished = alerts.filter(|(key, facts)| {
        facts.state == AlertState::Vanished && model.live.index.get(key).is_none()
    });
    vanished
        .map(|(_, facts)| {
            let name = view.entry_text(facts.first, field::NAME).unwrap_or("alert");
            let text = format!(
                "   {} not reported {}: not confirmed as resolved",
                pad(name, 28),
                age(model.now - view.incident.restated(facts.last, facts.at, &model.stamp))
            );
            canvas.line(&text, theme.warn())
        })
        .collect()
}

fn sign(canvas: &Canvas<'_>, alert: &Alert) -> (&'static str, Style) {
    let theme = canvas.theme;
    match (alert.state, alert.condition, rank(alert)) {
        (AlertState::Suppressed, ..) if alert.silenced_by.is_empty() => ("inhibited", theme.dim()),
        (AlertState::Suppressed, ..) => ("silenced", theme.dim()),
        (_, Condition::NoData, _) => ("no data", theme.warn()),
        (_, Condition::Error, _) => ("error", theme.warn()),
        (_, _, 0) => ("crit", theme.fire()),
        (_, _, 1 | 2) => ("warn", theme.warn()),
        _ => ("info", theme.dim()),
    }
}

/// Cells of the severity, the name and the age.
const SIGN: usize = 10;
const NAME: usize = 26;
const AGE: usize = 8;

fn cells(
    canvas: &Canvas<'_>,
    alert: &Alert,
    name: &str,
    text: &str,
    here: bool,
    since: TimeDelta,
) -> Line<'static> {
    let theme = canvas.theme;
    let (word, style) = sign(canvas, alert);
    let cursor = if here { theme.glyphs.cursor } else { " " };
    let space = canvas.width.saturating_sub(3 + SIGN + NAME + 1 + AGE + 1);
    Line::from(vec![
        styled(format!(" {cursor} "), theme.accent()),
        styled(pad(word, SIGN), style),
        styled(pad(name, NAME), theme.strong()),
        Span::raw(" "),
        Span::raw(pad(text, space)),
        styled(right(&age(since), AGE), theme.dim()),
    ])
}

fn row(canvas: &Canvas<'_>, alert: &Alert, here: bool) -> Line<'static> {
    let text = match alert.suppressed_by.first() {
        Some(by) => by.as_str(),
        None => alert.summary.as_str(),
    };
    // What is odd about it comes first: the summary may be among what is missing.
    let text = match alert.odd.first() {
        Some(odd) => format!("odd: {odd}; {text}"),
        None => text.to_string(),
    };
    let since = canvas.model.now - canvas.model.began(alert);
    cells(canvas, alert, alert.name.as_str(), &text, here, since)
}

/// A group: how many, and what tells its members apart most coarsely.
fn group_row(canvas: &Canvas<'_>, group: &AlertGroup, here: bool) -> Line<'static> {
    let index = &canvas.model.live.index;
    let first = group.members.first();
    let Some(first) = first.and_then(|at| index.alerts().get(*at as usize)) else {
        return Line::default();
    };
    let mut text = format!("{} alerts", group.members.len());
    if let Some((label, value)) = group.shared.first() {
        text += &format!("  {label} {value}");
    }
    if group.odd > 0 {
        text += &format!("  {} odd", group.odd);
    }
    if let Some(by) = first.suppressed_by.first() {
        text += &format!("  {by}");
    }
    let since = canvas.model.now - group.oldest;
    cells(canvas, first, group.name.as_str(), &text, here, since)
}
