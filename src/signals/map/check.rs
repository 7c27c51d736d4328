//! Checks of a service map before it is used.

use super::error::MapError;
use super::promql::WINDOW;
use super::spec::{RatioSpec, SignalSpec};
use super::{LONGEST_WINDOW_DAYS, PeakEvent, Pricing, ServiceMap};
use crate::text::{PathId, Slug};
use std::collections::BTreeSet;

/// By which a signal is split.
const MAX_LABELS: usize = 4;

impl ServiceMap {
    /// Reports the first problem.
    pub fn check(&self) -> Result<(), MapError> {
        if self.paths().next().is_none() {
            return Err(MapError::Empty);
        }
        range("scrape_seconds", self.scrape_seconds, 1..=300, "1 to 300")?;
        window("window_days", self.window_days)?;
        let mut paths = BTreeSet::new();
        let mut signals = BTreeSet::new();
        for (_, path) in self.paths() {
            once("path", &path.path, &mut paths)?;
            if path.money.as_ref().is_some_and(|money| !money.is_usable()) {
                return Err(MapError::Pricing(path.path.clone()));
            }
            for signal in &path.signals {
                once("signal", &signal.signal, &mut signals)?;
                signal.check()?;
            }
        }
        let backwards = |event: &&PeakEvent| event.to <= event.from;
        if let Some(event) = self.peak_events.iter().find(backwards) {
            return Err(MapError::Backwards(event.event.clone()));
        }
        match self.references().find(|(_, path)| !paths.contains(path)) {
            None => Ok(()),
            Some((what, path)) => Err(MapError::NoSuchPath {
                what,
                path: path.clone(),
            }),
        }
    }

    /// With their places in the map.
    fn references(&self) -> impl Iterator<Item = (String, &PathId)> {
        let events = self.peak_events.iter().flat_map(|event| {
            let place = format!("peak event \"{}\"", event.event);
            event.paths.iter().map(move |path| (place.clone(), path))
        });
        let models = self.models.iter();
        let models = models.map(|model| (format!("model \"{}\"", model.model), &model.path));
        let files = self.slo_files.iter();
        let files = files.map(|file| (format!("slo file {}", file.file), &file.path));
        events.chain(models).chain(files)
    }
}

impl Pricing {
    fn is_usable(&self) -> bool {
        let priced = self.average.is_some_and(|average| average > 0.0) || self.amount.is_some();
        priced && self.currency.len() == 3 && self.currency.bytes().all(|b| b.is_ascii_uppercase())
    }
}

impl SignalSpec {
    /// Reports the first problem.
    pub fn check(&self) -> Result<(), MapError> {
        let name = || self.signal.clone();
        if self.measurements() != 1 {
            return Err(MapError::Measurements(name()));
        }
        if let Some(objective) = self.objective()
            && !(objective > 0.0 && objective < 1.0)
        {
            return Err(MapError::Range {
                what: format!("the objective of signal \"{}\"", self.signal),
                range: "between 0 and 1, 99.9 % as 0.999",
                found: objective.to_string(),
            });
        }
        if let (Some(sla), Some(objective)) = (self.sla(), self.objective())
            && !(sla > 0.0 && sla <= objective)
        {
            return Err(MapError::Range {
                what: format!("the sla of signal \"{}\"", self.signal),
                range: "above 0 and at most the objective",
                found: sla.to_string(),
            });
        }
        if let Some(latency) = &self.latency {
            labels(&self.signal, &latency.by)?;
        }
        if let Some(days) = self.window_days {
            window(&format!("window_days of signal \"{}\"", self.signal), days)?;
        }
        if let Some(ratio) = &self.ratio {
            ratio.check(&self.signal)?;
        }
        let mut empty = self.texts().filter(|(_, query)| query.trim().is_empty());
        match empty.next() {
            None => Ok(()),
            Some((what, _)) => Err(MapError::NoQuery {
                signal: name(),
                what,
            }),
        }
    }

    /// With their keys in the file.
    fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let ratio = self.ratio.as_ref();
        let texts = [
            ("total", ratio.map(|ratio| &ratio.total)),
            ("declines", ratio.and_then(|ratio| ratio.declines.as_ref())),
            ("alive", self.alive.as_ref()),
            ("good", ratio.and_then(|ratio| ratio.good.as_ref())),
            ("bad", ratio.and_then(|ratio| ratio.bad.as_ref())),
            (
                "histogram",
                self.latency.as_ref().map(|spec| &spec.histogram),
            ),
            ("query", self.rate.as_ref().map(|spec| &spec.query)),
            ("query", self.correctness.as_ref().map(|spec| &spec.query)),
            ("query", self.level.as_ref().map(|spec| &spec.query)),
            ("query", self.version.as_ref().map(|spec| &spec.query)),
            ("query", self.deadline.as_ref().map(|spec| &spec.query)),
        ];
        texts
            .into_iter()
            .filter_map(|(what, text)| Some((what, text?.as_str())))
    }
}

impl RatioSpec {
    fn check(&self, signal: &Slug) -> Result<(), MapError> {
        if self.good.is_some() == self.bad.is_some() {
            return Err(MapError::GoodOrBad(signal.clone()));
        }
        let counters = self.good.iter().chain(&self.bad).chain(&self.declines);
        let mut parts = counters.chain([&self.total]);
        if !self.by.is_empty() && parts.any(|query| query.contains(WINDOW)) {
            return Err(MapError::ByNeedsSelectors(signal.clone()));
        }
        labels(signal, &self.by)
    }
}

fn labels(signal: &Slug, by: &[String]) -> Result<(), MapError> {
    if by.len() > MAX_LABELS {
        return Err(MapError::Range {
            what: format!("the number of labels in `by` of signal \"{signal}\""),
            range: "at most 4",
            found: by.len().to_string(),
        });
    }
    match by.iter().find(|label| !is_label(label)) {
        None => Ok(()),
        Some(label) => Err(MapError::Label {
            signal: signal.clone(),
            label: label.clone(),
        }),
    }
}

fn window(what: &str, days: u32) -> Result<(), MapError> {
    range(what, days, 1..=LONGEST_WINDOW_DAYS, "1 to 90")
}

/// Prometheus 3 reads other letters than ASCII too.
fn is_label(text: &str) -> bool {
    const MAX: usize = 200;
    !text.is_empty() && text.len() <= MAX && !text.chars().any(char::is_control)
}

fn range(
    what: &str,
    found: u32,
    allowed: std::ops::RangeInclusive<u32>,
    range: &'static str,
) -> Result<(), MapError> {
    match allowed.contains(&found) {
        true => Ok(()),
        false => Err(MapError::Range {
            what: what.to_string(),
            range,
            found: found.to_string(),
        }),
    }
}

fn once<'m, N: AsRef<str> + Ord>(
    what: &'static str,
    name: &'m N,
    seen: &mut BTreeSet<&'m N>,
) -> Result<(), MapError> {
    match seen.insert(name) {
        true => Ok(()),
        false => Err(MapError::Twice {
            what,
            name: name.as_ref().to_string(),
        }),
    }
}
