//! What is measured now may give another severity than the one in force: that is proposed, and a person decides. A
//! proposal must have held for a while, longer for a lower severity than for a graver one, so that a number that
//! swings about a bound proposes nothing.

use super::{record, severity};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::incident::entry::{Event, Proposed};
use crate::incident::observation::Cause;
use crate::incident::severity::{Answered, Answers, Facts, Progress, Question, Severity};
use crate::incident::{Draft, Incident, IncidentId, program};
use chrono::TimeDelta;

/// How long a graver one must have held.
const GRAVER: TimeDelta = TimeDelta::minutes(2);
/// How long a lesser one must have held.
const LESSER: TimeDelta = TimeDelta::minutes(10);

/// Looks at every open incident that is classified.
pub(super) fn consider(model: &mut Model) -> Vec<Effect> {
    let ids: Vec<IncidentId> = model.open_boards().map(|(id, _)| id.clone()).collect();
    let mut effects = Vec::new();
    for id in ids {
        let Some((wanted, draft)) = proposal(model, &id) else {
            model.live.leaning.remove(&id);
            continue;
        };
        let now = model.now;
        let leaning = model
            .live
            .leaning
            .entry(id.clone())
            .or_insert((wanted, now));
        if leaning.0 != wanted {
            *leaning = (wanted, now);
        }
        let current = model
            .boards
            .get(&id)
            .and_then(|board| board.incident.severity());
        let needed = if current.is_some_and(|current| wanted < current) {
            GRAVER
        } else {
            LESSER
        };
        if now - leaning.1 < needed || was_proposed(model, &id, wanted) {
            continue;
        }
        let asked = record(model, &id, vec![draft]);
        if !asked.is_empty() {
            model.ui.warn(format!(
                "measured now: {wanted}; s classifies anew, a person decides"
            ));
        }
        effects.extend(asked);
    }
    effects
}

/// Whether it was proposed since the classification in force.
fn was_proposed(model: &Model, id: &IncidentId, wanted: Severity) -> bool {
    model.boards.get(id).is_some_and(|board| {
        let since = board
            .incident
            .classification()
            .map_or(0, |verdict| verdict.seq);
        let mut proposals = board.incident.proposals.iter();
        proposals.any(|(seq, _, severity)| *seq > since && *severity == wanted)
    })
}

/// The severity that the answers in force give with what is measured now in the place of what was, where that is
/// another one.
fn proposal(model: &Model, id: &IncidentId) -> Option<(Severity, Draft)> {
    let incident = &model.boards.get(id)?.incident;
    let verdict = incident.classification()?;
    let (policy, digest) = &model.setup.severity;
    let mut answers: Answers = verdict
        .answers
        .iter()
        .map(|given| (given.question.clone(), given.answer.clone()))
        .collect();
    let facts = Facts::of(&model.setup.map, incident, model.now);
    let mut changed = Vec::new();
    for question in &policy.questions {
        // What a person said against a fact stands.
        let said = |given: &Answered| given.question == question.id && given.basis == Cause::Said;
        if question.known.is_some() && verdict.answers.iter().any(said) {
            continue;
        }
        let Some(now) = answer_now(model, incident, question, &facts) else {
            continue;
        };
        if answers.get(&question.id) != Some(&now.answer) {
            answers.insert(question.id.clone(), now.answer.clone());
            changed.push(now);
        }
    }
    // A question that now decides and was never asked is for a person, as everything that is not measured.
    let Progress::Decided(rule) = policy.progress(&answers) else {
        return None;
    };
    let other = rule.severity != verdict.severity && !changed.is_empty();
    let data = Proposed {
        against: verdict.seq,
        severity: rule.severity,
        rule: rule.id.clone(),
        policy: digest.clone(),
        answers: changed,
    };
    other.then(|| (rule.severity, Draft::new(&program(), Event::Proposed(data))))
}

/// What a fact or a measurement answers now.
fn answer_now(
    model: &Model,
    incident: &Incident,
    question: &Question,
    facts: &Facts,
) -> Option<Answered> {
    if question.known.is_some() {
        return facts.answer(question);
    }
    let now = severity::measured(model, incident, question)?;
    Some(Answered {
        question: question.id.clone(),
        answer: now.answer,
        basis: Cause::Measured,
        reading: Some(now.reading),
        unit: now.unit,
    })
}
