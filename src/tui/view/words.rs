//! Fitting words into cells: cutting, wrapping, aligning, ages and times.

use crate::incident::cadence::CadenceClock;
use crate::incident::entry::ClockKind;
use crate::signals::words::times;
use crate::text::with_year;
use chrono::{DateTime, Datelike, Local, TimeDelta, Utc};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// In cells.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// At most `cells` wide; `…` shows that something was cut.
pub(super) fn fit(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_string();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        if used + width(grapheme) + 1 > cells {
            break;
        }
        used += width(grapheme);
        out.push_str(grapheme);
    }
    if cells > 0 {
        out.push('…');
    }
    out
}

/// Exactly `cells` wide, filled up with spaces.
pub(super) fn pad(text: &str, cells: usize) -> String {
    let text = fit(text, cells);
    let missing = cells - width(&text);
    text + &" ".repeat(missing)
}

/// Right-aligned in `cells`.
pub(super) fn right(text: &str, cells: usize) -> String {
    let text = fit(text, cells);
    " ".repeat(cells - width(&text)) + &text
}

/// Words in lines of at most `cells`; a word that is longer is broken.
pub(super) fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(8);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word = word;
        let last = lines.len() - 1;
        let line = &mut lines[last];
        let space = usize::from(!line.is_empty());
        if width(line) + space + width(word) <= cells {
            if space > 0 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if line.is_empty() {
            lines.pop();
        }
        while width(word) > cells {
            let cut = cut_at(word, cells);
            lines.push(word[..cut].to_string());
            word = &word[cut..];
        }
        lines.push(word.to_string());
    }
    lines
}

/// Lines of a listing, each broken where it does not fit, indentation kept.
pub(super) fn wrap_listing(text: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        while width(rest) > cells {
            let cut = cut_at(rest, cells);
            lines.push(rest[..cut].to_string());
            rest = &rest[cut..];
        }
        lines.push(rest.to_string());
    }
    lines
}

fn cut_at(text: &str, cells: usize) -> usize {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += width(grapheme);
        if used > cells && at > 0 {
            return at;
        }
    }
    text.len()
}

/// Where a text breaks into rows: behind a space where there is one, and nothing of it is lost.
pub(super) fn break_rows(text: &str, limit: usize) -> Vec<std::ops::Range<usize>> {
    let mut rows = Vec::new();
    let (mut start, mut used, mut space) = (0, 0, None);
    for (at, character) in text.grapheme_indices(true) {
        let cells = width(character);
        if used + cells > limit && at > start {
            let end = space.take().unwrap_or(at);
            rows.push(start..end);
            used = width(&text[end..at]);
            start = end;
        }
        used += cells;
        if character == " " {
            space = Some(at + 1);
        }
    }
    rows.push(start..text.len());
    rows
}

/// Left part and right part at the two ends of a row. The left part gives way.
pub(super) fn both_ends(
    left: Vec<Span<'static>>,
    right: Vec<Span<'static>>,
    cells: usize,
) -> Line<'static> {
    let right_width: usize = right.iter().map(Span::width).sum();
    let mut line = clip(left, cells.saturating_sub(right_width + 1));
    let used: usize = line.iter().map(Span::width).sum();
    let gap = cells.saturating_sub(used + right_width);
    line.push(Span::raw(" ".repeat(gap)));
    line.extend(right);
    Line::from(line)
}

fn clip(spans: Vec<Span<'static>>, cells: usize) -> Vec<Span<'static>> {
    let mut out = Vec::new();
    let mut used = 0;
    for span in spans {
        let space = cells.saturating_sub(used);
        if space == 0 {
            break;
        }
        let text = fit(&span.content, space);
        used += width(&text);
        out.push(Span::styled(text, span.style));
    }
    out
}

pub(super) fn styled(text: impl Into<String>, style: Style) -> Span<'static> {
    Span::styled(text.into(), style)
}

/// `12 s`, `4 min`, `2 h 3 min`, `3 d 4 h`.
pub(super) fn age(delta: TimeDelta) -> String {
    let seconds = delta.num_seconds().max(0);
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    match (days, hours, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, s) => format!("{s} s"),
        (0, 0, m, _) => format!("{m} min"),
        (0, h, m, _) => format!("{h} h {m} min"),
        (d, h, _, _) => format!("{d} d {h} h"),
    }
}

