//! Classifying: question by question, nothing recorded before the end.

use super::acts::intend;
use crate::app::effect::Effect;
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::ui::{Answering, Confirmed, Overlay, Proposal, Screen};
use crate::incident::severity::{Answered, Facts, Policy, Progress, Question, Rule};
use crate::incident::{Incident, Slug};
use crate::signals::Cause;
use crate::signals::Reading;
use crate::signals::monitor::{MonitorReport, SignalDetail, SignalReport, SignalStanding};
use crate::text::{Safe, list};
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// Older measurements of correctness answer nothing.
const FRESH: TimeDelta = TimeDelta::minutes(2);

/// Begins, on the severity screen.
pub(crate) fn begin(model: &mut Model) -> Vec<Effect> {
    model.ui.show(Screen::Severity);
    if model.incident().is_none() {
        model
            .ui
            .warn("there is no incident to classify; ctrl-n opens one by hand");
        return Vec::new();
    }
    // Answers that are under way go on where they were left.
    if open_question(model).is_some() {
        return Vec::new();
    }
    model.ui.answers = Answering {
        active: true,
        ..Answering::default()
    };
    know(model);
    place_cursor(model);
    Vec::new()
}

/// What the service map and the record answer about the current incident.
pub(crate) fn facts(model: &Model) -> Facts {
    let view = model.view();
    view.map_or(Facts::default(), |view| {
        Facts::of(&model.setup.map, &view.incident, model.now)
    })
}

/// Takes over what facts answer next, so that only what nobody knows is asked.
fn know(model: &mut Model) {
    let facts = facts(model);
    let mut answered = answered(&model.ui.answers);
    let before = answered.len();
    let policy = &model.setup.severity.0;
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

/// Whether keys answer a question: one is open, and on the screen.
pub(crate) fn is_answering(model: &Model) -> bool {
    model.ui.screen == Screen::Severity && open_question(model).is_some()
}

/// What a measurement answers to a question now: only while it is fresh.
pub(crate) fn measured(
    model: &Model,
    incident: &Incident,
    question: &Question,
) -> Option<Proposal> {
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
    if question.scope.is_some() {
        let failing = failing_elsewhere(model, incident);
        return Some(Proposal {
            answer: Policy::scoped(question, failing)?,
            signal: Slug::new("other-paths")?,
            reading: Reading::Value(failing? as f64),
            unit: Slug::new("failing"),
        });
    }
    let wanted = &question.measure.as_ref()?.signal;
    let reading = if *wanted == model.setup.signal {
        model
            .sample()
            .filter(|_| model.stale_sample().is_none())?
            .reading
    } else {
        ratio_now(fresh_report(model)?, wanted)?
    };
    let answer = model.setup.severity.0.measured(question, wanted, reading)?;
    Some(Proposal {
        answer,
        signal: wanted.clone(),
        reading,
        unit: None,
    })
}

/// The ratio of the last minutes of another signal of the service map, while it is fresh.
fn ratio_now(report: &MonitorReport, signal: &Slug) -> Option<Reading> {
    let found = report
        .signals
        .iter()
        .find(|found| found.signal == *signal)?;
    match &found.detail {
        SignalDetail::Ratio(ratio) => ratio.now.map(Reading::Value),
        _ => None,
    }
}

/// How many paths beside the incident's fail now: below their objective, in a drop, or without payments. `None` where
/// the map measures none, and while a path that is not known could change the answer: not known is not fine.
fn failing_elsewhere(model: &Model, incident: &Incident) -> Option<usize> {
    let report = fresh_report(model)?;
    let here = &incident.opened.as_ref()?.data.path;
    // By path: whether it fails; `None` while one of its ratios is not known and none fails.
    let mut paths: BTreeMap<&Slug, Option<bool>> = BTreeMap::new();
    for signal in report.signals.iter().filter(|signal| signal.path != *here) {
        let SignalDetail::Ratio(ratio) = &signal.detail else {
            continue;
        };
        let below = ratio.now.map(|now| now < ratio.budget.objective);
        let fails = match (ratio.drop.is_some() || ratio.volume_drop.is_some(), below) {
            (true, _) => Some(true),
            (false, _) if signal.standing == SignalStanding::Unknown => None,
            (false, below) => below,
        };
        let path = paths.entry(&signal.path).or_insert(Some(false));
        *path = match (*path, fails) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (None, _) | (_, None) => None,
            (Some(false), Some(false)) => Some(false),
        };
    }
    let failing = paths.values().filter(|fails| **fails == Some(true)).count();
    let unknown = paths.values().any(Option::is_none);
    // Two are several, whatever the others are.
    let known = failing >= 2 || (!unknown && !paths.is_empty());
    known.then_some(failing)
}

/// The report on all signals, unless it is an old one.
fn fresh_report(model: &Model) -> Option<&MonitorReport> {
    let report = model.live.report.as_deref()?;
    (model.now - report.at < FRESH).then_some(report)
}

/// A correctness signal that is beyond its tolerance now, by a fresh measurement.
fn wrong(model: &Model) -> Option<(Slug, Reading, Slug)> {
    let report = model.live.report.as_ref()?;
    let fresh = |signal: &&SignalReport| signal.measured.is_some_and(|at| model.now - at < FRESH);
    let signal = report.correctness_faults().find(fresh)?;
    let (sample, unit, _) = signal.number()?;
    Some((signal.signal.clone(), sample.reading, unit))
}

