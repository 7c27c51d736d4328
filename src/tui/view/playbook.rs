//! What we do: the current step in full, those around it by title.

use super::canvas::{Canvas, scrolled};
use super::words::{age, clock, fit, pad, styled, wrap, wrap_listing};
use crate::app::intent::{ItemState, item_state};
use crate::app::selectors::playbook::values;
use crate::incident::entry::{StepOutcome, StepRecorded};
use crate::incident::fold::Run;
use crate::keymap::{Action, Screen};
use crate::playbook::{
    Block, Filled, NextStep, Playbook, RunPosition, Step, StepKind, fill_query, fill_shell,
};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

pub(super) fn rows(canvas: &Canvas<'_>, height: usize) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let Some(incident) = model.incident() else {
        return vec![Line::from(styled(
            " A playbook can be begun once an incident is open.",
            theme.dim(),
        ))];
    };
    let Some(name) = &incident.playbook else {
        return vec![
            Line::from(styled(" No playbook is in progress.", theme.warn())),
            Line::from(vec![
                Span::raw(" Press "),
                styled("c", theme.accent()),
                Span::raw(" to choose one."),
            ]),
        ];
    };
    let Some((playbook, run, place)) = model.setup.library.in_progress(incident) else {
        let text =
            format!(" The playbook \"{name}\" is recorded, but its file is not available here.");
        return vec![Line::from(styled(text, theme.warn()))];
    };
    let mut lines = vec![head(canvas, playbook, run, &place)];
    lines.extend(degrade(canvas));
    let RunPosition::At(at) = place else {
        lines.push(Line::default());
        lines.push(Line::from(styled(
            " The playbook has ended. u updates the status, c begins another.",
            theme.good(),
        )));
        lines.extend(around(
            canvas,
            playbook,
            run,
            playbook.steps.len(),
            height.saturating_sub(4),
        ));
        return lines;
    };
    let before = at.min(2);
    lines.extend(around(canvas, playbook, run, at, before));
    lines.push(title(canvas, playbook, run, at, true));
    // What is left of the screen shows what comes next; one step at the least.
    let content = content(canvas, playbook, run, &playbook.steps[at]);
    let left = height.saturating_sub(lines.len() + content.len()).max(1);
    let next = (at + 1..playbook.steps.len()).take(left);
    let after: Vec<Line<'static>> = next
        .map(|step| title(canvas, playbook, run, step, false))
        .collect();
    let space = height.saturating_sub(lines.len() + after.len());
    lines.extend(scrolled(canvas, content, space));
    lines.extend(after);
    lines
}

/// What must keep working, and what may be shed: decided before the incident, shown during it (rule M8).
fn degrade(canvas: &Canvas<'_>) -> Option<Line<'static>> {
    let theme = canvas.theme;
    let (_, path) = canvas.model.mapped()?;
    let list = |items: &[String]| crate::text::Safe::line(&items.join(", ")).to_string();
    let (keep, shed) = (list(&path.must_not_degrade), list(&path.may_degrade));
    if keep.is_empty() && shed.is_empty() {
        return None;
    }
    let half = canvas.width.saturating_sub(14) / 2;
    Some(Line::from(vec![
        styled(" keep ", theme.dim()),
        styled(fit(&keep, half), theme.warn()),
        styled("  shed ", theme.dim()),
        Span::raw(fit(&shed, half)),
    ]))
}

fn head(canvas: &Canvas<'_>, playbook: &Playbook, run: &Run, place: &RunPosition) -> Line<'static> {
    let theme = canvas.theme;
    let at = match place {
        RunPosition::At(at) => format!("step {} of {}", at + 1, playbook.steps.len()),
        RunPosition::Ended => "ended".to_string(),
    };
    let changed = run.digest != playbook.digest;
    let mut spans = vec![
        styled(format!(" {}", playbook.title), theme.strong()),
        styled(
            format!("   {at}   begun {}", clock(run.at, canvas.model.ui.utc)),
            theme.dim(),
        ),
    ];
    if changed {
        spans.push(styled("   the file has changed since", theme.warn()));
    }
    Line::from(spans)
}

/// Titles of the steps before a place.
fn around(
    canvas: &Canvas<'_>,
    playbook: &Playbook,
    run: &Run,
    at: usize,
    count: usize,
) -> Vec<Line<'static>> {
    let first = at.saturating_sub(count);
    (first..at)
        .map(|step| title(canvas, playbook, run, step, false))
        .collect()
}

fn title(
    canvas: &Canvas<'_>,
    playbook: &Playbook,
    run: &Run,
    at: usize,
    here: bool,
) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    let step = &playbook.steps[at];
    let fact = run.results.get(&step.id);
    let (mark, style) = match fact.map(|fact| fact.outcome) {
        _ if here => (theme.glyphs.cursor, theme.accent()),
        Some(StepOutcome::Skipped) => ("-", theme.warn()),
        Some(outcome) if outcome.moves_on() => (theme.glyphs.done, theme.good()),
        Some(_) => (theme.glyphs.bad, theme.warn()),
        None => (" ", theme.dim()),
    };
    let tail = fact.map_or(String::new(), |fact| {
        let who = model
            .view()
            .map_or(String::new(), |view| view.name_of(&fact.by));
        format!(
            "{} {} {}  #{}",
            fact.outcome.word(),
            fit(&who, 8),
            clock(fact.at, model.ui.utc),
            fact.seq
        )
    });
    let space = canvas.width.saturating_sub(tail.len() + 8);
    let text = pad(&format!("{:>2} {}", at + 1, step.title), space);
    let text_style = if here { theme.strong() } else { theme.dim() };
    Line::from(vec![
        styled(format!(" {mark} "), style),
        styled(text, text_style),
        styled(format!("  {tail}"), theme.dim()),
    ])
}

