//! What is open over the screen: forms, lists, confirmations, what is read, the palette.

mod form;

use super::canvas::Canvas;
use super::words::{fit, pad, styled, wrap};
use crate::app::Model;
use crate::app::dialog::{
    Confirmation, Content, Dialog, Input, List, Palette, Reader, palette_rows,
};
use crate::keymap::{Action, Binding, Context, Key};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

pub(super) fn draw(frame: &mut Frame<'_>, canvas: &Canvas<'_>, body: Rect) {
    let Some(dialog) = canvas.model.dialogs.last() else {
        return;
    };
    let width = body.width.saturating_sub(6).min(96);
    let inner = width.saturating_sub(4) as usize;
    let space = body.height.saturating_sub(2) as usize;
    let (title, lines) = match dialog {
        Dialog::Reader(reader) => read(canvas, reader, inner, space),
        Dialog::Palette(palette) => (
            "Do what?".to_string(),
            self::palette(canvas, palette, inner, space),
        ),
        Dialog::Form(form) => (form.title.clone(), form::rows(canvas, form, inner, space)),
        Dialog::List(list) => (list.title.clone(), self::list(canvas, list, inner, space)),
        Dialog::Confirmation(open) => (
            "Sure?".to_string(),
            confirmation(canvas, open, inner, space),
        ),
    };
    let title = format!(" {} ", fit(&title, inner));
    let height = (lines.len() as u16 + 2).min(body.height);
    let area = Rect {
        x: body.x + (body.width - width) / 2,
        y: body.y + (body.height - height) / 2,
        width,
        height,
    };
    frame.render_widget(Clear, area);
    let border = if canvas.theme.glyphs.rule == "-" {
        BorderType::Plain
    } else {
        BorderType::Rounded
    };
    frame.render_widget(Block::bordered().border_type(border).title(title), area);
    let text = Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height - 2,
    };
    super::rows(frame, text, lines);
}

fn read(
    canvas: &Canvas<'_>,
    reader: &Reader,
    width: usize,
    space: usize,
) -> (String, Vec<Line<'static>>) {
    let (title, lines) = match reader.content {
        Content::Keys => {
            let screen = canvas.model.ui.screen;
            let title = format!("{}: {}", screen.title(), screen.question());
            (title, help(canvas, width))
        }
        Content::Entry(seq) => {
            let text = super::timeline::whole(canvas, seq, width).into_iter();
            (format!("#{seq}"), text.map(Line::from).collect())
        }
    };
    let furthest = lines.len().saturating_sub(space);
    canvas.over_goes(furthest);
    let from = reader.scroll.min(furthest);
    (title, lines.into_iter().skip(from).take(space).collect())
}

