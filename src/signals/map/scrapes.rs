//! Queries about scrapes: how often, when last, and what counters counted while there were none.

use super::promql::WINDOW;

/// Which number of an answer this is.
pub(crate) const KEY: &str = "k";
/// In seconds, each asked three times in a row: a gap in one of them then does not matter.
pub(crate) const SHORTEST_SPAN: i64 = 300;
pub(crate) const SHORT_SPAN: i64 = 1800;
pub(crate) const LONG_SPAN: i64 = 7200;

/// Expressions as one answer, told apart by their keys.
pub(super) fn keyed<K: std::fmt::Display>(parts: impl IntoIterator<Item = (K, String)>) -> String {
    let each = parts
        .into_iter()
        .map(|(key, text)| format!("label_replace({text}, \"{KEY}\", \"{key}\", \"\", \"\")"));
    each.collect::<Vec<_>>().join(" or ")
}

/// The samples of the series that has most, in each span.
pub(crate) fn counts(selector: &str) -> String {
    let spans = [SHORTEST_SPAN, SHORT_SPAN, LONG_SPAN].into_iter();
    keyed(spans.flat_map(|span| {
        (0..3).map(move |index| {
            let offset = match index {
                0 => String::new(),
                index => format!(" offset {}s", index * span),
            };
            let text = format!("max(count_over_time({selector}[{span}s]{offset}))");
            (format!("{span}-{index}"), text)
        })
    }))
}

/// The samples of the series that has most, in each bucket. A gap of one target while another is scraped is not seen.
pub(crate) fn samples(selector: &str, bucket: i64) -> String {
    format!("max(count_over_time({selector}[{bucket}s]))")
}

/// When each was last scraped, by its place in the list. Older than five minutes only for slow scrapes: a server looks
/// back no further.
pub(crate) fn last(selectors: &[&str], interval: i64) -> String {
    keyed(selectors.iter().enumerate().map(|(index, selector)| {
        let now = format!("timestamp({selector})");
        let text = match interval {
            ..=60 => format!("max({now})"),
            _ => format!(
                "max({now} or max_over_time({now}[{}s:60s]))",
                interval * 4 + 300
            ),
        };
        (index, text)
    }))
}

/// What a counter counted in the `seconds` before the evaluation, without a scrape between: the difference of each
/// series. A series that began anew gives its new value. One that appeared counts whole if its target was scraped
/// before; otherwise it may have counted earlier (`new`). `lost` are series of the total that began anew or ended: a
/// part of their counts is unknown. A counter that began anew and is already higher than before is not noticed.
pub(crate) fn across(part: &str, total: &str, seconds: i64, interval: i64) -> String {
    let recent = interval * 2;
    let after = |counter: &str| format!("last_over_time({counter}[{recent}s])");
    // A target that was lost some time before counts too.
    let before = |counter: &str| format!("last_over_time({counter}[3600s] offset {seconds}s)");
    let targets = before(total);
    let on = "on (job, instance)";
    let known = |counter: &str| {
        let (after, before) = (after(counter), before(counter));
        format!("sum(({after} - {before} >= 0) or ({after} and {on} {targets}))")
    };
    let new = |counter: &str| {
        let (after, before) = (after(counter), before(counter));
        format!("sum({after} unless {before} unless {on} {targets})")
    };
    let (now, then) = (after(total), before(total));
    let alive = format!("last_over_time({total}[{recent}s] offset {seconds}s)");
    keyed([
        ("part", known(part)),
        ("total", known(total)),
        ("new-part", new(part)),
        ("new-total", new(total)),
        (
            "lost",
            format!("count(({now} - {then} < 0) or ({alive} unless {now}))"),
        ),
    ])
}

/// Rates by two labels.
pub(crate) fn pairs(
    (part, total): (&str, &str),
    [one, other]: [String; 2],
    window: &str,
) -> String {
    let by = |counter: &str| format!("sum by ({one}, {other}) (rate({counter}[{window}]))");
    keyed([("part", by(part)), ("total", by(total))])
}

/// The same for expressions in events a second, over a window that ends at the evaluation.
pub(crate) fn across_expressions(
    part: &str,
    total: &str,
    selectors: &[&str],
    (seconds, window): (i64, &str),
) -> String {
    let restarts = selectors
        .iter()
        .map(|selector| format!("(resets({selector}[{window}]) > 0)"))
        .collect::<Vec<_>>()
        .join(" or ");
    let mut parts = vec![
        ("part", format!("({part}) * {seconds}")),
        ("total", format!("({total}) * {seconds}")),
    ];
    if !restarts.is_empty() {
        parts.push(("lost", format!("count({restarts})")));
    }
    keyed(parts)
}

pub(crate) fn is_selector(text: &str) -> bool {
    !text.contains(WINDOW)
}
