//! What is owed: updates, check-ins and open work with their clocks, decisions, and what is done.

use super::canvas::{Canvas, scrolled};
use super::stated;
use super::words::{self, age, fit, pad, right, styled, width};
use crate::app::IncidentView;
use crate::incident::Status;
use crate::incident::cadence::{CadenceClock, clocks};
use crate::incident::entry::{ClockKind, WorkState, field};
use crate::incident::fold::WorkFact;
use crate::text::Safe;
use chrono::TimeDelta;
use ratatui::style::Style;
use ratatui::text::Line;

pub(super) fn rows(canvas: &Canvas<'_>, height: usize) -> Vec<Line<'static>> {
    let theme = canvas.theme;
    let Some(view) = canvas.model.view() else {
        return vec![Line::from(styled(
            " What is owed, decided and done appears here once an incident is open.",
            theme.dim(),
        ))];
    };
    let mut lines = match view.incident.is_retrospective() {
        true => vec![Line::from(styled(
            "   entered afterwards: no clock runs",
            theme.dim(),
        ))],
        false => owed(canvas, view),
    };
    // A closed incident has no clocks: what is open shows all the same.
    let is_past = view.incident.is_retrospective();
    let closed = view.incident.status == Status::Closed || is_past;
    let rest: Vec<Line<'static>> = items(view, WorkState::Open)
        .filter(|(_, fact)| fact.due.is_none() || closed)
        .map(|item| work(canvas, view, item, Style::new()))
        .collect();
    let title = match closed {
        true if is_past => "open",
        true => "left open; a closed incident pages nobody about it",
        false => "open, without a time",
    };
    section(canvas, &mut lines, title, rest);
    let decided = view.incident.decisions.iter().rev();
    let decided = decided
        .map(|(_, seq)| decision(canvas, view, *seq))
        .collect();
    section(canvas, &mut lines, "decided, the latest first", decided);
    let ended: Vec<Line<'static>> = [WorkState::Done, WorkState::Dropped]
        .into_iter()
        .flat_map(|state| items(view, state))
        .map(|item| work(canvas, view, item, theme.dim()))
        .collect();
    section(canvas, &mut lines, "done or dropped", ended);
    scrolled(canvas, lines, height)
}

fn section(
    canvas: &Canvas<'_>,
    lines: &mut Vec<Line<'static>>,
    title: &str,
    rows: Vec<Line<'static>>,
) {
    if rows.is_empty() {
        return;
    }
    lines.push(Line::default());
    let title = format!("   {title}");
    lines.push(Line::from(styled(title, canvas.theme.dim())));
    lines.extend(rows);
}

fn text_of(view: &IncidentView, seq: u64, name: &str) -> Safe {
    let entry = view.entries.iter().find(|entry| entry.seq == seq);
    Safe::line(entry.and_then(|entry| entry.text(name)).unwrap_or_default())
}

/// What is owed, with its clock: updates, check-ins, work.
fn owed(canvas: &Canvas<'_>, view: &IncidentView) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let clocks = clocks(&view.incident, view.incident.now(&model.stamp));
    let due = |owed: &CadenceClock| words::day_and_clock(owed.at, model.now, model.ui.utc);
    // Dates take space only where there are any.
    let wide = clocks.iter().map(|owed| due(owed).chars().count()).max();
    let wide = wide.unwrap_or(0).max(6);
    let head = format!(
        "   {} {} {}   {}",
        pad("owed", 20),
        right("due", wide),
        right("in", 10),
        "what ends it"
    );
    let mut lines = vec![Line::from(styled(head, theme.dim()))];
    let row = |owed: &CadenceClock| {
        let left = owed.at - model.now;
        let late = left <= TimeDelta::zero();
        let (left, style) = match late {
            true => (format!("-{}", age(-left)), theme.overdue()),
            false if left.num_minutes() < 5 => (age(left), theme.warn()),
            false => (age(left), Style::new()),
        };
        let name = owed.waits_for(&view.incident);
        let item = owed.item.filter(|_| owed.clock == ClockKind::ActionItem);
        let ends = match item {
            Some(item) => about(view, item),
            None => words::ends(owed).to_string(),
        };
        let text = format!(
            "   {} {} {}   {ends}",
            pad(&name, 20),
            right(&due(owed), wide),
            right(&left, 10),
        );
        canvas.line(&text, style)
    };
    lines.extend(clocks.iter().map(row));
    if clocks.is_empty() {
        lines.push(Line::from(styled("   nothing", theme.dim())));
    }
    lines
}

/// Whose work it is and what it is about.
fn about(view: &IncidentView, seq: u64) -> String {
    let owner = view.incident.work.get(&seq);
    let owner = owner.and_then(|fact| view.owner_name(fact));
    let owner = owner.map_or(String::new(), |owner| format!("{owner}: "));
    format!("{owner}{}", text_of(view, seq, field::TEXT))
}

fn items(view: &IncidentView, state: WorkState) -> impl Iterator<Item = (u64, &WorkFact)> {
    let all = view.incident.work.iter();
    all.filter(move |(_, fact)| fact.state == state)
        .map(|(seq, fact)| (*seq, fact))
}

fn work(
    canvas: &Canvas<'_>,
    view: &IncidentView,
    (seq, fact): (u64, &WorkFact),
    style: Style,
) -> Line<'static> {
    let state = match (fact.state, fact.due) {
        (WorkState::Dropped, _) => "dropped: ".to_string(),
        (WorkState::Open, Some(due)) => {
            format!(
                "due {}, ",
                words::day_and_clock(due, canvas.model.now, canvas.model.ui.utc)
            )
        }
        _ => String::new(),
    };
    let more: Vec<String> = [field::REFERENCE, field::CONTACT, field::LINK]
        .into_iter()
        .map(|name| text_of(view, seq, name).to_string())
        .filter(|text| !text.is_empty())
        .collect();
    let more = match more.is_empty() {
        true => String::new(),
        false => format!(" ({})", more.join(", ")),
    };
    let text = format!(
        "   {} {state}{}{more}",
        pad(&format!("{} #{seq}", fact.kind.word()), 20),
        about(view, seq)
    );
    canvas.line(&text, style)
}

fn decision(canvas: &Canvas<'_>, view: &IncidentView, seq: u64) -> Line<'static> {
    let entry = view.entries.iter().find(|entry| entry.seq == seq);
    let when = entry.map_or(String::new(), |entry| {
        let at = view.incident.time_of(entry);
        stated::short(&at, canvas.model.now, canvas.model.ui.utc)
    });
    let when = format!("{when} #{seq}");
    let text = format!(
        "   {} {}; because {}",
        pad(&when, width(&when).max(20)),
        text_of(view, seq, field::TEXT),
        text_of(view, seq, field::WHY)
    );
    Line::from(fit(&text, canvas.width))
}
