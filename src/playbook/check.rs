//! What makes a playbook usable: links that lead somewhere, steps that can be reached, variables that exist.

use super::fill::{BUILT_IN, names_in};
use super::problem::PlaybookProblem;
use super::structure::{Block, NextStep, Playbook, StepKind};
use crate::incident::Slug;
use std::collections::BTreeSet;

const MAX_STEPS: usize = 60;

pub(super) fn check(playbook: &Playbook) -> Vec<PlaybookProblem> {
    if playbook.steps.is_empty() || playbook.steps.len() > MAX_STEPS {
        let what = format!("there are {} steps", playbook.steps.len());
        let remedy = format!("write between one and {MAX_STEPS} headings of level two (##)");
        return vec![PlaybookProblem::new(1, what, remedy)];
    }
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for step in &playbook.steps {
        if !seen.insert(&step.id) {
            let what = format!("two steps are called \"{}\"", step.title);
            problems.push(PlaybookProblem::new(step.line, what, "rename one"));
        }
    }
    problems.extend(dead_links(playbook));
    if problems.is_empty() {
        problems.extend(unreachable_steps(playbook));
    }
    problems.extend(unknown_variables(playbook));
    problems
}

/// With the line that says so.
pub(super) fn successors(playbook: &Playbook, at: usize) -> Vec<(Slug, usize)> {
    let step = &playbook.steps[at];
    match (&step.next, &step.kind) {
        (NextStep::Choice, StepKind::Decision(choices)) => choices
            .iter()
            .map(|choice| (choice.target.clone(), choice.line))
            .collect(),
        (NextStep::Step(target), _) => vec![(target.clone(), step.line)],
        (NextStep::Following, _) => playbook
            .steps
            .get(at + 1)
            .map(|next| (next.id.clone(), step.line))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

fn dead_links(playbook: &Playbook) -> Vec<PlaybookProblem> {
    let known: BTreeSet<&Slug> = playbook.steps.iter().map(|step| &step.id).collect();
    let mut problems = Vec::new();
    for at in 0..playbook.steps.len() {
        for (target, line) in successors(playbook, at) {
            if !known.contains(&target) {
                let near = nearest(&target, &known);
                let what = format!("the link #{target} leads to no step");
                let remedy = format!("the nearest step is #{near}");
                problems.push(PlaybookProblem::new(line, what, remedy));
            }
        }
    }
    problems
}

/// The step whose name shares the most words.
fn nearest<'s>(target: &Slug, known: &BTreeSet<&'s Slug>) -> &'s str {
    let words: BTreeSet<&str> = target.as_str().split('-').collect();
    let shared = |slug: &&&Slug| {
        slug.as_str()
            .split('-')
            .filter(|word| words.contains(word))
            .count()
    };
    known
        .iter()
        .max_by_key(shared)
        .map_or("?", |slug| slug.as_str())
}

fn unreachable_steps(playbook: &Playbook) -> Vec<PlaybookProblem> {
    let mut reached = BTreeSet::from([playbook.steps[0].id.clone()]);
    let mut open = vec![0];
    while let Some(at) = open.pop() {
        for (target, _) in successors(playbook, at) {
            if let Some((next, _)) = playbook.step(&target)
                && reached.insert(target)
            {
                open.push(next);
            }
        }
    }
    let lost = playbook
        .steps
        .iter()
        .filter(|step| !reached.contains(&step.id));
    lost.map(|step| {
        let what = format!("the step \"{}\" cannot be reached", step.title);
        let remedy = "link it from a choice or a \"Next:\", or remove it";
        PlaybookProblem::new(step.line, what, remedy)
    })
    .collect()
}

fn unknown_variables(playbook: &Playbook) -> Vec<PlaybookProblem> {
    let mut problems = Vec::new();
    for step in &playbook.steps {
        for block in &step.blocks {
            let Block::Code { text, .. } = block else {
                continue;
            };
            for name in names_in(text) {
                let known = BUILT_IN.contains(&name.as_str())
                    || playbook
                        .variables
                        .iter()
                        .any(|variable| variable.name == name);
                if !known {
                    let what = format!(
                        "the step \"{}\" uses {{{{{name}}}}}, which is not declared",
                        step.title
                    );
                    let remedy = "declare it under `variables`, or correct its name";
                    problems.push(PlaybookProblem::new(step.line, what, remedy));
                }
            }
        }
    }
    problems
}
