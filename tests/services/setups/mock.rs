//! Servers of Prometheus's family that answer every query with one series.

use chrono::Utc;
use tokio::runtime::Runtime;
use wiremock::matchers::{header, path_regex, query_param};
use wiremock::{MockServer, ResponseTemplate};

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Below `/prometheus`, with a tenant, without the status pages.
    Mimir,
    Thanos,
    VictoriaMetrics,
    /// Its clock is seven minutes behind.
    Late,
}

/// Answers while it lives.
pub(super) struct Mock {
    server: MockServer,
    _runtime: Runtime,
}

fn vector(value: f64, mark: &str) -> ResponseTemplate {
    let at = Utc::now().timestamp();
    let text = format!(
        r#"{{"status":"success",{mark}"data":{{"resultType":"vector","result":[{{"metric":{{}},"value":[{at},"{value}"]}}]}}}}"#
    );
    ResponseTemplate::new(200).set_body_raw(text, "application/json")
}

fn refused() -> ResponseTemplate {
    ResponseTemplate::new(401).set_body_string("no org id\n")
}

impl Mock {
    pub(super) fn start(kind: Kind) -> Self {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(async {
            let server = MockServer::start().await;
            let query = || wiremock::Mock::given(path_regex("api/v1/query$"));
            let query = || match kind {
                Kind::Mimir => query()
                    .and(path_regex("^/prometheus/"))
                    .and(header("X-Scope-OrgID", "team")),
                _ => query(),
            };
            let now = Utc::now().timestamp() as f64 - if kind == Kind::Late { 420.0 } else { 0.0 };
            let mark = match kind {
                Kind::Thanos => r#""warnings":["receive series from Addr: store-2:10901: rpc error: Unavailable"],"#,
                Kind::VictoriaMetrics => r#""isPartial":true,"#,
                Kind::Mimir | Kind::Late => "",
            };
            query()
                .and(query_param("query", "time()"))
                .respond_with(vector(now, mark))
                .mount(&server)
                .await;
            // Samples in a day, falls: plausible for any question.
            query().respond_with(vector(0.0, mark)).with_priority(8).mount(&server).await;
            if kind == Kind::Mimir {
                let any = wiremock::Mock::given(path_regex("^/prometheus/"));
                any.respond_with(refused()).with_priority(9).mount(&server).await;
            }
            server
        });
        Self {
            server,
            _runtime: runtime,
        }
    }

    pub(super) fn url(&self) -> String {
        self.server.uri()
    }
}
