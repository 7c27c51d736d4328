//! What a person wants recorded, as drafts. The console and the command line both come here.

#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

mod command;
mod people;
mod playbook;
mod whole;

pub use command::{Work, due_time, summary};
pub use people::{Named, arrival, introduction, named, not_waited_for};
pub use playbook::{ItemState, PlaybookIntent, StepResult, item_state, open_items, step_named};
pub use whole::whole;

use super::incident_view::IncidentView;
use super::setup::Person;
use crate::incident::entry::{
    Acknowledged, Audience, Classified, Corrected, Decided, Follows, MessageEvent, Noted, Opened,
    RoleAssigned, SignalSeen, StatusChanged, WorkChanged, WorkKind, field,
};
use crate::incident::fold::{Acknowledgement, SignalFacts};
use crate::incident::severity::{Answered, Progress, SeverityFacts, SeverityPolicy};
use crate::incident::{ActorId, Draft, Event, Incident, Role, Slug, Status, program};
use crate::playbook::Library;
use crate::signals::Cause;
use crate::signals::Sample;
use crate::text::{Safe, TimeProblem, list};
use chrono::{DateTime, TimeDelta, Utc};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Refused {
    pub what: String,
    pub hint: String,
    /// The intent is valid; only the state of the incident forbids it.
    pub stands: bool,
}

impl From<Refused> for String {
    fn from(refused: Refused) -> Self {
        format!("{refused}; {}", refused.hint)
    }
}

pub(super) fn refuse(what: impl Into<String>, hint: impl Into<String>) -> Refused {
    Refused {
        what: what.into(),
        hint: hint.into(),
        stands: false,
    }
}

/// Refuses a valid intent that comes too late or a second time.
fn stands(what: impl Into<String>, hint: impl Into<String>) -> Refused {
    Refused {
        stands: true,
        ..refuse(what, hint)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// Also assigns the incident commander where there is none.
    Acknowledge(Vec<Slug>),
    Note(Safe),
    /// What, why, and the alternatives.
    Decide(Safe, Safe, Safe),
    Status(Status, Safe),
    Role(Role, Option<ActorId>),
    Classify(Vec<Answered>, Safe),
    Correct(u64, Safe),
    Update(Audience, Safe),
    /// The text is added to the summary.
    HandOver(Role, ActorId, Safe),
    Work(WorkKind, Work),
    /// What changes, and a comment.
    WorkState(WorkChanged, Safe),
    Playbook(PlaybookIntent),
}

impl Intent {
    /// Whether it may have happened before it is recorded.
    pub fn may_be_earlier(&self) -> bool {
        match self {
            Self::Note(..)
            | Self::Decide(..)
            | Self::Status(..)
            | Self::Update(..)
            | Self::HandOver(..)
            | Self::Work(..)
            | Self::WorkState(..) => true,
            Self::Acknowledge(..)
            | Self::Role(..)
            | Self::Classify(..)
            | Self::Correct(..)
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
            Self::Note(..)
            | Self::Decide(..)
            | Self::Classify(..)
            | Self::Correct(..)
            | Self::Work(..)
            | Self::WorkState(..) => false,
        }
    }
}

pub struct IntentContext<'d> {
    pub me: &'d Person,
    pub library: &'d Library,
    /// The severity policy and its digest.
    pub severity: (&'d SeverityPolicy, &'d str),
    /// What the service map and the record answer by themselves.
    pub facts: SeverityFacts,
    pub now: DateTime<Utc>,
    /// When it happened, if that was earlier.
    pub occurred: Option<DateTime<Utc>>,
    /// The last reading of the signal, with its name and source.
    pub sample: Option<(Sample, &'d Slug, &'d Slug)>,
    pub named: Option<Named>,
}

