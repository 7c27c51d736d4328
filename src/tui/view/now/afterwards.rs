//! An incident that is entered afterwards: what is known of it, and what is missing. Nothing is counted until now.

use super::super::canvas::Canvas;
use super::super::stated;
use super::super::words::{pad, styled};
use crate::app::IncidentView;
use crate::incident::contradiction::contradictions;
use crate::incident::windows::{Window, WindowBasis};
use crate::incident::{Incident, Status};
use crate::keymap::Action;
use crate::signals::percent;
use crate::text::list;
use crate::times::{Lasted, after_start};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// Cells of the names.
const NAME: usize = 14;

pub(super) fn rows(canvas: &Canvas<'_>, view: &IncidentView, height: usize) -> Vec<Line<'static>> {
    let theme = canvas.theme;
    let incident = &view.incident;
    let mut lines = vec![
        canvas.line(
            " Entered afterwards: nobody is paged, no clock runs, nothing is measured.",
            theme.dim(),
        ),
        Line::default(),
    ];
    lines.extend(beginning(canvas, incident));
    lines.extend(windows(canvas, incident));
    lines.push(status(canvas, incident));
    lines.push(severity(canvas, incident));
    lines.extend(doubts(canvas, incident));
    lines.extend(missing(canvas, incident));
    // The last rows are about the present.
    let present = present(canvas);
    lines.truncate(height.saturating_sub(present.len()));
    lines.resize(height.saturating_sub(present.len()), Line::default());
    lines.extend(present);
    lines
}

fn row(canvas: &Canvas<'_>, name: &str, text: &str, style: Style) -> Line<'static> {
    let text = super::super::words::fit(text, canvas.width.saturating_sub(NAME + 5));
    Line::from(vec![
        styled(format!("   {} ", pad(name, NAME)), canvas.theme.dim()),
        styled(text, style),
    ])
}

fn beginning(canvas: &Canvas<'_>, incident: &Incident) -> Vec<Line<'static>> {
    let Some(opened) = &incident.opened else {
        return Vec::new();
    };
    let start = opened.data.start();
    let text = format!("{start}  #{}", opened.seq);
    let mut lines = vec![row(canvas, "start", &text, canvas.theme.strong())];
    lines.extend(opened.detected.map(|at| {
        let text = format!("{at}, {}  #{}", after_start(&start, &at), opened.seq);
        row(canvas, "detected", &text, Style::new())
    }));
    lines.extend(incident.acknowledged().map(|ack| {
        let text = format!("{}, {}  #{}", ack.at, after_start(&start, &ack.at), ack.seq);
        row(canvas, "acknowledged", &text, Style::new())
    }));
    lines
}

/// Most rows of windows.
const WINDOWS: usize = 4;

fn windows(canvas: &Canvas<'_>, incident: &Incident) -> Vec<Line<'static>> {
    let Some(windows) = incident.windows() else {
        return Vec::new();
    };
    let count = windows.list.len();
    let mut lines = Vec::new();
    for (at, window) in windows.list.iter().take(WINDOWS).enumerate() {
        let name = match (count, at) {
            (1, _) => "impact".to_string(),
            (_, at) => format!("impact {}", at + 1),
        };
        let (text, style) = match window.end {
            Some(_) => (span(canvas, window), Style::new()),
            None => (span(canvas, window), canvas.theme.warn()),
        };
        lines.push(row(canvas, &name, &text, style));
    }
    if count > WINDOWS {
        let text = format!("{} more windows", count - WINDOWS);
        lines.push(row(canvas, "", &text, canvas.theme.dim()));
    }
    if let Some(total) = windows.total() {
        let text = format!("{}  ({})", total.shown(), basis(windows.basis));
        lines.push(row(canvas, "together", &text, Style::new()));
    }
    lines
}

fn basis(basis: WindowBasis) -> &'static str {
    match basis {
        WindowBasis::Said => "as said",
        WindowBasis::Measured => "as measured",
        WindowBasis::Status => "from the start until a status ends it",
    }
}

fn span(canvas: &Canvas<'_>, window: &Window) -> String {
    let utc = canvas.model.ui.utc;
    let start = stated::full(&window.start.at, utc);
    let start = match window.or_before {
        true => format!("{start} or before"),
        false => start,
    };
    let Some(end) = window.end else {
        return format!("{start}, end not known  #{}", window.start.seq);
    };
    let same_day = stated::heading(&window.start.at, utc) == stated::heading(&end.at, utc);
    let until = match same_day && end.at.is_precise() {
        true => stated::column(&end.at, utc),
        false => stated::full(&end.at, utc),
    };
    let lasted = Lasted::of_window(&window.start.at, &end.at).shown();
    let cites = match window.start.seq == end.seq {
        true => format!("#{}", end.seq),
        false => format!("#{} #{}", window.start.seq, end.seq),
    };
    format!("{start} to {until}, {lasted}  {cites}")
}

fn status(canvas: &Canvas<'_>, incident: &Incident) -> Line<'static> {
    let text = match incident.status_changes.last() {
        Some(fact) => format!("{} at {}  #{}", fact.status.word(), fact.at, fact.seq),
        None => "not entered".to_string(),
    };
    row(canvas, "status", &text, Style::new())
}

fn severity(canvas: &Canvas<'_>, incident: &Incident) -> Line<'static> {
    let text = match incident.classification() {
        Some(verdict) => {
            let (severity, rule, seq) = (verdict.severity, &verdict.rule, verdict.seq);
            format!("{severity} by {rule}  #{seq}")
        }
        None => "not entered".to_string(),
    };
    row(canvas, "severity", &text, Style::new())
}

fn doubts(canvas: &Canvas<'_>, incident: &Incident) -> Option<Line<'static>> {
    let found = contradictions(incident);
    let cites = found.iter().map(|it| {
        let cites: Vec<String> = it.cites().iter().map(|seq| format!("#{seq}")).collect();
        cites.join(" and ")
    });
    let text = match found.len() {
        0 => return None,
        1 => format!("times of {}", list(cites)),
        more => format!("{more}: times of {}", list(cites)),
    };
    Some(row(canvas, "contradicts", &text, canvas.theme.warn()))
}

/// What a complete entry has besides, with the key that enters it.
fn missing(canvas: &Canvas<'_>, incident: &Incident) -> Vec<Line<'static>> {
    let mut wanted = Vec::new();
    if incident.classification().is_none() {
        wanted.push((Action::Classify, "the severity"));
    }
    if incident.windows().is_some_and(|windows| windows.is_open()) {
        wanted.push((Action::Impact, "when the impact ended"));
    }
    if incident.status < Status::Resolved {
        wanted.push((Action::Status, "when it was resolved"));
    }
    if incident.acknowledged().is_none() {
        wanted.push((Action::Acknowledge, "who took it, and when"));
    }
    if incident
        .opened
        .as_ref()
        .is_some_and(|it| it.detected.is_none())
    {
        wanted.push((Action::Note, "when and how it was detected"));
    }
    if wanted.is_empty() || incident.status == Status::Closed {
        return Vec::new();
    }
    let theme = canvas.theme;
    let mut lines = vec![
        Line::default(),
        Line::from(styled("   not entered yet", theme.dim())),
    ];
    lines.extend(wanted.into_iter().map(|(action, what)| {
        Line::from(vec![
            Span::raw("   "),
            styled(pad(&canvas.model.key(action), 4), theme.accent()),
            styled(what, theme.warn()),
        ])
    }));
    lines
}

/// What happens now is no part of this incident, and is not hidden by it.
fn present(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let model = canvas.model;
    let rate = model.sample().filter(|_| model.stale_sample().is_none());
    let rate = rate.and_then(|sample| sample.reading.value());
    let rate = rate.map_or("not known".to_string(), percent);
    let index = &model.live.index;
    let firing = match index.sources().next() {
        Some(_) => format!("{} alerts fire", index.firing() - index.heartbeats()),
        None => "alerts not known".to_string(),
    };
    let (signal, sources) = (&model.setup.signal, &model.setup.sources);
    if sources.is_empty() {
        return Vec::new();
    }
    let text = format!("   today, apart from this: {signal} {rate}, {firing}");
    vec![canvas.line(&text, canvas.theme.dim())]
}
