//! Walking a playbook: each step's result is an entry, and the next step follows from the entries.

use crate::app::dialog::Outcome;
use crate::app::effect::Effect;
use crate::app::guide::{current_step, is_unread};
use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::app::recording::{introduced_in, read_only, record};
use crate::app::ui::Drawn;
use crate::incident::entry::{PlaybookStarted, StepOutcome, StepRecorded, field};
use crate::incident::{Draft, IncidentId, Slug};
use crate::keymap::Screen;
use crate::playbook::{Block, Kind, Place, Playbook, Step, Values, fill_query, fill_shell};
use crate::signals::Sample;
use crate::text::{Problem, Safe};

/// Begins a playbook.
pub(crate) fn begin(model: &mut Model, name: &Slug) -> Outcome {
    let (Some(id), Some(playbook)) = (model.current.clone(), model.setup.library.get(name)) else {
        return Ok(Vec::new());
    };
    let incident = model.incident();
    let goes_on = incident.is_some_and(|incident| {
        let left = incident
            .playbooks
            .get(name)
            .filter(|run| run.digest == playbook.digest && run.results.len() < run.steps as usize);
        left.is_some() && incident.playbook.as_ref() != Some(name)
    });
    let data = PlaybookStarted {
        goes_on,
        playbook: name.clone(),
        digest: playbook.digest.clone(),
        steps: playbook.steps.len() as u32,
    };
    let mut drafts = introduced_in(model, &id);
    let title = Safe::line(&playbook.title);
    drafts.push(Draft::new(&model.setup.me.actor, data).with(field::TITLE, title));
    model.ui.show(Screen::Playbook);
    Ok(record(model, &id, drafts))
}

/// The step at hand, with its number.
pub(crate) fn at_hand(model: &Model) -> Option<(&Playbook, usize, &Step)> {
    match current_step(model)? {
        (playbook, Place::At(at)) => Some((playbook, at, &playbook.steps[at])),
        (_, Place::Done) => None,
    }
}

/// Whether this step is the one at hand.
pub(crate) fn is_at_hand(model: &Model, step: &Slug) -> bool {
    at_hand(model).is_some_and(|(_, _, now)| now.id == *step)
}

/// A new step is shown from its begin.
pub(crate) fn follow(model: &mut Model) {
    let at = at_hand(model).map(|(_, _, step)| step.id.clone());
    if at != model.ui.step {
        model.ui.step = at;
        if model.ui.screen == Screen::Playbook {
            model.ui.scroll = 0;
            model.ui.drawn = Drawn::default();
        }
    }
}

/// Confirms the step: ticks the next item, asks the check, or records that it is done.
pub(crate) fn done(model: &mut Model) -> Outcome {
    let Some((_, _, step)) = at_hand(model) else {
        return Ok(Vec::new());
    };
    // Its result is on its way: the next step is another one.
    let waits = |view: &IncidentView| awaits_step(view, &step.id);
    if model.view().is_some_and(waits) {
        return Ok(Vec::new());
    }
    // Nothing is done that was not read to its end.
    let by_hand = matches!(step.kind, Kind::Manual | Kind::CheckList);
    if by_hand && is_unread(model) {
        model.ui.scroll += model.ui.page();
        return Ok(Vec::new());
    }
    match &step.kind {
        Kind::Manual => finish(model, StepOutcome::Done, None, Safe::default()),
        Kind::CheckList => tick(model),
        // Its ways are a list to choose from.
        Kind::Decision(_) => Ok(Vec::new()),
        Kind::Check { query, .. } => {
            let query = query.clone();
            ask(model, &query)
        }
    }
}

fn tick(model: &mut Model) -> Outcome {
    let Some((_, _, step)) = at_hand(model) else {
        return Ok(Vec::new());
    };
    let id = step.id.clone();
    let tasks = step
        .blocks
        .iter()
        .filter(|b| matches!(b, Block::Item { task: true, .. }))
        .count();
    if let Some(next) = (0..tasks).find(|item| !model.ui.ticked.contains(&(id.clone(), *item))) {
        model.ui.ticked.insert((id.clone(), next));
    }
    let all = (0..tasks).all(|item| model.ui.ticked.contains(&(id.clone(), item)));
    if all {
        finish(model, StepOutcome::Done, None, Safe::default())
    } else {
        Ok(Vec::new())
    }
}

/// Takes the last tick of the step at hand back. Ticks are written down with the step, once the last is made.
pub(crate) fn untick(model: &mut Model) {
    let last = at_hand(model).and_then(|(_, _, step)| {
        let of_step = model.ui.ticked.iter().filter(|(id, _)| *id == step.id);
        of_step.max_by_key(|(_, item)| *item).cloned()
    });
    match last {
        Some(tick) => {
            model.ui.ticked.remove(&tick);
        }
        None => model.ui.warn("nothing is ticked in this step"),
    }
}

