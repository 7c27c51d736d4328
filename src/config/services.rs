//! The service map in force, with the objectives of other tools' files read into it.

use super::error::ConfigError;
use super::fallback::Reader;
use super::file::{ConfigFile, SignalSettings};
use super::parse;
use crate::files;
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
    pub(super) fn load(
        file: &ConfigFile,
        base: &Path,
        reader: &mut Reader,
    ) -> Result<Self, ConfigError> {
        let own = file.services.as_ref().map(|path| base.join(path));
        let part = reader.part("services.yaml", own.clone(), SERVICES, map_of)?;
        let mut map = part.value;
        if part.shipped {
            map.sample = true;
            if file.signal != SignalSettings::default() {
                // A ratio of the user's own has no volume to weigh it by, so there is no budget to show.
                let paths = map
                    .services
                    .iter_mut()
                    .flat_map(|service| &mut service.paths);
                paths.for_each(|path| path.signals.clear());
            }
        }
        Ok(Self {
            map: Arc::new(map),
            digest: part.digest,
            file: own.filter(|_| !part.shipped),
        })
    }
}

/// Reads a map, and the files of objectives that it names.
fn map_of(path: &Path, text: &str) -> Result<ServiceMap, ConfigError> {
    let mut map: ServiceMap = parse(path, text)?;
    let base = path.parent().unwrap_or(Path::new("."));
    for slo in map.slo_files.clone() {
        let place = base.join(&slo.file);
        let text = files::text(&place).map_err(ConfigError::read(&place))?;
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
    Ok(map)
}

impl Services {
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
