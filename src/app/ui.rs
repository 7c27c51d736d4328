//! What a person is looking at: screen, selection, filter, answers. Part of the model, without IO.

use super::dialog::Input;
use crate::incident::severity::{Answered, Answers};
use crate::incident::{Slug, StepId};
use crate::keymap::Screen;
use crate::signals::{Reading, percent};
use crate::text::{Safe, sanitize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub struct Ui {
    pub screen: Screen,
    /// The selected row's identity, so that a refresh moves nothing under the cursor.
    pub selected: Option<String>,
    pub scroll: usize,
    /// How far the screen can be scrolled, and by how many lines at once, as it was drawn last.
    pub drawn: Drawn,
    /// The step of a playbook that is on the screen: the next one is read from its begin.
    pub step: Option<StepId>,
    /// The span over which charts are shown, while they are.
    pub chart: Option<Span>,
    /// The alert or group of alerts under the cursor, by key: it stays where it is when others come and go.
    pub alert: Option<String>,
    pub filter: Option<Input>,
    pub filtering: bool,
    pub utc: bool,
    pub answers: Answering,
    /// Something to tell, until the next key.
    pub notice: Option<Notice>,
    /// What is told once a note with the first text is recorded.
    pub awaited: Vec<(Safe, Notice)>,
}

/// A span of time for charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    Hour,
    /// As far back as minutes are kept.
    Shift,
    Window,
}

impl Span {
    /// The span after this one; none after the longest.
    pub fn next(shown: Option<Self>) -> Option<Self> {
        match shown {
            None => Some(Self::Hour),
            Some(Self::Hour) => Some(Self::Shift),
            Some(Self::Shift) => Some(Self::Window),
            Some(Self::Window) => None,
        }
    }

    pub fn length(self, window: chrono::TimeDelta) -> chrono::TimeDelta {
        match self {
            Self::Hour => chrono::TimeDelta::hours(1),
            Self::Shift => chrono::TimeDelta::hours(8),
            Self::Window => window,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Shift => "eight hours",
            Self::Window => "window of the budget",
        }
    }
}

/// What a measurement answers to a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub answer: Slug,
    pub signal: Slug,
    pub reading: Reading,
    /// Its unit; a ratio where none is named.
    pub unit: Option<Slug>,
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

/// A classification under way: nothing is recorded until its end.
#[derive(Debug, Clone, Default)]
pub struct Answering {
    pub active: bool,
    pub answers: Answers,
    /// The questions in the order asked.
    pub order: Vec<Slug>,
    /// Questions whose answer was taken over from a measurement, with that measurement.
    pub measured: BTreeMap<Slug, Proposal>,
    /// Questions that were answered otherwise than was measured, with that measurement.
    pub against: BTreeMap<Slug, Proposal>,
    /// Questions that a fact answered, with what is recorded of it.
    pub known: BTreeMap<Slug, Answered>,
    /// Questions that a fact would answer, and a person wants to.
    pub by_person: Vec<Slug>,
    /// What was measured about the open question when it was asked. It stays while the question is open,
    /// so that the proposal does not change under the cursor.
    pub proposal: Option<Proposal>,
    /// When what was answered was asked about, or opened again: a key that is pressed twice answers once.
    pub asked: Option<chrono::DateTime<chrono::Utc>>,
    pub cursor: usize,
    /// Whether the reason for the question is shown.
    pub why: bool,
}

/// How far what was drawn can be scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drawn {
    pub screen: usize,
    /// The lines of it that are seen at once.
    pub page: usize,
    /// What is open over it.
    pub over: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub bad: bool,
    /// Since when it is shown; set by `update`.
    pub since: Option<chrono::DateTime<chrono::Utc>>,
}

impl Ui {
    pub fn page(&self) -> usize {
        match self.drawn.page {
            0 => 10,
            page => page,
        }
    }

    pub fn tell(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: sanitize::line(&text.into()),
            bad: false,
            since: None,
        });
    }

    pub fn warn(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: sanitize::line(&text.into()),
            bad: true,
            since: None,
        });
    }

    pub fn show(&mut self, screen: Screen) {
        if self.screen != screen {
            self.screen = screen;
            self.selected = None;
            self.scroll = 0;
            self.alert = None;
            self.filter = None;
            self.filtering = false;
        }
    }

    /// The words of the filter, in lower case; empty without one.
    pub fn filter_words(&self) -> Vec<String> {
        let text = self.filter.as_ref().map_or(String::new(), Input::text);
        text.to_lowercase()
            .split_whitespace()
            .map(str::to_string)
            .collect()
    }
}
