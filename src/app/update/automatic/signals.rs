//! Readings of the signals, and what of them is recorded.

use super::contact::{contact, lost};
use super::intake::symptoms;
use crate::app::effect::Effect;
use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::app::recording::record_observation;
use crate::incident::entry::SignalSeen;
use crate::incident::fold::SignalFacts;
use crate::incident::observation::{worth_recording, worth_recording_number};
use crate::incident::{Draft, IncidentId, Slug, SourceId, program};
use crate::signals::monitor::MonitorReport;
use crate::signals::{Cause, Sample};
use crate::text::Problem;

pub(crate) fn signal(
    model: &mut Model,
    source: &SourceId,
    result: Result<Sample, Problem>,
    in_contact: bool,
) -> Vec<Effect> {
    if in_contact {
        contact(model, source);
    }
    match result {
        Ok(mut sample) => {
            // A source whose clock is ahead must not make an old reading look fresh for as long.
            sample.at = sample.at.min(model.now);
            model.live.signal_error = None;
            model.remember(sample);
            record_sample(model, source, sample)
        }
        Err(problem) => {
            match in_contact {
                true => model.live.signal_error = Some(problem),
                false => lost(model, source, problem),
            }
            Vec::new()
        }
    }
}

fn record_sample(model: &mut Model, source: &SourceId, sample: Sample) -> Vec<Effect> {
    let (name, objective) = (model.setup.signal.clone(), model.setup.objective);
    let wanted: Vec<(IncidentId, Draft)> = model
        .open_views()
        .filter_map(|(id, view)| {
            let last = last_recorded(model, view, &name);
            let cause = worth_recording(last, sample, objective)?;
            let data = SignalSeen {
                supersedes: superseded(view, &name, cause),
                signal: name.clone(),
                reading: sample.reading,
                unit: None,
                at: sample.at,
                source: source.clone(),
                cause,
            };
            Some((id.clone(), Draft::new(&program(), data)))
        })
        .collect();
    wanted
        .into_iter()
        .flat_map(|(id, draft)| record_observation(model, &id, vec![draft]))
        .collect()
}

/// After a step of the clock a source's times may go by it or not: the earlier of both counts.
fn last_recorded(model: &Model, view: &IncidentView, signal: &Slug) -> Option<Sample> {
    let facts = view.incident.signals.get(signal)?;
    let mut last = facts.last()?;
    let restated = view
        .incident
        .restated(facts.last_entry(), last.at, &model.stamp);
    last.at = last.at.min(restated);
    Some(last)
}

/// At the cadence there is one for each interval, whatever it follows.
fn superseded(view: &IncidentView, signal: &Slug, cause: Cause) -> Option<u64> {
    let facts = view.incident.signals.get(signal);
    (cause != Cause::Cadence).then(|| facts.map_or(0, SignalFacts::last_entry))
}

pub(crate) fn report(model: &mut Model, report: Box<MonitorReport>) -> Vec<Effect> {
    let source = model.metrics_source().cloned();
    let mut wanted = Vec::new();
    for signal in &report.signals {
        let Some((sample, unit, fine)) = signal.number() else {
            continue;
        };
        for (id, view) in model.open_views() {
            let last = last_recorded(model, view, &signal.signal);
            let Some(cause) = worth_recording_number(last, sample, &fine) else {
                continue;
            };
            let Some(source) = signal.source.clone().or_else(|| source.clone()) else {
                continue;
            };
            let data = SignalSeen {
                supersedes: superseded(view, &signal.signal, cause),
                signal: signal.signal.clone(),
                reading: sample.reading,
                unit: Some(unit.clone()),
                at: sample.at,
                source,
                cause,
            };
            wanted.push((id.clone(), Draft::new(&program(), data)));
        }
    }
    model.live.report = Some(report);
    let mut effects = symptoms::consider(model);
    let record = |(id, draft): (IncidentId, Draft)| record_observation(model, &id, vec![draft]);
    effects.extend(wanted.into_iter().flat_map(record));
    effects
}
