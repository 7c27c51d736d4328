//! Problems of a service map.

use crate::text::{PathId, Slug};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    #[error("{0}")]
    Yaml(String),
    #[error("no service; one with one path is enough")]
    Empty,
    #[error("{what} must be {range}, not {found}")]
    Range {
        what: String,
        range: &'static str,
        found: String,
    },
    #[error("{what} \"{name}\" is named twice")]
    Twice { what: &'static str, name: String },
    #[error("{what} names path \"{path}\", which no service has")]
    NoSuchPath { what: String, path: PathId },
    #[error(
        "signal \"{0}\" needs exactly one of ratio, rate, latency, correctness, level, version, deadline"
    )]
    Measurements(Slug),
    #[error("signal \"{0}\" needs either `good` or `bad`")]
    GoodOrBad(Slug),
    #[error(
        "signal \"{0}\": `by` needs selectors for both counters; an expression with $window cannot be split"
    )]
    ByNeedsSelectors(Slug),
    #[error("signal \"{signal}\": \"{label}\" is not a label name")]
    Label { signal: Slug, label: String },
    #[error("signal \"{signal}\": {what} is empty")]
    NoQuery { signal: Slug, what: &'static str },
    #[error("peak event \"{0}\" ends before it begins")]
    Backwards(String),
    #[error("path \"{0}\": money needs `average` or `amount`, and a currency of three letters")]
    Pricing(PathId),
}
