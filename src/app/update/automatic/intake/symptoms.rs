//! Opens incidents for signals without an alert.

use super::opening::{Began, has_space, open, opened};
use super::shared::{is_shared, note_in_shared, overflow, overflowing};
use crate::alerts::intake::{SignalRule, Symptom, SymptomFinding};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::incident::entry::SignalSeen;
use crate::incident::{Draft, ServiceId, program};
use crate::signals::Cause;
use chrono::{DateTime, Utc};

pub(crate) fn consider(model: &mut Model) -> Vec<Effect> {
    let found = look(model);
    if !model.ready || model.setup.read_only {
        return Vec::new();
    }
    let mut effects = Vec::new();
    for (rule, finding) in found {
        let Some(service) = service_of(model, &finding) else {
            continue;
        };
        let waits = model.opening.contains(&service) || model.active_incident(&service).is_some();
        if waits
            || !has_held(model, &rule, &finding)
            || was_handled(model, &service, &rule, &finding)
        {
            continue;
        }
        if !has_space(model, &service) {
            // Without the number, which changes every time: each is noted once.
            let reason = format!("{service} has {} beyond rule {}", finding.signal, rule.rule);
            match overflow(model, &reason) {
                Some(shared) => {
                    let drafts = opening(model, &shared, &rule, &finding);
                    let drafts = overflowing(drafts, &service, (finding.title.as_str(), &reason));
                    effects.push(open(model, shared, drafts));
                }
                None => effects.extend(note_in_shared(model, &reason)),
            }
            continue;
        }
        let drafts = opening(model, &service, &rule, &finding);
        effects.push(open(model, service, drafts));
    }
    effects
}

/// Since when a symptom is seen is kept while it is seen or unknown.
fn look(model: &mut Model) -> Vec<(SignalRule, SymptomFinding)> {
    let mut found = Vec::new();
    let Some(report) = &model.live.report else {
        return found;
    };
    for rule in model.setup.intake.signals() {
        for signal in &report.signals {
            let key = (rule.rule.clone(), signal.signal.clone());
            match rule.find(signal) {
                Ok(Some(finding)) => {
                    model.live.symptoms.entry(key).or_insert(model.now);
                    found.push((rule.clone(), finding));
                }
                Ok(None) => {
                    model.live.symptoms.remove(&key);
                    model.live.absent.insert(key, model.now);
                }
                Err(_) => {}
            }
        }
    }
    found
}

fn service_of(model: &Model, finding: &SymptomFinding) -> Option<ServiceId> {
    let (service, _) = model.setup.map.path(&finding.path)?;
    Some(service.service.clone())
}

fn first_seen(model: &Model, rule: &SignalRule, finding: &SymptomFinding) -> Option<DateTime<Utc>> {
    let key = (rule.rule.clone(), finding.signal.clone());
    model.live.symptoms.get(&key).copied()
}

/// By its own history, else when it was first seen here, and after it was last absent: an outage soon after another one
/// is a new one.
fn began(model: &Model, rule: &SignalRule, finding: &SymptomFinding) -> Option<DateTime<Utc>> {
    let seen = first_seen(model, rule, finding);
    let since = [finding.since, seen].into_iter().flatten().min()?;
    let key = (rule.rule.clone(), finding.signal.clone());
    let absent = model.live.absent.get(&key).copied();
    Some(absent.map_or(since, |absent| since.max(absent)))
}

fn has_held(model: &Model, rule: &SignalRule, finding: &SymptomFinding) -> bool {
    let seen = first_seen(model, rule, finding);
    seen.is_some_and(|seen| model.now - seen >= rule.held.0)
}

/// What continues after its incident was resolved opens no second one. Wrong processing belongs to an incident only if
/// that incident knew of it.
fn was_handled(
    model: &Model,
    service: &ServiceId,
    rule: &SignalRule,
    finding: &SymptomFinding,
) -> bool {
    let Some(began) = began(model, rule, finding) else {
        return false;
    };
    model.live_views().any(|(_, view)| {
        let incident = &view.incident;
        // A shared incident covers what happened while it was open.
        let same = incident.opened.as_ref().is_some_and(|opened| {
            let shared = is_shared(&opened.data.service) && opened.data.path == finding.path;
            shared || opened.data.service == *service
        });
        let known =
            rule.when != Symptom::Correctness || incident.signals.contains_key(&finding.signal);
        let ended = incident.status_changes.iter().rev();
        let ended = ended
            .take_while(|change| change.status.is_resolved())
            .last();
        same && known
            && ended.is_some_and(|ended| {
                began <= incident.restated(ended.seq, ended.at.from(), &model.stamp)
            })
    })
}

fn opening(
    model: &Model,
    service: &ServiceId,
    rule: &SignalRule,
    finding: &SymptomFinding,
) -> Vec<Draft> {
    let began = Began {
        at: began(model, rule, finding).unwrap_or(finding.at),
        cause: finding.cause,
    };
    let by = (rule.rule.clone(), Some(model.setup.intake.digest.clone()));
    let place = (service, &finding.path);
    let mut drafts = vec![opened(model, place, began, by, finding.title.clone())];
    let report = model.live.report.as_ref();
    let named = report.and_then(|report| {
        let mut signals = report.signals.iter();
        let found = signals.find(|signal| signal.signal == finding.signal)?;
        found.source.clone()
    });
    if let Some(source) = named.or_else(|| model.metrics_source().cloned()) {
        let data = SignalSeen {
            supersedes: None,
            signal: finding.measured.clone(),
            reading: finding.reading,
            unit: finding.unit.clone(),
            at: finding.at,
            source,
            cause: Cause::Decision,
        };
        drafts.push(Draft::new(&program(), data));
    }
    drafts
}
