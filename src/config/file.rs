//! Form and defaults of the configuration file.

use super::error::ConfigError;
use crate::incident::Slug;
use crate::incident::escalation::bell;
use crate::outbox::{ChannelSettings, WebhookSettings};
use crate::signals::change::ChangeKind;
use crate::sources::{ChangeQuery, DECIDING, SourceSettings};
use crate::text::PlainHttp;
use crate::text::mask::SensitiveNames;
use crate::text::secret::SecretRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigFile {
    /// Name in the record; the login name by default.
    pub name: Option<String>,
    pub data_dir: Option<PathBuf>,
    pub poll_seconds: u32,
    pub sources: Vec<SourceSettings>,
    /// The monitored signal, if there is no service map.
    pub signal: SignalSettings,
    pub services: Option<PathBuf>,
    /// Sources of changes.
    pub changes: Vec<ChangeEntry>,
    /// A channel named `webhook`: the short form of an entry in `channels`.
    pub webhook: Option<WebhookSettings>,
    pub channels: Vec<ChannelSettings>,
    pub schedules: Option<PathBuf>,
    /// Another system that pages the first level.
    pub paging: Option<PagingSettings>,
    /// Hosts to which credentials may go over plain HTTP.
    pub allow_plain_http: Vec<String>,
    pub policies: PolicyFiles,
    /// Directory of your own playbooks.
    pub playbooks: Option<PathBuf>,
    /// Directory of your own document templates.
    pub templates: Option<PathBuf>,
    /// Values of playbook variables.
    pub variables: BTreeMap<String, String>,
    pub signing: Option<SigningSettings>,
    pub retention: Retention,
    pub network_file_system: NetworkFileSystemRule,
    /// Directory of this user's memory of journal heads.
    pub state_dir: Option<PathBuf>,
    pub masking: MaskingSettings,
}

/// Additional sensitive names of labels and fields. `*` stands for any part of a name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MaskingSettings {
    /// Values under these names are always masked.
    pub sensitive_names: Vec<String>,
    /// Known names whose values are not masked.
    pub not_sensitive: Vec<String>,
}

