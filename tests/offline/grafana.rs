//! Grafana's own alerting, by a stand-in that answers as its documentation says.

use crate::support::sources::{self, json};
use warroom::harness::ChangeKind;
use warroom::harness::Condition;
use warroom::harness::Safe;
use warroom::harness::Secret;
use warroom::harness::{
    Alertmanager, ChangeSource, GrafanaAnnotations, HttpSettings, ResolvedAuth, Source,
};
use warroom::harness::{Matcher, NewSilence};
use wiremock::matchers::{body_partial_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn settings(url: &str) -> HttpSettings {
    let mut settings = sources::settings(url);
    settings.auth = ResolvedAuth::Bearer(Secret::new("glsa_token"));
    settings.headers = vec![("X-Grafana-Org-Id".into(), Secret::new("2"))];
    settings
}

const ALERTS: &str = r#"[
 {"labels":{"alertname":"HighLatency","severity":"critical","grafana_folder":"pay"},"annotations":{"summary":"p99 high"},"startsAt":"2026-11-22T00:00:00Z","status":{"state":"active","silencedBy":[],"inhibitedBy":[]}},
 {"labels":{"alertname":"DatasourceNoData","rulename":"Success","severity":"critical"},"annotations":{},"startsAt":"2026-11-22T00:00:00Z","status":{"state":"active"}},
 {"labels":{"alertname":"DatasourceError","rulename":"Queue","severity":"critical"},"annotations":{"Error":"dial tcp: refused"},"startsAt":"2026-11-22T00:00:00Z","status":{"state":"active"}},
 {"labels":{"alertname":"KeepsItsName","severity":"critical"},"annotations":{"grafana_state_reason":"NoData"},"startsAt":"2026-11-22T00:00:00Z","status":{"state":"suppressed","silencedBy":["7c1d5a3e-0000-4000-8000-000000000001"]}}
]"#;

const SILENCES: &str = r#"[{"id":"7c1d5a3e-0000-4000-8000-000000000001","matchers":[{"name":"alertname","value":"KeepsItsName","isRegex":false,"isEqual":true}],"startsAt":"2026-11-22T00:00:00Z","endsAt":"2036-11-22T03:00:00Z","createdBy":"lee","comment":"planned work","status":{"state":"active"}}]"#;

async fn grafana() -> (MockServer, Alertmanager) {
    let server = MockServer::start().await;
    for (place, answer) in [("alerts", ALERTS), ("silences", SILENCES)] {
        Mock::given(method("GET"))
            .and(path(format!("/api/alertmanager/grafana/api/v2/{place}")))
            .and(header("authorization", "Bearer glsa_token"))
            .and(header("x-grafana-org-id", "2"))
            .respond_with(json(answer))
            .mount(&server)
            .await;
    }
    let source = Alertmanager::grafana(settings(&server.uri())).unwrap();
    (server, source)
}

#[tokio::test]
async fn no_data_and_errors_are_distinguished_from_a_breach() {
    let (_server, source) = grafana().await;
    let found: Vec<(String, Condition)> = source
        .alerts()
        .await
        .unwrap()
        .alerts
        .iter()
        .map(|alert| (alert.name.to_string(), alert.condition))
        .collect();
    assert_eq!(
        found,
        [
            ("HighLatency".to_string(), Condition::Met),
            ("DatasourceNoData".to_string(), Condition::NoData),
            ("DatasourceError".to_string(), Condition::Error),
            ("KeepsItsName".to_string(), Condition::NoData),
        ]
    );
}

#[tokio::test]
async fn who_silenced_an_alert_until_when_and_why_stands_beside_it() {
    let (_server, source) = grafana().await;
    let alerts = source.alerts().await.unwrap().alerts;
    let quiet = alerts
        .iter()
        .find(|alert| alert.name.as_str() == "KeepsItsName")
        .unwrap();
    assert_eq!(
        quiet.suppressed_by[0].as_str(),
        "silenced by lee until 2036-11-22 03:00 UTC: planned work"
    );
    assert_eq!(
        quiet.silenced_by[0].as_str(),
        "7c1d5a3e-0000-4000-8000-000000000001"
    );
}

