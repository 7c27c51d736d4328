//! Configuration: a file over defaults, command-line options over both, checked before anything starts.

mod access;
mod digested;
mod error;
mod fallback;
mod file;
mod keys;
mod policies;
mod schedules;
mod secrets;
mod services;

pub use access::http;
pub use digested::Digested;
pub use error::ConfigError;
use error::parse;
pub use fallback::{Fallback, OnProblem, Replacement};
pub use file::{
    ChangeEntry, ConfigFile, ExternalPaging, NetworkFileSystemRule, Retention, SignalSettings,
    SigningSettings,
};
pub use policies::{Policies, read_policy};
pub use schedules::{CalendarPlace, Schedules};
pub use secrets::resolve;
pub use services::{SERVICES, Services};

use fallback::PartReader;

use crate::files;
use crate::incident::{Slug, SourceId};
use crate::keymap::KeyMap;
use crate::outbox::ChannelSettings;
use crate::playbook::{Library, LoadedPlaybooks};
use crate::sources::{SourceKind, SourceSettings};
use crate::text::mask::SensitiveNames;
use crate::text::{PlainHttp, Safe};
use directories::ProjectDirs;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The commented sample that `config init` writes.
pub const SAMPLE: &str = include_str!("../assets/config.yaml");

/// Settings of the command line; they override the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// Read instead of the default file.
    pub config: Option<PathBuf>,
    pub data_dir: Option<PathBuf>,
    /// Directory of this user's memory of journal heads.
    pub state_dir: Option<PathBuf>,
    pub alertmanagers: Vec<String>,
    pub prometheis: Vec<String>,
    /// Records, opens and sends nothing.
    pub read_only: bool,
}

#[derive(Debug, Clone)]
pub struct ConfiguredSource {
    pub kind: SourceKind,
    pub settings: SourceSettings,
    pub name: SourceId,
}

