//! What to do next: the actions that make sense now, the most likely first. The hints at the bottom and the
//! exercise's advice are this list.

use super::action::Action;
use super::model::Model;
use super::ui::Screen;
use crate::incident::Status;
use crate::playbook::{Kind, Place, Playbook, place};

/// A hint: the action, and its words now.
pub type Hint = (Action, &'static str);

/// The actions that make sense now, the most likely first.
pub fn hints(model: &Model) -> Vec<Hint> {
    let mut hints = Vec::new();
    if let Some(next) = next(model) {
        hints.push(next);
    }
    let more: &[Hint] = match (model.ui.screen, model.incident().is_some()) {
        (_, false) => &[(Action::Open, "open by hand")],
        (Screen::Playbook, _) => &[
            (Action::StepSkip, "skip"),
            (Action::Copy, "copy"),
            (Action::ChoosePlaybook, "other playbook"),
            (Action::Note, "note"),
        ],
        (Screen::Timeline, _) => &[(Action::Note, "note"), (Action::Correct, "correct"), (Action::Filter, "filter")],
        (Screen::People, _) => &[(Action::Role, "role"), (Action::Note, "note")],
        (Screen::Documents, _) => &[(Action::Write, "write"), (Action::Copy, "copy path")],
        _ => &[
            (Action::Classify, "severity"),
            (Action::Playbook, "playbook"),
            (Action::Note, "note"),
            (Action::Status, "update"),
        ],
    };
    for hint in more {
        if !hints.iter().any(|(action, _)| action == &hint.0) {
            hints.push(*hint);
        }
    }
    hints
}

/// The one thing to do next.
pub fn next(model: &Model) -> Option<Hint> {
    let incident = model.incident()?;
    if incident.status == Status::Closed {
        return Some(if incident.documents.is_empty() {
            (Action::Write, "write the documents")
        } else {
            (Action::Show(Screen::Documents), "documents")
        });
    }
    if incident.acknowledged().is_none() {
        return Some((Action::Acknowledge, "acknowledge"));
    }
    if incident.classification().is_none() {
        return Some((Action::Classify, "severity"));
    }
    if incident.status >= Status::Resolved {
        return Some(if incident.documents.is_empty() {
            (Action::Write, "write the documents")
        } else {
            (Action::Status, "close")
        });
    }
    if let Some((playbook, Place::At(at))) = current_step(model) {
        let words = match (&playbook.steps[at].kind, model.ui.screen) {
            (_, screen) if screen != Screen::Playbook => return Some((Action::Playbook, "playbook: next step")),
            (Kind::Manual, _) => "done",
            (Kind::CheckList, _) => "tick",
            (Kind::Decision(_), _) => "choose",
            (Kind::Check { .. }, _) => "run the check",
        };
        return Some((Action::StepDone, words));
    }
    if incident.playbook.is_none() {
        return Some((Action::Playbook, "playbook"));
    }
    Some((Action::Status, if incident.status < Status::Mitigated { "update: mitigated?" } else { "update: normal again?" }))
}

/// The playbook under way, and where it stands.
pub fn current_step(model: &Model) -> Option<(&Playbook, Place)> {
    let incident = model.incident()?;
    let name = incident.playbook.as_ref()?;
    let run = incident.playbooks.get(name)?;
    let playbook = model.setup.library.get(name)?;
    Some((playbook, place(playbook, run)))
}
