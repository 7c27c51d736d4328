//! What a person is looking at: screen, selection, overlays, inputs. Part of the model, without IO.

mod choice;
mod input;

pub use choice::{Fate, Pick, Picked, Somebody};
pub use input::{Edit, Input};

use crate::alerts::{Matcher, NewSilence};
use crate::incident::entry::{Audience, WorkKind};
use crate::incident::severity::{Answered, Answers};
use crate::incident::{Role, Slug, Status};
use crate::signals::{Reading, percent};
use crate::text::{Safe, sanitize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The seven screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Screen {
    /// What is happening.
    #[default]
    Now,
    /// How bad.
    Severity,
    /// What do we do.
    Playbook,
    /// Who must know.
    People,
    /// What is owed.
    Work,
    /// What happened.
    Timeline,
    /// What will remain.
    Documents,
}

impl Screen {
    /// All screens, in the order of their keys.
    pub const ALL: [Self; 7] = [
        Self::Now,
        Self::Severity,
        Self::Playbook,
        Self::People,
        Self::Work,
        Self::Timeline,
        Self::Documents,
    ];

    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Now => "Now",
            Self::Severity => "Severity",
            Self::Playbook => "Playbook",
            Self::People => "People",
            Self::Work => "Work",
            Self::Timeline => "Timeline",
            Self::Documents => "Documents",
        }
    }

    /// Its name where there is little room.
    pub fn short(self) -> &'static str {
        match self {
            Self::Documents => "Docs",
            other => other.title(),
        }
    }

    /// The question that it answers.
    pub fn question(self) -> &'static str {
        match self {
            Self::Now => "What is happening?",
            Self::Severity => "How bad is it?",
            Self::Playbook => "What do we do?",
            Self::People => "Who must know?",
            Self::Work => "What is owed?",
            Self::Timeline => "What happened?",
            Self::Documents => "What will remain?",
        }
    }
}

/// What a person is looking at.
#[derive(Debug, Clone, Default)]
pub struct Ui {
    /// The screen.
    pub screen: Screen,
    /// What lies over it, the last on top.
    pub overlays: Vec<Overlay>,
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
    /// First row shown of a question that is longer than the screen.
    pub question_scroll: usize,
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

/// What lies over the screen. The top one sees keys first.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// Help for where one stands.
    Help {
        /// First line shown.
        scroll: usize,
    },
    /// An entry of the journal, whole.
    Entry {
        /// Its number.
        seq: u64,
        /// First line shown.
        scroll: usize,
    },
    /// Every action by name.
    Palette {
        /// What is typed.
        input: Input,
        /// The row under the cursor.
        cursor: usize,
    },
    /// Text to be written.
    Prompt(Prompt),
    /// One of a list.
    Pick(Pick),
    /// A question before something that cannot be taken back lightly. The answer is No unless changed.
    Confirm {
        /// The question.
        question: String,
        /// What Yes does.
        then: Confirmed,
        /// Whether Yes is under the cursor.
        yes: bool,
    },
}

/// What a confirmation leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Confirmed {
    /// The program ends.
    Quit,
    /// An incident is opened with this title.
    Open(String),
    /// The status changes, with these words, and since when it is so if not from now on.
    Status(Status, String, Option<chrono::DateTime<chrono::Utc>>),
    /// The verdict of these answers is recorded.
    Classify(Vec<Answered>),
    /// A role is given back.
    GiveBack(Role),
    /// Goes on with another playbook.
    Playbook(Slug),
    /// Takes a role from who holds it: the role, and the change by which it is held.
    Take(Role, u64),
    /// Alerts are silenced at this source; so many matched.
    Silence(Slug, Box<NewSilence>, usize),
    /// A silence lasts until another time; so many alerts are quiet by it.
    Extend(Slug, Slug, chrono::DateTime<chrono::Utc>, usize),
    /// A silence ends.
    Expire(Slug, Slug),
}

/// Text to be written, in one or more fields.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What for.
    pub purpose: Purpose,
    /// The heading.
    pub title: String,
    /// The fields: label, text, what it takes.
    pub fields: Vec<(&'static str, Input, Takes)>,
    /// The field that is typed into.
    pub focus: usize,
    /// What is wrong with what was typed.
    pub fault: Option<String>,
}

/// What a field of a prompt takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Words, which are needed.
    Words,
    /// Words, or nothing.
    Anything,
    /// A time to come, or nothing.
    Due,
    /// A time to come, which is needed.
    NewDue,
    /// When it happened; nothing is now.
    Happened,
}

/// What a form for a silence was filled in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilenceForm {
    /// The source.
    pub source: Slug,
    /// The alerts of the row at that source, by key.
    pub row: Arc<[Slug]>,
    /// How many alerts of the row are at other sources only.
    pub elsewhere: usize,
    /// The matchers whose values are masked in the text.
    pub hidden: Vec<Matcher>,
}

/// What a prompt is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// A note.
    Note,
    /// A decision.
    Decision,
    /// A correction of an entry.
    Correction(u64),
    /// The reason for leaving a step out.
    Skip(Slug),
    /// Words to a change of status.
    Status(Status),
    /// The title of a new incident.
    Open,
    /// What to silence.
    Silence(Box<SilenceForm>),
    /// For how long the silence with this id, at this source, shall go on.
    Extend(Slug, Slug),
    /// A status update.
    Update(Audience),
    /// Words to a hand-over: the role, to whom, and the change by which it was held when this was begun.
    HandOver(Role, Somebody, u64),
    /// The name of who takes a role over, and words.
    HandOverToName(Role, u64),
    /// Work to keep track of.
    Work(WorkKind),
    /// What becomes of work, in words.
    WorkEnds(u64, Fate),
}

impl Purpose {
    /// Whether what is written may have happened before it is recorded.
    pub fn may_be_earlier(&self) -> bool {
        matches!(
            self,
            Self::Note
                | Self::Decision
                | Self::Status(_)
                | Self::Update(_)
                | Self::HandOver(..)
                | Self::HandOverToName(..)
                | Self::Work(_)
                | Self::WorkEnds(..)
        )
    }
}

impl Ui {
    /// How many lines a page is.
    pub fn page(&self) -> usize {
        match self.drawn.page {
            0 => 10,
            page => page,
        }
    }

    /// Takes in how far the screen and what lies over it go, as they were drawn: nobody scrolls beyond their ends.
    pub fn keep_within(&mut self, drawn: Drawn) {
        self.drawn = drawn;
        self.scroll = self.scroll.min(drawn.screen);
        self.question_scroll = match self.overlays.last() {
            Some(Overlay::Confirm { .. }) => self.question_scroll.min(drawn.over),
            _ => 0,
        };
        if let Some(Overlay::Help { scroll } | Overlay::Entry { scroll, .. }) =
            self.overlays.last_mut()
        {
            *scroll = (*scroll).min(drawn.over);
        }
    }

    /// Scrolls a question that is longer than the screen.
    pub fn scroll_question(&mut self, rows: isize) {
        self.question_scroll = self.question_scroll.saturating_add_signed(rows);
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

    /// Whether typed characters are text now, so that no key acts by accident.
    pub fn is_typing(&self) -> bool {
        self.filtering
            || matches!(
                self.overlays.last(),
                Some(Overlay::Prompt(_) | Overlay::Palette { .. })
            )
    }
}
