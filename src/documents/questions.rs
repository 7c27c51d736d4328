//! What the journal itself shows to have gone well, and what it leaves open.

use super::impact::Statement;
use super::in_time::InTime;
use super::people::People;
use super::words::{count, due_words, time};
use crate::alerts::AlertState;
use crate::incident::closing::{LeftOpen, left_open};
use crate::incident::entry::{
    Audience, PageIntended, PageOutcome, StepOutcome, StepRecorded, field,
};
use crate::incident::escalation::LevelState;
use crate::incident::severity::Answered;
use crate::incident::{Disclosed, Entry, Incident, Slug, Status, step_in_words};
use crate::signals::meets;
use crate::times::write_span;
use chrono::TimeDelta;

pub(super) fn went_well(entries: &[Entry], incident: &Incident) -> Vec<Statement> {
    let is_passed = |step: &StepRecorded| step.outcome == StepOutcome::Passed;
    let passed = numbers(entries, |entry| entry.data().is_some_and(is_passed));
    let checks = count(passed.len() as u64, "check", "checks");
    let passed = citing(&passed, format!("{checks} on measured data passed."));
    let in_time = InTime::of(entries, incident);
    let in_time = in_time.as_ref();
    let all = [
        in_time.and_then(InTime::acknowledged),
        in_time.and_then(InTime::classified),
        passed,
        in_time.and_then(InTime::mitigated),
    ];
    all.into_iter().flatten().collect()
}

fn numbers(entries: &[Entry], wanted: impl Fn(&Entry) -> bool) -> Vec<u64> {
    let wanted = entries.iter().filter(|entry| wanted(entry));
    wanted.map(|entry| entry.seq).collect()
}

/// Nothing without an entry.
fn citing(cites: &[u64], text: impl Into<String>) -> Option<Statement> {
    (!cites.is_empty()).then(|| Statement::new(text, cites))
}

pub(super) fn open_questions(
    entries: &[Entry],
    incident: &Incident,
    people: &People,
) -> Vec<Statement> {
    let mut out = Vec::new();
    let opened: Vec<u64> = incident.opened.iter().map(|opened| opened.seq).collect();
    match incident.classification() {
        Some(verdict) => {
            let unknown = verdict.answers.iter();
            let unknown = unknown.filter(|given| given.answer.as_str() == "unknown");
            let unknown: Vec<&str> = unknown.map(|given| given.question.as_str()).collect();
            if !unknown.is_empty() {
                let unknown = unknown.join(", ");
                let text =
                    format!("Answered \"not known\" in the classification in force: {unknown}.");
                out.push(Statement::new(text, &[verdict.seq]));
            }
        }
        None => out.extend(citing(&opened, "No severity was ever recorded.")),
    }
    out.extend(other_duration(incident));
    if incident.acknowledged().is_none() {
        let text = match incident.is_retrospective() {
            true => "No acknowledgement is recorded.",
            false => "Nobody acknowledged.",
        };
        out.extend(citing(&opened, text));
    }
    for (name, run) in &incident.playbooks {
        for (step, fact) in &run.results {
            let what = match fact.outcome {
                StepOutcome::Failed => "failed and was not passed later",
                StepOutcome::Unknown => "gave no answer",
                StepOutcome::Skipped => "was skipped",
                StepOutcome::Done | StepOutcome::Chosen | StepOutcome::Passed => continue,
            };
            let text = format!("Step {step} of playbook {name} {what}.");
            out.push(Statement::new(text, &[fact.seq]));
        }
    }
    out.extend(incident.escalation.levels.iter().flat_map(lost_pages));
    out.extend(still_owed(incident, people));
    out.extend(blind_spots(entries, incident));
    out
}

/// The classification counted another duration of the impact than its windows have now.
fn other_duration(incident: &Incident) -> Option<Statement> {
    let verdict = incident.classification()?;
    let minutes = |given: &Answered| {
        let unit = given.unit.as_ref().map(Slug::as_str);
        given.reading?.value().filter(|_| unit == Some("minutes"))
    };
    let counted = verdict.answers.iter().find_map(minutes)?;
    let windows = incident.windows()?;
    let total = windows.total().filter(|_| incident.is_retrospective())?;
    let counted = TimeDelta::minutes(counted as i64);
    let is_possible = total.least <= counted + TimeDelta::minutes(1) && counted <= total.most;
    let cites = windows.list.iter().flat_map(|window| {
        let end = window.end.map(|end| end.seq);
        [window.start.seq].into_iter().chain(end)
    });
    let mut cites: Vec<u64> = cites.chain([verdict.seq]).collect();
    cites.sort_unstable();
    cites.dedup();
    let text = format!(
        "The classification in force counted {} of impact; its windows have {}.",
        write_span(counted, false),
        total.shown()
    );
    (!is_possible).then(|| Statement::new(text, &cites))
}

