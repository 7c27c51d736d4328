//! How bad it is: the question that is open, or the verdict in force with those before it.

use super::Canvas;
use super::words::{clock, fit, pad, styled, wrap};
use crate::app::update::open_question;
use crate::incident::fold::Classification;
use crate::incident::severity::{Question, Severity};
use crate::signals::{Reading, percent};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

pub(super) fn rows(canvas: &Canvas<'_>, height: usize) -> Vec<Line<'static>> {
    let mut lines = match open_question(canvas.model) {
        Some(question) => asking(canvas, question),
        None => verdicts(canvas),
    };
    lines.truncate(height);
    lines
}

fn wrapped(canvas: &Canvas<'_>, text: &str, indent: usize, style: Style) -> Vec<Line<'static>> {
    let room = canvas.width.saturating_sub(indent + 2);
    let line = |text: String| Line::from(styled(" ".repeat(indent) + &text, style));
    wrap(text, room).into_iter().map(line).collect()
}

fn asking(canvas: &Canvas<'_>, question: &Question) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let answers = &model.ui.answers;
    let number = answers.order.len() + 1;
    let mut lines = vec![
        Line::from(styled(
            format!(" Question {number} of at most 5; each can be answered \"not known yet\""),
            theme.dim(),
        )),
        Line::default(),
    ];
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
        let style = if here { theme.selected() } else { Style::new() };
        lines.push(Line::from(vec![
            Span::raw(format!(" {mark} ")),
            styled(format!(" {} ", answer.key), theme.accent()),
            styled(format!(" {} ", answer.text), style),
        ]));
    }
    lines.push(Line::default());
    let (best, worst) = model.setup.severity.0.range(&answers.answers);
    let so_far = if best == worst {
        format!(" so far: {worst} either way")
    } else {
        format!(" so far: between {worst} and {best}")
    };
    lines.push(Line::from(styled(so_far, theme.warn())));
    for question in &answers.order {
        if let Some(answer) = answers.answers.get(question) {
            let basis = if answers.measured.contains_key(question) {
                "measured"
            } else {
                "said"
            };
            lines.push(Line::from(styled(
                format!("   {question}: {answer} ({basis})"),
                theme.dim(),
            )));
        }
    }
    lines
}

/// What is measured about the question; without a fresh number it says so.
fn measurement(canvas: &Canvas<'_>, question: &Question) -> Line<'static> {
    let (model, theme) = (canvas.model, canvas.theme);
    if question.measure.is_none() && model.ui.answers.proposal.is_none() {
        let watched = model
            .live
            .report
            .as_ref()
            .is_some_and(|report| report.watches_correctness());
        if question.correctness.is_some() && watched {
            let text =
                " no correctness signal is beyond its tolerance; a person must rule the rest out";
            return Line::from(styled(text, theme.dim()));
        }
        return Line::from(styled(
            " nothing measures this: a person must say",
            theme.dim(),
        ));
    }
    match (
        &model.ui.answers.proposal,
        model.sample().map(|sample| sample.reading),
    ) {
        (Some(proposal), _) => {
            let value = match (proposal.reading.value(), &proposal.unit) {
                (None, _) => String::new(),
                (Some(value), None) => percent(value),
                (Some(value), Some(unit)) => format!("{value} {unit}"),
            };
            Line::from(vec![
                styled(" measured ", theme.dim()),
                styled(format!("{} {value}", proposal.signal), theme.strong()),
                styled(
                    format!("  {} {}", theme.glyphs.arrow, proposal.answer),
                    theme.dim(),
                ),
            ])
        }
        (None, Some(Reading::Value(_))) => Line::from(styled(
            " the last reading is too old to count",
            theme.warn(),
        )),
        _ => Line::from(styled(
            format!(" {}: no data; unknown counts as worst", model.setup.signal),
            theme.warn(),
        )),
    }
}

fn verdicts(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let (model, theme) = (canvas.model, canvas.theme);
    let Some(board) = model.board() else {
        return vec![Line::from(styled(
            " A classification appears here once an incident is open.",
            theme.dim(),
        ))];
    };
    let Some(verdict) = board.incident.classification() else {
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
    let earlier: Vec<&Classification> = board
        .incident
        .classifications
        .iter()
        .rev()
        .skip(1)
        .collect();
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
    let says = policy
        .0
        .rules
        .iter()
        .find(|rule| rule.id == verdict.rule && policy.1 == verdict.policy);
    let says = says.map_or(format!("rule {}", verdict.rule), |rule| {
        format!("{} (rule {})", rule.says, rule.id)
    });
    let who = model
        .board()
        .map_or(String::new(), |board| board.name_of(&verdict.by));
    let style = if full {
        theme.severity(Some(verdict.severity.level()))
    } else {
        theme.dim()
    };
    let text = fit(&format!("  {says}"), canvas.width.saturating_sub(32));
    let tail = format!(
        "   {} {} #{}",
        clock(verdict.at, model.ui.utc),
        fit(&who, 8),
        verdict.seq
    );
    let mut lines = vec![Line::from(vec![
        Span::raw(" "),
        styled(format!(" {} ", verdict.severity), style),
        Span::raw(text),
        styled(tail, theme.dim()),
    ])];
    if full {
        for answer in &verdict.answers {
            let value = answer
                .reading
                .and_then(Reading::value)
                .map(|v| format!(" {}", percent(v)));
            let basis = format!("{}{}", answer.basis.word(), value.unwrap_or_default());
            let text = format!(
                "   {} {} {basis}",
                pad(answer.question.as_str(), 16),
                pad(answer.answer.as_str(), 12)
            );
            lines.push(Line::from(text));
        }
        for flag in &verdict.flags {
            lines.push(Line::from(styled(
                format!("   {flag}: the compliance officer is called at once"),
                theme.warn(),
            )));
        }
    }
    lines
}

fn meanings(canvas: &Canvas<'_>) -> Vec<Line<'static>> {
    let in_force = canvas
        .model
        .incident()
        .and_then(crate::incident::Incident::severity)
        .map(Severity::level);
    canvas
        .model
        .setup
        .severity
        .0
        .meanings
        .iter()
        .map(|(level, meaning)| {
            let style = if in_force == Some(*level) {
                canvas.theme.strong()
            } else {
                canvas.theme.dim()
            };
            Line::from(styled(
                fit(&format!("   SEV{level}  {meaning}"), canvas.width),
                style,
            ))
        })
        .collect()
}