impl IntentContext<'_> {
    /// Also a person who is introduced with this intent.
    fn knows(&self, view: &IncidentView, who: &ActorId) -> bool {
        let named = self.named.as_ref().is_some_and(|named| named.actor == *who);
        named || *who == self.me.actor || view.incident.actors.contains_key(who)
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
    still_taken(incident, intent)?;
    whole::all(intent)?;
    match intent {
        Intent::Acknowledge(targets) => {
            let acknowledged = Acknowledged {
                targets: targets.clone(),
                elsewhere: None,
            };
            let commanded = incident.roles.contains_key(&Role::IncidentCommander);
            if let Some(seq) = acknowledged_already(incident, me, targets)
                && commanded
            {
                return Err(stands(
                    format!("you have acknowledged already (#{seq})"),
                    "nothing to do",
                ));
            }
            drafts.push(Draft::new(me, acknowledged));
            if !commanded {
                let role = Role::IncidentCommander;
                let data = RoleAssigned {
                    role,
                    actor: Some(me.clone()),
                    supersedes: Some(incident.role_change(role)),
                };
                drafts.push(Draft::new(me, data));
            }
        }
        Intent::Note(text) => {
            drafts.push(Draft::new(me, Noted {}).with(field::TEXT, words(text)?));
        }
        Intent::Decide(what, why, instead) => drafts.push(
            Draft::new(me, Decided {})
                .with(field::TEXT, words(what)?)
                .with(field::WHY, why.clone())
                .with(field::ALTERNATIVES, instead.clone()),
        ),
        Intent::Status(status, text) => {
            if incident.status == *status && !incident.status_changes.is_empty() {
                return Err(stands(
                    format!("it is {} already", status.word()),
                    "write a note instead",
                ));
            }
            drafts.extend(reading_for_decision(view, context));
            let data = StatusChanged { status: *status };
            drafts.push(Draft::new(me, data).with(field::TEXT, text.clone()));
        }
        Intent::Role(role, actor) => {
            gives_back_what_is_held(view, context, *role, actor.as_ref())?;
            let hint =
                "a person appears in a journal with their first action; `incident show` lists them";
            takes_part(view, context, actor.as_ref(), hint)?;
            let data = RoleAssigned {
                role: *role,
                actor: actor.clone(),
                supersedes: Some(incident.role_change(*role)),
            };
            drafts.push(Draft::new(me, data));
        }
        Intent::Classify(answers, why) => {
            drafts.extend(reading_for_decision(view, context));
            drafts.push(classification(context, answers)?.with(field::WHY, why.clone()));
        }
        Intent::Correct(seq, text) => {
            let wanted = view.entries.iter().find(|entry| entry.seq == *seq);
            let entry = wanted.ok_or_else(|| {
                refuse(
                    format!("there is no entry #{seq}"),
                    format!("entries run from 1 to {}", incident.count),
                )
            })?;
            let data = Corrected {
                seq: entry.seq,
                hash: entry.hash.clone(),
            };
            drafts.push(Draft::new(me, data).with(field::TEXT, words(text)?));
        }
        Intent::Update(audience, text) => drafts.push(command::update(context, *audience, text)?),
        Intent::HandOver(role, to, said) => {
            drafts.push(command::hand_over(view, context, *role, to, said)?);
        }
        Intent::Work(kind, work) => drafts.push(command::open(view, context, *kind, work)?),
        Intent::WorkState(to, said) => drafts.push(command::change(view, context, to, said)?),
        Intent::Playbook(intent) => drafts.extend(playbook::drafts(view, context, intent)?),
    }
    if let Some(at) = context.occurred
        && let Some(draft) = drafts.pop()
    {
        drafts.push(earlier(incident, context, intent, draft, at)?);
    }
    Ok(drafts)
}

fn still_taken(incident: &Incident, intent: &Intent) -> Result<(), Refused> {
    if let Some((seq, _)) = incident.custody.sealed {
        return Err(stands(
            format!("the journal is sealed (#{seq}): nothing can be added"),
            "a sealed story goes on in a new incident: `warroom incident open TITLE --follows ID`",
        ));
    }
    if incident.status == Status::Closed && intent.ends_with_closing() {
        return Err(stands(
            "the incident is closed, and stays so",
            "notes, corrections, work and a classification can be added; what fails again is a new incident",
        ));
    }
    Ok(())
}

/// Refuses a person who has not taken part.
fn takes_part(
    view: &IncidentView,
    context: &IntentContext<'_>,
    who: Option<&ActorId>,
    hint: &str,
) -> Result<(), Refused> {
    match who.filter(|who| !context.knows(view, who)) {
        Some(who) => Err(refuse(
            format!("{who} has not taken part in this incident"),
            hint,
        )),
        None => Ok(()),
    }
}

/// Only the holder gives a role back; another person takes it by holding it.
fn gives_back_what_is_held(
    view: &IncidentView,
    context: &IntentContext<'_>,
    role: Role,
    to: Option<&ActorId>,
) -> Result<(), Refused> {
    if to.is_some() {
        return Ok(());
    }
    let title = role.title();
    let incident = &view.incident;
    let holders = || incident.holders(role).map(|held| view.name_of(&held.actor));
    if view.holds(role, context.me) {
        return Ok(());
    }
    if holders().next().is_none() {
        return Err(stands(
            format!("nobody holds the role {title}"),
            "nothing to do",
        ));
    }
    Err(refuse(
        format!(
            "the role {title} is held by {}, not by you",
            list(holders())
        ),
        "another person takes it over with their own `role` command: leave out --none",
    ))
}

/// The acknowledgement by which this person has acknowledged for all these targets.
fn acknowledged_already(incident: &Incident, me: &ActorId, targets: &[Slug]) -> Option<u64> {
    let mine = |ack: &&Acknowledgement| ack.by == *me;
    let acks = incident.acknowledgements.iter().filter(mine);
    let answered = |target: &Slug| acks.clone().any(|ack| ack.targets.contains(target));
    let last = acks.clone().next_back()?;
    targets.iter().all(answered).then_some(last.seq)
}

/// How long before the start of an incident a person may have acted on it: alerts come late.
const AHEAD_OF_ALERTS: TimeDelta = TimeDelta::hours(1);

