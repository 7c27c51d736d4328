//! What must not be overlooked: correctness faults first, then the start, the cost, and the likely cause.

use super::super::canvas::Canvas;
use super::super::words::{age, clock, day_and_clock, styled, width};
use crate::app::selectors::impact::{ShownImpact, shown};
use crate::app::{ALONE, IncidentView};
use crate::incident::entry::{Decided, Noted};
use crate::incident::{Incident, entry::field};
use crate::keymap::Action;
use crate::signals::monitor::{RatioReport, SignalDetail, SignalReport};
use crate::signals::percent;
use crate::signals::words::short;
use crate::text::Problem;
use chrono::{DateTime, TimeDelta, Utc};
use ratatui::text::Line;

/// What must not be overlooked: an empty console says what would appear here and how to get it.
pub(super) fn rows(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let say = |text: String, style| canvas.line(&format!(" {text}"), style);
    if let Some((title, rate)) = &model.setup.drill
        && model.incident().is_none()
    {
        let title = format!("Exercise: {title}. {rate} seconds pass in one.");
        let watch = "Watch the success rate above. Soon an alert fires and opens an incident.";
        let then = "Then do what the line at the bottom says; ? is help, : finds any action.";
        return vec![
            say(title, theme.strong()),
            say(watch.into(), theme.dim()),
            say(then.into(), theme.dim()),
        ];
    }
    let mut lines = Vec::new();
    if model.setup.sources.is_empty() {
        let what = "No source is configured, so no alert can arrive here.";
        let hint = "Start with --alertmanager URL --prometheus URL, or try `warroom drill`.";
        lines.extend([
            say(what.into(), theme.warn()),
            say(hint.into(), theme.dim()),
        ]);
    }
    lines.extend(wrong(canvas));
    lines.extend(begun(canvas));
    lines.extend(fallen(canvas));
    lines.extend(recovered(canvas));
    for rule in model.live.rules.values().flat_map(|(set, _)| &set.rules) {
        if let Some(error) = &rule.error {
            let text = format!("! rule {} is broken and cannot fire: {error}", rule.name);
            lines.push(say(text, theme.warn()));
        }
    }
    let error = model
        .headline()
        .and_then(|(signal, _)| signal.error.as_ref());
    if let Some(Problem { what, hint }) = error {
        lines.push(say(format!("! signal: {what}"), theme.warn()));
        lines.push(say(format!("  {hint}"), theme.dim()));
    }
    if let Some(view) = model.view()
        && let Some(last) = last_note(view)
    {
        lines.push(say(last, theme.dim()));
    }
    // Problems of the configuration stay in sight, where nothing more urgent needs the space.
    let alone = (model.setup.alone && !model.is_watched()).then_some(ALONE);
    let warnings = model.setup.warnings.iter().map(String::as_str);
    for warning in alone.into_iter().chain(warnings) {
        lines.push(say(format!("! {warning}"), theme.warn()));
    }
    lines.truncate(if canvas.height < 40 { 4 } else { 8 });
    lines
}

/// The last note or decision: a person who joins late reads it first.
fn last_note(view: &IncidentView) -> Option<String> {
    let mut entries = view.entries.iter().rev();
    let last = entries.find(|entry| entry.is::<Noted>() || entry.is::<Decided>())?;
    let (name, text) = (view.name_of(&last.by), last.text(field::TEXT)?);
    Some(format!("#{} {name}: {text}", last.seq))
}

/// Correctness faults beyond their tolerance: whatever else is loud, they come first (rule M2).
fn wrong(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let Some(report) = &model.live.report else {
        return Vec::new();
    };
    let line = |signal: &SignalReport| {
        let SignalDetail::Correctness {
            count,
            tolerance,
            unit,
            since,
            amount,
            ..
        } = &signal.detail
        else {
            return None;
        };
        let count = count.value().unwrap_or_default();
        let since = since.map(|at| format!(" since {}", clock(at, model.ui.utc)));
        let since = since.unwrap_or_default();
        let amount = amount.as_ref();
        let worth = amount.and_then(|(amount, currency)| Some((amount.value()?, currency)));
        let worth = worth.map_or(String::new(), |(amount, currency)| {
            format!(", {currency} {}", short(amount))
        });
        let text = format!(
            " ! {}: {count} {unit}{since}{worth}, {tolerance} allowed; outranks any outage",
            signal.signal
        );
        Some(canvas.line(&text, theme.fire()))
    };
    let faults = report.correctness_faults().filter_map(line);
    let mut lines: Vec<Line<'static>> = faults.take(2).collect();
    if !lines.is_empty() && model.incident().is_none() {
        let text = format!(
            "   SEV1 is proposed, whatever the success rate: {} opens the incident",
            model.key(Action::Open)
        );
        lines.push(Line::from(styled(text, theme.warn())));
    }
    lines
}