#[tokio::test]
async fn rules_without_data_and_broken_ones_are_no_evidence_of_recovery() {
    let (server, source) = grafana().await;
    let rules = r#"{"status":"success","data":{"groups":[{"rules":[
      {"name":"HighLatency","type":"alerting","health":"ok","state":"firing","lastEvaluation":"2026-11-22T00:00:00Z","alerts":[{"labels":{"alertname":"HighLatency"},"state":"Alerting"},{"labels":{"alertname":"HighLatency","region":"eu"},"state":"Normal"}]},
      {"name":"Success","type":"alerting","health":"nodata","lastEvaluation":"2026-11-22T00:00:00Z"},
      {"name":"Queue","type":"alerting","health":"error","lastError":"dial tcp: refused"}]}]}}"#;
    Mock::given(method("GET"))
        .and(path("/api/prometheus/grafana/api/v1/rules"))
        .respond_with(json(rules))
        .mount(&server)
        .await;
    let set = source.rules().await.unwrap();
    assert_eq!(
        set.rules[0].active.len(),
        1,
        "an instance that is well is not active"
    );
    assert!(
        set.rules[1]
            .error
            .as_ref()
            .unwrap()
            .as_str()
            .contains("no data")
    );
    assert!(
        set.rules[2]
            .error
            .as_ref()
            .unwrap()
            .as_str()
            .contains("refused")
    );
    assert!(source.offers().rules);
}

#[tokio::test]
async fn a_silence_is_made_and_ended_at_grafanas_own_paths() {
    let (server, source) = grafana().await;
    let wanted = serde_json::json!({"matchers": [{"name": "alertname", "value": "HighLatency", "isRegex": false, "isEqual": true}], "createdBy": "dana", "comment": "known"});
    Mock::given(method("POST"))
        .and(path("/api/alertmanager/grafana/api/v2/silences"))
        .and(header("content-type", "application/json"))
        .and(body_partial_json(wanted))
        .respond_with(
            ResponseTemplate::new(202).set_body_raw(r#"{"silenceID":"abc-1"}"#, "application/json"),
        )
        .mount(&server)
        .await;
    Mock::given(method("DELETE"))
        .and(path("/api/alertmanager/grafana/api/v2/silence/abc-1"))
        .respond_with(json("{}"))
        .mount(&server)
        .await;
    let one = r#"{"id":"abc-1","matchers":[{"name":"alertname","value":"HighLatency","isRegex":false,"isEqual":true}],"startsAt":"2026-11-22T00:00:00Z","endsAt":"2026-11-22T02:00:00Z","createdBy":"dana","comment":"known","status":{"state":"active"}}"#;
    Mock::given(method("GET"))
        .and(path("/api/alertmanager/grafana/api/v2/silence/abc-1"))
        .respond_with(json(one))
        .mount(&server)
        .await;
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let silence = NewSilence {
        matchers: vec![Matcher::parse("alertname=HighLatency").unwrap()],
        starts_at: now,
        ends_at: now + chrono::TimeDelta::hours(2),
        created_by: Safe::line("dana"),
        comment: Safe::line("known"),
    };
    let id = source.silence(&silence).await.unwrap();
    assert_eq!(id.as_str(), "abc-1");
    let read = source.silence_by_id(&id).await.unwrap();
    assert_eq!(read.matchers, Some(silence.matchers));
    let until = now + chrono::TimeDelta::hours(3);
    assert_eq!(read.extension_problem(until, now), None);
    assert_eq!(source.extend(&id, until).await.unwrap(), id);
    source.expire(&id).await.unwrap();
}

#[tokio::test]
async fn annotations_are_changes() {
    let server = MockServer::start().await;
    let answer = r#"[{"id":1,"time":1795305420000,"text":"fraud-scorer v42","login":"ci-prod","tags":["deploy","failed"]},{"id":2,"time":1795300000000,"text":"older","login":"mina","tags":["deploy"]}]"#;
    Mock::given(method("GET"))
        .and(path("/api/annotations"))
        .and(query_param("tags", "deploy"))
        .respond_with(json(answer))
        .mount(&server)
        .await;
    let source = GrafanaAnnotations::new(
        settings(&server.uri()),
        ChangeKind::Deployment,
        vec!["deploy".into()],
    )
    .unwrap();
    let since = "2026-11-21T00:00:00Z".parse().unwrap();
    let set = source.changes(since).await.unwrap();
    assert_eq!(set.changes.len(), 2);
    let first = &set.changes[0];
    assert_eq!(
        (
            first.what.as_str(),
            first.who.as_str(),
            first.outcome.as_str()
        ),
        ("fraud-scorer v42", "ci-prod", "failed")
    );
}
