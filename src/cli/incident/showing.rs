//! `warroom incident list` and `show`: the state of incidents, and their timelines.

use super::recording::{earliest, load};
use crate::app::IncidentView;
use crate::cli::error::CliError;
use crate::cli::output::Output;
use crate::cli::setup::Base;
use crate::documents::{
    People, cite, contradiction_rows, impact_windows, is_time_known, replaced_times, sentence,
};
use crate::incident::cadence::clocks;
use crate::incident::entry::field;
use crate::incident::fold::{WorkFact, WorkOwner};
use crate::incident::{Entry, Incident, IncidentId, Role};
use crate::oncall::Zone;
use crate::text::list as names;
use crate::times::StatedTime;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

fn facts(id: &IncidentId, view: &IncidentView) -> Value {
    let incident = &view.incident;
    let (start, acknowledged) = (incident.start(), incident.acknowledged());
    json!({
        "incident": id,
        "title": view.title(),
        "exercise": incident.is_drill(),
        "severity": incident.severity().map(crate::incident::severity::Severity::level),
        "status": incident.status,
        "started": start.as_ref().map(earliest),
        "started_stated": start.map(|at| at.shown()),
        "entered_afterwards": incident.is_retrospective(),
        "impact_windows": impact_windows(incident),
        "contradictions": contradiction_rows(incident),
        "acknowledged": acknowledged.map(|ack| earliest(&ack.at)),
        "acknowledged_stated": acknowledged.map(|ack| ack.at.shown()),
        "entries": incident.count,
        "head": incident.head,
        "roles": roles(view),
        "clocks": running(view),
        "open_work": open_work(view),
    })
}

/// Pseudonyms instead of names, as everywhere in the record.
fn roles(view: &IncidentView) -> Vec<Value> {
    let held = Role::ALL.into_iter().flat_map(|role| {
        let holders = view.incident.holders(role);
        holders.map(move |held| json!({"role": role, "actor": held.actor, "since": held.at, "seq": held.seq}))
    });
    held.collect()
}

/// The next page, and the clocks of updates, check-ins and follow-ups.
fn running(view: &IncidentView) -> Vec<Value> {
    let incident = &view.incident;
    let call = incident.escalation.nearest(&incident.response());
    let latest = incident.clock.latest();
    let call = call.map(|(due, level)| json!({"clock": "call", "due": latest.wall_at(due), "level": level.armed.level}));
    let owed = clocks(incident, latest).into_iter();
    let owed = owed.map(|clock| json!({"clock": clock.clock, "due": clock.at, "item": clock.item}));
    call.into_iter().chain(owed).collect()
}

fn open_work(view: &IncidentView) -> Vec<Value> {
    let open = view.incident.open_work();
    let row = |(seq, fact): (u64, &WorkFact)| {
        let (mut person, mut role, mut team) = (None, None, None);
        match &fact.owner {
            Some(WorkOwner::Person(owner)) => person = Some(owner),
            Some(WorkOwner::Role(owner)) => role = Some(owner),
            Some(WorkOwner::Team(owner)) => team = view.text(*owner),
            None => {}
        }
        json!({"seq": seq, "kind": fact.kind, "owner": person, "role": role, "team": team, "due": fact.due})
    };
    open.map(row).collect()
}

pub(super) fn list(base: &Base, output: &Output) -> Result<(), CliError> {
    let mut rows = Vec::new();
    let mut text = Vec::new();
    for id in base.store.list()? {
        match load(base, &id) {
            Ok(view) if view.entries.is_empty() => {}
            Ok(view) => {
                let severity = view.incident.severity();
                let severity = severity.map_or("-".into(), |severity| severity.to_string());
                let (status, title) = (view.incident.status.word(), view.title());
                text.push(format!("{id:<20} {severity:<5} {status:<14} {title}"));
                rows.push(facts(&id, &view));
            }
            Err(error) => {
                text.push(format!("{id:<20} NOT INTACT  {}", error.what));
                rows.push(json!({"incident": id, "error": error.what}));
            }
        }
    }
    let text = match text.is_empty() {
        true => "no incidents".into(),
        false => text.join("\n"),
    };
    output.result(&text, &rows);
    Ok(())
}

/// That it was entered afterwards, the windows of impact, and what contradicts itself.
fn in_time(incident: &Incident) -> Vec<String> {
    let afterwards = incident.is_retrospective();
    let afterwards = afterwards.then(|| "entered afterwards".to_string());
    let windows = impact_windows(incident).into_iter();
    let windows = windows.flat_map(|windows| windows.statements);
    let windows = windows.map(|window| format!("{} {}", window.text, cite(&window.cites)));
    let contradictions = contradiction_rows(incident).into_iter();
    let contradictions =
        contradictions.map(|row| format!("contradiction: {} {}", row.text, cite(&row.cites)));
    afterwards
        .into_iter()
        .chain(windows)
        .chain(contradictions)
        .collect()
}