/// What takes effect when it is recorded cannot have happened earlier.
fn earlier(
    incident: &Incident,
    context: &IntentContext<'_>,
    intent: &Intent,
    draft: Draft,
    at: DateTime<Utc>,
) -> Result<Draft, Refused> {
    if !intent.may_be_earlier() {
        return Err(refuse(
            "this holds from the moment it is recorded",
            "leave the time out; a note can say what was before",
        ));
    }
    if at > context.now {
        let error = TimeProblem::NotYet(at);
        return Err(refuse(error.to_string(), error.hint()));
    }
    // What led to an incident can be noted; nobody responded to it long before it began.
    let began = incident.opened.as_ref().map(|opened| opened.data.started);
    if let Some(began) = began.filter(|began| at < *began - AHEAD_OF_ALERTS)
        && !matches!(intent, Intent::Note(..) | Intent::Decide(..))
    {
        let when = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S UTC");
        return Err(refuse(
            format!(
                "{} is long before the incident began ({})",
                when(at),
                when(began)
            ),
            "a note can say what was before",
        ));
    }
    let mut draft = draft;
    // Told at an earlier time, it was told by other means: to send it now would tell it twice.
    if let Event::Message(MessageEvent::Updated(data)) = &mut draft.event {
        data.elsewhere = true;
    }
    Ok(draft.occurred(at, Cause::Said))
}

/// The first entry of an incident opened by a person.
pub fn opened_by_hand(
    me: &Person,
    title: &Safe,
    started: DateTime<Utc>,
    signal: (&Slug, f64),
    place: (&Slug, &Slug),
    drill: bool,
    follows: Option<Follows>,
) -> Result<Vec<Draft>, Refused> {
    let data = Opened {
        started,
        started_from: Cause::Said,
        service: place.0.clone(),
        path: place.1.clone(),
        rule: None,
        policy: None,
        signal: signal.0.clone(),
        objective: signal.1,
        drill,
        program: env!("CARGO_PKG_VERSION").to_string(),
        follows,
    };
    let opened = Draft::new(&me.actor, data).with(field::TITLE, words(title)?);
    Ok(vec![introduction(me), opened])
}

fn words(text: &Safe) -> Result<Safe, Refused> {
    if text.is_empty() {
        return Err(refuse("there is no text", "say it in a few words"));
    }
    whole("the text", text)?;
    Ok(text.clone())
}

/// The last reading, unless it is recorded already: what was known at the decision.
fn reading_for_decision(view: &IncidentView, context: &IntentContext<'_>) -> Option<Draft> {
    let (sample, signal, source) = context.sample?;
    let recorded = view
        .incident
        .signals
        .get(signal)
        .and_then(SignalFacts::last);
    if recorded.is_some_and(|last| last.at >= sample.at) {
        return None;
    }
    let data = SignalSeen {
        supersedes: None,
        signal: signal.clone(),
        reading: sample.reading,
        unit: None,
        at: sample.at,
        source: source.clone(),
        cause: Cause::Decision,
    };
    Some(Draft::new(&program(), data))
}

fn classification(context: &IntentContext<'_>, answers: &[Answered]) -> Result<Draft, Refused> {
    let (policy, digest) = context.severity;
    for (at, given) in answers.iter().enumerate() {
        if answers[..at]
            .iter()
            .any(|other| other.question == given.question)
        {
            return Err(refuse(
                format!("\"{}\" is answered twice", given.question),
                "keep the answer that holds",
            ));
        }
        let question = policy
            .questions
            .iter()
            .find(|question| question.id == given.question);
        let question = question.ok_or_else(|| {
            let known: Vec<&str> = policy.questions.iter().map(|q| q.id.as_str()).collect();
            refuse(
                format!("there is no question \"{}\"", given.question),
                format!("there are: {}", known.join(", ")),
            )
        })?;
        if !question.has(&given.answer) {
            let known: Vec<&str> = question.answers.iter().map(|a| a.id.as_str()).collect();
            let what = format!(
                "\"{}\" is no answer to \"{}\"",
                given.answer, given.question
            );
            return Err(refuse(what, format!("answers are: {}", known.join(", "))));
        }
    }
    let mut answers = answers.to_vec();
    policy.complete(&mut answers, &context.facts, &[]);
    let given = answers
        .iter()
        .map(|a| (a.question.clone(), a.answer.clone()))
        .collect();
    let rule = match policy.progress(&given) {
        Progress::Decided(rule) => rule,
        Progress::Ask(question) => {
            let known: Vec<&str> = question.answers.iter().map(|a| a.id.as_str()).collect();
            let what = format!(
                "the verdict still depends on \"{}\": {}",
                question.id, question.ask
            );
            return Err(refuse(
                what,
                format!("answer it with one of: {}", known.join(", ")),
            ));
        }
    };
    let data = Classified {
        severity: rule.severity,
        rule: rule.id.clone(),
        policy: digest.to_string(),
        answers,
        flags: rule.flags.clone(),
    };
    Ok(Draft::new(&context.me.actor, data))
}
