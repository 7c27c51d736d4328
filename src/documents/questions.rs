//! What the journal itself shows to have gone well, and what it leaves open.

use super::citations::{count, duration, time};
use super::impact::Statement;
use super::people::People;
use crate::alerts::AlertState;
use crate::incident::closing::{LeftOpen, left_open};
use crate::incident::entry::{
    Audience, PageIntended, PageOutcome, StepOutcome, StepRecorded, field,
};
use crate::incident::{Disclosed, Entry, Incident, Status, step_in_words};
use crate::signals::meets;
use chrono::TimeDelta;

pub(super) fn went_well(entries: &[Entry], incident: &Incident) -> Vec<Statement> {
    let mut out = Vec::new();
    if let (Some(opened), Some(ack)) = (&incident.opened, incident.acknowledged()) {
        let text = format!(
            "Acknowledged {} after the start.",
            duration(
                incident.clock.steady(ack.seq, ack.at)
                    - incident.clock.steady(opened.seq, opened.data.started)
            )
        );
        out.push(Statement::new(text, &[opened.seq, ack.seq]));
    }
    // A first verdict that had to be raised is a fact of the timeline, not something that went well.
    let first = incident.classifications.first().filter(|first| {
        let later = incident.classifications.iter();
        later
            .into_iter()
            .all(|later| later.severity >= first.severity)
    });
    if let (Some(opened), Some(first)) = (&incident.opened, first) {
        let text = format!(
            "Classified {} after the start.",
            duration(first.at - opened.data.started)
        );
        out.push(Statement::new(text, &[opened.seq, first.seq]));
    }
    let passed: Vec<u64> = entries
        .iter()
        .filter(|entry| {
            entry
                .data::<StepRecorded>()
                .is_some_and(|s| s.outcome == StepOutcome::Passed)
        })
        .map(|entry| entry.seq)
        .collect();
    if !passed.is_empty() {
        let text = format!(
            "{} on measured data passed.",
            count(passed.len() as u64, "check", "checks")
        );
        out.push(Statement::new(text, &passed));
    }
    let mitigated = incident
        .reached(Status::Mitigated)
        .filter(|fact| fact.status == Status::Mitigated);
    if let (Some(opened), Some(fact)) = (&incident.opened, mitigated) {
        let text = format!(
            "Mitigated {} after the start.",
            duration(fact.at - opened.data.started)
        );
        out.push(Statement::new(text, &[opened.seq, fact.seq]));
    }
    out
}

pub(super) fn open_questions(
    entries: &[Entry],
    incident: &Incident,
    people: &People,
) -> Vec<Statement> {
    let mut out = Vec::new();
    if let Some(verdict) = incident.classification() {
        let unknown: Vec<&str> = verdict
            .answers
            .iter()
            .filter(|answer| answer.answer.as_str() == "unknown")
            .map(|answer| answer.question.as_str())
            .collect();
        if !unknown.is_empty() {
            let text = format!(
                "Answered \"not known\" in the classification in force: {}.",
                unknown.join(", ")
            );
            out.push(Statement::new(text, &[verdict.seq]));
        }
    } else if let Some(opened) = &incident.opened {
        out.push(Statement::new(
            "No severity was ever recorded.",
            &[opened.seq],
        ));
    }
    if incident.acknowledged().is_none()
        && let Some(opened) = &incident.opened
    {
        out.push(Statement::new("Nobody acknowledged.", &[opened.seq]));
    }
    for (name, run) in &incident.playbooks {
        for (step, fact) in &run.results {
            let what = match fact.outcome {
                StepOutcome::Failed => "failed and was not passed later",
                StepOutcome::Unknown => "gave no answer",
                StepOutcome::Skipped => "was skipped",
                StepOutcome::Done | StepOutcome::Chosen | StepOutcome::Passed => continue,
            };
            out.push(Statement::new(
                format!("Step {step} of playbook {name} {what}."),
                &[fact.seq],
            ));
        }
    }
    for level in &incident.escalation.levels {
        for (call, page) in &level.pages {
            let what = match page.outcome() {
                None => "has no recorded result",
                Some(PageOutcome::Unknown) => "may or may not have arrived",
                Some(PageOutcome::Failed | PageOutcome::Refused | PageOutcome::NoChannel) => {
                    "was not sent"
                }
                Some(PageOutcome::Accepted | PageOutcome::Simulated | PageOutcome::Withdrawn) => {
                    continue;
                }
            };
            // One that was sent again, and accepted then, was late.
            let later = level.pages.iter().filter(|(other, _)| {
                let same = other.page == call.page && other.channel == call.channel;
                same && other.repeat > call.repeat
            });
            let mut ends = later.filter_map(|(_, page)| page.result);
            let taken = ends.find(|end| end.outcome == PageOutcome::Accepted);
            let mut cites = vec![page.intent];
            cites.extend(page.result.map(|result| result.seq));
            let mut text = format!(
                "The page to {} through {} {what}",
                page.target, call.channel
            );
            if let Some(taken) = taken {
                text += " at first, and was accepted when it was sent again";
                cites.push(taken.seq);
            }
            text.push('.');
            out.push(Statement::new(text, &cites));
        }
    }
    out.extend(still_owed(incident, people));
    out.extend(blind_spots(entries, incident));
    out
}

