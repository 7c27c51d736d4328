//! The service map in force, including the objectives from files of other tools.

use super::error::{ConfigError, parse};
use super::fallback::PartReader;
use super::file::{ConfigFile, SignalSettings};
use crate::files;
use crate::signals::map::{RateSpec, ServiceMap, ServicePath, SignalSpec, signals_of};
use crate::text::{PathId, Safe, shown_path};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The shipped map: a commented sample.
pub const SERVICES: &str = include_str!("../../assets/services.yaml");

#[derive(Debug, Clone)]
pub struct Services {
    pub map: Arc<ServiceMap>,
    /// `None`: the shipped map.
    pub file: Option<PathBuf>,
    /// Objectives from other tools' files that cannot be used; the others are.
    pub warnings: Vec<String>,
}

impl Services {
    /// Reads the user's own map, or the shipped one.
    pub(super) fn load(
        file: &ConfigFile,
        base: &Path,
        reader: &mut PartReader,
    ) -> Result<Self, ConfigError> {
        let own = file.services.as_ref().map(|path| base.join(path));
        let part = reader.part("services.yaml", own.clone(), SERVICES, map_of)?;
        let (mut map, warnings) = part.made.value;
        if part.shipped {
            map.sample = true;
            if file.signal != SignalSettings::default() {
                only_signal(&mut map, &file.signal);
            }
        }
        Ok(Self {
            map: Arc::new(map),
            file: own.filter(|_| !part.shipped),
            warnings,
        })
    }
}

/// The short form `signal:` is a map with one path and one signal.
fn only_signal(map: &mut ServiceMap, signal: &SignalSettings) {
    let mut paths = map
        .services
        .iter_mut()
        .flat_map(|service| &mut service.paths);
    let rate = RateSpec {
        query: signal.query.clone(),
        objective: signal.objective,
    };
    if let Some(path) = paths.next() {
        path.signals = vec![SignalSpec::of_rate(signal.name.clone(), rate)];
    }
}

/// Reads a map, and the files of objectives that it names.
fn map_of(path: &Path, text: &str) -> Result<(ServiceMap, Vec<String>), ConfigError> {
    let mut map: ServiceMap = parse(path, text)?;
    let mut warnings = Vec::new();
    let base = path.parent().unwrap_or(Path::new("."));
    for slo in map.slo_files.clone() {
        let place = base.join(&slo.file);
        let read = files::trusted_text(&place).map_err(|error| error.to_string());
        let refused = match read.and_then(|text| signals_of(&text).map_err(|e| e.to_string())) {
            Ok(found) => {
                let refused = found.refused.iter().map(ToString::to_string);
                refused
                    .chain(add(&mut map, &slo.path, found.signals))
                    .collect()
            }
            Err(error) => vec![format!("{error}; OpenSLO v1 and Sloth files are read")],
        };
        warnings.extend(refused.iter().map(|what| {
            let what = Safe::line(what);
            format!("{}: {what}; it is not measured", shown_path(&place))
        }));
    }
    let remedy = "correct the map; the shipped one is a sample";
    map.check()
        .map_err(|error| ConfigError::value(path, error.to_string(), remedy))?;
    warnings.extend(map.paths().filter_map(|(_, path)| undecided(path)));
    Ok((map, warnings))
}

/// Payments of unknown outcome that may be counted as failed already: a second time would double them.
fn undecided(path: &ServicePath) -> Option<String> {
    let money = path.money.as_ref()?;
    let unknown = money.unknown.as_ref()?;
    let ratio = path.signals.iter().find(|spec| spec.ratio.is_some())?;
    let known = ratio.fails_with(unknown, money.unknown_in_total);
    known.is_none().then(|| {
        format!(
            "path {}: whether the total of {} contains the payments of unknown outcome is not known, so the cost is the widest interval; set `unknown_in_total` to true or false",
            path.path, ratio.signal
        )
    })
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

/// Adds the measurable signals to a path; returns the problems of the others.
fn add(map: &mut ServiceMap, path: &PathId, signals: Vec<SignalSpec>) -> Vec<String> {
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
        let (map, warnings) = map_of(&place("map.yaml"), map).unwrap();
        let names: Vec<String> = map
            .signals()
            .map(|(_, spec)| spec.signal.to_string())
            .collect();
        assert_eq!(names, ["s-one", "s-two"]);
        let all = warnings.join("\n");
        for says in [
            "number 2",
            "no-sli",
            "text",
            "beyond",
            "another signal has its name",
        ] {
            assert!(all.contains(says), "{says}: {all}");
        }
        assert_eq!(warnings.len(), 5, "{all}");
    }

    #[rstest::rstest]
    // The same metric, and matchers that are compatible: inside, so it is counted once.
    #[case("p{outcome=\"timeout\"}", "", false)]
    #[case("timeouts_total", "", false)]
    #[case("sum(rate(timeouts_total[$window]))", "", true)]
    #[case(
        "sum(rate(timeouts_total[$window]))",
        ", unknown_in_total: false",
        false
    )]
    fn a_possible_double_count_of_unknown_outcomes_is_named(
        #[case] unknown: &str,
        #[case] more: &str,
        #[case] named: bool,
    ) {
        let map = format!(
            "services:\n  - service: pay\n    owner: pay\n    paths:\n      - path: confirm\n        strict: true\n        money: {{currency: EUR, average: 1.0, unknown: '{unknown}'{more}}}\n        signals:\n          - {{signal: s, ratio: {{good: 'p{{outcome=\"ok\"}}', total: p, objective: 0.9}}}}\n"
        );
        let (_, warnings) = map_of(Path::new("services.yaml"), &map).unwrap();
        let found = warnings.iter().any(|it| it.contains("unknown_in_total"));
        assert_eq!(found, named, "{warnings:?}");
    }
}