fn ask(model: &mut Model, query: &str) -> Outcome {
    let Some((playbook, _, step)) = at_hand(model) else {
        return Ok(Vec::new());
    };
    let filled = fill_query(playbook, &values(model), query);
    if !filled.missing.is_empty() {
        let missing = filled.missing.join(", ");
        model.ui.warn(format!(
            "no value for {missing}: set it under `variables` in config.yaml"
        ));
        return Ok(Vec::new());
    }
    if model.metrics_source().is_none() {
        model.ui.warn(
            "no Prometheus is configured: check by other means, then k skips with your finding",
        );
        return Ok(Vec::new());
    }
    let (playbook, step) = (playbook.name.clone(), step.id.clone());
    let Some(incident) = model.current.clone() else {
        return Ok(Vec::new());
    };
    let now = model.now;
    if let Some(view) = model.views.get_mut(&incident) {
        if view.asking.is_some() {
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

pub(crate) fn answered(
    model: &mut Model,
    id: &IncidentId,
    playbook: &Slug,
    step: &Slug,
    result: Result<Sample, Problem>,
) -> Vec<Effect> {
    if let Some(view) = model.views.get_mut(id) {
        view.asking = None;
    }
    let Some((at, found)) = model.setup.library.get(playbook).and_then(|p| p.step(step)) else {
        return Vec::new();
    };
    // Skipped meanwhile, or answered by somebody else: a late answer must not move the playbook back.
    let is_current = model.current.as_ref() == Some(id);
    if is_current && !is_at_hand(model, step) {
        return Vec::new();
    }
    let Kind::Check { expect, .. } = found.kind else {
        return Vec::new();
    };
    let reading = result.as_ref().ok().map(|sample| sample.reading);
    let outcome = match reading.and_then(|reading| expect.holds(reading)) {
        Some(true) => StepOutcome::Passed,
        Some(false) => StepOutcome::Failed,
        None => StepOutcome::Unknown,
    };
    let words = match (&result, outcome) {
        (Err(problem), _) => Safe::line(&problem.what),
        (Ok(sample), StepOutcome::Unknown) => Safe::line(sample.reading.word()),
        _ => Safe::default(),
    };
    let data = StepRecorded {
        playbook: playbook.clone(),
        step: step.clone(),
        number: at as u32 + 1,
        outcome,
        choice: None,
        reading,
        expected: Some(expect),
        at: result.as_ref().ok().map(|sample| sample.at),
    };
    let title = Safe::line(&found.title);
    let mut drafts = introduced_in(model, id);
    drafts.push(
        Draft::new(&model.setup.me.actor, data)
            .with(field::STEP, title)
            .with(field::TEXT, words),
    );
    record(model, id, drafts)
}

/// Records a result of the step at hand.
pub(crate) fn finish(
    model: &mut Model,
    outcome: StepOutcome,
    choice: Option<Slug>,
    words: Safe,
) -> Outcome {
    if model.setup.read_only {
        return Err(read_only().into());
    }
    let Some((playbook, at, step)) = at_hand(model) else {
        return Ok(Vec::new());
    };
    let data = StepRecorded {
        playbook: playbook.name.clone(),
        step: step.id.clone(),
        number: at as u32 + 1,
        outcome,
        choice,
        reading: None,
        expected: None,
        at: None,
    };
    let title = Safe::line(&step.title);
    let Some(id) = model.current.clone() else {
        return Ok(Vec::new());
    };
    if model
        .views
        .get(&id)
        .is_some_and(|view| awaits_step(view, &data.step))
    {
        return Ok(Vec::new());
    }
    let mut drafts = introduced_in(model, &id);
    drafts.push(
        Draft::new(&model.setup.me.actor, data)
            .with(field::STEP, title)
            .with(field::TEXT, words),
    );
    Ok(record(model, &id, drafts))
}

/// Whether a result of this step is on its way already: a key pressed twice is one result.
pub(crate) fn awaits_step(view: &crate::app::incident_view::IncidentView, step: &Slug) -> bool {
    let drafts = view.pending.iter().flat_map(|pending| &pending.drafts);
    drafts.into_iter().any(|draft| {
        draft
            .event
            .data::<StepRecorded>()
            .is_some_and(|data| data.step == *step)
    })
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

/// The commands of the step at hand, filled in.
pub(crate) fn commands(model: &Model) -> Option<String> {
    let (playbook, _, step) = at_hand(model)?;
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
