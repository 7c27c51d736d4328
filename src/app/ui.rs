//! What a person is looking at: screen, selection, filter, answers. Part of the model, without IO.

use super::dialog::Input;
use crate::incident::Slug;
use crate::incident::severity::{Answered, Answers};
use crate::keymap::Screen;
use crate::signals::{Reading, percent};
use crate::text::{Safe, sanitize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default)]
pub struct Ui {
    pub screen: Screen,
    /// By identity, so that a refresh moves nothing under the cursor.
    pub selected: Option<String>,
    pub scroll: usize,
    /// As drawn last.
    pub drawn: Drawn,
    /// The playbook step on the screen: the next one starts at its top.
    pub step: Option<Slug>,
    pub chart: Option<Span>,
    /// By key, so that it stays in place when others come and go.
    pub alert: Option<String>,
    pub filter: Option<Input>,
    pub filtering: bool,
    pub utc: bool,
    pub answers: Answering,
    /// Shown until the next key.
    pub notice: Option<Notice>,
    /// Notices shown once a note with this text is recorded.
    pub awaited: Vec<(Safe, Notice)>,
}

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
    /// In the order asked.
    pub order: Vec<Slug>,
    /// Questions answered by a measurement.
    pub measured: BTreeMap<Slug, Proposal>,
    /// Questions answered differently than measured.
    pub against: BTreeMap<Slug, Proposal>,
    /// Questions answered by a fact.
    pub known: BTreeMap<Slug, Answered>,
    pub by_person: Vec<Slug>,
    /// The measurement for the open question when it was asked, so that nothing changes under the cursor.
    pub proposal: Option<Proposal>,
    /// When a confirmation or question opened: a key pressed twice answers once.
    pub asked: Option<chrono::DateTime<chrono::Utc>>,
    pub cursor: usize,
    pub why: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drawn {
    pub screen: usize,
    /// Visible lines.
    pub page: usize,
    /// In the dialog on top.
    pub over: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub bad: bool,
    /// Set by `update`.
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

    /// In lower case.
    pub fn filter_words(&self) -> Vec<String> {
        let text = self.filter.as_ref().map_or(String::new(), Input::text);
        text.to_lowercase()
            .split_whitespace()
            .map(str::to_string)
            .collect()
    }
}
