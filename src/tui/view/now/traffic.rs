//! Beside the success rate: volume against normal, declines, latency; and all of them by label where there is space.

use super::super::canvas::Canvas;
use super::super::words::{fit, pad, right, styled};
use crate::signals::latency::Quantiles;
use crate::signals::monitor::{PartReport, RatioReport};
use crate::signals::percent;
use crate::signals::words::short;
use ratatui::style::Style;
use ratatui::text::Line;

/// Widths of the columns: label value, success, payments a minute, normal, declined, P95.
const COLUMNS: [usize; 6] = [24, 11, 10, 10, 11, 12];

/// One row, and on a tall screen the rows of the label values.
pub(super) fn rows(canvas: &Canvas<'_>, space: usize) -> Vec<Line<'static>> {
    let Some((_, ratio)) = canvas.model.headline() else {
        return Vec::new();
    };
    let mut lines = Vec::from_iter(whole(canvas, ratio));
    if space > 2 && !ratio.parts.is_empty() {
        lines.push(head(canvas));
        let shown = ratio.parts.len().min(space - 2);
        let parts = ratio.parts[..shown].iter();
        lines.extend(parts.map(|part| row(canvas, ratio, part)));
        let rest = ratio.parts.len() - shown + ratio.dropped_parts;
        if rest > 0 {
            lines.push(canvas.line(&format!("   {rest} more label values"), canvas.theme.dim()));
        }
    }
    lines
}

fn whole(canvas: &Canvas<'_>, ratio: &RatioReport) -> Option<Line<'static>> {
    let mut words = Vec::new();
    if let Some(now) = ratio.per_minute {
        let normal = ratio.normal_per_minute;
        let normal = normal.map_or(String::new(), |normal| {
            format!(", normally {}", short(normal))
        });
        words.push(format!("{} payments a minute{normal}", short(now)));
    }
    words.extend(
        ratio
            .declines
            .map(|share| format!("declined {}", percent(share))),
    );
    // Judged at P99; the others where there is space.
    words.extend(
        latency(canvas, ratio).map(|found| match canvas.width < 100 {
            true => format!("P99 {}", found.p99.words()),
            false => found.words(),
        }),
    );
    let text = format!("   {}", words.join("   "));
    (!words.is_empty()).then(|| canvas.line(&text, canvas.theme.dim()))
}

/// Of the ratio itself, or of the first latency of its path.
fn latency(canvas: &Canvas<'_>, ratio: &RatioReport) -> Option<Quantiles> {
    let report = canvas.model.live.report.as_ref()?;
    let (headline, _) = report.headline()?;
    let mut others = report.ratios_of(&headline.path);
    let other = || others.find_map(|(_, other)| other.latency);
    ratio.latency.or_else(other)
}

fn head(canvas: &Canvas<'_>) -> Line<'static> {
    let names = ["success", "a minute", "normally", "declined", "P95"];
    let cells = names.iter().zip(&COLUMNS[1..]);
    let cells: String = cells.map(|(name, width)| right(name, *width)).collect();
    let text = format!("   {}{cells}", pad("by label", COLUMNS[0]));
    canvas.line(&text, canvas.theme.dim())
}

fn row(canvas: &Canvas<'_>, ratio: &RatioReport, part: &PartReport) -> Line<'static> {
    let none = || canvas.theme.glyphs.none.to_string();
    let name = fit(&format!("{} {}", part.label, part.value), COLUMNS[0] - 1);
    let p95 = latency_of(canvas, part).map(|found| found.p95.words());
    let cells = [
        part.ratio.map_or_else(none, percent),
        part.per_minute.map_or_else(none, short),
        part.normal_per_minute.map_or_else(none, short),
        part.declines.map_or_else(none, percent),
        p95.unwrap_or_else(none),
    ];
    let cells = cells.iter().zip(&COLUMNS[1..]);
    let cells: String = cells.map(|(text, width)| right(text, *width)).collect();
    let text = format!("   {}{cells}", pad(&name, COLUMNS[0]));
    let style = match is_blamed(ratio, part) {
        true => canvas.theme.fire(),
        false => Style::default(),
    };
    Line::from(styled(fit(&text, canvas.width), style))
}

/// Of the part itself, or of the same part of another signal of the path.
fn latency_of(canvas: &Canvas<'_>, part: &PartReport) -> Option<Quantiles> {
    let report = canvas.model.live.report.as_ref()?;
    let (headline, _) = report.headline()?;
    let others = report.ratios_of(&headline.path);
    let mut parts = others.flat_map(|(_, other)| &other.parts);
    let same = |other: &&PartReport| other.label == part.label && other.value == part.value;
    parts.find_map(|other| other.latency.filter(|_| same(&other)))
}

fn is_blamed(ratio: &RatioReport, part: &PartReport) -> bool {
    let culprit = ratio.drop.as_ref().and_then(|drop| drop.culprit.as_ref());
    culprit.is_some_and(|culprit| {
        let second = culprit.and.as_ref();
        let second =
            second.is_some_and(|(label, value)| *label == part.label && *value == part.value);
        second || culprit.label == part.label && culprit.value == part.value
    })
}