fn still_owed(incident: &Incident, people: &People) -> Vec<Statement> {
    let said = |left: LeftOpen| match left {
        LeftOpen::Work(seq, _) => {
            let fact = incident.work.get(&seq);
            let due = fact.and_then(|fact| fact.due);
            let due = due.map_or(String::new(), |due| format!(", due {}", time(due)));
            let mut cites = vec![seq];
            cites.extend(fact.map(|fact| fact.last).filter(|last| *last != seq));
            let text = format!("Still open: {}{due}.", people.work(seq));
            Some(Statement::new(text, &cites))
        }
        LeftOpen::NoUpdateToUsers => {
            let opened = incident.opened.as_ref()?;
            let text = "This record contains no message to users.";
            Some(Statement::new(text, &[opened.seq]))
        }
        LeftOpen::NoUpdateOfResolution => {
            let ended = incident.reached(Status::Resolved)?;
            let mut updates = incident.updates.iter();
            let informed = updates.rfind(|update| update.audience == Audience::Users)?;
            let text = "The last message to users is from before the resolution.";
            Some(Statement::new(text, &[informed.seq, ended.seq]))
        }
        // Said above, where there is no verdict.
        LeftOpen::NotClassified => None,
    };
    left_open(incident).into_iter().filter_map(said).collect()
}

/// A recovery that the last reading did not show.
fn contradiction(incident: &Incident) -> Option<Statement> {
    let opened = incident.opened.as_ref()?;
    let fact = incident.reached(Status::Mitigated)?;
    let (seq, sample) = incident.signals.get(&opened.data.signal)?.samples.last()?;
    if meets(sample.reading, opened.data.objective) == Some(true) {
        return None;
    }
    let text = format!(
        "The status was set to {} although the last recorded reading does not show it.",
        fact.status.word()
    );
    Some(Statement::new(text, &[fact.seq, *seq]))
}

fn blind_spots(entries: &[Entry], incident: &Incident) -> Vec<Statement> {
    let mut out = Vec::new();
    for (name, source) in &incident.sources {
        for (lost, back) in &source.gaps {
            let (text, cites) = match back {
                Some(back) => (
                    format!("Contact with {name} was lost for a while."),
                    vec![*lost, *back],
                ),
                None => (
                    format!("Contact with {name} was lost and is not back."),
                    vec![*lost],
                ),
            };
            out.push(Statement::new(text, &cites));
        }
    }
    for alert in incident.alerts.values() {
        let (text, seq) = match alert.state {
            AlertState::Vanished => (
                "is no longer reported; not confirmed as resolved",
                alert.last,
            ),
            AlertState::Firing => ("still fired when it was last seen", alert.last),
            AlertState::Suppressed | AlertState::Cleared => continue,
        };
        let first = entries.iter().find(|entry| entry.seq == alert.first);
        let name = first
            .and_then(|entry| entry.text(field::NAME))
            .unwrap_or("of unknown name");
        out.push(Statement::new(format!("Alert {name} {text}."), &[seq]));
    }
    for (seq, ms) in &incident.clock_steps {
        out.push(Statement::new(
            format!(
                "The system clock was {}: times around it are uncertain, waiting times are not.",
                step_in_words(TimeDelta::try_milliseconds(*ms).unwrap_or_default())
            ),
            &[*seq],
        ));
    }
    if !incident.unknown.is_empty() {
        out.push(Statement::new(
            "Entries of a newer version are not understood here.",
            &incident.unknown,
        ));
    }
    let withheld: Vec<u64> = entries
        .iter()
        .filter(|entry| {
            entry
                .texts
                .values()
                .any(|text| *text == Disclosed::Withheld)
        })
        .map(|entry| entry.seq)
        .collect();
    if !withheld.is_empty() {
        out.push(Statement::new(
            "Texts of these entries are withheld from this copy.",
            &withheld,
        ));
    }
    out.extend(contradiction(incident));
    let late: Vec<u64> = entries
        .iter()
        .filter(|entry| {
            entry.data::<PageIntended>().is_some_and(|page| {
                let late = (entry.recorded - page.due).num_seconds();
                page.repeat == 0 && page.late.map_or(late, i64::from) > 60
            })
        })
        .map(|entry| entry.seq)
        .collect();
    if !late.is_empty() {
        out.push(Statement::new(
            "These pages were sent more than a minute after they were due.",
            &late,
        ));
    }
    if let Some(last) = entries.last()
        && !incident.status.is_resolved()
    {
        let text = format!(
            "At {} the incident was still {}.",
            time(last.recorded),
            incident.status.word()
        );
        out.push(Statement::new(text, &[last.seq]));
    }
    out
}
