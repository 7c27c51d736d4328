//! The signals of the service map: now, objective, budget, burn; the worst first.

use super::super::canvas::Canvas;
use super::super::words::{age, burn_words, clock, fit, pad, right, styled, width};
use crate::incident::fold::SignalFacts;
use crate::signals::inquiry::Finding;
use crate::signals::monitor::{RatioReport, SignalDetail, SignalReport, SignalStanding};
use crate::signals::{Reading, percent};
use crate::text::{Problem, Safe};
use chrono::TimeDelta;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// Width of the name, and of the columns behind it; 80 cells in all.
const NAME: usize = 20;
const COLUMNS: [usize; 4] = [12, 12, 13, 17];

/// The table, in at most so many rows.
pub(super) fn rows(canvas: &Canvas<'_>, space: usize) -> Vec<Line<'static>> {
    let report = canvas.model.live.report.as_ref();
    let Some(report) = report.filter(|report| !report.signals.is_empty()) else {
        return alone(canvas);
    };
    // The age of the numbers, not of the question: with a silent source it grows.
    let measured = report.headline().and_then(|(signal, _)| signal.measured);
    let title = match measured {
        Some(at) => format!("signal, {} ago", age(canvas.model.now - at)),
        None => "signal".to_string(),
    };
    let head = format!(
        "   {}{}{}{}{}",
        pad(&title, NAME),
        right("last 5 min", COLUMNS[0]),
        right("objective", COLUMNS[1]),
        right("budget left", COLUMNS[2]),
        right("burn 1 h / 5 m", COLUMNS[3])
    );
    let mut lines = vec![Line::from(styled(head, canvas.theme.dim()))];
    // Correctness faults stand above the table already.
    let mut ranked = report.ranked();
    ranked.retain(|signal| signal.standing != SignalStanding::CorrectnessFault);
    let shown = match ranked.len() > space {
        true => space.saturating_sub(1),
        false => ranked.len(),
    };
    for signal in &ranked[..shown] {
        lines.push(row(canvas, signal));
        if let Some(why) = why(canvas, signal) {
            let text = format!("     {why}");
            lines.push(canvas.line(&text, canvas.theme.warn()));
        }
    }
    if shown < ranked.len() {
        let rest = &ranked[shown..];
        let bad = rest
            .iter()
            .filter(|signal| signal.standing < SignalStanding::Fine);
        let text = match bad.count() {
            0 => format!("   {} more, all fine", rest.len()),
            bad => format!("   {} more, {bad} of them not fine", rest.len()),
        };
        lines.push(Line::from(styled(text, canvas.theme.dim())));
    }
    lines
}

/// Why a signal has no value, or none that counts.
fn why(canvas: &Canvas<'_>, signal: &SignalReport) -> Option<String> {
    if let Some(Problem { what, .. }) = &signal.error {
        return Some(what.clone());
    }
    if let Some(said) = &signal.partial {
        return Some(format!("the answer is partial: {said}"));
    }
    let unknown = signal.standing == SignalStanding::Unknown;
    let found = canvas.model.live.findings.iter();
    let mut of_signal = found.filter(|found| found.signal.as_ref() == Some(&signal.signal));
    let why = of_signal.find(|found| found.explains_absence());
    why.filter(|_| unknown).map(Finding::short)
}

fn style(canvas: &Canvas<'_>, standing: SignalStanding) -> Style {
    let theme = canvas.theme;
    match standing {
        SignalStanding::CorrectnessFault | SignalStanding::Breach => theme.fire(),
        SignalStanding::AtRisk | SignalStanding::Unknown => theme.warn(),
        SignalStanding::Fine => theme.strong(),
    }
}

fn row(canvas: &Canvas<'_>, signal: &SignalReport) -> Line<'static> {
    let none = canvas.theme.glyphs.none;
    let style = style(canvas, signal.standing);
    let sign = match signal.standing {
        SignalStanding::CorrectnessFault | SignalStanding::Breach => "!",
        SignalStanding::AtRisk => "~",
        SignalStanding::Unknown => "?",
        SignalStanding::Fine => " ",
    };
    let mut spans = vec![
        Span::raw(format!(" {sign} ")),
        Span::raw(pad(signal.signal.as_str(), NAME)),
    ];
    let (now, rest) = cells(canvas, signal, none);
    let delay = signal.ratio().map(RatioReport::scrape_delay);
    let old = signal
        .measured
        .map(|at| canvas.model.now - at)
        .filter(|old| *old > OLD + delay.unwrap_or_default());
    spans.push(styled(right(&now, COLUMNS[0]), style));
    // Its age comes before what else is known of it.
    let stale = old.map_or(String::new(), |old| format!("  {} old", age(old)));
    let taken = 3 + NAME + COLUMNS[0] + width(&stale);
    let space = canvas.width.saturating_sub(taken);
    spans.push(styled(fit(&rest, space), canvas.theme.dim()));
    spans.push(styled(stale, canvas.theme.warn()));
    Line::from(spans)
}

/// A ratio's last bucket is up to a minute old by design; an age beyond this is shown.
const OLD: TimeDelta = TimeDelta::seconds(150);

/// The number now, and what stands behind it.
fn cells(canvas: &Canvas<'_>, signal: &SignalReport, none: &str) -> (String, String) {
    match &signal.detail {
        SignalDetail::Ratio(ratio) => {
            let now = shown(ratio.current.reading);
            (now, ratio_cells(ratio, none))
        }
        SignalDetail::Correctness {
            count,
            tolerance,
            unit,
            age: oldest,
            ..
        } => {
            let oldest = oldest.and_then(Reading::value);
            let oldest = oldest.map_or(String::new(), |s| {
                format!("   oldest {}", age(TimeDelta::seconds(s as i64)))
            });
            let allowed = right(&format!("<= {tolerance}"), COLUMNS[1]);
            (number(*count, ""), format!("{allowed}  {unit}{oldest}"))
        }
        SignalDetail::Level {
            reading,
            expect,
            unit,
            since,
            ..
        } => {
            let since = since.map_or(String::new(), |at| {
                format!("  since {}", clock(at, canvas.model.ui.utc))
            });
            let expected = right(format!("{expect} {unit}").trim_end(), COLUMNS[1]);
            (number(*reading, unit), format!("{expected}{since}"))
        }
        SignalDetail::Versions { versions, replicas } => version_cells(versions, *replicas),
        SignalDetail::Deadline { at: None, .. } => ("no data".into(), String::new()),
        SignalDetail::Deadline { at: Some(at), .. } => {
            let left = *at - canvas.model.now;
            let word = match left <= TimeDelta::zero() {
                true => "ended".to_string(),
                false => age(left),
            };
            (
                word,
                format!("   until {}", at.format("%Y-%m-%d %H:%M UTC")),
            )
        }
    }
}

fn shown(ratio: Reading) -> String {
    let number = ratio.shown().map(percent);
    number.unwrap_or_else(|| ratio.word().to_string())
}

/// A line below the row says that a number is partial.
fn number(reading: Reading, unit: &str) -> String {
    match reading.shown() {
        Some(value) if unit == "s" && value >= 120.0 => age(TimeDelta::seconds(value as i64)),
        Some(value) => {
            let text = format!("{} {unit}", (value * 100.0).round() / 100.0);
            text.trim_end().to_string()
        }
        None => reading.word().to_string(),
    }
}

/// The version that most replicas have, and the others.
fn version_cells(versions: &[(Safe, f64)], replicas: Option<u32>) -> (String, String) {
    let Some(((version, count), others)) = versions.split_first() else {
        return ("no data".into(), String::new());
    };
    let total: f64 = versions.iter().map(|(_, count)| count).sum();
    let all = replicas.map_or(total, f64::from);
    let others = others.iter();
    let others: String = others
        .map(|(version, count)| format!(", {version} on {count}"))
        .collect();
    (
        version.to_string(),
        format!("   on {count} of {all} replicas{others}"),
    )
}

fn ratio_cells(ratio: &RatioReport, none: &str) -> String {
    let budget = &ratio.budget;
    let left = match budget.spent_between {
        None => none.to_string(),
        Some(_) => budget.left_words().unwrap_or("not known".to_string()),
    };
    let pair = &budget.burns[0];
    let (long, short) = (burn_words(pair.long, none), burn_words(pair.short, none));
    let burns = format!("{long} / {short:>3}");
    format!(
        "{}{}{}",
        right(&percent(budget.objective), COLUMNS[1]),
        right(&left, COLUMNS[2]),
        right(&burns, COLUMNS[3])
    )
}

/// What is recorded of the success signal, where nothing is measured or no source has answered yet.
fn alone(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let head = format!(
        "   {}{}{}{}",
        pad("signal", NAME),
        right("recorded", COLUMNS[0]),
        right("objective", COLUMNS[1]),
        right("lowest", COLUMNS[2] + 4)
    );
    let facts = model
        .incident()
        .and_then(|incident| incident.signals.get(&model.setup.signal));
    let now = match facts.and_then(SignalFacts::last) {
        None => theme.glyphs.none.to_string(),
        Some(last) => shown(last.reading),
    };
    let lowest = facts
        .and_then(SignalFacts::lowest)
        .map(|(_, at, value)| format!("{} {}", percent(value), clock(at, model.ui.utc)));
    let lowest = lowest.unwrap_or_else(|| theme.glyphs.none.to_string());
    let row = format!(
        "   {}{}{}{}",
        pad(model.setup.signal.as_str(), NAME),
        right(&now, COLUMNS[0]),
        right(&percent(model.setup.objective), COLUMNS[1]),
        right(&lowest, COLUMNS[2] + 4)
    );
    vec![Line::from(styled(head, theme.dim())), Line::from(row)]
}
