//! Sources with something odd in their answers, from the field: `tests/cases/field/` has the inputs.

use crate::support::program::{Running, free_port, listens};
use crate::support::sources::{self, json, settings};
use rstest::rstest;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use warroom::harness::QueryRange;
use warroom::harness::Reading;
use warroom::harness::Safe;
use warroom::harness::{AlertStart, Matcher, NewSilence};
use warroom::harness::{Alertmanager, Prometheus, Source};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer};

const NULL_ANNOTATIONS: &str = include_str!("../cases/field/am-one-alert-null-annotations.json");
const ODD: &str = include_str!("../cases/field/am-one-alert-odd.jsonl");
const SILENCES: &str = include_str!("../cases/field/am-silence-null-comment.json");
const UTF8: &str = include_str!("../cases/field/am-utf8-label-name.json");

async fn answering(place: &str, answer: &str) -> (MockServer, Alertmanager) {
    let server = sources::answering(place, json(answer)).await;
    let source = Alertmanager::new(settings(&server.uri())).unwrap();
    (server, source)
}

async fn prometheus(answer: &str) -> (MockServer, Prometheus) {
    let server = sources::answering("", json(answer)).await;
    let source = Prometheus::new(settings(&server.uri())).unwrap();
    (server, source)
}

/// The names, each with its first fault.
async fn alerts(answer: &str) -> Vec<(String, String)> {
    let (_server, source) = answering("/api/v2/alerts", answer).await;
    let set = source.alerts().await.unwrap();
    assert!(!set.gaps.any(), "{:?}", set.gaps);
    let fault = |odd: &[Safe]| odd.first().map_or(String::new(), ToString::to_string);
    let alerts = set.alerts.iter();
    alerts
        .map(|alert| (alert.name.to_string(), fault(&alert.odd)))
        .collect()
}

#[tokio::test]
async fn beside_an_alert_without_annotations_the_good_one_is_seen() {
    let found = alerts(NULL_ANNOTATIONS).await;
    let wanted = [("Good", ""), ("Odd", "annotations: null")];
    assert_eq!(
        found,
        wanted.map(|(name, fault)| (name.to_string(), fault.to_string()))
    );
}

#[tokio::test]
async fn each_odd_alert_of_the_field_is_shown_with_what_is_wrong() {
    let good = NULL_ANNOTATIONS.lines().next().unwrap();
    for odd in ODD.lines() {
        let found = alerts(&format!("{good}{odd}]")).await;
        assert_eq!(found[0], ("Good".to_string(), String::new()));
        assert!(found[1].0 == "Odd" && !found[1].1.is_empty(), "{found:?}");
    }
}

#[tokio::test]
async fn a_silence_without_a_comment_is_listed_beside_the_other() {
    let (_server, source) = answering("/api/v2/silences", SILENCES).await;
    let read = source.silences().await.unwrap();
    assert_eq!((read.silences.len(), read.unread.count), (2, 0));
    assert_eq!(
        read.silences[1].odd[0].as_str(),
        "comment is null, left out"
    );
}

#[tokio::test]
async fn a_label_that_opentelemetry_names_can_be_silenced() {
    let (_server, source) = answering("/api/v2/alerts", UTF8).await;
    let alerts = source.alerts().await.unwrap().alerts;
    for text in ["service.name=payments", "\"service.name\"=\"payments\""] {
        let now = "2026-11-30T00:00:00Z".parse().unwrap();
        let silence = NewSilence {
            matchers: vec![Matcher::parse(text).unwrap()],
            starts_at: now,
            ends_at: now + chrono::TimeDelta::hours(1),
            created_by: Safe::line("dana"),
            comment: Safe::line("known"),
        };
        assert!(
            silence.problem().is_none() && silence.covers(&alerts[0]),
            "{text}"
        );
    }
}

#[tokio::test]
async fn silences_that_do_not_come_hold_no_alert_up() {
    let server = MockServer::start().await;
    Mock::given(path("/api/v2/alerts"))
        .respond_with(json(NULL_ANNOTATIONS))
        .mount(&server)
        .await;
    Mock::given(path("/api/v2/silences"))
        .respond_with(json("[]").set_delay(Duration::from_secs(30)))
        .mount(&server)
        .await;
    let source = Alertmanager::new(settings(&server.uri())).unwrap();
    let begun = Instant::now();
    assert_eq!(source.alerts().await.unwrap().alerts.len(), 2);
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
}

/// The odd sources of the field, on a port of their own.
struct Odd {
    _server: Running,
    url: String,
}

impl Odd {
    fn start() -> Self {
        let port = free_port();
        let mut command = Command::new("python3");
        command.args(["tests/cases/field/mock_sources.py", &port.to_string()]);
        let server = Running::quietly(&mut command);
        listens(port, "python3");
        let url = format!("http://127.0.0.1:{port}");
        Self {
            _server: server,
            url,
        }
    }

