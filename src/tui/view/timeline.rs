//! What happened: every entry, the newest at the bottom, followed until one goes up.

use super::canvas::Canvas;
use super::stated;
use super::words::{clock_seconds, day, fit, pad, right, styled, width, wrap};
use crate::app::incident_view::IncidentView;
use crate::app::selectors::timeline::{selected_row, time_beside, timeline_rows};
use crate::documents::{People, sentence};
use crate::incident::entry::{
    ClockEvent, CustodyEvent, ObservationEvent, PagingEvent, ResponseEvent,
};
use crate::incident::fold::{Before, Replaced};
use crate::incident::{Entry, Event};
use crate::keymap::Action;
use ratatui::text::{Line, Span};

/// An entry, or the day on which what stands below it happened.
enum Row<'b> {
    Day(String),
    Entry(&'b Entry),
}

/// The entries with their days, where they are of other days than today.
fn dated<'b>(canvas: &Canvas<'_>, view: &'b IncidentView, shown: &[u64]) -> Vec<Row<'b>> {
    let utc = canvas.model.ui.utc;
    let mut last = day(canvas.model.now, utc);
    let mut rows = Vec::new();
    for seq in shown {
        let Some(entry) = entry_of(view, *seq) else {
            continue;
        };
        let here = stated::heading(&time_beside(&view.incident, entry), utc);
        if here != last {
            rows.push(Row::Day(here.clone()));
            last = here;
        }
        rows.push(Row::Entry(entry));
    }
    rows
}

fn entry_of(view: &IncidentView, seq: u64) -> Option<&Entry> {
    let index = usize::try_from(seq.checked_sub(1)?).ok()?;
    view.entries.get(index)
}

/// Cells of the times: of a clock time, unless one is longer.
fn time_cells(canvas: &Canvas<'_>, view: &IncidentView, rows: &[Row<'_>]) -> usize {
    let cells = rows.iter().filter_map(|row| match row {
        Row::Day(_) => None,
        Row::Entry(entry) => {
            let at = time_beside(&view.incident, entry);
            Some(width(&stated::column(&at, canvas.model.ui.utc)))
        }
    });
    cells.fold(CLOCK, usize::max)
}

/// `16:35:02`.
const CLOCK: usize = 8;

pub(super) fn rows(canvas: &Canvas<'_>, height: usize) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let Some(view) = model.view() else {
        return vec![Line::from(styled(
            " Every entry of the journal appears here once an incident is open.",
            theme.dim(),
        ))];
    };
    let shown = timeline_rows(model);
    if shown.is_empty() {
        let back = model.key(Action::Back);
        let text = format!(" No entry contains that; {back} removes the filter.");
        return vec![Line::from(styled(text, theme.dim()))];
    }
    let people = People::by_name(&view.entries, &view.incident);
    let at = selected_row(model, &shown).unwrap_or(shown.len() - 1);
    let rows = dated(canvas, view, &shown);
    let is_here = |row: &Row<'_>| matches!(row, Row::Entry(entry) if entry.seq == shown[at]);
    let cursor = rows.iter().position(is_here).unwrap_or(0);
    let detail = detail(canvas, &people, shown[at]);
    let space = height.saturating_sub(detail.len() + 1).max(3);
    // The cursor stands in the last row, unless there is nothing above.
    let first = match model.is_retrospective() {
        false => (cursor + 1).saturating_sub(space),
        // In the order of times it can stand anywhere.
        true => (cursor.saturating_sub(space / 2)).min(rows.len().saturating_sub(space)),
    };
    let cells = time_cells(canvas, view, &rows);
    let drawn = rows.iter().skip(first).take(space).map(|row| match row {
        Row::Day(day) => Line::from(styled(format!("   {day}"), theme.dim())),
        Row::Entry(entry) => line(canvas, (view, entry), &people, (is_here(row), cells)),
    });
    let mut lines: Vec<Line<'static>> = drawn.collect();
    lines.resize(space, Line::default());
    lines.push(canvas.rule());
    lines.extend(detail);
    lines
}

fn line(
    canvas: &Canvas<'_>,
    (view, entry): (&IncidentView, &Entry),
    people: &People,
    (here, cells): (bool, usize),
) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mark = if here { theme.glyphs.cursor } else { " " };
    let corrected = view.incident.corrections.contains_key(&entry.seq);
    let style = match entry.event().map(emphasis) {
        _ if corrected => theme.dim(),
        Some(Emphasis::Background) => theme.dim(),
        Some(Emphasis::Doubt) => theme.warn(),
        Some(Emphasis::Decisive) => theme.strong(),
        Some(Emphasis::Plain) | None => ratatui::style::Style::new(),
    };
    let space = canvas
        .width
        .saturating_sub(1 + 1 + 1 + cells + 1 + 5 + 1 + 8 + 1);
    let who = view.name_of(&entry.by);
    let at = stated::column(&time_beside(&view.incident, entry), model.ui.utc);
    Line::from(vec![
        styled(format!(" {mark} "), theme.accent()),
        styled(pad(&at, cells), theme.dim()),
        styled(right(&format!("#{}", entry.seq), 5), theme.dim()),
        Span::raw(" "),
        styled(pad(&who, 8), theme.dim()),
        Span::raw(" "),
        styled(fit(&sentence(entry, people), space), style),
    ])
}

