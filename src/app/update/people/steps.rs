//! Playbooks in the console: what the keys do on the current step. Each result and each tick is an entry.

use super::acts::{drafts_in, intend};
use super::overlays::open_prompt;
use crate::app::effect::Effect;
use crate::app::guide::{current_step, is_unread};
use crate::app::incident_view::IncidentView;
use crate::app::intent::{Intent, PlaybookIntent, StepResult, open_items};
use crate::app::message::Told;
use crate::app::model::Model;
use crate::app::ui::{Drawn, Overlay, Pick, Picked, Purpose, Screen, Takes};
use crate::app::update::{record, refuse_read_only};
use crate::incident::entry::field;
use crate::incident::{Event, IncidentId, Slug};
use crate::playbook::{
    Block, Choice, Playbook, RunPosition, Step, StepKind, Values, fill_query, fill_shell,
};
use crate::signals::Sample;
use crate::text::Safe;

/// Goes to the playbook; offers all of them where none is in progress.
pub(crate) fn go(model: &mut Model) -> Vec<Effect> {
    model.ui.show(Screen::Playbook);
    if model
        .incident()
        .is_some_and(|incident| incident.playbook.is_none())
    {
        choose(model);
    }
    Vec::new()
}

/// Offers the playbooks, those that suit the alerts first.
pub(crate) fn choose(model: &mut Model) {
    let Some(view) = model.view() else {
        model
            .ui
            .warn("there is no incident yet; ctrl-n opens one by hand");
        return;
    };
    let names: Vec<&str> = view
        .incident
        .alerts
        .values()
        .filter_map(|facts| view.entry_text(facts.first, field::NAME))
        .collect();
    let items = model
        .setup
        .library
        .offered(&names)
        .into_iter()
        .map(|(playbook, suits)| {
            let mark = if suits { "suits these alerts" } else { "" };
            (
                format!("{:<28} {mark}", playbook.title),
                Picked::Playbook(playbook.name.clone()),
            )
        })
        .collect();
    pick(model, "Which playbook?".to_string(), items);
}

fn pick(model: &mut Model, title: String, items: Vec<(String, Picked)>) {
    model.ui.overlays.push(Overlay::Pick(Pick {
        title,
        items,
        cursor: 0,
    }));
}

pub(crate) fn begin(model: &mut Model, name: &Slug) -> Vec<Effect> {
    model.ui.show(Screen::Playbook);
    intend(
        model,
        &Intent::Playbook(PlaybookIntent::Start(name.clone())),
    )
}

fn current(model: &Model) -> Option<(&Playbook, &Step)> {
    match current_step(model)? {
        (playbook, RunPosition::At(at)) => Some((playbook, &playbook.steps[at])),
        (_, RunPosition::Ended) => None,
    }
}

/// Another step than the one on the screen, no matter who completed that one, is read from its begin.
pub(crate) fn follow(model: &mut Model) {
    let at = current(model).map(|(_, step)| step.id.clone());
    if at != model.ui.step {
        model.ui.step = at;
        if model.ui.screen == Screen::Playbook {
            model.ui.scroll = 0;
            model.ui.drawn = Drawn::default();
        }
    }
}

/// Confirms the step: ticks the next item, asks the check, offers the choices, or records that it is done.
pub(crate) fn done(model: &mut Model) -> Vec<Effect> {
    let Some((playbook, step)) = current(model) else {
        return go(model);
    };
    // Nothing is done that was not read to its end.
    let by_hand = matches!(step.kind, StepKind::Manual | StepKind::CheckList);
    if by_hand && is_unread(model) {
        model.ui.scroll += model.ui.page();
        return Vec::new();
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
        StepKind::Decision(choices) => {
            let option = |choice: &Choice| {
                let picked = Picked::Way(id.clone(), choice.target.clone());
                (choice.text.clone(), picked)
            };
            let (title, items) = (step.title.clone(), choices.iter().map(option).collect());
            pick(model, title, items);
            Vec::new()
        }
        StepKind::Check { query, .. } => {
            let query = query.clone();
            ask(model, &query)
        }
    }
}

