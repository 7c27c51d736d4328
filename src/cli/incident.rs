//! `warroom incident`: what the console records, from the command line. Both send the same intent.

mod closing;
mod command;
mod notes;
mod preview;
pub(super) mod recording;
mod showing;

use super::arguments::{Global, Incident as Verb};
use super::custody;
use super::error::{CliError, Exit};
use super::escalation;
use super::open_journal::OpenJournal;
use super::output::Output;
use super::setup::{Base, base_of};
use crate::app::intent::{Intent, Opening, not_waited_for};
use crate::incident::entry::Occasion;
use crate::incident::severity::Answered;
use crate::incident::{Incident, IncidentId, PathId, ServiceId, Slug, Status, TargetId};
use crate::signals::Cause;
use crate::text::{Safe, list as names};
use recording::{Recorder, given, load, past, refuse_read_only};
use serde_json::json;
use std::cell::RefCell;

pub(super) fn run(global: &Global, verb: Verb, output: &Output) -> Result<(), CliError> {
    let base = base_of(global, verb.incident())?;
    let recorder = Recorder {
        base: &base,
        occurred: verb.happened().map(|text| past(&base, text)).transpose()?,
        named: RefCell::default(),
        output,
    };
    match verb {
        Verb::List => showing::list(&base, output),
        Verb::Show { id } => showing::show(&base, &id, output),
        Verb::Open {
            title,
            path,
            started,
            follows,
        } => {
            let where_to = (path.as_ref(), follows.as_ref());
            open(&base, &title, started.as_deref(), where_to, output)
        }
        Verb::Note { id, text, .. } if text == "-" => notes::from_input(&recorder, &id),
        Verb::Note { id, text, .. } => recorder.record(&id, &Intent::Note(Safe::block(&text))),
        Verb::Ack { id, targets } => acknowledge(&recorder, &id, targets),
        Verb::Severity { id, answers, why } => {
            let intent = Intent::Classify(answered(&answers)?, Safe::block(&why));
            recorder.record(&id, &intent)
        }
        Verb::Role { id, role, none } => {
            let actor = if none { None } else { Some(base.me()?.actor) };
            recorder.record(&id, &Intent::Role(role, actor))
        }
        Verb::Status {
            id,
            status,
            text,
            anyway,
            ..
        } => closing::status(&recorder, &id, (status, &text), anyway),
        Verb::Decide {
            id,
            what,
            why,
            instead,
            ..
        } => {
            let [what, why, instead] = [what, why, instead].map(|text| Safe::block(&text));
            recorder.record(&id, &Intent::Decide(what, why, instead))
        }
        Verb::Correct { id, entry, text } => {
            recorder.record(&id, &Intent::Correct(entry, Safe::block(&text)))
        }
        Verb::Close { id, text, anyway } => {
            closing::status(&recorder, &id, (Status::Closed, &text), anyway)
        }
        Verb::Sign { id } => custody::sign(&base, &id, output),
        Verb::Erase {
            id,
            entry,
            field,
            why,
        } => {
            let why = given("the reason", &why)?;
            custody::erase(&base, &id, entry, &field, &why, output)
        }
        Verb::Approve { id, request } => custody::approve(&base, &id, request.as_ref(), output),
        Verb::Hold { id, why, release } => {
            let why = given("the reason", &why)?;
            custody::hold(&base, &id, release.as_ref(), &why, output)
        }
        Verb::Seal { id, anyway } => closing::seal(&recorder, &id, anyway),
        Verb::Delete { id, why } => {
            custody::delete(&base, &id, &given("the reason", &why)?, output)
        }
        verb @ (Verb::Update { .. }
        | Verb::HandOver { .. }
        | Verb::FollowUp { .. }
        | Verb::Done { .. }) => command::run(&recorder, verb),
    }
}

