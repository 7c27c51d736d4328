//! The service map: services, their paths, what must not degrade, and the signals that measure them.

mod check;
mod error;
mod promql;
mod queries;
pub(super) mod scrapes;
mod selectors;
mod slo;
mod spec;

pub use error::MapError;
pub use promql::window_of;
pub(super) use promql::{counter_rate, counter_rate_by, label_name};
pub use queries::RatioQueries;
pub(crate) use scrapes::KEY as SCRAPE_KEY;
pub(super) use selectors::{Needed, is_among};
pub use slo::signals_of;
pub use spec::{
    ConfigDuration, CorrectnessSpec, DeadlineSpec, LevelGroup, LevelSpec, RateSpec, SignalSpec,
    VersionSpec,
};

use super::closing::ClosingDays;
use crate::text::{PathId, ServiceId, Slug};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, de};

/// 30 days, as in most objectives.
const WINDOW_DAYS: u32 = 30;
/// In days.
pub const LONGEST_WINDOW_DAYS: u32 = 90;
/// In seconds.
const SCRAPE_SECONDS: u32 = 30;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceMap {
    /// Queries look back this much further, so that no increase falls between two scrapes.
    #[serde(default = "scrape_seconds")]
    pub scrape_seconds: u32,
    /// Of the error budget; it begins on a multiple of five minutes.
    #[serde(default = "window_days")]
    pub window_days: u32,
    pub services: Vec<Service>,
    /// Of the closing days: an IANA name.
    #[serde(default, deserialize_with = "time_zone")]
    pub time_zone: Tz,
    /// Days on which fewer payments than usual are normal, on all paths.
    #[serde(default)]
    pub closing_days: Vec<NaiveDate>,
    /// Events that multiply volume (rule M9).
    #[serde(default)]
    pub peak_events: Vec<PeakEvent>,
    /// AI models, and whether they advise or act (rule A4).
    #[serde(default)]
    pub models: Vec<AiModel>,
    /// Files of objectives (`OpenSLO` v1 or Sloth), relative to the map.
    #[serde(default)]
    pub slo_files: Vec<SloFile>,
    /// The shipped sample replaces a map of the organization: models and peak events in it mean nothing there.
    #[serde(skip)]
    pub sample: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SloFile {
    pub file: String,
    pub path: PathId,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// As intake and playbooks name it.
    pub service: ServiceId,
    /// A team, and how to reach it (rule M11).
    pub owner: String,
    pub paths: Vec<ServicePath>,
}

/// Something that users do.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServicePath {
    pub path: PathId,
    /// Confirming payments (rule M3).
    #[serde(default)]
    pub strict: bool,
    /// What must keep working in every outage (rule M8).
    #[serde(default)]
    pub must_not_degrade: Vec<String>,
    /// What may be switched off first (rule M8).
    #[serde(default)]
    pub may_degrade: Vec<String>,
    /// Known single points of failure (rule M10).
    #[serde(default)]
    pub single_points: Vec<String>,
    /// As those of the map, on this path.
    #[serde(default)]
    pub closing_days: Vec<NaiveDate>,
    pub money: Option<Pricing>,
    /// The first ratio is shown at the top of the screen.
    #[serde(default)]
    pub signals: Vec<SignalSpec>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pricing {
    /// ISO 4217 code.
    pub currency: String,
    /// Of a payment: gives an estimate.
    pub average: Option<f64>,
    /// Counter of the amount of failed payments, as a selector or with `$window`: gives a measurement.
    pub amount: Option<String>,
    /// Counter of payments of unknown outcome (timeouts, no answer from the provider).
    pub unknown: Option<String>,
    /// Whether the total of the path's first ratio counts them too. Needed only if the selectors do not show it.
    pub unknown_in_total: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeakEvent {
    /// Such as payday or a sale.
    pub event: String,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// Empty: all paths.
    #[serde(default)]
    pub paths: Vec<PathId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Autonomy {
    Advises,
    Acts,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AiModel {
    pub model: Slug,
    pub path: PathId,
    pub autonomy: Autonomy,
    /// What decides if the model is switched off.
    pub fallback: Option<String>,
}

fn scrape_seconds() -> u32 {
    SCRAPE_SECONDS
}

fn window_days() -> u32 {
    WINDOW_DAYS
}

fn time_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong = |_| {
        de::Error::custom(format!(
            "\"{text}\" is not a time zone such as Europe/Berlin"
        ))
    };
    text.parse().map_err(wrong)
}

impl PeakEvent {
    pub fn covers(&self, path: &PathId, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.to && (self.paths.is_empty() || self.paths.contains(path))
    }
}

impl ServiceMap {
    pub fn parse(text: &str) -> Result<Self, MapError> {
        serde_saphyr::from_str(text).map_err(|error| MapError::Yaml(error.to_string()))
    }

    pub fn paths(&self) -> impl Iterator<Item = (&Service, &ServicePath)> {
        self.services
            .iter()
            .flat_map(|service| service.paths.iter().map(move |path| (service, path)))
    }

    pub fn signals(&self) -> impl Iterator<Item = (&ServicePath, &SignalSpec)> {
        self.paths()
            .flat_map(|(_, path)| path.signals.iter().map(move |signal| (path, signal)))
    }

    /// The path that confirms payments; the first path if none is marked.
    pub fn strict(&self) -> Option<(&Service, &ServicePath)> {
        let marked = self.paths().find(|(_, path)| path.strict);
        marked.or_else(|| self.paths().next())
    }

    /// The service and the path of [`Self::strict`]. A checked map has one; without a map it is the path that confirms
    /// payments.
    pub fn strict_place(&self) -> (ServiceId, PathId) {
        let strict = self.strict();
        strict.map_or_else(
            || (ServiceId::nearest("payments"), PathId::nearest("confirm")),
            |(service, path)| (service.service.clone(), path.path.clone()),
        )
    }

    pub fn path(&self, name: &PathId) -> Option<(&Service, &ServicePath)> {
        self.paths().find(|(_, path)| path.path == *name)
    }

    pub fn peak(&self, path: &PathId, at: DateTime<Utc>) -> Option<&PeakEvent> {
        self.peak_events.iter().find(|event| event.covers(path, at))
    }

    pub fn closing_days(&self, path: &PathId) -> ClosingDays {
        let own = self.path(path).map(|(_, path)| &path.closing_days);
        let dates = self.closing_days.iter().chain(own.into_iter().flatten());
        ClosingDays::of(dates, self.time_zone)
    }

    pub fn models_on<'m>(&'m self, path: &'m PathId) -> impl Iterator<Item = &'m AiModel> {
        self.models.iter().filter(move |model| model.path == *path)
    }

    pub fn window(&self) -> TimeDelta {
        TimeDelta::days(i64::from(self.window_days))
    }
}

#[cfg(test)]
mod tests;
