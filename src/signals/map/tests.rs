use super::spec::{LatencySpec, RatioSpec};
use super::*;
use rstest::rstest;

const SHIPPED: &str = include_str!("../../../assets/services.yaml");

fn shipped() -> ServiceMap {
    let map = ServiceMap::parse(SHIPPED).unwrap();
    map.check().unwrap();
    map
}

#[test]
fn the_shipped_map_is_sound_and_its_strict_path_confirms_payments() {
    let map = shipped();
    let (service, path) = map.strict().unwrap();
    assert_eq!(
        (service.service.as_str(), path.path.as_str()),
        ("payments", "confirm")
    );
    assert!(!path.must_not_degrade.is_empty() && !path.may_degrade.is_empty());
}

#[test]
fn every_commented_block_of_the_shipped_map_is_one_that_could_be_used() {
    let text = SHIPPED
        .replace("peak_events: []\n# peak", "peak")
        .replace("models: []\n# models", "models")
        .replace("slo_files: []\n# slo_files", "slo_files")
        .replace("          # - signal", "          - signal")
        .replace("          #   ", "            ")
        .replace("        # money", "        money")
        .replace("\n#   - {", "\n  - {");
    let map = ServiceMap::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    map.check().unwrap();
    assert_eq!(map.signals().count(), 6);
    assert_eq!(
        (map.peak_events.len(), map.models.len(), map.slo_files.len()),
        (1, 1, 1)
    );
    let path = map.strict().unwrap().1.path.clone();
    let at = "2026-11-30T12:00:00Z".parse().unwrap();
    assert_eq!(map.peak(&path, at).unwrap().event, "payday");
    assert_eq!(
        map.models_on(&path).next().unwrap().autonomy,
        Autonomy::Acts
    );
}

#[rstest]
#[case("objective: 0.999", "objective: 99.9", "between 0 and 1")]
#[case(
    "good: payments",
    "bad: x_total\n              good: payments",
    "either `good` or `bad`"
)]
#[case(
    "          - signal: confirm-success\n",
    "          - signal: confirm-success\n            level: {query: up, expect: '== 1'}\n",
    "exactly one of"
)]
#[case("window_days: 30", "window_days: 300", "1 to 90")]
#[case("window_days: 30", "windowdays: 30", "windowdays")]
#[case(
    "models: []",
    "models: [{model: m, path: nowhere, autonomy: acts}]",
    "names path \"nowhere\""
)]
#[case(
    "              objective: 0.999",
    "              objective: 0.999\n              by: [\"pro vider\"]",
    "not a label name"
)]
#[case(
    "{path=\"confirm\",outcome=\"success\"}",
    "[$window]",
    "payments_requests_total[$window]"
)]
fn what_is_wrong_with_a_map_is_named(#[case] from: &str, #[case] to: &str, #[case] says: &str) {
    let text = SHIPPED.replacen(from, to, 1);
    let error = match ServiceMap::parse(&text) {
        Err(error) => error.to_string(),
        Ok(map) => match map.check() {
            Err(error) => error.to_string(),
            // The last case is allowed: an expression with a window of its own.
            Ok(()) => format!("{map:?}"),
        },
    };
    assert!(error.contains(says), "{error}");
}

#[rstest]
#[case("service.name", "sum by (\"service.name\") (")]
#[case("provider", "sum by (provider) (")]
#[case("'\"pro vider\"'", "sum by (\"pro vider\") (")]
#[case("'\"a\\\"b\"'", "sum by (\"a\\\"b\") (")]
#[case("größe", "sum by (\"größe\") (")]
#[case("\"9\"", "sum by (\"9\") (")]
fn a_label_with_signs_in_its_name_is_quoted_where_it_is_asked_for(
    #[case] name: &str,
    #[case] asked: &str,
) {
    let objective = "              objective: 0.999";
    let with = format!("{objective}\n              by: [{name}]");
    let map = ServiceMap::parse(&SHIPPED.replacen(objective, &with, 1)).unwrap();
    map.check().unwrap();
    let ratio = first_ratio(&map);
    let queries = ratio.queries("330s", Some(&ratio.by[0]));
    assert!(queries.total.starts_with(asked), "{}", queries.total);
}

