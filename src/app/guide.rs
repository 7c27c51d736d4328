//! What to do next: the actions that make sense now, the most likely first. The hints at the bottom and the
//! exercise's advice are this list.

use super::dialog::Hint;
use super::model::Model;
use super::selectors::playbook::current_run;
use crate::incident::cadence::clocks;
use crate::incident::entry::ClockKind;
use crate::incident::fold::SignalFacts;
use crate::incident::{Incident, Role, Status};
use crate::keymap::{Action, Screen};
use crate::playbook::{RunPosition, StepKind};
use crate::signals::meets;

pub fn hints(model: &Model) -> Vec<Hint> {
    let mut hints = Vec::from_iter(next(model));
    // On the playbook Enter acts on the step, whatever else is more urgent.
    let closed = |incident: &Incident| incident.status == Status::Closed;
    let closed = model.incident().is_some_and(closed);
    if model.ui.screen == Screen::Playbook && !closed {
        let step = step_words(model).map(|words| (Action::StepDone, words));
        hints.extend(step.filter(|step| !hints.contains(step)));
    }
    let sealed = model.incident().is_some_and(Incident::is_sealed);
    let more: &[Hint] = match (model.ui.screen, model.incident().is_some()) {
        (_, false) => &[(Action::Open, "open by hand")],
        _ if sealed => &[
            (Action::Copy, "copy"),
            (Action::Switch, "other incident"),
            (Action::Open, "open by hand"),
        ],
        (Screen::Timeline, _) if closed => &[
            (Action::Note, "note"),
            (Action::Correct, "correct"),
            (Action::Copy, "copy"),
        ],
        (Screen::Documents, _) if closed => &[
            (Action::Write, "write"),
            (Action::Copy, "copy path"),
            (Action::Note, "note"),
        ],
        (_, _) if closed => &[
            (Action::Note, "note"),
            (Action::FollowUp, "follow up"),
            (Action::Switch, "other incident"),
        ],
        (Screen::Playbook, _) => &[
            (Action::StepSkip, "skip"),
            (Action::Copy, "copy"),
            (Action::ChoosePlaybook, "other playbook"),
            (Action::Note, "note"),
        ],
        (Screen::Timeline, _) => &[
            (Action::Note, "note"),
            (Action::Correct, "correct"),
            (Action::Filter, "filter"),
        ],
        (Screen::People, _) => &[(Action::Role, "role"), (Action::Note, "note")],
        (Screen::Work, _) => &[
            (Action::FollowUp, "follow up"),
            (Action::Decide, "decide"),
            (Action::Update, "update"),
            (Action::HandOver, "hand over"),
        ],
        (Screen::Documents, _) => &[(Action::Write, "write"), (Action::Copy, "copy path")],
        _ if model.is_retrospective() => &[
            (Action::Earlier, "time"),
            (Action::Impact, "impact"),
            (Action::Note, "note"),
            (Action::Status, "status"),
        ],
        _ => &[
            (Action::Classify, "severity"),
            (Action::Playbook, "playbook"),
            (Action::Note, "note"),
            (Action::Status, "status"),
        ],
    };
    for hint in more {
        if !hints.iter().any(|(action, _)| action == &hint.0) {
            hints.push(*hint);
        }
    }
    hints
}

pub fn next(model: &Model) -> Option<Hint> {
    let incident = model.incident()?;
    if incident.status == Status::Closed {
        return Some(if documents_are_behind(incident) && !incident.is_sealed() {
            (Action::Write, "write the documents")
        } else {
            (Action::Show(Screen::Documents), "documents")
        });
    }
    if incident.is_retrospective() {
        return Some(next_afterwards(incident));
    }
    if incident.acknowledged().is_none() {
        return Some((Action::Acknowledge, "acknowledge"));
    }
    if incident.classification().is_none() {
        return Some((Action::Classify, "severity"));
    }
    let proposed = model.proposed().zip(incident.severity());
    if proposed.is_some_and(|(proposed, in_force)| proposed < in_force) {
        return Some((Action::Classify, "severity: measured as graver"));
    }
    if !incident.roles.contains_key(&Role::IncidentCommander) {
        return Some((Action::Role, "take command"));
    }
    if let Some(overdue) = own_overdue(model, incident) {
        return Some(overdue);
    }
    if incident.status < Status::Mitigated && is_back_to_normal(model) {
        return Some((Action::Status, "status: mitigated?"));
    }
    if proposed.is_some() && incident.status < Status::Resolved {
        return Some((Action::Classify, "severity: measured as lesser"));
    }
    if incident.status >= Status::Resolved {
        return Some(if documents_are_behind(incident) {
            (Action::Write, "write the documents")
        } else {
            (Action::Status, "close")
        });
    }
    if let Some(words) = step_words(model) {
        return Some(if model.ui.screen == Screen::Playbook {
            (Action::StepDone, words)
        } else {
            (Action::Playbook, "playbook: next step")
        });
    }
    if incident.playbook.is_none() {
        return Some((Action::Playbook, "playbook"));
    }
    Some((
        Action::Status,
        if incident.status < Status::Mitigated {
            "status: mitigated?"
        } else {
            "status: normal again?"
        },
    ))
}

