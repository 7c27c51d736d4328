//! Form and defaults of the configuration file.

use super::error::ConfigError;
use super::keys::KeySettings;
use crate::incident::escalation::bell;
use crate::incident::{ChannelId, ServiceId, Slug, SourceId};
use crate::outbox::{ChannelSettings, WebhookSettings};
use crate::signals::change::ChangeKind;
use crate::sources::{ChangeQuery, DECIDING, SourceSettings};
use crate::text::mask::SensitiveNames;
use crate::text::secret::SecretRef;
use crate::text::{PlainHttp, Problem};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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
    pub keys: KeySettings,
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
    pub name: SourceId,
    /// Replaces the vendor's address.
    #[serde(default)]
    pub url: Option<String>,
    pub token: SecretRef,
    /// Services by the id of their service in `PagerDuty`.
    pub services: BTreeMap<String, ServiceId>,
    /// Hosts to which the key may go over plain HTTP.
    #[serde(skip)]
    pub plain_http: PlainHttp,
}

fn pagerduty() -> SourceId {
    SourceId::nearest("pagerduty")
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
    pub name: SourceId,
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
            keys: KeySettings::default(),
            signing: None,
            retention: Retention::default(),
            network_file_system: NetworkFileSystemRule::default(),
            state_dir: None,
            masking: MaskingSettings::default(),
        }
    }
}

fn twin<I: AsRef<str>>(names: impl IntoIterator<Item = I>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut names = names.into_iter().map(|name| name.as_ref().to_string());
    names.find(|name| !seen.insert(name.clone()))
}

impl ConfigFile {
    pub(super) fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let problems = [
            self.value_problem(),
            self.plain_http_problem(),
            self.name_problem(),
            self.change_problem(),
            self.source_problem(),
        ];
        match problems.into_iter().flatten().next() {
            Some(Problem { what, hint }) => Err(ConfigError::value(path, what, hint)),
            None => Ok(()),
        }
    }

    fn value_problem(&self) -> Option<Problem> {
        let both_signals = self.services.is_some() && self.signal != SignalSettings::default();
        let retention = format!("retention.keep_days is less than {SHORTEST_RETENTION}");
        [
            (
                !(1..=300).contains(&self.poll_seconds),
                "poll_seconds is not between 1 and 300",
                "5 is a good value",
            ),
            (
                !(0.0..=1.0).contains(&self.signal.objective),
                "signal.objective is not between 0 and 1",
                "write 99.9 % as 0.999",
            ),
            (
                self.signal.query.trim().is_empty(),
                "signal.query is empty",
                "write a PromQL expression that gives one number",
            ),
            (
                self.retention.keep_days < SHORTEST_RETENTION,
                retention.as_str(),
                "keep records for at least 90 days; 1826 (five years) suits most regulators",
            ),
            (
                both_signals,
                "both `signal` and `services` are set",
                "keep `services`: the first ratio of its strict path is the monitored signal",
            ),
        ]
        .into_iter()
        .find(|(wrong, ..)| *wrong)
        .map(|(_, what, hint)| Problem::new(what, hint))
    }

    fn plain_http_problem(&self) -> Option<Problem> {
        self.allow_plain_http.iter().find_map(|host| {
            let what = format!("allow_plain_http: \"{host}\" {}", PlainHttp::problem(host)?);
            Some(Problem::new(
                what,
                "name each host exactly, such as alerts.internal.example",
            ))
        })
    }

    fn name_problem(&self) -> Option<Problem> {
        let mut channels: Vec<&ChannelId> =
            self.channels.iter().map(ChannelSettings::name).collect();
        channels.extend(self.webhook.iter().map(|webhook| &webhook.name));
        let has_bell = channels.iter().any(|name| **name == bell());
        // Two sources of one name would replace each other's alerts at each poll.
        let pager = self.paging.iter().map(|paging| &paging.external.name);
        let sources = self.sources.iter().filter_map(|one| one.name.as_ref());
        let changes = self.changes.iter().map(|entry| &entry.name);
        let twin = [
            ("channel", twin(&channels)),
            ("source", twin(sources.chain(pager))),
            ("changes", twin(changes)),
        ]
        .into_iter()
        .find_map(|(kind, name)| {
            let what = format!("{kind} \"{}\" is named twice", name?);
            Some(Problem::new(what, "give each one its own name"))
        });
        let bell = "a channel is named bell";
        let hint = "bell is the terminal's own channel: choose another name";
        twin.or_else(|| has_bell.then(|| Problem::new(bell, hint)))
    }

    fn change_problem(&self) -> Option<Problem> {
        let places = |change: &ChangeEntry| {
            usize::from(change.query.is_some())
                + usize::from(change.file.is_some())
                + usize::from(change.command.as_ref().is_some_and(|argv| !argv.is_empty()))
                + usize::from(change.grafana.is_some())
        };
        let change = self.changes.iter().find(|change| places(change) != 1)?;
        let what = format!(
            "changes \"{}\" needs exactly one of query, file, command, grafana",
            change.name
        );
        Some(Problem::new(what, "name the one place of these changes"))
    }

    fn source_problem(&self) -> Option<Problem> {
        self.sources.iter().find_map(|source| {
            let hint = "write kind: alertmanager, prometheus or grafana";
            let problem = match source.kind {
                None => Problem::new("its kind is missing", hint),
                Some(_) => source.problem()?,
            };
            let what = format!("source {}: {}", source.url, problem.what);
            Some(Problem { what, ..problem })
        })
    }
}
