//! Readings of the signals, and what of them is recorded.

use super::contact::{contact, lost};
use super::intake::symptoms;
use super::observed::{in_each, record_all};
use super::{backfill, impact};
use crate::app::effect::Effect;
use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::incident::entry::SignalSeen;
use crate::incident::fold::SignalFacts;
use crate::incident::observation::{worth_recording, worth_recording_number};
use crate::incident::{Slug, SourceId};
use crate::signals::monitor::MonitorReport;
use crate::signals::noise::of_window;
use crate::signals::{Cause, Sample};

/// One report has every number of one moment.
pub(crate) fn report(model: &mut Model, report: Box<MonitorReport>) -> Vec<Effect> {
    for (source, answered) in &report.contacts {
        match answered {
            Ok(()) => contact(model, source),
            Err(problem) => lost(model, source, problem.clone()),
        }
    }
    model.live.report = Some(report);
    let mut effects = record_headline(model);
    effects.extend(record_numbers(model));
    effects.extend(backfill::record(model));
    effects.extend(impact::record(model));
    effects.extend(symptoms::consider(model));
    effects
}

fn record_headline(model: &mut Model) -> Vec<Effect> {
    let Some((sample, source)) = measured(model) else {
        return Vec::new();
    };
    let (name, objective) = (&model.setup.signal, model.setup.objective);
    let noise = model.headline().map_or(0.0, |(_, ratio)| {
        of_window(&ratio.track, &ratio.current.window, ratio.has_volume)
    });
    let reading_of = |view: &IncidentView| {
        let last = last_recorded(model, view, name);
        let cause = worth_recording(last, sample, objective, noise)?;
        Some(SignalSeen {
            supersedes: superseded(view, name, cause),
            signal: name.clone(),
            reading: sample.reading,
            unit: None,
            at: sample.at,
            source: source.clone(),
            cause,
        })
    };
    let wanted = in_each(model, reading_of);
    record_all(model, wanted)
}

/// The reading at the top of the screen, if its source answered: lost contact is recorded as that, not as a reading.
fn measured(model: &Model) -> Option<(Sample, SourceId)> {
    let (signal, _) = model.headline().filter(|(signal, _)| signal.answered)?;
    let source = model.source_of(signal.source.as_ref())?;
    let state = model.live.sources.get(&source)?;
    let is_answered = state.error.is_none() && state.answered.is_some();
    is_answered.then_some((model.sample()?, source))
}

fn record_numbers(model: &mut Model) -> Vec<Effect> {
    let mut wanted = Vec::new();
    let report = model.live.report.as_ref();
    for signal in report.iter().flat_map(|report| &report.signals) {
        let Some((sample, unit, fine)) = signal.number() else {
            continue;
        };
        let Some(source) = model.source_of(signal.source.as_ref()) else {
            continue;
        };
        let name = &signal.signal;
        let reading_of = |view: &IncidentView| {
            let last = last_recorded(model, view, name);
            let cause = worth_recording_number(last, sample, &fine)?;
            Some(SignalSeen {
                supersedes: superseded(view, name, cause),
                signal: name.clone(),
                reading: sample.reading,
                unit: Some(unit.clone()),
                at: sample.at,
                source: source.clone(),
                cause,
            })
        };
        wanted.extend(in_each(model, reading_of));
    }
    record_all(model, wanted)
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
