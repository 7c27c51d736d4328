//! Answers that lie about their length, that unpack without end, or that are simply too much: an error that says what
//! to do, and bounded work.

use crate::support::server::{self, JSON};
use crate::support::sources;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use warroom::harness::QueryRange;
use warroom::harness::{
    Alertmanager, HttpSettings, Prometheus, Source, SourceError, SourceErrorKind,
};

/// A server that answers what `write` puts on the wire, and has no silence.
fn serve(write: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> String {
    let address =
        server::serve(
            move |request, stream| match request.first().contains("/silences") {
                true => server::respond(stream, 200, JSON, "[]"),
                false => write(stream),
            },
        );
    format!("http://{address}")
}

fn serve_whole(body: String) -> String {
    serve(move |stream| server::respond(stream, 200, JSON, &body))
}

fn settings(url: &str) -> HttpSettings {
    let mut settings = sources::settings(url);
    settings.timeout = Duration::from_secs(20);
    settings
}

/// What is wrong with a Prometheus's answer.
async fn asked(url: &str) -> SourceError {
    let source = Prometheus::new(settings(url)).unwrap();
    let range = QueryRange::of_buckets(60, 100, 110);
    source.range("up", range).await.unwrap_err()
}

const ALERTS: &str = r#"[{"labels":{"alertname":"A"},"startsAt":"2026-11-22T00:00:00Z"}]"#;

fn head(length: usize) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_no_answer_where_nothing_came_and_a_part_where_something_did()
{
    let claim = |claimed: usize| {
        serve(move |stream| {
            let _ = stream.write_all(head(claimed).as_bytes());
            let _ = stream.write_all(ALERTS.as_bytes());
        })
    };
    let less = Alertmanager::new(settings(&claim(ALERTS.len() - 10))).unwrap();
    let error = less.alerts().await.unwrap_err();
    assert!(matches!(error.kind, SourceErrorKind::CutOff(_)), "{error}");
    let more = Alertmanager::new(settings(&claim(ALERTS.len() + 1000))).unwrap();
    let set = more.alerts().await.unwrap();
    let what = set.gaps.broken.unwrap().what;
    assert!(set.alerts.len() == 1 && what.contains("cut off"), "{what}");
}

#[tokio::test]
async fn a_small_answer_that_unpacks_without_end_is_given_up() {
    // 300 MB of blanks in 300 KB.
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let blank = vec![b' '; 1_000_000];
    for _ in 0..300 {
        packed.write_all(&blank).unwrap();
    }
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 400_000);
    let url = serve(move |stream| {
        let head = head(packed.len())
            .replace("\r\nconnection", "\r\ncontent-encoding: gzip\r\nconnection");
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&packed);
    });
    let error = asked(&url).await;
    assert!(
        matches!(error.kind, SourceErrorKind::TooLarge(_)),
        "{error}"
    );
    let error = Alertmanager::new(settings(&url))
        .unwrap()
        .alerts()
        .await
        .unwrap_err();
    assert!(
        matches!(error.kind, SourceErrorKind::TooLarge(_)),
        "{error}"
    );
}

#[tokio::test]
async fn of_two_hundred_megabytes_no_more_than_the_limit_is_read() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let url = serve(move |stream| {
        let _ = stream.write_all(head(200_000_000).as_bytes());
        let chunk = format!("{},", &ALERTS[1..ALERTS.len() - 1]).repeat(1000);
        let _ = stream.write_all(b"[");
        while count.load(Ordering::SeqCst) < 200_000_000
            && stream.write_all(chunk.as_bytes()).is_ok()
        {
            count.fetch_add(chunk.len(), Ordering::SeqCst);
        }
    });
    let mut settings = settings(&url);
    // Unoptimized and beside other tests it takes a while.
    settings.timeout = Duration::from_secs(120);
    let set = Alertmanager::new(settings).unwrap().alerts().await.unwrap();
    assert_eq!(set.alerts.len(), 1, "what came before the limit is read");
    let warroom::harness::Problem { what, hint } = set.gaps.broken.unwrap();
    assert!(what.contains("larger than 64 MB"), "{what}");
    assert!(hint.contains("filter"), "{hint}");
    let sent = sent.load(Ordering::SeqCst);
    assert!(sent < 90_000_000, "{sent} bytes were taken");
}

#[tokio::test]
async fn an_alert_with_thousands_of_labels_is_cut_and_the_others_stay() {
    let labels: Vec<String> = (0..5000)
        .map(|i| format!("\"label_{i}\":\"{}\"", "v".repeat(50)))
        .collect();
    let long = "x".repeat(1_000_000);
    let body = format!(
        "[{{\"labels\":{{\"alertname\":\"Exploded\",{}}}}},{{\"labels\":{{\"alertname\":\"Long\",\"value\":\"{long}\"}}}},{{\"labels\":{{\"alertname\":\"Fine\"}}}}]",
        labels.join(",")
    );
    let url = serve_whole(body);
    let alerts = Alertmanager::new(settings(&url))
        .unwrap()
        .alerts()
        .await
        .unwrap()
        .alerts;
    assert_eq!(alerts.len(), 3);
    assert!(alerts[0].labels.len() <= 64);
    assert!(alerts[1].label("value").len() <= 1024);
    assert_eq!(alerts[2].name.as_str(), "Fine");
}

#[tokio::test]
async fn a_query_with_hundreds_of_series_is_refused_with_a_remedy() {
    let series: Vec<String> = (0..500)
        .map(|i| format!("{{\"metric\":{{\"pod\":\"p{i}\"}},\"values\":[[1795308656,\"1\"]]}}"))
        .collect();
    let body = format!(
        "{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":[{}]}}}}",
        series.join(",")
    );
    let url = serve_whole(body);
    let error = asked(&url).await;
    assert!(
        error.to_string().contains("500 series") && error.to_string().contains("fewer labels"),
        "{error}"
    );
}
