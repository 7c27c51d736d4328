//! What lies over the screen: help, palette, prompts, lists, confirmations.

use super::Canvas;
use super::words::{day_and_clock, elapsed, fit, pad, styled, wrap};
use crate::app::action::{ACTIONS, Context, Entry};
use crate::app::intent::summary;
use crate::app::ui::{Input, Overlay, Pick, Prompt, Purpose, Takes};
use crate::app::update::palette_rows;
use crate::documents::{People, sentence};
use crate::incident::entry::{Audience, field};
use crate::signals::percent;
use crate::text::{TimeDirection, TimeProblem, parse_moment};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

pub(super) fn draw(frame: &mut Frame<'_>, canvas: &Canvas<'_>, body: Rect) {
    let Some(overlay) = canvas.model.ui.overlays.last() else {
        return;
    };
    let width = body.width.saturating_sub(6).min(96);
    let inner = width.saturating_sub(4) as usize;
    let room = body.height.saturating_sub(2) as usize;
    let (title, lines) = match overlay {
        Overlay::Help { scroll } => (help_title(canvas), help(canvas, inner, *scroll, room)),
        Overlay::Entry { seq, scroll } => (
            format!(" #{seq} "),
            super::timeline::whole(canvas, *seq, inner, (*scroll, room)),
        ),
        Overlay::Palette { input, cursor } => (
            " Do what? ".to_string(),
            palette(canvas, input, *cursor, inner, room),
        ),
        Overlay::Prompt(prompt) => (
            format!(" {} ", fit(&prompt.title, inner)),
            self::prompt(canvas, prompt, inner, room),
        ),
        Overlay::Pick(pick) => (
            format!(" {} ", fit(&pick.title, inner)),
            self::pick(canvas, pick, inner, room),
        ),
        Overlay::Confirm { question, yes, .. } => (
            " Sure? ".to_string(),
            confirm(canvas, question, *yes, (inner, room)),
        ),
    };
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

fn help_title(canvas: &Canvas<'_>) -> String {
    let screen = canvas.model.ui.screen;
    format!(" {}: {} ", screen.title(), screen.question())
}

fn help(canvas: &Canvas<'_>, width: usize, scroll: usize, room: usize) -> Vec<Line<'static>> {
    let screen = canvas.model.ui.screen;
    let here = ACTIONS
        .iter()
        .filter(|row| row.context == Context::On(screen));
    let everywhere = ACTIONS
        .iter()
        .filter(|row| row.context == Context::Anywhere);
    let mut lines: Vec<Line<'static>> = here
        .chain(everywhere)
        .map(|row| action(canvas, row, width, false))
        .collect();
    lines.push(Line::from(styled(
        "* is written into the journal    ! asks before it acts",
        canvas.theme.dim(),
    )));
    let furthest = lines.len().saturating_sub(room);
    canvas.over_goes(furthest);
    let from = scroll.min(furthest);
    lines.into_iter().skip(from).take(room).collect()
}

fn action(canvas: &Canvas<'_>, row: &Entry, width: usize, here: bool) -> Line<'static> {
    let theme = canvas.theme;
    let mark = match (row.dangerous, row.records) {
        (true, _) => "!",
        (_, true) => "*",
        _ => " ",
    };
    let text = fit(
        &format!("{} {}", pad(row.name, 17), row.doc),
        width.saturating_sub(15),
    );
    Line::from(vec![
        styled(pad(&row.keys.join(" "), 13), theme.accent()),
        styled(format!("{mark} "), theme.warn()),
        styled(text, if here { theme.selected() } else { Style::new() }),
    ])
}

fn typed(canvas: &Canvas<'_>, input: &Input, width: usize) -> Vec<Span<'static>> {
    let (before, after) = input.parts();
    // The end of what is typed stays in sight.
    let room = width.saturating_sub(2);
    let count = before.chars().count();
    let shown: String = before.chars().skip(count.saturating_sub(room)).collect();
    let under = after
        .chars()
        .next()
        .map_or(" ".to_string(), |c| c.to_string());
    let rest: String = after
        .chars()
        .skip(1)
        .take(room.saturating_sub(shown.chars().count()))
        .collect();
    vec![
        Span::raw(shown),
        styled(under, canvas.theme.selected()),
        Span::raw(rest),
    ]
}

fn palette(
    canvas: &Canvas<'_>,
    input: &Input,
    cursor: usize,
    width: usize,
    room: usize,
) -> Vec<Line<'static>> {
    let mut first = vec![styled(": ", canvas.theme.accent())];
    first.extend(typed(canvas, input, width - 2));
    let mut lines = vec![Line::from(first)];
    let rows = palette_rows(&input.text());
    if rows.is_empty() {
        lines.push(Line::from(styled(
            "no action is called that",
            canvas.theme.dim(),
        )));
    }
    let space = room.saturating_sub(1).max(1);
    let from = (cursor + 1).saturating_sub(space);
    let list = rows.iter().enumerate().skip(from).take(space);
    lines.extend(list.map(|(at, row)| action(canvas, row, width, at == cursor)));
    lines
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
    let rows = broken(&whole, width);
    let cursor_row = rows
        .iter()
        .rposition(|row| row.start <= cursor)
        .unwrap_or(0);
    let most = most.max(1);
    let first = (cursor_row + 1).saturating_sub(most);
    let shown = rows.into_iter().skip(first).take(most);
    let cell = |row: std::ops::Range<usize>| {
        let start = row.start;
        let cells = whole[row].grapheme_indices(true).map(move |(at, text)| {
            let style = match start + at == cursor {
                true => canvas.theme.selected(),
                false => Style::new(),
            };
            styled(text, style)
        });
        let spans: Vec<Span<'static>> = std::iter::once(Span::raw("  ")).chain(cells).collect();
        Line::from(spans)
    };
    shown.map(cell).collect()
}

/// The matchers of a silence while another field is written: as many rows as there are, and how many more.
fn matcher_rows(canvas: &Canvas<'_>, text: &str, width: usize, most: usize) -> Vec<Line<'static>> {
    let rows = broken(text, width);
    let count = rows.len();
    let shown = match count <= most.max(1) {
        true => count,
        false => most.max(2) - 1,
    };
    let row = |range: std::ops::Range<usize>| Line::from(format!("  {}", &text[range]));
    let mut lines: Vec<Line<'static>> = rows.into_iter().take(shown).map(row).collect();
    if shown < count {
        let more = format!(
            "  {} {} more rows: up",
            canvas.theme.glyphs.more,
            count - shown
        );
        lines.push(Line::from(styled(more, canvas.theme.dim())));
    }
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

fn prompt(canvas: &Canvas<'_>, prompt: &Prompt, width: usize, room: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    // Beside the labels and the other fields, the note at the end and a row for what is said of the text.
    let most = room.saturating_sub(prompt.fields.len() * 2 + 2);
    for (at, (label, input, takes)) in prompt.fields.iter().enumerate() {
        let focus = at == prompt.focus;
        let optional = match takes {
            Takes::Words | Takes::NewDue => "",
            _ => " (may stay empty)",
        };
        let style = if focus {
            canvas.theme.accent()
        } else {
            canvas.theme.dim()
        };
        lines.push(Line::from(styled(format!("{label}{optional}"), style)));
        if focus {
            lines.extend(typed_rows(canvas, input, width - 2, most));
        } else if matches!(prompt.purpose, Purpose::Silence(_)) && at == 0 {
            lines.extend(matcher_rows(canvas, &input.text(), width - 2, most * 2 / 3));
        } else {
            lines.push(Line::from(format!("  {}", fit(&input.text(), width - 2))));
        }
        if focus && prompt.fault.is_none() {
            lines.extend(read_as(canvas, *takes, &input.text()));
        }
    }
    if let Some(fault) = &prompt.fault {
        let rows = wrap(fault, width).into_iter();
        lines.extend(rows.map(|row| Line::from(styled(row, canvas.theme.fire()))));
    }
    let about = about(canvas, &prompt.purpose).into_iter();
    let rows = about.flat_map(|text| wrap(&text, width).into_iter().take(3));
    lines.extend(rows.map(|row| Line::from(styled(row, canvas.theme.dim()))));
    // Two rows are for the note at the end and for what says that there is more.
    let free = room.saturating_sub(lines.len() + 2);
    if matches!(prompt.purpose, Purpose::HandOver(..))
        && let Some(view) = canvas.model.view()
    {
        let summary = summary(view);
        let count = summary.lines().count();
        let shown = if count > free {
            free.saturating_sub(1)
        } else {
            count
        };
        let row = |text: &str| Line::from(styled(fit(text, width), canvas.theme.dim()));
        lines.extend(summary.lines().take(shown).map(row));
        if shown < count {
            lines.push(row(&format!("… and {} more lines", count - shown)));
        }
    }
    let note = "card numbers and secrets are masked before anything is written";
    lines.push(Line::from(styled(fit(note, width), canvas.theme.dim())));
    lines
}

/// What somebody who writes needs before their eyes: what was told last and what is measured, the entry that is
/// corrected, the work that is ended.
fn about(canvas: &Canvas<'_>, purpose: &Purpose) -> Vec<String> {
    let model = canvas.model;
    if let Purpose::Silence(form) = purpose
        && !form.hidden.is_empty()
    {
        return vec![
            "masked values are sent as the source has them: leave them as they are".into(),
        ];
    }
    let Some(view) = model.view() else {
        return Vec::new();
    };
    let words = |seq: u64| view.entry_text(seq, field::TEXT).unwrap_or("-").to_string();
    match purpose {
        Purpose::Update(audience) => {
            let updates = view.incident.updates.iter();
            let last = |audience: Audience| updates.clone().rfind(|(_, _, of)| *of == audience);
            let told = last(*audience).map_or("nothing told yet".to_string(), |(seq, at, _)| {
                let at = day_and_clock(*at, model.now, model.ui.utc);
                format!("told last, {at} (#{seq}): {}", words(*seq))
            });
            let now = model.sample().filter(|_| model.stale_sample().is_none());
            let value = now.and_then(|sample| sample.reading.value());
            let now = value.map_or("not known now".to_string(), percent);
            vec![told, format!("{} is {now}", model.setup.signal)]
        }
        Purpose::Correction(seq) => {
            let people = People::by_name(&view.entries, &view.incident);
            let entry = view.entries.iter().find(|entry| entry.seq == *seq);
            let said = entry.map(|entry| format!("#{seq} says: {}", sentence(entry, &people)));
            said.into_iter().collect()
        }
        Purpose::WorkEnds(item, _) => vec![format!("#{item}: {}", words(*item))],
        _ => Vec::new(),
    }
}

/// How a time is read while it is typed: with its date, so that nobody means another day.
fn read_as(canvas: &Canvas<'_>, takes: Takes, text: &str) -> Option<Line<'static>> {
    let (theme, now) = (canvas.theme, canvas.model.now);
    let towards = match takes {
        Takes::Due | Takes::NewDue => TimeDirection::Future,
        Takes::Happened => TimeDirection::Past,
        Takes::Words | Takes::Anything => return None,
    };
    if text.trim().is_empty() {
        return None;
    }
    let arrow = theme.glyphs.arrow;
    Some(Line::from(match parse_moment(text, now, towards) {
        Ok(at) => {
            let away = elapsed((at - now).abs());
            let away = if at > now {
                format!("in {away}")
            } else {
                format!("{away} ago")
            };
            let at = at.format("%a %Y-%m-%d %H:%M:%S UTC");
            styled(format!("  {arrow} {at}, {away}"), theme.good())
        }
        Err(TimeProblem::Unreadable(_)) => styled(format!("  {arrow} no time yet"), theme.dim()),
        Err(TimeProblem::NoZone(_)) => styled(
            format!("  {arrow} of which zone? 02:40Z, or 02:40+01:00"),
            theme.dim(),
        ),
        Err(error) => styled(format!("  {arrow} {error}"), theme.warn()),
    }))
}

/// A list to choose from. What is chosen between is never cut: a choice takes as many rows as it needs.
fn pick(canvas: &Canvas<'_>, pick: &Pick, width: usize, room: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut chosen_ends = 0;
    for (at, (text, _)) in pick.items.iter().enumerate() {
        let here = at == pick.cursor;
        let style = if here {
            canvas.theme.selected()
        } else {
            Style::new()
        };
        let number = match at {
            0..9 => (at + 1).to_string(),
            _ => " ".into(),
        };
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
    let from = chosen_ends.saturating_sub(room.max(1));
    lines.into_iter().skip(from).take(room.max(1)).collect()
}

/// A question. The answers are always in sight: a question that is longer than the screen is scrolled.
fn confirm(
    canvas: &Canvas<'_>,
    question: &str,
    yes: bool,
    (width, room): (usize, usize),
) -> Vec<Line<'static>> {
    // Every space of a matcher is shown: it is sent.
    let rows = broken(question, width);
    let count = rows.len();
    let space = match room.saturating_sub(2) {
        space if count <= space => count,
        // One row says that there is more.
        space => space.saturating_sub(1).max(1),
    };
    let furthest = count.saturating_sub(space);
    canvas.over_goes(furthest);
    let from = canvas.model.ui.question_scroll.min(furthest);
    let shown = rows.into_iter().skip(from).take(space);
    let row = |range: std::ops::Range<usize>| Line::from(question[range].to_string());
    let mut lines: Vec<Line<'static>> = shown.map(row).collect();
    if furthest > 0 {
        let text = format!(
            "{} rows {} to {} of {count}: pagedown, pageup",
            canvas.theme.glyphs.more,
            from + 1,
            from + space
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
        styled(" y Yes ", style(yes)),
        Span::raw("    "),
        styled(" n No ", style(!yes)),
    ]));
    lines
}
