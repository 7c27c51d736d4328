//! Opens incidents for alerts. Everything else follows once the opening is recorded.

use super::alert_entries::seen;
use crate::alerts::intake::{Intake, IntakeAction, IntakeRule};
use crate::alerts::{Alert, AlertStart, AlertState, rank};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::incident::{Draft, Incident, ServiceId, SourceId, Status};
use crate::text::Safe;
use chrono::{DateTime, Utc};
use opening::{Began, has_space, open, opened};
use shared::{note_in_shared, overflow, overflowing};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) mod opening;
mod shared;
pub(crate) mod symptoms;

type SourcedAlert = (SourceId, Arc<Alert>);

/// Nothing is opened before the incidents of the data directory are known, or in a read-only console.
pub(crate) fn consider(model: &mut Model) -> Vec<Effect> {
    if !model.ready || model.setup.read_only {
        return Vec::new();
    }
    let mut wanted: BTreeMap<ServiceId, (IntakeRule, Vec<SourcedAlert>)> = BTreeMap::new();
    let index = &model.live.index;
    for (number, positions) in index.taken() {
        let rule = model.setup.intake.rule(number);
        let Some(rule) = rule.filter(|rule| rule.action == IntakeAction::Open) else {
            continue;
        };
        // Further alerts of a service join its incident.
        if model.opening.contains(&rule.service) || model.active_incident(&rule.service).is_some() {
            continue;
        }
        for at in positions {
            let (Some(alert), Some(source)) = (index.alerts().get(*at as usize), index.source(*at))
            else {
                continue;
            };
            if !Intake::opens(rule, alert) || was_handled(model, alert) {
                continue;
            }
            let group = wanted
                .entry(rule.service.clone())
                .or_insert_with(|| (rule.clone(), Vec::new()));
            group.1.push((source.clone(), Arc::clone(alert)));
        }
    }
    let mut effects = Vec::new();
    let mut wanted: Vec<(ServiceId, (IntakeRule, Vec<SourcedAlert>))> =
        wanted.into_iter().collect();
    for (_, (_, alerts)) in &mut wanted {
        alerts.sort_by_key(|(_, alert)| (rank(alert), alert.starts_at));
    }
    // Where not all get an incident of their own, the gravest do.
    wanted.sort_by_key(|(_, (_, alerts))| alerts.first().map(|(_, alert)| rank(alert)));
    for (service, (mut rule, alerts)) in wanted {
        if !has_space(model, &service) {
            let reason = format!("{service} has alerts (rule {})", rule.rule);
            let Some(shared) = overflow(model, &reason) else {
                effects.extend(note_in_shared(model, &reason));
                continue;
            };
            rule.service = shared.clone();
            let name = alerts.first().map_or("", |(_, alert)| alert.name.as_str());
            let drafts = overflowing(opening(model, &rule, &alerts), &service, (name, &reason));
            effects.push(open(model, shared, drafts));
            continue;
        }
        let drafts = opening(model, &rule, &alerts);
        effects.push(open(model, service, drafts));
    }
    effects
}

/// An alert that keeps firing after its incident was closed does not open a second one.
fn was_handled(model: &Model, alert: &Alert) -> bool {
    model.live_views().any(|(_, view)| {
        view.incident
            .alerts
            .get(&alert.key)
            .is_some_and(|known| match alert.start {
                AlertStart::Stated => known.starts_at >= alert.starts_at,
                // It began while this program ran: it is old only if the incident was open then.
                AlertStart::Seen => {
                    known.starts_at >= alert.starts_at
                        || !ended_before(&view.incident, alert.starts_at)
                }
                AlertStart::Unknown => {
                    matches!(known.state, AlertState::Firing | AlertState::Suppressed)
                }
            })
    })
}

fn ended_before(incident: &Incident, at: DateTime<Utc>) -> bool {
    let ends = [Status::Resolved, Status::Closed].map(|status| incident.reached(status));
    ends.into_iter().flatten().any(|fact| fact.at.from() < at)
}

/// Alerts recorded with the opening; the others of a storm follow.
const WITH_OPENING: usize = 20;

fn opening(model: &Model, rule: &IntakeRule, alerts: &[SourcedAlert]) -> Vec<Draft> {
    let starts = alerts.iter().map(|(_, alert)| alert.starts_at);
    let started = starts.min().unwrap_or(model.now);
    let title = alerts
        .first()
        .map_or(String::new(), |(_, alert)| match alert.summary.is_empty() {
            true => alert.name.to_string(),
            false => format!("{}: {}", alert.name, alert.summary),
        });
    let by = (rule.rule.clone(), Some(model.setup.intake.digest.clone()));
    let place = (&rule.service, &rule.path);
    let mut drafts = vec![opened(
        model,
        place,
        Began::alert(started),
        by,
        Safe::line(&title),
    )];
    for (source, alert) in alerts.iter().take(WITH_OPENING) {
        drafts.push(seen(alert, (alert.state, Some(0)), source, model.now));
    }
    drafts
}
