//! Answers of monitoring systems, by a mock server.

use warroom::harness::HttpSettings;
use warroom::harness::SourceId;
use wiremock::matchers::{method, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(crate) fn settings(url: &str) -> HttpSettings {
    HttpSettings::plain(SourceId::new("prometheus").unwrap(), url)
}

pub(crate) fn json(text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(text.to_string(), "application/json")
}

/// A server that answers every GET whose path has this in it.
pub(crate) async fn answering(place: &str, answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path_regex(place))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}
