//! What changed about the alerts of an open incident since it was recorded.

use super::answers::{self, RuleAnswer};
use crate::alerts::{Alert, AlertStart, AlertState, Condition, RawLabels, rank};
use crate::app::effect::Effect;
use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::app::recording::{note_once, record_observation};
use crate::incident::entry::{AlertSeen, field};
use crate::incident::fold::AlertFacts;
use crate::incident::{Draft, Slug, SourceId, program};
use crate::text::Safe;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Alerts recorded for one incident. A storm is shown live; the record keeps a fair share.
const MAX_ALERTS: usize = 200;

/// Beyond that, for alerts of the highest severity.
const RESERVE: usize = 100;

const BEYOND_ALERTS: &str = "More alerts of this service fire than are recorded one by one: 200, and 100 more of the highest severity. The others are shown while they fire and are not in this record.";

pub(crate) fn record_alerts(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    for id in model.open_ids() {
        let view = model.views.get(&id);
        let drafts = view.map(|view| Alerts { model, view }.drafts());
        effects.extend(record_observation(model, &id, drafts.unwrap_or_default()));
    }
    effects
}

/// The alerts of one incident, as recorded and as they are now.
struct Alerts<'m> {
    model: &'m Model,
    view: &'m IncidentView,
}

impl Alerts<'_> {
    fn drafts(&self) -> Vec<Draft> {
        // After a start, the sources answer one after the other: the first alone does not know what all report.
        if !answers::alerts_known(self.model) {
            return Vec::new();
        }
        let mut drafts = self.changed();
        drafts.extend(self.unrecorded());
        drafts.extend(self.absent());
        drafts
    }

    /// By the wall clock as it runs now.
    fn recorded_at(&self, known: &AlertFacts) -> DateTime<Utc> {
        let incident = &self.view.incident;
        incident.restated(known.last, known.at, &self.model.stamp)
    }

    /// Whether the source answered after the last entry: another program may have recorded a newer state.
    fn is_newer(&self, source: &SourceId, known: &AlertFacts) -> bool {
        let state = self.model.live.sources.get(source);
        state.is_some_and(|state| state.answered >= Some(self.recorded_at(known)))
    }

    fn changed(&self) -> Vec<Draft> {
        let (index, incident) = (&self.model.live.index, &self.view.incident);
        let resolved = incident.status.is_resolved();
        let mut drafts = Vec::new();
        for (key, known) in &incident.alerts {
            let Some((at, alert)) = index.get(key) else {
                continue;
            };
            let again = is_again(known, alert);
            // A new firing after the resolution belongs to another incident.
            if (known.state == alert.state && !again) || (resolved && again) {
                continue;
            }
            // A source that has not answered yet may report it as firing, or with the recorded start.
            let fires = alert.state == AlertState::Firing && known.state != AlertState::Firing;
            if !fires && !answers::all_report_alerts(self.model) {
                continue;
            }
            let Some(source) = index
                .source(at)
                .filter(|source| self.is_newer(source, known))
            else {
                continue;
            };
            let mut alert = Alert::clone(alert);
            // Each start of a program sees an alert without a start for the first time: the recorded start counts.
            if alert.start != AlertStart::Stated && !again {
                alert.starts_at = known.starts_at;
            }
            let state = (alert.state, Some(known.last));
            drafts.push(seen(&alert, state, source, self.model.now));
        }
        drafts
    }

    /// As far as there is space.
    fn unrecorded(&self) -> Vec<Draft> {
        let (index, incident) = (&self.model.live.index, &self.view.incident);
        let Some(opened) = incident
            .opened
            .as_ref()
            .filter(|_| !incident.status.is_resolved())
        else {
            return Vec::new();
        };
        let mut drafts = Vec::new();
        let mut space = MAX_ALERTS.saturating_sub(incident.alerts.len());
        let mut reserve = (MAX_ALERTS + RESERVE).saturating_sub(incident.alerts.len());
        let mut beyond = false;
        let rules = &self.model.setup.intake;
        let own = index.taken().filter(|(rule, _)| {
            let rule = rules.rule(*rule);
            rule.is_some_and(|rule| rule.service == opened.data.service)
        });
        for at in own.flat_map(|(_, positions)| positions) {
            if space == 0 && reserve == 0 {
                beyond = true;
                break;
            }
            let (Some(alert), Some(source)) = (index.alerts().get(*at as usize), index.source(*at))
            else {
                continue;
            };
            if incident.alerts.contains_key(&alert.key) {
                continue;
            }
            if space > 0 || rank(alert) == 0 && reserve > 0 {
                let state = (alert.state, Some(0));
                drafts.push(seen(alert, state, source, self.model.now));
                space = space.saturating_sub(1);
                reserve = reserve.saturating_sub(1);
            } else {
                beyond = true;
            }
        }
        let beyond = beyond.then(|| note_once(self.view, BEYOND_ALERTS));
        drafts.extend(beyond.flatten());
        drafts
    }

    fn absent(&self) -> Vec<Draft> {
        let (model, index) = (self.model, &self.model.live.index);
        // While a source does not answer, or alerts could not be read, an absent alert may exist unseen.
        let silent = |source| model.silence_of(source).is_some();
        let unheard = !answers::all_report_alerts(model);
        if unheard || index.sources().any(silent) || index.gaps().next().is_some() {
            return Vec::new();
        }
        let mut drafts = Vec::new();
        for (key, facts) in &self.view.incident.alerts {
            if index.get(key).is_some() || facts.state == AlertState::Cleared {
                continue;
            }
            let alert = model.live.known.get(key).cloned();
            let alert = alert.or_else(|| remembered(self.view, facts, key));
            let Some(alert) = alert else { continue };
            let Some(state) = absent_state(model, &alert, self.recorded_at(facts)) else {
                continue;
            };
            let all_newer = || index.sources().all(|source| self.is_newer(source, facts));
            if facts.state != state && all_newer() {
                let state = (state, Some(facts.last));
                drafts.push(seen(&alert, state, &facts.source, model.now));
            }
        }
        drafts
    }
}

