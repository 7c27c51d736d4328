//! What is sent to Alertmanagers that take label names of UTF-8 (0.28 and newer), and what follows from odd answers.

use crate::support::sources;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use warroom::harness::Alert;
use warroom::harness::Safe;
use warroom::harness::{Alertmanager, HttpSettings, IGNORED, Source, read_back};
use warroom::harness::{Matcher, NewSilence, matchers_of_row};
use warroom::harness::{Slug, SourceId};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer};

const ID: &str = "7c1d5a3e-0000-4000-8000-000000000001";

async fn serve(alerts: &Value, silence: &Value) -> (MockServer, Alertmanager) {
    let server = MockServer::start().await;
    let one = format!("/api/v2/silence/{ID}");
    for (place, body) in [("/api/v2/alerts", alerts), (one.as_str(), silence)] {
        let mock = Mock::given(method("GET")).and(path(place));
        mock.respond_with(sources::json(&body.to_string()))
            .mount(&server)
            .await;
    }
    let made = json!({"silenceID": ID});
    let mock = Mock::given(method("POST")).and(path("/api/v2/silences"));
    mock.respond_with(sources::json(&made.to_string()))
        .mount(&server)
        .await;
    let settings = HttpSettings::plain(SourceId::nearest("am"), &server.uri());
    (server, Alertmanager::new(settings).unwrap())
}

async fn posted(server: &MockServer) -> Value {
    let requests = server.received_requests().await.unwrap();
    let post = requests
        .iter()
        .rfind(|request| request.method.as_str() == "POST")
        .unwrap();
    serde_json::from_slice(&post.body).unwrap()
}

fn silence(matchers: Vec<Matcher>) -> NewSilence {
    let now = Utc::now();
    NewSilence {
        matchers,
        starts_at: now,
        ends_at: now + TimeDelta::hours(1),
        created_by: Safe::line("lee"),
        comment: Safe::line("known"),
    }
}

#[tokio::test]
async fn label_names_of_utf8_are_sent_as_they_are() {
    let alerts: Value =
        serde_json::from_str(include_str!("../cases/field/am-utf8-label-name.json")).unwrap();
    let (server, source) = serve(&alerts, &json!({"id": ID})).await;
    let gathered = source.alerts().await.unwrap();
    let row: Vec<&Alert> = gathered.alerts.iter().map(AsRef::as_ref).collect();
    let ignored: BTreeSet<String> = IGNORED.map(str::to_string).into();
    let found = matchers_of_row(&row, [], &ignored).unwrap();
    let text: Vec<String> = found.matchers.iter().map(ToString::to_string).collect();
    let read = Matcher::parse_all(&text.join(" "), &[]).unwrap();
    source.silence(&silence(read)).await.unwrap();
    let sent = posted(&server).await;
    let sent: BTreeMap<&str, &str> = sent["matchers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["value"].as_str().unwrap()))
        .collect();
    let want = [
        ("alertname", "Otel"),
        ("k8s.pod.name", "x"),
        ("service.name", "payments"),
        ("severity", "critical"),
    ];
    assert_eq!(sent, want.into());
    for text in [
        "service.name=payments",
        "\"service.name\"=\"payments\"",
        "{\"service.name\"=\"payments\"}",
    ] {
        let matchers = Matcher::parse_all(text, &[]).unwrap();
        assert_eq!(
            silence(matchers).coverage(row.iter().copied()).matching,
            [0],
            "{text}"
        );
    }
    let odd = Matcher::parse_all("\"a \\\"b\\\"\\u00a0ü\"=\"x\\ny\"", &[]).unwrap();
    source.silence(&silence(odd)).await.unwrap();
    let sent = posted(&server).await;
    assert_eq!(
        sent["matchers"][0],
        json!({"name": "a \"b\"\u{a0}ü", "value": "x\ny", "isRegex": false, "isEqual": true})
    );
}

/// All but the end goes back byte for byte: with other matchers Alertmanager would make another silence.
#[tokio::test]
async fn an_extension_sends_what_it_read_with_another_end() {
    let known = json!({
        "id": ID, "updatedAt": "2026-11-22T00:00:00.000Z", "status": {"state": "active"},
        "startsAt": "2026-11-22T00:00:00.123456Z", "endsAt": "2036-11-22T00:00:00Z", "createdBy": "lee\n", "comment": "pan 4111111111111111",
        "matchers": [{"name": "b", "value": "x\n\u{a0}", "isRegex": false}, {"name": "a", "value": "4111111111111111", "isRegex": true, "isEqual": false}],
    });
    let (server, source) = serve(&json!([]), &known).await;
    let id = Slug::nearest(ID);
    let read = source.silence_by_id(&id).await.unwrap();
    assert!(
        !format!("{read:?}").contains("4111111111111111"),
        "{read:?}"
    );
    let until = "2036-12-01T00:00:00Z".parse().unwrap();
    assert_eq!(source.extend(&id, until).await.unwrap(), id);
    let sent = posted(&server).await;
    let mut want = known;
    want["endsAt"] = json!("2036-12-01T00:00:00.000Z");
    for gone in ["updatedAt", "status"] {
        want.as_object_mut().unwrap().remove(gone);
    }
    assert_eq!(sent, want);
}

#[tokio::test]
async fn a_silence_that_cannot_be_read_back_stays_unknown() {
    let other = json!({
        "id": ID, "status": {"state": "pending"}, "endsAt": "2036-11-22T00:00:00Z",
        "matchers": [{"name": "alertname", "value": "Other", "isRegex": false}],
    });
    let (_server, source) = serve(&json!([]), &other).await;
    let id = Slug::nearest(ID);
    let sent = [Matcher::parse("alertname=Down").unwrap()];
    let read = read_back(&source, &id, Some(&sent), 1).await;
    let words = read.words("2026-11-22T00:00:00Z".parse().unwrap());
    assert!(read.is_doubtful() && read.differs, "{read:?}");
    assert_eq!(
        words,
        "ONLY 0 of 1 alerts are silenced by it now; read back: pending until 2036-11-22 00:00 UTC, BUT with other matchers than were sent"
    );
    let nobody = HttpSettings::plain(SourceId::nearest("am"), "http://127.0.0.1:9");
    let read = read_back(&Alertmanager::new(nobody).unwrap(), &id, None, 1).await;
    assert!(read.silence.is_err() && read.suppressed.is_err());
    assert!(
        read.words(Utc::now())
            .starts_with("how many alerts are silenced by it is not known: ")
    );
}
