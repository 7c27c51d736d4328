//! The sources: when each answered last, and what to do where one does not.

use super::super::canvas::Canvas;
use super::super::words::{age, fit, pad, styled};
use crate::incident::SourceId;
use crate::text::Problem;
use chrono::TimeDelta;
use ratatui::text::Line;

pub(super) fn rows(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut well = Vec::new();
    let mut lines = Vec::new();
    for (name, state) in &model.live.sources {
        let silent = model.silence_of(name);
        let (text, hint) = match (&state.error, state.answered, silent) {
            (Some(Problem { what, hint }), Some(_), Some(gap)) => {
                (format!("contact lost for {}: {what}", age(gap)), hint)
            }
            (Some(Problem { what, hint }), None, _) => (format!("no contact so far: {what}"), hint),
            (_, Some(at), _) => {
                well.push(format!("{name} {} ago", age(model.now - at)));
                continue;
            }
            (_, None, _) => {
                well.push(format!("{name} asking"));
                continue;
            }
        };
        let space = canvas.width.saturating_sub(24);
        lines.push(Line::from(vec![
            styled(format!("   {} ", pad(name.as_str(), 18)), theme.dim()),
            styled(fit(&text, space), theme.warn()),
        ]));
        let hint = format!("   {} {}", pad("", 18), fit(hint, space));
        lines.push(Line::from(styled(hint, theme.dim())));
    }
    lines.extend(odd(canvas));
    if let Some(watch) = model.watch_gone() {
        let text = format!(
            "   lost contact with the paging service {} ago: this console runs the clocks",
            age(model.now - watch.beat)
        );
        lines.push(canvas.line(&text, theme.warn()));
    } else if model.is_watched() {
        well.push("watch alive".to_string());
    }
    // All that is well is one row: on 24 rows each is needed for what is not.
    if !well.is_empty() {
        let text = format!("   sources  {}", well.join("   "));
        lines.push(canvas.line(&text, theme.dim()));
    }
    if let Some(report) = &model.live.report {
        for (source, ahead) in &report.skew {
            let name = source.as_ref().or(model.metrics_source());
            let name = name.map_or("", |name| name.as_str());
            let side = if *ahead < TimeDelta::zero() {
                "behind"
            } else {
                "ahead of"
            };
            let text = format!(
                "   the clock of {name} is {} {side} this machine's; it is read at its own time",
                age(ahead.abs())
            );
            lines.push(canvas.line(&text, theme.warn()));
        }
    }
    lines
}

/// What the sources answer and cannot be read as it should be.
fn odd(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let space = canvas.width.saturating_sub(24);
    // What is wrong with changes stands beside the changes.
    let answering = model.live.odd.iter().filter(|((source, part), _)| {
        if *part == "changes" {
            return false;
        }
        let state = model.live.sources.get(source);
        state.is_none_or(|state| state.error.is_none())
    });
    let line = |((source, _), what): (&(SourceId, &str), &String)| {
        Line::from(vec![
            styled(format!("   {} ", pad(source.as_str(), 18)), theme.dim()),
            styled(fit(what, space), theme.warn()),
        ])
    };
    answering.map(line).collect()
}
