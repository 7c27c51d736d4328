//! The success rate, and the budget, as charts: dots of braille, or plain letters; what happened is marked below.

use super::super::canvas::Canvas;
use super::super::words::{clock, right, short_day, styled};
use crate::app::ui::Span as Shown;
use crate::incident::entry::{Decided, StatusChanged, StepRecorded};
use crate::signals::chart::{ChartColumns, budget, success};
use crate::signals::monitor::RatioReport;
use crate::signals::percent;
use crate::signals::words;
use chrono::{DateTime, Utc};
use ratatui::text::Line;

/// Cells of the scale at the left.
const SCALE: usize = 10;

/// The charts of the watched signal over this span.
pub(super) fn rows(canvas: &Canvas<'_>, shown: Shown, space: usize) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let Some((signal, ratio)) = model
        .live
        .report
        .as_ref()
        .and_then(|report| report.headline())
    else {
        let text = "   no chart: the service map has no ratio, or its source has not answered yet; g goes on";
        return vec![canvas.line(text, theme.dim())];
    };
    let to = ratio.track.end().unwrap_or(model.now);
    let from = to - shown.length(ratio.budget.sum.to - ratio.budget.sum.from);
    let cells = canvas.width.saturating_sub(SCALE + 3).max(10);
    // Two columns of dots to a cell; a column is never shorter than a minute of the track.
    let columns = (cells * 2).min((to - from).num_minutes().max(1) as usize);
    let rate = success(&ratio.track, from, to, columns);
    let left = budget(&ratio.track, ratio.budget.objective, from, to, columns);
    let heights = (space.saturating_sub(5) / 2).clamp(2, 8);
    let title = format!(
        "   {} over the last {}   g: another span",
        signal.signal,
        shown.words()
    );
    let mut lines = vec![canvas.line(&title, theme.strong())];
    lines.extend(plot(canvas, &rate, cells, heights, percent));
    lines.push(marks(canvas, &rate, cells, ratio));
    lines.push(times(canvas, from, to, cells));
    lines.push(Line::from(styled(
        "   budget left in this span",
        theme.strong(),
    )));
    lines.extend(plot(canvas, &left, cells, heights, |share| {
        match share < 0.0 {
            true => format!("spent {}x", words::times(1.0 - share)),
            false => format!("{:.0} %", share * 100.0),
        }
    }));
    lines
}

/// Dots in rows of cells, the scale at the left.
fn plot(
    canvas: &Canvas<'_>,
    columns: &ChartColumns,
    cells: usize,
    height: usize,
    name: impl Fn(f64) -> String,
) -> Vec<Line<'static>> {
    let theme = canvas.theme;
    let Some((low, high)) = columns.range() else {
        return vec![Line::from(styled(
            "   nothing was measured in this span",
            theme.warn(),
        ))];
    };
    // A span without any movement is drawn in the middle, not as noise from edge to edge.
    let (low, high) = if high - low < 1e-4 {
        (low - 5e-4, high + 5e-4)
    } else {
        (low, high)
    };
    let dots = height * 4;
    let mut grid = vec![vec![0u8; cells]; height];
    for (index, value) in columns.values.iter().enumerate() {
        let Some(value) = value else { continue };
        let edge = |index: usize| index * cells * 2 / columns.values.len().max(1);
        let y = ((high - value) / (high - low) * (dots - 1) as f64).round() as usize;
        // A column that is wider than a dot is drawn over its whole width.
        for x in edge(index)..edge(index + 1).max(edge(index) + 1) {
            grid[y / 4][(x / 2).min(cells - 1)] |= BRAILLE[x % 2][y % 4];
        }
    }
    let scale = |row: usize| match row {
        0 => name(high),
        row if row + 1 == height => name(low),
        _ => String::new(),
    };
    let text = |row: usize| -> String {
        grid[row]
            .iter()
            .map(|bits| theme.glyphs.dots(*bits))
            .collect()
    };
    (0..height)
        .map(|row| {
            Line::from(vec![
                styled(format!("{} ", right(&scale(row), SCALE)), theme.dim()),
                styled(text(row), theme.accent()),
            ])
        })
        .collect()
}

/// Bits of a braille cell by column and row, from the top.
const BRAILLE: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// What happened, below the columns in which it did: S start, c change, a what people did, D the drop's begin.
fn marks(
    canvas: &Canvas<'_>,
    columns: &ChartColumns,
    cells: usize,
    ratio: &RatioReport,
) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut row = vec![' '; cells];
    let mut put = |at: DateTime<Utc>, mark: char| {
        if let Some(column) = columns.column(at) {
            let cell = (column * cells / columns.values.len().max(1)).min(cells - 1);
            row[cell] = mark;
        }
    };
    if let Some(view) = model.view() {
        for entry in &view.entries {
            let acts =
                entry.is::<StepRecorded>() || entry.is::<Decided>() || entry.is::<StatusChanged>();
            if acts {
                put(entry.happened(), 'a');
            }
        }
    }
    model
        .changes()
        .into_iter()
        .for_each(|change| put(change.at, 'c'));
    if let Some(drop) = &ratio.drop {
        put(drop.since, 'D');
    }
    if let Some(started) = model
        .incident()
        .and_then(crate::incident::Incident::started)
    {
        put(started, 'S');
    }
    let text: String = row.into_iter().collect();
    Line::from(vec![
        styled(format!("{} ", right("events", SCALE)), theme.dim()),
        styled(text, theme.warn()),
    ])
}

fn times(
    canvas: &Canvas<'_>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    cells: usize,
) -> Line<'static> {
    let utc = canvas.model.ui.utc;
    let long = (to - from).num_hours() > 24;
    let name = |at: DateTime<Utc>| {
        if long {
            short_day(at, canvas.model.now, utc, false)
        } else {
            clock(at, utc)
        }
    };
    let key = "S start  D drop  c change  a action";
    let (first, last) = (name(from), name(to));
    let space = cells.saturating_sub(first.len() + last.len() + key.len()) / 2;
    let gap = " ".repeat(space);
    let text = format!("{} {first}{gap}{key}{gap}{last}", right("", SCALE));
    canvas.line(&text, canvas.theme.dim())
}