/// Since when, and what it costs.
fn begun(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let Some(incident) = model.incident() else {
        return Vec::new();
    };
    let Some(opened) = &incident.opened else {
        return Vec::new();
    };
    let started = opened.data.started;
    let since = clock(started, model.ui.utc);
    let gone = age(model.now - model.since(incident).unwrap_or(started));
    let from = opened.data.started_from.word();
    let cost = shown(model, incident).map_or(String::new(), |found| cost(canvas, &found, started));
    // Where there is no space for both, what it costs comes before who says since when.
    let whole = format!(" since {since} ({from}), {gone} ago{cost}");
    let text = match width(&whole) <= canvas.width {
        true => whole,
        false => format!(" since {since}, {gone} ago{cost}"),
    };
    vec![canvas.line(&text, theme.strong())]
}

/// What failed, since when if not since the start, and how old a recorded number is.
fn cost(canvas: &Canvas<'_>, found: &ShownImpact, started: DateTime<Utc>) -> String {
    let (model, theme) = (canvas.model, canvas.theme);
    let total = found.total();
    let mut text = format!("   {}", total.failed_words());
    if (total.from - started).abs() >= TimeDelta::minutes(1) {
        text += &format!(" from {}", clock(total.from, model.ui.utc));
    }
    if let Some(amount) = total.amount.as_ref().filter(|_| total.measured > 0) {
        text += &format!(", {}", amount.words(theme.glyphs.about));
        if let Some(rate) = amount.per_minute.filter(|_| !total.ended) {
            text += &format!(", +{}/min", short(rate as f64));
        }
    }
    if let Some(at) = found.recorded {
        text += &format!(", recorded {} ago", age(model.now - at));
    }
    text
}

/// Drops against what is normal, and where they come from.
fn fallen(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut lines = Vec::new();
    let report = model.live.report.as_ref();
    for signal in report.iter().flat_map(|report| &report.signals) {
        let Some(ratio) = signal.ratio() else {
            continue;
        };
        if let Some(drop) = &ratio.drop {
            let culprit = drop.culprit.as_ref();
            let whose = culprit.map_or(String::new(), |culprit| match canvas.width < 100 {
                true => format!(", {}", culprit.short_words()),
                false => format!(", {}", culprit.words()),
            });
            let since = match drop.or_before {
                true => "since before",
                false => "since",
            };
            // Its own window, so that its number is not taken for that of the last minutes.
            let (last, style) = match last_minute(ratio).filter(|now| *now >= drop.normal - CLOSE) {
                Some(now) => (format!(", last minute {}", percent(now)), theme.warn()),
                None => (String::new(), theme.fire()),
            };
            let text = format!(
                " {}: {} {since} {}, normal {}{last}{whose}",
                signal.signal,
                percent(drop.now),
                day_and_clock(drop.since, model.now, model.ui.utc),
                percent(drop.normal)
            );
            lines.push(canvas.line(&text, style));
        }
        if let Some(volume_drop) = &ratio.volume_drop {
            let text = format!(
                " {}: {}, since {}",
                signal.signal,
                volume_drop.words(),
                day_and_clock(volume_drop.since, model.now, model.ui.utc)
            );
            lines.push(canvas.line(&text, theme.fire()));
        }
    }
    lines
}

/// Of the success ratio, between a minute that looks normal and the normal one.
const CLOSE: f64 = 0.002;

fn last_minute(ratio: &RatioReport) -> Option<f64> {
    let end = ratio.track.end()?;
    let minute = ratio.track.sum(end - TimeDelta::minutes(1), end);
    minute.tally.ratio()
}

/// What was wrong during the incident and is as normal again. The success rate at the top is a mean over minutes that
/// were still bad; this says what is so since the end.
fn recovered(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let (Some(started), Some(report)) = (
        model.incident().and_then(Incident::started),
        &model.live.report,
    ) else {
        return Vec::new();
    };
    let line = |signal: &SignalReport| {
        let ratio = signal.ratio()?;
        let recovery = ratio.recovery.filter(|found| found.ended >= started)?;
        let sum = ratio.track.sum(recovery.ended, ratio.track.end()?);
        let since = day_and_clock(recovery.ended, model.now, model.ui.utc);
        let minutes = sum.measured / 60;
        let rate = sum.tally.ratio().map_or(String::new(), |rate| {
            format!(", {} in {minutes} min", percent(rate))
        });
        let text = format!(" {}: as normal since {since}{rate}", signal.signal);
        Some(canvas.line(&text, theme.good()))
    };
    report.signals.iter().filter_map(line).collect()
}