fn acknowledge(
    recorder: &Recorder<'_>,
    id: &IncidentId,
    mut targets: Vec<TargetId>,
) -> Result<(), CliError> {
    let base = recorder.base;
    let (now, schedules) = (base.store.clock().now().wall, base.schedules());
    if targets.is_empty() {
        let me = base.config.name.as_str();
        targets = schedules.targets_of(me, now);
        let others = not_waited_for(&load(base, id)?, &schedules, me, now);
        others.iter().for_each(|what| recorder.output.warning(what));
    } else {
        // A torn last line is no obstacle: the next append sets it aside.
        let incident = Incident::from_entries(&base.store.read(&id.into())?.entries);
        let mut paged = base.config.policies.escalation.targets();
        paged.extend(incident.escalation.targets());
        escalation::known(&targets, &paged, &schedules)?;
    }
    recorder.record(id, &Intent::Acknowledge(targets))
}

fn answered(words: &[String]) -> Result<Vec<Answered>, CliError> {
    let one = |word: &String| {
        let pair = word.split_once('=');
        let pair = pair.and_then(|(q, a)| Some((Slug::new(q)?, Slug::new(a)?)));
        let (question, answer) = pair.ok_or_else(|| {
            let what = format!(
                "\"{}\" is not of the form question=answer",
                Safe::line(word)
            );
            let hint = "for example correctness=right completion=degraded exposure=none";
            CliError::usage(what, hint)
        })?;
        Ok(Answered {
            question,
            answer,
            basis: Cause::Said,
            reading: None,
            unit: None,
        })
    };
    words.iter().map(one).collect()
}

fn open(
    base: &Base,
    title: &str,
    started: Option<&str>,
    (path, follows): (Option<&PathId>, Option<&IncidentId>),
    output: &Output,
) -> Result<(), CliError> {
    refuse_read_only(base)?;
    let me = base.me()?;
    let started = started.map(|text| past(base, text)).transpose()?;
    let start = started.unwrap_or_else(|| base.store.clock().now().wall.into());
    let map = &base.config.services.map;
    let (service, path) = match path {
        None => map.strict_place(),
        Some(named) => match map.path(named) {
            Some((service, path)) => (service.service.clone(), path.path.clone()),
            None => {
                let what = format!("the service map has no path \"{named}\"");
                let known = names(map.paths().map(|(_, path)| &path.path));
                return Err(CliError::usage(what, format!("there are: {known}")));
            }
        },
    };
    let follows = follows
        .map(|earlier| custody::followed(base, earlier))
        .transpose()?;
    let opening = Opening {
        title: &Safe::line(title),
        start,
        detected: None,
        retrospective: false,
        signal: &base.config.signal.name,
        objective: base.config.signal.objective,
        service: &service,
        path: &path,
        drill: false,
        follows,
    };
    let drafts = opening.drafts(&me)?;
    let opened = loop {
        let seen = base.store.list()?;
        if let Some(known) = open_for(base, &seen, &service)? {
            let what = format!("{known} is open for {service} already");
            let hint = format!(
                "`warroom incident note {known} TEXT` adds to it; --path opens one for a path of another service"
            );
            return Err(CliError::new(Exit::No, what, hint));
        }
        let seen = |id: &IncidentId| seen.contains(id);
        if let Some(opened) = base.store.open_incident(false, &drafts, &seen)? {
            break opened;
        }
    };
    let id = opened.id.clone();
    let mut open = OpenJournal::opened(base, &me, opened);
    open.checkpoint(Occasion::Declaration)?;
    open.finish()?;
    let text =
        format!("{id} opened; an open console pages the on-call engineer, this command does not");
    output.result(&text, &json!({"incident": id}));
    Ok(())
}

fn open_for(
    base: &Base,
    incidents: &[IncidentId],
    service: &ServiceId,
) -> Result<Option<IncidentId>, CliError> {
    for id in incidents.iter().filter(|id| !id.is_drill()) {
        let loaded = base.store.read(&id.into())?;
        // A damaged one takes nothing: what goes on of it has an incident of its own.
        if loaded.finding.is_some() {
            continue;
        }
        let incident = Incident::from_entries(&loaded.entries);
        let opened = incident.opened.as_ref();
        if opened.is_some_and(|opened| opened.data.service == *service)
            && !incident.status.is_resolved()
        {
            return Ok(Some(id.clone()));
        }
    }
    Ok(None)
}
