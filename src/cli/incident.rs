//! `warroom incident`: what the console records, from the command line. Both send the same intent.

mod closing;
mod command;
mod notes;
mod preview;
pub(super) mod recording;
mod showing;

use super::arguments::{Global, Impact, Incident as Verb};
use super::custody;
use super::error::{CliError, Exit};
use super::escalation;
use super::open_journal::OpenJournal;
use super::output::Output;
use super::setup::{Base, base_of};
use crate::app::intent::{Correction, Intent, LONG_AGO, Opening, not_waited_for};
use crate::incident::entry::{ImpactChange, Occasion};
use crate::incident::severity::Answered;
use crate::incident::{Incident, IncidentId, PathId, ServiceId, Slug, Status, TargetId};
use crate::signals::Cause;
use crate::text::{Safe, list as names};
use crate::times::{StatedTime, StatedZone};
use recording::{GivenTime, Recorder, day_of, earliest, given, load, past, refuse_read_only};
use serde_json::json;
use std::cell::RefCell;

pub(super) fn run(global: &Global, verb: Verb, output: &Output) -> Result<(), CliError> {
    let base = base_of(global, verb.incident())?;
    let recorder = Recorder {
        base: &base,
        when: match verb.when() {
            Some(when) => GivenTime::of(&base, when, |zone| day_of_verb(&base, &verb, zone))?,
            None => GivenTime::default(),
        },
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
            retrospective,
            live,
            follows,
            ..
        } => {
            let wanted = Wanted {
                title: &title,
                started: started.as_deref(),
                retrospective,
                live,
                path: path.as_ref(),
                follows: follows.as_ref(),
            };
            open(&recorder, &wanted)
        }
        Verb::Note { id, text, .. } if text == "-" => notes::from_input(&recorder, &id),
        Verb::Note { id, text, .. } => recorder.record(&id, &Intent::Note(Safe::block(&text))),
        Verb::Ack { id, targets, .. } => acknowledge(&recorder, &id, targets),
        Verb::Severity {
            id, answers, why, ..
        } => {
            let intent = Intent::Classify(answered(&answers)?, Safe::block(&why));
            recorder.record(&id, &intent)
        }
        Verb::Role { id, role, none, .. } => {
            let actor = if none { None } else { Some(base.me()?.actor) };
            recorder.record(&id, &Intent::Role(role, actor))
        }
        Verb::Status {
            id, status, text, ..
        } => closing::status(&recorder, &id, (status, &text)),
        Verb::Impact {
            id, change, text, ..
        } => recorder.record(&id, &Intent::Impact(change.into(), Safe::block(&text))),
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
        Verb::Correct {
            id,
            entry,
            text,
            time,
            answers,
            ..
        } => correct(&recorder, &id, entry, (&text, time.as_deref(), &answers)),
        Verb::Close { id, text, .. } => closing::status(&recorder, &id, (Status::Closed, &text)),
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

/// Times without a date are of this day.
fn day_of_verb(
    base: &Base,
    verb: &Verb,
    zone: Option<StatedZone>,
) -> Result<Option<StatedTime>, CliError> {
    if let Verb::Open {
        started: Some(start),
        retrospective: true,
        ..
    } = verb
    {
        return past(base, start, zone, || Ok(None)).map(Some);
    }
    let day_of = verb.incident().map(|id| day_of(base, id));
    Ok(day_of.transpose()?.flatten())
}

fn correct(
    recorder: &Recorder<'_>,
    id: &IncidentId,
    seq: u64,
    (text, time, answers): (&str, Option<&str>, &[String]),
) -> Result<(), CliError> {
    let zone = recorder.when.zone;
    let time = time.map(|text| past(recorder.base, text, zone, || day_of(recorder.base, id)));
    let correction = Correction {
        seq,
        text: Safe::block(text),
        time: time.transpose()?,
        answers: answered(answers)?,
    };
    recorder.record(id, &Intent::Correct(correction))
}

impl From<Impact> for ImpactChange {
    fn from(change: Impact) -> Self {
        match change {
            Impact::Began => Self::Began,
            Impact::Ended => Self::Ended,
        }
    }
}

fn acknowledge(
    recorder: &Recorder<'_>,
    id: &IncidentId,
    mut targets: Vec<TargetId>,
) -> Result<(), CliError> {
    let base = recorder.base;
    let (now, schedules) = (base.store.clock().now().wall, base.schedules());
    if targets.is_empty() && !load(base, id)?.incident.is_retrospective() {
        let me = base.config.name.as_str();
        targets = schedules.targets_of(me, now);
        let others = not_waited_for(&load(base, id)?, &schedules, me, now);
        others.iter().for_each(|what| recorder.output.warning(what));
    } else if !targets.is_empty() {
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

/// What the command line says of a new incident.
struct Wanted<'a> {
    title: &'a str,
    started: Option<&'a str>,
    retrospective: bool,
    live: bool,
    path: Option<&'a PathId>,
    follows: Option<&'a IncidentId>,
}

fn open(recorder: &Recorder<'_>, wanted: &Wanted<'_>) -> Result<(), CliError> {
    let (base, output) = (recorder.base, recorder.output);
    refuse_read_only(base)?;
    let me = base.me()?;
    let now = base.store.clock().now().wall;
    let start = match wanted.started {
        Some(text) => past(base, text, recorder.when.zone, || Ok(None))?,
        None if wanted.retrospective || recorder.when.occurred.is_some() => {
            let what = "the start is not given, and it is not now";
            let hint = "--started TIME; an uncertain time is fine: 2021-12-25 Europe/London, ~2019-07-29 13:10Z";
            return Err(CliError::usage(what, hint));
        }
        None => now.into(),
    };
    if now - start.from() > LONG_AGO && !wanted.retrospective && !wanted.live {
        let what = format!("{} is more than 4 hours ago", start.shown());
        let hint = "--retrospective enters it afterwards: nobody is paged, no clock runs; --live if it goes on: people are paged";
        return Err(CliError::usage(what, hint));
    }
    let (service, path) = place(base, wanted.path)?;
    let follows = wanted.follows;
    let follows = follows.map(|earlier| custody::followed(base, earlier));
    let opening = Opening {
        title: &Safe::line(wanted.title),
        start,
        detected: recorder.when.occurred,
        retrospective: wanted.retrospective,
        signal: &base.config.signal.name,
        objective: base.config.signal.objective,
        service: &service,
        path: &path,
        drill: false,
        follows: follows.transpose()?,
        now,
        anyway: recorder.when.anyway,
    };
    let drafts = opening.drafts(&me)?;
    let opened = loop {
        let seen = base.store.list()?;
        // An incident that is over takes nothing from one that goes on, and the other way round.
        let known = match wanted.retrospective {
            true => None,
            false => open_for(base, &seen, &service)?,
        };
        if let Some(known) = known {
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
    let what = match wanted.retrospective {
        true => {
            "opened, entered afterwards: nobody is paged, no clock runs; every verb takes --at TIME"
        }
        false => "opened; an open console pages the on-call engineer, this command does not",
    };
    let text = format!("{id} {what}");
    let json = json!({
        "incident": id, "started": earliest(&start), "started_stated": start.shown(),
        "retrospective": wanted.retrospective,
    });
    output.result(&text, &json);
    Ok(())
}

fn place(base: &Base, path: Option<&PathId>) -> Result<(ServiceId, PathId), CliError> {
    let map = &base.config.services.map;
    let Some(named) = path else {
        return Ok(map.strict_place());
    };
    let found = map.path(named);
    let place = found.map(|(service, path)| (service.service.clone(), path.path.clone()));
    place.ok_or_else(|| {
        let what = format!("the service map has no path \"{named}\"");
        let known = names(map.paths().map(|(_, path)| &path.path));
        CliError::usage(what, format!("there are: {known}"))
    })
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
            && !incident.is_retrospective()
            && !incident.status.is_resolved()
        {
            return Ok(Some(id.clone()));
        }
    }
    Ok(None)
}
