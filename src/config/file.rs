//! The configuration file's form and defaults.

use super::error::ConfigError;
use super::keys::KeySettings;
use crate::incident::Slug;
use crate::incident::escalation::bell;
use crate::outbox::{ChannelSettings, WebhookSettings};
use crate::signals::change::ChangeKind;
use crate::sources::{ChangeQuery, DECIDING, SourceSettings};
use crate::text::PlainHttp;
use crate::text::mask::Names;
use crate::text::secret::SecretRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The configuration file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigFile {
    /// How you are called in the record; the login name by default.
    pub name: Option<String>,
    /// Where incidents live.
    pub data_dir: Option<PathBuf>,
    /// Seconds between polls.
    pub poll_seconds: u32,
    /// Where alerts and measurements come from.
    pub sources: Vec<SourceSettings>,
    /// The watched signal, where there is no service map.
    pub signal: SignalSettings,
    /// The service map.
    pub services: Option<PathBuf>,
    /// Where changes are read.
    pub changes: Vec<ChangeEntry>,
    /// A way out named `webhook`: the short form of a channel.
    pub webhook: Option<WebhookSettings>,
    /// Ways out.
    pub channels: Vec<ChannelSettings>,
    /// On-call schedules.
    pub schedules: Option<PathBuf>,
    /// Another system that pages the first level.
    pub paging: Option<PagingSettings>,
    /// Hosts to which credentials may go over plain http.
    pub allow_plain_http: Vec<String>,
    /// Policies of your own.
    pub policies: PolicyFiles,
    /// Directory of playbooks of your own.
    pub playbooks: Option<PathBuf>,
    /// Directory of document templates of your own.
    pub templates: Option<PathBuf>,
    /// Values for playbook variables.
    pub variables: BTreeMap<String, String>,
    /// Keys of your own.
    pub keys: KeySettings,
    /// Signing of journals.
    pub signing: Option<SigningSettings>,
    /// How long incidents are kept.
    pub retention: Retention,
    /// Whether the data directory may be on a network file system.
    pub network_file_system: NetworkFileSystem,
    /// Where this user's memory of journal heads is kept.
    pub state_dir: Option<PathBuf>,
    /// Which names of labels and fields are sensitive.
    pub masking: MaskingSettings,
}

/// Which names of labels and fields are sensitive, besides the known ones. `*` stands for any part of a name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MaskingSettings {
    /// Values under these names are masked whatever they look like.
    pub sensitive_names: Vec<String>,
    /// Known names whose values may stay.
    pub not_sensitive: Vec<String>,
}

impl MaskingSettings {
    /// The table of names. A name that would mask a label which decides what becomes of an alert is refused.
    pub(super) fn names<'d>(
        &self,
        path: &Path,
        deciding: impl Iterator<Item = &'d str>,
    ) -> Result<Names, ConfigError> {
        let deciding = DECIDING.into_iter().chain(deciding);
        Names::new(&self.sensitive_names, &self.not_sensitive, deciding).map_err(|bad| {
            ConfigError::value(
                path,
                format!("masking: {bad}"),
                "write the name of one label or field, or its beginning or end with *",
            )
        })
    }
}

/// Another system that pages the first level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagingSettings {
    /// `PagerDuty`, whose incidents are adopted.
    pub external: ExternalPaging,
}

/// `PagerDuty`'s REST API, read only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalPaging {
    /// Its name here.
    #[serde(default = "pagerduty")]
    pub name: Slug,
    /// Another address than the vendor's.
    #[serde(default)]
    pub url: Option<String>,
    /// A read-only key of its REST API.
    pub token: SecretRef,
    /// Our services by the ids of the services there.
    pub services: BTreeMap<String, Slug>,
    /// Hosts to which its key may go over plain http.
    #[serde(skip)]
    pub plain_http: PlainHttp,
}

fn pagerduty() -> Slug {
    Slug::nearest("pagerduty")
}

/// Signing of journals with SSH keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningSettings {
    /// Your key: the private file, or the public one where the other half is in an agent or a token.
    pub key: PathBuf,
    /// Whose signatures are accepted, in the form of OpenSSH's `allowed_signers`.
    #[serde(default)]
    pub allowed_signers: Option<PathBuf>,
}

/// How long incidents are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Days from sealing.
    pub keep_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        // Five years: the longest period that the supported regimes name for incident records (NYDFS 500.6).
        Self { keep_days: 1826 }
    }
}

/// Whether the data directory may be on a network file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkFileSystem {
    /// Refused: locks and syncs may not hold there.
    #[default]
    Refused,
    /// Allowed; each journal says so.
    Allowed,
}

/// Shortest retention, in days (rule D5).
const SHORTEST_RETENTION: u32 = 90;

/// A source of changes: exactly one of query, file, command and grafana.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeEntry {
    /// Its name.
    pub name: Slug,
    /// What kind of changes they are, where a record does not say so.
    #[serde(default)]
    pub kind: ChangeKind,
    /// A query to the first Prometheus.
    #[serde(default)]
    pub query: Option<ChangeQuery>,
    /// A file of JSON lines.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// A command that prints JSON lines.
    #[serde(default)]
    pub command: Option<Vec<String>>,
    /// A Grafana with annotations.
    #[serde(default)]
    pub grafana: Option<SourceSettings>,
    /// Tags that annotations must have.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// The watched signal: the success ratio of the confirmation path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignalSettings {
    /// Its name.
    pub name: Slug,
    /// A `PromQL` expression that gives one number between 0 and 1.
    pub query: String,
    /// The objective, 0 – 1.
    pub objective: f64,
}

impl Default for SignalSettings {
    fn default() -> Self {
        Self {
            name: Slug::nearest("confirm-success"),
            // Without a scrape for a while there is no value: a rate would go on for five minutes.
            query: "(sum(rate(payments_requests_total{path=\"confirm\",outcome=\"success\"}[5m])) \
                    / sum(rate(payments_requests_total{path=\"confirm\"}[5m])) \
                    and on () (sum(count_over_time(payments_requests_total{path=\"confirm\"}[75s])) > 0))"
                .into(),
            objective: 0.999,
        }
    }
}

/// Policies of the user's own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyFiles {
    /// Severity.
    pub severity: Option<PathBuf>,
    /// Escalation.
    pub escalation: Option<PathBuf>,
    /// Intake.
    pub intake: Option<PathBuf>,
    /// The change gate.
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
            keys: KeySettings::default(),
            signing: None,
            retention: Retention::default(),
            network_file_system: NetworkFileSystem::default(),
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
        // What two sources say would replace each other under one name: alerts would come and go.
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
