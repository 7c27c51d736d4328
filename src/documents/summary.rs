//! What a reader needs first: since when, how severe, when somebody acknowledged, how long the impact lasted.

use super::impact::Statement;
use super::times::{with_corrections, with_replaced};
use super::windows::impact_windows;
use super::words::{also_matched, at, capital, count, time};
use crate::incident::entry::{EventData, PageIntended, SignalSeen};
use crate::incident::fold::state::OpenedFacts;
use crate::incident::fold::{Before, StatusFact};
use crate::incident::{Entry, Event, Incident, Status};
use crate::times::after_start;
use chrono::{DateTime, Utc};

pub(super) fn summary(incident: &Incident) -> Vec<Statement> {
    let Some(opened) = &incident.opened else {
        let text = "This journal has no entry that opens an incident.";
        return vec![Statement::new(text, &[])];
    };
    let mut out = vec![since(opened, incident)];
    out.extend(severity(incident));
    if let Some(ack) = incident.acknowledged() {
        let when = with_replaced(&ack.at, ack.seq, incident);
        let text = format!("Acknowledged {} {when}.", at(&ack.at));
        out.push(Statement::new(text, &with_corrections(ack.seq, incident)));
    }
    let windows = impact_windows(incident);
    let several = windows
        .as_ref()
        .is_some_and(|windows| windows.windows.len() > 1);
    out.extend(windows.into_iter().flat_map(|windows| windows.statements));
    // Each one that was reached, also before the incident went back.
    let mut before = Status::default();
    for fact in &incident.status_changes {
        if fact.status >= Status::Mitigated || before >= Status::Mitigated {
            out.push(reached(fact, opened, several, incident));
        }
        before = fact.status;
    }
    out
}

fn since(opened: &OpenedFacts, incident: &Incident) -> Statement {
    let data = &opened.data;
    // Opened by hand, nobody named the path: the program assumed it.
    let concerned = match data.rule {
        Some(_) => "is concerned",
        None => "is assumed to be concerned",
    };
    let detected = opened.detected.map_or(String::new(), |detected| {
        format!("; detected {} {}", at(&detected), detected.shown())
    });
    let recorded = match data.retrospective {
        true => "the incident was entered at",
        false => "the incident was opened at",
    };
    let text = format!(
        "Path {} of service {} {concerned} since {} (from: {}){detected}; {recorded} {}.",
        data.path,
        data.service,
        with_replaced(&data.start(), opened.seq, incident),
        data.started_from.word(),
        time(opened.at)
    );
    Statement::new(text, &with_corrections(opened.seq, incident))
}

fn severity(incident: &Incident) -> Option<Statement> {
    let verdict = incident.classification()?;
    let mut cites: Vec<u64> = incident.classifications.iter().map(|it| it.seq).collect();
    let (one, more) = ("earlier classification", "earlier classifications");
    let earlier = match cites.len() as u64 - 1 {
        0 => String::new(),
        number => format!(" after {}", count(number, one, more)),
    };
    let (severity, rule) = (verdict.severity, &verdict.rule);
    let others = also_matched(rule, &verdict.matched);
    let mut text = format!("Severity {severity} by rule {rule}{earlier}{others}");
    for replaced in incident.replaced(verdict.seq).iter().rev() {
        if let Before::Severity(was) = replaced.before {
            text += &format!("; corrected by #{} from {was}", replaced.by);
            cites.push(replaced.by);
        }
    }
    Some(Statement::new(text + ".", &cites))
}

/// Beside several windows of impact, the span since the start would read as the duration of the impact.
fn reached(
    fact: &StatusFact,
    opened: &OpenedFacts,
    several: bool,
    incident: &Incident,
) -> Statement {
    let what = match fact.status >= Status::Mitigated {
        true => capital(fact.status.word()),
        false => format!("Back to {}", fact.status.word()),
    };
    let when = with_replaced(&fact.at, fact.seq, incident);
    let mut text = format!("{what} {} {when}", at(&fact.at));
    let mut cites = with_corrections(fact.seq, incident);
    if !several {
        text += &format!(", {}", after_start(&opened.data.start(), &fact.at));
        cites.extend(with_corrections(opened.seq, incident));
    }
    cites.sort_unstable();
    Statement::new(text + ".", &cites)
}

/// Of an incident that was entered afterwards: from when to when, and what did not happen. Only what the journal shows.
pub(super) fn entered_afterwards(entries: &[Entry], incident: &Incident) -> Option<Statement> {
    let opened = incident.opened.as_ref()?;
    if !opened.data.retrospective {
        return None;
    }
    let about_the_journal =
        |entry: &&Entry| matches!(entry.event(), Some(Event::Custody(_) | Event::Clock(_)));
    let entered = || entries.iter().filter(|entry| !about_the_journal(entry));
    let times = entered().map(|entry| entry.recorded);
    let first = times.clone().min().unwrap_or(opened.at);
    let last = entered().max_by_key(|entry| entry.recorded);
    let (last_seq, last) = last.map_or((opened.seq, opened.at), |it| (it.seq, it.recorded));
    let mut missing = Vec::new();
    if !any::<PageIntended>(entries) {
        missing.push("nobody was paged");
    }
    if incident.overdue.is_empty() {
        missing.push("no clock ran");
    }
    if !any::<SignalSeen>(entries) && incident.signals.is_empty() {
        missing.push("this program measured nothing");
    }
    let text = format!(
        "Entered {}, after the event{}",
        span(first, last),
        match missing.split_last() {
            None => ".".to_string(),
            Some((last, [])) => format!(": {last}."),
            Some((last, first)) => format!(": {}, and {last}.", first.join(", ")),
        }
    );
    let mut cites = vec![opened.seq, last_seq];
    cites.sort_unstable();
    cites.dedup();
    Some(Statement::new(text, &cites))
}

fn any<D: EventData>(entries: &[Entry]) -> bool {
    entries.iter().any(Entry::is::<D>)
}

fn span(first: DateTime<Utc>, last: DateTime<Utc>) -> String {
    match (time(first), time(last)) {
        (first, last) if first == last => format!("at {first}"),
        (first, last) => format!("from {first} to {last}"),
    }
}
