//! The rows at the bottom: what is not recorded, the last notice, and the keys that make sense now.

use super::canvas::Canvas;
use super::words::{both_ends, styled};
use crate::app::dialog::{Hint, Input};
use crate::app::selectors::question::is_answering;
use crate::app::{IncidentView, Model, guide};
use crate::keymap::{Action, row};
use crate::text::Problem;
use ratatui::text::{Line, Span};

/// In rows.
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
    let line = |text: String, style| Some(canvas.line(&format!(" {text}"), style));
    if let Some(view) = model.view() {
        let waiting = waiting_ms(model, view);
        if let Some(Problem { what, hint }) =
            view.problem.as_ref().filter(|_| !view.pending.is_empty())
        {
            let count = view.pending.len();
            let text = format!("NOT RECORDED ({count}): {what}; {hint}");
            return line(text, theme.fire());
        }
        if waiting > 1000 {
            let count = view.pending.len();
            let text = format!("NOT RECORDED yet ({count}): the disk is slow");
            return line(text, theme.warn());
        }
    }
    let damage = model.view().and_then(|view| view.damage.as_ref());
    if let Some(Problem { what, hint }) = damage {
        return line(format!("DAMAGED: {what}; {hint}"), theme.fire());
    }
    if let Some(Problem { what, hint }) = &model.store_error {
        return line(format!("CANNOT RECORD: {what}; {hint}"), theme.fire());
    }
    if let Some(notice) = &model.ui.notice {
        let style = if notice.bad {
            theme.warn()
        } else {
            theme.good()
        };
        return line(notice.text.clone(), style);
    }
    if model.ui.filtering || model.ui.filter.is_some() {
        let filter = model.ui.filter.as_ref();
        let text = filter.map_or(String::new(), Input::text);
        let cursor = if model.ui.filtering { "_" } else { "" };
        return line(format!("/ {text}{cursor}"), theme.accent());
    }
    model.setup.drill.as_ref()?;
    // A person who is answering needs no advice to begin.
    if is_answering(model) {
        return None;
    }
    let (action, words) = guide::next(model)?;
    let key = model.key_on(model.ui.screen, action);
    let doc = row(action)?.doc;
    line(
        format!("{} next: press {key}: {words} ({doc})", theme.glyphs.arrow),
        theme.accent(),
    )
}

/// A key and its words.
type Shown = (String, &'static str);

fn hints(canvas: &Canvas<'_>) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let right = vec![recorded(canvas), Span::raw(" ")];
    let contexts = model.contexts();
    let shown = |hints: &[Hint]| -> Vec<Shown> {
        let hints = hints.iter();
        let shown =
            hints.map(|(action, words)| Some((model.setup.keys.hint(&contexts, *action)?, *words)));
        shown.flatten().collect()
    };
    let open = model.dialogs.last();
    let is_free = open.is_none() && !is_answering(model);
    let (now, always) = match open {
        Some(dialog) => (shown(&dialog.hints()), Vec::new()),
        None if is_free => (shown(&guide::hints(model)), shown(&ALWAYS)),
        None => (shown(&ANSWERING), Vec::new()),
    };
    let wide = |(key, words): &Shown| key.chars().count() + words.chars().count() + 3;
    let taken: usize = right.iter().map(Span::width).sum();
    let mut space = canvas.width.saturating_sub(taken + 2);
    space = space.saturating_sub(always.iter().map(wide).sum());
    let mut left: Vec<Span<'static>> = vec![Span::raw(" ")];
    // The keys to everything else stay in sight; what is less likely is left out.
    let mut fits = |hint: &Shown| {
        let fits = wide(hint) <= space;
        space = space.saturating_sub(wide(hint));
        fits
    };
    let now: Vec<Shown> = now.into_iter().take_while(|hint| fits(hint)).collect();
    for (at, (key, words)) in now.into_iter().chain(always).enumerate() {
        left.push(styled(key, theme.accent()));
        let style = if is_free && at == 0 {
            theme.strong()
        } else {
            ratatui::style::Style::new()
        };
        left.push(styled(format!(" {words}  "), style));
    }
    both_ends(left, right, canvas.width)
}

const ALWAYS: [Hint; 2] = [(Action::Palette, "all"), (Action::Help, "help")];

/// While a question of the severity is open.
const ANSWERING: [Hint; 4] = [
    (Action::Enter, "answer"),
    (Action::PreviousQuestion, "back"),
    (Action::Why, "why this question"),
    (Action::Back, "leave, nothing recorded"),
];

/// How long the oldest entry waits for the disk.
fn waiting_ms(model: &Model, view: &IncidentView) -> i64 {
    let waiting = view.pending.iter();
    let waiting = waiting.map(|entry| (model.now - entry.since).num_milliseconds());
    waiting.max().unwrap_or(0)
}

/// The number of the last durable entry, or that something is on its way.
fn recorded(canvas: &Canvas<'_>) -> Span<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    if model.setup.read_only {
        return styled("read-only", theme.warn());
    }
    let Some(view) = model.view() else {
        return Span::raw("");
    };
    if view.problem.is_some() && !view.pending.is_empty() {
        return styled("NOT RECORDED", theme.fire());
    }
    if waiting_ms(model, view) > 100 {
        return styled("recording", theme.warn());
    }
    styled(
        format!("#{} {}", view.incident.count, theme.glyphs.saved),
        theme.good(),
    )
}
