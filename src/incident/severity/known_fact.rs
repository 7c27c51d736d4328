//! Facts that answer a question of a severity policy.

use crate::incident::ids::Slug;
use crate::signals::map::ConfigDuration;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum KnownFact {
    Autonomy {
        acts: Slug,
        advises: Slug,
        none: Slug,
        unknown: Slug,
    },
    Peak {
        during: Slug,
        outside: Slug,
    },
    Duration {
        /// From the shortest; the first whose bound lies above answers.
        bands: Vec<LastingBand>,
        otherwise: Slug,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastingBand {
    /// Exclusive.
    pub below: ConfigDuration,
    pub answer: Slug,
}

impl KnownFact {
    pub(super) fn answers(&self) -> Vec<&Slug> {
        match self {
            Self::Autonomy {
                acts,
                advises,
                none,
                unknown,
            } => vec![acts, advises, none, unknown],
            Self::Peak { during, outside } => vec![during, outside],
            Self::Duration { bands, otherwise } => {
                let bands = bands.iter().map(|band| &band.answer);
                bands.chain([otherwise]).collect()
            }
        }
    }

    pub(super) fn bounds(&self) -> Vec<f64> {
        match self {
            Self::Duration { bands, .. } => {
                let seconds = |band: &LastingBand| band.below.0.num_seconds() as f64;
                bands.iter().map(seconds).collect()
            }
            Self::Autonomy { .. } | Self::Peak { .. } => Vec::new(),
        }
    }
}