/// Whether all that is measured about correctness is fresh and within its tolerance: no answer, as a person must check,
/// and no missing number either.
pub(crate) fn is_within_tolerance(model: &Model, question: &Question) -> bool {
    let Some(report) = fresh_report(model).filter(|_| question.correctness.is_some()) else {
        return false;
    };
    let counts = |signal: &&SignalReport| matches!(signal.detail, SignalDetail::Correctness { .. });
    let mut counts = report.signals.iter().filter(counts).peekable();
    counts.peek().is_some() && counts.all(|signal| signal.standing == SignalStanding::Fine)
}

/// The cursor stands on what was measured, or else on the last answer: "not known yet" before a guess.
fn place_cursor(model: &mut Model) {
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
    let wanted = proposed
        .or(known)
        .or(before.map(|given| given.answer.clone()));
    let cursor = question.answers.iter().position(|answer| match &wanted {
        Some(wanted) => answer.id == *wanted,
        None => answer.id.as_str() == "unknown",
    });
    model.ui.answers.cursor = cursor.unwrap_or(0);
    model.ui.answers.proposal = proposal;
}

/// Moves the cursor.
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

/// A key of the open question, or `b` and `w`.
pub(crate) fn key(model: &mut Model, key: char) -> Vec<Effect> {
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
pub(crate) fn enter(model: &mut Model) -> Vec<Effect> {
    let cursor = model.ui.answers.cursor;
    let answer = open_question(model)
        .and_then(|q| q.answers.get(cursor))
        .map(|a| a.id.clone());
    answer.map_or(Vec::new(), |answer| give(model, &answer))
}

/// Opens the last question that a person answered: what facts answered after it follows anew.
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

/// A key pressed again so soon is not an answer to the next question.
const AGAIN: TimeDelta = TimeDelta::milliseconds(400);

/// Whether a key is the one before, pressed twice.
pub(crate) fn is_pressed_twice(model: &Model) -> bool {
    let rate = model.setup.drill.as_ref().map_or(1, |(_, rate)| *rate);
    let asked = model.ui.answers.asked;
    asked.is_some_and(|at| (model.now - at).abs() < AGAIN * rate as i32)
}

fn back(model: &mut Model) {
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

fn give(model: &mut Model, answer: &Slug) -> Vec<Effect> {
    let Some(question) = open_question(model) else {
        return Vec::new();
    };
    let id = question.id.clone();
    let answers = &mut model.ui.answers;
    let proposal = answers.proposal.take();
    answers.answers.insert(id.clone(), answer.clone());
    answers.order.push(id.clone());
    answers.why = false;
    if let Some(proposal) = proposal {
        let agrees = proposal.answer == *answer;
        let answered = if agrees {
            &mut answers.measured
        } else {
            &mut answers.against
        };
        answered.insert(id, proposal);
    }
    know(model);
    if open_question(model).is_some() {
        place_cursor(model);
        return Vec::new();
    }
    finish(model)
}

/// What is recorded of the answers so far.
fn answered(answering: &Answering) -> Vec<Answered> {
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

/// Records the verdict.
fn finish(model: &mut Model) -> Vec<Effect> {
    let answered = answered(&model.ui.answers);
    let policy = &model.setup.severity.0;
    let Progress::Decided(rule) = policy.progress(&model.ui.answers.answers) else {
        return Vec::new();
    };
    let raised = rule
        .flags
        .iter()
        .any(|flag| model.incident().is_some_and(|i| !i.flags.contains(flag)));
    let mut doubts = Vec::new();
    doubts.extend(slighter_than_measured(&model.ui.answers, policy, rule));
    if raised {
        let unknown = answered.iter();
        let unknown = unknown.filter(|given| given.answer.as_str() == "unknown");
        let unknown = list(unknown.map(|given| &given.question));
        let worst = if unknown.is_empty() {
            String::new()
        } else {
            format!(" (taking the worst: {unknown} not known)")
        };
        doubts.push(format!(
            "{}: {}{worst}. The compliance officer is called at once.",
            rule.severity, rule.says
        ));
    }
    if !doubts.is_empty() {
        let question = format!("{} Record it?", doubts.join(" "));
        model.ui.answers.asked = Some(model.now);
        model.ui.overlays.push(Overlay::Confirm {
            question,
            then: Confirmed::Classify(answered),
            yes: false,
        });
        return Vec::new();
    }
    model.ui.answers = Answering::default();
    intend(model, &Intent::Classify(answered, Safe::default()))
}

/// What speaks against a verdict: measurements that were answered otherwise, where with them it would, or
/// could, be graver. Who says that it is worse than what is measured needs no question.
fn slighter_than_measured(answering: &Answering, policy: &Policy, rule: &Rule) -> Option<String> {
    let mut answers = answering.answers.clone();
    for (question, measured) in &answering.against {
        answers.insert(question.clone(), measured.answer.clone());
    }
    let (best, worst) = policy.range(&answers);
    if worst >= rule.severity {
        return None;
    }
    let would_be = if best == worst {
        worst.to_string()
    } else {
        format!("{worst} to {best}")
    };
    let measured: Vec<String> = answering.against.values().map(Proposal::words).collect();
    Some(format!(
        "Measured is {}, which is {would_be}; answered is {}.",
        measured.join(", "),
        rule.severity
    ))
}
