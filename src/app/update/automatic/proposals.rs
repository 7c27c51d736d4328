//! Proposes another severity when measurements give one; a person decides. It must hold for a while, longer for a lower
//! severity than for a graver one, so that a number that swings about a bound proposes nothing.

use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::recording::record;
use crate::app::selectors::question;
use crate::app::severity_trend::{Measured, SeverityTrend};
use crate::incident::entry::Proposed;
use crate::incident::fold::Classification;
use crate::incident::severity::{
    Answered, Answers, Progress, Question, Rule, Severity, SeverityFacts, SeverityPolicy,
};
use crate::incident::{Draft, Incident, IncidentId, Slug, program};
use crate::signals::Cause;
use chrono::{DateTime, TimeDelta, Utc};
use std::cmp::Ordering;

/// How long a graver severity must have held.
const GRAVER: TimeDelta = TimeDelta::minutes(2);
/// How long a lesser severity must have held.
const LESSER: TimeDelta = TimeDelta::minutes(10);

pub(crate) fn consider(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    for id in model.open_ids() {
        let Some(found) = measured_now(model, &id) else {
            model.live.severity_trend.remove(&id);
            continue;
        };
        let (now, wanted) = (model.now, found.severity);
        let measured = Measured {
            severity: wanted,
            otherwise: found.questions(),
            missing: &found.missing,
        };
        let severity_trend = model.live.severity_trend.entry(id.clone()).or_default();
        let known = severity_trend.follow(found.against, now, &measured);
        if !known || wanted == found.in_force || !found.has_held(severity_trend, now) {
            continue;
        }
        let asked = record(model, &id, vec![found.draft()]);
        if !asked.is_empty() {
            model.ui.warn(format!(
                "measured now: {wanted}; s classifies anew, a person decides"
            ));
        }
        effects.extend(asked);
    }
    effects
}

/// What the answers in force give with the present measurements in place of the earlier ones.
struct Found {
    against: u64,
    in_force: Severity,
    last: Option<(u64, Severity)>,
    severity: Severity,
    rule: Slug,
    policy: String,
    /// Answers that differ now.
    changed: Vec<Answered>,
    /// Questions that a number could answer, and none does now.
    missing: Vec<Slug>,
}

impl Found {
    fn questions(&self) -> Vec<Slug> {
        let changed = self.changed.iter();
        changed.map(|given| given.question.clone()).collect()
    }

    /// Compared with the last proposal, else with what is in force. A proposal on the same side is lowered as slowly as
    /// a severity.
    fn has_held(&self, severity_trend: &SeverityTrend, now: DateTime<Utc>) -> bool {
        let graver = self.severity < self.in_force;
        let last = self.last.map(|(_, severity)| severity);
        let last = last.filter(|last| (*last < self.in_force) == graver);
        match self.severity.cmp(&last.unwrap_or(self.in_force)) {
            Ordering::Less => severity_trend.as_grave_for(self.severity, now) >= GRAVER,
            Ordering::Equal => false,
            Ordering::Greater => severity_trend.as_slight_for(self.severity, now) >= LESSER,
        }
    }

    fn draft(self) -> Draft {
        let data = Proposed {
            against: self.against,
            supersedes: self.last.map_or(0, |(seq, _)| seq),
            severity: self.severity,
            rule: self.rule,
            policy: self.policy,
            answers: self.changed,
        };
        Draft::new(&program(), data)
    }
}

fn measured_now(model: &Model, id: &IncidentId) -> Option<Found> {
    let incident = &model.views.get(id)?.incident;
    let verdict = incident.classification()?;
    let policy = &model.setup.severity;
    let mut answers: Answers = verdict
        .answers
        .iter()
        .map(|given| (given.question.clone(), given.answer.clone()))
        .collect();
    let facts = SeverityFacts::of(&model.setup.map, incident, model.now);
    let (mut changed, mut missing) = (Vec::new(), Vec::new());
    for question in &policy.questions {
        // A person's answer against a fact stays.
        let by_person =
            |given: &Answered| given.question == question.id && given.basis == Cause::Said;
        if question.known.is_some() && verdict.answers.iter().any(by_person) {
            continue;
        }
        let Some(now) = answer_now(model, incident, question, &facts) else {
            if !question::is_within_tolerance(model, question) {
                missing.push(question.id.clone());
            }
            continue;
        };
        if answers.get(&question.id) != Some(&now.answer) {
            answers.insert(question.id.clone(), now.answer.clone());
            changed.push(now);
        }
    }
    keep_confirmed(policy, verdict, &mut answers, &mut changed);
    let found = judged(policy, &answers, verdict.severity).filter(|_| !changed.is_empty());
    let (severity, rule) = found.map_or((verdict.severity, verdict.rule.clone()), |rule| {
        (rule.severity, rule.id.clone())
    });
    let last = incident.proposed();
    Some(Found {
        last: last.map(|last| (last.seq, last.severity)),
        against: verdict.seq,
        in_force: verdict.severity,
        severity,
        rule,
        policy: policy.digest.clone(),
        changed,
        missing,
    })
}

/// A question that now decides and was never asked is for a person. Until then the worst answer counts: what is lesser
/// even so is proposed, and nothing graver because an answer is missing.
fn judged<'p>(
    policy: &'p SeverityPolicy,
    answers: &'p Answers,
    in_force: Severity,
) -> Option<&'p Rule> {
    match policy.progress(answers) {
        Progress::Decided(rule) => Some(rule),
        Progress::Ask(_) => Some(policy.worst(answers)).filter(|rule| rule.severity > in_force),
    }
}

/// A correctness signal raises a suspicion; what a person has confirmed stays, unless the suspicion is graver.
fn keep_confirmed(
    policy: &SeverityPolicy,
    verdict: &Classification,
    answers: &mut Answers,
    changed: &mut Vec<Answered>,
) {
    let mut suspicions = policy.questions.iter().filter(|q| q.correctness.is_some());
    let said = suspicions.find_map(|question| {
        let mut given = verdict.answers.iter();
        let said = given.find(|it| it.question == question.id && it.basis == Cause::Said)?;
        let is_changed = changed.iter().any(|it| it.question == question.id);
        is_changed.then_some(said)
    });
    let Some(said) = said else { return };
    let mut confirmed = answers.clone();
    confirmed.insert(said.question.clone(), said.answer.clone());
    // By severity, then by the order of the rules.
    let weight = |answers: &Answers| {
        let rule = judged(policy, answers, verdict.severity);
        rule.map_or((verdict.severity, usize::MAX), |rule| {
            let place = policy.rules.iter().position(|it| it.id == rule.id);
            (rule.severity, place.unwrap_or(usize::MAX))
        })
    };
    if weight(&confirmed) <= weight(answers) {
        *answers = confirmed;
        changed.retain(|it| it.question != said.question);
    }
}

fn answer_now(
    model: &Model,
    incident: &Incident,
    question: &Question,
    facts: &SeverityFacts,
) -> Option<Answered> {
    if question.known.is_some() {
        return facts.answer(question);
    }
    let now = question::measured(model, incident, question)?;
    Some(Answered {
        question: question.id.clone(),
        answer: now.answer,
        basis: Cause::Measured,
        reading: Some(now.reading),
        unit: now.unit,
    })
}
