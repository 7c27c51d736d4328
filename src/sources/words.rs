//! Sentences about sources: what to do about an error, and what an answer lacks.

use super::error::{SourceError, SourceErrorKind};
use super::lenient::JsonType;
use super::pager::{ExternalIncidents, LIMIT, MOST_PAGES};
use super::settings::SourceKind;
use super::silence::ReadBack;
use super::time::TimeError;
use crate::text::{Safe, write_day_time};
use chrono::{DateTime, Utc};

impl SourceKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Alertmanager => "alertmanager",
            Self::Prometheus => "prometheus",
            Self::Grafana => "grafana",
        }
    }

    pub(super) fn with_article(self) -> &'static str {
        match self {
            Self::Alertmanager => "an Alertmanager",
            Self::Prometheus => "a Prometheus",
            Self::Grafana => "a Grafana",
        }
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
    pub fn hint(&self) -> &'static str {
        match &self.kind {
            SourceErrorKind::Unreachable(_) => {
                "check the address, the network and proxy variables; `warroom doctor` tries each step"
            }
            SourceErrorKind::Certificate(_) => {
                "if your company signs its own certificates, name its CA with `ca_file`"
            }
            SourceErrorKind::ClientCertificate(_) => {
                "name cert_file and key_file under `tls_config`; look whether the certificate has ended and whose authority the server takes"
            }
            SourceErrorKind::Timeout(_) => {
                "the server may be overloaded; it is asked again, more slowly"
            }
            SourceErrorKind::Proxy(..) => {
                "check `proxy_url` and whether the proxy lets this address through"
            }
            SourceErrorKind::Token(_) => {
                "check oauth2: token_url, client_id, and where client_secret comes from"
            }
            SourceErrorKind::Unauthorized(said) if is_about_tenant(said) => {
                "name the tenant under `headers` of this source: X-Scope-OrgID: <tenant>"
            }
            SourceErrorKind::Unauthorized(_) => {
                "set `bearer`, `basic_auth`, `authorization`, `oauth2` or a client certificate for this source under `sources` in config.yaml"
            }
            SourceErrorKind::Forbidden(_) => "ask for read access for this account",
            SourceErrorKind::RateLimited(_) => {
                "it is asked again when the server allows; raise `poll_seconds` if this stays"
            }
            SourceErrorKind::Status(404, _) => {
                "check the path in the address: some servers sit behind a prefix"
            }
            SourceErrorKind::Status(..) => {
                "look at the server's own log; it is asked again, more slowly"
            }
            SourceErrorKind::Query(_) => {
                "correct the query where it stands: the signal in services.yaml, `signal.query` in config.yaml, or the playbook's step; try it in the server's own page first"
            }
            SourceErrorKind::OtherServer { found, .. } => match found {
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
            SourceErrorKind::Answer(_) | SourceErrorKind::WebPage => {
                "check that the address is that of the right server, and not of a login page or proxy"
            }
            SourceErrorKind::TooLarge(_) => {
                "too much to be read while paging people: filter or group at the server"
            }
            SourceErrorKind::CutOff(_) => "a proxy or the server broke off; it is asked again",
            SourceErrorKind::Settings(_) => {
                "correct `sources` in config.yaml; `warroom config check` shows where"
            }
            SourceErrorKind::NotOpened(_) => {
                "it is tried again every minute; `warroom config check` tries it now"
            }
            SourceErrorKind::NotOffered(_) => "add a source that has it",
        }
    }
}

impl ReadBack {
    /// A sentence, after the silence's name.
    pub fn words(&self, now: DateTime<Utc>) -> String {
        let silence = match &self.silence {
            Err(why) => format!("not read back: {why}"),
            Ok(silence) => {
                let until = silence
                    .ends_at
                    .map_or("an unknown time".into(), |end| write_day_time(end, now));
                let state = match silence.state.is_empty() {
                    true => "in an unknown state",
                    false => silence.state.as_str(),
                };
                format!("read back: {state} until {until}")
            }
        };
        let differs = match self.differs {
            true => ", BUT with other matchers than were sent",
            false => "",
        };
        let suppressed = match &self.suppressed {
            Ok(found) if *found < self.expected => format!(
                "ONLY {found} of {} alerts are silenced by it now",
                self.expected
            ),
            Ok(1) => "1 alert is silenced by it now".to_string(),
            Ok(count) => format!("{count} alerts are silenced by it now"),
            Err(why) => format!("how many alerts are silenced by it is not known: {why}"),
        };
        format!("{suppressed}; {silence}{differs}")
    }
}

impl ExternalIncidents {
    pub fn problems(&self) -> Vec<String> {
        let unread = self.unread.words("incident", "incidents");
        let mut all: Vec<String> = unread.into_iter().collect();
        all.extend(self.odd.iter().take(3).cloned());
        if self.more {
            all.push(format!(
                "more than {} incidents are open there; the newest are read",
                LIMIT * MOST_PAGES
            ));
        }
        all
    }
}

impl TimeError {
    /// Follows the text in a sentence.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Empty => "is empty",
            Self::NoZone => "has no zone",
            Self::Unreadable => "is not a time",
        }
    }
}

impl JsonType {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Flag => "true or false",
            Self::Number => "a number",
            Self::Text => "text",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}