fn tick(model: &mut Model, step: Slug, item: u32, ticked: bool) -> Vec<Effect> {
    intend(
        model,
        &Intent::Playbook(PlaybookIntent::Tick { step, item, ticked }),
    )
}

/// Unticks the last ticked item of the current step.
pub(crate) fn untick(model: &mut Model) -> Vec<Effect> {
    let last = current(model)
        .zip(model.view())
        .and_then(|((playbook, step), view)| {
            let run = view.incident.playbooks.get(&playbook.name)?;
            let ticked = |item: &u32| run.tick(&playbook.digest, &step.id, *item).is_some();
            let last = step.items().map(|(item, _)| item).filter(ticked).last()?;
            Some((step.id.clone(), last))
        });
    match last {
        Some((step, item)) => tick(model, step, item, false),
        None => {
            model.ui.warn("no item of this step is ticked");
            Vec::new()
        }
    }
}

fn ask(model: &mut Model, query: &str) -> Vec<Effect> {
    if refuse_read_only(model) {
        return Vec::new();
    }
    let Some((playbook, step)) = current(model) else {
        return Vec::new();
    };
    let filled = fill_query(playbook, &values(model), query);
    if !filled.missing.is_empty() {
        let missing = filled.missing.join(", ");
        model.ui.warn(format!(
            "no value for {missing}: set it under `variables` in config.yaml"
        ));
        return Vec::new();
    }
    if model.metrics_source().is_none() {
        model.ui.warn(
            "no Prometheus is configured: check manually, then press k and enter what you found",
        );
        return Vec::new();
    }
    let (playbook, step) = (playbook.name.clone(), step.id.clone());
    let Some(incident) = model.current.clone() else {
        return Vec::new();
    };
    let now = model.now;
    if let Some(view) = model.views.get_mut(&incident) {
        if view.asking.is_some() {
            return Vec::new();
        }
        view.asking = Some((step.clone(), now));
    }
    vec![Effect::Ask {
        incident,
        playbook,
        step,
        query: filled.text,
    }]
}

/// Records the answer of a check. A late one, of a step that is no longer the current one, is dropped.
pub(crate) fn answered(
    model: &mut Model,
    id: &IncidentId,
    playbook: &Slug,
    step: &Slug,
    result: Result<Sample, Told>,
) -> Vec<Effect> {
    let Some(view) = model.views.get_mut(id) else {
        return Vec::new();
    };
    view.asking = None;
    if view.incident.playbook.as_ref() != Some(playbook) {
        return Vec::new();
    }
    let answer = result.map_err(|(what, _)| Safe::line(&what));
    let result = StepResult::Measured(answer);
    let intent = Intent::Playbook(PlaybookIntent::Step(step.clone(), result));
    match drafts_in(model, id, &intent, (None, None)) {
        Ok(drafts) => record(model, id, drafts),
        Err(_) => Vec::new(),
    }
}

/// Asks why the step is skipped.
pub(crate) fn skip(model: &mut Model) {
    if refuse_read_only(model) {
        return;
    }
    let Some((_, step)) = current(model) else {
        return;
    };
    let (purpose, title) = (
        Purpose::Skip(step.id.clone()),
        format!("Skip \"{}\": why?", step.title),
    );
    open_prompt(model, purpose, title, &[("reason", Takes::Words)]);
}

/// Records the result of a step, unless one is on its way to the disk: a key pressed twice is one result.
pub(crate) fn finish(model: &mut Model, step: Slug, result: StepResult) -> Vec<Effect> {
    if model.view().is_some_and(|view| is_recording(view, &step)) {
        return Vec::new();
    }
    intend(model, &Intent::Playbook(PlaybookIntent::Step(step, result)))
}

fn is_recording(view: &IncidentView, step: &Slug) -> bool {
    let drafts = view.pending.iter().flat_map(|pending| &pending.drafts);
    drafts
        .into_iter()
        .any(|draft| matches!(&draft.event, Event::StepRecorded(data) if data.step == *step))
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