#[test]
fn a_histogram_with_dots_in_its_name_stands_within_the_braces() {
    let latency = LatencySpec {
        sla: None,
        by: Vec::new(),
        histogram: "http.server.duration".into(),
        matchers: "\"service.name\"=\"a\\\"b\",".into(),
        within: ConfigDuration(TimeDelta::milliseconds(800)),
        native: false,
        objective: 0.99,
    };
    let queries = latency.queries("90s", None);
    assert_eq!(
        queries.part,
        "sum(rate({\"http.server.duration_bucket\",\"service.name\"=\"a\\\"b\",le=~\"0\\\\.80*\"}[90s]))"
    );
    assert_eq!(
        queries.total,
        "sum(rate({\"http.server.duration_count\",\"service.name\"=\"a\\\"b\"}[90s]))"
    );
}

fn first_ratio(map: &ServiceMap) -> &RatioSpec {
    map.signals().next().unwrap().1.ratio.as_ref().unwrap()
}

#[test]
fn a_selector_is_summed_and_rated_over_one_scrape_more_than_the_bucket() {
    let map = shipped();
    let window = window_of(TimeDelta::minutes(5), map.scrape_seconds);
    let queries = first_ratio(&map).queries(&window, None);
    assert_eq!(
        queries.total,
        "sum(rate(payments_requests_total{path=\"confirm\"}[330s]))"
    );
    let by = first_ratio(&map).queries(&window, Some("provider"));
    assert_eq!(
        by.total,
        "sum by (provider) (rate(payments_requests_total{path=\"confirm\"}[330s]))"
    );
}

#[test]
fn a_latency_is_the_share_of_a_histogram_below_its_bound() {
    let classic = |within: &str, native: bool| LatencySpec {
        sla: None,
        by: Vec::new(),
        histogram: "confirm_seconds".into(),
        matchers: "path=\"confirm\"".into(),
        within: serde_saphyr::from_str(within).unwrap(),
        native,
        objective: 0.999,
    };
    let queries = classic("800ms", false).queries("90s", None);
    assert_eq!(
        queries.part,
        "sum(rate(confirm_seconds_bucket{path=\"confirm\",le=~\"0\\\\.80*\"}[90s]))"
    );
    assert_eq!(
        queries.total,
        "sum(rate(confirm_seconds_count{path=\"confirm\"}[90s]))"
    );
    let whole = classic("2s", false).queries("90s", None);
    assert!(whole.part.contains("le=~\"2(\\\\.0+)?\""), "{}", whole.part);
    let native = classic("800ms", true).queries("90s", None);
    assert!(
        native
            .part
            .starts_with("histogram_fraction(0, 0.8, sum(rate(confirm_seconds{")
    );
}

#[test]
fn a_bad_counter_without_series_is_zero_only_where_the_map_says_so() {
    let mut ratio = first_ratio(&shipped()).clone();
    (ratio.good, ratio.bad) = (None, Some("failed_total".into()));
    assert!(!ratio.queries("90s", None).part.contains("or 0"));
    ratio.absent_bad_is_zero = true;
    assert!(
        ratio
            .queries("90s", None)
            .part
            .ends_with("or 0 * sum(rate(payments_requests_total{path=\"confirm\"}[90s]))")
    );
}

const SLOTH: &str = r#"
version: "prometheus/v1"
service: "ledger"
labels: {owner: "team"}
slos:
  - name: "availability"
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_total{job="ledger",code=~"(5..|429)"}[{{.window}}]))
        total_query: sum(rate(http_total{job="ledger"}[{{ .window }}]))
    alerting: {page_alert: {labels: {severity: page}}}
"#;

