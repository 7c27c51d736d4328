//! `warroom playbook start` and `step`: the same intents as in the console.

use crate::app::incident_view::IncidentView;
use crate::app::intent::{Intent, PlaybookIntent, StepResult, step_named};
use crate::cli::arguments::{Global, StepOptions, When};
use crate::cli::error::{CliError, Exit};
use crate::cli::incident::recording::{GivenTime, Recorded, day_of, load, record};
use crate::cli::output::Output;
use crate::cli::setup::base_of;
use crate::incident::fold::Run;
use crate::incident::{IncidentId, PlaybookId, StepId};
use crate::playbook::{Block, Choice, Library, Playbook, RunPosition, StepKind};
use crate::text::Safe;
use serde_json::{Value, json};

pub(super) fn start(
    global: &Global,
    id: &IncidentId,
    (playbook, when): (PlaybookId, &When),
    output: &Output,
) -> Result<(), CliError> {
    let base = base_of(global, Some(id))?;
    let intent = Intent::Playbook(PlaybookIntent::Start(playbook));
    let wanted = Recorded::at(&intent, GivenTime::of(&base, when, |_| day_of(&base, id))?);
    record(&base, id, wanted, output)
}

pub(super) fn step(
    global: &Global,
    id: &IncidentId,
    (step, options, when): (Option<StepId>, StepOptions, &When),
    output: &Output,
) -> Result<(), CliError> {
    let base = base_of(global, Some(id))?;
    if let Some(intent) = step.as_ref().and_then(|step| wanted(step, options)) {
        let intent = Intent::Playbook(intent);
        let wanted = Recorded::at(&intent, GivenTime::of(&base, when, |_| day_of(&base, id))?);
        return record(&base, id, wanted, output);
    }
    let view = load(&base, id)?;
    let library = &base.config.playbooks.library;
    let (text, json) = shown(library, &view, step.as_ref())?;
    output.result(&text, &json);
    Ok(())
}

/// What the options record; nothing where there are none.
fn wanted(step: &StepId, options: StepOptions) -> Option<PlaybookIntent> {
    let tick = |item, ticked| PlaybookIntent::Tick {
        step: step.clone(),
        item,
        ticked,
    };
    let result = |result| PlaybookIntent::Step(step.clone(), result);
    let done = options.done.then(|| result(StepResult::Done));
    let skipped = options
        .skip
        .map(|why| StepResult::Skipped(Safe::block(&why)));
    let chosen = options.choose.map(StepResult::Chosen);
    done.or(skipped.or(chosen).map(result))
        .or(options.tick.map(|item| tick(item, true)))
        .or(options.untick.map(|item| tick(item, false)))
}

/// A step with its items and choices: the current one, or the one that is named.
fn shown(
    library: &Library,
    view: &IncidentView,
    named: Option<&StepId>,
) -> Result<(String, Value), CliError> {
    let Some((playbook, run, position)) = library.in_progress(&view.incident) else {
        let hint = "`warroom playbook start ID PLAYBOOK` starts one";
        return Err(CliError::new(Exit::No, "no playbook is in progress", hint));
    };
    let current = match position {
        RunPosition::At(at) => Some(at),
        RunPosition::Ended => None,
    };
    let named = named.map(|named| step_named(playbook, named)).transpose()?;
    let Some(at) = named.map(|(at, _)| at).or(current) else {
        let text = format!("the playbook {} has ended", playbook.name);
        return Ok((text, json!({"playbook": playbook.name, "ended": true})));
    };
    Ok((text(playbook, run, at), json(playbook, run, at)))
}

pub(super) fn block_text(block: &Block) -> String {
    match block {
        Block::Paragraph(words) => format!("    {words}\n"),
        Block::Item { text, task } => {
            format!("    {} {text}\n", if *task { "[ ]" } else { "-" })
        }
        Block::Code { text, .. } => {
            let lines = text.lines().map(|line| format!("      {line}\n"));
            lines.collect()
        }
    }
}

fn text(playbook: &Playbook, run: &Run, at: usize) -> String {
    let step = &playbook.steps[at];
    let (name, steps) = (&playbook.name, playbook.steps.len());
    let result = run.results.get(&step.id);
    let result = result.map_or(String::new(), |fact| {
        format!(", {} (#{})", fact.outcome.word(), fact.seq)
    });
    let mut text = format!(
        "{name}, step {} of {steps}: {}  [{}]{result}\n{}\n",
        at + 1,
        step.id,
        step.kind.word(),
        step.title
    );
    let mut item = 0;
    for block in &step.blocks {
        match block {
            Block::Item {
                text: words,
                task: true,
            } => {
                item += 1;
                let tick = run.tick(&playbook.digest, &step.id, item);
                let mark = if tick.is_some() { "x" } else { " " };
                let seq = tick.map_or(String::new(), |tick| format!(" (#{})", tick.seq));
                text += &format!("    [{mark}] {item}  {words}{seq}\n");
            }
            other => text += &block_text(other),
        }
    }
    match &step.kind {
        StepKind::Decision(choices) => {
            for choice in choices {
                text += &format!("    --choose {}\n", choice.target);
            }
        }
        StepKind::Check { expect, .. } => text += &format!("    expects {expect}\n"),
        StepKind::Manual | StepKind::CheckList => {}
    }
    text
}

fn json(playbook: &Playbook, run: &Run, at: usize) -> Value {
    let step = &playbook.steps[at];
    let items = step.items().map(|(item, text)| {
        let tick = run.tick(&playbook.digest, &step.id, item);
        json!({"item": item, "text": text, "ticked": tick.map(|tick| tick.seq)})
    });
    let choices: &[Choice] = match &step.kind {
        StepKind::Decision(choices) => choices,
        _ => &[],
    };
    let choices = choices
        .iter()
        .map(|choice| json!({"step": choice.target, "text": choice.text}));
    let result = run.results.get(&step.id);
    json!({
        "playbook": playbook.name, "step": step.id, "number": at + 1, "title": step.title,
        "kind": step.kind.word(), "result": result.map(|fact| fact.outcome),
        "items": items.collect::<Vec<_>>(), "choices": choices.collect::<Vec<_>>(),
    })
}
