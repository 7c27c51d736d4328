//! The form of an answer, and whether the server says that it is incomplete.

use crate::sources::lenient::{Fields, Flag, List, Pairs, Point, Text};
use serde::Deserialize;

/// Of one warning: a Thanos names every store that did not answer.
const MAX_WARNING: usize = 300;
/// How Prometheus begins a note about the form of a query; its versions 2.48 to 2.53 list it with the warnings.
const NOTE: &str = "PromQL info:";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PrometheusAnswer<T> {
    #[serde(default)]
    pub(super) status: Text,
    pub(super) data: Option<T>,
    #[serde(default)]
    pub(super) error: Text,
    /// Of Prometheus, Thanos and Mimir. `infos` are about the form of the query, and not read.
    #[serde(default)]
    warnings: List<Text>,
    /// Of `VictoriaMetrics`.
    #[serde(default)]
    is_partial: Flag,
}

#[derive(Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
pub(super) enum QueryData {
    Vector(List<Fields<Series>>),
    Scalar(Point),
    Matrix(List<Fields<Series>>),
    String(serde::de::IgnoredAny),
}

/// Some servers write a number where Prometheus writes text, and a time as text.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Series {
    pub(super) metric: Pairs,
    pub(super) value: Point,
    pub(super) values: List<Point>,
}

impl<T> PrometheusAnswer<T> {
    /// The server's words about missing data, or about a number that may be wrong.
    pub(super) fn partial(&self) -> Option<String> {
        let unreadable = "a warning that is no text";
        let warnings = self.warnings.items.iter().filter_map(|warning| {
            match (warning.text.trim(), warning.odd) {
                ("", None) => None,
                ("", Some(kind)) => (!kind.is_null()).then_some(unreadable),
                (text, _) => (!text.starts_with(NOTE)).then_some(text),
            }
        });
        let whole = self.warnings.is_unreadable().then_some(unreadable);
        let mut said = warnings.chain(whole);
        let marked = self.is_partial.0 == Some(true);
        match said.next() {
            Some(first) => {
                let first: String = first.chars().take(MAX_WARNING).collect();
                Some(match said.count() {
                    0 => first,
                    more => format!("{first}; and {more} more"),
                })
            }
            None => marked.then(|| "the server marks the answer as partial".to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::whole("", None)]
    #[case::no_warnings(r#","warnings":[]"#, None)]
    #[case::null_warnings(r#","warnings":null"#, None)]
    #[case::infos(r#","infos":["PromQL info: metric might not be a counter"]"#, None)]
    #[case::note_among_warnings(r#","warnings":["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"x\" (1:6)"]"#, None)]
    #[case::thanos(
        r#","warnings":["receive series from Addr: 10.0.0.7:10901: Unavailable"]"#,
        Some("receive series from Addr: 10.0.0.7:10901: Unavailable")
    )]
    #[case::no_store(
        r#","warnings":["No StoreAPIs matched for this query"]"#,
        Some("No StoreAPIs matched for this query")
    )]
    #[case::mixed_histograms(
        r#","warnings":["PromQL warning: vector contains a mix of classic and native histograms"]"#,
        Some("PromQL warning: vector contains a mix of classic and native histograms")
    )]
    #[case::several(r#","warnings":["PromQL info: x","a","b","c"]"#, Some("a; and 2 more"))]
    #[case::victoria_metrics(
        r#","isPartial":true"#,
        Some("the server marks the answer as partial")
    )]
    #[case::victoria_metrics_whole(r#","isPartial":false"#, None)]
    #[case::text_flag(
        r#","isPartial":"true""#,
        Some("the server marks the answer as partial")
    )]
    #[case::text_for_a_list(r#","warnings":"store down""#, Some("a warning that is no text"))]
    #[case::odd_items(r#","warnings":[null,{"a":1}]"#, Some("a warning that is no text"))]
    fn an_answer_is_partial_when_its_server_says_so(
        #[case] more: &str,
        #[case] said: Option<&str>,
    ) {
        let text = format!(r#"{{"status":"success","data":1{more}}}"#);
        let answer: PrometheusAnswer<u8> = serde_json::from_str(&text).unwrap();
        assert_eq!(answer.partial().as_deref(), said);
    }
}
