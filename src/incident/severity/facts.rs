//! Answers that need no person: the service map states whether a model acts by itself (rule A4) and whether a peak
//! event is on (rule M9); the record states how long the impact has lasted. The map of today need not be that of an
//! incident that is entered afterwards: of it, only a peak event that covers the time of the impact counts.

use super::known_fact::KnownFact;
use super::level::Answered;
use super::policy::Question;
use crate::incident::fold::Incident;
use crate::incident::ids::{PathId, Slug};
use crate::incident::windows::{Window, Windows};
use crate::signals::map::{Autonomy, PeakEvent, ServiceMap};
use crate::signals::{Cause, Reading};
use crate::times::{Lasted, StatedTime};
use chrono::{DateTime, Utc};

/// Whether a peak event of the map is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peak {
    During(String),
    Outside,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct SeverityFacts {
    /// The most autonomous first; `None` if the map does not have the path.
    pub models: Option<Vec<(Slug, Autonomy)>>,
    /// `None` if no map lists peak events for that time.
    pub peak: Option<Peak>,
    /// The sum of the windows of impact. `None`: the journal does not state the start, or an end of the past.
    pub lasting: Option<Lasted>,
    /// Entered after the event.
    pub is_past: bool,
}

impl SeverityFacts {
    pub fn of(map: &ServiceMap, incident: &Incident, now: DateTime<Utc>) -> Self {
        let Some(opened) = &incident.opened else {
            return Self::default();
        };
        let path = &opened.data.path;
        let own = !map.sample;
        let models = map.path(path).filter(|_| own).map(|_| {
            let mut models: Vec<(Slug, Autonomy)> = map
                .models_on(path)
                .map(|model| (model.model.clone(), model.autonomy))
                .collect();
            models.sort_by_key(|(_, autonomy)| *autonomy == Autonomy::Advises);
            models
        });
        let (windows, is_past) = (incident.windows(), incident.is_retrospective());
        // Of an incident that is entered afterwards, nobody knows that it goes on until now.
        let lasting = windows.as_ref().and_then(|windows| match is_past {
            true => windows.total(),
            false => windows.total_until(now),
        });
        let peak = match &windows {
            Some(windows) if is_past || !windows.is_open() => touched(map, path, windows),
            _ => map.peak(path, now),
        };
        let during = peak.map(|event| Peak::During(event.event.clone()));
        // No peak event of the past in the map of today says nothing.
        let outside = (!is_past).then_some(Peak::Outside);
        Self {
            models,
            peak: during.or(outside).filter(|_| own),
            lasting,
            is_past,
        }
    }

    pub fn answer(&self, question: &Question) -> Option<Answered> {
        let (answer, basis, minutes) = match question.known.as_ref()? {
            KnownFact::Autonomy { .. } if self.is_past => return None,
            KnownFact::Autonomy {
                acts,
                advises,
                none,
                unknown,
            } => {
                let answer = match self.models.as_deref() {
                    None => unknown,
                    Some([]) => none,
                    Some([(_, Autonomy::Acts), ..]) => acts,
                    Some([(_, Autonomy::Advises), ..]) => advises,
                };
                (answer, Cause::Declared, None)
            }
            KnownFact::Peak { during, outside } => {
                let answer = match self.peak.as_ref()? {
                    Peak::During(_) => during,
                    Peak::Outside => outside,
                };
                (answer, Cause::Declared, None)
            }
            KnownFact::Duration { bands, otherwise } => {
                let lasted = self.lasting?;
                let lasting = lasted.strictest();
                let band = bands.iter().find(|band| lasting < band.below.0);
                let answer = band.map_or(otherwise, |band| &band.answer);
                // Of uncertain ends the longest time decides: no number is known.
                let minutes = lasted.is_precise().then(|| lasting.num_minutes());
                let basis = if self.is_past {
                    Cause::Said
                } else {
                    Cause::Measured
                };
                (answer, basis, minutes)
            }
        };
        Some(Answered {
            question: question.id.clone(),
            answer: answer.clone(),
            basis,
            reading: minutes.map(|minutes| Reading::Value(minutes as f64)),
            unit: minutes.and_then(|_| Slug::new("minutes")),
        })
    }
}

/// A peak event during which there certainly was impact, however uncertain its times are.
fn touched<'m>(map: &'m ServiceMap, path: &PathId, windows: &Windows) -> Option<&'m PeakEvent> {
    let events = map.peak_events.iter();
    let mut events = events.filter(|event| event.paths.is_empty() || event.paths.contains(path));
    events.find(|event| windows.list.iter().any(|window| is_during(event, window)))
}

fn is_during(event: &PeakEvent, window: &Window) -> bool {
    let holds = |time: &StatedTime| {
        event.from <= time.from() && time.from() < event.to && time.until() <= event.to
    };
    let start = &window.start.at;
    if holds(start) {
        return true;
    }
    let Some(end) = window.end.map(|end| end.at) else {
        return false;
    };
    // From the latest start to the earliest end there was impact.
    let (from, to) = (start.until(), end.from());
    holds(&end) || (from <= to && from < event.to && event.from < to)
}

#[cfg(test)]
mod tests;
