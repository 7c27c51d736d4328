//! The words for the values of the console.

use super::clock::ClockStep;
use super::setup::Awaited;
use super::ui::{Proposal, Span};
use crate::incident::step_in_words;
use crate::signals::percent;
use std::fmt;

impl ClockStep {
    pub fn words(&self) -> String {
        format!(
            "system clock was {} at {} (now {}); waiting times are not affected",
            step_in_words(self.by()),
            self.from.format("%H:%M:%SZ"),
            self.to.format("%H:%M:%SZ"),
        )
    }
}

impl Span {
    pub fn words(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Shift => "eight hours",
            Self::Window => "window of the budget",
        }
    }
}

impl Proposal {
    pub fn words(&self) -> String {
        let value = match (self.reading.value(), &self.unit) {
            (None, _) => self.reading.word().to_string(),
            (Some(value), None) => percent(value),
            (Some(value), Some(unit)) => format!("{value} {unit}"),
        };
        format!("{} {value}", self.signal)
    }
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel(name) => write!(f, "channel {name}"),
            Self::Pager(name) => write!(f, "pager {name}"),
        }
    }
}
