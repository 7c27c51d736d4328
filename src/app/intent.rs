//! Intents of people as drafts, for the console and the command line.

#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod command;
mod context;
mod correction;
mod owner;
mod people;
mod playbook;
mod refused;
mod response;
mod times;

pub use command::{Work, already_due, due_time, summary};
pub use context::{IntentContext, SignalReading};
pub use correction::Correction;
pub use owner::{Owner, WorkEdit, no_owner, role_or_team};
pub use people::{Named, arrival, introduction, named, not_waited_for};
pub use playbook::{ItemState, PlaybookIntent, StepResult, item_state, open_items, step_named};
pub use refused::{Refused, check_length};
pub(super) use refused::{existing_entry, refuse};

use super::incident_view::IncidentView;
use super::setup::Person;
use crate::incident::entry::{
    Audience, Decided, Follows, ImpactChange, ImpactStated, Noted, Opened, WorkKind, field,
};
use crate::incident::severity::Answered;
use crate::incident::{ActorId, Draft, Incident, PathId, Role, ServiceId, Slug, Status, TargetId};
use crate::signals::Cause;
use crate::text::Safe;
use crate::times::StatedTime;
use chrono::{DateTime, TimeDelta, Utc};
use refused::{conflict, required};

#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    Acknowledge(Vec<TargetId>),
    Note(Safe),
    /// What, why, and the alternatives.
    Decide(Safe, Safe, Safe),
    Status(Status, Safe),
    Role(Role, Option<ActorId>),
    Classify(Vec<Answered>, Safe),
    /// Impact ended, or began again.
    Impact(ImpactChange, Safe),
    Correct(Correction),
    Update(Audience, Safe),
    /// The text is added to the summary.
    HandOver(Role, ActorId, Safe),
    Work(WorkKind, Work),
    /// What changes, and a comment.
    WorkState(WorkEdit, Safe),
    Playbook(PlaybookIntent),
}

impl Intent {
    /// Whether it gives a fact its time: entered afterwards, that is never the time of its entry.
    fn is_dated(&self) -> bool {
        match self {
            Self::Acknowledge(..) | Self::Impact(..) | Self::Update(..) => true,
            Self::Status(status, _) => *status != Status::Closed,
            Self::Note(..)
            | Self::Decide(..)
            | Self::Role(..)
            | Self::Classify(..)
            | Self::Correct(..)
            | Self::HandOver(..)
            | Self::Work(..)
            | Self::WorkState(..)
            | Self::Playbook(..) => false,
        }
    }

    /// Whether it is refused once the incident is closed. What is learned afterwards (notes, corrections, decisions,
    /// classifications, follow-up) is still recorded.
    pub fn ends_with_closing(&self) -> bool {
        match self {
            Self::Acknowledge(..)
            | Self::Status(..)
            | Self::Role(..)
            | Self::Update(..)
            | Self::HandOver(..)
            | Self::Playbook(..) => true,
            Self::Impact(..)
            | Self::Note(..)
            | Self::Decide(..)
            | Self::Classify(..)
            | Self::Correct(..)
            | Self::Work(..)
            | Self::WorkState(..) => false,
        }
    }
}

/// The drafts of an intent, after the person's introduction where this journal does not know them.
pub fn drafts(
    view: &IncidentView,
    context: &IntentContext<'_>,
    intent: &Intent,
) -> Result<Vec<Draft>, Refused> {
    let me = &context.me.actor;
    let incident = &view.incident;
    let mut drafts = Vec::new();
    if !incident.actors.contains_key(me) {
        drafts.push(arrival(view, context.me));
    }
    drafts.extend(context.named.iter().map(|named| named.draft.clone()));
    must_be_open(incident, intent, context.occurred)?;
    if incident.is_retrospective() && intent.is_dated() && context.occurred.is_none() {
        return Err(times::not_now());
    }
    texts(intent)
        .into_iter()
        .try_for_each(|(what, text)| check_length(what, text))?;
    drafts.extend(match intent {
        Intent::Acknowledge(targets) => response::acknowledge(incident, me, targets)?,
        Intent::Impact(change, text) => {
            let stated = ImpactStated { impact: *change };
            let mut drafts = context.unrecorded(view);
            drafts.push(Draft::new(me, stated).with(field::TEXT, text.clone()));
            drafts
        }
        Intent::Status(status, text) => response::set_status(view, context, *status, text)?,
        Intent::Classify(answers, why) => response::classify(view, context, answers, why)?,
        Intent::Playbook(intent) => playbook::drafts(view, context, intent)?,
        Intent::Note(text) => {
            vec![Draft::new(me, Noted {}).with(field::TEXT, required(text)?)]
        }
        Intent::Decide(what, why, instead) => {
            let decided = Draft::new(me, Decided {}).with(field::TEXT, required(what)?);
            let decided = decided.with(field::WHY, why.clone());
            vec![decided.with(field::ALTERNATIVES, instead.clone())]
        }
        Intent::Role(role, actor) => {
            vec![response::assign(view, context, *role, actor.as_ref())?]
        }
        Intent::Correct(correction) => vec![correction::correct(view, context, correction)?],
        Intent::Update(audience, text) => vec![command::update(context, *audience, text)?],
        Intent::HandOver(role, to, text) => {
            vec![command::hand_over(view, context, *role, to, text)?]
        }
        Intent::Work(kind, work) => vec![command::open(view, context, *kind, work)?],
        Intent::WorkState(to, text) => vec![command::change(view, context, to, text)?],
    });
    if let Some(at) = context.occurred {
        times::earlier(context, &mut drafts, at)?;
    }
    times::unless_asked(view, context, &mut drafts)?;
    Ok(drafts)
}

