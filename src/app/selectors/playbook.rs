//! The playbook in progress, its current step, and the values of its variables.

use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::incident::StepId;
use crate::incident::entry::StepRecorded;
use crate::playbook::{Block, Playbook, RunPosition, Step, Values, fill_query, fill_shell};

pub(crate) fn current_run(model: &Model) -> Option<(&Playbook, RunPosition)> {
    let incident = model.incident()?;
    let (playbook, _, place) = model.setup.library.in_progress(incident)?;
    Some((playbook, place))
}

pub(crate) fn current(model: &Model) -> Option<(&Playbook, &Step)> {
    match current_run(model)? {
        (playbook, RunPosition::At(at)) => Some((playbook, &playbook.steps[at])),
        (_, RunPosition::Ended) => None,
    }
}

pub(crate) fn is_recording(view: &IncidentView, step: &StepId) -> bool {
    let drafts = view.pending.iter().flat_map(|pending| &pending.drafts);
    let mut results = drafts.filter_map(|draft| draft.event.data::<StepRecorded>());
    results.any(|data| data.step == *step)
}

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
        let mut models = model.setup.map.models_on(&path.path);
        let fallback = models.find_map(|ai| ai.fallback.clone());
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
    let filled = |block: &Block| match block {
        Block::Code { language, text } if language == "promql" => {
            Some(fill_query(playbook, &values, text).text)
        }
        Block::Code { text, .. } => Some(fill_shell(playbook, &values, text).text),
        _ => None,
    };
    let texts: Vec<String> = step.blocks.iter().filter_map(filled).collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}
