//! What needs no asking: the service map says whether a model acts by itself (rule A4) and whether a peak event is
//! on (rule M9), the record says for how long the impact has lasted.

use super::{Answered, Policy, Progress, Question};
use crate::incident::fold::Incident;
use crate::incident::ids::Slug;
use crate::incident::status::Status;
use crate::signals::Cause;
use crate::signals::Reading;
use crate::signals::map::{Autonomy, ConfigDuration, ServiceMap};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Which fact answers a question, and with which of its answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Known {
    /// What the service map says about models on the incident's path.
    Autonomy {
        /// One of them acts by itself.
        acts: Slug,
        /// A person reviews what they say.
        advises: Slug,
        /// None is named on this path.
        none: Slug,
        /// The map does not have the path.
        unknown: Slug,
    },
    /// Whether a peak event of the service map is on.
    Peak {
        /// One is.
        during: Slug,
        /// None is.
        outside: Slug,
    },
    /// How long the impact has lasted.
    Duration {
        /// Bands from the shortest; the first whose bound lies above answers.
        bands: Vec<LastingBand>,
        /// The answer beyond all bands.
        otherwise: Slug,
    },
}

/// A band of durations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastingBand {
    /// Upper bound, exclusive.
    pub below: ConfigDuration,
    /// The answer for what is shorter.
    pub answer: Slug,
}

impl Known {
    /// Every answer that it may give.
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

    /// The bounds of its bands, in seconds.
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

/// The facts of an incident at one time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// The models on the path, the most autonomous first; `None` where the map does not have the path.
    pub models: Option<Vec<(Slug, Autonomy)>>,
    /// The peak event that is on, where there is one; `None` where no map says when there are any.
    pub peak: Option<Option<String>>,
    /// How long the impact has lasted; `None` for a journal that does not say when it began.
    pub lasting: Option<TimeDelta>,
}

impl Facts {
    /// From the map and the record. The impact ends with the status that says so.
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
        let changes = incident.status_changes.iter().rev();
        let ended = changes
            .take_while(|change| change.status >= Status::Mitigated)
            .last();
        let until = ended.map_or(now, |change| change.at);
        Self {
            models,
            peak: own.then(|| map.peak(path, now).map(|event| event.event.clone())),
            lasting: Some((until - opened.data.started).max(TimeDelta::zero())),
        }
    }

    /// What they answer to a question, where the policy lets one of them.
    pub fn answer(&self, question: &Question) -> Option<Answered> {
        let (answer, basis, minutes) = match question.known.as_ref()? {
            Known::Autonomy {
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
            Known::Peak { during, outside } => {
                let answer = if self.peak.as_ref()?.is_some() {
                    during
                } else {
                    outside
                };
                (answer, Cause::Declared, None)
            }
            Known::Duration { bands, otherwise } => {
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

    /// What they say about a question, for people: names where there are some.
    pub fn words(&self, question: &Question) -> Option<String> {
        Some(match question.known.as_ref()? {
            Known::Autonomy { .. } => match self.models.as_deref() {
                None => "no service map of yours has this path".into(),
                Some([]) => "the service map names no model on this path".into(),
                Some(models) => {
                    let word = |(model, autonomy): &(Slug, Autonomy)| {
                        format!("{model} {}", autonomy.word())
                    };
                    let models: Vec<String> = models.iter().map(word).collect();
                    format!("the service map: {}", models.join(", "))
                }
            },
            Known::Peak { .. } => match &self.peak {
                Some(Some(event)) => format!("peak event in the service map: {event}"),
                Some(None) => "the service map has no peak event now".into(),
                None => "no service map of yours says when there are peak events".into(),
            },
            Known::Duration { .. } => match self.lasting {
                Some(lasting) => {
                    format!("lasts for {} minutes by the record", lasting.num_minutes())
                }
                None => "the record does not say when it began".into(),
            },
        })
    }
}

impl Policy {
    /// Answers by facts what the verdict needs next and nobody has to be asked, until a person has to be or a rule
    /// decides. Questions in `by_person` are left to people.
    pub fn complete(&self, answers: &mut Vec<Answered>, facts: &Facts, by_person: &[Slug]) {
        loop {
            let given = answers
                .iter()
                .map(|given| (given.question.clone(), given.answer.clone()))
                .collect();
            let Progress::Ask(question) = self.progress(&given) else {
                return;
            };
            if by_person.contains(&question.id) {
                return;
            }
            match facts.answer(question) {
                Some(answer) => answers.push(answer),
                None => return,
            }
        }
    }
}
