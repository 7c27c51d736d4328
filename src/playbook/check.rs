//! What makes a playbook usable: links that lead somewhere, steps that can be reached, variables that exist.

use super::fill::{BUILT_IN, names_in};
use super::problem::Problems;
use super::structure::{Block, NextStep, Playbook, StepKind};
use crate::incident::StepId;
use std::collections::BTreeSet;

const MAX_STEPS: usize = 60;

pub(super) fn check(playbook: &Playbook, problems: &mut Problems) {
    if playbook.steps.is_empty() || playbook.steps.len() > MAX_STEPS {
        let what = format!("there are {} steps", playbook.steps.len());
        let remedy = format!("write between one and {MAX_STEPS} headings of level two (##)");
        problems.add(1, what, remedy);
        return;
    }
    let mut seen = BTreeSet::new();
    for step in &playbook.steps {
        if !seen.insert(&step.id) {
            let what = format!("two steps are called \"{}\"", step.title);
            problems.add(step.line, what, "rename one");
        }
    }
    dead_links(playbook, problems);
    if problems.0.is_empty() {
        unreachable_steps(playbook, problems);
    }
    unknown_variables(playbook, problems);
}

/// With the line that says so.
pub(super) fn successors(playbook: &Playbook, at: usize) -> Vec<(StepId, usize)> {
    let step = &playbook.steps[at];
    match (&step.next, &step.kind) {
        (NextStep::Choice, StepKind::Decision(choices)) => {
            let choices = choices.iter();
            choices
                .map(|choice| (choice.target.clone(), choice.line))
                .collect()
        }
        (NextStep::Step(target), _) => vec![(target.clone(), step.line)],
        (NextStep::Following, _) => {
            let next = playbook.steps.get(at + 1).into_iter();
            next.map(|next| (next.id.clone(), step.line)).collect()
        }
        _ => Vec::new(),
    }
}

fn dead_links(playbook: &Playbook, problems: &mut Problems) {
    let known: BTreeSet<&StepId> = playbook.steps.iter().map(|step| &step.id).collect();
    for at in 0..playbook.steps.len() {
        for (target, line) in successors(playbook, at) {
            if !known.contains(&target) {
                let near = nearest(&target, &known);
                let what = format!("the link #{target} leads to no step");
                problems.add(line, what, format!("the nearest step is #{near}"));
            }
        }
    }
}

/// The step whose name shares the most words.
fn nearest<'s>(target: &StepId, known: &BTreeSet<&'s StepId>) -> &'s str {
    let words: BTreeSet<&str> = target.as_str().split('-').collect();
    let shared = |slug: &&&StepId| {
        let own = slug.as_str().split('-');
        own.filter(|word| words.contains(word)).count()
    };
    let nearest = known.iter().max_by_key(shared);
    nearest.map_or("?", |slug| slug.as_str())
}

fn unreachable_steps(playbook: &Playbook, problems: &mut Problems) {
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
    let steps = playbook.steps.iter();
    for step in steps.filter(|step| !reached.contains(&step.id)) {
        let what = format!("the step \"{}\" cannot be reached", step.title);
        let remedy = "link it from a choice or a \"Next:\", or remove it";
        problems.add(step.line, what, remedy);
    }
}

fn unknown_variables(playbook: &Playbook, problems: &mut Problems) {
    for step in &playbook.steps {
        let codes = step.blocks.iter().filter_map(|block| match block {
            Block::Code { text, .. } => Some(text),
            _ => None,
        });
        for name in codes.flat_map(|text| names_in(text)) {
            let declared = playbook
                .variables
                .iter()
                .any(|variable| variable.name == name);
            if !declared && !BUILT_IN.contains(&name.as_str()) {
                let title = &step.title;
                let what =
                    format!("the step \"{title}\" uses {{{{{name}}}}}, which is not declared");
                let remedy = "declare it under `variables`, or correct its name";
                problems.add(step.line, what, remedy);
            }
        }
    }
}
