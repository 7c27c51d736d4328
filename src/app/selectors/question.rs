//! The open question of a classification, and what is measured about it.

use crate::app::model::Model;
use crate::app::ui::Proposal;
use crate::incident::severity::{Progress, Question, SeverityFacts, SeverityPolicy};
use crate::incident::{Incident, PathId, Slug};
use crate::keymap::Screen;
use crate::signals::Reading;
use crate::signals::monitor::{MonitorReport, SignalDetail, SignalReport, SignalStanding};
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// An older measurement answers nothing.
const FRESH: TimeDelta = TimeDelta::minutes(2);

pub(crate) fn facts(model: &Model) -> SeverityFacts {
    let view = model.view();
    view.map_or(SeverityFacts::default(), |view| {
        SeverityFacts::of(&model.setup.map, &view.incident, model.now)
    })
}

/// The open question, while a classification is under way.
pub(crate) fn open_question(model: &Model) -> Option<&Question> {
    if !model.ui.answers.active {
        return None;
    }
    match model.setup.severity.progress(&model.ui.answers.answers) {
        Progress::Ask(question) => Some(question),
        Progress::Decided(_) => None,
    }
}

/// Whether keys answer a question.
pub(crate) fn is_answering(model: &Model) -> bool {
    model.ui.screen == Screen::Severity && open_question(model).is_some()
}

/// What a fresh measurement answers; nothing about an incident that was entered afterwards.
pub(crate) fn measured(
    model: &Model,
    incident: &Incident,
    question: &Question,
) -> Option<Proposal> {
    // What is measured now says nothing about the past.
    if incident.is_retrospective() {
        return None;
    }
    if let Some(answer) = &question.correctness
        && let Some((signal, reading, unit)) = wrong(model)
    {
        return Some(Proposal {
            answer: answer.clone(),
            signal,
            reading,
            unit: Some(unit),
        });
    }
    if question.scope.is_some() {
        let failing = failing_elsewhere(model, incident);
        return Some(Proposal {
            answer: SeverityPolicy::scoped(question, failing)?,
            signal: Slug::new("other-paths")?,
            reading: Reading::Value(failing? as f64),
            unit: Slug::new("failing"),
        });
    }
    let measure = question.measure.as_ref()?;
    let wanted = measure.signal_of(&model.setup.signal);
    let answers = [
        by_rate(model, question, wanted),
        by_volume(model, question, wanted),
    ];
    let answers = answers.into_iter().flatten();
    answers.min_by_key(|proposal| measure.rank(&proposal.answer))
}

fn by_rate(model: &Model, question: &Question, wanted: &Slug) -> Option<Proposal> {
    let reading = if *wanted == model.setup.signal {
        model
            .sample()
            .filter(|_| model.stale_sample().is_none())?
            .reading
    } else {
        ratio_now(fresh_report(model)?, wanted)?
    };
    let answer = SeverityPolicy::measured(question, reading)?;
    Some(Proposal {
        answer,
        signal: wanted.clone(),
        reading,
        unit: None,
    })
}

/// By payments that do not arrive: a success rate does not show them.
fn by_volume(model: &Model, question: &Question, wanted: &Slug) -> Option<Proposal> {
    let mut signals = fresh_report(model)?.signals.iter();
    let signal = signals.find(|signal| signal.signal == *wanted)?;
    let ratio = signal.ratio()?;
    let drop = ratio.volume_drop.as_ref()?;
    let share = drop.culprit.is_none().then(|| drop.share());
    Some(Proposal {
        answer: SeverityPolicy::measured_volume(question, share)?,
        signal: signal.volume_name(),
        reading: Reading::Value(drop.now),
        unit: Slug::new("payments-a-minute"),
    })
}

fn ratio_now(report: &MonitorReport, signal: &Slug) -> Option<Reading> {
    let found = report
        .signals
        .iter()
        .find(|found| found.signal == *signal)?;
    match &found.detail {
        SignalDetail::Ratio(ratio) => Some(ratio.current.reading),
        _ => None,
    }
}

/// How many other paths fail now: below their objective, in a drop, or without payments. `None` where the map measures
/// none, and while an unknown path could change the answer.
fn failing_elsewhere(model: &Model, incident: &Incident) -> Option<usize> {
    let report = fresh_report(model)?;
    let here = &incident.opened.as_ref()?.data.path;
    // By path: whether it fails; `None` while one of its ratios is not known and none fails.
    let mut paths: BTreeMap<&PathId, Option<bool>> = BTreeMap::new();
    for signal in report.signals.iter().filter(|signal| signal.path != *here) {
        let Some(ratio) = signal.ratio() else {
            continue;
        };
        let below = ratio.now().map(|now| now < ratio.budget.objective);
        let fails = match (ratio.drop.is_some() || ratio.volume_drop.is_some(), below) {
            (true, _) => Some(true),
            (false, _) if signal.standing == SignalStanding::Unknown => None,
            (false, below) => below,
        };
        let path = paths.entry(&signal.path).or_insert(Some(false));
        *path = match (*path, fails) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (None, _) | (_, None) => None,
            (Some(false), Some(false)) => Some(false),
        };
    }
    let failing = paths.values().filter(|fails| **fails == Some(true)).count();
    let unknown = paths.values().any(Option::is_none);
    // Two are several, whatever the unknown ones are.
    let known = failing >= 2 || (!unknown && !paths.is_empty());
    known.then_some(failing)
}

fn fresh_report(model: &Model) -> Option<&MonitorReport> {
    let report = model.live.report.as_deref()?;
    (model.now - report.at < FRESH).then_some(report)
}

fn wrong(model: &Model) -> Option<(Slug, Reading, Slug)> {
    let report = model.live.report.as_ref()?;
    let fresh = |signal: &&SignalReport| signal.measured.is_some_and(|at| model.now - at < FRESH);
    let signal = report.correctness_faults().find(fresh)?;
    let (sample, unit, _) = signal.number()?;
    Some((signal.signal.clone(), sample.reading, unit))
}

/// Fresh and within its tolerance: no answer, because a person must check, but no missing number either.
pub(crate) fn is_within_tolerance(model: &Model, question: &Question) -> bool {
    let Some(report) = fresh_report(model).filter(|_| question.correctness.is_some()) else {
        return false;
    };
    let counts = |signal: &&SignalReport| matches!(signal.detail, SignalDetail::Correctness { .. });
    let mut counts = report.signals.iter().filter(counts).peekable();
    counts.peek().is_some() && counts.all(|signal| signal.standing == SignalStanding::Fine)
}
