//! Parts of a `PromQL` query.

use chrono::TimeDelta;

/// The range of a bucket.
pub fn window_of(bucket: TimeDelta, scrape_seconds: u32) -> String {
    format!("{}s", bucket.num_seconds() + i64::from(scrape_seconds))
}

/// The rate of a counter: a selector is wrapped, an expression gets its `$window`.
pub(super) fn rated(counter: &str, window: &str, by: Option<&str>) -> String {
    let counter = counter.trim();
    if counter.contains(WINDOW) {
        return counter.replace(WINDOW, window);
    }
    match by {
        None => format!("sum(rate({counter}[{window}]))"),
        Some(label) => {
            let label = label_name(label);
            format!("sum by ({label}) (rate({counter}[{window}]))")
        }
    }
}

/// A name with dots or other signs stands in quotation marks (since version 3).
pub(crate) fn label_name(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_plain = !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(plain);
    match is_plain && !name.is_empty() {
        true => name.to_string(),
        false => string(name),
    }
}

fn string(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('\n', "\\n"))
}

/// A name with dots stands within the braces.
pub(super) fn selector(name: &str, matchers: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    let comma = if matchers.is_empty() { "" } else { "," };
    match name.chars().all(plain) {
        true => format!("{name}{{{matchers}}}"),
        false => format!("{{{}{comma}{matchers}}}", string(name)),
    }
}

/// Place holder for the length of a range.
pub(super) const WINDOW: &str = "$window";

pub(crate) fn counter_rate_by(counter: &str, window: &str, by: Option<&str>) -> String {
    rated(counter, window, by)
}

pub(crate) fn counter_rate(counter: &str, window: &str) -> String {
    rated(counter, window, None)
}
