//! What a server knows about its metrics: names, label values, types, retention. Every part is optional: servers of
//! the same family lack some of it, and many accounts may not read it.

use super::server::Server;
use crate::signals::series::Answer;
use crate::sources::error::SourceError;
use crate::sources::lenient::{Fields, List, Pairs, Text};
use crate::text::{Safe, parse_duration};
use chrono::TimeDelta;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Of names or values; older servers ignore the parameter.
const LIMIT: usize = 10_000;

async fn list(
    server: &Server,
    path: &str,
    selector: Option<&str>,
) -> Result<Vec<Safe>, SourceError> {
    let limit = LIMIT.to_string();
    let mut parameters = vec![("limit", limit.as_str())];
    parameters.extend(selector.map(|selector| ("match[]", selector)));
    let answer: Answer<List<Text>> = server.ask(path, &parameters).await?;
    let texts = answer.value.items.into_iter();
    let texts = texts.filter(Text::has_text).take(LIMIT);
    Ok(texts.map(|text| Safe::line(&text.text)).collect())
}

pub(super) async fn label_values(
    server: &Server,
    label: &str,
    selector: Option<&str>,
) -> Result<Vec<Safe>, SourceError> {
    let path = format!("api/v1/label/{}/values", path_part(label));
    list(server, &path, selector).await
}

pub(super) async fn label_names(server: &Server, selector: &str) -> Result<Vec<Safe>, SourceError> {
    list(server, "api/v1/labels", Some(selector)).await
}

/// A name beyond the plain ones is written as version 3 reads it: `U__`, other characters by number.
fn path_part(label: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts_with_digit = label.starts_with(|c: char| c.is_ascii_digit());
    if !starts_with_digit && label.chars().all(plain) {
        return label.to_string();
    }
    let each = label.chars().map(|c| match c {
        '_' => "__".to_string(),
        c if plain(c) => c.to_string(),
        c => format!("_{:x}_", u32::from(c)),
    });
    format!("U__{}", each.collect::<String>())
}

/// `OpenMetrics` declares a counter without its suffix.
const SUFFIXES: [&str; 5] = ["", "_total", "_bucket", "_count", "_sum"];

pub(super) async fn metric_type(
    server: &Server,
    metric: &str,
) -> Result<Option<Safe>, SourceError> {
    for suffix in SUFFIXES {
        let Some(family) = metric.strip_suffix(suffix) else {
            continue;
        };
        let parameters = [("metric", family), ("limit", "1")];
        let answer: Answer<BTreeMap<String, List<Fields<Pairs>>>> =
            server.ask("api/v1/metadata", &parameters).await?;
        let declared = answer.value.get(family).and_then(|list| list.items.first());
        let kind = declared.and_then(|first| first.0.as_ref().ok()?.get("type"));
        if let Some(kind) = kind.filter(|kind| !matches!(*kind, "" | "unknown" | "untyped")) {
            // A part of a histogram or summary is a counter.
            let part = matches!(suffix, "_bucket" | "_count" | "_sum");
            return Ok(Some(Safe::line(if part { "counter" } else { kind })));
        }
    }
    Ok(None)
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct RuntimeInfo {
    /// `15d`, `1.5GiB`, `15d or 1.5GiB`.
    storage_retention: Text,
}

pub(super) async fn retention(server: &Server) -> Result<Option<TimeDelta>, SourceError> {
    let answer: Answer<RuntimeInfo> = server.ask("api/v1/status/runtimeinfo", &[]).await?;
    let stated = answer.value.storage_retention.text;
    let first = stated.split(" or ").next().unwrap_or_default();
    Ok(days(first))
}

/// Prometheus writes `15d`, `2w`, `1y`, `1d12h`.
fn days(text: &str) -> Option<TimeDelta> {
    let (mut total, mut rest) = (TimeDelta::zero(), text.trim());
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: i32 = rest[..digits].parse().ok()?;
        let unit = &rest[digits..];
        let end = unit
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(unit.len());
        let one = match &unit[..end] {
            "y" => TimeDelta::days(365),
            "w" => TimeDelta::weeks(1),
            unit => parse_duration(&format!("1{unit}"))?,
        };
        total = total.checked_add(&one.checked_mul(count)?)?;
        rest = &unit[end..];
    }
    (total > TimeDelta::zero()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("15d", Some(15 * 24))]
    #[case("2w", Some(14 * 24))]
    #[case("1d12h", Some(36))]
    #[case("1y", Some(365 * 24))]
    #[case("0s", None)]
    #[case("1.5GiB", None)]
    #[case("", None)]
    #[case("999999999999y", None)]
    fn a_retention_is_read_as_prometheus_writes_it(#[case] text: &str, #[case] hours: Option<i64>) {
        assert_eq!(days(text), hours.map(TimeDelta::hours));
    }

    #[rstest]
    #[case("provider", "provider")]
    #[case("service.name", "U__service_2e_name")]
    #[case("a/b", "U__a_2f_b")]
    fn a_label_name_fits_into_a_path(#[case] label: &str, #[case] part: &str) {
        assert_eq!(path_part(label), part);
    }
}
