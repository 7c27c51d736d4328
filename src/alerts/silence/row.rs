//! The matchers of a silence that covers one row of the list, and no alert of another row.

use super::expression::any_of;
use super::matcher::{Matcher, MatcherOperator, PreparedMatcher};
use crate::alerts::{Alert, LabelSet};
use crate::text::Safe;
use std::collections::{BTreeMap, BTreeSet};

/// Most bytes of all values in one silence: nobody reads a matcher with hundreds of instances.
const MAX_BYTES: usize = 16 * 1024;
/// Labels that come first, because people read them first.
const FIRST: [&str; 4] = ["alertname", "severity", "service", "path"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowMatchers {
    pub matchers: Vec<Matcher>,
    /// Whether some labels of an alert in the row or of a similar one are unknown.
    pub unsure: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowSilenceError {
    /// The row's alerts share no labels that separate it from these others (some of them).
    Mixed(Vec<Safe>),
    TooMany,
    NoLabels,
}

/// Takes every label that all alerts of the row share, and as many others as are needed to exclude every other alert.
/// Ignored labels are left out.
pub fn matchers_of_row<'a>(
    row: &[&'a Alert],
    others: impl IntoIterator<Item = &'a Alert>,
    ignored: &BTreeSet<String>,
) -> Result<RowMatchers, RowSilenceError> {
    let values = values_of(row, ignored);
    let mut matchers: Vec<Matcher> = Vec::new();
    let mut varied: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    // A row of one alert is that alert, also if others come; a row of many is their name with what they share.
    let exact = row.len() == 1;
    for (name, found) in values {
        match found.first().filter(|_| found.len() == 1) {
            Some(value) => matchers.push(matcher(row, name, MatcherOperator::Equal, [*value])),
            None if exact => matchers.push(matcher(row, name, MatcherOperator::Regex, found)),
            None => drop(varied.insert(name, found)),
        }
    }
    let mut unsure = row.iter().any(|alert| !alert.raw.is_complete());
    let tests: Vec<PreparedMatcher<'_>> = matchers.iter().map(Matcher::prepared).collect();
    // Others that these matchers do not exclude.
    let mut near: Vec<(&Alert, LabelSet<'_>)> = Vec::new();
    for other in others {
        unsure |= !other.raw.is_complete();
        let covered = |set: &LabelSet<'_>| tests.iter().all(|it| it.passes_set(set) == Some(true));
        near.extend(other.label_sets().filter(covered).map(|set| (other, set)));
    }
    drop(tests);
    while !near.is_empty() {
        let Some((name, allowed)) = best(&near, (&matchers, &varied), ignored) else {
            let names: BTreeSet<Safe> = near.iter().map(|(other, _)| other.name.clone()).collect();
            return Err(RowSilenceError::Mixed(names.into_iter().take(5).collect()));
        };
        let (out, stays): (Vec<_>, Vec<_>) = near
            .into_iter()
            .partition(|(_, set)| !allowed.contains(set.get(name)));
        let excluded: BTreeSet<&str> = out.iter().map(|(_, set)| set.get(name)).collect();
        let bytes =
            |values: &BTreeSet<&str>| values.iter().map(|value| value.len() + 1).sum::<usize>();
        let (operator, chosen) = match bytes(&excluded) < bytes(&allowed) && allowed.len() > 8 {
            true => (MatcherOperator::NotRegex, &excluded),
            false => (MatcherOperator::Regex, &allowed),
        };
        let alerts: Vec<&Alert> = out.iter().map(|(other, _)| *other).collect();
        let seen_in = match operator {
            MatcherOperator::Regex => row,
            _ => &alerts,
        };
        matchers.push(matcher(seen_in, name, operator, chosen.iter().copied()));
        near = stays;
    }
    // If the alerts share nothing, at least one label must name them.
    if matchers
        .iter()
        .all(|it| it.prepared().passes("") == Some(true))
    {
        let named = varied.iter().find(|(_, values)| !values.contains(""));
        let (name, values) = named.ok_or(RowSilenceError::NoLabels)?;
        let values = values.iter().copied();
        matchers.push(matcher(row, name, MatcherOperator::Regex, values));
    }
    if matchers.iter().map(|it| it.value.len()).sum::<usize>() > MAX_BYTES {
        return Err(RowSilenceError::TooMany);
    }
    matchers.sort_by_key(|it| {
        let first = FIRST.iter().position(|name| *name == it.name);
        (first.unwrap_or(FIRST.len()), it.name.clone())
    });
    Ok(RowMatchers { matchers, unsure })
}

/// An empty value: an alert does not have the label.
fn values_of<'a>(
    row: &[&'a Alert],
    ignored: &BTreeSet<String>,
) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let sets = || row.iter().flat_map(|alert| alert.label_sets());
    for set in sets() {
        for name in set.names().filter(|name| !ignored.contains(*name)) {
            values.entry(name).or_default();
        }
    }
    for set in sets() {
        for (name, found) in &mut values {
            found.insert(set.get(name));
        }
    }
    values
}

fn best<'a>(
    near: &[(&'a Alert, LabelSet<'a>)],
    (shared, varied): (&[Matcher], &BTreeMap<&'a str, BTreeSet<&'a str>>),
    ignored: &BTreeSet<String>,
) -> Option<(&'a str, BTreeSet<&'a str>)> {
    let none = BTreeSet::from([""]);
    // Others that differ in a shared value are excluded already.
    let known: BTreeSet<&str> = shared.iter().map(|it| it.name.as_str()).collect();
    let differs = |name: &str| !known.contains(name) && !ignored.contains(name);
    let mut excluded: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, set) in near {
        let names: BTreeSet<&str> = set.names().chain(varied.keys().copied()).collect();
        for name in names.into_iter().filter(|name| differs(name)) {
            if !varied.get(name).unwrap_or(&none).contains(set.get(name)) {
                *excluded.entry(name).or_default() += 1;
            }
        }
    }
    let (name, _) = excluded.into_iter().max_by_key(|(_, count)| *count)?;
    Some((name, varied.get(name).cloned().unwrap_or(none)))
}

/// A value that is masked in the alerts is masked on the screen.
fn matcher<'v>(
    alerts: &[&Alert],
    name: &str,
    operator: MatcherOperator,
    values: impl IntoIterator<Item = &'v str>,
) -> Matcher {
    let values: Vec<&str> = values.into_iter().collect();
    let kept = || alerts.iter().filter_map(|alert| alert.labels.get(name));
    let is_masked = kept().any(|value| !value.found().is_empty());
    let shown = is_masked.then(|| {
        let all: BTreeSet<&str> = kept().map(Safe::as_str).collect();
        Safe::block(&all.into_iter().collect::<Vec<_>>().join("|"))
    });
    let (operator, value) = match (values.as_slice(), operator) {
        ([only], MatcherOperator::Equal | MatcherOperator::Regex) => {
            (MatcherOperator::Equal, (*only).to_string())
        }
        ([only], MatcherOperator::NotEqual | MatcherOperator::NotRegex) => {
            (MatcherOperator::NotEqual, (*only).to_string())
        }
        (all, operator) => (operator, any_of(all.iter().copied())),
    };
    Matcher::new(name.to_string(), operator, value).shown_as(shown)
}

#[cfg(test)]
mod tests;
