//! Playbooks: Markdown that people read on the forge, and that the console walks through step by step.
//!
//! Commands are shown, filled in, to be copied; nothing here runs one.

mod check;
mod fill;
mod foreign;
mod library;
mod parse;
mod progress;

pub use fill::{Filled, Values, fill_query, fill_shell};
pub use library::{Library, Loaded};
pub use parse::parse;
pub use progress::{Place, place};

use crate::incident::Slug;
use crate::signals::Expectation;
use regex::Regex;

/// A playbook.
#[derive(Debug, Clone)]
pub struct Playbook {
    /// Its name, equal to the file's.
    pub name: Slug,
    /// Its title.
    pub title: String,
    /// Its version, raised with each change.
    pub version: u32,
    /// When to use it, in a sentence.
    pub summary: String,
    /// Alert names that it is offered for.
    pub when: Vec<Regex>,
    /// Its variables.
    pub variables: Vec<Variable>,
    /// What stands before the first step.
    pub intro: Vec<Block>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// SHA-256 of the file: what was followed.
    pub digest: String,
}

/// A variable of a playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Its value unless set otherwise.
    pub default: String,
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its name: the heading as a forge makes an anchor of it.
    pub id: Slug,
    /// Its heading.
    pub title: String,
    /// Line of the heading in the file.
    pub line: usize,
    /// What it says.
    pub blocks: Vec<Block>,
    /// What it asks for.
    pub kind: Kind,
    /// Where it leads.
    pub next: Next,
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

/// What a step asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Do what it says.
    Manual,
    /// Tick each item.
    CheckList,
    /// Choose a way.
    Decision(Vec<Choice>),
    /// Ask Prometheus and compare.
    Check {
        /// The query, with variables.
        query: String,
        /// What the answer must be.
        expect: Expectation,
    },
}

impl Kind {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::CheckList => "check list",
            Self::Decision(_) => "decision",
            Self::Check { .. } => "check",
        }
    }
}

/// A way to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The step it leads to.
    pub target: Slug,
    /// Its text.
    pub text: String,
    /// Line in the file.
    pub line: usize,
}

/// Where a step leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// To the next one in the file.
    Following,
    /// To this one.
    Step(Slug),
    /// Nowhere: the playbook ends.
    Done,
    /// Where the choice leads.
    Choice,
}

/// A piece of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Prose.
    Paragraph(String),
    /// An item of a list, and whether it is to be ticked.
    Item {
        /// Its text.
        text: String,
        /// Whether it has a box.
        task: bool,
    },
    /// A command or another listing, with variables.
    Code {
        /// The language of the fence.
        language: String,
        /// The text.
        text: String,
    },
}

/// Something wrong with a playbook: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.what, self.remedy)
    }
}

impl Playbook {
    /// The step of this name, with its place from 0.
    pub fn step(&self, id: &Slug) -> Option<(usize, &Step)> {
        self.steps
            .iter()
            .enumerate()
            .find(|(_, step)| step.id == *id)
    }

    /// Whether it is offered for an alert of this name.
    pub fn suits(&self, alert: &str) -> bool {
        self.when.iter().any(|pattern| pattern.is_match(alert))
    }
}

#[cfg(test)]
mod tests;
