//! What intents depend on besides the incident.

use super::people::Named;
use super::refused::{Refused, refuse};
use crate::app::incident_view::IncidentView;
use crate::app::setup::Person;
use crate::config::Digested;
use crate::incident::entry::{ImpactMeasured, SignalSeen};
use crate::incident::fold::SignalFacts;
use crate::incident::severity::{SeverityFacts, SeverityPolicy};
use crate::incident::{ActorId, Draft, Slug, SourceId, program};
use crate::playbook::Library;
use crate::signals::{Cause, Sample};
use crate::times::StatedTime;
use chrono::{DateTime, Utc};

/// The last reading of the watched signal.
#[derive(Debug, Clone, Copy)]
pub struct SignalReading<'d> {
    pub sample: Sample,
    pub signal: &'d Slug,
    pub source: &'d SourceId,
}

pub struct IntentContext<'d> {
    pub me: &'d Person,
    pub library: &'d Library,
    pub severity: &'d Digested<SeverityPolicy>,
    /// What the service map and the record answer by themselves.
    pub facts: SeverityFacts,
    pub now: DateTime<Utc>,
    /// When it happened, if that was earlier.
    pub occurred: Option<StatedTime>,
    /// A person has confirmed what is asked about.
    pub anyway: bool,
    pub reading: Option<SignalReading<'d>>,
    /// What failing payments cost, as measured now.
    pub impact: Option<ImpactMeasured>,
    pub named: Option<Named>,
}

impl IntentContext<'_> {
    /// Also a person who is introduced with this intent.
    pub(super) fn knows(&self, view: &IncidentView, who: &ActorId) -> bool {
        let named = self.named.as_ref().is_some_and(|named| named.actor == *who);
        named || *who == self.me.actor || view.incident.actors.contains_key(who)
    }

    /// What a decision rests on, as far as it is not recorded yet: the reading, and the impact.
    pub(super) fn unrecorded(&self, view: &IncidentView) -> Vec<Draft> {
        // What is measured now says nothing of an incident that is entered afterwards.
        if view.incident.is_retrospective() {
            return Vec::new();
        }
        let impact = self.impact.iter().filter(|impact| {
            let known = view.incident.signals.get(&impact.signal);
            let last = known.and_then(|facts| facts.impacts.last());
            last.is_none_or(|last| last.last.data.impact != impact.impact)
        });
        let impact = impact.map(|impact| Draft::new(&program(), impact.clone()));
        self.unrecorded_reading(view)
            .into_iter()
            .chain(impact)
            .collect()
    }

    /// The last reading, unless it is recorded already: what was known at a decision.
    fn unrecorded_reading(&self, view: &IncidentView) -> Option<Draft> {
        let SignalReading {
            sample,
            signal,
            source,
        } = self.reading?;
        let recorded = view.incident.signals.get(signal);
        let last = recorded.and_then(SignalFacts::last);
        if last.is_some_and(|last| last.at >= sample.at) {
            return None;
        }
        let data = SignalSeen {
            supersedes: None,
            signal: signal.clone(),
            reading: sample.reading,
            unit: None,
            at: sample.at,
            source: source.clone(),
            cause: Cause::Decision,
        };
        Some(Draft::new(&program(), data))
    }
}

/// Refuses a person who has not taken part.
pub(super) fn must_take_part(
    view: &IncidentView,
    context: &IntentContext<'_>,
    who: Option<&ActorId>,
    hint: &str,
) -> Result<(), Refused> {
    match who.filter(|who| !context.knows(view, who)) {
        Some(who) => Err(refuse(
            format!("{who} has not taken part in this incident"),
            hint,
        )),
        None => Ok(()),
    }
}