#[derive(Debug)]
pub struct Config {
    /// `None`: no file was read.
    pub file: Option<PathBuf>,
    pub data_dir: PathBuf,
    /// This user's name.
    pub name: Safe,
    /// Pause between polls.
    pub poll: Duration,
    pub sources: Vec<ConfiguredSource>,
    /// The monitored signal.
    pub signal: SignalSettings,
    pub services: Services,
    /// Sources of changes, with paths resolved.
    pub changes: Vec<ChangeEntry>,
    /// Hosts to which credentials may go over plain HTTP.
    pub plain_http: PlainHttp,
    /// With paths resolved.
    pub channels: Vec<ChannelSettings>,
    pub schedules: Schedules,
    /// Another system that pages the first level.
    pub paging: Option<ExternalPaging>,
    pub policies: Policies,
    /// Usable playbooks, and the problems of the others.
    pub playbooks: LoadedPlaybooks,
    /// Directory of the user's own templates.
    pub templates: Option<PathBuf>,
    /// Values of playbook variables.
    pub variables: BTreeMap<String, String>,
    pub keys: KeyMap,
    /// Records, opens and sends nothing.
    pub read_only: bool,
    /// With paths resolved.
    pub signing: Option<SigningSettings>,
    pub retention: Retention,
    pub network_file_system: NetworkFileSystemRule,
    /// Directory of this user's memory of journal heads.
    pub state_dir: Option<PathBuf>,
    /// Which names of labels and fields are sensitive.
    pub names: SensitiveNames,
    /// Files that cannot be used, and their replacements.
    pub fallbacks: Vec<Fallback>,
    texts: Vec<(&'static str, String)>,
}

impl Config {
    /// Reads everything. A problem of the configuration file itself is an error; `on_problem` decides about the files
    /// that it names.
    pub fn load(overrides: &Overrides, on_problem: OnProblem) -> Result<Self, ConfigError> {
        let (path, file) = read_file(overrides.config.as_deref())?;
        let base = path
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new("."))
            .to_path_buf();
        let place = path.clone().unwrap_or_else(|| PathBuf::from("(defaults)"));
        file.check(&place)?;
        let at = |relative: &Option<PathBuf>| relative.as_ref().map(|path| base.join(path));
        let data_dir = match overrides.data_dir.clone().or(at(&file.data_dir)) {
            Some(directory) => directory,
            None => default_data_dir().ok_or(ConfigError::NoHome)?,
        };
        let mut reader = PartReader::new(on_problem, &data_dir);
        let services = Services::load(&file, &base, &mut reader)?;
        let strict = services.map.strict_place();
        let keys = file.keys.bound(&place)?;
        let mut policies =
            Policies::load(&file.policies, &base, &strict, (&keys, &place), &mut reader)?;
        let signals = services.map.signals();
        let known: Vec<&Slug> = signals.map(|(_, spec)| &spec.signal).collect();
        let own = at(&file.policies.severity);
        policies.check_signals(own.as_deref(), &known, &mut reader)?;
        let headline = services.headline();
        let plain_http = PlainHttp::new(&file.allow_plain_http);
        let allowing = |settings: SourceSettings| SourceSettings {
            plain_http: plain_http.clone(),
            ..settings
        };
        let changes = file.changes.iter().cloned().map(|mut entry| {
            entry.file = entry.file.map(|path| base.join(expand_home(&path)));
            entry.grafana = entry.grafana.map(|settings| allowing(settings.at(&base)));
            entry
        });
        let short = file.webhook.clone().map(ChannelSettings::Webhook);
        let channels = short.into_iter().chain(file.channels.iter().cloned());
        let channels: Vec<ChannelSettings> = channels.map(|channel| channel.at(&base)).collect();
        policies.check_channels(&channels, &place, &mut reader)?;
        let names = file.masking.names(&place, policies.intake.labels())?;
        let signing = signing(&file, &base, &mut reader)?;
        let schedules = Schedules::load(file.schedules.as_deref(), &base);
        if let (OnProblem::Refuse, Some(problem)) = (on_problem, schedules.faults.first()) {
            return Err(problem.clone());
        }
        Ok(Self {
            data_dir,
            name: person(file.name.as_deref()),
            poll: Duration::from_secs(u64::from(file.poll_seconds)),
            sources: sources(&file, overrides, &base)
                .into_iter()
                .map(|source| ConfiguredSource {
                    settings: allowing(source.settings),
                    ..source
                })
                .collect(),
            signal: headline.unwrap_or(file.signal),
            services,
            changes: changes.collect(),
            plain_http: plain_http.clone(),
            channels,
            paging: file.paging.map(|paging| ExternalPaging {
                plain_http: plain_http.clone(),
                ..paging.external
            }),
            schedules,
            policies,
            playbooks: Library::load(at(&file.playbooks).as_deref()),
            templates: at(&file.templates),
            variables: file.variables,
            keys,
            read_only: overrides.read_only,
            signing,
            retention: file.retention,
            network_file_system: file.network_file_system,
            state_dir: (overrides.state_dir.clone())
                .or(at(&file.state_dir))
                .or_else(default_state_dir),
            names,
            file: path,
            fallbacks: reader.fallbacks,
            texts: reader.texts,
        })
    }

    /// Keeps copies of the policies and the map in use, for a start at which one of them cannot be used.
    pub fn keep_copies(&self) -> std::io::Result<()> {
        fallback::write_copies(&self.data_dir, &self.texts)
    }

    pub fn log_dir(&self) -> PathBuf {
        self.data_dir.join("log")
    }

    /// The user's own template of a document, or the shipped one.
    pub fn template(&self, kind: crate::documents::DocumentKind) -> Result<String, ConfigError> {
        let own = self.templates.as_ref().zip(kind.template_name());
        let own = own.map(|(dir, name)| dir.join(name));
        match own.filter(|path| path.exists()) {
            None => Ok(kind.shipped().to_string()),
            Some(path) => files::trusted_text(&path).map_err(ConfigError::read(&path)),
        }
    }
}