const OPEN_SLO: &str = r#"
apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout, displayName: Checkout}
spec:
  service: shop
  indicator:
    metadata: {name: checkout-good}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Prometheus, spec: {query: 'sum(http_total{code!~"5.."})'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'sum(http_total)'}}}
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: good, target: 0.995}]
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: lag}
spec:
  indicatorRef: lag-seconds
  objectives: [{op: lte, value: 3600, target: 0.99}]
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: lag-seconds}
spec:
  thresholdMetric: {metricSource: {type: prometheus, spec: {query: max(lag_seconds)}}}
"#;

#[test]
fn a_sloth_file_is_read_as_it_is() {
    let signals = signals_of(SLOTH).unwrap().signals;
    let ratio = signals[0].ratio.as_ref().unwrap();
    assert_eq!(signals[0].signal.as_str(), "ledger-availability");
    assert!((ratio.objective - 0.999).abs() < 1e-12);
    let queries = ratio.queries("330s", None);
    assert!(queries.part_is_bad);
    assert_eq!(queries.total, "sum(rate(http_total{job=\"ledger\"}[330s]))");
}

#[test]
fn an_open_slo_file_is_read_as_it_is() {
    let signals = signals_of(OPEN_SLO).unwrap().signals;
    assert_eq!(signals[0].window_days, Some(28));
    let queries = signals[0].ratio.as_ref().unwrap().queries("330s", None);
    assert_eq!(queries.part, "sum(rate(http_total{code!~\"5..\"}[330s]))");
    // A threshold with a target is the share of time within the bound.
    let ratio = signals[1].ratio.as_ref().unwrap();
    assert!((ratio.objective - 0.99).abs() < 1e-12);
    let queries = ratio.queries("330s", None);
    assert_eq!(
        (queries.part.as_str(), queries.total.as_str()),
        (
            "sum(avg_over_time(((max(lag_seconds)) <= bool 3600)[330s:]))",
            "sum(avg_over_time((0 * (max(lag_seconds)) + 1)[330s:]))"
        )
    );
    let without_target = OPEN_SLO.replace("value: 3600, target: 0.99", "value: 3600");
    let level = signals_of(&without_target).unwrap().signals[1]
        .level
        .clone();
    let level = level.unwrap();
    assert_eq!(
        (level.query.as_str(), level.expect.to_string().as_str()),
        ("max(lag_seconds)", "<= 3600")
    );
}