pub(super) const AFTER_SEAL: &str =
    "a sealed incident continues in a new one: `warroom incident open TITLE --follows ID`";

fn must_be_open(
    incident: &Incident,
    intent: &Intent,
    occurred: Option<StatedTime>,
) -> Result<(), Refused> {
    if let Some(sealed) = &incident.custody.sealed {
        return Err(conflict(
            format!(
                "the journal is sealed (#{}): nothing can be added",
                sealed.seq
            ),
            AFTER_SEAL,
        ));
    }
    // Entered afterwards, what happened before the closing may be entered after it.
    let is_of_the_past = incident.is_retrospective() && occurred.is_some();
    if incident.status == Status::Closed && intent.ends_with_closing() && !is_of_the_past {
        return Err(conflict(
            "the incident is closed, and stays so",
            "notes, corrections, work and a classification can be added; what fails again is a new incident",
        ));
    }
    Ok(())
}

/// What a person says when they open an incident.
#[derive(Debug, Clone)]
pub struct Opening<'d> {
    pub title: &'d Safe,
    pub start: StatedTime,
    /// When somebody noticed it, where that is said.
    pub detected: Option<StatedTime>,
    /// Entered after the event: nobody is paged.
    pub retrospective: bool,
    pub signal: &'d Slug,
    pub objective: f64,
    pub service: &'d ServiceId,
    pub path: &'d PathId,
    pub drill: bool,
    pub follows: Option<Follows>,
    pub now: DateTime<Utc>,
    /// A person has confirmed that these times contradict each other.
    pub anyway: bool,
}

/// A start further back is asked about: whether it goes on, or is entered afterwards.
pub const LONG_AGO: TimeDelta = TimeDelta::hours(4);

impl Opening<'_> {
    /// The first entries.
    pub fn drafts(&self, me: &Person) -> Result<Vec<Draft>, Refused> {
        let data = Opened {
            started: self.start.from(),
            started_from: Cause::Said,
            service: self.service.clone(),
            path: self.path.clone(),
            rule: None,
            policy: None,
            signal: self.signal.clone(),
            objective: self.objective,
            drill: self.drill,
            stated: Some(self.start),
            retrospective: self.retrospective,
            program: env!("CARGO_PKG_VERSION").to_string(),
            follows: self.follows.clone(),
        };
        let opened = Draft::new(&me.actor, data).with(field::TITLE, required(self.title)?);
        let opened = match self.detected {
            Some(at) => opened.occurred(at, Cause::Said),
            None => opened,
        };
        let mut drafts = vec![introduction(me), opened];
        // The program introduces itself first.
        let mut nothing = IncidentView::default();
        nothing.incident.count = 1;
        times::ask_about(&nothing, self.now, self.anyway, &mut drafts)?;
        Ok(drafts)
    }
}

fn texts(intent: &Intent) -> Vec<(&'static str, &Safe)> {
    match intent {
        Intent::Acknowledge(_) | Intent::Role(..) => Vec::new(),
        Intent::Note(text) => vec![("the note", text)],
        Intent::Decide(what, why, instead) => vec![
            ("the decision", what),
            ("the reason", why),
            ("the alternative", instead),
        ],
        Intent::Status(_, text) | Intent::Classify(_, text) | Intent::Impact(_, text) => {
            vec![("the text", text)]
        }
        Intent::Correct(correction) => vec![("the correction", &correction.text)],
        Intent::Update(_, text) => vec![("the status update", text)],
        Intent::HandOver(_, _, text) => vec![("the hand-over", text)],
        Intent::Work(_, work) => vec![
            ("the text", &work.text),
            ("the number", &work.reference),
            ("the contact", &work.contact),
            ("the link", &work.link),
        ],
        Intent::WorkState(_, text) => vec![("the text", text)],
        Intent::Playbook(PlaybookIntent::Step(_, StepResult::Skipped(why))) => {
            vec![("the reason", why)]
        }
        Intent::Playbook(_) => Vec::new(),
    }
}
