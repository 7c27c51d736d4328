//! Intents about a playbook: start it, record the result of its current step, tick an item.

use super::context::IntentContext;
use super::refused::{Refused, conflict, refuse, required};
use crate::app::incident_view::IncidentView;
use crate::incident::entry::{ItemTicked, PlaybookStarted, StepOutcome, StepRecorded, field};
use crate::incident::fold::Run;
use crate::incident::{ActorId, Draft, PlaybookId, Slug, StepId};
use crate::playbook::{Playbook, RunPosition, Step, StepKind, position};
use crate::signals::{Expectation, Sample};
use crate::text::{Safe, list, nearest};

/// A step is named, so that nothing is recorded for another one.
#[derive(Debug, Clone, PartialEq)]
pub enum PlaybookIntent {
    /// Starts it, or continues an earlier run.
    Start(PlaybookId),
    Step(StepId, StepResult),
    /// Items count from 1.
    Tick {
        step: StepId,
        item: u32,
        ticked: bool,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum StepResult {
    Done,
    /// With the reason, or with what was found manually.
    Skipped(Safe),
    /// The id of the step that follows.
    Chosen(StepId),
    Measured(Result<Sample, Safe>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemState {
    Open,
    /// Ticked, and not durable yet.
    Pending,
    Ticked,
}

/// Includes drafts that are on their way to the disk.
pub fn item_state(view: &IncidentView, playbook: &Playbook, step: &StepId, item: u32) -> ItemState {
    let drafts = view.pending.iter().flat_map(|pending| &pending.drafts);
    let pending = drafts.filter_map(|draft| draft.event.data::<ItemTicked>());
    let mut pending = pending
        .filter(|tick| tick.playbook == playbook.name && tick.step == *step && tick.item == item)
        .map(|tick| tick.ticked);
    let run = view.incident.playbooks.get(&playbook.name);
    let ticked = run.is_some_and(|run| run.tick(&playbook.digest, step, item).is_some());
    match (pending.next_back(), ticked) {
        (Some(true), false) => ItemState::Pending,
        (None | Some(true), true) => ItemState::Ticked,
        (None | Some(false), _) => ItemState::Open,
    }
}

/// The items that are neither ticked nor about to be, by number.
pub fn open_items(view: &IncidentView, playbook: &Playbook, step: &Step) -> Vec<u32> {
    let items = step.items().map(|(item, _)| item);
    items
        .filter(|item| item_state(view, playbook, &step.id, *item) == ItemState::Open)
        .collect()
}

pub(super) fn drafts(
    view: &IncidentView,
    context: &IntentContext<'_>,
    intent: &PlaybookIntent,
) -> Result<Vec<Draft>, Refused> {
    match intent {
        PlaybookIntent::Start(name) => Ok(vec![start(view, context, name)?]),
        PlaybookIntent::Step(step, result) => {
            Ok(vec![current(view, context, step)?.result(result)?])
        }
        PlaybookIntent::Tick { step, item, ticked } => {
            current(view, context, step)?.tick(*item, *ticked)
        }
    }
}

fn start(
    view: &IncidentView,
    context: &IntentContext<'_>,
    name: &PlaybookId,
) -> Result<Draft, Refused> {
    let Some(playbook) = context.library.get(name) else {
        let known: Vec<&str> = context.library.names().map(PlaybookId::as_str).collect();
        let available = format!("available: {}", known.join(", "));
        return Err(refuse(
            format!("there is no playbook \"{name}\""),
            meant_or(name, known, available),
        ));
    };
    let run = view.incident.playbooks.get(name);
    let unfinished = run.filter(|run| {
        run.digest == playbook.digest && position(playbook, run) != RunPosition::Ended
    });
    let is_current = view.incident.playbook.as_ref() == Some(name);
    if let Some(run) = unfinished.filter(|_| is_current) {
        return Err(conflict(
            format!("the playbook {name} is in progress (#{})", run.seq),
            "continue with its current step",
        ));
    }
    let data = PlaybookStarted {
        goes_on: unfinished.is_some(),
        playbook: name.clone(),
        digest: playbook.digest.clone(),
        steps: playbook.steps.len() as u32,
    };
    let title = Safe::line(&playbook.title);
    Ok(Draft::new(&context.me.actor, data).with(field::TITLE, title))
}

/// The nearest name as a hint, or another hint.
fn meant_or<'k>(named: &Slug, known: impl IntoIterator<Item = &'k str>, other: String) -> String {
    let meant = nearest(named.as_str(), known);
    meant.map_or(other, |meant| format!("did you mean \"{meant}\"?"))
}

struct Current<'c> {
    view: &'c IncidentView,
    me: &'c ActorId,
    playbook: &'c Playbook,
    run: &'c Run,
    at: usize,
    step: &'c Step,
}

/// The current step, if it has this name.
fn current<'c>(
    view: &'c IncidentView,
    context: &'c IntentContext<'_>,
    named: &StepId,
) -> Result<Current<'c>, Refused> {
    let Some(name) = &view.incident.playbook else {
        return Err(conflict(
            "no playbook is in progress",
            "`warroom playbook start ID PLAYBOOK` starts one",
        ));
    };
    let Some((playbook, run, place)) = context.library.in_progress(&view.incident) else {
        return Err(conflict(
            format!("the file of the playbook {name} is not available here"),
            "copy it to the directory that `playbooks` in config.yaml names",
        ));
    };
    let current = match place {
        RunPosition::At(at) => Some((at, &playbook.steps[at])),
        RunPosition::Ended => None,
    };
    step_named(playbook, named)?;
    match current {
        Some((at, step)) if step.id == *named => Ok(Current {
            view,
            me: &context.me.actor,
            playbook,
            run,
            at,
            step,
        }),
        Some((_, step)) => Err(conflict(
            format!(
                "not recorded: the current step is \"{}\", not \"{named}\"",
                step.id
            ),
            "review the current step",
        )),
        None => Err(conflict(
            format!("not recorded: the playbook {name} has ended"),
            "`warroom playbook start ID PLAYBOOK` starts one",
        )),
    }
}