fn person(named: Option<&str>) -> Safe {
    let named = named.filter(|name| !name.trim().is_empty());
    let from = |variable: &str| std::env::var(variable).ok();
    let name = named.map(str::to_string);
    let name = name.or_else(|| from("USER")).or_else(|| from("LOGNAME"));
    Safe::line(name.as_deref().unwrap_or("responder"))
}

fn signing(
    file: &ConfigFile,
    base: &Path,
    reader: &mut PartReader,
) -> Result<Option<SigningSettings>, ConfigError> {
    let Some(settings) = &file.signing else {
        return Ok(None);
    };
    let signers = settings.allowed_signers.as_ref();
    let signers = signers.map(|path| base.join(expand_home(path)));
    if let Some(path) = &signers
        && let Err(error) = files::trusted_bytes(path, files::MAX_TEXT)
        && error.kind() != ErrorKind::NotFound
    {
        reader.report(ConfigError::read(path)(error), Replacement::NoSigners)?;
    }
    Ok(Some(SigningSettings {
        key: base.join(expand_home(&settings.key)),
        allowed_signers: signers,
    }))
}

pub fn default_file() -> Option<PathBuf> {
    ProjectDirs::from("", "", "warroom").map(|dirs| dirs.config_dir().join("warroom.yaml"))
}

/// Expands `~/`.
fn expand_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), directories::BaseDirs::new()) {
        (Ok(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => path.to_path_buf(),
    }
}

fn default_state_dir() -> Option<PathBuf> {
    let dirs = ProjectDirs::from("", "", "warroom")?;
    let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
    Some(state.to_path_buf())
}

fn default_data_dir() -> Option<PathBuf> {
    ProjectDirs::from("", "", "warroom").map(|dirs| dirs.data_dir().to_path_buf())
}

fn read_file(named: Option<&Path>) -> Result<(Option<PathBuf>, ConfigFile), ConfigError> {
    let path = match named {
        Some(path) => path.to_path_buf(),
        None => match default_file().filter(|path| path.exists()) {
            Some(path) => path,
            None => return Ok((None, ConfigFile::default())),
        },
    };
    let text = files::trusted_text(&path).map_err(ConfigError::read(&path))?;
    let file = parse(&path, &text)?;
    Ok((Some(path), file))
}

fn sources(file: &ConfigFile, overrides: &Overrides, base: &Path) -> Vec<ConfiguredSource> {
    let plain = |url: &String| SourceSettings {
        url: url.clone(),
        ..SourceSettings::default()
    };
    let mut all: Vec<ConfiguredSource> = Vec::new();
    let mut add = |kind: SourceKind, settings: SourceSettings, name: Option<SourceId>| {
        // Names that people chose keep priority: `ConfigFile::check` refuses duplicates.
        let free = |name: &SourceId| {
            let known = all.iter().map(|source| &source.name);
            let named = file.sources.iter().filter_map(|entry| entry.name.as_ref());
            !known.chain(named).any(|known| known == name)
        };
        let generated = || {
            let first = SourceId::nearest(kind.word());
            let further = (2..).map(|n: u32| SourceId::nearest(&format!("{first}-{n}")));
            std::iter::once(first.clone()).chain(further).find(free)
        };
        let name = name.or_else(generated);
        all.extend(name.map(|name| ConfiguredSource {
            kind,
            settings,
            name,
        }));
    };
    for url in &overrides.alertmanagers {
        add(SourceKind::Alertmanager, plain(url), None);
    }
    for url in &overrides.prometheis {
        add(SourceKind::Prometheus, plain(url), None);
    }
    for entry in &file.sources {
        // A source without a kind is refused when the file is checked.
        if let Some(kind) = entry.kind {
            add(kind, entry.clone().at(base), entry.name.clone());
        }
    }
    all
}

#[cfg(test)]
mod tests;
