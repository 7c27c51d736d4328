//! One monitored signal and its state.

use super::number::MonitoredNumber;
use super::ratio::MonitoredRatio;
use crate::signals::map::SignalSpec;
use crate::signals::series::QueryRole;
use crate::text::{PathId, Problem, Safe};

#[derive(Debug, Clone)]
pub(super) struct MonitoredSignal {
    pub(super) path: PathId,
    pub(super) strict: bool,
    pub(super) spec: SignalSpec,
    pub(super) state: SignalState,
    pub(super) errors: Vec<(QueryRole, Problem)>,
    /// The source's words about answers that lack data.
    pub(super) partial: Vec<(QueryRole, Safe)>,
}

#[derive(Debug, Clone)]
pub(super) enum SignalState {
    Ratio(Box<MonitoredRatio>),
    Number(MonitoredNumber),
}
