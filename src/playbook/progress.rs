//! Which step of a playbook is the current one, by what the journal says of the steps before.

use super::library::Library;
use super::structure::{NextStep, Playbook};
use crate::incident::fold::Run;
use crate::incident::{Incident, StepId};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunPosition {
    /// At this step, counted from 0.
    At(usize),
    Ended,
}

impl Library {
    pub fn in_progress<'l>(
        &'l self,
        incident: &'l Incident,
    ) -> Option<(&'l Playbook, &'l Run, RunPosition)> {
        let name = incident.playbook.as_ref()?;
        let (playbook, run) = (self.get(name)?, incident.playbooks.get(name)?);
        Some((playbook, run, position(playbook, run)))
    }
}

/// A run follows its latest result: going back to an earlier step and answering it anew continues from there.
pub fn position(playbook: &Playbook, run: &Run) -> RunPosition {
    let Some(latest) = &run.latest else {
        return RunPosition::At(0);
    };
    let Some((at, step)) = playbook.step(latest) else {
        return RunPosition::At(0);
    };
    let moved_on = run
        .results
        .get(latest)
        .filter(|fact| fact.outcome.moves_on());
    let Some(fact) = moved_on else {
        return RunPosition::At(at);
    };
    let find = |target: &StepId| {
        let step = playbook.step(target);
        step.map_or(RunPosition::Ended, |(at, _)| RunPosition::At(at))
    };
    match (&step.next, &fact.choice) {
        (NextStep::Choice, Some(choice)) => find(choice),
        // A decision that was skipped leads to the step after it.
        (NextStep::Following | NextStep::Choice, _) if at + 1 < playbook.steps.len() => {
            RunPosition::At(at + 1)
        }
        (NextStep::Step(target), _) => find(target),
        _ => RunPosition::Ended,
    }
}
