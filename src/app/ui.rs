//! What a person is looking at: screen, selection, overlays, inputs. Part of the model, without IO.

use super::dialog::Input;
use crate::incident::Slug;
use crate::incident::severity::{Answered, Answers};
use crate::keymap::Screen;
use crate::signals::{Reading, percent};
use crate::text::{Safe, sanitize};
use std::collections::BTreeMap;

/// What a person is looking at.
#[derive(Debug, Clone, Default)]
pub struct Ui {
    /// The screen.
    pub screen: Screen,
    /// The selected row's identity, so that a refresh moves nothing under the cursor.
    pub selected: Option<String>,
    /// First row shown.
    pub scroll: usize,
    /// How far the screen can be scrolled, and by how many lines at once, as it was drawn last.
    pub drawn: Drawn,
    /// The step of a playbook that is on the screen: the next one is read from its begin.
    pub step: Option<Slug>,
    /// The span over which charts are shown, while they are.
    pub chart: Option<Span>,
    /// The alert or group of alerts under the cursor, by key: it stays where it is when others come and go.
    pub alert: Option<String>,
    /// The filter in force.
    pub filter: Option<Input>,
    /// Whether the filter is being typed.
    pub filtering: bool,
    /// Times in UTC instead of local.
    pub utc: bool,
    /// A classification under way.
    pub answers: Answering,
    /// Something to tell, until the next key.
    pub notice: Option<Notice>,
    /// What is told once a note with the first text is recorded.
    pub awaited: Vec<(Safe, Notice)>,
}

/// A span of time for charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// An hour.
    Hour,
    /// As far back as minutes are kept.
    Shift,
    /// The window of the error budget.
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

    /// Its length, where the budget's window is this long.
    pub fn length(self, window: chrono::TimeDelta) -> chrono::TimeDelta {
        match self {
            Self::Hour => chrono::TimeDelta::hours(1),
            Self::Shift => chrono::TimeDelta::hours(8),
            Self::Window => window,
        }
    }

    /// The words for it.
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
    /// The answer.
    pub answer: Slug,
    /// The signal that was read.
    pub signal: Slug,
    /// What it read.
    pub reading: Reading,
    /// Its unit; a ratio where none is named.
    pub unit: Option<Slug>,
}

impl Proposal {
    /// The signal and what it read.
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
    /// Whether one is under way.
    pub active: bool,
    /// The answers so far.
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
    /// The answer under the cursor.
    pub cursor: usize,
    /// Whether the reason for the question is shown.
    pub why: bool,
}

/// How far what was drawn can be scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drawn {
    /// The screen.
    pub screen: usize,
    /// The lines of it that are seen at once.
    pub page: usize,
    /// What lies over it.
    pub over: usize,
}

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The text.
    pub text: String,
    /// Whether something went wrong.
    pub bad: bool,
    /// Since when it is shown; set by `update`.
    pub since: Option<chrono::DateTime<chrono::Utc>>,
}

impl Ui {
    /// How many lines a page is.
    pub fn page(&self) -> usize {
        match self.drawn.page {
            0 => 10,
            page => page,
        }
    }

    /// Tells something.
    pub fn tell(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: sanitize::line(&text.into()),
            bad: false,
            since: None,
        });
    }

    /// Tells that something went wrong.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice {
            text: sanitize::line(&text.into()),
            bad: true,
            since: None,
        });
    }

    /// Goes to a screen.
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
