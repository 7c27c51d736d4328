//! Acknowledges pages. Where levels need an acknowledgement for each target, the person chooses the target.

use crate::app::dialog::{List, Outcome};
use crate::app::intent::Intent;
use crate::app::model::Model;
use crate::app::recording::record_intent;
use crate::incident::TargetId;

pub(crate) fn open(model: &mut Model) -> Outcome {
    let Some(incident) = model.incident() else {
        return record_intent(model, Intent::Acknowledge(Vec::new()));
    };
    // Nobody was paged from here, and the schedule of today says nothing.
    if incident.is_retrospective() {
        return record_intent(model, Intent::Acknowledge(Vec::new()));
    }
    // Targets for which the person is on call are acknowledged without a question.
    let me = model.setup.me.name.as_str();
    let mine = model.live.schedules.targets_of(me, model.now);
    let waiting = incident.escalation.unacknowledged(&incident.response());
    let open: Vec<TargetId> = waiting
        .into_iter()
        .filter(|target| !mine.contains(target))
        .collect();
    if open.is_empty() {
        return record_intent(model, Intent::Acknowledge(mine));
    }
    let mut list = List::new("For whom do you acknowledge?");
    for target in open {
        let text = format!("for {target}, who is still paged");
        let targets = [mine.clone(), vec![target]].concat();
        list = list.row(text, move |model: &mut Model| {
            record_intent(model, Intent::Acknowledge(targets.clone()))
        });
    }
    let alone = "only for myself: the others are still paged";
    model.open(list.row(alone, move |model: &mut Model| {
        record_intent(model, Intent::Acknowledge(mine.clone()))
    }))
}
