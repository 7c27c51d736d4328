//! What of the answers cannot be read as it should be: kept for the screen and the watch until it can.

use super::contact::{contact, lost};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::incident::Slug;
use crate::sources::RuleSet;
use crate::text::Problem;

/// Alerts that are missing from an answer.
const MISSING: &str = "alerts";
/// Alerts that were read, with faults.
const FAULTY: &str = "fields of alerts";
/// Alerting rules.
const RULES: &str = "rules";

/// Keeps what is wrong with one kind of a source's answers, until nothing is.
pub(crate) fn note(model: &mut Model, source: &Slug, part: &'static str, what: Option<String>) {
    let place = (source.clone(), part);
    match what {
        Some(what) => model.live.odd.insert(place, what),
        None => model.live.odd.remove(&place),
    };
}

/// Takes in what is wrong with one kind of a source's answers.
pub(crate) fn told(
    model: &mut Model,
    source: &Slug,
    part: &'static str,
    what: Option<String>,
) -> Vec<Effect> {
    note(model, source, part, what);
    Vec::new()
}

/// Takes in what is missing from a source's alerts, and whether it has answered to the end.
pub(crate) fn alerts(model: &mut Model, source: &Slug) {
    let index = &model.live.index;
    let gaps = index.gaps().find(|(name, _)| *name == source);
    let gaps = gaps.map(|(_, gaps)| gaps.clone()).unwrap_or_default();
    let faulty = index.odd(source).map(|(count, first)| match count {
        1 => format!("1 alert is not as it should be: {first}"),
        count => format!("{count} alerts are not as they should be; the first: {first}"),
    });
    let missing = gaps.words();
    note(
        model,
        source,
        MISSING,
        (!missing.is_empty()).then(|| missing.join("; ")),
    );
    note(model, source, FAULTY, faulty);
    match gaps.broken {
        // What came before the break is in; what did not come is not known.
        Some(told) => {
            lost(model, source, told);
        }
        None => contact(model, source),
    }
}

/// Takes in how rules stand. That they are not known says nothing about what else their source answers.
pub(crate) fn rules(
    model: &mut Model,
    source: &Slug,
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
            note(model, source, RULES, what);
            // What was read before is old by itself after a while.
            if set.missing.is_none() {
                let now = model.now;
                model.live.rules.insert(source.clone(), (set, now));
            }
            super::observe::record_alerts(model)
        }
        Err(told) if is_all => lost(model, source, told),
        Err(told) => {
            note(model, source, RULES, Some(missing(&told)));
            Vec::new()
        }
    }
}
