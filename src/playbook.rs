//! Playbooks: Markdown that people read on the forge, and that the console follows step by step.
//!
//! Commands are shown, filled in, to be copied; nothing here runs one.

mod check;
mod fill;
mod foreign;
mod library;
mod parse;
mod problem;
mod progress;
mod structure;
mod words;

pub use fill::{Filled, Values, fill_query, fill_shell};
pub use library::{Library, LoadedPlaybooks};
pub use parse::parse;
pub use problem::PlaybookProblem;
pub use progress::{RunPosition, position};
pub use structure::{Block, Choice, NextStep, Playbook, Step, StepKind};

#[cfg(test)]
mod tests;
