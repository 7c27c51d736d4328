//! What is happening: alerts, the signal, the sources.

use super::Canvas;
use super::words::{age, clock, fit, pad, right, styled};
use crate::app::model::rank;
use crate::incident::observation::{Alert, AlertState};
use crate::incident::{Event, entry::field};
use crate::signals::percent;
use ratatui::text::{Line, Span};

pub(super) fn rows(canvas: &Canvas<'_>, height: usize) -> Vec<Line<'static>> {
    let mut lines = attention(canvas);
    lines.push(Line::default());
    lines.extend(measured(canvas));
    lines.push(Line::default());
    let sources = sources(canvas);
    let room = height
        .saturating_sub(lines.len() + sources.len() + 1)
        .max(3);
    lines.extend(alerts(canvas, room));
    lines.push(Line::default());
    lines.extend(sources);
    lines
}

/// What must not be overlooked: an empty console says what would appear here and how to get it.
fn attention(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let say =
        |text: String, style| Line::from(styled(fit(&format!(" {text}"), canvas.width), style));
    if let Some((title, rate)) = &model.setup.drill
        && model.incident().is_none()
    {
        return vec![
            say(
                format!("Exercise: {title}. {rate} seconds pass in one."),
                theme.strong(),
            ),
            say(
                "Watch the success rate above. Soon an alert fires and opens an incident.".into(),
                theme.dim(),
            ),
            say(
                "Then do what the line at the bottom says; ? is help, : finds any action.".into(),
                theme.dim(),
            ),
        ];
    }
    if model.setup.sources.is_empty() {
        return vec![
            say(
                "No source is configured, so no alert can arrive here.".into(),
                theme.warn(),
            ),
            say(
                "Start with --alertmanager URL --prometheus URL, or try `warroom drill`.".into(),
                theme.dim(),
            ),
        ];
    }
    let mut lines = Vec::new();
    for rule in model.live.rules.values().flat_map(|(set, _)| &set.rules) {
        if let Some(error) = &rule.error {
            lines.push(say(
                format!("! rule {} is broken and cannot fire: {error}", rule.name),
                theme.warn(),
            ));
        }
    }
    if let Some((what, hint)) = &model.live.signal_error {
        lines.push(say(format!("! signal: {what}"), theme.warn()));
        lines.push(say(format!("  {hint}"), theme.dim()));
    }
    if let Some(opened) = model
        .incident()
        .and_then(|incident| incident.opened.as_ref())
    {
        let since = clock(opened.data.started, model.ui.utc);
        let gone = age(model.now - opened.data.started);
        lines.push(say(
            format!(
                "since {since} ({}), {gone} ago",
                opened.data.started_from.word()
            ),
            theme.strong(),
        ));
    }
    if let Some(board) = model.board()
        && let Some((_, last)) = last_words(board)
    {
        lines.push(say(last, theme.dim()));
    }
    lines.truncate(4);
    lines
}

/// The last note or decision: whoever comes in late reads it first.
fn last_words(board: &crate::app::Board) -> Option<(u64, String)> {
    let spoken = board
        .entries
        .iter()
        .rev()
        .find(|entry| matches!(entry.event(), Some(Event::Noted(_) | Event::Decided(_))))?;
    let text = spoken.text(field::TEXT)?;
    Some((
        spoken.seq,
        format!("#{} {}: {text}", spoken.seq, board.name_of(&spoken.by)),
    ))
}

fn measured(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let cell = |text: &str, cells| right(text, cells);
    let head = format!(
        "   {} {} {} {}",
        pad("signal", 22),
        cell("now", 12),
        cell("objective", 12),
        cell("lowest", 16)
    );
    let now = match model.sample().map(|sample| sample.reading) {
        None => theme.glyphs.none.to_string(),
        Some(reading) => reading.value().map_or(reading.word().to_string(), percent),
    };
    let lowest = model
        .incident()
        .and_then(|incident| incident.signals.get(&model.setup.signal)?.lowest())
        .map(|(_, at, value)| format!("{} {}", percent(value), clock(at, model.ui.utc)));
    let row = format!(
        "   {} {} {} {}",
        pad(model.setup.signal.as_str(), 22),
        cell(&now, 12),
        cell(&percent(model.setup.objective), 12),
        cell(&lowest.unwrap_or_else(|| theme.glyphs.none.to_string()), 16)
    );
    vec![Line::from(styled(head, theme.dim())), Line::from(row)]
}

fn alerts(canvas: &Canvas<'_>, room: usize) -> Vec<Line<'static>> {
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

fn sources(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut lines = Vec::new();
    for (name, state) in &model.live.sources {
        let silent = model.silence_of(name);
        let (text, style) = match (&state.error, state.answered, silent) {
            (Some((what, _)), Some(_), Some(gap)) => (
                format!("contact lost for {}: {what}", age(gap)),
                theme.warn(),
            ),
            (Some((what, _)), None, _) => (format!("no contact so far: {what}"), theme.warn()),
            (_, Some(at), _) => (format!("{} ago", age(model.now - at)), theme.dim()),
            (_, None, _) => ("asking".to_string(), theme.dim()),
        };
        let text = fit(&text, canvas.width.saturating_sub(24));
        lines.push(Line::from(vec![
            styled(format!("   {} ", pad(name.as_str(), 18)), theme.dim()),
            styled(text, style),
        ]));
        if let (Some((_, hint)), true) =
            (&state.error, silent.is_some() || state.answered.is_none())
        {
            let hint = fit(hint, canvas.width.saturating_sub(24));
            lines.push(Line::from(styled(
                format!("   {} {hint}", pad("", 18)),
                theme.dim(),
            )));
        }
    }
    lines
}
