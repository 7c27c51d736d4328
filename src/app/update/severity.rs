//! Classifying: question by question, nothing recorded before the end.

use super::acts::intend;
use crate::app::effect::Effect;
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::ui::{Answering, Confirmed, Overlay, Proposal, Screen};
use crate::incident::Slug;
use crate::incident::observation::Cause;
use crate::incident::severity::{Answered, Progress, Question};
use crate::signals::Reading;
use crate::signals::watch::SignalReport;
use crate::text::Safe;
use chrono::TimeDelta;

/// Older measurements of correctness answer nothing.
const FRESH: TimeDelta = TimeDelta::minutes(2);

/// Begins, on the severity screen.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    model.ui.show(Screen::Severity);
    if model.incident().is_none() {
        model
            .ui
            .warn("there is no incident to classify; ctrl-n opens one by hand");
        return Vec::new();
    }
    model.ui.answers = Answering {
        active: true,
        ..Answering::default()
    };
    place_cursor(model);
    Vec::new()
}

/// The question that is open, while a classification is under way.
pub(crate) fn open_question(model: &Model) -> Option<&Question> {
    if !model.ui.answers.active {
        return None;
    }
    match model.setup.severity.0.progress(&model.ui.answers.answers) {
        Progress::Ask(question) => Some(question),
        Progress::Decided(_) => None,
    }
}

/// What a measurement answers to a question now: only while it is fresh.
pub(super) fn measured(model: &Model, question: &Question) -> Option<Proposal> {
    if let Some(answer) = &question.correctness
        && let Some((signal, reading, unit)) = wrong(model)
    {
        return Some(Proposal {
            answer: answer.clone(),
            signal,
            reading,
            unit: Some(unit),
        });
    }
    if model.stale_sample().is_some() {
        return None;
    }
    let reading = model.sample()?.reading;
    let answer = model
        .setup
        .severity
        .0
        .measured(question, &model.setup.signal, reading)?;
    Some(Proposal {
        answer,
        signal: model.setup.signal.clone(),
        reading,
        unit: None,
    })
}

/// A correctness signal that is beyond its tolerance now, by a fresh measurement.
fn wrong(model: &Model) -> Option<(Slug, Reading, Slug)> {
    let report = model.live.report.as_ref()?;
    let fresh = |signal: &&SignalReport| signal.measured.is_some_and(|at| model.now - at < FRESH);
    let signal = report.quiet().find(fresh)?;
    let (sample, unit, _) = signal.number()?;
    Some((signal.signal.clone(), sample.reading, unit))
}

/// The cursor stands on what was measured, or else on the last answer: "not known yet" before a guess.
fn place_cursor(model: &mut Model) {
    let Some(question) = open_question(model) else {
        return;
    };
    let proposal = measured(model, question);
    let wanted = proposal
        .as_ref()
        .map_or("unknown", |proposal| proposal.answer.as_str());
    let cursor = question
        .answers
        .iter()
        .position(|answer| answer.id.as_str() == wanted);
    model.ui.answers.cursor = cursor.unwrap_or(0);
    model.ui.answers.proposal = proposal;
}

/// Moves the cursor.
pub(super) fn step(model: &mut Model, down: bool) {
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

/// A key of the open question, or `b` and `w`.
pub(super) fn key(model: &mut Model, key: char) -> Vec<Effect> {
    let Some(question) = open_question(model) else {
        return Vec::new();
    };
    let answer = question
        .answers
        .iter()
        .find(|answer| answer.key == key)
        .map(|a| a.id.clone());
    match (answer, key) {
        (Some(answer), _) => give(model, &answer),
        (None, 'w') => {
            model.ui.answers.why = !model.ui.answers.why;
            Vec::new()
        }
        (None, 'b') => {
            back(model);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Takes the answer under the cursor.
pub(super) fn enter(model: &mut Model) -> Vec<Effect> {
    let cursor = model.ui.answers.cursor;
    let answer = open_question(model)
        .and_then(|q| q.answers.get(cursor))
        .map(|a| a.id.clone());
    answer.map_or(Vec::new(), |answer| give(model, &answer))
}

fn back(model: &mut Model) {
    let answers = &mut model.ui.answers;
    if let Some(last) = answers.order.pop() {
        answers.answers.remove(&last);
        answers.measured.remove(&last);
    }
    place_cursor(model);
}

fn give(model: &mut Model, answer: &Slug) -> Vec<Effect> {
    let Some(question) = open_question(model) else {
        return Vec::new();
    };
    let id = question.id.clone();
    let answers = &mut model.ui.answers;
    let measured = answers
        .proposal
        .take()
        .filter(|proposal| proposal.answer == *answer);
    answers.answers.insert(id.clone(), answer.clone());
    answers.order.push(id.clone());
    answers.why = false;
    if let Some(proposal) = measured {
        answers.measured.insert(id, proposal);
    }
    if open_question(model).is_some() {
        place_cursor(model);
        return Vec::new();
    }
    finish(model)
}

/// Records the verdict.
fn finish(model: &mut Model) -> Vec<Effect> {
    let answering = std::mem::take(&mut model.ui.answers);
    let answered: Vec<Answered> = answering
        .order
        .iter()
        .filter_map(|question| {
            let measured = answering.measured.get(question);
            Some(Answered {
                question: question.clone(),
                answer: answering.answers.get(question)?.clone(),
                basis: if measured.is_some() {
                    Cause::Measured
                } else {
                    Cause::Said
                },
                reading: measured.map(|proposal| proposal.reading),
                unit: measured.and_then(|proposal| proposal.unit.clone()),
            })
        })
        .collect();
    let Progress::Decided(rule) = model.setup.severity.0.progress(&answering.answers) else {
        return Vec::new();
    };
    let raised = rule
        .flags
        .iter()
        .any(|flag| model.incident().is_some_and(|i| !i.flags.contains(flag)));
    if raised {
        let question = format!(
            "{}: {}. The compliance officer is called at once. Record it?",
            rule.severity, rule.says
        );
        model.ui.overlays.push(Overlay::Confirm {
            question,
            then: Confirmed::Classify(answered),
            yes: false,
        });
        return Vec::new();
    }
    intend(model, &Intent::Classify(answered, Safe::default()))
}
