//! What is happening: what must not be overlooked, the signals, what changed, the alerts, the sources.

mod afterwards;
mod alerts;
mod attention;
mod changes;
mod chart;
mod measured;
mod sources;
mod traffic;

use super::canvas::Canvas;
use ratatui::text::Line;

pub(super) fn rows(canvas: &Canvas<'_>, height: usize) -> Vec<Line<'static>> {
    let past = canvas.model.view();
    if let Some(view) = past.filter(|view| view.incident.is_retrospective()) {
        return afterwards::rows(canvas, view, height);
    }
    // On 24 rows every line is counted; larger shows more of each, never something different.
    let tall = height > 30;
    let mut lines = attention::rows(canvas);
    let urgent = lines.len() > 2;
    let part = |lines: &mut Vec<Line<'static>>, more: Vec<Line<'static>>| {
        if !more.is_empty() && (tall || lines.len() < 8) && !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(more);
    };
    if let Some(shown) = canvas.model.ui.chart.filter(|_| !tall) {
        let space = height.saturating_sub(lines.len() + 1);
        part(&mut lines, chart::rows(canvas, shown, space));
        return lines;
    }
    part(
        &mut lines,
        measured::rows(canvas, if tall { 12 } else { 4 }),
    );
    match (tall, urgent) {
        (true, _) => lines.extend(traffic::rows(canvas, 12)),
        (false, false) => lines.extend(traffic::rows(canvas, 1)),
        (false, true) => {}
    }
    part(&mut lines, changes::rows(canvas, if tall { 6 } else { 2 }));
    let sources = sources::rows(canvas);
    if let Some(shown) = canvas.model.ui.chart {
        let space = height.saturating_sub(lines.len() + 1);
        part(&mut lines, chart::rows(canvas, shown, space));
        return lines;
    }
    let space = height
        .saturating_sub(lines.len() + sources.len() + 1)
        .max(3);
    part(&mut lines, alerts::rows(canvas, space));
    part(&mut lines, sources);
    lines
}