/// Without a start of its own, only an alert that had cleared fires again.
fn is_again(known: &AlertFacts, alert: &Alert) -> bool {
    match alert.start {
        AlertStart::Stated => known.starts_at != alert.starts_at,
        AlertStart::Seen | AlertStart::Unknown => known.state == AlertState::Cleared,
    }
}

/// Alertmanager forgets an alert minutes after Prometheus stops sending it, so a dead Prometheus looks like a recovery
/// (measured): only rules that are evaluated, and were read after the alert was found absent, prove that it has
/// cleared. `None` while such rules are still expected.
fn absent_state(model: &Model, alert: &Alert, recorded: DateTime<Utc>) -> Option<AlertState> {
    let absent = answers::last_report_of_alerts(model).max(Some(recorded));
    let (mut cleared, mut waits) = (false, false);
    let sources = model.setup.sources.iter();
    for (name, _) in sources.filter(|(_, offers)| offers.rules) {
        // Any Prometheus may own the alert: one that is silent, or has it active, proves that nothing cleared.
        match answers::rules_of(model, name) {
            RuleAnswer::Awaited => waits = true,
            RuleAnswer::Missing => return Some(AlertState::Vanished),
            RuleAnswer::Read(_, at) if Some(at) < absent => waits = true,
            RuleAnswer::Read(rules, _) if rules.shows_active(alert) => {
                return Some(AlertState::Vanished);
            }
            RuleAnswer::Read(rules, _) => cleared |= rules.shows_cleared(alert, model.now),
        }
    }
    match (waits, cleared) {
        (true, _) => None,
        (false, true) => Some(AlertState::Cleared),
        (false, false) => Some(AlertState::Vanished),
    }
}

fn remembered(view: &IncidentView, facts: &AlertFacts, key: &Slug) -> Option<Arc<Alert>> {
    let seq = facts.first;
    // Withheld or cut labels are unknown; the conclusion errs towards "not cleared".
    let labels = view.entry_text(seq, field::LABELS).unwrap_or_default();
    let labels: BTreeMap<String, String> = serde_json::from_str(labels).unwrap_or_default();
    Some(Arc::new(Alert {
        key: key.clone(),
        name: Safe::line(view.entry_text(seq, field::NAME)?),
        summary: Safe::line(view.entry_text(seq, field::SUMMARY).unwrap_or_default()),
        labels: labels
            .iter()
            .map(|(name, value)| (name.clone(), Safe::field(name, value)))
            .collect(),
        state: facts.state,
        suppressed_by: Vec::new(),
        starts_at: facts.starts_at,
        raw: RawLabels::unknown(),
        links: Vec::new(),
        silenced_by: Vec::new(),
        start: AlertStart::Stated,
        odd: Vec::new(),
        left_out: facts.left_out,
        condition: Condition::Met,
    }))
}

pub(crate) fn seen(
    alert: &Alert,
    (state, supersedes): (AlertState, Option<u64>),
    source: &SourceId,
    at: DateTime<Utc>,
) -> Draft {
    let data = AlertSeen {
        supersedes,
        alert: alert.key.clone(),
        state,
        starts_at: alert.starts_at,
        at,
        source: source.clone(),
        start: Some(alert.start).filter(|start| *start != AlertStart::Stated),
        left_out: Some(alert.left_out).filter(|count| *count > 0),
    };
    // Labels are masked already; written as JSON they are masked once more as a whole.
    let labels = serde_json::to_string(&alert.labels).unwrap_or_default();
    Draft::new(&program(), data)
        .with(field::NAME, alert.name.clone())
        .with(field::SUMMARY, alert.summary.clone())
        .with(field::LABELS, Safe::block(&labels))
}