fn lost_pages(level: &LevelState) -> impl Iterator<Item = Statement> + '_ {
    level.pages.iter().filter_map(|(call, page)| {
        let what = match page.outcome() {
            None => "has no recorded result",
            Some(PageOutcome::Unknown) => "may or may not have arrived",
            Some(PageOutcome::Failed | PageOutcome::Refused | PageOutcome::NoChannel) => {
                "was not sent"
            }
            Some(PageOutcome::Accepted | PageOutcome::Simulated | PageOutcome::Withdrawn) => {
                return None;
            }
        };
        // One that was sent again, and accepted then, was late.
        let later = level.pages.iter().filter(|(other, _)| {
            let same = other.page == call.page && other.channel == call.channel;
            same && other.repeat > call.repeat
        });
        let mut ends = later.filter_map(|(_, page)| page.result);
        let accepted = ends.find(|end| end.outcome == PageOutcome::Accepted);
        let ends = page.result.into_iter().chain(accepted);
        let cites: Vec<u64> = [page.intent]
            .into_iter()
            .chain(ends.map(|end| end.seq))
            .collect();
        let late = match accepted {
            Some(_) => " at first, and was accepted when it was sent again",
            None => "",
        };
        let (target, channel) = (&page.target, &call.channel);
        let text = format!("The page to {target} through {channel} {what}{late}.");
        Some(Statement::new(text, &cites))
    })
}

fn still_owed(incident: &Incident, people: &People) -> Vec<Statement> {
    let said = |left: LeftOpen| match left {
        LeftOpen::Work(seq, _) => {
            let fact = incident.work.get(&seq);
            let due = fact.and_then(|fact| due_words(fact.due, fact.due_stated));
            let due = due.map_or(String::new(), |due| format!(", due {due}"));
            let mut cites = vec![seq];
            cites.extend(fact.map(|fact| fact.last).filter(|last| *last != seq));
            let text = format!("Still open: {}{due}.", people.work(seq));
            Some(Statement::new(text, &cites))
        }
        LeftOpen::NoUpdateToUsers => Some(Statement::new(
            "This record contains no message to users.",
            &[incident.opened.as_ref()?.seq],
        )),
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
fn unmeasured_recovery(incident: &Incident) -> Option<Statement> {
    let opened = incident.opened.as_ref()?;
    let fact = incident.reached(Status::Mitigated)?;
    let (seq, sample) = incident.signals.get(&opened.data.signal)?.samples.last()?;
    if meets(sample.reading, opened.data.objective) == Some(true) {
        return None;
    }
    let status = fact.status.word();
    let text = format!(
        "The status was set to {status} although the last recorded reading does not show it."
    );
    Some(Statement::new(text, &[fact.seq, *seq]))
}

fn blind_spots(entries: &[Entry], incident: &Incident) -> Vec<Statement> {
    let mut out = Vec::new();
    for (name, source) in &incident.sources {
        for gap in &source.gaps {
            let end = match gap.back {
                Some(_) => "for a while",
                None => "and is not back",
            };
            let cites: Vec<u64> = [gap.lost].into_iter().chain(gap.back).collect();
            let text = format!("Contact with {name} was lost {end}.");
            out.push(Statement::new(text, &cites));
        }
    }
    for alert in incident.alerts.values() {
        let what = match alert.state {
            AlertState::Vanished => "is no longer reported; not confirmed as resolved",
            AlertState::Firing => "still fired when it was last seen",
            AlertState::Suppressed | AlertState::Cleared => continue,
        };
        let first = entries.iter().find(|entry| entry.seq == alert.first);
        let name = first.and_then(|entry| entry.text(field::NAME));
        let name = name.unwrap_or("of unknown name");
        out.push(Statement::new(
            format!("Alert {name} {what}."),
            &[alert.last],
        ));
    }
    for (seq, ms) in &incident.clock_steps {
        let step = step_in_words(TimeDelta::try_milliseconds(*ms).unwrap_or_default());
        let text = format!(
            "The system clock was {step}: times around it are uncertain, waiting times are not."
        );
        out.push(Statement::new(text, &[*seq]));
    }
    let text = "Entries of a newer version are not understood here.";
    out.extend(citing(&incident.unknown, text));
    let is_withheld = |text: &Disclosed| *text == Disclosed::Withheld;
    let withheld = numbers(entries, |entry| entry.texts.values().any(is_withheld));
    let text = "Texts of these entries are withheld from this copy.";
    out.extend(citing(&withheld, text));
    out.extend(unmeasured_recovery(incident));
    let late = numbers(entries, |entry| {
        entry.data::<PageIntended>().is_some_and(|page| {
            let late = (entry.recorded - page.due).num_seconds();
            page.repeat == 0 && page.late.map_or(late, i64::from) > 60
        })
    });
    let text = "These pages were sent more than a minute after they were due.";
    out.extend(citing(&late, text));
    if let Some(last) = entries.last().filter(|_| !incident.status.is_resolved()) {
        let (at, status) = (time(last.recorded), incident.status.word());
        let text = match incident.is_retrospective() {
            true if incident.status_changes.is_empty() => "No status is recorded.".to_string(),
            true => format!("No resolution is recorded; the last status is {status}."),
            false => format!("At {at} the incident was still {status}."),
        };
        out.push(Statement::new(text, &[last.seq]));
    }
    out
}
