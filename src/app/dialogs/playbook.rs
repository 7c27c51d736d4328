//! Chooses a playbook. A change is confirmed, because everybody's screen follows.

use super::precondition::incident;
use crate::app::dialog::{Confirmation, List, Outcome};
use crate::app::model::Model;
use crate::app::update::people::steps::begin;
use crate::incident::PlaybookId;
use crate::incident::entry::field;
use crate::keymap::{Action, Screen};
use crate::playbook::RunPosition;

/// Offers all playbooks where none is in progress.
pub(crate) fn go(model: &mut Model) -> Outcome {
    model.ui.show(Screen::Playbook);
    match model.incident() {
        Some(incident) if incident.playbook.is_none() => open(model),
        _ => Ok(Vec::new()),
    }
}

/// Playbooks that suit the alerts come first.
pub(crate) fn open(model: &mut Model) -> Outcome {
    let view = incident(model)?;
    let alerts = view.incident.alerts.values();
    let names: Vec<&str> = alerts
        .filter_map(|facts| view.entry_text(facts.first, field::NAME))
        .collect();
    let mut list = List::new("Which playbook?");
    for (playbook, suits) in model.setup.library.offered(&names) {
        let mark = if suits { "suits these alerts" } else { "" };
        let name = playbook.name.clone();
        let text = format!("{:<28} {mark}", playbook.title);
        list = list.row(text, move |model| change(model, &name));
    }
    model.open(list)
}

fn change(model: &mut Model, name: &PlaybookId) -> Outcome {
    let incident = model.incident();
    let left = incident.and_then(|incident| model.setup.library.in_progress(incident));
    let left = left.filter(|(playbook, run, position)| {
        let goes_on = *position != RunPosition::Ended && run.latest.is_some();
        goes_on && (playbook.name != *name || playbook.digest != run.digest)
    });
    let Some((playbook, run, _)) = left else {
        return begin(model, name);
    };
    let question = format!(
        "{} is in progress, {} of {} steps have a result. Go on with {name}, for everybody? {} goes back to it.",
        playbook.name,
        run.results.len(),
        run.steps,
        model.key_on(Screen::Playbook, Action::ChoosePlaybook)
    );
    let name = name.clone();
    model.open(Confirmation::new(question, move |model| {
        begin(model, &name)
    }))
}