/// What is missing first of an incident that is entered afterwards.
fn next_afterwards(incident: &Incident) -> Hint {
    if incident.classification().is_none() {
        return (Action::Classify, "severity");
    }
    if incident.windows().is_some_and(|windows| windows.is_open()) {
        return (Action::Impact, "when did the impact end?");
    }
    if incident.status < Status::Resolved {
        return (Action::Status, "status: resolved");
    }
    if documents_are_behind(incident) {
        return (Action::Write, "write the documents");
    }
    (Action::Status, "close")
}

/// What Enter does at the current step.
fn step_words(model: &Model) -> Option<&'static str> {
    let (playbook, RunPosition::At(at)) = current_run(model)? else {
        return None;
    };
    Some(match playbook.steps[at].kind {
        StepKind::Manual | StepKind::CheckList if is_unread(model) => "read on",
        StepKind::Manual => "done",
        StepKind::CheckList => "tick",
        StepKind::Decision(_) => "choose",
        StepKind::Check { .. } => "run the check",
    })
}

/// Whether the step continues below the visible part.
pub fn is_unread(model: &Model) -> bool {
    model.ui.screen == Screen::Playbook && model.ui.scroll < model.ui.drawn.screen
}

fn own_overdue(model: &Model, incident: &Incident) -> Option<Hint> {
    let me = &model.setup.me.actor;
    let mut overdue = clocks(incident, incident.now(&model.stamp));
    overdue.retain(|clock| clock.at <= model.now);
    // The communications lead sends updates; the commander, if there is none.
    let speaks = [Role::Communications, Role::IncidentCommander];
    let speaker = speaks.iter().find_map(|role| incident.roles.get(role));
    let mine = |item: u64| {
        let work = incident.work.get(&item);
        work.is_some_and(|work| incident.is_for(work, me))
    };
    overdue.into_iter().find_map(|clock| match clock.clock {
        ClockKind::StatusUpdate => speaker
            .is_some_and(|held| held.actor == *me)
            .then_some((Action::Update, "status update overdue")),
        ClockKind::ActionItem => clock
            .item
            .filter(|item| mine(*item))
            .map(|_| (Action::FollowUp, "follow up: work is overdue")),
        ClockKind::Acknowledgement
        | ClockKind::CheckIn
        | ClockKind::TimelineEntry
        | ClockKind::Other(_) => None,
    })
}

/// Mitigated once the numbers are back, else the next one.
pub fn proposed_status(model: &Model) -> Status {
    let now = model
        .incident()
        .map_or(Status::Investigating, |incident| incident.status);
    let has_ended = |incident: &Incident| incident.windows().is_some_and(|it| !it.is_open());
    if let Some(past) = model.incident().filter(|it| it.is_retrospective())
        && now < Status::Resolved
    {
        return match has_ended(past) {
            true => Status::Resolved,
            false => Status::Mitigated,
        };
    }
    if now < Status::Mitigated && (is_back_to_normal(model) || playbook_has_ended(model)) {
        return Status::Mitigated;
    }
    let mut following = Status::ALL.into_iter().skip_while(|status| *status != now);
    following.nth(1).unwrap_or(now)
}

/// The signal was recorded below its objective, and meets it now.
fn is_back_to_normal(model: &Model) -> bool {
    let objective = model.setup.objective;
    let was_below = model.incident().is_some_and(|incident| {
        let signal = incident.signals.get(&model.setup.signal);
        let lowest = signal.and_then(SignalFacts::lowest);
        lowest.is_some_and(|(_, _, low)| low < objective)
    });
    let sample = model.sample();
    let meets_now = sample.is_some_and(|it| meets(it.reading, objective) == Some(true));
    was_below && meets_now && model.stale_sample().is_none()
}

fn playbook_has_ended(model: &Model) -> bool {
    matches!(current_run(model), Some((_, RunPosition::Ended)))
}

/// Whether something that matters was recorded after the last document.
fn documents_are_behind(incident: &Incident) -> bool {
    let documents = incident.documents.iter();
    let covered = documents
        .map(|written| written.data.upto)
        .max()
        .unwrap_or(0);
    let changes = &incident.status_changes;
    covered < changes.last().map_or(1, |change| change.seq.max(1))
}
