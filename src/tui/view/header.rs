//! The rows at the top: how bad, since when, who; the success rate and its age; the nearest clock; where one is.

mod clocks;

use super::canvas::Canvas;
use super::words::{age, both_ends, burn_words, clock_with_zone, elapsed, fit, styled};
use crate::app::Model;
use crate::incident::fold::SignalFacts;
use crate::incident::severity::Severity;
use crate::incident::{Incident, Role, Status};
use crate::keymap::Screen;
use crate::signals::chart::success;
use crate::signals::{meets, percent};
use crate::times::Lasted;
use chrono::TimeDelta;
use ratatui::text::{Line, Span};

/// Cells of the trace, each a minute: on a narrow screen, and on a wide one.
const TRACE: [usize; 2] = [16, 30];

pub(super) fn rows(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    vec![
        incident(canvas),
        signal(canvas),
        clocks::row(canvas),
        tabs(canvas),
        rule(canvas),
    ]
}

/// The line below the tabs. For a while it shows that the clock was set: a reader of times must know.
fn rule(canvas: &Canvas<'_>) -> Line<'static> {
    let model = canvas.model;
    match model.clock_steps.recent(&model.stamp) {
        Some(step) => {
            let words = fit(&format!(" {}", step.words()), canvas.width);
            Line::from(styled(words, canvas.theme.warn()))
        }
        None => canvas.rule(),
    }
}

/// For a terminal that is too small: the same, shorter.
pub(super) fn small(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let model = canvas.model;
    let severity = model.incident().and_then(Incident::severity);
    let word = severity.map_or("SEV?".to_string(), |severity| severity.to_string());
    let title = model.view().map_or("no incident", |view| view.title());
    let drill = model.setup.drill.as_ref().map_or("", |_| "EXERCISE ");
    let plain = |spans: Vec<Span<'static>>| -> String {
        spans.iter().map(|span| span.content.to_string()).collect()
    };
    let rows = [
        format!("{drill}{word} {title}"),
        plain(value(canvas)),
        plain(clocks::next(canvas)),
    ];
    rows.map(|row| Line::from(fit(&row, canvas.width))).into()
}

fn incident(canvas: &Canvas<'_>) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let none = theme.glyphs.none;
    let mut left = Vec::new();
    let mut right = Vec::new();
    let exercise = model.setup.drill.is_some();
    if exercise {
        left.push(styled(" EXERCISE ", theme.exercise()));
    }
    match model.view().filter(|view| view.incident.opened.is_some()) {
        Some(view) => {
            let severity = view.incident.severity();
            let word = severity.map_or(" SEV? ".to_string(), |severity| format!(" {severity} "));
            left.push(styled(word, theme.severity(severity.map(Severity::level))));
            if let Some(proposed) = model.proposed() {
                let text = format!(" {} {proposed}?", theme.glyphs.arrow);
                left.push(styled(text, theme.warn()));
            }
            left.push(styled(format!(" {}", view.title()), theme.strong()));
            let lasted = format!("  {} ", lasted(model, &view.incident));
            right.push(styled(lasted, theme.strong()));
            for role in [
                Role::IncidentCommander,
                Role::Operations,
                Role::Communications,
            ] {
                let holder = view.incident.roles.get(&role);
                let holder = holder.map(|held| view.name_of(&held.actor));
                // The commander's place is shown empty; the others take space only once they are held.
                if holder.is_none() && role != Role::IncidentCommander && canvas.width < 100 {
                    continue;
                }
                let style = match holder {
                    Some(_) => theme.strong(),
                    None => theme.dim(),
                };
                let name = holder.map_or(none.to_string(), |name| fit(&name, 8));
                right.push(styled(format!(" {} ", role.short()), theme.dim()));
                right.push(styled(name, style));
            }
        }
        None => left.push(styled(" warroom  no incident is open ", theme.strong())),
    }
    if exercise {
        right.push(styled(" EXERCISE ", theme.exercise()));
    } else {
        right.push(Span::raw(" "));
    }
    both_ends(left, right, canvas.width)
}

