//! The impact of an incident, as it is recorded: when a span of failing payments begins or ends, and every five minutes.

use super::observed::{in_each, record_all};
use crate::app::effect::Effect;
use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::app::selectors::impact::measured;
use crate::incident::Status;
use crate::incident::entry::ImpactMeasured;
use crate::incident::observation::worth_recording_impact;
use crate::signals::Cause;

pub(super) fn record(model: &mut Model) -> Vec<Effect> {
    let due = |view: &IncidentView| {
        let measured = measured(model, view)?;
        let incident = &view.incident;
        let facts = incident.signals.get(&measured.signal);
        let last = facts.and_then(|facts| facts.impacts.last());
        let last = last.map(|facts| &facts.last.data.impact);
        // What fails after the end is another incident's.
        let cause = worth_recording_impact(last, &measured.impact)
            .filter(|_| incident.status < Status::Resolved)?;
        Some(ImpactMeasured {
            supersedes: match cause {
                Cause::Cadence => None,
                _ => measured.supersedes,
            },
            cause,
            ..measured
        })
    };
    let wanted = in_each(model, due);
    record_all(model, wanted)
}