    fn prometheus(&self, mode: &str) -> Prometheus {
        Prometheus::new(settings(&format!("{}/{mode}", self.url))).unwrap()
    }
}

#[tokio::test]
async fn rules_that_are_null_are_none_and_readings_go_on() {
    let odd = Odd::start();
    for mode in ["rules-null", "group-null"] {
        let source = odd.prometheus(mode);
        let rules = source.rules().await.unwrap();
        assert!(rules.rules.is_empty() && rules.unread.count == 0 && rules.missing.is_none());
        assert_eq!(
            source.read("x").await.unwrap().reading,
            Reading::Value(0.97)
        );
    }
    let source = odd.prometheus("rules-404");
    let error = source.rules().await.unwrap_err();
    assert!(
        error.is_answer() && error.to_string().contains("page not found"),
        "{error}"
    );
    assert_eq!(
        source.read("x").await.unwrap().reading,
        Reading::Value(0.97)
    );
}

#[tokio::test]
async fn a_number_where_text_is_usual_is_read() {
    let odd = Odd::start();
    let source = odd.prometheus("number");
    assert_eq!(
        source.read("x").await.unwrap().reading,
        Reading::Value(0.97)
    );
    let at = |seconds| chrono::DateTime::from_timestamp(seconds, 0).unwrap();
    let range = QueryRange {
        from: at(600),
        to: at(660),
        step: 60,
    };
    let series = source.range("x", range).await.unwrap().value;
    assert!((series[0].values[1].1 - 0.97).abs() < 1e-9);
}

#[tokio::test]
async fn a_missing_tenant_is_reported_with_the_header_to_set() {
    let odd = Odd::start();
    let error = odd.prometheus("no-org").read("x").await.unwrap_err();
    assert!(error.to_string().contains("no org id"), "{error}");
    assert!(error.hint().contains("X-Scope-OrgID"), "{}", error.hint());
}

#[tokio::test]
async fn a_start_in_the_year_1_is_when_it_was_first_seen() {
    let odd = Odd::start();
    let source = Alertmanager::new(settings(&format!("{}/zero", odd.url))).unwrap();
    let first = Arc::clone(&source.alerts().await.unwrap().alerts[0]);
    assert_ne!(first.start, AlertStart::Stated);
    assert!((chrono::Utc::now() - first.starts_at).num_seconds() < 60);
    let second = Arc::clone(&source.alerts().await.unwrap().alerts[0]);
    assert_eq!(first.starts_at, second.starts_at);
}

#[tokio::test]
async fn an_instance_that_grafana_calls_normal_for_a_reason_has_cleared() {
    let odd = Odd::start();
    let sources = ["normal-nodata", "normal-updated"]
        .map(|mode| Alertmanager::grafana(settings(&format!("{}/{mode}", odd.url))).unwrap());
    let alert = Arc::clone(&sources[0].alerts().await.unwrap().alerts[0]);
    tokio::time::sleep(Duration::from_secs(9)).await;
    for source in sources {
        assert!(source.alerts().await.unwrap().alerts.is_empty());
        let rules = source.rules().await.unwrap();
        assert!(rules.shows_cleared(&alert, chrono::Utc::now()), "{rules:?}");
        assert!(!rules.shows_active(&alert));
    }
}

#[rstest]
#[case::no_result(
    r#"{"status":"success","data":{"resultType":"vector","result":null}}"#,
    Reading::NoData
)]
#[case::a_stamp_as_text(r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":null,"value":["1795996800","0.5"]}]}}"#, Reading::Value(0.5))]
#[case::a_number_as_label(r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"shard":3},"value":[1795996800,1]}]}}"#, Reading::Value(1.0))]
#[case::no_value(
    r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":null}]}}"#,
    Reading::NoData
)]
#[case::half_a_character(r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"\ud800"},"value":[1,"1"]}]}}"#, Reading::Value(1.0))]
#[tokio::test]
async fn an_odd_vector_is_read(#[case] answer: &str, #[case] reading: Reading) {
    let (_server, source) = prometheus(answer).await;
    assert_eq!(source.read("x").await.unwrap().reading, reading);
}

#[tokio::test]
async fn one_odd_series_hides_no_other_and_is_no_number() {
    let answer = r#"{"status":"success","data":{"resultType":"vector","result":[null,{"metric":{"pod":"a"},"value":[1,"x"]},{"metric":{"pod":"b"},"value":[1,"7"]}]}}"#;
    let (_server, source) = prometheus(answer).await;
    let read: Vec<Reading> = source
        .vector("x", None)
        .await
        .unwrap()
        .value
        .iter()
        .map(|one| one.sample.reading)
        .collect();
    assert_eq!(
        read,
        [
            Reading::NotANumber,
            Reading::NotANumber,
            Reading::Value(7.0)
        ]
    );
}
