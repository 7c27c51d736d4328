//! The sources: when each answered last, and what to do where one does not.

use super::super::Canvas;
use super::super::words::{age, fit, pad, styled};
use ratatui::text::Line;

pub(super) fn rows(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
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
