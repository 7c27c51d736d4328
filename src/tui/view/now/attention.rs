//! What must not be overlooked: quiet faults first, then since when, what it costs, and whose fault it looks like.

use super::super::canvas::Canvas;
use super::super::words::{age, clock, day_and_clock, fit, styled, width};
use crate::app::ALONE;
use crate::incident::entry::{Decided, Noted};
use crate::incident::{Incident, entry::field};
use crate::keymap::Action;
use crate::signals::money::loss;
use crate::signals::monitor::{SignalDetail, SignalReport};
use crate::signals::percent;
use crate::signals::words::short;
use crate::text::Problem;
use ratatui::text::Line;

/// What must not be overlooked: an empty console says what would appear here and how to get it.
pub(super) fn rows(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let say =
        |text: String, style| Line::from(styled(fit(&format!(" {text}"), canvas.width), style));
    if let Some((title, rate)) = &model.setup.drill
        && model.incident().is_none()
    {
        return vec![
            say(
                format!("Exercise: {title}. {rate} seconds pass in one."),
                theme.strong(),
            ),
            say(
                "Watch the success rate above. Soon an alert fires and opens an incident.".into(),
                theme.dim(),
            ),
            say(
                "Then do what the line at the bottom says; ? is help, : finds any action.".into(),
                theme.dim(),
            ),
        ];
    }
    let mut lines = Vec::new();
    if model.setup.sources.is_empty() {
        lines.extend([
            say(
                "No source is configured, so no alert can arrive here.".into(),
                theme.warn(),
            ),
            say(
                "Start with --alertmanager URL --prometheus URL, or try `warroom drill`.".into(),
                theme.dim(),
            ),
        ]);
    }
    lines.extend(wrong(canvas));
    lines.extend(begun(canvas));
    lines.extend(fallen(canvas));
    lines.extend(recovered(canvas));
    for rule in model.live.rules.values().flat_map(|(set, _)| &set.rules) {
        if let Some(error) = &rule.error {
            lines.push(say(
                format!("! rule {} is broken and cannot fire: {error}", rule.name),
                theme.warn(),
            ));
        }
    }
    if let Some(Problem { what, hint }) = &model.live.signal_error {
        lines.push(say(format!("! signal: {what}"), theme.warn()));
        lines.push(say(format!("  {hint}"), theme.dim()));
    }
    if let Some(view) = model.view()
        && let Some((_, last)) = last_words(view)
    {
        lines.push(say(last, theme.dim()));
    }
    // What is wrong with the set-up stays in sight, where nothing graver needs the space.
    let alone = (model.setup.alone && !model.is_watched()).then_some(ALONE);
    for warning in alone
        .into_iter()
        .chain(model.setup.warnings.iter().map(String::as_str))
    {
        lines.push(say(format!("! {warning}"), theme.warn()));
    }
    lines.truncate(if canvas.height < 40 { 4 } else { 8 });
    lines
}

/// The last note or decision: whoever comes in late reads it first.
fn last_words(view: &crate::app::IncidentView) -> Option<(u64, String)> {
    let spoken = view
        .entries
        .iter()
        .rev()
        .find(|entry| entry.is::<Noted>() || entry.is::<Decided>())?;
    let text = spoken.text(field::TEXT)?;
    Some((
        spoken.seq,
        format!("#{} {}: {text}", spoken.seq, view.name_of(&spoken.by)),
    ))
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
        let since = since.map_or(String::new(), |at| {
            format!(" since {}", clock(at, model.ui.utc))
        });
        let worth = amount
            .as_ref()
            .and_then(|(amount, currency)| Some((amount.value()?, currency)));
        let worth = worth.map_or(String::new(), |(amount, currency)| {
            format!(", {currency} {}", short(amount))
        });
        let text = format!(
            " ! {}: {count} {unit}{since}{worth}, {tolerance} allowed; outranks any outage",
            signal.signal
        );
        Some(Line::from(styled(fit(&text, canvas.width), theme.fire())))
    };
    let mut lines: Vec<Line<'static>> = report
        .correctness_faults()
        .filter_map(line)
        .take(2)
        .collect();
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
    let opened = model
        .incident()
        .and_then(|incident| incident.opened.as_ref());
    let Some(opened) = opened else {
        return Vec::new();
    };
    let since = clock(opened.data.started, model.ui.utc);
    let gone = model.incident().and_then(|incident| model.since(incident));
    let gone = age(model.now - gone.unwrap_or(opened.data.started));
    let from = opened.data.started_from.word();
    let mut cost = String::new();
    let headline = model
        .live
        .report
        .as_ref()
        .and_then(|report| report.headline());
    if let Some((_, ratio)) = headline {
        let end = model
            .incident()
            .and_then(|i| i.reached(crate::incident::Status::Resolved));
        let loss = loss(
            ratio,
            opened.data.started,
            end.map_or(model.now, |fact| fact.at),
        );
        cost += &format!("   {}", loss.words());
        if let Some(worth) = loss.worth.as_ref().filter(|_| loss.measured > 0) {
            cost += &format!(" {}", worth.words(theme.glyphs.about));
            if let Some(rate) = worth.per_minute.filter(|_| end.is_none()) {
                cost += &format!(", +{}/min", short(rate));
            }
        }
    }
    // Where there is no space for both, what it costs comes before who says since when.
    let whole = format!(" since {since} ({from}), {gone} ago{cost}");
    let text = match width(&whole) <= canvas.width {
        true => whole,
        false => format!(" since {since}, {gone} ago{cost}"),
    };
    vec![Line::from(styled(fit(&text, canvas.width), theme.strong()))]
}

/// A drop against what is normal, and who has it.
fn fallen(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut lines = Vec::new();
    let report = model.live.report.as_ref();
    for signal in report.iter().flat_map(|report| &report.signals) {
        let SignalDetail::Ratio(ratio) = &signal.detail else {
            continue;
        };
        if let Some(drop) = &ratio.drop {
            let whose = drop
                .culprit
                .as_ref()
                .map_or(String::new(), |culprit| format!(", {}", culprit.words()));
            let since = match drop.or_before {
                true => "since before",
                false => "since",
            };
            let text = format!(
                " {}: {:.1} points below normal {since} {}{whose}",
                signal.signal,
                drop.points(),
                day_and_clock(drop.since, model.now, model.ui.utc)
            );
            lines.push(Line::from(styled(fit(&text, canvas.width), theme.fire())));
        }
        if let Some(volume_drop) = &ratio.volume_drop {
            let text = format!(
                " {}: {:.0} payments a minute where {:.0} are normal, since {}",
                signal.signal,
                volume_drop.now,
                volume_drop.normal,
                day_and_clock(volume_drop.since, model.now, model.ui.utc)
            );
            lines.push(Line::from(styled(fit(&text, canvas.width), theme.fire())));
        }
    }
    lines
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
        let SignalDetail::Ratio(ratio) = &signal.detail else {
            return None;
        };
        let recovery = ratio.recovery.filter(|found| found.ended >= started)?;
        let sum = ratio.track.sum(recovery.ended, ratio.track.end()?);
        let since = day_and_clock(recovery.ended, model.now, model.ui.utc);
        let minutes = sum.measured / 60;
        let rate = sum.tally.ratio().map_or(String::new(), |rate| {
            format!(", {} in {minutes} min", percent(rate))
        });
        let text = format!(" {}: as normal since {since}{rate}", signal.signal);
        Some(Line::from(styled(fit(&text, canvas.width), theme.good())))
    };
    report.signals.iter().filter_map(line).collect()
}
