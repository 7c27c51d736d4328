//! Playbooks in the console: what the keys do on the current step. Each result and each tick is an entry.

use crate::app::dialog::Outcome;
use crate::app::effect::Effect;
use crate::app::guide::{current_step, is_unread};
use crate::app::incident_view::IncidentView;
use crate::app::intent::{Intent, PlaybookIntent, StepResult, open_items};
use crate::app::model::Model;
use crate::app::recording::{record_in, record_intent};
use crate::app::ui::Drawn;
use crate::incident::entry::StepRecorded;
use crate::incident::{IncidentId, PlaybookId, StepId};
use crate::keymap::{Action, Screen};
use crate::playbook::{
    Block, Playbook, RunPosition, Step, StepKind, Values, fill_query, fill_shell,
};
use crate::signals::Sample;
use crate::text::{Problem, Safe};

pub(crate) fn begin(model: &mut Model, name: &PlaybookId) -> Outcome {
    model.ui.show(Screen::Playbook);
    let intent = PlaybookIntent::Start(name.clone());
    record_intent(model, Intent::Playbook(intent))
}

pub(crate) fn current(model: &Model) -> Option<(&Playbook, &Step)> {
    match current_step(model)? {
        (playbook, RunPosition::At(at)) => Some((playbook, &playbook.steps[at])),
        (_, RunPosition::Ended) => None,
    }
}

/// A new step is shown from its beginning.
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

/// Confirms the step: ticks the next item, asks the check, or records that it is done.
pub(crate) fn done(model: &mut Model) -> Outcome {
    let Some((playbook, step)) = current(model) else {
        return Ok(Vec::new());
    };
    // Nothing is done that was not read to its end.
    let by_hand = matches!(step.kind, StepKind::Manual | StepKind::CheckList);
    if by_hand && is_unread(model) {
        model.ui.scroll += model.ui.page();
        return Ok(Vec::new());
    }
    let id = step.id.clone();
    match &step.kind {
        StepKind::Manual => finish(model, id, StepResult::Done),
        StepKind::CheckList => {
            let view = model.view();
            let next = view.and_then(|view| open_items(view, playbook, step).first().copied());
            match next {
                Some(item) => tick(model, id, item, true),
                None => finish(model, id, StepResult::Done),
            }
        }
        // Its choices are a list to choose from.
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

/// Unticks the last ticked item of the current step.
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

/// Records the result of a step, unless one is on its way to the disk: a key pressed twice is one result.
pub(crate) fn finish(model: &mut Model, step: StepId, result: StepResult) -> Outcome {
    if model.view().is_some_and(|view| is_recording(view, &step)) {
        return Ok(Vec::new());
    }
    let intent = PlaybookIntent::Step(step, result);
    record_intent(model, Intent::Playbook(intent))
}

pub(crate) fn is_recording(view: &IncidentView, step: &StepId) -> bool {
    let drafts = view.pending.iter().flat_map(|pending| &pending.drafts);
    let mut results = drafts.filter_map(|draft| draft.event.data::<StepRecorded>());
    results.any(|data| data.step == *step)
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
    if model.metrics_source().is_none() {
        let skip = model.key_on(Screen::Playbook, Action::StepSkip);
        return Err(format!(
            "no Prometheus is configured: check manually, then press {skip} and enter what you found"
        ));
    }
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
    Ok(vec![Effect::Ask {
        incident,
        playbook,
        step,
        query: filled.text,
    }])
}

/// Records the answer of a check. A late one, of a step that is no longer the current one, is dropped.
pub(crate) fn answered(
    model: &mut Model,
    id: &IncidentId,
    playbook: &PlaybookId,
    step: &StepId,
    result: Result<Sample, Problem>,
) -> Vec<Effect> {
    let Some(view) = model.views.get_mut(id) else {
        return Vec::new();
    };
    view.asking = None;
    if view.incident.playbook.as_ref() != Some(playbook) {
        return Vec::new();
    }
    let answer = result.map_err(|problem| Safe::line(&problem.what));
    let intent = PlaybookIntent::Step(step.clone(), StepResult::Measured(answer));
    record_in(model, id, Intent::Playbook(intent)).unwrap_or_default()
}

/// The values of a playbook's variables now.
pub(crate) fn values(model: &Model) -> Values {
    let mut values = model.setup.variables.clone();
    values.insert("success_ratio_query".into(), model.setup.query.clone());
    if let (Some(id), Some(incident)) = (&model.current, model.incident()) {
        values.insert("incident".into(), id.to_string());
        if let Some(opened) = &incident.opened {
            values.insert("service".into(), opened.data.service.to_string());
            values.insert("path".into(), opened.data.path.to_string());
        }
    }
    if let Some((service, path)) = model.mapped() {
        // The user's own value of a variable stays: the map fills in what nobody has set.
        let fallback = model
            .setup
            .map
            .models_on(&path.path)
            .find_map(|ai| ai.fallback.clone());
        let known = [
            ("owner", service.owner.clone()),
            ("must_not_degrade", path.must_not_degrade.join(", ")),
            ("may_degrade", path.may_degrade.join(", ")),
            ("fallback", fallback.unwrap_or_default()),
        ];
        for (name, value) in known.into_iter().filter(|(_, value)| !value.is_empty()) {
            values.entry(name.into()).or_insert(value);
        }
    }
    values
}

/// The commands of the current step, filled in.
pub(crate) fn commands(model: &Model) -> Option<String> {
    let (playbook, step) = current(model)?;
    let values = values(model);
    let texts: Vec<String> = step
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Code { language, text } if language == "promql" => {
                Some(fill_query(playbook, &values, text).text)
            }
            Block::Code { text, .. } => Some(fill_shell(playbook, &values, text).text),
            _ => None,
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}
