//! Commanding from the command line: updates, hand-overs, work.

use super::preview;
use super::recording::{Pen, load};
use crate::app::intent::{self, Intent, Work, due_time};
use crate::cli::arguments::{ForWhom, Incident as Verb, Kind};
use crate::cli::error::CliError;
use crate::cli::setup::Base;
use crate::incident::entry::{Audience, WorkChanged, WorkKind, WorkState};
use crate::incident::{ActorId, IncidentId};
use crate::text::Safe;

/// The verbs of commanding.
pub(super) fn run(pen: &Pen<'_>, verb: Verb) -> Result<(), CliError> {
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
                true => preview::update(pen, &id, audience, text),
                false => pen.record(&id, &Intent::Update(audience, text)),
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
            let to = person(pen, &id, (&to, new))?;
            pen.record(&id, &Intent::HandOver(role, to, Safe::block(&text)))
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
            follow_up(pen, &id, kind, texts, (&due, owner.as_deref()))
        }
        Verb::Done {
            id,
            entry,
            text,
            dropped,
            due,
            owner,
            ..
        } => done(pen, &id, entry, (dropped, &due, owner.as_deref()), &text),
        // Every other verb is carried out before this is asked.
        _ => Err(CliError::usage(
            "this is no verb of commanding",
            "see `warroom incident --help`",
        )),
    }
}

/// Somebody who has taken part, by name or by id; or who is on a schedule, or is said to be `new` here.
fn person(pen: &Pen<'_>, id: &IncidentId, (named, new): (&str, bool)) -> Result<ActorId, CliError> {
    let base = pen.base;
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
            pen.named.replace(Some(made));
            Ok(actor)
        }
        _ => {
            let known: Vec<String> = people
                .iter()
                .map(|(actor, name)| format!("{name} ({actor})"))
                .collect();
            let what = format!(
                "\"{}\" is nobody, or more than one, of those who have taken part",
                Safe::line(named)
            );
            Err(CliError::usage(
                what,
                format!(
                    "there are: {}; a person on a schedule can be named, and --new hands over to anybody",
                    known.join(", ")
                ),
            ))
        }
    }
}

/// Whether somebody of this name is on call within two days.
fn is_on_a_schedule(base: &Base, name: &str) -> bool {
    let now = base.store.clock().now().wall;
    let people = base.schedules().people(now);
    people
        .iter()
        .any(|who| who.as_str().eq_ignore_ascii_case(name))
}

fn follow_up(
    pen: &Pen<'_>,
    id: &IncidentId,
    kind: Kind,
    [text, reference, contact, link]: [Safe; 4],
    (due, owner): (&str, Option<&str>),
) -> Result<(), CliError> {
    let kind = match kind {
        Kind::Action => WorkKind::Action,
        Kind::VendorCase => WorkKind::VendorCase,
        Kind::Risk => WorkKind::Risk,
        Kind::Question => WorkKind::Question,
        Kind::Link => WorkKind::Link,
    };
    let owner = match owner {
        Some(named) => Some(person(pen, id, (named, false))?),
        None => Some(pen.base.me()?.actor).filter(|_| kind != WorkKind::Link),
    };
    let due = due_time(due, pen.base.store.clock().now().wall)?;
    let work = Work {
        text,
        reference,
        contact,
        link,
        owner,
        due,
    };
    pen.record(id, &Intent::Work(kind, work))
}

fn done(
    pen: &Pen<'_>,
    id: &IncidentId,
    entry: u64,
    (dropped, due, owner): (bool, &str, Option<&str>),
    text: &str,
) -> Result<(), CliError> {
    let due = due_time(due, pen.base.store.clock().now().wall)?;
    let owner = owner
        .map(|named| person(pen, id, (named, false)))
        .transpose()?;
    let state = match (dropped, due.is_some() || owner.is_some()) {
        (true, _) => WorkState::Dropped,
        (false, true) => WorkState::Open,
        (false, false) => WorkState::Done,
    };
    let change = WorkChanged {
        item: entry,
        state,
        owner,
        due,
    };
    pen.record(id, &Intent::WorkState(change, Safe::block(text)))
}
