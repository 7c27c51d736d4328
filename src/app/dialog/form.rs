//! A form: text in one or more fields.

use super::input::Input;
use super::outcome::{Hint, Outcome, Reaction, Then};
use crate::keymap::{Action, Edit};
use crate::text::{Safe, parse_duration};
use crate::times::{DueTime, StatedTime, TimeProblem, due_by, read_time_on};
use chrono::{DateTime, Utc};
use std::sync::Arc;

type Beside<M> = Then<dyn Fn(&M) -> Vec<About> + Send + Sync>;
type Submit<M> = Then<dyn Fn(&mut M, &Filled) -> Outcome + Send + Sync>;

#[derive(Debug, Clone)]
pub struct Form<M> {
    pub title: String,
    pub fields: Vec<Field>,
    pub focus: usize,
    pub fault: Option<String>,
    /// Clock times without a date are of the day on which this begins; `None`: the nearest to now.
    pub day_of: Option<StatedTime>,
    verb: &'static str,
    may_be_earlier: bool,
    /// Stays open beneath the confirmation that it opens.
    pub stays: bool,
    about: Option<Beside<M>>,
    submit: Submit<M>,
}

#[derive(Debug, Clone)]
pub struct Field {
    pub label: &'static str,
    pub input: Input,
    pub kind: FieldKind,
    /// Several rows high even without the focus.
    pub tall: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    OptionalText,
    Due,
    RequiredDue,
    Duration,
    /// When it happened; empty means now.
    Happened,
    /// A time that has passed.
    Time,
    RequiredTime,
}

/// What a field means that holds a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadTime {
    Happened(StatedTime),
    Due(DateTime<Utc>),
}

impl FieldKind {
    /// `None`: it holds no time.
    fn read(
        self,
        text: &str,
        day_of: Option<StatedTime>,
        now: DateTime<Utc>,
    ) -> Option<Result<ReadTime, TimeProblem>> {
        match self {
            Self::Due | Self::RequiredDue => {
                Some(due_by(text, None, now).map(|due| ReadTime::Due(due.at)))
            }
            Self::Happened | Self::Time | Self::RequiredTime => {
                Some(read_time_on(text, None, day_of.as_ref(), now).map(ReadTime::Happened))
            }
            Self::Text | Self::OptionalText | Self::Duration => None,
        }
    }

    pub fn is_optional(self) -> bool {
        match self {
            Self::OptionalText | Self::Due | Self::Happened | Self::Time => true,
            Self::Text | Self::RequiredDue | Self::Duration | Self::RequiredTime => false,
        }
    }
}

/// What a form shows beside its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    Text(String),
    /// A moment, with what stands before and after it.
    At(&'static str, DateTime<Utc>, String),
    /// Cut to the space that is there.
    Long(String),
}

#[derive(Debug, Clone)]
pub struct Filled {
    typed: Vec<String>,
    now: DateTime<Utc>,
    day_of: Option<StatedTime>,
    pub occurred: Option<StatedTime>,
}

impl Filled {
    /// Unsanitized: matchers must be sent as they were typed.
    pub fn typed(&self, at: usize) -> &str {
        self.typed.get(at).map_or("", String::as_str)
    }

    pub fn text(&self, at: usize) -> Safe {
        Safe::block(self.typed(at))
    }

    pub fn due(&self, at: usize) -> Option<DueTime> {
        due_by(self.typed(at), None, self.now).ok()
    }

    pub fn time(&self, at: usize) -> Option<StatedTime> {
        read_time_on(self.typed(at), None, self.day_of.as_ref(), self.now).ok()
    }
}

impl Field {
    fn fault(&self, day_of: Option<StatedTime>, now: DateTime<Utc>) -> Option<String> {
        let label = self.label;
        if let Some(cut) = too_long(self.input.left_out()) {
            return Some(format!("{label}: {cut}"));
        }
        let text = self.input.text();
        let is_empty = text.trim().is_empty();
        match self.kind {
            FieldKind::Text if is_empty => return Some(format!("{label}: a few words are needed")),
            FieldKind::RequiredDue if is_empty => {
                return Some("a time is needed: 30m, or 02:40+01:00".to_string());
            }
            FieldKind::RequiredTime if is_empty => {
                return Some("a time is needed: 2019-07-10 16:35Z, or 2021-12-25 UTC".to_string());
            }
            FieldKind::Duration => {
                return match parse_duration(&text) {
                    Some(_) => None,
                    None => Some("write 30m, 2h or 1d".into()),
                };
            }
            _ if is_empty => return None,
            _ => {}
        }
        let error = self.kind.read(&text, day_of, now)?.err()?;
        Some(format!("{error}; {}", error.hint()))
    }
}

/// Text that did not fit is never recorded in part.
fn too_long(left_out: usize) -> Option<String> {
    (left_out > 0).then(|| {
        format!(
            "too long: the last {left_out} characters are left out; shorten it and write them into another note, or a link to where they are"
        )
    })
}

