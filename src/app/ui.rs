//! The state of the user interface: screen, selection, filter, answers.

use super::dialog::Input;
use crate::incident::severity::{Answered, Answers};
use crate::incident::{IncidentId, Slug, StepId};
use crate::keymap::Screen;
use crate::signals::Reading;
use crate::text::{Safe, sanitize};
use crate::times::StatedTime;
use chrono::{DateTime, TimeDelta, Utc};
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
    pub step: Option<StepId>,
    pub chart: Option<Span>,
    /// By key, so that it stays in place when others come and go.
    pub alert: Option<String>,
    pub filter: Option<Input>,
    pub filtering: bool,
    pub utc: bool,
    /// Of an incident that is entered afterwards.
    pub entering: Option<EntryTime>,
    pub answers: Answering,
    /// Shown until the next key.
    pub notice: Option<Notice>,
    /// Notices shown once a note with this text is recorded.
    pub awaited: Vec<(Safe, Notice)>,
}

/// The time of the next entries of one incident.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryTime {
    pub incident: IncidentId,
    pub at: StatedTime,
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

    pub fn length(self, window: TimeDelta) -> TimeDelta {
        match self {
            Self::Hour => TimeDelta::hours(1),
            Self::Shift => TimeDelta::hours(8),
            Self::Window => window,
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
    pub asked: Option<DateTime<Utc>>,
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
    pub since: Option<DateTime<Utc>>,
}

impl Ui {
    pub fn page(&self) -> usize {
        match self.drawn.page {
            0 => 10,
            page => page,
        }
    }

    pub fn tell(&mut self, text: impl Into<String>) {
        self.notify(text.into(), false);
    }

    pub fn warn(&mut self, text: impl Into<String>) {
        self.notify(text.into(), true);
    }

    pub fn notify(&mut self, text: String, bad: bool) {
        self.notice = Some(Notice {
            text: sanitize::line(&text),
            bad,
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
        let text = text.to_lowercase();
        text.split_whitespace().map(str::to_string).collect()
    }
}
