//! Markdown with front matter becomes a playbook, or a list of what is wrong with it.

mod document;
mod front;

use super::check;
use super::foreign;
use super::problem::{PlaybookProblem, Problems};
use super::structure::{Block, Choice, NextStep, Playbook, Step, StepKind};
use crate::incident::StepId;
use crate::signals::Expectation;
use document::{Element, ListItem, Section};
use sha2::{Digest, Sha256};

/// Bytes.
const MAX_FILE: usize = 256 * 1024;

/// Reads a playbook. `stem` is its file name without `.md`.
pub fn parse(stem: &str, source: &str) -> Result<Playbook, Vec<PlaybookProblem>> {
    if source.len() > MAX_FILE {
        let what = format!("the file has {} bytes, more than {MAX_FILE}", source.len());
        let problem = PlaybookProblem::new(1, what, "split it into several playbooks");
        return Err(vec![problem]);
    }
    if let Some((what, remedy)) = foreign::recognized(source) {
        return Err(vec![PlaybookProblem::new(1, what, remedy)]);
    }
    let mut problems = Problems::default();
    let document = document::read(source, &mut problems);
    let front = front::read(stem, &document.front, document.front_line, &mut problems);
    let sections = document.sections.iter();
    let steps: Vec<Step> = sections
        .map(|section| step(section, &mut problems))
        .collect();
    let Some(front) = front.filter(|_| problems.0.is_empty()) else {
        return Err(problems.0);
    };
    let digest = Sha256::digest(source.as_bytes());
    let playbook = Playbook {
        name: front.name,
        title: front.title,
        version: front.version,
        summary: front.summary,
        when: front.when,
        variables: front.variables,
        intro: document.intro.iter().flat_map(blocks).collect(),
        steps,
        digest: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    check::check(&playbook, &mut problems);
    match problems.0.is_empty() {
        true => Ok(playbook),
        false => Err(problems.0),
    }
}

fn step(section: &Section, problems: &mut Problems) -> Step {
    let id = anchor(&section.title);
    if id.is_none() {
        let what = format!("the heading \"{}\" makes no anchor", section.title);
        let remedy = "write it with letters, digits and spaces, at most 64 characters";
        problems.add(section.line, what, remedy);
    }
    let mut next = NextStep::Following;
    let mut kinds: Vec<(usize, StepKind)> = Vec::new();
    for element in &section.elements {
        match element {
            Element::Paragraph { text, link, line } => {
                if let Some(rest) = text.strip_prefix("Next:") {
                    next = leads_to(rest.trim(), link.as_deref(), *line, problems);
                } else if let Some(link) = link.as_deref().filter(|link| link.starts_with('#')) {
                    let what = format!("a link to {link} inside prose leads nowhere");
                    let remedy = "begin the paragraph with \"Next:\", or make it a list of choices";
                    problems.add(*line, what, remedy);
                }
            }
            Element::List { items, line } => kinds.extend(list_kind(items, *line, problems)),
            Element::Code { info, text, line } => {
                kinds.extend(check_kind(info, text, *line, problems))
            }
        }
    }
    for (line, _) in kinds.iter().skip(1) {
        let what = format!(
            "the step \"{}\" asks for more than one thing",
            section.title
        );
        let remedy = "make it two steps: a step has one list of tasks, one check or one choice";
        problems.add(*line, what, remedy);
    }
    let first = kinds.into_iter().next();
    let kind = first.map_or(StepKind::Manual, |(_, kind)| kind);
    if matches!(kind, StepKind::Decision(_)) {
        next = NextStep::Choice;
    }
    Step {
        id: id.unwrap_or_else(|| StepId::nearest("step")),
        title: section.title.clone(),
        line: section.line,
        blocks: section.elements.iter().flat_map(blocks).collect(),
        kind,
        next,
    }
}

fn leads_to(rest: &str, link: Option<&str>, line: usize, problems: &mut Problems) -> NextStep {
    match link.and_then(target) {
        Some(step) => NextStep::Step(step),
        None if rest.trim_end_matches('.').eq_ignore_ascii_case("done") => NextStep::Done,
        None => {
            let remedy = "write \"Next: [Title](#anchor)\" or \"Next: done\"";
            problems.add(line, "\"Next:\" names no step", remedy);
            NextStep::Done
        }
    }
}

fn list_kind(
    items: &[ListItem],
    line: usize,
    problems: &mut Problems,
) -> Option<(usize, StepKind)> {
    if items.iter().any(|item| item.task) {
        return Some((line, StepKind::CheckList));
    }
    let links = items.iter().filter_map(|item| item.link.as_deref());
    if !links.into_iter().any(|link| link.starts_with('#')) {
        return None;
    }
    let mut choices = Vec::new();
    for item in items {
        match item.link.as_deref().and_then(target) {
            Some(target) => choices.push(Choice {
                target,
                text: item.text.clone(),
                line: item.line,
            }),
            None => problems.add(
                item.line,
                "one item of a choice has no link to a step",
                "begin every item with a link such as [Yes](#next-step)",
            ),
        }
    }
    if choices.len() < 2 {
        let what = "a decision needs at least two options";
        problems.add(line, what, "add another option, or use \"Next:\"");
    }
    Some((line, StepKind::Decision(choices)))
}

fn check_kind(
    info: &str,
    text: &str,
    line: usize,
    problems: &mut Problems,
) -> Option<(usize, StepKind)> {
    let written = info.strip_prefix("promql")?.trim().strip_prefix("expect=");
    let written = written.map(|value| value.trim().trim_matches('"'));
    let Some(expect) = written.and_then(Expectation::parse) else {
        let what = format!("the check \"{info}\" has no expectation that can be read");
        let remedy = "write ```promql expect=\">= 0.99\" with one of > >= < <= == !=";
        problems.add(line, what, remedy);
        return None;
    };
    let query = text.trim().to_string();
    Some((line, StepKind::Check { query, expect }))
}

fn target(link: &str) -> Option<StepId> {
    StepId::new(link.strip_prefix('#')?)
}

/// The anchor that a forge makes of a heading: lower case, spaces to dashes, other punctuation dropped.
fn anchor(title: &str) -> Option<StepId> {
    let lower = title.to_lowercase();
    let text = lower.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        'a'..='z' | '0'..='9' | '-' | '_' => Some(c),
        _ => None,
    });
    StepId::new(&text.collect::<String>())
}

fn blocks(element: &Element) -> Vec<Block> {
    match element {
        Element::Paragraph { text, .. } if text.starts_with("Next:") => Vec::new(),
        Element::Paragraph { text, .. } => vec![Block::Paragraph(text.clone())],
        Element::List { items, .. } => items
            .iter()
            .map(|item| Block::Item {
                text: item.text.clone(),
                task: item.task,
            })
            .collect(),
        Element::Code { info, text, .. } => {
            let (language, text) = (info.split_whitespace().next(), text.trim_end().to_string());
            let language = language.unwrap_or_default().to_string();
            vec![Block::Code { language, text }]
        }
    }
}
