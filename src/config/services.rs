//! The service map in force, with the objectives of other tools' files read into it.

use super::error::ConfigError;
use super::file::{ConfigFile, SignalSettings};
use super::parse;
use crate::journal::hex_digest;
use crate::signals::map::{ServiceMap, SignalSpec, signals_of};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The shipped map: a commented sample.
pub const SERVICES: &str = include_str!("../../assets/services.yaml");

/// A service map and the digest of its file.
#[derive(Debug, Clone)]
pub struct Services {
    /// The map.
    pub map: Arc<ServiceMap>,
    /// Digest of its file.
    pub digest: String,
    /// Its file, where it is the user's own.
    pub file: Option<PathBuf>,
}

impl Services {
    /// Reads the user's own map, or the shipped one.
    pub(super) fn load(file: &ConfigFile, base: &Path) -> Result<Self, ConfigError> {
        match &file.services {
            Some(path) => Self::read(&base.join(path)),
            None => {
                let mut map: ServiceMap = parse(Path::new("(shipped service map)"), SERVICES)?;
                map.sample = true;
                if file.signal != SignalSettings::default() {
                    // A ratio of the user's own has no volume to weigh it by, so there is no budget to show.
                    for path in map
                        .services
                        .iter_mut()
                        .flat_map(|service| &mut service.paths)
                    {
                        path.signals.clear();
                    }
                }
                Ok(Self {
                    map: Arc::new(map),
                    digest: hex_digest(SERVICES.as_bytes()),
                    file: None,
                })
            }
        }
    }

    /// Reads a map, and the files of objectives that it names.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(ConfigError::read(path))?;
        let mut map: ServiceMap = parse(path, &text)?;
        let base = path.parent().unwrap_or(Path::new("."));
        for slo in map.slo_files.clone() {
            let place = base.join(&slo.file);
            let text = std::fs::read_to_string(&place).map_err(ConfigError::read(&place))?;
            let remedy = "OpenSLO v1 and Sloth files are read; see the sample map";
            let signals: Vec<SignalSpec> = signals_of(&text)
                .map_err(|error| ConfigError::value(&place, error.to_string(), remedy))?;
            let paths = map
                .services
                .iter_mut()
                .flat_map(|service| &mut service.paths);
            for found in paths.filter(|known| known.path == slo.path) {
                found.signals.extend(signals.clone());
            }
        }
        let remedy = "correct the map; the shipped one is a sample";
        map.check()
            .map_err(|error| ConfigError::value(path, error.to_string(), remedy))?;
        Ok(Self {
            digest: hex_digest(text.as_bytes()),
            map: Arc::new(map),
            file: Some(path.to_path_buf()),
        })
    }

    /// The signal at the top of the screen: the strict path's first ratio, as one query over five minutes.
    pub(super) fn headline(&self) -> Option<SignalSettings> {
        let (_, path) = self.map.strict()?;
        let spec = path
            .signals
            .iter()
            .find(|spec| spec.objective().is_some())?;
        Some(SignalSettings {
            name: spec.signal.clone(),
            query: spec.headline(self.map.scrape_seconds)?,
            objective: spec.objective()?,
        })
    }
}
