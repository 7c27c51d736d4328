//! One monitored signal and its state.

use super::number::MonitoredNumber;
use super::ratio::MonitoredRatio;
use crate::signals::map::SignalSpec;
use crate::signals::series::{QueryRole, SignalQuery, SignalRequest};
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

impl MonitoredSignal {
    pub(super) fn query(&self, index: usize, request: SignalRequest) -> SignalQuery {
        SignalQuery {
            signal: index,
            source: self.spec.source.clone(),
            request,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) enum SignalState {
    Ratio(Box<MonitoredRatio>),
    Number(Box<MonitoredNumber>),
}