/// `00:23:41`, with days before it where there are any.
pub(super) fn elapsed(delta: TimeDelta) -> String {
    let seconds = delta.num_seconds().max(0);
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    let clock = format!("{hours:02}:{minutes:02}:{:02}", seconds % 60);
    match seconds / 86_400 {
        0 => clock,
        days => format!("{days} d {clock}"),
    }
}

/// Hours and minutes, local or UTC.
pub(super) fn clock(at: DateTime<Utc>, utc: bool) -> String {
    zoned(at, utc, "%H:%M")
}

/// Hours and minutes, with the day before them where it is not today's.
pub(super) fn day_and_clock(at: DateTime<Utc>, now: DateTime<Utc>, utc: bool) -> String {
    match day(at, utc) == day(now, utc) {
        true => clock(at, utc),
        false => {
            let format = with_year(same_year(at, now), "%d %b %H:%M", "%d %b %Y %H:%M");
            zoned(at, utc, format)
        }
    }
}

/// Month and day, with the year where it is not this year's, and the time where that is wanted.
pub(super) fn short_day(at: DateTime<Utc>, now: DateTime<Utc>, utc: bool, time: bool) -> String {
    let (without, with) = match time {
        true => ("%m-%d %H:%M", "%Y-%m-%d"),
        false => ("%m-%d", "%Y-%m-%d"),
    };
    zoned(at, utc, with_year(same_year(at, now), without, with))
}

fn same_year(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at.year() == now.year()
}

/// The day, with its weekday: `Wed 2026-11-25`.
pub(super) fn day(at: DateTime<Utc>, utc: bool) -> String {
    zoned(at, utc, "%a %Y-%m-%d")
}

pub(super) fn clock_seconds(at: DateTime<Utc>, utc: bool) -> String {
    zoned(at, utc, "%H:%M:%S")
}

/// The present with its offset, so that every other time on the screen can be read.
pub(super) fn clock_with_zone(at: DateTime<Utc>, utc: bool) -> String {
    zoned(at, utc, if utc { "%H:%M UTC" } else { "%H:%M %:z" })
}

fn zoned(at: DateTime<Utc>, utc: bool, format: &str) -> String {
    if utc {
        at.format(format).to_string()
    } else {
        at.with_timezone(&Local).format(format).to_string()
    }
}

/// What stops a clock that belongs to no follow-up: the key, or whose entry.
pub(super) fn ends(clock: &CadenceClock) -> &'static str {
    match clock.clock {
        ClockKind::StatusUpdate => "t sends an update",
        ClockKind::CheckIn => "any entry of the commander",
        ClockKind::TimelineEntry => "any entry; n writes a note",
        ClockKind::Acknowledgement => "a takes the page",
        ClockKind::ActionItem | ClockKind::Other(_) => "",
    }
}

/// A burn rate, or the sign for none.
pub(super) fn burn_words(burn: Option<f64>, none: &str) -> String {
    burn.map_or(none.to_string(), times)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ages_are_short_and_never_negative() {
        assert_eq!(age(TimeDelta::seconds(-4)), "0 s");
        assert_eq!(age(TimeDelta::seconds(61)), "1 min");
        assert_eq!(age(TimeDelta::seconds(7380)), "2 h 3 min");
        assert_eq!(age(TimeDelta::hours(76)), "3 d 4 h");
    }

    proptest! {
        #[test]
        fn nothing_is_ever_wider_than_its_place(text in "\\PC{0,60}", cells in 0usize..40) {
            prop_assert!(width(&fit(&text, cells)) <= cells);
            prop_assert_eq!(width(&pad(&text, cells)), cells);
        }

        #[test]
        fn wrapping_loses_no_word(text in "[a-z ]{0,200}", cells in 8usize..40) {
            let lines = wrap(&text, cells);
            prop_assert!(lines.iter().all(|line| width(line) <= cells));
            let joined: String = lines.concat().split_whitespace().collect();
            let wanted: String = text.split_whitespace().collect();
            prop_assert_eq!(joined, wanted);
        }
    }
}
