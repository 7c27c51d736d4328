//! The row of clocks: what needs a person now, the nearest clock, and those behind it.

use super::super::canvas::Canvas;
use super::super::words::{age, both_ends, clock, fit, styled};
use crate::app::IncidentView;
use crate::app::selectors::clocks::{
    RunningClock, is_waiting, running, unacknowledged_elsewhere, unreached, unsent,
};
use crate::incident::entry::PageOutcome;
use crate::incident::{Moment, Status};
use crate::keymap::Action;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// Cells for the text of a follow-up.
const ABOUT: usize = 24;

pub(super) fn row(canvas: &Canvas<'_>) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut right = Vec::new();
    if let Some(incident) = model.incident() {
        // Entered afterwards, a status is not known before one is entered.
        let word = match incident.status_changes.is_empty() && incident.is_retrospective() {
            true => "no status",
            false => incident.status.word(),
        };
        right.push(styled(format!(" {word} "), theme.strong()));
    }
    both_ends(next(canvas), right, canvas.width)
}

/// What needs a person now, and the nearest clock.
pub(super) fn next(canvas: &Canvas<'_>) -> Vec<Span<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let Some(view) = model.view().filter(|view| view.incident.opened.is_some()) else {
        return vec![
            head("NEXT", theme.dim()),
            styled("no clock runs", theme.dim()),
        ];
    };
    let incident = &view.incident;
    let now = incident.now(&model.stamp);
    if incident.is_retrospective() {
        let mut spans = alarms(canvas, view, now);
        spans.extend(entered_afterwards(canvas));
        return spans;
    }
    let unacknowledged = incident.acknowledged().is_none() && is_waiting(incident, now);
    let clocks = running(view, now);
    let mut spans = alarms(canvas, view, now);
    match clocks.first() {
        Some(first) => spans.extend(nearest(canvas, first)),
        None if incident.status == Status::Closed => spans.extend([
            head("NEXT", theme.dim()),
            styled("closed: no clock runs", theme.dim()),
        ]),
        None if unacknowledged => spans.push(styled(
            " NOBODY ANSWERS: all are called, phone them ",
            theme.overdue(),
        )),
        None => spans.extend([
            head("NEXT", theme.dim()),
            styled("no further call is due", theme.dim()),
        ]),
    }
    if unacknowledged && unreached(incident, now).is_none() {
        spans.push(styled("   not acknowledged", theme.fire()));
    }
    let taken = spans.iter().map(|span| span.content.chars().count()).sum();
    spans.extend(behind(canvas, &clocks, taken));
    spans
}

/// In place of the clocks: none runs.
fn entered_afterwards(canvas: &Canvas<'_>) -> [Span<'static>; 2] {
    let (model, theme) = (canvas.model, canvas.theme);
    let next = match model.entering_at() {
        Some(at) => format!("next entries at {at}"),
        None => format!(
            "{} sets the time of the next entries",
            model.key(Action::Earlier)
        ),
    };
    [
        head("ENTERED AFTERWARDS:", theme.warn()),
        styled(next, theme.strong()),
    ]
}

fn head(word: &str, style: Style) -> Span<'static> {
    styled(format!(" {word} "), style)
}

/// What comes before every clock: pages and updates that did not arrive.
fn alarms(canvas: &Canvas<'_>, view: &IncidentView, now: Moment) -> Vec<Span<'static>> {
    let (model, incident) = (canvas.model, &view.incident);
    let mut texts = Vec::new();
    // An unacknowledged incident elsewhere comes before what has ended here.
    if (incident.status.is_resolved() || incident.is_retrospective())
        && let Some((id, _)) = unacknowledged_elsewhere(model)
    {
        texts.push(format!(" {id} is NOT ACKNOWLEDGED: i goes there "));
    }
    if let Some(level) = unreached(incident, now) {
        texts.push(format!(" PHONE {}: not reached ", level.armed.target));
    }
    if let Some((seq, channel, outcome)) = incident.undelivered().first() {
        let what = match outcome {
            PageOutcome::Unknown => "perhaps not delivered",
            _ => "NOT DELIVERED",
        };
        texts.push(format!(" update #{seq} {what} by {channel} "));
    }
    if let Some((seq, channel)) = unsent(model, view) {
        texts.push(format!(
            " update #{seq} NOT SENT: {channel} cannot be used here "
        ));
    }
    let style = canvas.theme.overdue();
    texts.into_iter().map(|text| styled(text, style)).collect()
}

fn nearest(canvas: &Canvas<'_>, first: &RunningClock) -> [Span<'static>; 2] {
    let (model, theme) = (canvas.model, canvas.theme);
    // The other clocks have no space for their text.
    let about = first.about.as_ref();
    let about = about.map_or(String::new(), |text| format!(" {}", fit(text, ABOUT)));
    let (due, what) = (first.due, format!("{}{about}", first.what));
    if due <= model.now {
        let text = format!("{} {what}", age(model.now - due));
        return [head("OVERDUE", theme.overdue()), styled(text, theme.fire())];
    }
    let left = due - model.now;
    let style = match left.num_minutes() < 5 {
        true => theme.warn(),
        false => theme.strong(),
    };
    let text = format!("{} {what} in {}", clock(due, model.ui.utc), age(left));
    [head("NEXT", theme.accent()), styled(text, style)]
}

/// The clocks behind the nearest one, as far as there is space.
fn behind(canvas: &Canvas<'_>, clocks: &[RunningClock], taken: usize) -> Vec<Span<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut left = canvas.width.saturating_sub(taken + 18);
    let mut spans = Vec::new();
    for RunningClock { due, what, .. } in clocks.iter().skip(1) {
        let text = format!("   {} {what}", clock(*due, model.ui.utc));
        if text.chars().count() > left {
            break;
        }
        left -= text.chars().count();
        let style = match *due <= model.now {
            true => theme.fire(),
            false => theme.dim(),
        };
        spans.push(styled(text, style));
    }
    spans
}
