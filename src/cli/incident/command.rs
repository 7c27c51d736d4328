//! Commanding from the command line: updates, hand-overs, work.

use super::preview;
use super::recording::{Recorder, load};
use crate::app::intent::{
    self, Intent, Owner, Work, WorkEdit, already_due, due_time, no_owner, role_or_team,
};
use crate::cli::arguments::{FollowUpKind, ForWhom, Incident as Verb};
use crate::cli::error::{CliError, Exit};
use crate::cli::setup::Base;
use crate::incident::entry::{Audience, WorkKind, WorkState};
use crate::incident::{ActorId, IncidentId};
use crate::text::{Safe, list};
use crate::times::DueTime;

pub(super) fn run(recorder: &Recorder<'_>, verb: Verb) -> Result<(), CliError> {
    match verb {
        Verb::Update {
            id,
            text,
            audience,
            preview,
            ..
        } => {
            let audience = match audience {
                ForWhom::Users => Audience::Users,
                ForWhom::Stakeholders => Audience::Stakeholders,
            };
            let text = Safe::block(&text);
            match preview {
                true => preview::update(recorder, &id, audience, text),
                false => recorder.record(&id, &Intent::Update(audience, text)),
            }
        }
        Verb::HandOver {
            id,
            role,
            to,
            text,
            new,
            ..
        } => {
            let to = person(recorder, &id, (&to, new))?;
            recorder.record(&id, &Intent::HandOver(role, to, Safe::block(&text)))
        }
        Verb::FollowUp {
            id,
            kind,
            text,
            due,
            owner,
            number,
            contact,
            link,
            ..
        } => {
            let texts = [&text, &number, &contact, &link].map(|text| Safe::block(text));
            follow_up(recorder, &id, kind, texts, (&due, owner.as_deref()))
        }
        Verb::Done {
            id,
            entry,
            text,
            dropped,
            due,
            owner,
            ..
        } => done(
            recorder,
            &id,
            entry,
            (dropped, &due, owner.as_deref()),
            &text,
        ),
        // Every other verb is carried out by the caller.
        _ => Err(CliError::usage(
            "this is no verb of commanding",
            "see `warroom incident --help`",
        )),
    }
}

/// A person who has taken part, by name or by id; or who is on a schedule, or is `new` here.
fn person(
    recorder: &Recorder<'_>,
    id: &IncidentId,
    (named, new): (&str, bool),
) -> Result<ActorId, CliError> {
    let base = recorder.base;
    let view = load(base, id)?;
    let people: Vec<(ActorId, String)> = view
        .people()
        .map(|(actor, _)| (actor.clone(), view.name_of(actor)))
        .collect();
    let fits: Vec<&ActorId> = people
        .iter()
        .filter(|(actor, name)| actor.as_str() == named || name.eq_ignore_ascii_case(named))
        .map(|(actor, _)| actor)
        .collect();
    match fits[..] {
        [one] => Ok(one.clone()),
        [] if new || is_on_a_schedule(base, named) => {
            // Two commands at once name two people.
            let at = base.store.clock().now().wall;
            let count = at.timestamp_micros().unsigned_abs()
                ^ u64::from(std::process::id()).rotate_left(40);
            let by = base.me()?.actor;
            let name = Safe::line(named);
            intent::check_length("the name", &name)?;
            let made = intent::named(id.as_str(), count, &by, &name);
            let actor = made.actor.clone();
            recorder.named.replace(Some(made));
            Ok(actor)
        }
        _ => {
            let known = list(
                people
                    .iter()
                    .map(|(actor, name)| format!("{name} ({actor})")),
            );
            let what = format!(
                "\"{}\" does not name exactly one person who has taken part",
                Safe::line(named)
            );
            let hint = format!(
                "people: {known}; a person on a schedule can be named, and --new accepts any other name"
            );
            Err(CliError::usage(what, hint))
        }
    }
}

/// A person who has taken part, a role, a team, or a person on a schedule: in this order.
fn owner(recorder: &Recorder<'_>, id: &IncidentId, named: &str) -> Result<Owner, CliError> {
    let base = recorder.base;
    let view = load(base, id)?;
    let people: Vec<(&ActorId, String)> = view
        .people()
        .map(|(actor, _)| (actor, view.name_of(actor)))
        .collect();
    let takes_part = people
        .iter()
        .any(|(actor, name)| actor.as_str() == named || name.eq_ignore_ascii_case(named));
    let map = &base.config.services.map;
    if !takes_part {
        if let Some(owner) = role_or_team(named, map)? {
            return Ok(owner);
        }
        if !is_on_a_schedule(base, named) {
            let people: Vec<String> = people.into_iter().map(|(_, name)| name).collect();
            return Err(no_owner(named, &people, map).into());
        }
    }
    person(recorder, id, (named, false)).map(Owner::Person)
}

/// A due time in the past is most often a slip.
fn due_at(recorder: &Recorder<'_>, text: &str) -> Result<Option<DueTime>, CliError> {
    let now = recorder.base.store.clock().now().wall;
    let due = due_time(text, recorder.when.zone, now)?;
    match due.and_then(|due| already_due(due, now)) {
        Some(said) if !recorder.when.anyway => {
            let what = format!("not recorded: the due time {said}");
            let hint = "check the date; --anyway records it";
            Err(CliError::new(Exit::No, what, hint))
        }
        _ => Ok(due),
    }
}

/// Whether a person of this name is on call within two days.
fn is_on_a_schedule(base: &Base, name: &str) -> bool {
    let now = base.store.clock().now().wall;
    let mut people = base.schedules().people(now).into_iter();
    people.any(|who| who.as_str().eq_ignore_ascii_case(name))
}

fn follow_up(
    recorder: &Recorder<'_>,
    id: &IncidentId,
    kind: FollowUpKind,
    [text, reference, contact, link]: [Safe; 4],
    (due, owner): (&str, Option<&str>),
) -> Result<(), CliError> {
    let kind = match kind {
        FollowUpKind::Action => WorkKind::Action,
        FollowUpKind::VendorCase => WorkKind::VendorCase,
        FollowUpKind::Risk => WorkKind::Risk,
        FollowUpKind::Question => WorkKind::Question,
        FollowUpKind::Link => WorkKind::Link,
    };
    let owner = match owner {
        Some(named) => Some(self::owner(recorder, id, named)?),
        None if kind == WorkKind::Link => None,
        None => Some(recorder.base.me()?.actor.into()),
    };
    let due = due_at(recorder, due)?;
    let work = Work {
        text,
        reference,
        contact,
        link,
        owner,
        due,
    };
    recorder.record(id, &Intent::Work(kind, work))
}

fn done(
    recorder: &Recorder<'_>,
    id: &IncidentId,
    entry: u64,
    (dropped, due, owner): (bool, &str, Option<&str>),
    text: &str,
) -> Result<(), CliError> {
    let due = due_at(recorder, due)?;
    let owner = owner
        .map(|named| self::owner(recorder, id, named))
        .transpose()?;
    let state = match (dropped, due.is_some() || owner.is_some()) {
        (true, _) => WorkState::Dropped,
        (false, true) => WorkState::Open,
        (false, false) => WorkState::Done,
    };
    let change = WorkEdit {
        item: entry,
        state,
        owner,
        due,
    };
    recorder.record(id, &Intent::WorkState(change, Safe::block(text)))
}
