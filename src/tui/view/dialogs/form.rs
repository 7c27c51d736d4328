//! A form: its fields, what is wrong with them, and the facts that the writer needs.

use crate::app::Model;
use crate::app::dialog::{About, FieldKind, Form, Input, ReadTime};
use crate::keymap::Action;
use crate::times::TimeProblem;
use crate::tui::view::canvas::Canvas;
use crate::tui::view::stated;
use crate::tui::view::words::{break_rows, day_and_clock, elapsed, fit, styled, wrap};
use chrono::TimeDelta;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

pub(super) fn rows(
    canvas: &Canvas<'_>,
    form: &Form<Model>,
    width: usize,
    space: usize,
) -> Vec<Line<'static>> {
    let theme = canvas.theme;
    let mut lines = Vec::new();
    // Beside the labels and the other fields, the note at the end and a row for what is said of the text.
    let most = space.saturating_sub(form.fields.len() * 2 + 2);
    for (at, field) in form.fields.iter().enumerate() {
        let (focus, input) = (at == form.focus, &field.input);
        let optional = match field.kind.is_optional() {
            true => " (may stay empty)",
            false => "",
        };
        let style = if focus { theme.accent() } else { theme.dim() };
        lines.push(Line::from(styled(
            format!("{}{optional}", field.label),
            style,
        )));
        if focus {
            lines.extend(typed_rows(canvas, input, width - 2, most));
        } else if field.tall {
            lines.extend(tall_rows(canvas, &input.text(), width - 2, most * 2 / 3));
        } else {
            lines.push(Line::from(format!("  {}", fit(&input.text(), width - 2))));
        }
        if focus && form.fault.is_none() {
            lines.extend(read_as(canvas, form, field.kind, &input.text()));
        }
    }
    if let Some(fault) = &form.fault {
        let rows = wrap(fault, width).into_iter();
        lines.extend(rows.map(|row| Line::from(styled(row, theme.fire()))));
    }
    if let Some(at) = canvas
        .model
        .entering_at()
        .filter(|_| form.takes_entry_time())
    {
        let text = format!(
            "at {at}; {} states another time",
            canvas.key(Action::Earlier)
        );
        lines.push(Line::from(styled(fit(&text, width), theme.accent())));
    }
    beside(canvas, form, &mut lines, width, space);
    let note = "card numbers and secrets are masked before anything is written";
    lines.push(Line::from(styled(fit(note, width), theme.dim())));
    lines
}

fn beside(
    canvas: &Canvas<'_>,
    form: &Form<Model>,
    lines: &mut Vec<Line<'static>>,
    width: usize,
    space: usize,
) {
    let model = canvas.model;
    let dim = |text: String| Line::from(styled(text, canvas.theme.dim()));
    for about in form.beside(model) {
        let text = match about {
            About::Text(text) => text,
            About::At(before, at, after) => {
                let at = day_and_clock(at, model.now, model.ui.utc);
                format!("{before}{at}{after}")
            }
            About::Long(text) => {
                // Two rows are for the note at the end and for what says that there is more.
                let free = space.saturating_sub(lines.len() + 2);
                let count = text.lines().count();
                let shown = match count > free {
                    true => free.saturating_sub(1),
                    false => count,
                };
                let rows = text.lines().take(shown);
                lines.extend(rows.map(|row| dim(fit(row, width))));
                if shown < count {
                    lines.push(dim(format!("… and {} more lines", count - shown)));
                }
                continue;
            }
        };
        lines.extend(wrap(&text, width).into_iter().take(3).map(dim));
    }
}

/// The whole of what is typed in the field that has the focus, over as many rows as it takes and there are: what goes
/// out to others is read before it does. The row of the cursor is always among them.
fn typed_rows(canvas: &Canvas<'_>, input: &Input, width: usize, most: usize) -> Vec<Line<'static>> {
    let (before, after) = input.parts();
    // The cursor stands on the character after it, or on a space at the end.
    let under = match after.is_empty() {
        true => " ",
        false => after,
    };
    let cursor = before.len();
    let whole = format!("{before}{under}");
    let rows = break_rows(&whole, width);
    let cursor_row = rows.iter().rposition(|row| row.start <= cursor);
    let cursor_row = cursor_row.unwrap_or(0);
    let most = most.max(1);
    let first = (cursor_row + 1).saturating_sub(most);
    let shown = rows.into_iter().skip(first).take(most);
    let cell = |row: std::ops::Range<usize>| {
        let start = row.start;
        let cells = whole[row]
            .grapheme_indices(true)
            .map(move |(at, text)| styled(text, canvas.theme.selected_if(start + at == cursor)));
        let spans: Vec<Span<'static>> = std::iter::once(Span::raw("  ")).chain(cells).collect();
        Line::from(spans)
    };
    shown.map(cell).collect()
}

/// A long text while another field is written: as many rows as there are, and how many more.
fn tall_rows(canvas: &Canvas<'_>, text: &str, width: usize, most: usize) -> Vec<Line<'static>> {
    let rows = break_rows(text, width);
    let count = rows.len();
    let shown = match count <= most.max(1) {
        true => count,
        false => most.max(2) - 1,
    };
    let row = |range: std::ops::Range<usize>| Line::from(format!("  {}", &text[range]));
    let mut lines: Vec<Line<'static>> = rows.into_iter().take(shown).map(row).collect();
    if shown < count {
        let more = format!(
            "  {} {} more rows: {}",
            canvas.theme.glyphs.more,
            count - shown,
            canvas.key(Action::Up)
        );
        lines.push(Line::from(styled(more, canvas.theme.dim())));
    }
    lines
}

/// How a time is read while it is typed: with its date, so that nobody means another day.
fn read_as(
    canvas: &Canvas<'_>,
    form: &Form<Model>,
    kind: FieldKind,
    text: &str,
) -> Option<Line<'static>> {
    let (theme, now) = (canvas.theme, canvas.model.now);
    if text.trim().is_empty() {
        return None;
    }
    let arrow = theme.glyphs.arrow;
    Some(Line::from(match form.reads(kind, text, now)? {
        Ok(ReadTime::Due(at)) => {
            let (away, style) = match at > now {
                true => (format!("in {}", elapsed(at - now)), theme.good()),
                false => ("in the past".to_string(), theme.warn()),
            };
            let at = at.format("%a %Y-%m-%d %H:%M:%S UTC");
            styled(format!("  {arrow} {at}, {away}"), style)
        }
        Ok(ReadTime::Happened(at)) => {
            // Nothing counts from a time of another year.
            let since = now - at.from();
            let ago = match at.is_precise() && since < TimeDelta::days(2) {
                true => format!(", {} ago", elapsed(since)),
                false => String::new(),
            };
            styled(
                format!("  {arrow} {}{ago}", stated::read_as(&at)),
                theme.good(),
            )
        }
        Err(TimeProblem::Unreadable(_)) => styled(format!("  {arrow} no time yet"), theme.dim()),
        Err(TimeProblem::NoZone(_)) => styled(
            format!("  {arrow} of which zone? 02:40Z, or 02:40+01:00"),
            theme.dim(),
        ),
        Err(error) => styled(format!("  {arrow} {error}"), theme.warn()),
    }))
}