/// How long it lasts or lasted; of an incident that is entered afterwards, the impact.
fn lasted(model: &Model, incident: &Incident) -> String {
    if incident.is_retrospective() {
        let total = incident.windows().and_then(|windows| windows.total());
        return total.map_or("end not known".into(), |total| total.shown());
    }
    let ended = incident.reached(Status::Resolved);
    match incident.start().filter(|start| !start.is_instant()) {
        Some(start) => {
            let until = ended.map_or_else(|| model.now.into(), |fact| fact.at);
            Lasted::of_window(&start, &until).shown()
        }
        None => {
            let since = model.since(incident).unwrap_or(model.now);
            let until = ended.map_or(model.now, |fact| {
                incident.restated(fact.seq, fact.at.from(), &model.stamp)
            });
            elapsed(until - since)
        }
    }
}

/// Of an incident that is entered afterwards: its start and its windows. Nothing of now belongs to it.
fn past(canvas: &Canvas<'_>, incident: &Incident) -> Vec<Span<'static>> {
    let theme = canvas.theme;
    let start = incident.start().map_or("not known".into(), |at| at.shown());
    let windows = incident.windows().map_or(0, |windows| windows.list.len());
    let windows = match windows {
        1 => String::new(),
        more => format!("  {more} windows of impact"),
    };
    vec![
        styled(" start ", theme.dim()),
        styled(start, theme.strong()),
        styled(windows, theme.dim()),
    ]
}

/// Success rate, objective, age: never a number without knowing how old it is.
fn value(canvas: &Canvas<'_>) -> Vec<Span<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let name = styled(format!(" {} ", model.setup.signal), theme.dim());
    let unknown = |text: String| vec![name.clone(), styled(text, theme.warn())];
    let Some(source) = model.headline_source() else {
        return recorded(canvas);
    };
    let state = model.live.sources.get(&source);
    let silent = model.silence_of(&source);
    let lost = silent.filter(|_| state.is_some_and(|state| state.error.is_some()));
    let Some((signal, ratio)) = model.headline() else {
        return unknown(match lost {
            Some(gap) => format!("unknown: no contact with {source} for {}", age(gap)),
            None => "waiting for the first reading".to_string(),
        });
    };
    let Some(sample) = model.sample().filter(|it| it.reading.shown().is_some()) else {
        let why = match (lost, &signal.error) {
            (Some(gap), _) => format!("no contact with {source} for {}", age(gap)),
            (None, Some(error)) => error.what.clone(),
            (None, None) if !signal.answered => {
                return unknown("waiting for the first reading".into());
            }
            (None, None) => ratio.current.reading.word().to_string(),
        };
        return unknown(format!("unknown: {why}"));
    };
    let objective = model.setup.objective;
    let stale = model.stale_sample().is_some();
    let style = match meets(sample.reading, objective) {
        _ if lost.is_some() || stale => theme.dim(),
        Some(true) => theme.good(),
        Some(false) => theme.fire(),
        None => theme.warn(),
    };
    let number = sample.reading.shown().map_or_else(String::new, percent);
    let mut spans = vec![name, styled(number, style)];
    spans.push(styled(format!(" of {}", percent(objective)), theme.dim()));
    if sample.reading.value().is_none() {
        let words = format!("  {}", sample.reading.word());
        spans.push(styled(words, theme.warn()));
    }
    let old = age(model.now - sample.at);
    spans.push(match (lost, stale) {
        (Some(_), _) => styled(format!("  contact lost, {old} old"), theme.warn()),
        (None, true) => styled(format!("  {old} old"), theme.warn()),
        (None, false) => styled(format!("  {old} ago"), theme.dim()),
    });
    spans
}

/// Without a source of measurements: the last recorded reading.
fn recorded(canvas: &Canvas<'_>) -> Vec<Span<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let name = styled(format!(" {} ", model.setup.signal), theme.dim());
    let facts = model
        .incident()
        .and_then(|incident| incident.signals.get(&model.setup.signal));
    let Some(last) = facts.and_then(SignalFacts::last) else {
        let text = "not measured: no Prometheus is configured";
        return vec![name, styled(text, theme.warn())];
    };
    let value = last.reading.shown();
    let value = value.map_or_else(|| last.reading.word().to_string(), percent);
    let when = format!("  recorded {} ago", age(model.now - last.at));
    let objective = format!(" of {}", percent(model.setup.objective));
    vec![
        name,
        styled(value, theme.strong()),
        styled(objective, theme.dim()),
        styled(when, theme.warn()),
    ]
}

fn is_lost(model: &Model) -> bool {
    let source = model.headline_source();
    source.is_some_and(|source| model.silence_of(&source).is_some())
}

fn signal(canvas: &Canvas<'_>) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    if let Some(incident) = model.incident().filter(|it| it.is_retrospective()) {
        return both_ends(past(canvas, incident), Vec::new(), canvas.width);
    }
    let mut left = value(canvas);
    if let Some((_, ratio)) = model.headline()
        && model.stale_sample().is_none()
        && !is_lost(model)
        && meets(ratio.current.reading, model.setup.objective) == Some(false)
        && let Some(burn) = ratio.budget.burns[0].short
    {
        let burn = burn_words(Some(burn), theme.glyphs.none);
        left.push(styled(format!("  burn {burn}x"), theme.warn()));
    }
    let trace = styled(format!("{} ", trace(canvas)), theme.dim());
    both_ends(left, vec![trace], canvas.width)
}

