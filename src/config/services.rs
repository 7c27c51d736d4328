//! The service map in force, with the objectives of other tools' files read into it.

use super::error::ConfigError;
use super::file::{ConfigFile, SignalSettings};
use super::parse;
use crate::journal::hex_digest;
use crate::signals::map::{ServiceMap, SignalSpec, signals_of};
use crate::text::{Safe, Slug};
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
    /// Objectives of other tools' files that cannot be used; the others are.
    pub warnings: Vec<String>,
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
                    warnings: Vec::new(),
                })
            }
        }
    }

    /// Reads a map, and the files of objectives that it names.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(ConfigError::read(path))?;
        let mut map: ServiceMap = parse(path, &text)?;
        let mut warnings = Vec::new();
        let base = path.parent().unwrap_or(Path::new("."));
        for slo in map.slo_files.clone() {
            let place = base.join(&slo.file);
            let text = std::fs::read_to_string(&place).map_err(ConfigError::read(&place))?;
            let remedy = "OpenSLO v1 and Sloth files are read; see the sample map";
            let found = signals_of(&text)
                .map_err(|error| ConfigError::value(&place, error.to_string(), remedy))?;
            let refused = found.refused.iter().map(ToString::to_string);
            let refused = refused.chain(add(&mut map, &slo.path, found.signals));
            warnings.extend(refused.map(|what| {
                let what = Safe::line(&what);
                format!("{}: {what}; it is not measured", place.display())
            }));
        }
        let remedy = "correct the map; the shipped one is a sample";
        map.check()
            .map_err(|error| ConfigError::value(path, error.to_string(), remedy))?;
        Ok(Self {
            digest: hex_digest(text.as_bytes()),
            map: Arc::new(map),
            file: Some(path.to_path_buf()),
            warnings,
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

/// Adds those that can be measured to a path, and gives what is wrong with the others.
fn add(map: &mut ServiceMap, path: &Slug, signals: Vec<SignalSpec>) -> Vec<String> {
    let mut refused = Vec::new();
    for signal in signals {
        let taken = map
            .signals()
            .any(|(_, known)| known.signal == signal.signal);
        if let Err(error) = signal.check() {
            refused.push(error.to_string());
        } else if taken {
            refused.push(format!(
                "objective \"{}\": another signal has its name",
                signal.signal
            ));
        } else {
            let paths = map
                .services
                .iter_mut()
                .flat_map(|service| &mut service.paths);
            for known in paths.filter(|known| known.path == *path) {
                known.signals.push(signal.clone());
            }
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objective_that_cannot_be_used_is_named_and_the_others_are_measured() {
        let directory = tempfile::tempdir().unwrap();
        let place = |name: &str| directory.path().join(name);
        let map = "services:\n  - service: pay\n    owner: pay\n    paths: [{path: confirm, strict: true, signals: []}]\nslo_files: [{file: slo.yaml, path: confirm}]\n";
        let good = |name: &str| {
            format!(
                "  - name: {name}\n    objective: 99.9\n    sli: {{events: {{error_query: 'sum(rate(e[{{{{.window}}}}]))', total_query: 'sum(rate(t[{{{{.window}}}}]))'}}}}\n"
            )
        };
        let odd = [
            "  - null\n",
            "  - name: no-sli\n    objective: 99\n",
            "  - name: text\n    objective: high\n    sli: {raw: {error_ratio_query: x}}\n",
            "  - name: beyond\n    objective: 100\n    sli: {events: {error_query: 'a[{{.window}}]', total_query: 'b[{{.window}}]'}}\n",
        ];
        let slo = format!(
            "version: prometheus/v1\nservice: s\nslos:\n{}{}{}{}",
            good("one"),
            odd.concat(),
            good("two"),
            good("one")
        );
        std::fs::write(place("map.yaml"), map).unwrap();
        std::fs::write(place("slo.yaml"), slo).unwrap();
        let services = Services::read(&place("map.yaml")).unwrap();
        let names: Vec<String> = services
            .map
            .signals()
            .map(|(_, spec)| spec.signal.to_string())
            .collect();
        assert_eq!(names, ["s-one", "s-two"]);
        let all = services.warnings.join("\n");
        for says in [
            "number 2",
            "no-sli",
            "text",
            "beyond",
            "another signal has its name",
        ] {
            assert!(all.contains(says), "{says}: {all}");
        }
        assert_eq!(services.warnings.len(), 5, "{all}");
    }
}