impl<M: 'static> Form<M> {
    pub fn new(
        title: impl Into<String>,
        submit: impl Fn(&mut M, &Filled) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        Self {
            title: title.into(),
            fields: Vec::new(),
            focus: 0,
            fault: None,
            day_of: None,
            verb: "record",
            may_be_earlier: false,
            stays: false,
            about: None,
            submit: Then(Arc::new(submit)),
        }
    }

    pub fn field(self, label: &'static str, kind: FieldKind) -> Self {
        self.filled(label, kind, "")
    }

    pub fn filled(mut self, label: &'static str, kind: FieldKind, text: &str) -> Self {
        self.fields.push(Field {
            label,
            input: Input::new(text),
            kind,
            tall: false,
        });
        self
    }

    /// The last field is shown over several rows.
    pub fn tall(mut self) -> Self {
        if let Some(field) = self.fields.last_mut() {
            field.tall = true;
        }
        self
    }

    pub fn focused(mut self, field: usize) -> Self {
        self.focus = field;
        self
    }

    pub fn may_be_earlier(mut self) -> Self {
        self.may_be_earlier = true;
        // What is recorded may be asked about first.
        self.stays = true;
        self
    }

    pub fn verb(mut self, verb: &'static str) -> Self {
        self.verb = verb;
        self
    }

    pub fn stays(mut self) -> Self {
        self.stays = true;
        self
    }

    pub fn about(mut self, about: impl Fn(&M) -> Vec<About> + Send + Sync + 'static) -> Self {
        self.about = Some(Then(Arc::new(about)));
        self
    }

    pub fn beside(&self, model: &M) -> Vec<About> {
        let about = self.about.as_ref();
        about.map_or_else(Vec::new, |about| (about.0)(model))
    }

    /// Whether it may state a time and does not.
    pub fn takes_entry_time(&self) -> bool {
        let mut fields = self.fields.iter();
        self.may_be_earlier && fields.all(|field| field.kind != FieldKind::Happened)
    }

    /// How a text is read while it is typed; `None` for a field without a time.
    pub fn reads(
        &self,
        kind: FieldKind,
        text: &str,
        now: DateTime<Utc>,
    ) -> Option<Result<ReadTime, TimeProblem>> {
        kind.read(text, self.day_of, now)
    }

    pub(super) fn act(&mut self, action: Action, now: DateTime<Utc>) -> Reaction<M> {
        match action {
            Action::Enter => return self.enter(now),
            Action::Earlier if self.may_be_earlier => self.ask_when(),
            Action::Up => self.focus = self.focus.saturating_sub(1),
            Action::Down => self.focus = (self.focus + 1).min(self.fields.len() - 1),
            Action::Edit(edit) => self.edit(edit),
            Action::Back => return Reaction::Close,
            _ => {}
        }
        Reaction::Stay
    }

    /// Goes to the next field; the last one submits.
    fn enter(&mut self, now: DateTime<Utc>) -> Reaction<M> {
        if let Some(fault) = self.fields[self.focus].fault(self.day_of, now) {
            self.fault = Some(fault);
        } else if self.focus + 1 < self.fields.len() {
            self.focus += 1;
        } else if let Some((at, fault)) = self.wrong_field(now) {
            (self.focus, self.fault) = (at, Some(fault));
        } else {
            let (submit, filled) = (self.submit.clone(), self.written(now));
            return Reaction::Run(Arc::new(move |model| (submit.0)(model, &filled)));
        }
        Reaction::Stay
    }

    fn wrong_field(&self, now: DateTime<Utc>) -> Option<(usize, String)> {
        let mut fields = self.fields.iter().enumerate();
        fields.find_map(|(at, field)| Some((at, field.fault(self.day_of, now)?)))
    }

    fn written(&self, now: DateTime<Utc>) -> Filled {
        let is_when = |field: &&Field| field.kind == FieldKind::Happened;
        let (when, others): (Vec<_>, Vec<_>) = self.fields.iter().partition(is_when);
        let when = when.first().map(|field| field.input.text());
        let occurred = when.and_then(|it| read_time_on(&it, None, self.day_of.as_ref(), now).ok());
        Filled {
            typed: others.iter().map(|field| field.input.text()).collect(),
            now,
            day_of: self.day_of,
            occurred,
        }
    }

    /// Adds the field that says when it happened, or goes to it.
    fn ask_when(&mut self) {
        let mut fields = self.fields.iter();
        let known = fields.position(|it| it.kind == FieldKind::Happened);
        self.focus = known.unwrap_or_else(|| {
            self.fields.push(Field {
                label: match self.day_of {
                    Some(_) => "happened: 16:35Z, or with its date",
                    None => "happened: 10m (ago), or 02:40+01:00",
                },
                input: Input::default(),
                kind: FieldKind::Happened,
                tall: false,
            });
            self.fields.len() - 1
        });
    }

    fn edit(&mut self, edit: Edit) {
        if let Some(field) = self.fields.get_mut(self.focus) {
            let before = field.input.text();
            field.input.edit(edit);
            // Moving about changes nothing of what is wrong.
            if field.input.text() != before {
                self.fault = None;
            }
        }
    }

    pub(super) fn insert(&mut self, text: &str) {
        if let Some(field) = self.fields.get_mut(self.focus) {
            let before = field.input.text();
            let left_out = field.input.insert(text);
            if left_out > 0 || field.input.text() != before {
                self.fault = too_long(left_out);
            }
        }
    }

    pub(super) fn hints(&self) -> Vec<Hint> {
        let several = self.fields.len() > 1;
        let mut hints = vec![match several {
            true => (Action::Enter, "next, then record"),
            false => (Action::Enter, self.verb),
        }];
        match self.may_be_earlier {
            true => hints.push((Action::Earlier, "it was earlier")),
            false if several => hints.push((Action::Down, "field")),
            false => {}
        }
        let close = match hints.len() {
            1 => "close, nothing recorded",
            _ => "close",
        };
        hints.push((Action::Back, close));
        hints
    }
}
