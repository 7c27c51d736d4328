//! Tokens by client credentials, from a stand-in that keeps to RFC 6749.

use super::guards::{alerts, says, shows};
use crate::support::outbox::runtime;
use crate::support::sources::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use warroom::harness::Secret;
use warroom::harness::SourceId;
use warroom::harness::{Alertmanager, HttpSettings, OAuth2, ResolvedAuth, Source, Tls, Tokens};
use wiremock::matchers::{body_string_contains, header, header_exists, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const ALERT: &str = r#"[{"labels":{"alertname":"Guarded"},"startsAt":"2026-11-22T00:00:00Z","status":{"state":"active"}}]"#;

fn granted(token: &str, seconds: u64) -> ResponseTemplate {
    let body = format!(
        "{{\"access_token\":\"{token}\",\"token_type\":\"bearer\",\"expires_in\":{seconds}}}"
    );
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

fn settings(url: &str) -> HttpSettings {
    let mut settings = HttpSettings::plain(SourceId::new("am").unwrap(), url);
    settings.auth = ResolvedAuth::OAuth2(Box::new(Tokens {
        oauth2: OAuth2 {
            client_id: "warroom".into(),
            client_secret: None,
            client_secret_file: None,
            token_url: format!("{url}/token"),
            scopes: vec!["metrics.read".into()],
            endpoint_params: [("audience".to_string(), "mimir".to_string())].into(),
            tls_config: None,
            proxy_url: None,
        },
        secret: Secret::new("secret-of-the-client"),
        tls: Tls::default(),
    }));
    settings
}

#[test]
fn a_token_is_fetched_kept_and_fetched_again_when_it_is_refused() {
    let runtime = runtime();
    runtime.block_on(async {
        let server = MockServer::start().await;
        let fetched = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&fetched);
        Mock::given(method("POST"))
            .and(path("/token"))
            .and(body_string_contains("grant_type=client_credentials"))
            .and(body_string_contains("scope=metrics.read"))
            .and(body_string_contains("audience=mimir"))
            .respond_with(move |_: &Request| {
                granted(
                    &format!("token-{}", count.fetch_add(1, Ordering::SeqCst)),
                    3600,
                )
            })
            .mount(&server)
            .await;
        let good = |token: &'static str| {
            Mock::given(method("GET"))
                .and(header("authorization", token))
                .respond_with(json(ALERT))
        };
        let first = good("Bearer token-0").mount_as_scoped(&server).await;
        let source = Alertmanager::new(settings(&server.uri())).unwrap();
        for _ in 0..3 {
            assert_eq!(source.alerts().await.unwrap().alerts.len(), 1);
        }
        assert_eq!(
            fetched.load(Ordering::SeqCst),
            1,
            "one token serves all requests while it lasts"
        );
        // Withdrawn before its time: 401, and a new one.
        drop(first);
        Mock::given(method("GET"))
            .and(header("authorization", "Bearer token-0"))
            .respond_with(ResponseTemplate::new(401))
            .mount(&server)
            .await;
        good("Bearer token-1").mount(&server).await;
        assert_eq!(source.alerts().await.unwrap().alerts.len(), 1);
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn an_unknown_client_of_the_token_server_is_reported() {
    let runtime = runtime();
    let server = runtime.block_on(async {
        let server = MockServer::start().await;
        let answer = r#"{"error":"invalid_client","error_description":"no such client"}"#;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(401).set_body_raw(answer, "application/json"))
            .mount(&server)
            .await;
        server
    });
    let directory = tempfile::tempdir().unwrap();
    let source = format!(
        "{{kind: alertmanager, url: '{0}', oauth2: {{client_id: warroom, client_secret: {{env: CLIENT_SECRET}}, token_url: '{0}/token'}}}}",
        server.uri()
    );
    says(
        &alerts(directory.path(), &source),
        &[
            "no token from the OAuth2 server",
            "invalid_client",
            "client_id",
        ],
    );
}

#[test]
fn a_token_server_that_wants_the_client_in_the_form_gets_it_there() {
    let runtime = runtime();
    let server = runtime.block_on(async {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(header_exists("authorization"))
            .respond_with(ResponseTemplate::new(400))
            .mount(&server)
            .await;
        Mock::given(method("POST"))
            .and(body_string_contains("client_id=warroom"))
            .and(body_string_contains("client_secret=secret-of-the-client"))
            .respond_with(granted("t", 60))
            .mount(&server)
            .await;
        Mock::given(method("GET"))
            .and(header("authorization", "Bearer t"))
            .respond_with(json(ALERT))
            .mount(&server)
            .await;
        server
    });
    let directory = tempfile::tempdir().unwrap();
    let source = format!(
        "{{kind: alertmanager, url: '{0}', oauth2: {{client_id: warroom, client_secret: {{env: CLIENT_SECRET}}, token_url: '{0}/token'}}}}",
        server.uri()
    );
    shows(&alerts(directory.path(), &source));
}
