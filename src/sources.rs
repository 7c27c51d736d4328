//! Sources of alerts and measurements: one trait for real servers and for the built-in feed. Content of a source is
//! hostile: it is bounded, sanitized and masked here, before any other module sees it.

mod alertmanager;
mod awaited;
mod backoff;
mod calendar;
mod changes;
mod client;
mod error;
mod http;
mod items;
mod lenient;
mod normalize;
mod pager;
mod prometheus;
mod recognize;
mod rule_set;
mod rules;
mod settings;
mod silence;
mod source;
mod time;
mod token;
mod words;

pub use alertmanager::{Alertmanager, read_alerts};
pub use awaited::{Deferred, DeferredSource, Opener};
pub use backoff::Backoff;
pub use calendar::{check_address, fetch_bytes};
pub use changes::{
    ChangeQuery, ChangeSource, CommandChanges, FileChanges, GrafanaAnnotations, QueryChanges,
};
pub use error::{SourceError, SourceErrorKind, unreachable_in_exercise};
pub use normalize::{DECIDING, IGNORED, alert_from_labels};
pub use pager::{ExternalIncident, ExternalIncidents, Pager};
pub use prometheus::Prometheus;
pub use rule_set::{RuleSet, RuleState};
pub use settings::{
    BasicAuth, Header, HttpSettings, OAuth2, Offers, ResolvedAuth, SourceKind, SourceSettings, Tls,
    TlsConfig, Tokens,
};
#[cfg(test)]
pub(crate) use silence::silence_of;
pub use silence::{ReadBack, read_back};
pub use source::Source;
