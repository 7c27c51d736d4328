//! What is open over the screen: forms, lists, confirmations, what is read, the palette.

mod form;

use super::canvas::{Canvas, draw_rows};
use super::words::{break_rows, fit, pad, styled, width as cells_of, wrap};
use crate::app::Model;
use crate::app::dialog::{
    Confirmation, Content, Dialog, Input, List, Palette, Reader, palette_rows,
};
use crate::keymap::{Action, Binding, Context, Key};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear};

pub(super) fn draw(frame: &mut Frame<'_>, canvas: &Canvas<'_>, body: Rect) {
    let Some(dialog) = canvas.model.dialogs.last() else {
        return;
    };
    let width = body.width.saturating_sub(6).min(96);
    let inner = width.saturating_sub(4) as usize;
    let space = body.height.saturating_sub(2) as usize;
    let (title, lines) = match dialog {
        Dialog::Reader(reader) => read(canvas, reader, inner, space),
        Dialog::Palette(palette) => {
            let rows = self::palette(canvas, palette, inner, space);
            ("Do what?".to_string(), rows)
        }
        Dialog::Form(form) => (form.title.clone(), form::rows(canvas, form, inner, space)),
        Dialog::List(list) => (list.title.clone(), self::list(canvas, list, inner, space)),
        Dialog::Confirmation(open) => {
            let rows = confirmation(canvas, open, inner, space);
            ("Sure?".to_string(), rows)
        }
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
    let border = match canvas.theme.glyphs.rule {
        "-" => BorderType::Plain,
        _ => BorderType::Rounded,
    };
    frame.render_widget(Block::bordered().border_type(border).title(title), area);
    let text = Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(4),
        height: area.height - 2,
    };
    draw_rows(frame, text, lines);
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
    let rows = bound.map(|bound| action(canvas, bound, width, false));
    let mut lines: Vec<Line<'static>> = rows.collect();
    let marks = "* is written into the journal    ! asks before it acts";
    lines.push(Line::from(styled(marks, canvas.theme.dim())));
    lines
}

fn action(canvas: &Canvas<'_>, bound: &Binding, width: usize, here: bool) -> Line<'static> {
    let (theme, row) = (canvas.theme, bound.row);
    let mark = match (row.dangerous, row.records) {
        (true, _) => "!",
        (_, true) => "*",
        _ => " ",
    };
    let text = format!("{} {}", pad(&row.label(), 17), row.doc);
    let text = fit(&text, width.saturating_sub(15));
    Line::from(vec![
        styled(pad(&bound.shown(), 13), theme.accent()),
        styled(format!("{mark} "), theme.warn()),
        styled(text, theme.selected_if(here)),
    ])
}

fn typed(canvas: &Canvas<'_>, input: &Input, width: usize) -> Vec<Span<'static>> {
    let (before, after) = input.parts();
    // The end of what is typed stays in sight.
    let space = width.saturating_sub(2);
    let count = before.chars().count();
    let shown: String = before.chars().skip(count.saturating_sub(space)).collect();
    let mut after = after.chars();
    let under = after.next().map_or(" ".to_string(), |c| c.to_string());
    let rest = after.take(space.saturating_sub(shown.chars().count()));
    let rest: String = rest.collect();
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
        let text = "no action has that name";
        lines.push(Line::from(styled(text, canvas.theme.dim())));
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
    let keys = &canvas.model.setup.keys;
    let numbers = keys.binding(&[Context::List], Action::Choose(0));
    let numbers = numbers.map_or(&[][..], |bound| &bound.keys);
    for (at, text) in list.texts().enumerate() {
        let here = at == list.cursor;
        let style = canvas.theme.selected_if(here);
        let number = numbers.get(at).map_or(" ".into(), Key::to_string);
        let cells = width.saturating_sub(2);
        let text = text.trim_end();
        // Columns stay where they fit.
        let rows = match cells_of(text) <= cells {
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
    let rows = break_rows(question, width);
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
            canvas.key(Action::PageDown),
            canvas.key(Action::PageUp)
        );
        lines.push(Line::from(styled(fit(&text, width), canvas.theme.dim())));
    }
    lines.push(Line::default());
    let style = |marked: bool| canvas.theme.selected_if(marked);
    lines.push(Line::from(vec![
        Span::raw("    "),
        styled(format!(" {} Yes ", canvas.key(Action::Yes)), style(yes)),
        Span::raw("    "),
        styled(format!(" {} No ", canvas.key(Action::No)), style(!yes)),
    ]));
    lines
}