/// The keys of the screen, and what they do.
fn help(canvas: &Canvas<'_>, width: usize) -> Vec<Line<'static>> {
    let bound = canvas.model.screen_keys();
    let mut lines: Vec<Line<'static>> = bound
        .map(|bound| action(canvas, bound, width, false))
        .collect();
    lines.push(Line::from(styled(
        "* is written into the journal    ! asks before it acts",
        canvas.theme.dim(),
    )));
    lines
}

fn action(canvas: &Canvas<'_>, bound: &Binding, width: usize, here: bool) -> Line<'static> {
    let (theme, row) = (canvas.theme, bound.row);
    let mark = match (row.dangerous, row.records) {
        (true, _) => "!",
        (_, true) => "*",
        _ => " ",
    };
    let text = fit(
        &format!("{} {}", pad(&row.label(), 17), row.doc),
        width.saturating_sub(15),
    );
    Line::from(vec![
        styled(pad(&bound.shown(), 13), theme.accent()),
        styled(format!("{mark} "), theme.warn()),
        styled(text, if here { theme.selected() } else { Style::new() }),
    ])
}

/// The key of an action of what is open.
fn key(canvas: &Canvas<'_>, action: Action) -> String {
    let model = canvas.model;
    let hint = model.setup.keys.hint(&model.contexts(), action);
    hint.unwrap_or_default()
}

fn typed(canvas: &Canvas<'_>, input: &Input, width: usize) -> Vec<Span<'static>> {
    let (before, after) = input.parts();
    // The end of what is typed stays in sight.
    let space = width.saturating_sub(2);
    let count = before.chars().count();
    let shown: String = before.chars().skip(count.saturating_sub(space)).collect();
    let under = after
        .chars()
        .next()
        .map_or(" ".to_string(), |c| c.to_string());
    let rest: String = after
        .chars()
        .skip(1)
        .take(space.saturating_sub(shown.chars().count()))
        .collect();
    vec![
        Span::raw(shown),
        styled(under, canvas.theme.selected()),
        Span::raw(rest),
    ]
}

fn palette(
    canvas: &Canvas<'_>,
    palette: &Palette,
    width: usize,
    space: usize,
) -> Vec<Line<'static>> {
    let mut first = vec![styled(": ", canvas.theme.accent())];
    first.extend(typed(canvas, &palette.input, width - 2));
    let mut lines = vec![Line::from(first)];
    let rows = palette_rows(&canvas.model.setup.keys, &palette.input.text());
    if rows.is_empty() {
        lines.push(Line::from(styled(
            "no action is called that",
            canvas.theme.dim(),
        )));
    }
    let space = space.saturating_sub(1).max(1);
    let cursor = palette.cursor;
    let from = (cursor + 1).saturating_sub(space);
    let list = rows.iter().enumerate().skip(from).take(space);
    lines.extend(list.map(|(at, bound)| action(canvas, bound, width, at == cursor)));
    lines
}

/// A list to choose from. What is chosen between is never cut: a choice takes as many rows as it needs.
fn list(canvas: &Canvas<'_>, list: &List<Model>, width: usize, space: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut chosen_ends = 0;
    let numbers = canvas
        .model
        .setup
        .keys
        .binding(&[Context::List], Action::Choose(0));
    let numbers = numbers.map_or(&[][..], |bound| &bound.keys);
    for (at, text) in list.texts().enumerate() {
        let here = at == list.cursor;
        let style = if here {
            canvas.theme.selected()
        } else {
            Style::new()
        };
        let number = numbers.get(at).map_or(" ".into(), Key::to_string);
        let cells = width.saturating_sub(2);
        let text = text.trim_end();
        // Columns stay where they fit.
        let rows = match UnicodeWidthStr::width(text) <= cells {
            true => vec![text.to_string()],
            false => wrap(text, cells),
        };
        for (row, text) in rows.into_iter().enumerate() {
            let mark = if row == 0 { &number } else { " " };
            lines.push(Line::from(vec![
                styled(format!("{mark} "), canvas.theme.accent()),
                styled(text, style),
            ]));
        }
        if here {
            chosen_ends = lines.len();
        }
    }
    let from = chosen_ends.saturating_sub(space.max(1));
    lines.into_iter().skip(from).take(space.max(1)).collect()
}

/// A question. The answers are always in sight: a question that is longer than the screen is scrolled.
fn confirmation(
    canvas: &Canvas<'_>,
    open: &Confirmation<Model>,
    width: usize,
    space: usize,
) -> Vec<Line<'static>> {
    let (question, yes) = (open.question.as_str(), open.yes);
    // Every space of a matcher is shown: it is sent.
    let rows = broken(question, width);
    let count = rows.len();
    let space = match space.saturating_sub(2) {
        space if count <= space => count,
        // One row says that there is more.
        space => space.saturating_sub(1).max(1),
    };
    let furthest = count.saturating_sub(space);
    canvas.over_goes(furthest);
    let from = open.scroll.min(furthest);
    let shown = rows.into_iter().skip(from).take(space);
    let row = |range: std::ops::Range<usize>| Line::from(question[range].to_string());
    let mut lines: Vec<Line<'static>> = shown.map(row).collect();
    if furthest > 0 {
        let text = format!(
            "{} rows {} to {} of {count}: {}, {}",
            canvas.theme.glyphs.more,
            from + 1,
            from + space,
            key(canvas, Action::PageDown),
            key(canvas, Action::PageUp)
        );
        lines.push(Line::from(styled(fit(&text, width), canvas.theme.dim())));
    }
    lines.push(Line::default());
    let style = |marked: bool| {
        if marked {
            canvas.theme.selected()
        } else {
            Style::new()
        }
    };
    lines.push(Line::from(vec![
        Span::raw("    "),
        styled(format!(" {} Yes ", key(canvas, Action::Yes)), style(yes)),
        Span::raw("    "),
        styled(format!(" {} No ", key(canvas, Action::No)), style(!yes)),
    ]));
    lines
}

/// Where a text breaks into rows: behind a space where there is one, and nothing of it is lost.
fn broken(text: &str, width: usize) -> Vec<std::ops::Range<usize>> {
    let mut rows = Vec::new();
    let (mut start, mut used, mut space) = (0, 0, None);
    for (at, character) in text.grapheme_indices(true) {
        let cells = UnicodeWidthStr::width(character);
        if used + cells > width && at > start {
            let end = space.take().unwrap_or(at);
            rows.push(start..end);
            used = UnicodeWidthStr::width(&text[end..at]);
            start = end;
        }
        used += cells;
        if character == " " {
            space = Some(at + 1);
        }
    }
    rows.push(start..text.len());
    rows
}
