//! Errors of sources, each with what the person on call can do.

use super::settings::SourceKind;
use crate::incident::Slug;
use crate::text::Safe;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{source_name} at {place}: {kind}")]
pub struct SourceError {
    pub source_name: Slug,
    /// Its address, without credentials.
    pub place: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Kind {
    #[error("cannot connect: {0}")]
    Unreachable(Safe),
    #[error("the certificate is not trusted: {0}")]
    Certificate(Safe),
    /// The server requires a client certificate, or does not accept this one.
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
    #[error("this is {}, not {}", article(*.found), article(*.wanted))]
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
    /// A credential is not available.
    #[error("it cannot be asked yet: {0}")]
    NotOpened(Safe),
    /// This kind of source does not have it.
    #[error("this source has no {0}")]
    NotOffered(&'static str),
}

fn article(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Alertmanager => "an Alertmanager",
        SourceKind::Prometheus => "a Prometheus",
        SourceKind::Grafana => "a Grafana",
    }
}

/// The usual meaning, and the server's own words if it has some.
fn said_or(said: &Safe, usual: &str) -> String {
    match said.is_empty() {
        true => usual.to_string(),
        false => format!("{usual}; the server says: {said}"),
    }
}

/// Mimir, Loki and Cortex require a tenant header and answer 401 without it.
fn is_about_tenant(said: &Safe) -> bool {
    let said = said.as_str().to_ascii_lowercase();
    ["no org id", "x-scope-orgid", "tenant"]
        .iter()
        .any(|word| said.contains(word))
}

impl SourceError {
    /// Whether the server itself answered, even with a refusal: it is reachable.
    pub fn is_answer(&self) -> bool {
        matches!(
            self.kind,
            Kind::Unauthorized(_)
                | Kind::Forbidden(_)
                | Kind::RateLimited(_)
                | Kind::Status(..)
                | Kind::Query(_)
                | Kind::Answer(_)
                | Kind::OtherServer { .. }
                | Kind::TooLarge(_)
        )
    }

    pub(super) fn not_offered(name: &Slug, what: &'static str) -> Self {
        Self {
            source_name: name.clone(),
            place: "-".into(),
            kind: Kind::NotOffered(what),
        }
    }

    pub fn hint(&self) -> &'static str {
        match &self.kind {
            Kind::Unreachable(_) => {
                "check the address, the network and proxy variables; `warroom doctor` tries each step"
            }
            Kind::Certificate(_) => {
                "if your company signs its own certificates, name its CA with `ca_file`"
            }
            Kind::ClientCertificate(_) => {
                "name cert_file and key_file under `tls_config`; look whether the certificate has ended and whose authority the server takes"
            }
            Kind::Timeout(_) => "the server may be overloaded; it is asked again, more slowly",
            Kind::Proxy(..) => "check `proxy_url` and whether the proxy lets this address through",
            Kind::Token(_) => {
                "check oauth2: token_url, client_id, and where client_secret comes from"
            }
            Kind::Unauthorized(said) if is_about_tenant(said) => {
                "name the tenant under `headers` of this source: X-Scope-OrgID: <tenant>"
            }
            Kind::Unauthorized(_) => {
                "set `bearer`, `basic_auth`, `authorization`, `oauth2` or a client certificate for this source under `sources` in config.yaml"
            }
            Kind::Forbidden(_) => "ask for read access for this account",
            Kind::RateLimited(_) => {
                "it is asked again when the server allows; raise `poll_seconds` if this stays"
            }
            Kind::Status(404, _) => {
                "check the path in the address: some servers sit behind a prefix"
            }
            Kind::Status(..) => "look at the server's own log; it is asked again, more slowly",
            Kind::Query(_) => {
                "correct the query where it stands: the signal in services.yaml, `signal.query` in config.yaml, or the playbook's step; try it in the server's own page first"
            }
            Kind::OtherServer { found, .. } => match found {
                SourceKind::Alertmanager => {
                    "write `kind: alertmanager` for this address under `sources` in config.yaml, or --alertmanager"
                }
                SourceKind::Prometheus => {
                    "write `kind: prometheus` for this address under `sources` in config.yaml, or --prometheus"
                }
                SourceKind::Grafana => {
                    "write `kind: grafana` for this address under `sources` in config.yaml"
                }
            },
            Kind::Answer(_) | Kind::WebPage => {
                "check that the address is that of the right server, and not of a login page or proxy"
            }
            Kind::TooLarge(_) => {
                "too much to be read while paging people: filter or group at the server"
            }
            Kind::CutOff(_) => "a proxy or the server broke off; it is asked again",
            Kind::Settings(_) => {
                "correct `sources` in config.yaml; `warroom config check` shows where"
            }
            Kind::NotOpened(_) => {
                "it is tried again every minute; `warroom config check` tries it now"
            }
            Kind::NotOffered(_) => "add a source that has it",
        }
    }

    /// The pause that the server asked for.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.kind {
            Kind::RateLimited(after) => after,
            _ => None,
        }
    }
}
