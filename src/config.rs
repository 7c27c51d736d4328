//! Configuration: a file over defaults, command-line options over both, checked before anything starts.

mod access;
mod error;
mod fallback;
mod file;
mod policies;
mod schedules;
mod secrets;
mod services;

pub use access::http;
pub use error::ConfigError;
pub use fallback::{Fallback, Faults, Instead};
pub use file::{
    ChangeEntry, ConfigFile, ExternalPaging, MaskingSettings, NetworkFileSystem, PagingSettings,
    PolicyFiles, Retention, SignalSettings, SigningSettings,
};
pub use policies::{Policies, read_policy};
pub use schedules::{Place, Schedules};
pub use secrets::resolve;
pub use services::{SERVICES, Services};

use fallback::Reader;

use crate::files;
use crate::incident::Slug;
use crate::outbox::ChannelSettings;
use crate::playbook::{Library, LoadedPlaybooks};
use crate::sources::{SourceKind, SourceSettings};
use crate::text::mask::Names;
use crate::text::{PlainHttp, Safe};
use directories::ProjectDirs;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The commented sample: what `config init` writes.
pub const SAMPLE: &str = include_str!("../assets/config.yaml");

/// What the command line may say over the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The file to read instead of the usual one.
    pub config: Option<PathBuf>,
    /// The data directory.
    pub data_dir: Option<PathBuf>,
    /// Where this user's memory of journal heads is kept.
    pub state_dir: Option<PathBuf>,
    /// Addresses of Alertmanagers.
    pub alertmanagers: Vec<String>,
    /// Addresses of Prometheis.
    pub prometheis: Vec<String>,
    /// Record nothing, open nothing, send nothing.
    pub read_only: bool,
}

/// Checked settings.
#[derive(Debug)]
pub struct Config {
    /// The file that was read, if there was one.
    pub file: Option<PathBuf>,
    /// Where incidents live.
    pub data_dir: PathBuf,
    /// How this user is called.
    pub name: Safe,
    /// Pause between polls.
    pub poll: Duration,
    /// The sources.
    pub sources: Vec<(SourceKind, SourceSettings, Slug)>,
    /// The watched signal.
    pub signal: SignalSettings,
    /// The service map.
    pub services: Services,
    /// Where changes are read, with paths resolved.
    pub changes: Vec<ChangeEntry>,
    /// Hosts to which credentials may go over plain http.
    pub plain_http: PlainHttp,
    /// The ways out, with paths resolved.
    pub channels: Vec<ChannelSettings>,
    /// The on-call schedules.
    pub schedules: Schedules,
    /// Another system that pages the first level.
    pub paging: Option<ExternalPaging>,
    /// The policies.
    pub policies: Policies,
    /// The playbooks, and those that cannot be used.
    pub playbooks: LoadedPlaybooks,
    /// Where the user's own templates are.
    pub templates: Option<PathBuf>,
    /// Values for playbook variables.
    pub variables: BTreeMap<String, String>,
    /// Record nothing, open nothing, send nothing.
    pub read_only: bool,
    /// Signing of journals, with paths resolved.
    pub signing: Option<SigningSettings>,
    /// How long incidents are kept.
    pub retention: Retention,
    /// Whether the data directory may be on a network file system.
    pub network_file_system: NetworkFileSystem,
    /// Where this user's memory of journal heads is kept.
    pub state_dir: Option<PathBuf>,
    /// Which names of labels and fields are sensitive.
    pub names: Names,
    /// Files that cannot be used as they stand, and what is in force instead.
    pub fallbacks: Vec<Fallback>,
    texts: Vec<(&'static str, String)>,
}

impl Config {
    /// Reads and checks everything; the first fault ends it.
    pub fn load(overrides: &Overrides) -> Result<Self, ConfigError> {
        Self::load_with(overrides, Faults::Refuse)
    }

