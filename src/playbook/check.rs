//! What makes a playbook usable: links that lead somewhere, steps that can be reached, variables that exist.

use super::fill::{BUILT_IN, names_in};
use super::{Block, Fault, Kind, Next, Playbook};
use crate::incident::Slug;
use std::collections::BTreeSet;

/// Most steps of a playbook.
const MAX_STEPS: usize = 60;

pub(super) fn check(playbook: &Playbook) -> Vec<Fault> {
    let mut faults = Vec::new();
    if playbook.steps.is_empty() || playbook.steps.len() > MAX_STEPS {
        let what = format!("there are {} steps", playbook.steps.len());
        let remedy = format!("write between one and {MAX_STEPS} headings of level two (##)");
        faults.push(Fault {
            line: 1,
            what,
            remedy,
        });
        return faults;
    }
    let mut seen = BTreeSet::new();
    for step in &playbook.steps {
        if !seen.insert(&step.id) {
            let what = format!("two steps are called \"{}\"", step.title);
            faults.push(Fault {
                line: step.line,
                what,
                remedy: "rename one".into(),
            });
        }
    }
    faults.extend(dead_links(playbook));
    if faults.is_empty() {
        faults.extend(unreachable_steps(playbook));
    }
    faults.extend(unknown_variables(playbook));
    faults
}

/// The steps that may follow a step, with the line that says so.
pub(super) fn successors(playbook: &Playbook, at: usize) -> Vec<(Slug, usize)> {
    let step = &playbook.steps[at];
    match (&step.next, &step.kind) {
        (Next::Choice, Kind::Decision(choices)) => choices
            .iter()
            .map(|choice| (choice.target.clone(), choice.line))
            .collect(),
        (Next::Step(target), _) => vec![(target.clone(), step.line)],
        (Next::Following, _) => playbook
            .steps
            .get(at + 1)
            .map(|next| (next.id.clone(), step.line))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

fn dead_links(playbook: &Playbook) -> Vec<Fault> {
    let known: BTreeSet<&Slug> = playbook.steps.iter().map(|step| &step.id).collect();
    let mut faults = Vec::new();
    for at in 0..playbook.steps.len() {
        for (target, line) in successors(playbook, at) {
            if !known.contains(&target) {
                let near = nearest(&target, &known);
                let what = format!("the link #{target} leads to no step");
                let remedy = format!("the nearest step is #{near}");
                faults.push(Fault { line, what, remedy });
            }
        }
    }
    faults
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

fn unreachable_steps(playbook: &Playbook) -> Vec<Fault> {
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
    lost.map(|step| Fault {
        line: step.line,
        what: format!("no way leads to the step \"{}\"", step.title),
        remedy: "link it from a choice or a \"Next:\", or remove it".into(),
    })
    .collect()
}

fn unknown_variables(playbook: &Playbook) -> Vec<Fault> {
    let mut faults = Vec::new();
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
                    let remedy = "declare it under `variables`, or correct its name".into();
                    faults.push(Fault {
                        line: step.line,
                        what,
                        remedy,
                    });
                }
            }
        }
    }
    faults
}
