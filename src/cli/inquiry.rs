//! Whether the signals can be measured at their sources: asked and printed.

use super::block_on::block_on;
use super::error::{CliError, Exit};
use super::output::Output;
use super::setup::Base;
use crate::app::runtime::inquire;
use crate::signals::inquiry::{Finding, FindingLevel, Reason, lint};
use crate::sources::Source;
use serde_json::{Value, json};
use std::sync::Arc;

/// What is found without a source: an error if a query is refused, else warnings.
pub(super) fn offline(base: &Base, output: &Output) -> Result<Vec<Finding>, CliError> {
    let found = lint(&base.config.services.map);
    let (refused, warnings): (Vec<_>, Vec<_>) = found
        .iter()
        .partition(|finding| finding.level == FindingLevel::Refused);
    for finding in warnings {
        output.warning(&format!("{}; {}", sentence(finding), finding.reason.hint()));
    }
    let Some(first) = refused.first() else {
        return Ok(Vec::new());
    };
    let all: Vec<String> = refused.iter().map(|finding| sentence(finding)).collect();
    let what = all.join("\n  ");
    Err(CliError::new(Exit::Config, what, first.reason.hint()))
}

/// Asks every source of the configuration.
pub(super) fn ask(base: &Base) -> Result<Vec<Finding>, CliError> {
    inquire_with(base, &base.sources()?)
}

pub(super) fn inquire_with(
    base: &Base,
    sources: &[Arc<dyn Source>],
) -> Result<Vec<Finding>, CliError> {
    let clock = Arc::clone(base.store.clock());
    block_on(inquire(&base.config.services.map, sources, clock.as_ref()))
}

fn sentence(finding: &Finding) -> String {
    let (subject, part) = (subject(finding), &finding.part);
    format!("signal \"{subject}\": {part}: {}", finding.reason.what())
}

/// The signal, or the source.
pub(super) fn subject(finding: &Finding) -> String {
    let signal = finding.signal.as_ref();
    signal.map_or("source".into(), ToString::to_string)
}

pub(super) fn refused(found: &[Finding]) -> usize {
    let refused = |finding: &&Finding| finding.level == FindingLevel::Refused;
    found.iter().filter(refused).count()
}

pub(super) fn lines(found: &[Finding]) -> Vec<String> {
    let each = found.iter().flat_map(|finding| {
        let (level, part) = (finding.level.word(), &finding.part);
        let (subject, what) = (subject(finding), finding.reason.what());
        let hint = finding.reason.hint();
        let todo = (!hint.is_empty() && finding.level != FindingLevel::Fine)
            .then(|| format!("{:<8} {hint}", ""));
        [format!("{level:<8} {subject:<24} {part}: {what}")]
            .into_iter()
            .chain(todo)
    });
    each.collect()
}

pub(super) fn values(found: &[Finding]) -> Value {
    let each = found.iter().map(|finding| {
        json!({
            "signal": finding.signal.as_ref().map(ToString::to_string), "part": finding.part,
            "level": finding.level.word(), "what": finding.reason.what(), "hint": finding.reason.hint(),
        })
    });
    each.collect()
}

/// No if a signal cannot be measured; an error if a source does not answer.
pub(super) fn outcome(found: &[Finding]) -> Result<(), CliError> {
    let unasked = found.iter().find_map(|finding| match &finding.reason {
        Reason::NotAsked(said) => Some(said),
        _ => None,
    });
    match unasked.filter(|_| refused(found) == 0) {
        Some(said) => Err(CliError::new(
            Exit::Source,
            format!("not everything was checked: {said}"),
            "`warroom doctor` tries each step",
        )),
        None => CliError::unless(refused(found) == 0),
    }
}