/// An entry with everything that is said in it.
pub(super) fn whole(canvas: &Canvas<'_>, seq: u64, width: usize) -> Vec<String> {
    let Some(view) = canvas.model.view() else {
        return Vec::new();
    };
    let Some(entry) = view.entries.iter().find(|entry| entry.seq == seq) else {
        return Vec::new();
    };
    let utc = canvas.model.ui.utc;
    let people = People::by_name(&view.entries, &view.incident);
    let time = |at| format!("{} {}", day(at, utc), clock_seconds(at, utc));
    let at = time_beside(&view.incident, entry);
    let mut text = vec![format!(
        "{}, {}",
        stated::full(&at, utc),
        view.name_of(&entry.by)
    )];
    for replaced in view.incident.replaced(seq) {
        let Replaced { by, before } = replaced;
        text.push(match before {
            Before::Time(time) => format!("before correction #{by}: {}", stated::full(time, utc)),
            Before::Severity(severity) => format!("before correction #{by}: {severity}"),
        });
    }
    if at != entry.recorded.into() {
        text.push(format!("recorded {}", time(entry.recorded)));
    }
    text.extend(wrap(&sentence(entry, &people), width));
    for (field, said) in &entry.texts {
        text.push(String::new());
        text.push(format!("{field}:"));
        text.extend(said.or_word().lines().flat_map(|line| wrap(line, width)));
    }
    text.push(String::new());
    text.extend(wrap(&format!("hash {}", entry.hash), width));
    text
}

/// The selected entry in full.
fn detail(canvas: &Canvas<'_>, people: &People, seq: u64) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let Some(entry) = model
        .view()
        .and_then(|view| view.entries.iter().find(|e| e.seq == seq))
    else {
        return Vec::new();
    };
    let mut lines: Vec<Line<'static>> =
        wrap(&sentence(entry, people), canvas.width.saturating_sub(4))
            .into_iter()
            .take(3)
            .map(|text| Line::from(format!("  {text}")))
            .collect();
    let hash: String = entry.hash.chars().take(12).collect();
    let mut facts = format!(
        "  recorded {} {}, hash {hash}",
        day(entry.recorded, model.ui.utc),
        clock_seconds(entry.recorded, model.ui.utc)
    );
    if let Some(incident) = model.incident()
        && let Some(by) = incident.corrections.get(&seq)
    {
        let list: Vec<String> = by.iter().map(|seq| format!("#{seq}")).collect();
        facts += &format!(", corrected by {}", list.join(" "));
    }
    if !entry.masked.is_empty() {
        let kinds: Vec<&str> = entry.masked.iter().map(|(_, kind)| kind.as_str()).collect();
        facts += &format!(", masked: {}", kinds.join(" "));
    }
    lines.push(canvas.line(&facts, theme.dim()));
    lines
}

/// How much an event stands out among the rows.
enum Emphasis {
    Background,
    Plain,
    Decisive,
    /// What follows is less certain.
    Doubt,
}

fn emphasis(event: &Event) -> Emphasis {
    match event {
        Event::Observation(
            ObservationEvent::SignalSeen(_)
            | ObservationEvent::ImpactMeasured(_)
            | ObservationEvent::Backfilled(_),
        )
        | Event::Response(ResponseEvent::ActorIntroduced(_))
        | Event::Paging(PagingEvent::EscalationArmed(_)) => Emphasis::Background,
        Event::Observation(ObservationEvent::SourceLost(_))
        | Event::Clock(ClockEvent::ClockStepped(_) | ClockEvent::BootChanged(_))
        | Event::Custody(CustodyEvent::Recovered(_)) => Emphasis::Doubt,
        Event::Response(
            ResponseEvent::Classified(_)
            | ResponseEvent::StatusChanged(_)
            | ResponseEvent::ImpactStated(_)
            | ResponseEvent::Decided(_),
        ) => Emphasis::Decisive,
        Event::Response(
            ResponseEvent::Opened(_)
            | ResponseEvent::Proposed(_)
            | ResponseEvent::RoleAssigned(_)
            | ResponseEvent::HandedOver(_)
            | ResponseEvent::Noted(_)
            | ResponseEvent::Corrected(_)
            | ResponseEvent::WorkOpened(_)
            | ResponseEvent::WorkChanged(_),
        )
        | Event::Observation(_)
        | Event::Paging(_)
        | Event::Message(_)
        | Event::Playbook(_)
        | Event::Custody(_)
        | Event::Clock(_) => Emphasis::Plain,
    }
}
