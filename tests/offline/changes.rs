//! Changes from a file, a command and a query.

use crate::support::sources::{answering, json, settings};
use std::sync::Arc;
use warroom::harness::SourceId;
use warroom::harness::{ChangeKind, ChangeSet};
use warroom::harness::{
    ChangeQuery, ChangeSource, CommandChanges, FileChanges, Prometheus, QueryChanges, SourceError,
    SourceErrorKind,
};

fn name() -> SourceId {
    SourceId::new("log").unwrap()
}

fn since() -> chrono::DateTime<chrono::Utc> {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

async fn of_command(argv: Vec<String>) -> Result<ChangeSet, SourceError> {
    let source = CommandChanges { name: name(), argv };
    source.changes(since()).await
}

const LINE: &str = r#"{"at":"2026-11-22T00:57:00Z","kind":"flag","what":"new-3ds 5 to 25 %","who":"mina","outcome":"succeeded"}"#;

#[tokio::test]
async fn the_end_of_a_long_file_is_read_from_a_whole_line_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("changes.jsonl");
    let filler = format!("{}\n", LINE.replace("new-3ds", &"x".repeat(900)));
    std::fs::write(&path, filler.repeat(1500) + LINE + "\n").unwrap();
    let set = FileChanges { name: name(), path }
        .changes(since())
        .await
        .unwrap();
    assert_eq!(set.unread, None);
    assert!(set.changes.len() <= 200);
    assert!(
        set.changes
            .iter()
            .any(|change| change.what.as_str().starts_with("new-3ds"))
    );
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let path = "/nowhere/changes.jsonl".into();
    let error = FileChanges { name: name(), path }
        .changes(since())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("/nowhere/changes.jsonl"),
        "{error}"
    );
}

#[tokio::test]
async fn a_command_is_run_as_it_stands_and_never_by_a_shell() {
    let argv = ["printf", "%s", LINE].map(String::from).to_vec();
    let set = of_command(argv).await.unwrap();
    assert_eq!(
        (set.changes[0].kind, set.changes[0].who.as_str()),
        (ChangeKind::Flag, "mina")
    );
    let argv = vec!["echo x; echo y".to_string()];
    let error = of_command(argv).await.unwrap_err();
    assert!(
        matches!(error.kind, SourceErrorKind::Unreachable(_)),
        "{error}"
    );
}

#[tokio::test]
async fn a_command_that_fails_or_never_stops_talking_is_an_error() {
    let argv = vec!["false".to_string()];
    let error = of_command(argv).await.unwrap_err();
    assert!(error.to_string().contains("it ended with"), "{error}");
    let argv = vec!["yes".to_string()];
    let error = of_command(argv).await.unwrap_err();
    assert!(
        matches!(error.kind, SourceErrorKind::TooLarge(_)),
        "{error}"
    );
}

#[tokio::test]
async fn each_series_of_a_query_is_a_change_at_its_value() {
    let answer = r#"{"status":"success","data":{"resultType":"vector","result":[
      {"metric":{"service":"gateway","version":"v42","actor":"ci-prod"},"value":[1795308656,"1795305420"]},
      {"metric":{"service":"broken"},"value":[1795308656,"NaN"]}]}}"#;
    let server = answering("/api/v1/query", json(answer)).await;
    let prometheus = Prometheus::new(settings(&server.uri())).unwrap();
    let source = QueryChanges {
        name: name(),
        kind: ChangeKind::Deployment,
        settings: ChangeQuery {
            query: "deployment_timestamp_seconds".into(),
            what: "{service} {version}".into(),
            who: Some("actor".into()),
            outcome: None,
        },
        source: Arc::new(prometheus),
    };
    let set = source.changes(since()).await.unwrap();
    assert_eq!(set.changes.len(), 1);
    assert_eq!(
        (set.changes[0].what.as_str(), set.changes[0].who.as_str()),
        ("gateway v42", "ci-prod")
    );
    assert_eq!(set.unread.unwrap().0, 1);
}