/// With its index from 0.
pub fn step_named<'p>(
    playbook: &'p Playbook,
    named: &StepId,
) -> Result<(usize, &'p Step), Refused> {
    let unknown = || {
        let steps = playbook.steps.iter().map(|step| step.id.as_str());
        let listed = format!("`warroom playbook show {}` lists its steps", playbook.name);
        let what = format!("the playbook {} has no step \"{named}\"", playbook.name);
        refuse(what, meant_or(named, steps, listed))
    };
    playbook.step(named).ok_or_else(unknown)
}

impl Current<'_> {
    fn result(&self, result: &StepResult) -> Result<Draft, Refused> {
        let mut data = self.recorded(StepOutcome::Done);
        let mut text = Safe::default();
        match (result, &self.step.kind) {
            (StepResult::Skipped(why), _) => {
                data.outcome = StepOutcome::Skipped;
                text = required(why)?;
            }
            (StepResult::Done, StepKind::Manual) => {}
            (StepResult::Done, StepKind::CheckList) => self.must_be_ticked()?,
            (StepResult::Chosen(target), StepKind::Decision(choices)) => {
                if !choices.iter().any(|choice| choice.target == *target) {
                    let what = format!("\"{target}\" is not a choice of \"{}\"", self.step.id);
                    return Err(refuse(what, self.how_to()));
                }
                data.outcome = StepOutcome::Chosen;
                data.choice = Some(target.clone());
            }
            (StepResult::Measured(answer), StepKind::Check { expect, .. }) => {
                data.expected = Some(*expect);
                text = measured(&mut data, *expect, answer);
            }
            (StepResult::Done | StepResult::Chosen(_) | StepResult::Measured(_), kind) => {
                let what = format!("\"{}\" is a {} step", self.step.id, kind.word());
                return Err(refuse(what, self.how_to()));
            }
        }
        Ok(self.draft(data, text))
    }

    fn recorded(&self, outcome: StepOutcome) -> StepRecorded {
        StepRecorded {
            playbook: self.playbook.name.clone(),
            step: self.step.id.clone(),
            number: self.at as u32 + 1,
            outcome,
            choice: None,
            reading: None,
            expected: None,
            at: None,
        }
    }

    fn draft(&self, data: StepRecorded, text: Safe) -> Draft {
        Draft::new(self.me, data)
            .with(field::STEP, Safe::line(&self.step.title))
            .with(field::TEXT, text)
    }

    fn how_to(&self) -> String {
        match &self.step.kind {
            StepKind::Manual => "--done records it".into(),
            StepKind::CheckList => "--tick ticks an item; the last one completes the step".into(),
            StepKind::Decision(choices) => format!(
                "--choose takes one of: {}",
                list(choices.iter().map(|choice| &choice.target))
            ),
            StepKind::Check { .. } => {
                "Enter in the console measures it; --skip records what you found by other means"
                    .into()
            }
        }
    }

    fn must_be_ticked(&self) -> Result<(), Refused> {
        let open = open_items(self.view, self.playbook, self.step);
        match open.is_empty() {
            true => Ok(()),
            false => Err(conflict(
                format!("items are not ticked: {}", list(&open)),
                "tick them; or skip the step, with a reason",
            )),
        }
    }

    /// The last tick completes the step.
    fn tick(&self, item: u32, ticked: bool) -> Result<Vec<Draft>, Refused> {
        let step = &self.step.id;
        if self.step.kind != StepKind::CheckList {
            let what = format!(
                "\"{step}\" is a {} step: it has no items",
                self.step.kind.word()
            );
            return Err(refuse(what, self.how_to()));
        }
        let Some((_, text)) = self.step.items().find(|(number, _)| *number == item) else {
            let last = self.step.items().count();
            return Err(refuse(
                format!("the step \"{step}\" has no item {item}"),
                format!("items are numbered 1 to {last}"),
            ));
        };
        match self.run.tick(&self.playbook.digest, step, item) {
            Some(tick) if ticked => {
                let what = format!("item {item} is already ticked (#{})", tick.seq);
                return Err(conflict(what, "nothing to do"));
            }
            None if !ticked => {
                return Err(conflict(
                    format!("item {item} is not ticked"),
                    "nothing to do",
                ));
            }
            _ => {}
        }
        let data = ItemTicked {
            playbook: self.playbook.name.clone(),
            digest: self.playbook.digest.clone(),
            step: step.clone(),
            item,
            ticked,
            supersedes: self.run.last_change(&self.playbook.digest, step, item),
        };
        let draft = Draft::new(self.me, data)
            .with(field::STEP, Safe::line(&self.step.title))
            .with(field::TEXT, Safe::line(text));
        let open = open_items(self.view, self.playbook, self.step);
        let mut drafts = vec![draft];
        if ticked && open.iter().all(|other| *other == item) {
            drafts.push(self.draft(self.recorded(StepOutcome::Done), Safe::default()));
        }
        Ok(drafts)
    }
}

fn measured(data: &mut StepRecorded, expect: Expectation, answer: &Result<Sample, Safe>) -> Safe {
    data.outcome = StepOutcome::Unknown;
    let sample = match answer {
        Ok(sample) => sample,
        Err(why) => return why.clone(),
    };
    (data.reading, data.at) = (Some(sample.reading), Some(sample.at));
    match expect.holds(sample.reading) {
        Some(true) => data.outcome = StepOutcome::Passed,
        Some(false) => data.outcome = StepOutcome::Failed,
        None => return Safe::line(sample.reading.word()),
    }
    Safe::default()
}
