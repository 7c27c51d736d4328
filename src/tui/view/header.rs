//! The rows at the top: how bad, since when, who; the success rate and its age; the nearest clock; where one is.

use super::Canvas;
use super::words::{age, both_ends, clock, clock_with_zone, elapsed, fit, styled};
use crate::app::{IncidentView, Model};
use crate::incident::cadence;
use crate::incident::entry::{PageOutcome, field};
use crate::incident::escalation::{LevelState, Standing};
use crate::incident::{Incident, IncidentId, Moment, Role, Slug, Status};
use crate::keymap::Screen;
use crate::signals::{Reading, burn_rate, meets, percent};
use chrono::{DateTime, Utc};
use ratatui::text::{Line, Span};

/// Cells for what work is about.
const ABOUT: usize = 24;
/// Cells of the trace.
const TRACE: usize = 20;

pub(super) fn rows(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    vec![
        incident(canvas),
        signal(canvas),
        clocks(canvas),
        tabs(canvas),
        rule(canvas),
    ]
}

/// The line below the tabs. For a while it says that the clock was set: whoever reads a time must know.
fn rule(canvas: &Canvas<'_>) -> Line<'static> {
    let model = canvas.model;
    match model.steps.news(&model.stamp) {
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
    let severity = model
        .incident()
        .and_then(crate::incident::Incident::severity);
    let word = severity.map_or("SEV?".to_string(), |severity| severity.to_string());
    let title = model.view().map_or("no incident", |view| view.title());
    let drill = if model.setup.drill.is_some() {
        "EXERCISE "
    } else {
        ""
    };
    let mut lines = vec![Line::from(fit(
        &format!("{drill}{word} {title}"),
        canvas.width,
    ))];
    let value: String = value(canvas)
        .iter()
        .map(|span| span.content.to_string())
        .collect();
    lines.push(Line::from(fit(&value, canvas.width)));
    let next: String = next(canvas)
        .iter()
        .map(|span| span.content.to_string())
        .collect();
    lines.push(Line::from(fit(&next, canvas.width)));
    lines
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
            left.push(styled(
                word,
                theme.severity(severity.map(crate::incident::severity::Severity::level)),
            ));
            if let Some(proposed) = model.proposed() {
                let text = format!(" {} {proposed}?", theme.glyphs.arrow);
                left.push(styled(text, theme.warn()));
            }
            left.push(styled(format!(" {}", view.title()), theme.strong()));
            let since = model.since(&view.incident).unwrap_or(model.now);
            let ended = view.incident.reached(Status::Resolved);
            let until = ended.map_or(model.now, |fact| {
                view.incident.restated(fact.seq, fact.at, &model.stamp)
            });
            right.push(styled(
                format!("  {} ", elapsed(until - since)),
                theme.strong(),
            ));
            for role in [
                Role::IncidentCommander,
                Role::Operations,
                Role::Communications,
            ] {
                // The commander's place is shown empty; the others take room only once somebody is there.
                let held = view.incident.roles.contains_key(&role);
                if !held && role != Role::IncidentCommander && canvas.width < 100 {
                    continue;
                }
                let holder = view
                    .incident
                    .roles
                    .get(&role)
                    .map(|held| view.name_of(&held.actor));
                let style = if holder.is_some() {
                    theme.strong()
                } else {
                    theme.dim()
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

/// Success rate, objective, age: never a number without knowing how old it is.
fn value(canvas: &Canvas<'_>) -> Vec<Span<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let objective = model.setup.objective;
    let name = styled(format!(" {} ", model.setup.signal), theme.dim());
    let Some(source) = model.metrics_source() else {
        return vec![
            name,
            styled("not measured: no Prometheus is configured", theme.warn()),
        ];
    };
    let state = model.live.sources.get(source);
    let silent = model.silence_of(source);
    let lost = silent.zip(state.and_then(|state| state.error.as_ref()));
    if let (Some((what, _)), None) = (&model.live.signal_error, lost) {
        return vec![name, styled(format!("unknown: {what}"), theme.warn())];
    }
    let Some(sample) = model.sample() else {
        let text = match lost {
            Some((age_of, _)) => format!("unknown: no contact with {source} for {}", age(age_of)),
            None => "waiting for the first reading".to_string(),
        };
        return vec![name, styled(text, theme.warn())];
    };
    let mut spans = vec![name];
    match sample.reading {
        Reading::Value(value) => {
            let style = match (lost.is_some(), meets(sample.reading, objective)) {
                (true, _) => theme.dim(),
                (_, Some(true)) => theme.good(),
                _ => theme.fire(),
            };
            spans.push(styled(percent(value), style));
            spans.push(styled(format!(" of {}", percent(objective)), theme.dim()));
        }
        other => spans.push(styled(format!("{}: unknown", other.word()), theme.warn())),
    }
    let old = age(model.now - sample.at);
    match lost {
        Some(_) => spans.push(styled(format!("  contact lost, {old} old"), theme.warn())),
        None if model.stale_sample().is_some() => {
            spans.push(styled(format!("  {old} old"), theme.warn()))
        }
        None => spans.push(styled(format!("  {old} ago"), theme.dim())),
    }
    spans
}

fn signal(canvas: &Canvas<'_>) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut left = value(canvas);
    if let Some(sample) = model.sample()
        && model.stale_sample().is_none()
        && meets(sample.reading, model.setup.objective) == Some(false)
        && let Some(burn) = burn_rate(sample.reading, model.setup.objective)
    {
        left.push(styled(format!("  burn {burn:.0}x"), theme.warn()));
    }
    both_ends(
        left,
        vec![styled(format!("{} ", trace(canvas)), theme.dim())],
        canvas.width,
    )
}

/// The last readings as a line of levels.
fn trace(canvas: &Canvas<'_>) -> String {
    let glyphs = canvas.theme.glyphs;
    let trace = &canvas.model.live.trace;
    let recent: Vec<Option<f64>> = trace
        .iter()
        .rev()
        .take(TRACE)
        .rev()
        .map(|sample| sample.reading.value())
        .collect();
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

fn clocks(canvas: &Canvas<'_>) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut right = Vec::new();
    if let Some(incident) = model.incident() {
        right.push(styled(
            format!(" {} ", incident.status.word()),
            theme.strong(),
        ));
    }
    both_ends(next(canvas), right, canvas.width)
}

/// The nearest clock.
fn next(canvas: &Canvas<'_>) -> Vec<Span<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let head = |word: &str, style| styled(format!(" {word} "), style);
    let Some(view) = model.view().filter(|view| view.incident.opened.is_some()) else {
        return vec![
            head("NEXT", theme.dim()),
            styled("no clock runs", theme.dim()),
        ];
    };
    let incident = &view.incident;
    let mut spans = Vec::new();
    // What goes on elsewhere and nobody has taken comes before what has ended here.
    if incident.status.is_resolved()
        && let Some((id, _)) = unanswered_elsewhere(model)
    {
        let text = format!(" {id} is NOT ACKNOWLEDGED: i goes there ");
        spans.push(styled(text, theme.overdue()));
    }
    let acknowledged = incident.acknowledged().is_some();
    let response = incident.response();
    let now = incident.now(&model.stamp);
    let waiting = incident.escalation.levels.iter().any(|level| {
        matches!(level.standing(&response, now), Standing::Sent(_)) && level.wanted(&response)
    });
    let unreached = incident.escalation.levels.iter().rev().find(|level| {
        let standing = level.standing(&response, now);
        matches!(
            standing,
            Standing::Sent(Some(
                PageOutcome::Failed
                    | PageOutcome::Refused
                    | PageOutcome::NoChannel
                    | PageOutcome::Unknown
            ))
        ) && level.wanted(&response)
            && !is_reached_later(incident, level)
    });
    // That nobody was reached comes before everything else in this row.
    if let Some(level) = unreached {
        spans.push(styled(
            format!(" PHONE {}: not reached ", level.armed.target),
            theme.overdue(),
        ));
    }
    if let Some((seq, channel, outcome)) = incident.undelivered().first() {
        let what = match outcome {
            PageOutcome::Unknown => "perhaps not delivered",
            _ => "NOT DELIVERED",
        };
        let text = format!(" update #{seq} {what} by {channel} ");
        spans.push(styled(text, theme.overdue()));
    }
    if let Some((seq, channel)) = unsent(model, view) {
        let text = format!(" update #{seq} NOT SENT: {channel} cannot be used here ");
        spans.push(styled(text, theme.overdue()));
    }
    let clocks = running(view, now);
    match clocks.first().cloned() {
        Some((due, what)) if due <= model.now => {
            spans.push(head("OVERDUE", theme.overdue()));
            spans.push(styled(
                format!("{} {what}", age(model.now - due)),
                theme.fire(),
            ));
        }
        Some((due, what)) => {
            spans.push(head("NEXT", theme.accent()));
            let left = due - model.now;
            let style = if left.num_minutes() < 5 {
                theme.warn()
            } else {
                theme.strong()
            };
            let text = format!("{} {what} in {}", clock(due, model.ui.utc), age(left));
            spans.push(styled(text, style));
        }
        None if incident.status == Status::Closed => {
            spans.push(head("NEXT", theme.dim()));
            spans.push(styled("closed: no clock runs", theme.dim()));
        }
        None if !acknowledged && waiting => {
            spans.push(styled(
                " NOBODY ANSWERS: all are called, phone them ",
                theme.overdue(),
            ));
        }
        None => {
            spans.push(head("NEXT", theme.dim()));
            spans.push(styled("no further call is due", theme.dim()));
        }
    }
    if !acknowledged && waiting && unreached.is_none() {
        spans.push(styled("   not acknowledged", theme.fire()));
    }
    let taken = spans.iter().map(|span| span.content.chars().count()).sum();
    spans.extend(behind(canvas, &clocks, taken));
    spans
}

/// An update that a configured channel should carry, that cannot be used here, and that nobody has sent for a minute.
fn unsent<'m>(model: &'m Model, view: &IncidentView) -> Option<(u64, &'m Slug)> {
    let incident = &view.incident;
    let last = |audience| incident.updates.iter().rfind(|(_, _, of)| *of == audience);
    let mut ways = model.setup.unusable.iter().flat_map(|way| {
        let audiences = way.audiences.iter();
        audiences.map(move |audience| (&way.name, *audience))
    });
    ways.find_map(|(channel, audience)| {
        let mine = |(seq, _, _): &&(u64, _, _)| !incident.sent_elsewhere.contains(seq);
        let (seq, at, _) = last(audience).filter(mine)?;
        let mut sent = incident.messages.iter();
        let sent = sent.any(|((_, by, _), fact)| by == channel && fact.tells == *seq);
        let at = incident.restated(*seq, *at, &model.stamp);
        let waited = model.now - at > chrono::TimeDelta::minutes(1);
        (waited && !sent).then_some((*seq, channel))
    })
}

/// Whether whoever a level calls was called by another level afterwards, and that call was taken.
fn is_reached_later(incident: &Incident, level: &LevelState) -> bool {
    let failed = level.latest_page().map(|page| page.intent);
    let pages = incident
        .escalation
        .levels
        .iter()
        .flat_map(|level| level.pages.values());
    let mut taken = pages.filter(|page| {
        page.result
            .is_some_and(|(_, _, outcome)| outcome == PageOutcome::Accepted)
    });
    taken.any(|page| page.target == level.armed.target && Some(page.intent) > failed)
}

/// Another incident that goes on and that nobody has acknowledged.
fn unanswered_elsewhere(model: &Model) -> Option<(&IncidentId, &IncidentView)> {
    model.open_views().find(|(id, view)| {
        model.current.as_ref() != Some(*id)
            && !view.incident.status.is_resolved()
            && view.incident.acknowledged().is_none()
    })
}

/// The clocks that run, be they calls or something that is owed, the nearest first.
fn running(view: &IncidentView, now: Moment) -> Vec<(DateTime<Utc>, String)> {
    let incident = &view.incident;
    let call = incident.escalation.nearest(&incident.response());
    let call = call.map(|(due, level)| (now.wall_at(due), format!("call {}", level.armed.target)));
    // That nothing is recorded is worth a word only once it is so.
    let owed = cadence::clocks(incident, now).into_iter();
    let owed = owed.filter(|owed| owed.at <= now.wall || owed.clock.as_str() != "scribe");
    let owed = owed.map(|owed| (owed.at, owed.waits_for(incident), owed.item));
    let call = call.map(|(due, what)| (due, what, None));
    // Of two at the same time the call comes first: it goes out by itself.
    let mut all: Vec<(DateTime<Utc>, String, Option<u64>)> = call.into_iter().chain(owed).collect();
    all.sort_by_key(|(due, _, _)| *due);
    // What the nearest is about; the others have no room for that.
    if let Some((_, what, Some(item))) = all.first_mut() {
        let text = view.entry_text(*item, field::TEXT).unwrap_or_default();
        *what += &format!(" {}", fit(text, ABOUT));
    }
    all.into_iter().map(|(due, what, _)| (due, what)).collect()
}

/// The clocks behind the nearest one, as far as there is room.
fn behind(
    canvas: &Canvas<'_>,
    clocks: &[(DateTime<Utc>, String)],
    taken: usize,
) -> Vec<Span<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut left = canvas.width.saturating_sub(taken + 18);
    let mut spans = Vec::new();
    for (due, what) in clocks.iter().skip(1) {
        let text = format!("   {} {what}", clock(*due, model.ui.utc));
        if text.chars().count() > left {
            break;
        }
        left -= text.chars().count();
        let style = if *due <= model.now {
            theme.fire()
        } else {
            theme.dim()
        };
        spans.push(styled(text, style));
    }
    spans
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
        let text = format!(" {} {name} ", at + 1);
        let style = if *screen == model.ui.screen {
            theme.selected()
        } else {
            theme.dim()
        };
        left.push(styled(text, style));
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