impl MaskingSettings {
    /// Refuses a name that would mask a label which decides about an alert.
    pub(super) fn names<'d>(
        &self,
        path: &Path,
        deciding: impl Iterator<Item = &'d str>,
    ) -> Result<SensitiveNames, ConfigError> {
        let deciding = DECIDING.into_iter().chain(deciding);
        SensitiveNames::new(&self.sensitive_names, &self.not_sensitive, deciding).map_err(|bad| {
            ConfigError::value(
                path,
                format!("masking: {bad}"),
                "write the name of one label or field, or its beginning or end with *",
            )
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagingSettings {
    /// `PagerDuty`: its incidents are adopted.
    pub external: ExternalPaging,
}

/// Read-only access to `PagerDuty`'s REST API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalPaging {
    #[serde(default = "pagerduty")]
    pub name: Slug,
    /// Replaces the vendor's address.
    #[serde(default)]
    pub url: Option<String>,
    pub token: SecretRef,
    /// Services by the id of their service in `PagerDuty`.
    pub services: BTreeMap<String, Slug>,
    /// Hosts to which the key may go over plain HTTP.
    #[serde(skip)]
    pub plain_http: PlainHttp,
}

fn pagerduty() -> Slug {
    Slug::nearest("pagerduty")
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningSettings {
    /// Your key: the private file, or the public file if the private key is in an agent or a token.
    pub key: PathBuf,
    /// Accepted signers, in the form of OpenSSH's `allowed_signers`.
    #[serde(default)]
    pub allowed_signers: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Days from sealing.
    pub keep_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        // Five years: the longest period that the supported regulations name for incident records (NYDFS 500.6).
        Self { keep_days: 1826 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkFileSystemRule {
    /// Locks and syncs may not work on it.
    #[default]
    Refused,
    /// Each journal records it.
    Allowed,
}

/// In days (rule D5).
const SHORTEST_RETENTION: u32 = 90;

/// A source of changes: exactly one of query, file, command and grafana.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeEntry {
    pub name: Slug,
    /// The kind of changes whose record does not name one.
    #[serde(default)]
    pub kind: ChangeKind,
    /// A query to the first Prometheus.
    #[serde(default)]
    pub query: Option<ChangeQuery>,
    /// JSON lines.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// Prints JSON lines.
    #[serde(default)]
    pub command: Option<Vec<String>>,
    /// A Grafana with annotations.
    #[serde(default)]
    pub grafana: Option<SourceSettings>,
    /// Tags that annotations must have.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// The success ratio of the confirmation path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignalSettings {
    pub name: Slug,
    /// A `PromQL` expression that gives one number between 0 and 1.
    pub query: String,
    /// 0 – 1.
    pub objective: f64,
}

impl Default for SignalSettings {
    fn default() -> Self {
        Self {
            name: Slug::nearest("confirm-success"),
            // Without a recent scrape it has no value: a rate would continue for five minutes.
            query: "(sum(rate(payments_requests_total{path=\"confirm\",outcome=\"success\"}[5m])) \
                    / sum(rate(payments_requests_total{path=\"confirm\"}[5m])) \
                    and on () (sum(count_over_time(payments_requests_total{path=\"confirm\"}[75s])) > 0))"
                .into(),
            objective: 0.999,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyFiles {
    pub severity: Option<PathBuf>,
    pub escalation: Option<PathBuf>,
    pub intake: Option<PathBuf>,
    pub gate: Option<PathBuf>,
}

impl Default for ConfigFile {
    fn default() -> Self {
        Self {
            name: None,
            data_dir: None,
            poll_seconds: 5,
            sources: Vec::new(),
            signal: SignalSettings::default(),
            services: None,
            changes: Vec::new(),
            webhook: None,
            channels: Vec::new(),
            schedules: None,
            paging: None,
            allow_plain_http: Vec::new(),
            policies: PolicyFiles::default(),
            playbooks: None,
            templates: None,
            variables: BTreeMap::new(),
            signing: None,
            retention: Retention::default(),
            network_file_system: NetworkFileSystemRule::default(),
            state_dir: None,
            masking: MaskingSettings::default(),
        }
    }
}

fn twin(mut names: Vec<&Slug>) -> Option<&Slug> {
    names.sort_unstable();
    let twins = names.windows(2).find(|pair| pair[0] == pair[1]);
    twins.map(|pair| pair[0])
}

impl ConfigFile {
    pub(super) fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let wrong = |what: &str, remedy: &str| Err(ConfigError::value(path, what, remedy));
        if !(1..=300).contains(&self.poll_seconds) {
            return wrong("poll_seconds is not between 1 and 300", "5 suits most");
        }
        if !(0.0..=1.0).contains(&self.signal.objective) {
            return wrong(
                "signal.objective is not between 0 and 1",
                "write 99.9 % as 0.999",
            );
        }
        if self.signal.query.trim().is_empty() {
            return wrong(
                "signal.query is empty",
                "write a PromQL expression that gives one number",
            );
        }
        if self.retention.keep_days < SHORTEST_RETENTION {
            return wrong(
                &format!("retention.keep_days is less than {SHORTEST_RETENTION}"),
                "records are kept 90 days at the least; 1826 (five years) suits most regulators",
            );
        }
        if self.services.is_some() && self.signal != SignalSettings::default() {
            return wrong(
                "both `signal` and `services` are set",
                "keep `services`: the first ratio of its strict path is the watched signal",
            );
        }
        for host in &self.allow_plain_http {
            if let Some(fault) = PlainHttp::fault(host) {
                return wrong(
                    &format!("allow_plain_http: \"{host}\" {fault}"),
                    "name each host exactly, such as alerts.internal.example",
                );
            }
        }
        let mut names: Vec<&Slug> = self.channels.iter().map(ChannelSettings::name).collect();
        names.extend(self.webhook.iter().map(|webhook| &webhook.name));
        // Two sources of one name would replace each other's alerts at each poll.
        let pager = self.paging.iter().map(|paging| &paging.external.name);
        let sources = self
            .sources
            .iter()
            .filter_map(|source| source.name.as_ref());
        let kinds = [
            ("channel", names.clone()),
            ("source", sources.chain(pager).collect()),
            (
                "changes",
                self.changes.iter().map(|entry| &entry.name).collect(),
            ),
        ];
        for (kind, names) in kinds {
            if let Some(name) = twin(names) {
                return wrong(
                    &format!("{kind} \"{name}\" is there twice"),
                    "give each one a name of its own",
                );
            }
        }
        if names.iter().any(|name| **name == bell()) {
            return wrong(
                "a channel is named bell",
                "that is the terminal's own: give it another name",
            );
        }
        for change in &self.changes {
            let ways = [
                change.query.is_some(),
                change.file.is_some(),
                change.command.as_ref().is_some_and(|argv| !argv.is_empty()),
                change.grafana.is_some(),
            ];
            if ways.into_iter().filter(|way| *way).count() != 1 {
                return wrong(
                    &format!(
                        "changes \"{}\" needs exactly one of query, file, command, grafana",
                        change.name
                    ),
                    "name the one place where these changes are read",
                );
            }
        }
        for source in &self.sources {
            let of = |what: &str| format!("source {}: {what}", source.url);
            if source.kind.is_none() {
                return wrong(
                    &of("its kind is missing"),
                    "write kind: alertmanager, prometheus or grafana",
                );
            }
            if let Some((what, remedy)) = source.fault() {
                return wrong(&of(what), remedy);
            }
        }
        Ok(())
    }
}
