//! Changes in production, and which of them are recorded.

use super::odd;
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::recording::{note_once, record};
use crate::incident::entry::{ChangeSeen, field};
use crate::incident::{Draft, IncidentId, SourceId, Status, program};
use crate::signals::change::{Change, ChangeSet, suspects};
use crate::text::Problem;
use chrono::TimeDelta;

const BEYOND_CHANGES: &str = "More changes were made around this incident than are recorded: the 50 likeliest causes are in this record, the others are not.";

const CHANGES_BEFORE: TimeDelta = TimeDelta::hours(2);

const MAX_CHANGES: usize = 50;

/// While a source does not answer, what was known stays.
pub(crate) fn changes(
    model: &mut Model,
    source: SourceId,
    result: Result<ChangeSet, Problem>,
) -> Vec<Effect> {
    if let Ok(set) = &result {
        odd::note(model, &source, "changes", set.words());
    }
    let known = model.live.changes.entry(source).or_default();
    match result {
        Ok(set) => *known = (set, None),
        Err(problem) => known.1 = Some(problem),
    }
    record_changes(model)
}

fn record_changes(model: &mut Model) -> Vec<Effect> {
    let mut wanted: Vec<(IncidentId, Vec<Draft>)> = Vec::new();
    for (id, view) in model.open_views() {
        let Some(started) = view
            .incident
            .started()
            .filter(|_| view.incident.status < Status::Resolved)
        else {
            continue;
        };
        let space = MAX_CHANGES.saturating_sub(view.incident.changes.len());
        let all = model
            .live
            .changes
            .values()
            .flat_map(|(set, _)| &set.changes);
        let now = model.now;
        let fresh = suspects(all, started, now).into_iter().filter(|change| {
            // A planned change has caused nothing.
            !change.is_planned(now)
                && started
                    .checked_sub_signed(CHANGES_BEFORE)
                    .is_none_or(|from| change.at >= from)
                && !view.incident.changes.contains_key(&change.key())
        });
        let fresh: Vec<&Change> = fresh.collect();
        let mut drafts: Vec<Draft> = fresh
            .iter()
            .take(space)
            .map(|change| changed(change))
            .collect();
        if fresh.len() > space {
            drafts.extend(note_once(view, BEYOND_CHANGES));
        }
        wanted.push((id.clone(), drafts));
    }
    wanted
        .into_iter()
        .flat_map(|(id, drafts)| record(model, &id, drafts))
        .collect()
}

fn changed(change: &Change) -> Draft {
    let data = ChangeSeen {
        change: change.key(),
        kind: change.kind,
        at: change.at,
        source: change.source.clone(),
        path: change.path.clone(),
    };
    Draft::new(&program(), data)
        .with(field::TEXT, change.what.clone())
        .with(field::WHO, change.who.clone())
        .with(field::OUTCOME, change.outcome.clone())
}
