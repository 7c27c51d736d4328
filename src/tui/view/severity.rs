//! The severity: the open question, or the classification in force with the earlier ones.

use super::canvas::Canvas;
use super::stated;
use super::words::{fit, pad, styled, width, wrap};
use crate::app::selectors::question::{facts, open_question};
use crate::incident::fold::Classification;
use crate::incident::severity::Answered;
use crate::incident::severity::{Question, Severity};
use crate::incident::{Incident, Slug};
use crate::signals::{Reading, percent};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

pub(super) fn rows(canvas: &Canvas<'_>, height: usize) -> Vec<Line<'static>> {
    let mut lines = match open_question(canvas.model) {
        Some(question) => asking(canvas, question),
        // All is answered, and something is asked before it is recorded.
        None if canvas.model.ui.answers.active => {
            let text = " All answered, nothing recorded yet";
            let mut lines = vec![Line::from(styled(text, canvas.theme.warn()))];
            lines.extend(given(canvas));
            lines
        }
        None => verdicts(canvas),
    };
    lines.truncate(height);
    lines
}

fn wrapped(canvas: &Canvas<'_>, text: &str, indent: usize, style: Style) -> Vec<Line<'static>> {
    let space = canvas.width.saturating_sub(indent + 2);
    let line = |text: String| Line::from(styled(" ".repeat(indent) + &text, style));
    wrap(text, space).into_iter().map(line).collect()
}

fn asking(canvas: &Canvas<'_>, question: &Question) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let answers = &model.ui.answers;
    let number = answers.order.len() - answers.known.len() + 1;
    let mut ids = question.answers.iter().map(|answer| answer.id.as_str());
    let unknown = match ids.any(|id| id == "unknown") {
        true => "; it can be answered \"not known yet\"",
        false => "",
    };
    // Of an incident of the past, people also answer what is otherwise known.
    let most = if facts(model).is_past {
        ""
    } else {
        " of at most 5"
    };
    let title = format!(" Question {number}{most}{unknown}");
    let mut lines = vec![Line::from(styled(title, theme.dim())), Line::default()];
    lines.extend(wrapped(canvas, &question.ask, 1, theme.strong()));
    if answers.why {
        lines.extend(wrapped(canvas, &question.why, 1, theme.dim()));
    }
    lines.push(Line::default());
    lines.push(measurement(canvas, question));
    lines.push(Line::default());
    for (at, answer) in question.answers.iter().enumerate() {
        let here = at == answers.cursor;
        let mark = if here { theme.glyphs.cursor } else { " " };
        let style = theme.selected_if(here);
        lines.push(Line::from(vec![
            Span::raw(format!(" {mark} ")),
            styled(format!(" {} ", answer.key), theme.accent()),
            styled(format!(" {} ", answer.text), style),
        ]));
    }
    lines.push(Line::default());
    let (best, worst) = model.setup.severity.range(&answers.answers);
    let so_far = match best == worst {
        true => format!(" so far: {worst} either way"),
        false => format!(" so far: between {worst} and {best}"),
    };
    lines.push(Line::from(styled(so_far, theme.warn())));
    lines.extend(given(canvas));
    lines
}

/// The answers so far, and what each rests on.
fn given(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let answers = &canvas.model.ui.answers;
    let row = |question: &Slug| {
        let answer = answers.answers.get(question)?;
        let basis = match answers.known.get(question) {
            Some(known) => value(known),
            None if answers.measured.contains_key(question) => "measured".into(),
            None if answers.against.contains_key(question) => {
                "said, against what is measured".into()
            }
            None => "said".into(),
        };
        let text = format!("   {question}: {answer} ({basis})");
        Some(Line::from(styled(text, canvas.theme.dim())))
    };
    answers.order.iter().filter_map(row).collect()
}

/// What is known or measured about the question; without a fresh number it says so.
fn measurement(canvas: &Canvas<'_>, question: &Question) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    if let Some(proposal) = &model.ui.answers.proposal {
        return Line::from(vec![
            styled(" measured ", theme.dim()),
            styled(proposal.words(), theme.strong()),
            styled(
                format!("  {} {}", theme.glyphs.arrow, proposal.answer),
                theme.dim(),
            ),
        ]);
    }
    let watches = || {
        let report = model.live.report.as_ref();
        report.is_some_and(|report| report.watches_correctness())
    };
    let (text, style) = if let Some(words) = facts(model).words(question) {
        (words, theme.dim())
    } else if model.is_retrospective() {
        let text = "entered afterwards: a person must say";
        (text.to_string(), theme.dim())
    } else if let Some(measure) = &question.measure {
        let signal = measure.signal_of(&model.setup.signal);
        let ours = *signal == model.setup.signal;
        match model.sample().filter(|_| ours) {
            Some(sample) if sample.reading.value().is_some() => (
                "the last reading is too old to count".to_string(),
                theme.warn(),
            ),
            _ => (
                format!("{signal}: no data; unknown counts as worst"),
                theme.warn(),
            ),
        }
    } else if question.scope.is_some() {
        let text = "the other paths are not all measured: a person must say";
        (text.to_string(), theme.dim())
    } else if question.correctness.is_some() && watches() {
        let text = "no correctness signal is beyond its tolerance; a person must rule the rest out";
        (text.to_string(), theme.dim())
    } else {
        let text = "nothing measures this: a person must say";
        (text.to_string(), theme.dim())
    };
    Line::from(styled(format!(" {text}"), style))
}

fn verdicts(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let Some(view) = model.view() else {
        return vec![Line::from(styled(
            " A classification appears here once an incident is open.",
            theme.dim(),
        ))];
    };
    let Some(verdict) = view.incident.classification() else {
        let mut lines = vec![
            Line::from(styled(" Not classified yet.", theme.warn())),
            Line::from(vec![
                Span::raw(" Press "),
                styled("s", theme.accent()),
                Span::raw(
                    ": a few questions lead to a verdict. Impact decides, never the component.",
                ),
            ]),
            Line::default(),
        ];
        lines.extend(meanings(canvas));
        return lines;
    };
    let mut lines = Vec::new();
    lines.extend(one(canvas, verdict, true));
    let earlier: Vec<&Classification> =
        view.incident.classifications.iter().rev().skip(1).collect();
    if !earlier.is_empty() {
        lines.push(Line::default());
        lines.push(Line::from(styled(" before", theme.dim())));
        for verdict in earlier {
            lines.extend(one(canvas, verdict, false));
        }
    }
    lines.push(Line::default());
    lines.extend(meanings(canvas));
    lines
}

fn one(canvas: &Canvas<'_>, verdict: &Classification, full: bool) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let policy = &model.setup.severity;
    let mut rules = policy.rules.iter();
    let rule = rules.find(|rule| rule.id == verdict.rule && policy.digest == verdict.policy);
    let says = rule.map_or(format!("rule {}", verdict.rule), |rule| rule.says.clone());
    let view = model.view();
    let who = view.map_or(String::new(), |view| view.name_of(&verdict.by));
    let style = match full {
        true => theme.severity(Some(verdict.severity.level())),
        false => theme.dim(),
    };
    let at = stated::short(&verdict.at, model.now, model.ui.utc);
    let tail = format!("   {at} {} #{}", fit(&who, 8), verdict.seq);
    let taken = 7 + width(&tail).max(25);
    let text = fit(&format!("  {says}"), canvas.width.saturating_sub(taken));
    let mut lines = vec![Line::from(vec![
        Span::raw(" "),
        styled(format!(" {} ", verdict.severity), style),
        Span::raw(text),
        styled(tail, theme.dim()),
    ])];
    if full {
        let rule = format!("   {} {}", pad("by rule", 16), verdict.rule);
        lines.push(Line::from(styled(rule, theme.dim())));
        let others = verdict.matched.iter().filter(|id| **id != verdict.rule);
        for id in others {
            let mut rules = policy.rules.iter();
            let rule = rules.find(|rule| rule.id == *id && policy.digest == verdict.policy);
            let says = rule.map_or(String::new(), |rule| format!(": {}", rule.says));
            let text = format!("   {} {id}{says}", pad("also matched", 16));
            lines.push(canvas.line(&text, theme.dim()));
        }
        for answer in &verdict.answers {
            let text = format!(
                "   {} {} {}",
                pad(answer.question.as_str(), 16),
                pad(answer.answer.as_str(), 12),
                value(answer)
            );
            lines.push(Line::from(text));
        }
        for flag in &verdict.flags {
            let text = match model.is_retrospective() {
                true => format!("   {flag}: nobody is paged, it is entered afterwards"),
                false => format!("   {flag}: the compliance officer is paged at once"),
            };
            lines.push(Line::from(styled(text, theme.warn())));
        }
    }
    lines
}

/// What an answer rests on, with the number where there is one.
fn value(answer: &Answered) -> String {
    let basis = answer.basis.word();
    match (answer.reading.and_then(Reading::value), &answer.unit) {
        (None, _) => basis.into(),
        (Some(value), None) => format!("{basis} {}", percent(value)),
        (Some(value), Some(unit)) => format!("{basis} {value} {unit}"),
    }
}

fn meanings(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let in_force = model
        .incident()
        .and_then(Incident::severity)
        .map(Severity::level);
    let line = |(level, meaning): (&u8, &String)| {
        let style = match in_force == Some(*level) {
            true => theme.strong(),
            false => theme.dim(),
        };
        canvas.line(&format!("   SEV{level}  {meaning}"), style)
    };
    model.setup.severity.meanings.iter().map(line).collect()
}
