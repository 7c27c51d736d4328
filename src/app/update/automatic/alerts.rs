//! Answers of sources about alerts and their rules.

use super::alert_entries::record_alerts;
use super::contact::{contact, lost};
use super::{intake, odd};
use crate::alerts::AlertIndex;
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::update::people::filter;
use crate::incident::SourceId;
use crate::sources::RuleSet;
use crate::text::Problem;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) fn alerts(
    model: &mut Model,
    source: &SourceId,
    result: Result<Arc<AlertIndex>, Problem>,
) -> Vec<Effect> {
    match result {
        Ok(index) => {
            model.live.index = index;
            take_gaps(model, source);
            remember_recorded(model);
            filter::again(model);
            let mut effects = intake::consider(model);
            effects.extend(record_alerts(model));
            effects
        }
        Err(problem) => {
            lost(model, source, problem);
            Vec::new()
        }
    }
}

fn remember_recorded(model: &mut Model) {
    let mut seen = Vec::new();
    let mut needed = BTreeSet::new();
    for (_, view) in model.open_views() {
        for key in view.incident.alerts.keys() {
            needed.insert(key.clone());
            if let Some((_, alert)) = model.live.index.get(key) {
                seen.push((key.clone(), Arc::clone(alert)));
            }
        }
    }
    model.live.known.retain(|key, _| needed.contains(key));
    model.live.known.extend(seen);
}

const MISSING: &str = "alerts";

const FAULTY: &str = "fields of alerts";

const RULES: &str = "rules";

fn take_gaps(model: &mut Model, source: &SourceId) {
    let index = &model.live.index;
    let gaps = index.gaps().find(|(name, _)| *name == source);
    let gaps = gaps.map(|(_, gaps)| gaps.clone()).unwrap_or_default();
    let faulty = index.odd(source).map(|(count, first)| match count {
        1 => format!("1 alert is not as it should be: {first}"),
        count => format!("{count} alerts are not as they should be; the first: {first}"),
    });
    let missing = gaps.words();
    odd::note(
        model,
        source,
        MISSING,
        (!missing.is_empty()).then(|| missing.join("; ")),
    );
    odd::note(model, source, FAULTY, faulty);
    match gaps.broken {
        // Alerts before the break are known, later ones are not.
        Some(problem) => lost(model, source, problem),
        None => contact(model, source),
    }
}

/// Unknown rules say nothing about the source's other answers.
pub(crate) fn rules(
    model: &mut Model,
    source: &SourceId,
    result: Result<RuleSet, Problem>,
) -> Vec<Effect> {
    // A source that is asked for nothing else has no other contact.
    let is_all = !model
        .setup
        .sources
        .iter()
        .any(|(name, offers)| name == source && offers.alerts)
        && model.metrics_source() != Some(source);
    let missing = |Problem { what, hint }: &Problem| {
        format!("its rules are not known, so no absent alert is taken as cleared: {what}; {hint}")
    };
    match result {
        Ok(set) => {
            if is_all {
                contact(model, source);
            }
            let unread = set.unread.words("rule", "rules");
            let what = set.missing.as_ref().map(missing).or(unread);
            odd::note(model, source, RULES, what);
            // Earlier rules become stale by themselves.
            if set.missing.is_none() {
                let now = model.now;
                model.live.rules.insert(source.clone(), (set, now));
            }
            record_alerts(model)
        }
        Err(problem) => {
            match is_all {
                true => lost(model, source, problem),
                false => odd::note(model, source, RULES, Some(missing(&problem))),
            }
            Vec::new()
        }
    }
}
