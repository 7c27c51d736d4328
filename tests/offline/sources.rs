//! Alertmanager and Prometheus as they really answer, and as they answer when something is wrong.

use crate::support::sources::{self, json};
use chrono::DateTime;
use rstest::rstest;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;
use warroom::harness::AlertState;
use warroom::harness::QueryRange;
use warroom::harness::Reading;
use warroom::harness::Secret;
use warroom::harness::{
    Alertmanager, HttpSettings, Prometheus, ResolvedAuth, Source, SourceError, SourceErrorKind,
};
use wiremock::matchers::{header, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn settings(url: &str) -> HttpSettings {
    let mut settings = sources::settings(url);
    settings.timeout = Duration::from_millis(700);
    settings
}

async fn answering(response: ResponseTemplate) -> (MockServer, Prometheus) {
    let server = sources::answering("", response).await;
    let source = Prometheus::new(settings(&server.uri())).unwrap();
    (server, source)
}

fn vector(value: &str) -> ResponseTemplate {
    json(&format!(
        "{{\"status\":\"success\",\"data\":{{\"resultType\":\"vector\",\"result\":[{{\"metric\":{{}},\"value\":[1795308656.767,\"{value}\"]}}]}}}}"
    ))
}

#[rstest]
#[case::number("0.858", Reading::Value(0.858))]
#[case::nan("NaN", Reading::NotANumber)]
#[case::infinity("+Inf", Reading::Infinite)]
#[case::minus_infinity("-Inf", Reading::Infinite)]
#[tokio::test]
async fn a_sample_is_read_with_its_time(#[case] value: &str, #[case] reading: Reading) {
    let (_server, source) = answering(vector(value)).await;
    let sample = source.read("x").await.unwrap();
    assert_eq!(
        (sample.reading, sample.at.timestamp_millis()),
        (reading, 1_795_308_656_767)
    );
}

#[tokio::test]
async fn an_empty_vector_is_no_data_and_two_series_are_ambiguous() {
    let (_server, source) = answering(json(
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
    ))
    .await;
    assert_eq!(source.read("x").await.unwrap().reading, Reading::NoData);
    let two = "{\"metric\":{},\"value\":[1,\"1\"]}";
    let (_server, source) = answering(json(&format!(
        "{{\"status\":\"success\",\"data\":{{\"resultType\":\"vector\",\"result\":[{two},{two}]}}}}"
    )))
    .await;
    assert_eq!(source.read("x").await.unwrap().reading, Reading::Ambiguous);
}

#[rstest]
#[case::thanos(r#""warnings":["receive series from store-2: Unavailable"],"#, true)]
#[case::victoria_metrics(r#""isPartial":true,"#, true)]
#[case::notes(r#""infos":["PromQL info: metric might not be a counter"],"#, false)]
#[tokio::test]
async fn a_partial_answer_is_marked(#[case] mark: &str, #[case] is_partial: bool) {
    let text = |kind: &str, values: &str| {
        json(&format!(
            r#"{{"status":"success",{mark}"data":{{"resultType":"{kind}","result":[{{"metric":{{}},{values}}}]}}}}"#
        ))
    };
    let (_server, source) = answering(text("vector", r#""value":[1795308600,"0.5"]"#)).await;
    let reading = source.read("x").await.unwrap().reading;
    assert_eq!(reading.shown(), Some(0.5));
    assert_eq!(reading.value().is_none(), is_partial);
    let answer = source.vector("x", None).await.unwrap();
    assert_eq!(answer.partial.is_some(), is_partial);
    let (_server, source) = answering(text("matrix", r#""values":[[1795308600,"0.5"]]"#)).await;
    let at = DateTime::from_timestamp(1_795_308_600, 0).unwrap();
    let range = QueryRange {
        from: at,
        to: at,
        step: 60,
    };
    let answer = source.range("x", range).await.unwrap();
    assert_eq!(answer.partial.is_some(), is_partial);
}

#[tokio::test]
async fn a_query_is_evaluated_at_the_time_that_is_asked_for() {
    let (server, source) = answering(vector("1")).await;
    let at = DateTime::from_timestamp_millis(1_795_308_656_250).unwrap();
    source.vector("x", Some(at)).await.unwrap();
    source.vector("x", None).await.unwrap();
    let asked: Vec<String> = server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| request.url.query().unwrap_or_default().to_string())
        .collect();
    assert_eq!(asked, ["query=x&time=1795308656.250", "query=x"]);
}

fn kind(error: &SourceError) -> &'static str {
    match error.kind {
        SourceErrorKind::Unauthorized(_) => "unauthorized",
        SourceErrorKind::Forbidden(_) => "forbidden",
        SourceErrorKind::RateLimited(_) => "rate-limited",
        SourceErrorKind::Status(..) => "status",
        SourceErrorKind::Query(_) => "query",
        SourceErrorKind::Answer(_) => "answer",
        SourceErrorKind::WebPage => "web-page",
        SourceErrorKind::CutOff(_) => "cut-off",
        SourceErrorKind::Timeout(_) => "timeout",
        SourceErrorKind::Unreachable(_) => "unreachable",
        SourceErrorKind::TooLarge(_) => "too-large",
        _ => "other",
    }
}

#[rstest]
#[case(ResponseTemplate::new(401), "unauthorized", "bearer")]
#[case(ResponseTemplate::new(403), "forbidden", "read access")]
#[case(ResponseTemplate::new(429).insert_header("retry-after", "7"), "rate-limited", "poll_seconds")]
#[case(ResponseTemplate::new(500).set_body_string("boom"), "status", "server's own log")]
#[case(ResponseTemplate::new(404).set_body_string("404 page not found"), "status", "prefix")]
#[case(ResponseTemplate::new(302).insert_header("location", "http://login.example/"), "web-page", "login page")]
#[case(ResponseTemplate::new(200).set_body_raw("<html>Sign in</html>", "text/html"), "web-page", "login page")]
#[case(ResponseTemplate::new(200).set_body_raw("{\"status\":\"succ", "application/json"), "cut-off", "asked again")]
#[case(json("[1,2,3]"), "answer", "right server")]
#[case(json("{\"status\":\"success\"}"), "answer", "right server")]
#[case(ResponseTemplate::new(400).set_body_raw("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:10: parse error\"}", "application/json"), "query", "correct the query")]
#[case(ResponseTemplate::new(422).set_body_raw("{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"many-to-many\"}", "application/json"), "query", "correct the query")]
#[case(ResponseTemplate::new(503).set_body_raw("{\"status\":\"error\",\"errorType\":\"unavailable\",\"error\":\"starting\"}", "application/json"), "status", "server's own log")]
#[tokio::test]
async fn every_bad_answer_has_a_name_a_place_and_a_remedy(
    #[case] response: ResponseTemplate,
    #[case] wanted: &str,
    #[case] remedy: &str,
) {
    let (server, source) = answering(response).await;
    let error = source.read("x").await.unwrap_err();
    assert_eq!(kind(&error), wanted, "{error}");
    assert!(error.hint().contains(remedy), "{}", error.hint());
    let place = server.uri().replace("http://", "");
    assert!(
        error.to_string().contains(&place) && error.to_string().contains("prometheus"),
        "{error}"
    );
}

/// Prometheus 2 reads no label names in quotation marks: its own words do not say what to do.
#[rstest]
#[case("sum by (\"service.name\") (rate(x[1m]))", true)]
#[case("{\"my.metric\",a=\"b\"}", true)]
#[case("x{a=\"b\", \"service.name\"=\"c\"}", true)]
#[case("x{a=\"(\\\"{\"}", false)]
#[case("sum BY(a, \"b.c\") (x)", true)]
#[case("label_replace(x, \"a\", \"b\", \"\", \"\")", false)]
#[tokio::test]
async fn a_server_that_refuses_quoted_names_is_named(#[case] query: &str, #[case] says: bool) {
    let refused = "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:9: parse error: unexpected string\"}";
    let response = ResponseTemplate::new(400).set_body_raw(refused, "application/json");
    let (_server, source) = answering(response).await;
    let error = source.vector(query, None).await.unwrap_err().to_string();
    assert!(error.contains("unexpected string"), "{error}");
    assert_eq!(error.contains("from version 3 on"), says, "{error}");
}

#[tokio::test]
async fn the_retry_after_of_a_server_is_read() {
    let (_server, source) =
        answering(ResponseTemplate::new(429).insert_header("retry-after", "7")).await;
    assert_eq!(
        source.read("x").await.unwrap_err().retry_after(),
        Some(Duration::from_secs(7))
    );
}

#[tokio::test]
async fn an_unreachable_server_is_distinguished_from_a_silent_one() {
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let source = Prometheus::new(settings(&format!("http://{gone}"))).unwrap();
    assert_eq!(kind(&source.read("x").await.unwrap_err()), "unreachable");
    let (_server, source) = answering(vector("1").set_delay(Duration::from_secs(5))).await;
    assert_eq!(kind(&source.read("x").await.unwrap_err()), "timeout");
}

/// A server that never stops talking: as much as it can for as long as somebody listens.
#[tokio::test]
async fn an_endless_answer_ends_here() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[");
        let chunk = vec![b' '; 1 << 20];
        for _ in 0..400 {
            if stream.write_all(&chunk).is_err() {
                return;
            }
        }
    });
    let mut settings = settings(&format!("http://{address}"));
    settings.timeout = Duration::from_secs(20);
    let error = Prometheus::new(settings)
        .unwrap()
        .read("x")
        .await
        .unwrap_err();
    assert_eq!(kind(&error), "too-large");
}

#[tokio::test]
async fn credentials_are_sent_and_never_shown() {
    let server = MockServer::start().await;
    Mock::given(header("authorization", "Bearer hidden-token"))
        .respond_with(vector("1"))
        .mount(&server)
        .await;
    Mock::given(header("authorization", "Basic dTpoaWRkZW4="))
        .respond_with(vector("2"))
        .mount(&server)
        .await;
    let read = |auth| {
        let mut settings = settings(&server.uri());
        settings.auth = auth;
        Prometheus::new(settings).unwrap()
    };
    let bearer = read(ResolvedAuth::Bearer(Secret::new("hidden-token")));
    assert_eq!(bearer.read("x").await.unwrap().reading, Reading::Value(1.0));
    let basic = read(ResolvedAuth::Basic("u".into(), Secret::new("hidden")));
    assert_eq!(basic.read("x").await.unwrap().reading, Reading::Value(2.0));
    let wrong = read(ResolvedAuth::Bearer(Secret::new("other-token")));
    let error = format!(
        "{:?} {}",
        wrong.read("x").await.unwrap_err(),
        wrong.read("x").await.unwrap_err()
    );
    assert!(!error.contains("other-token"), "{error}");
    let inside = Prometheus::new(settings("http://u:hidden@x.example")).unwrap_err();
    assert!(!inside.to_string().contains("hidden"), "{inside}");
}

#[tokio::test]
async fn a_private_authority_is_read_or_named() {
    let mut settings = settings("https://x.example");
    settings.tls.ca_file = Some("/nonexistent/ca.pem".into());
    let error = Prometheus::new(settings).unwrap_err();
    assert!(error.to_string().contains("/nonexistent/ca.pem"), "{error}");
}

#[tokio::test]
async fn a_path_prefix_is_kept() {
    let server = MockServer::start().await;
    Mock::given(path("/prom/eu/api/v1/query"))
        .respond_with(vector("1"))
        .mount(&server)
        .await;
    let source = Prometheus::new(settings(&format!("{}/prom/eu", server.uri()))).unwrap();
    assert_eq!(source.read("x").await.unwrap().reading, Reading::Value(1.0));
}

#[tokio::test]
async fn history_keeps_gaps_as_gaps() {
    let body = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[[60,\"0.5\"],[180,\"NaN\"],[240,\"0.7\"]]}]}}";
    let (_server, source) = answering(json(body)).await;
    let at = |seconds| chrono::DateTime::from_timestamp(seconds, 0).unwrap();
    let range = QueryRange {
        from: at(60),
        to: at(240),
        step: 60,
    };
    let series = source.range("x", range).await.unwrap().value;
    assert_eq!(series[0].values, [(at(60), 0.5), (at(240), 0.7)]);
}

#[tokio::test]
async fn a_broken_rule_is_surfaced_although_it_reads_inactive() {
    let body = "{\"status\":\"success\",\"data\":{\"groups\":[{\"rules\":[{\"type\":\"alerting\",\"name\":\"A\",\"state\":\"inactive\",\"health\":\"err\",\"lastError\":\"many-to-many\",\"lastEvaluation\":\"2026-11-22T00:49:50.5Z\",\"alerts\":[]},{\"type\":\"recording\",\"name\":\"r\",\"health\":\"ok\"}]}]}}";
    let (_server, source) = answering(json(body)).await;
    let rules = source.rules().await.unwrap().rules;
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0].error.as_ref().unwrap().as_str(), "many-to-many");
}

async fn alertmanager(response: ResponseTemplate) -> (MockServer, Alertmanager) {
    let server = MockServer::start().await;
    Mock::given(path("/api/v2/alerts"))
        .and(query_param("active", "true"))
        .respond_with(response)
        .mount(&server)
        .await;
    let source = Alertmanager::new(settings(&server.uri())).unwrap();
    (server, source)
}

#[tokio::test]
async fn alerts_are_read_as_a_real_alertmanager_writes_them() {
    let body = "[{\"annotations\":{\"summary\":\"lag\"},\"endsAt\":\"2026-11-22T00:53:50.532Z\",\"fingerprint\":\"729d8ef4832416b5\",\"receivers\":[{\"name\":\"console\"}],\"startsAt\":\"2026-11-22T00:48:48.532Z\",\"status\":{\"inhibitedBy\":[\"a750fdc4163ad02f\"],\"silencedBy\":[],\"state\":\"suppressed\"},\"updatedAt\":\"2026-11-22T00:49:50.535Z\",\"generatorURL\":\"http://vm:19090/graph\",\"labels\":{\"alertname\":\"SettlementLagHigh\",\"severity\":\"warning\"}},{\"fingerprint\":\"a750fdc4163ad02f\",\"labels\":{\"alertname\":\"Bare\"},\"startsAt\":\"2026-11-22T00:48:48Z\"}]";
    let (_server, source) = alertmanager(json(body)).await;
    let alerts = source.alerts().await.unwrap().alerts;
    let lag = alerts
        .iter()
        .find(|alert| alert.name.as_str() == "SettlementLagHigh")
        .unwrap();
    assert_eq!(lag.state, AlertState::Suppressed);
    assert_eq!(
        lag.suppressed_by[0].as_str(),
        "inhibited by Bare",
        "the fingerprint is that of another alert of the answer"
    );
    assert_eq!(lag.links[0].1.as_str(), "http://vm:19090/graph");
    let bare = alerts
        .iter()
        .find(|alert| alert.name.as_str() == "Bare")
        .unwrap();
    assert_eq!(
        bare.state,
        AlertState::Firing,
        "a missing status is not hidden"
    );
}

#[rstest]
#[case("\"something broke\"")]
#[case("{\"code\":602,\"message\":\"something broke\"}")]
#[tokio::test]
async fn both_shapes_of_an_alertmanagers_error_are_read(#[case] body: &str) {
    let (_server, source) =
        alertmanager(ResponseTemplate::new(500).set_body_raw(body, "application/json")).await;
    let error = source.alerts().await.unwrap_err();
    assert!(error.to_string().contains("something broke"), "{error}");
}

/// What each kind of server says of itself, as the real ones do (0.25, 2.42, 11).
const OF_THEMSELVES: [(&str, &str, &str); 3] = [
    (
        "an Alertmanager",
        "/api/v2/status",
        r#"{"cluster":{"name":"x","peers":[],"status":"ready"},"config":{"original":""},"uptime":"2026-11-30T06:00:00Z","versionInfo":{"version":"0.25.0"}}"#,
    ),
    (
        "a Prometheus",
        "/api/v1/status/buildinfo",
        r#"{"status":"success","data":{"version":"2.42.0","revision":"x"}}"#,
    ),
    (
        "a Grafana",
        "/api/health",
        r#"{"database":"ok","version":"11.0.0","commit":"x"}"#,
    ),
];

#[rstest]
#[case::prometheus_as_alertmanager("a Prometheus", false)]
#[case::alertmanager_as_prometheus("an Alertmanager", true)]
#[case::grafana_as_prometheus("a Grafana", true)]
#[case::grafana_as_alertmanager("a Grafana", false)]
#[tokio::test]
async fn another_kind_of_server_is_recognized_and_the_key_is_named(
    #[case] is: &str,
    #[case] asked_as_prometheus: bool,
) {
    let server = MockServer::start().await;
    let (_, place, said) = OF_THEMSELVES.iter().find(|(name, ..)| *name == is).unwrap();
    Mock::given(path(*place))
        .respond_with(json(said))
        .mount(&server)
        .await;
    let error = match asked_as_prometheus {
        true => Prometheus::new(settings(&server.uri()))
            .unwrap()
            .read("x")
            .await
            .unwrap_err(),
        false => Alertmanager::new(settings(&server.uri()))
            .unwrap()
            .alerts()
            .await
            .unwrap_err(),
    };
    assert!(
        error.to_string().contains(&format!("this is {is}, not ")),
        "{error}"
    );
    let word = is.rsplit(' ').next().unwrap().to_lowercase();
    assert!(
        error.hint().contains(&format!("`kind: {word}`")),
        "{}",
        error.hint()
    );
    assert!(error.hint().contains("config.yaml"), "{}", error.hint());
}

#[tokio::test]
async fn a_server_that_is_neither_stays_what_it_was() {
    let (_server, source) = answering(ResponseTemplate::new(404)).await;
    assert_eq!(kind(&source.read("x").await.unwrap_err()), "status");
}

#[test]
fn an_address_without_a_scheme_is_this_machine_or_is_corrected() {
    assert!(Prometheus::new(settings("localhost:9090")).is_ok());
    let error = Prometheus::new(settings("prometheus.example:9090")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("write https://prometheus.example:9090"),
        "{error}"
    );
}