/// The last minutes as a line of levels.
fn trace(canvas: &Canvas<'_>) -> String {
    let glyphs = canvas.theme.glyphs;
    let Some((_, ratio)) = canvas.model.headline() else {
        return String::new();
    };
    let Some(end) = ratio.track.end() else {
        return String::new();
    };
    let cells = TRACE[usize::from(canvas.width >= 92)];
    let from = end - TimeDelta::minutes(cells as i64);
    let recent = success(&ratio.track, from, end, cells).values;
    let known = || recent.iter().flatten().copied();
    // The objective is always in sight, and a point below it: a rate that is steadily low is drawn low, and what is
    // noise at the objective is drawn flat.
    let objective = canvas.model.setup.objective;
    let (low, high) = (
        known().fold(objective - 0.01, f64::min),
        known().fold(objective, f64::max),
    );
    let level = |value: f64| ((value - low) / (high - low) * 7.0).round() as usize;
    recent
        .iter()
        .map(|value| value.map_or(glyphs.gap, |value| glyphs.levels[level(value).min(7)]))
        .collect()
}

fn tabs(canvas: &Canvas<'_>) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    // Seven names, and the time with its zone, do not fit into 80 cells as they are.
    let narrow = canvas.width < 92;
    let mut left = Vec::new();
    for (at, screen) in Screen::ALL.iter().enumerate() {
        let name = if narrow {
            screen.short()
        } else {
            screen.title()
        };
        let style = match *screen == model.ui.screen {
            true => theme.selected(),
            false => theme.dim(),
        };
        left.push(styled(format!(" {} {name} ", at + 1), style));
    }
    let time = clock_with_zone(model.now, model.ui.utc);
    let time = match narrow {
        // `01:03Z`, `02:03+0100`: the basic form of the zone.
        true => match time.split_once(' ') {
            Some((clock, "UTC")) => format!("{clock}Z"),
            Some((clock, zone)) => format!("{clock}{}", zone.replace(':', "")),
            None => time,
        },
        false => format!("{time} "),
    };
    both_ends(left, vec![styled(time, theme.dim())], canvas.width)
}
