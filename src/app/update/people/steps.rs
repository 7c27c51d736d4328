//! Playbooks in the console: what the keys do on the current step. Each result and each tick is an entry.

use crate::app::dialog::Outcome;
use crate::app::effect::{CheckId, Effect};
use crate::app::guide::is_unread;
use crate::app::intent::{Intent, PlaybookIntent, StepResult, open_items};
use crate::app::model::Model;
use crate::app::recording::{record_in, record_intent};
use crate::app::selectors::playbook::{current, is_recording, values};
use crate::app::ui::Drawn;
use crate::incident::{PlaybookId, StepId};
use crate::keymap::{Action, Screen};
use crate::playbook::{StepKind, fill_query};
use crate::signals::Sample;
use crate::text::{Problem, Safe};

pub(crate) fn begin(model: &mut Model, name: &PlaybookId) -> Outcome {
    model.ui.show(Screen::Playbook);
    let intent = PlaybookIntent::Start(name.clone());
    record_intent(model, Intent::Playbook(intent))
}

pub(crate) fn follow(model: &mut Model) {
    let current = current(model).map(|(_, step)| step.id.clone());
    if current != model.ui.step {
        model.ui.step = current;
        if model.ui.screen == Screen::Playbook {
            model.ui.scroll = 0;
            model.ui.drawn = Drawn::default();
        }
    }
}

pub(crate) fn done(model: &mut Model) -> Outcome {
    let Some((playbook, step)) = current(model) else {
        return Ok(Vec::new());
    };
    // A step is confirmed only after it was read to its end.
    let by_hand = matches!(step.kind, StepKind::Manual | StepKind::CheckList);
    if by_hand && is_unread(model) {
        model.ui.scroll += model.ui.page();
        return Ok(Vec::new());
    }
    let id = step.id.clone();
    match &step.kind {
        StepKind::Manual => finish(model, id, StepResult::Done),
        StepKind::CheckList => {
            let open = model.view().map(|view| open_items(view, playbook, step));
            match open.and_then(|open| open.first().copied()) {
                Some(item) => tick(model, id, item, true),
                None => finish(model, id, StepResult::Done),
            }
        }
        // Its choices are a list.
        StepKind::Decision(_) => Ok(Vec::new()),
        StepKind::Check { query, .. } => {
            let query = query.clone();
            ask(model, &query)
        }
    }
}

fn tick(model: &mut Model, step: StepId, item: u32, ticked: bool) -> Outcome {
    let intent = PlaybookIntent::Tick { step, item, ticked };
    record_intent(model, Intent::Playbook(intent))
}

pub(crate) fn untick(model: &mut Model) -> Outcome {
    let last = current(model).zip(model.incident());
    let last = last.and_then(|((playbook, step), incident)| {
        let run = incident.playbooks.get(&playbook.name)?;
        let ticked = |item: &u32| run.tick(&playbook.digest, &step.id, *item).is_some();
        let last = step.items().map(|(item, _)| item).filter(ticked).last()?;
        Some((step.id.clone(), last))
    });
    match last {
        Some((step, item)) => tick(model, step, item, false),
        None => Err("no item of this step is ticked".into()),
    }
}

/// Ignored while a result is on its way to the disk: a key pressed twice is one result.
pub(crate) fn finish(model: &mut Model, step: StepId, result: StepResult) -> Outcome {
    if model.view().is_some_and(|view| is_recording(view, &step)) {
        return Ok(Vec::new());
    }
    let intent = PlaybookIntent::Step(step, result);
    record_intent(model, Intent::Playbook(intent))
}

fn ask(model: &mut Model, query: &str) -> Outcome {
    let Some((playbook, step)) = current(model) else {
        return Ok(Vec::new());
    };
    let filled = fill_query(playbook, &values(model), query);
    if !filled.missing.is_empty() {
        let missing = filled.missing.join(", ");
        return Err(format!(
            "no value for {missing}: set it under `variables` in config.yaml"
        ));
    }
    if model.is_retrospective() {
        let skip = model.key_on(Screen::Playbook, Action::StepSkip);
        return Err(format!(
            "nothing is measured for an incident that is entered afterwards: press {skip} and enter what was found"
        ));
    }
    if model.metrics_source().is_none() {
        let skip = model.key_on(Screen::Playbook, Action::StepSkip);
        return Err(format!(
            "no Prometheus is configured: check manually, then press {skip} and enter what you found"
        ));
    }
    // The number at the top of the screen is not computed a second time.
    let known = model.sample().filter(|_| filled.text == model.setup.query);
    let known = known.filter(|_| model.stale_sample().is_none());
    let (playbook, step) = (playbook.name.clone(), step.id.clone());
    let (Some(incident), now) = (model.current.clone(), model.now) else {
        return Ok(Vec::new());
    };
    if let Some(view) = model.views.get_mut(&incident) {
        if view.asking.is_some() || is_recording(view, &step) {
            return Ok(Vec::new());
        }
        view.asking = Some((step.clone(), now));
    }
    let check = CheckId {
        incident,
        playbook,
        step,
    };
    if let Some(sample) = known {
        return Ok(answered(model, &check, Ok(sample)));
    }
    let query = filled.text;
    Ok(vec![Effect::Ask { check, query }])
}

/// A late answer, for a step that is no longer the current one, is dropped.
pub(crate) fn answered(
    model: &mut Model,
    check: &CheckId,
    result: Result<Sample, Problem>,
) -> Vec<Effect> {
    let Some(view) = model.views.get_mut(&check.incident) else {
        return Vec::new();
    };
    view.asking = None;
    if view.incident.playbook.as_ref() != Some(&check.playbook) {
        return Vec::new();
    }
    let answer = result.map_err(|problem| Safe::line(&problem.what));
    let intent = PlaybookIntent::Step(check.step.clone(), StepResult::Measured(answer));
    record_in(model, &check.incident, Intent::Playbook(intent)).unwrap_or_default()
}
