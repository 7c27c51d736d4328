//! Errors of sources, each with what the person on call can do.

use super::settings::SourceKind;
use crate::incident::SourceId;
use crate::text::Safe;
use std::fmt::Display;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{source_name} at {place}: {kind}")]
pub struct SourceError {
    pub source_name: SourceId,
    /// The address, without credentials.
    pub place: String,
    pub kind: SourceErrorKind,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SourceErrorKind {
    #[error("cannot connect: {0}")]
    Unreachable(Safe),
    #[error("the certificate is not trusted: {0}")]
    Certificate(Safe),
    #[error("the server wants another client certificate: {0}")]
    ClientCertificate(Safe),
    #[error("no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    #[error("cannot connect through the proxy {0}: {1}")]
    Proxy(Safe, Safe),
    #[error("no token from the OAuth2 server: {0}")]
    Token(Safe),
    #[error("HTTP 401: {}", said_or(.0, "the credentials are missing or wrong"))]
    Unauthorized(Safe),
    #[error("HTTP 403: {}", said_or(.0, "these credentials may not read this"))]
    Forbidden(Safe),
    #[error("HTTP 429: asked too often")]
    RateLimited(Option<Duration>),
    #[error("HTTP {0}: {1}")]
    Status(u16, Safe),
    #[error("the query is refused: {0}")]
    Query(Safe),
    #[error("the answer is not what this kind of server says: {0}")]
    Answer(Safe),
    #[error("this is {}, not {}", .found.with_article(), .wanted.with_article())]
    OtherServer {
        found: SourceKind,
        wanted: SourceKind,
    },
    #[error("a web page came back instead of JSON")]
    WebPage,
    #[error("the answer is larger than {} MB", .0 / 1_000_000)]
    TooLarge(usize),
    #[error("the answer was cut off: {0}")]
    CutOff(Safe),
    #[error("{0}")]
    Settings(Safe),
    #[error("it cannot be asked yet: {0}")]
    NotOpened(Safe),
    #[error("this source has no {0}")]
    NotOffered(&'static str),
}

/// The usual meaning of a refusal, and the server's own words if it has some.
fn said_or(said: &Safe, usual: &str) -> String {
    match said.is_empty() {
        true => usual.to_string(),
        false => format!("{usual}; the server says: {said}"),
    }
}

/// While the scenario of an exercise keeps the source down.
pub fn unreachable_in_exercise(name: &SourceId) -> SourceError {
    let kind = SourceErrorKind::Unreachable(Safe::line("the scenario keeps this source down"));
    SourceError::new(name, "exercise", kind)
}

impl SourceError {
    /// The server itself answered, even with a refusal: it is reachable.
    pub fn is_answer(&self) -> bool {
        matches!(
            self.kind,
            SourceErrorKind::Unauthorized(_)
                | SourceErrorKind::Forbidden(_)
                | SourceErrorKind::RateLimited(_)
                | SourceErrorKind::Status(..)
                | SourceErrorKind::Query(_)
                | SourceErrorKind::Answer(_)
                | SourceErrorKind::OtherServer { .. }
                | SourceErrorKind::TooLarge(_)
        )
    }

    pub(super) fn new(name: &SourceId, place: impl Display, kind: SourceErrorKind) -> Self {
        Self {
            source_name: name.clone(),
            place: place.to_string(),
            kind,
        }
    }

    pub(super) fn not_offered(name: &SourceId, what: &'static str) -> Self {
        Self::new(name, "-", SourceErrorKind::NotOffered(what))
    }

    /// That the server asked for.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.kind {
            SourceErrorKind::RateLimited(after) => after,
            _ => None,
        }
    }
}
