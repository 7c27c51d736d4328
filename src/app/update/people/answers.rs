//! The answers to the severity questions: given, taken back, taken over. Nothing is recorded.

use crate::app::model::Model;
use crate::app::selectors::question::{facts, measured, open_question};
use crate::app::ui::Answering;
use crate::incident::Incident;
use crate::incident::Slug;
use crate::incident::severity::Answered;
use crate::signals::Cause;
use chrono::TimeDelta;

/// Only what no fact answers is asked.
pub(super) fn know(model: &mut Model) {
    let facts = facts(model);
    let mut answered = answered(&model.ui.answers);
    let before = answered.len();
    let policy = &model.setup.severity;
    policy.complete(&mut answered, &facts, &model.ui.answers.by_person);
    let answers = &mut model.ui.answers;
    for known in answered.into_iter().skip(before) {
        answers.order.push(known.question.clone());
        answers
            .answers
            .insert(known.question.clone(), known.answer.clone());
        answers.known.insert(known.question.clone(), known);
    }
}

/// The cursor starts at the measurement, else at the last answer: "not known yet" before a guess.
pub(super) fn place_cursor(model: &mut Model) {
    let Some(question) = open_question(model) else {
        return;
    };
    let proposal = model
        .incident()
        .and_then(|incident| measured(model, incident, question));
    // A question that a fact answers is open because somebody went back to it: the fact is where they start.
    let known = facts(model).answer(question).map(|known| known.answer);
    let proposed = proposal.as_ref().map(|proposal| proposal.answer.clone());
    // What was answered the last time, where nothing is known better.
    let verdict = model.incident().and_then(Incident::classification);
    let before = verdict.and_then(|verdict| {
        let mut answers = verdict.answers.iter();
        answers.find(|given| given.question == question.id)
    });
    // A measurement raises a suspicion; what a person has confirmed stays confirmed.
    let confirmed = before
        .filter(|_| question.correctness.is_some())
        .filter(|given| given.basis == Cause::Said)
        .map(|given| given.answer.clone())
        .filter(|given| {
            let policy = &model.setup.severity;
            proposed
                .as_ref()
                .is_some_and(|proposed| policy.is_graver(question, given, proposed))
        });
    let wanted = confirmed
        .or(proposed)
        .or(known)
        .or(before.map(|given| given.answer.clone()));
    let cursor = question.answers.iter().position(|answer| match &wanted {
        Some(wanted) => answer.id == *wanted,
        None => answer.id.as_str() == "unknown",
    });
    model.ui.answers.cursor = cursor.unwrap_or(0);
    model.ui.answers.proposal = proposal;
}

pub(crate) fn step(model: &mut Model, down: bool) {
    let Some(count) = open_question(model).map(|question| question.answers.len()) else {
        return;
    };
    let cursor = &mut model.ui.answers.cursor;
    *cursor = if down {
        (*cursor + 1).min(count - 1)
    } else {
        cursor.saturating_sub(1)
    };
}

/// Facts that followed are answered again.
pub(crate) fn reopen(model: &mut Model) {
    let answers = &mut model.ui.answers;
    while let Some(known) = answers
        .order
        .pop_if(|last| answers.known.contains_key(last))
    {
        answers.known.remove(&known);
        answers.answers.remove(&known);
    }
    back(model);
    model.ui.answers.asked = Some(model.now);
}

/// A key repeated so soon does not answer the next question.
const AGAIN: TimeDelta = TimeDelta::milliseconds(400);

pub(crate) fn is_pressed_twice(model: &Model) -> bool {
    let span = AGAIN * model.setup.seconds_per_second() as i32;
    let asked = model.ui.answers.asked;
    asked.is_some_and(|at| (model.now - at).abs() < span)
}

pub(super) fn back(model: &mut Model) {
    let answers = &mut model.ui.answers;
    let mut given = None;
    if let Some(last) = answers.order.pop() {
        given = answers.answers.remove(&last);
        answers.measured.remove(&last);
        answers.against.remove(&last);
        if answers.known.remove(&last).is_some() {
            answers.by_person.push(last);
        }
    }
    place_cursor(model);
    // On what was answered: Enter says it again.
    let question = open_question(model);
    let at = given.zip(question).and_then(|(given, question)| {
        question
            .answers
            .iter()
            .position(|answer| answer.id == given)
    });
    model.ui.answers.cursor = at.unwrap_or(model.ui.answers.cursor);
}

pub(super) fn answered(answering: &Answering) -> Vec<Answered> {
    let recorded = |question: &Slug| {
        if let Some(known) = answering.known.get(question) {
            return Some(known.clone());
        }
        let measured = answering.measured.get(question);
        Some(Answered {
            question: question.clone(),
            answer: answering.answers.get(question)?.clone(),
            basis: match measured {
                Some(_) => Cause::Measured,
                None => Cause::Said,
            },
            reading: measured.map(|proposal| proposal.reading),
            unit: measured.and_then(|proposal| proposal.unit.clone()),
        })
    };
    answering.order.iter().filter_map(recorded).collect()
}
