//! Where a run stands: which step is next, given what the journal says of the steps before.

use super::{Library, Next, Playbook};
use crate::incident::fold::Run;
use crate::incident::{Incident, Slug};

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At this step, counted from 0.
    At(usize),
    /// At its end.
    Done,
}

impl Library {
    /// The playbook that an incident follows, where its file is available, and how far its run is.
    pub fn in_progress<'l>(
        &'l self,
        incident: &'l Incident,
    ) -> Option<(&'l Playbook, &'l Run, Place)> {
        let name = incident.playbook.as_ref()?;
        let (playbook, run) = (self.get(name)?, incident.playbooks.get(name)?);
        Some((playbook, run, place(playbook, run)))
    }
}

/// The step that a run has reached.
///
/// A run follows its latest result: a step left through a result leads where the playbook says, so going
/// back to an earlier step and answering it anew goes on from there.
pub fn place(playbook: &Playbook, run: &Run) -> Place {
    let Some(latest) = &run.latest else {
        return Place::At(0);
    };
    let Some((at, step)) = playbook.step(latest) else {
        return Place::At(0);
    };
    let Some(fact) = run.results.get(latest) else {
        return Place::At(at);
    };
    if !fact.outcome.moves_on() {
        return Place::At(at);
    }
    let find = |target: &Slug| {
        playbook
            .step(target)
            .map_or(Place::Done, |(at, _)| Place::At(at))
    };
    match (&step.next, &fact.choice) {
        (Next::Choice, Some(choice)) => find(choice),
        // A decision that was skipped leads to the step after it.
        (Next::Following | Next::Choice, _) if at + 1 < playbook.steps.len() => Place::At(at + 1),
        (Next::Step(target), _) => find(target),
        _ => Place::Done,
    }
}
