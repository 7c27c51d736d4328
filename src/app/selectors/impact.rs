//! What failing payments cost, for an incident: now, or as last recorded.

use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::incident::entry::ImpactMeasured;
use crate::incident::fold::SignalFacts;
use crate::incident::{Incident, Slug, Status};
use crate::signals::Cause;
use crate::signals::impact::{Impact, ImpactBasis, ImpactSpan};
use crate::signals::money::loss;
use crate::signals::monitor::{MonitorReport, RatioReport, SignalReport};
use chrono::{DateTime, TimeDelta, Utc};

/// Before the start of an incident: a drop that ended later belongs to it.
const JUST_BEFORE: TimeDelta = TimeDelta::hours(1);

#[derive(Debug, Clone, PartialEq)]
pub struct ShownImpact {
    pub impact: Impact,
    /// Earlier spans of the same incident.
    pub earlier: Vec<Impact>,
    /// When it was recorded; `None`: measured now.
    pub recorded: Option<DateTime<Utc>>,
}

impl ShownImpact {
    /// Of all spans.
    pub fn total(&self) -> Impact {
        let earlier = self.earlier.iter();
        earlier.fold(self.impact.clone(), Impact::with)
    }
}

/// Measured now, else as last recorded.
pub fn shown(model: &Model, incident: &Incident) -> Option<ShownImpact> {
    let measured = of_incident(model, incident);
    let name = match &measured {
        Some((signal, _)) => signal.clone(),
        None => signal_of(model, incident)?,
    };
    let facts = incident.signals.get(&name);
    let spans = facts.map_or(&[][..], |facts| &facts.impacts);
    if let Some((_, impact)) = measured {
        let from = impact.from;
        let earlier = spans.iter().map(|span| &span.last.data.impact);
        let earlier = earlier.filter(|known| known.ended && known.from != from);
        return Some(ShownImpact {
            earlier: earlier.cloned().collect(),
            impact,
            recorded: None,
        });
    }
    let (last, spans) = spans.split_last()?;
    Some(ShownImpact {
        impact: last.last.data.impact.clone(),
        earlier: spans
            .iter()
            .map(|span| span.last.data.impact.clone())
            .collect(),
        recorded: Some(last.last.at),
    })
}

fn signal_of(model: &Model, incident: &Incident) -> Option<Slug> {
    let measured = incident.signals.iter();
    let mut recorded = measured.filter(|(_, facts)| !facts.impacts.is_empty());
    let named = recorded.next().map(|(name, _)| name.clone());
    named.or_else(|| Some(model.setup.signal.clone()))
}

/// The impact of now, with its signal; `None` while nothing is known now.
pub(crate) fn of_incident(model: &Model, incident: &Incident) -> Option<(Slug, Impact)> {
    // What is measured now says nothing about an incident that was entered afterwards.
    let report = model.live.report.as_ref();
    let report = report.filter(|_| !incident.is_retrospective())?;
    let (signal, ratio) = ratio_of(report, incident)?;
    // No verdict rests on a number that is not known, and lost contact is no recovery.
    ratio.now().filter(|_| ratio.has_volume)?;
    let known = incident.signals.get(&signal.signal);
    let known = known.and_then(|facts| facts.impacts.last());
    let known = known.map(|facts| &facts.last.data.impact);
    let ended = incident
        .reached(Status::Resolved)
        .map(|fact| fact.at.from());
    let span = span(ratio, known, incident.started()?, ended)?;
    let impact = Impact::of(span, &loss(ratio, span.from, span.to));
    Some((signal.signal.clone(), impact))
}

/// As a decision would record it.
pub(crate) fn measured(model: &Model, view: &IncidentView) -> Option<ImpactMeasured> {
    let (signal, impact) = of_incident(model, &view.incident)?;
    let report = model.live.report.as_ref()?;
    let named = report.signals.iter().find(|found| found.signal == signal)?;
    let source = model.source_of(named.source.as_ref())?;
    let facts = view.incident.signals.get(&signal);
    Some(ImpactMeasured {
        supersedes: Some(facts.map_or(0, SignalFacts::last_impact)),
        signal,
        impact,
        source,
        cause: Cause::Decision,
    })
}

/// The first ratio of the incident's path; of the strict path where its own has none.
fn ratio_of<'r>(
    report: &'r MonitorReport,
    incident: &Incident,
) -> Option<(&'r SignalReport, &'r RatioReport)> {
    let path = &incident.opened.as_ref()?.data.path;
    report.ratios_of(path).next().or_else(|| report.headline())
}

/// From the measured start of the drop, not from the alert. A span that is recorded and has not ended goes on: a new
/// estimate of its start never shrinks it.
fn span(
    ratio: &RatioReport,
    known: Option<&Impact>,
    started: DateTime<Utc>,
    resolved: Option<DateTime<Utc>>,
) -> Option<ImpactSpan> {
    let end = ratio.track.end()?;
    let drop = |from, or_before, to, ended| ImpactSpan {
        from,
        or_before,
        to,
        basis: ImpactBasis::Drop,
        ended,
    };
    // The same drop, after it was thought to be over.
    let again = |since: DateTime<Utc>| known.filter(|known| !known.ended || since <= known.to);
    if let Some(found) = &ratio.drop {
        let (from, or_before) = match again(found.since) {
            Some(known) if known.from <= found.since => (known.from, known.or_before),
            _ => (found.since, found.or_before),
        };
        return Some(drop(from, or_before, end, false));
    }
    let recovery = ratio.recovery.as_ref();
    if let Some(known) = known.filter(|known| !known.ended) {
        let ended = recovery
            .map(|found| found.ended)
            .filter(|at| *at > known.from);
        return Some(drop(
            known.from,
            known.or_before,
            ended.unwrap_or(known.to),
            true,
        ));
    }
    let is_new = |began| known.is_none_or(|known| began >= known.to);
    if let Some(found) =
        recovery.filter(|found| found.ended >= started - JUST_BEFORE && is_new(found.began))
    {
        return Some(drop(found.began, false, found.ended, true));
    }
    if known.is_some() {
        return None;
    }
    Some(ImpactSpan {
        from: started,
        or_before: false,
        to: resolved.unwrap_or(end).min(end),
        basis: ImpactBasis::Incident,
        ended: resolved.is_some(),
    })
}
