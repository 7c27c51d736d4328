//! What the sources have answered since this process started. What a source has not said yet is unknown, not absent.

use crate::app::model::Model;
use crate::incident::SourceId;
use crate::sources::RuleSet;
use chrono::{DateTime, Utc};

/// Every source of alerts has answered, or has been failing for so long that its loss is recorded.
pub(super) fn alerts_known(model: &Model) -> bool {
    let mut sources = sources_of_alerts(model);
    sources.all(|source| reports_alerts(model, source) || has_failed(model, source))
}

pub(super) fn all_report_alerts(model: &Model) -> bool {
    sources_of_alerts(model).all(|source| reports_alerts(model, source))
}

pub(super) fn last_report_of_alerts(model: &Model) -> Option<DateTime<Utc>> {
    let states = sources_of_alerts(model).filter_map(|source| model.live.sources.get(source));
    states.filter_map(|state| state.answered).max()
}

pub(super) enum RuleAnswer<'m> {
    /// Not read yet, and not failing for long.
    Awaited,
    Read(&'m RuleSet, DateTime<Utc>),
    /// They could not be read for a while.
    Missing,
}

pub(super) fn rules_of<'m>(model: &'m Model, source: &SourceId) -> RuleAnswer<'m> {
    match model.live.rules.get(source) {
        Some((rules, at)) if model.now - *at <= model.lost_after() => RuleAnswer::Read(rules, *at),
        Some(_) => RuleAnswer::Missing,
        None if was_asked_long_ago(model, source) => RuleAnswer::Missing,
        None => RuleAnswer::Awaited,
    }
}

fn sources_of_alerts(model: &Model) -> impl Iterator<Item = &SourceId> {
    let sources = model.setup.sources.iter();
    let alerts = sources.filter(|(_, offers)| offers.alerts);
    alerts.map(|(name, _)| name)
}

fn reports_alerts(model: &Model, source: &SourceId) -> bool {
    model.live.index.sources().any(|known| known == source)
}

fn has_failed(model: &Model, source: &SourceId) -> bool {
    let state = model.live.sources.get(source);
    state.is_some_and(|state| state.error.is_some()) && was_asked_long_ago(model, source)
}

fn was_asked_long_ago(model: &Model, source: &SourceId) -> bool {
    let asked = model.live.sources.get(source).and_then(|state| state.asked);
    asked.is_some_and(|asked| model.now - asked > model.lost_after())
}