#[rstest]
#[case("hello: world", "neither OpenSLO")]
#[case(&OPEN_SLO.replace("type: Prometheus", "type: Datadog"), "only Prometheus")]
#[case(&OPEN_SLO.replace("name: lag-seconds", "name: other"), "not in this file")]
#[case(&SLOTH.replace("{{.window}}", "5m"), "without {{.window}}")]
#[case(include_str!("../../../tests/cases/field/slo-timeslices.yaml"), "budgetingMethod Timeslices")]
#[case(&SLOTH.replace("{{ .window }}", "{{ .Service }}"), "template other than")]
#[case(&SLOTH.replace("    alerting:", "    plugins: {chain: []}\n    alerting:"), "plugins is not supported")]
#[case(&SLOTH.replace("labels: {owner: \"team\"}", "slo_plugins: {chain: []}"), "slo_plugins is not supported")]
#[case(&SLOTH.replace("      events:", "      plugin: {id: x}\n      events:"), "sli: plugin is not supported")]
#[case(&SLOTH.replace("      events:", "      denominator_corrected: {}\n      events:"), "denominator_corrected is not supported")]
#[case(&SLOTH.replace("      events:", "      raw: {error_ratio_query: 'x[{{.window}}]'}\n      events:"), "both sli.events and sli.raw")]
#[case(&SLOTH.replace("        total_query:", "        success_query: x\n        total_query:"), "success_query is not supported")]
#[case(&OPEN_SLO.replace("target: 0.995", "target: 0.995, timeSliceTarget: 0.9"), "timeSliceTarget is not supported")]
#[case(&OPEN_SLO.replace("target: 0.995", "target: 0.995, targetPercent: 99.5"), "both target and targetPercent")]
#[case(&OPEN_SLO.replace("target: 0.995", "target: 0.995, op: lte, value: 1"), "op and value belong")]
#[case(&OPEN_SLO.replace("target: 0.995", "target: 0.995, compositeWeight: 2"), "compositeWeight is not supported")]
#[case(&OPEN_SLO.replace("counter: true", "rawType: success"), "rawType is not supported")]
#[case(&OPEN_SLO.replace("counter: true", "bad: {metricSource: {type: Prometheus, spec: {query: x}}}"), "either good or bad")]
#[case(&OPEN_SLO.replace("isRolling: true}", "isRolling: true}, {duration: 1w, isRolling: true}"), "more than one timeWindow")]
#[case(&OPEN_SLO.replace("duration: 4w", "duration: 36h"), "not in days or weeks")]
#[case(&OPEN_SLO.replace("type: Prometheus", "metricSourceRef: elsewhere"), "elsewhere is not in this file")]
#[case(&OPEN_SLO.replace("type: Prometheus, spec", "type: Prometheus, dimensions: [x], spec"), "dimensions is not supported")]
#[case(include_str!("../../../tests/cases/field/slo-calendar-aligned.yaml"), "only a rolling one")]
fn an_objective_that_cannot_be_measured_is_named(#[case] text: &str, #[case] says: &str) {
    let said = match signals_of(text) {
        Err(error) => error.to_string(),
        Ok(found) => found.refused[0].to_string(),
    };
    assert!(said.contains(says), "{said}");
}

#[rstest]
#[case("Prometheus", true)]
#[case("Datadog", false)]
fn a_data_source_of_the_file_says_what_is_asked(#[case] kind: &str, #[case] read: bool) {
    let source = "---\napiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: metrics}\n";
    let text = OPEN_SLO.replace("type: Prometheus", "metricSourceRef: metrics");
    let found = signals_of(&format!("{text}{source}spec: {{type: {kind}}}\n")).unwrap();
    assert_eq!(found.signals.len(), if read { 2 } else { 1 });
    assert_eq!(found.refused.is_empty(), read, "{:?}", found.refused);
}

#[test]
fn a_headline_has_no_value_once_nothing_is_scraped_any_more() {
    let map = ServiceMap::parse(SHIPPED).unwrap();
    let (_, spec) = map.signals().next().unwrap();
    let query = spec.headline(10).unwrap();
    assert!(query.starts_with("((sum(rate("), "{query}");
    assert!(
        query.contains("and on () (sum(count_over_time(payments_requests_total{path=\"confirm\"")
            && query.ends_with("[50s])) > 0))"),
        "{query}"
    );
}

#[test]
fn closing_days_are_those_of_the_map_and_of_the_path_in_its_time_zone() {
    let text = "time_zone: Europe/Berlin\nclosing_days: [2026-12-25]\nservices:\n  - service: shop\n    owner: team\n    \
                paths:\n      - {path: confirm, closing_days: [2026-12-24]}\n      - {path: history}\n";
    let map = ServiceMap::parse(text).unwrap();
    map.check().unwrap();
    let closed = |path: &str, at: &str| {
        let at: DateTime<Utc> = at.parse().unwrap();
        map.closing_days(&PathId::nearest(path))
            .covers(at.timestamp())
    };
    assert!(closed("confirm", "2026-12-23T23:00:00Z"));
    assert!(!closed("history", "2026-12-23T23:00:00Z"));
    assert!(closed("history", "2026-12-25T00:00:00Z"));
    let wrong = ServiceMap::parse(&text.replace("Europe/Berlin", "Europe/Berln"));
    let wrong = wrong.unwrap_err().to_string();
    assert!(wrong.contains("is not a time zone"), "{wrong}");
}
