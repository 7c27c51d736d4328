//! Classification, question by question; nothing is recorded before the end.

use super::answers::{answered, back, is_pressed_twice, know, place_cursor, step};
use crate::app::dialog::Outcome;
use crate::app::dialogs::classification;
use crate::app::dialogs::precondition::no_incident;
use crate::app::model::Model;
use crate::app::selectors::question::open_question;
use crate::app::ui::{Answering, Proposal};
use crate::incident::Slug;
use crate::incident::severity::{Progress, Rule, SeverityPolicy};
use crate::keymap::{Action, Context, Key, Screen};
use crate::text::list;

pub(crate) fn begin(model: &mut Model) -> Outcome {
    model.ui.show(Screen::Severity);
    if model.incident().is_none() {
        return Err(no_incident(model));
    }
    // Answers that are under way go on where they were left.
    if open_question(model).is_some() {
        return Ok(Vec::new());
    }
    model.ui.answers = Answering {
        active: true,
        ..Answering::default()
    };
    know(model);
    place_cursor(model);
    Ok(Vec::new())
}

/// It takes precedence over all actions.
pub(super) fn answer_of(model: &Model, key: Key) -> Option<Slug> {
    let is_asked = model.contexts().contains(&Context::Question);
    let question = open_question(model).filter(|_| is_asked)?;
    let mut answers = question.answers.iter();
    let answer = answers.find(|answer| Key::Char(answer.key) == key)?;
    Some(answer.id.clone())
}

/// `None` where the action is for the screen.
pub(super) fn act(model: &mut Model, action: Action) -> Option<Outcome> {
    match action {
        Action::Enter => return Some(enter(model)),
        Action::Down | Action::Up => step(model, action == Action::Down),
        Action::PreviousQuestion | Action::Why if is_pressed_twice(model) => {}
        Action::PreviousQuestion => back(model),
        Action::Why => model.ui.answers.why = !model.ui.answers.why,
        Action::Back => {
            model.ui.answers = Answering::default();
            model.ui.tell("left: nothing recorded");
        }
        _ => return None,
    }
    Some(Ok(Vec::new()))
}

fn enter(model: &mut Model) -> Outcome {
    let cursor = model.ui.answers.cursor;
    let answer = open_question(model)
        .and_then(|q| q.answers.get(cursor))
        .map(|a| a.id.clone());
    answer.map_or_else(|| Ok(Vec::new()), |answer| give(model, &answer))
}

pub(super) fn give(model: &mut Model, answer: &Slug) -> Outcome {
    let Some(question) = open_question(model) else {
        return Ok(Vec::new());
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
        return Ok(Vec::new());
    }
    finish(model)
}

fn finish(model: &mut Model) -> Outcome {
    let answered = answered(&model.ui.answers);
    let policy = &model.setup.severity;
    let Progress::Decided(rule) = policy.progress(&model.ui.answers.answers) else {
        return Ok(Vec::new());
    };
    let matched = policy.matched(rule, &model.ui.answers.answers);
    let raised = matched
        .iter()
        .flat_map(|rule| &rule.flags)
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
            "{}: {}{worst}. {}",
            rule.severity,
            rule.says,
            match model.is_retrospective() {
                true => "Nobody is paged: this is entered afterwards.",
                false => "The compliance officer is paged at once.",
            }
        ));
    }
    match doubts.is_empty() {
        true => classification::record(model, answered),
        false => classification::open(model, &doubts.join(" "), answered),
    }
}

/// Measurements that were answered differently, where they would, or could, give a graver severity. A graver answer
/// than measured needs no confirmation.
fn slighter_than_measured(
    answering: &Answering,
    policy: &SeverityPolicy,
    rule: &Rule,
) -> Option<String> {
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
