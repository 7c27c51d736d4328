//! The service map: services, their paths, what must not degrade, and the signals that show how they are.

mod check;
mod queries;
mod slo;
mod spec;

pub use check::MapError;
pub(super) use queries::counter_rate;
pub use queries::{RatioQueries, window_of};
pub use slo::{SloObjectives, SloError, signals_of};
pub use spec::{
    CorrectnessSpec, DeadlineSpec, LevelGroup, LatencySpec, LevelSpec, RatioSpec, SignalSpec, ConfigDuration,
    VersionSpec,
};

use crate::text::Slug;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Budget window where a map names none: 30 days, as most objectives are agreed.
const WINDOW_DAYS: u32 = 30;
/// Longest budget window, in days.
pub const LONGEST_WINDOW_DAYS: u32 = 90;
/// Scrape interval where a map names none, in seconds.
const SCRAPE_SECONDS: u32 = 30;

/// Services, paths, signals, peak events and AI models of an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceMap {
    /// Seconds between scrapes: queries look this much further back, so that no increase falls between two.
    #[serde(default = "scrape_seconds")]
    pub scrape_seconds: u32,
    /// Length of the error-budget window in days; it begins on a whole five minutes.
    #[serde(default = "window_days")]
    pub window_days: u32,
    /// The services.
    pub services: Vec<Service>,
    /// Events that multiply volume (rule M9).
    #[serde(default)]
    pub peak_events: Vec<PeakEvent>,
    /// AI models, and whether they advise or act (rule A4).
    #[serde(default)]
    pub models: Vec<AiModel>,
    /// Files of objectives to read in as they are: `OpenSLO` v1 or Sloth. Relative to the map.
    #[serde(default)]
    pub slo_files: Vec<SloFile>,
    /// Whether it is the shipped sample, in the place of one of the organization's own: it says nothing about models
    /// and peak events there.
    #[serde(skip)]
    pub sample: bool,
}

/// A file of objectives, and the path that they belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SloFile {
    /// Where it is.
    pub file: String,
    /// The path that its signals belong to.
    pub path: Slug,
}

/// A service and its paths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name, as intake and playbooks use it.
    pub service: Slug,
    /// Who owns it: a team, and how to reach it (rule M11).
    pub owner: String,
    /// Its paths.
    pub paths: Vec<ServicePath>,
}

/// One path of a service: a thing users do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServicePath {
    /// Its name.
    pub path: Slug,
    /// Whether it is the strict path: confirming payments (rule M3).
    #[serde(default)]
    pub strict: bool,
    /// What must keep working whatever else fails (rule M8).
    #[serde(default)]
    pub must_not_degrade: Vec<String>,
    /// What may be switched off first (rule M8).
    #[serde(default)]
    pub may_degrade: Vec<String>,
    /// Known single points of failure (rule M10).
    #[serde(default)]
    pub single_points: Vec<String>,
    /// What a payment on this path is worth.
    #[serde(default)]
    pub money: Option<Pricing>,
    /// How it is measured. The first ratio is the one that the top of the screen shows.
    #[serde(default)]
    pub signals: Vec<SignalSpec>,
}

/// What failed payments cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pricing {
    /// ISO 4217 code.
    pub currency: String,
    /// Average amount of a payment; an estimate, and marked as one.
    #[serde(default)]
    pub average: Option<f64>,
    /// Counter of the amount of failed payments, as a selector or with `$window`: a measurement.
    #[serde(default)]
    pub amount: Option<String>,
    /// Counter of payments whose outcome is not known (timeouts, no answer from the provider).
    #[serde(default)]
    pub unknown: Option<String>,
}

/// A time in which volume multiplies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeakEvent {
    /// What it is: payday, a sale.
    pub event: String,
    /// Its begin, with a zone.
    pub from: DateTime<Utc>,
    /// Its end, with a zone.
    pub to: DateTime<Utc>,
    /// The paths that it hits; all where none is named.
    #[serde(default)]
    pub paths: Vec<Slug>,
}

/// Whether a model's output is reviewed by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Autonomy {
    /// A person decides; the model advises.
    Advises,
    /// The model decides by itself.
    Acts,
}

impl Autonomy {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Advises => "advises",
            Self::Acts => "acts by itself",
        }
    }
}

/// An AI model on a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AiModel {
    /// Its name.
    pub model: Slug,
    /// The path that it is on.
    pub path: Slug,
    /// Whether it acts.
    pub autonomy: Autonomy,
    /// What decides when it is switched off.
    #[serde(default)]
    pub fallback: Option<String>,
}

fn scrape_seconds() -> u32 {
    SCRAPE_SECONDS
}

fn window_days() -> u32 {
    WINDOW_DAYS
}

impl PeakEvent {
    /// Whether it is on at this time for this path.
    pub fn covers(&self, path: &Slug, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.to && (self.paths.is_empty() || self.paths.contains(path))
    }
}

impl ServiceMap {
    /// From YAML.
    pub fn parse(text: &str) -> Result<Self, MapError> {
        serde_saphyr::from_str(text).map_err(|error| MapError::Yaml(error.to_string()))
    }

    /// Every path, with its service.
    pub fn paths(&self) -> impl Iterator<Item = (&Service, &ServicePath)> {
        self.services
            .iter()
            .flat_map(|service| service.paths.iter().map(move |path| (service, path)))
    }

    /// Every signal, with the path that it measures.
    pub fn signals(&self) -> impl Iterator<Item = (&ServicePath, &SignalSpec)> {
        self.paths()
            .flat_map(|(_, path)| path.signals.iter().map(move |signal| (path, signal)))
    }

    /// The strict path: the one that confirms payments; the first, where none is marked.
    pub fn strict(&self) -> Option<(&Service, &ServicePath)> {
        let marked = self.paths().find(|(_, path)| path.strict);
        marked.or_else(|| self.paths().next())
    }

    /// The names of the strict path's service and of the path. A checked map has one; without any map that confirms
    /// payments is meant.
    pub fn strict_place(&self) -> (Slug, Slug) {
        let strict = self.strict();
        strict.map_or_else(
            || (Slug::nearest("payments"), Slug::nearest("confirm")),
            |(service, path)| (service.service.clone(), path.path.clone()),
        )
    }

    /// A path by name.
    pub fn path(&self, name: &Slug) -> Option<(&Service, &ServicePath)> {
        self.paths().find(|(_, path)| path.path == *name)
    }

    /// The peak event on a path at this time.
    pub fn peak(&self, path: &Slug, at: DateTime<Utc>) -> Option<&PeakEvent> {
        self.peak_events.iter().find(|event| event.covers(path, at))
    }

    /// The AI models on a path.
    pub fn models_on<'m>(&'m self, path: &'m Slug) -> impl Iterator<Item = &'m AiModel> {
        self.models.iter().filter(move |model| model.path == *path)
    }

    /// The length of the budget window.
    pub fn window(&self) -> TimeDelta {
        TimeDelta::days(i64::from(self.window_days))
    }
}

#[cfg(test)]
mod tests;
