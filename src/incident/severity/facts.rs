//! Answers that need no person: the service map states whether a model acts by itself (rule A4) and whether a peak
//! event is on (rule M9); the record states how long the impact has lasted.

use super::known_fact::KnownFact;
use super::level::Answered;
use super::policy::Question;
use crate::incident::fold::Incident;
use crate::incident::ids::Slug;
use crate::signals::map::{Autonomy, ServiceMap};
use crate::signals::{Cause, Reading};
use chrono::{DateTime, TimeDelta, Utc};

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
    /// `None` if no map lists peak events.
    pub peak: Option<Peak>,
    /// The sum of the windows of impact. `None`: the journal does not state the start, or an end of the past.
    pub lasting: Option<TimeDelta>,
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
        // Of an incident that is entered afterwards, nobody knows that it goes on until now.
        let lasted = incident
            .windows()
            .and_then(|windows| match incident.is_retrospective() {
                true => windows.total(),
                false => windows.total_until(now),
            });
        Self {
            models,
            peak: own.then(|| match map.peak(path, now) {
                Some(event) => Peak::During(event.event.clone()),
                None => Peak::Outside,
            }),
            lasting: lasted.map(|lasted| lasted.strictest()),
        }
    }

    pub fn answer(&self, question: &Question) -> Option<Answered> {
        let (answer, basis, minutes) = match question.known.as_ref()? {
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
                let lasting = self.lasting?;
                let band = bands.iter().find(|band| lasting < band.below.0);
                let answer = band.map_or(otherwise, |band| &band.answer);
                (answer, Cause::Measured, Some(lasting.num_minutes()))
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
