//! What a playbook consists of.

use crate::incident::{PlaybookId, StepId};
use crate::signals::Expectation;
use regex::Regex;

#[derive(Debug, Clone)]
pub struct Playbook {
    /// Equal to the file's name.
    pub name: PlaybookId,
    pub title: String,
    pub version: u32,
    pub summary: String,
    /// Patterns of alert names.
    pub when: Vec<Regex>,
    pub variables: Vec<Variable>,
    pub intro: Vec<Block>,
    pub steps: Vec<Step>,
    /// SHA-256 of the file.
    pub digest: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    pub description: String,
    pub default: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The heading as a forge makes an anchor of it.
    pub id: StepId,
    pub title: String,
    pub line: usize,
    pub blocks: Vec<Block>,
    pub kind: StepKind,
    pub next: NextStep,
}

#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    Manual,
    CheckList,
    Decision(Vec<Choice>),
    /// A query to Prometheus, with variables, and what its answer must be.
    Check {
        query: String,
        expect: Expectation,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub target: StepId,
    pub text: String,
    pub line: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// The next one in the file.
    Following,
    Step(StepId),
    Done,
    Choice,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Paragraph(String),
    /// A task is to be ticked.
    Item {
        text: String,
        task: bool,
    },
    Code {
        language: String,
        text: String,
    },
}

impl Step {
    /// The items to tick, numbered from 1.
    pub fn items(&self) -> impl Iterator<Item = (u32, &str)> {
        let tasks = self.blocks.iter().filter_map(|block| match block {
            Block::Item { text, task: true } => Some(text.as_str()),
            _ => None,
        });
        (1..).zip(tasks)
    }
}

impl Playbook {
    /// With its place from 0.
    pub fn step(&self, id: &StepId) -> Option<(usize, &Step)> {
        let mut steps = self.steps.iter().enumerate();
        steps.find(|(_, step)| step.id == *id)
    }

    pub fn suits(&self, alert: &str) -> bool {
        self.when.iter().any(|pattern| pattern.is_match(alert))
    }
}
