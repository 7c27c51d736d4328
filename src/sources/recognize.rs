//! Recognizes another kind of server than the configured one by an answer that only that kind gives.

use super::error::{SourceError, SourceErrorKind};
use super::http::SourceHttp;
use super::lenient::salvage;
use super::settings::SourceKind;
use serde_json::Value;

/// Where each kind of server describes itself, and what only it says there.
const SIGNS: [(SourceKind, &str, &[&str]); 3] = [
    (
        SourceKind::Alertmanager,
        "api/v2/status",
        &["/cluster", "/versionInfo"],
    ),
    (
        SourceKind::Prometheus,
        "api/v1/status/buildinfo",
        &["/data/version"],
    ),
    (SourceKind::Grafana, "api/health", &["/database"]),
];

/// Replaces the error by the kind of the server if that shows.
pub(super) async fn recognized(
    http: &SourceHttp,
    wanted: SourceKind,
    error: SourceError,
) -> SourceError {
    let doubtful = matches!(
        error.kind,
        SourceErrorKind::Status(404 | 405 | 410, _)
            | SourceErrorKind::WebPage
            | SourceErrorKind::Answer(_)
    );
    let others = SIGNS.iter().filter(|(kind, ..)| *kind != wanted);
    for (found, path, signs) in others.filter(|_| doubtful) {
        let Ok(answer) = http.get(path, &[]).await else {
            continue;
        };
        let said: Value = salvage(&answer.body).unwrap_or_default();
        let known = signs.iter().all(|sign| said.pointer(sign).is_some());
        if answer.status.is_success() && known {
            return http.error(SourceErrorKind::OtherServer {
                found: *found,
                wanted,
            });
        }
    }
    error
}