/// As it was stated and corrected; `None` where nobody stated it.
fn time_of(entry: &Entry, incident: &Incident) -> Option<StatedTime> {
    is_time_known(entry, incident).then(|| incident.time_of(entry))
}

/// With the times that it had before.
fn with_replaced(at: &StatedTime, entry: &Entry, incident: &Incident) -> String {
    let replaced = replaced_times(entry.seq, incident).into_iter();
    let replaced = replaced.map(|time| format!(", corrected by #{} from {}", time.by, time.was));
    at.shown() + &replaced.collect::<String>()
}

/// Conditions, roles, clocks and open follow-ups, beside severity and status.
fn standing(view: &IncidentView, write: impl Fn(DateTime<Utc>) -> String) -> Vec<String> {
    let incident = &view.incident;
    let mut lines = Vec::new();
    if !incident.flags.is_empty() {
        lines.push(format!("conditions: {}", names(&incident.flags)));
    }
    if let Some(last) = incident.proposed() {
        lines.push(format!(
            "proposed at {} (#{}): {}, by what was measured then",
            write(last.at),
            last.seq,
            last.severity
        ));
    }
    let held = Role::ALL.into_iter().flat_map(|role| {
        let holders = incident.holders(role);
        holders.map(move |held| format!("{}: {}", role.title(), view.name_of(&held.actor)))
    });
    let held = names(held);
    lines.push(match held.is_empty() {
        true => "all roles: unassigned".to_string(),
        false => held,
    });
    let call = incident.escalation.nearest(&incident.response());
    let latest = incident.clock.latest();
    let call = call.map(|(due, level)| {
        let due = latest.wall_at(due);
        (due, format!("{} is paged", level.armed.level))
    });
    let clocks = clocks(incident, latest).into_iter();
    let clocks = clocks.map(|clock| (clock.at, clock.waits_for(incident)));
    let mut due: Vec<(DateTime<Utc>, String)> = call.into_iter().chain(clocks).collect();
    due.sort();
    let due = due.into_iter();
    lines.extend(due.map(|(at, what)| format!("due {}: {what}", write(at))));
    for (seq, fact) in incident.open_work() {
        let text = view.entries.iter().find(|entry| entry.seq == seq);
        let text = text.and_then(|entry| entry.text(field::TEXT));
        let owner = view.owner_name(fact);
        let owner = owner.unwrap_or_else(|| "unassigned".to_string());
        lines.push(format!(
            "open #{seq}: {} {} (owner: {owner})",
            fact.kind.word(),
            text.unwrap_or_default().replace('\n', " ")
        ));
    }
    lines
}

pub(super) fn show(base: &Base, id: &IncidentId, output: &Output) -> Result<(), CliError> {
    let view = load(base, id)?;
    let incident = &view.incident;
    let people = People::by_name(&view.entries, incident);
    let severity = incident.severity();
    let severity = severity.map_or("not classified".into(), |severity| severity.to_string());
    let (title, status) = (view.title(), incident.status.word());
    let mut text = format!("{id}  {title}\n{severity}, {status}\n");
    let zone = Zone::UTC;
    let standing = standing(&view, |at| zone.write(at));
    for line in in_time(incident).into_iter().chain(standing) {
        text += &format!("{line}\n");
    }
    text += "\n";
    let mut rows = Vec::new();
    for entry in &view.entries {
        let at = time_of(entry, incident);
        let stated = at.map(|at| with_replaced(&at, entry, incident));
        let (who, mut what) = (view.name_of(&entry.by), sentence(entry, &people));
        for field in entry.texts.keys() {
            if let Some(seq) = incident.custody.erasure_of(entry.seq, field) {
                what += &format!(" (text \"{field}\" erased, #{seq})");
            }
        }
        let (number, line) = (format!("#{}", entry.seq), what.replace('\n', " "));
        let shown = stated.as_deref().unwrap_or("-");
        text += &format!("{number:>5}  {shown:<20}  {who:<10} {line}\n");
        let (seq, by, hash) = (entry.seq, &entry.by, &entry.hash);
        let recorded = entry.recorded.to_rfc3339_opts(SecondsFormat::Secs, true);
        let at = at.as_ref().map(earliest);
        rows.push(json!({"seq": seq, "at": at, "stated": stated, "recorded": recorded, "by": by, "what": what, "hash": hash}));
    }
    let mut facts = facts(id, &view);
    facts["timeline"] = json!(rows);
    facts["actors"] = json!(incident.actors.keys().collect::<Vec<_>>());
    output.result(&text, &facts);
    Ok(())
}