fn content(canvas: &Canvas<'_>, playbook: &Playbook, run: &Run, step: &Step) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut lines = Vec::new();
    let mut item = 0;
    for block in &step.blocks {
        match block {
            Block::Paragraph(text) => lines.extend(prose(canvas, text, 5, "     ", Style::new())),
            Block::Item { text, task } => {
                item += u32::from(*task);
                let state = match (task, model.view()) {
                    (true, Some(view)) => item_state(view, playbook, &step.id, item),
                    _ => ItemState::Open,
                };
                let (mark, style) = match (task, state) {
                    (false, _) => ("      -  ".to_string(), Style::new()),
                    (true, ItemState::Open) => ("     [ ] ".to_string(), Style::new()),
                    (true, ItemState::Pending) => ("     [.] ".to_string(), theme.warn()),
                    (true, ItemState::Ticked) => {
                        (format!("     [{}] ", theme.glyphs.done), theme.dim())
                    }
                };
                lines.extend(prose(canvas, text, 9, &mark, style));
            }
            Block::Code { language, text } => {
                lines.extend(listing(canvas, playbook, language, text))
            }
        }
    }
    lines.extend(outcome(canvas, run, step));
    lines
}

fn prose(
    canvas: &Canvas<'_>,
    text: &str,
    indent: usize,
    first: &str,
    style: Style,
) -> Vec<Line<'static>> {
    let space = canvas.width.saturating_sub(indent + 2);
    wrap(text, space)
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            let lead = if at == 0 {
                first.to_string()
            } else {
                " ".repeat(indent)
            };
            Line::from(styled(lead + &line, style))
        })
        .collect()
}

fn listing(
    canvas: &Canvas<'_>,
    playbook: &Playbook,
    language: &str,
    text: &str,
) -> Vec<Line<'static>> {
    let theme = canvas.theme;
    let values = values(canvas.model);
    let Filled { text, missing } = if language == "promql" {
        fill_query(playbook, &values, text)
    } else {
        fill_shell(playbook, &values, text)
    };
    let space = canvas.width.saturating_sub(9);
    let mut lines: Vec<Line<'static>> = wrap_listing(&text, space)
        .into_iter()
        .map(|line| Line::from(styled(format!("       {line}"), theme.accent())))
        .collect();
    if !missing.is_empty() {
        let text = format!(
            "       put in yourself, or set under `variables`: {}",
            missing.join(", ")
        );
        lines.push(canvas.line(&text, theme.warn()));
    }
    lines
}

/// What a check expects and what it last gave; that a step waits for an answer.
fn outcome(canvas: &Canvas<'_>, run: &Run, step: &Step) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let mut lines = Vec::new();
    if let StepKind::Check { expect, .. } = &step.kind {
        lines.push(Line::from(vec![
            styled("     expects ", theme.dim()),
            styled(expect.to_string(), theme.strong()),
        ]));
    }
    if step.kind == StepKind::CheckList {
        let text = format!(
            "     {} ticks the next one ({} unticks); the last one completes the step",
            model.key_on(Screen::Playbook, Action::StepDone),
            model.key_on(Screen::Playbook, Action::Untick)
        );
        lines.push(Line::from(styled(text, theme.dim())));
    }
    if let Some(view) = model.view() {
        if let Some((asked, since)) = &view.asking
            && *asked == step.id
        {
            lines.push(Line::from(styled(
                format!("     asking for {}", age(model.now - *since)),
                theme.warn(),
            )));
        } else if let Some(fact) = run.results.get(&step.id)
            && matches!(fact.outcome, StepOutcome::Failed | StepOutcome::Unknown)
        {
            let entry = view.entries.iter().find(|entry| entry.seq == fact.seq);
            let measured = entry.and_then(|entry| entry.data::<StepRecorded>()?.reading);
            let value = measured.map_or("no answer".to_string(), |reading| {
                let word = reading.word();
                match (reading.value(), reading.shown()) {
                    (Some(value), _) => value.to_string(),
                    (None, Some(value)) => format!("{value} ({word})"),
                    (None, None) => word.to_string(),
                }
            });
            let why = entry
                .and_then(|entry| entry.text("text"))
                .map_or(String::new(), |why| format!(" ({why})"));
            let text = format!(
                "     {} at {}: measured {value}{why}; {} asks again, {} goes on without it",
                fact.outcome.word(),
                clock(fact.at, model.ui.utc),
                model.key_on(Screen::Playbook, Action::StepDone),
                model.key_on(Screen::Playbook, Action::StepSkip)
            );
            for line in wrap(&text, canvas.width.saturating_sub(8)) {
                lines.push(Line::from(styled(format!("     {line}"), theme.warn())));
            }
        }
    }
    if matches!(step.next, NextStep::Step(_)) {
        lines.push(Line::default());
    }
    lines
}