    /// Reads everything. The configuration file itself is refused as a whole; what it names is taken as `faults` says.
    pub fn load_with(overrides: &Overrides, faults: Faults) -> Result<Self, ConfigError> {
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
        let mut reader = Reader::new(faults, &data_dir);
        let services = Services::load(&file, &base, &mut reader)?;
        let strict = services.map.strict_place();
        let mut policies = Policies::load(&file.policies, &base, &strict, &mut reader)?;
        let headline = services.file.as_ref().and_then(|_| services.headline());
        let plain_http = PlainHttp::new(&file.allow_plain_http);
        let allowing = |settings: SourceSettings| SourceSettings {
            plain_http: plain_http.clone(),
            ..settings
        };
        let changes = file.changes.iter().cloned().map(|mut entry| {
            entry.file = entry.file.map(|path| base.join(home(&path)));
            entry.grafana = entry.grafana.map(|settings| allowing(settings.at(&base)));
            entry
        });
        let short = file.webhook.clone().map(ChannelSettings::Webhook);
        let channels = short.into_iter().chain(file.channels.iter().cloned());
        let channels: Vec<ChannelSettings> = channels.map(|channel| channel.at(&base)).collect();
        policies.reach(&channels, &place, &mut reader)?;
        let names = file.masking.names(&place, policies.intake.labels())?;
        let state_dir = overrides.state_dir.clone();
        let signing = file.signing.as_ref().map(|signing| SigningSettings {
            key: base.join(home(&signing.key)),
            allowed_signers: signing
                .allowed_signers
                .as_ref()
                .map(|path| base.join(home(path))),
        });
        let signers = signing
            .as_ref()
            .and_then(|signing| signing.allowed_signers.as_ref());
        if let Some(Err(error)) = signers.map(|list| files::trusted_bytes(list, files::MAX_TEXT))
            && let Some(path) = signers.filter(|_| error.kind() != ErrorKind::NotFound)
        {
            reader.concern(ConfigError::read(path)(error), Instead::NoSigners)?;
        }
        let schedules = Schedules::load(file.schedules.as_deref(), &base);
        if let (Faults::Refuse, Some(fault)) = (faults, schedules.faults.first()) {
            return Err(fault.clone());
        }
        let name = file.name.clone().filter(|name| !name.trim().is_empty());
        let name = name
            .or_else(|| std::env::var("USER").ok())
            .or_else(|| std::env::var("LOGNAME").ok());
        Ok(Self {
            data_dir,
            name: Safe::line(&name.unwrap_or_else(|| "responder".into())),
            poll: Duration::from_secs(u64::from(file.poll_seconds)),
            sources: sources(&file, overrides, &base)
                .into_iter()
                .map(|(kind, settings, name)| (kind, allowing(settings), name))
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
            read_only: overrides.read_only,
            signing,
            retention: file.retention,
            network_file_system: file.network_file_system,
            state_dir: state_dir.or(at(&file.state_dir)).or_else(default_state_dir),
            names,
            file: path,
            fallbacks: reader.fallbacks,
            texts: reader.texts,
        })
    }

    /// Keeps copies of the policies and the map that are in use, for a start at which one of them cannot be used.
    pub fn keep_copies(&self) -> std::io::Result<()> {
        fallback::keep(&self.data_dir, &self.texts)
    }

    /// Where diagnostics are written.
    pub fn log_dir(&self) -> PathBuf {
        self.data_dir.join("log")
    }

    /// The template of a document: the user's own, or the shipped one.
    pub fn template(&self, kind: crate::documents::Kind) -> Result<String, ConfigError> {
        let own = self
            .templates
            .as_ref()
            .zip(kind.template_name())
            .map(|(dir, name)| dir.join(name));
        match own.filter(|path| path.exists()) {
            None => Ok(kind.shipped().to_string()),
            Some(path) => files::trusted_text(&path).map_err(ConfigError::read(&path)),
        }
    }
}

/// The usual place of the configuration file.
pub fn default_file() -> Option<PathBuf> {
    ProjectDirs::from("", "", "warroom").map(|dirs| dirs.config_dir().join("warroom.yaml"))
}

/// `~/…` as people write it.
fn home(path: &Path) -> PathBuf {
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

/// Reads a YAML file of ours, naming the file and the line of what is wrong.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(
    path: &Path,
    text: &str,
) -> Result<T, ConfigError> {
    serde_saphyr::from_str(text).map_err(|error| ConfigError::yaml(path, &error))
}

fn sources(
    file: &ConfigFile,
    overrides: &Overrides,
    base: &Path,
) -> Vec<(SourceKind, SourceSettings, Slug)> {
    let plain = |url: &String| SourceSettings {
        url: url.clone(),
        ..SourceSettings::default()
    };
    let mut all: Vec<(SourceKind, SourceSettings, Slug)> = Vec::new();
    let mut add = |kind: SourceKind, settings: SourceSettings, name: Option<Slug>| {
        // Names that people gave are theirs alone: `ConfigFile::check` refuses twins.
        let free = |name: &Slug| {
            let known = all.iter().map(|(_, _, known)| known);
            let named = file.sources.iter().filter_map(|entry| entry.name.as_ref());
            !known.chain(named).any(|known| known == name)
        };
        let generated = || {
            let first = Slug::nearest(kind.word());
            let further = (2..).map(|n: u32| Slug::nearest(&format!("{first}-{n}")));
            std::iter::once(first.clone()).chain(further).find(free)
        };
        let name = name.or_else(generated);
        all.extend(name.map(|name| (kind, settings, name)));
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
