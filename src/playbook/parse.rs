//! Markdown with front matter becomes a playbook, or a list of what is wrong with it.

mod document;
mod front;

use super::check;
use super::foreign;
use super::problem::PlaybookProblem;
use super::structure::{Block, Choice, NextStep, Playbook, Step, StepKind};
use crate::incident::Slug;
use crate::signals::Expectation;
use document::{Element, ListItem, Section};
use sha2::{Digest, Sha256};

/// Bytes.
const MAX_FILE: usize = 256 * 1024;

/// Reads a playbook. `stem` is its file name without `.md`.
pub fn parse(stem: &str, source: &str) -> Result<Playbook, Vec<PlaybookProblem>> {
    if source.len() > MAX_FILE {
        let what = format!("the file has {} bytes, more than {MAX_FILE}", source.len());
        return Err(vec![PlaybookProblem::new(
            1,
            what,
            "split it into several playbooks",
        )]);
    }
    if let Some((what, remedy)) = foreign::recognized(source) {
        return Err(vec![PlaybookProblem::new(1, what, remedy)]);
    }
    let mut problems = Vec::new();
    let document = document::read(source, &mut problems);
    let front = front::read(stem, &document.front, document.front_line, &mut problems);
    let steps: Vec<Step> = document
        .sections
        .iter()
        .map(|section| step(section, &mut problems))
        .collect();
    let Some(front) = front.filter(|_| problems.is_empty()) else {
        return Err(problems);
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
    problems.extend(check::check(&playbook));
    if problems.is_empty() {
        Ok(playbook)
    } else {
        Err(problems)
    }
}

fn step(section: &Section, problems: &mut Vec<PlaybookProblem>) -> Step {
    let id = anchor(&section.title);
    if id.is_none() {
        let remedy = "write it with letters, digits and spaces, at most 64 characters";
        problems.push(PlaybookProblem::new(
            section.line,
            format!("the heading \"{}\" makes no anchor", section.title),
            remedy,
        ));
    }
    let mut next = NextStep::Following;
    let mut kinds: Vec<(usize, StepKind)> = Vec::new();
    for element in &section.elements {
        match element {
            Element::Paragraph { text, link, line } => {
                if let Some(rest) = text.strip_prefix("Next:") {
                    next = leads_to(rest.trim(), link.as_deref(), *line, problems);
                } else if let Some(link) = link.as_deref().filter(|link| link.starts_with('#')) {
                    let remedy = "begin the paragraph with \"Next:\", or make it a list of choices";
                    problems.push(PlaybookProblem::new(
                        *line,
                        format!("a link to {link} inside prose leads nowhere"),
                        remedy,
                    ));
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
        problems.push(PlaybookProblem::new(
            *line,
            what,
            "make it two steps: a step has one list of tasks, one check or one choice",
        ));
    }
    let kind = kinds
        .into_iter()
        .next()
        .map_or(StepKind::Manual, |(_, kind)| kind);
    if matches!(kind, StepKind::Decision(_)) {
        next = NextStep::Choice;
    }
    Step {
        id: id.unwrap_or_else(|| Slug::nearest("step")),
        title: section.title.clone(),
        line: section.line,
        blocks: section.elements.iter().flat_map(blocks).collect(),
        kind,
        next,
    }
}

fn leads_to(
    rest: &str,
    link: Option<&str>,
    line: usize,
    problems: &mut Vec<PlaybookProblem>,
) -> NextStep {
    match link.and_then(target) {
        Some(step) => NextStep::Step(step),
        None if rest.trim_end_matches('.').eq_ignore_ascii_case("done") => NextStep::Done,
        None => {
            let remedy = "write \"Next: [Title](#anchor)\" or \"Next: done\"";
            problems.push(PlaybookProblem::new(
                line,
                "\"Next:\" names no step",
                remedy,
            ));
            NextStep::Done
        }
    }
}

fn list_kind(
    items: &[ListItem],
    line: usize,
    problems: &mut Vec<PlaybookProblem>,
) -> Option<(usize, StepKind)> {
    if items.iter().any(|item| item.task) {
        return Some((line, StepKind::CheckList));
    }
    if !items.iter().any(|item| {
        item.link
            .as_deref()
            .is_some_and(|link| link.starts_with('#'))
    }) {
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
            None => problems.push(PlaybookProblem::new(
                item.line,
                "one item of a choice has no link to a step",
                "begin every item with a link such as [Yes](#next-step)",
            )),
        }
    }
    if choices.len() < 2 {
        problems.push(PlaybookProblem::new(
            line,
            "a decision needs at least two options",
            "add another option, or use \"Next:\"",
        ));
    }
    Some((line, StepKind::Decision(choices)))
}

fn check_kind(
    info: &str,
    text: &str,
    line: usize,
    problems: &mut Vec<PlaybookProblem>,
) -> Option<(usize, StepKind)> {
    let rest = info.strip_prefix("promql")?;
    let written = rest
        .trim()
        .strip_prefix("expect=")
        .map(|value| value.trim().trim_matches('"'));
    let Some(expect) = written.and_then(Expectation::parse) else {
        let what = format!("the check \"{info}\" has no expectation that can be read");
        problems.push(PlaybookProblem::new(
            line,
            what,
            "write ```promql expect=\">= 0.99\" with one of > >= < <= == !=",
        ));
        return None;
    };
    Some((
        line,
        StepKind::Check {
            query: text.trim().to_string(),
            expect,
        },
    ))
}

fn target(link: &str) -> Option<Slug> {
    Slug::new(link.strip_prefix('#')?)
}

/// The anchor that a forge makes of a heading: lower case, spaces to dashes, other punctuation dropped.
fn anchor(title: &str) -> Option<Slug> {
    let text: String = title
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            'a'..='z' | '0'..='9' | '-' | '_' => Some(c),
            _ => None,
        })
        .collect();
    Slug::new(&text)
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
            let language = info
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_string();
            vec![Block::Code {
                language,
                text: text.trim_end().to_string(),
            }]
        }
    }
}
