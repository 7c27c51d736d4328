//! What the sources say, and what of it is recorded.

use super::contact::{contact, lost};
use super::{intake, odd};
use crate::alerts::{Alert, AlertState, Start};
use crate::alerts::{AlertIndex, RawLabels, rank};
use crate::app::effect::Effect;
use crate::app::incident_view::IncidentView;
use crate::app::message::Told;
use crate::app::model::Model;
use crate::app::recording::record;
use crate::app::update::people::filter;
use crate::incident::entry::{AlertSeen, Backfilled, ChangeSeen, Noted, SignalSeen, field};
use crate::incident::fold::{AlertFacts, SignalFacts};
use crate::incident::observation::{worth_recording, worth_recording_number};
use crate::incident::{Draft, IncidentId, Slug, Status, program};
use crate::signals::Cause;
use crate::signals::Sample;
use crate::signals::change::{Change, ChangeSet, suspects};
use crate::signals::monitor::MonitorReport;
use crate::sources::History;
use crate::text::Safe;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Alerts recorded of one incident. A storm is shown live; the record keeps what opened it and a fair share.
const MAX_ALERTS: usize = 200;
/// Beyond that, alerts of the highest severity.
const RESERVE: usize = 100;
/// What the record says of those that are in neither.
const BEYOND_ALERTS: &str = "More alerts of this service fire than are recorded one by one: 200, and 100 more of the highest severity. The others are shown while they fire and are not in this record.";
/// Likewise of changes.
const BEYOND_CHANGES: &str = "More changes were made around this incident than are recorded: the 50 likeliest causes are in this record, the others are not.";
/// Seconds between the values read back.
pub(crate) const BACKFILL_STEP: u32 = 60;
/// How long before the opening is read back, in minutes.
pub(crate) const BACKFILL_MINUTES: i64 = 60;

pub(crate) fn alerts(
    model: &mut Model,
    source: &Slug,
    result: Result<Arc<AlertIndex>, Told>,
) -> Vec<Effect> {
    match result {
        Ok(index) => {
            model.live.index = index;
            odd::alerts(model, source);
            remember_recorded(model);
            filter::again(model);
            let mut effects = intake::consider(model);
            effects.extend(record_alerts(model));
            effects
        }
        Err(told) => lost(model, source, told),
    }
}

/// Keeps the alerts of open incidents as they were seen last: what goes out of sight is recorded with its text.
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

pub(crate) fn signal(
    model: &mut Model,
    source: &Slug,
    result: Result<Sample, Told>,
    in_contact: bool,
) -> Vec<Effect> {
    if in_contact {
        contact(model, source);
    }
    match result {
        Ok(mut sample) => {
            // A source whose clock is ahead must not make an old reading look fresh for as long.
            sample.at = sample.at.min(model.now);
            model.live.signal_error = None;
            model.remember(sample);
            record_sample(model, source, sample)
        }
        Err(told) if in_contact => {
            model.live.signal_error = Some(told);
            Vec::new()
        }
        Err(told) => lost(model, source, told),
    }
}

fn record_sample(model: &mut Model, source: &Slug, sample: Sample) -> Vec<Effect> {
    let (name, objective) = (model.setup.signal.clone(), model.setup.objective);
    let wanted: Vec<(IncidentId, Draft)> = model
        .open_views()
        .filter_map(|(id, view)| {
            let last = last_recorded(model, view, &name);
            let cause = worth_recording(last, sample, objective)?;
            let data = SignalSeen {
                after: follows(view, &name, cause),
                signal: name.clone(),
                reading: sample.reading,
                unit: None,
                at: sample.at,
                source: source.clone(),
                cause,
            };
            Some((id.clone(), Draft::new(&program(), data)))
        })
        .collect();
    wanted
        .into_iter()
        .flat_map(|(id, draft)| witness(model, &id, vec![draft]))
        .collect()
}

/// The last recorded sample, for telling whether one is newer. Where the clock was set since, a source's times may go by
/// it or not: the earlier of both counts.
fn last_recorded(model: &Model, view: &IncidentView, signal: &Slug) -> Option<Sample> {
    let facts = view.incident.signals.get(signal)?;
    let mut last = facts.last()?;
    let restated = view
        .incident
        .restated(facts.last_entry(), last.at, &model.stamp);
    last.at = last.at.min(restated);
    Some(last)
}

/// What a changed reading follows. At the cadence there is one an interval, whatever it follows.
fn follows(view: &IncidentView, signal: &Slug, cause: Cause) -> Option<u64> {
    let facts = view.incident.signals.get(signal);
    (cause != Cause::Cadence).then(|| facts.map_or(0, SignalFacts::last_entry))
}

/// Takes in how all signals stand, and records what that changes about the numbers beside the watched signal.
pub(crate) fn report(model: &mut Model, report: Box<MonitorReport>) -> Vec<Effect> {
    let source = model.metrics_source().cloned();
    let mut wanted = Vec::new();
    for signal in &report.signals {
        let Some((sample, unit, fine)) = signal.number() else {
            continue;
        };
        for (id, view) in model.open_views() {
            let last = last_recorded(model, view, &signal.signal);
            let Some(cause) = worth_recording_number(last, sample, &fine) else {
                continue;
            };
            let Some(source) = signal.source.clone().or_else(|| source.clone()) else {
                continue;
            };
            let data = SignalSeen {
                after: follows(view, &signal.signal, cause),
                signal: signal.signal.clone(),
                reading: sample.reading,
                unit: Some(unit.clone()),
                at: sample.at,
                source,
                cause,
            };
            wanted.push((id.clone(), Draft::new(&program(), data)));
        }
    }
    model.live.report = Some(report);
    let mut effects = intake::consider_signals(model);
    let record = |(id, draft): (IncidentId, Draft)| witness(model, &id, vec![draft]);
    effects.extend(wanted.into_iter().flat_map(record));
    effects
}

/// Takes in what changed. What was known stays known while its source does not answer.
pub(crate) fn changes(
    model: &mut Model,
    source: Slug,
    result: Result<ChangeSet, Told>,
) -> Vec<Effect> {
    if let Ok(set) = &result {
        odd::note(model, &source, "changes", set.words());
    }
    let known = model.live.changes.entry(source).or_default();
    match result {
        Ok(set) => *known = (set, None),
        Err(told) => known.1 = Some(told),
    }
    record_changes(model)
}

/// How long before an incident a change may have caused it.
const CHANGES_BEFORE: TimeDelta = TimeDelta::hours(2);
/// Changes recorded of one incident.
const MAX_CHANGES: usize = 50;

/// Records what changed shortly before, and since, each open incident began.
fn record_changes(model: &mut Model) -> Vec<Effect> {
    let mut wanted: Vec<(IncidentId, Vec<Draft>)> = Vec::new();
    for (id, view) in model.open_views() {
        let Some(started) = view
            .incident
            .started()
            .filter(|_| view.incident.status < Status::Resolved)
        else {
            continue;
        };
        let room = MAX_CHANGES.saturating_sub(view.incident.changes.len());
        let all = model
            .live
            .changes
            .values()
            .flat_map(|(set, _)| &set.changes);
        let fresh = suspects(all, started).into_iter().filter(|change| {
            started
                .checked_sub_signed(CHANGES_BEFORE)
                .is_none_or(|from| change.at >= from)
                && !view.incident.changes.contains_key(&change.key())
        });
        let fresh: Vec<&Change> = fresh.collect();
        let mut drafts: Vec<Draft> = fresh
            .iter()
            .take(room)
            .map(|change| changed(change))
            .collect();
        if fresh.len() > room {
            drafts.extend(note_of_cut(view, BEYOND_CHANGES));
        }
        wanted.push((id.clone(), drafts));
    }
    wanted
        .into_iter()
        .flat_map(|(id, drafts)| record(model, &id, drafts))
        .collect()
}

/// Says once in the record that something is not in it.
fn note_of_cut(view: &IncidentView, text: &'static str) -> Option<Draft> {
    let waiting = view.pending.iter().flat_map(|batch| &batch.drafts);
    let mut waiting = waiting.flat_map(|draft| &draft.texts);
    let said = waiting.any(|(_, known)| known.as_str() == text)
        || view
            .entries
            .iter()
            .any(|entry| entry.text(field::TEXT) == Some(text));
    let note = || Draft::new(&program(), Noted {}).with(field::TEXT, Safe::line(text));
    (!said).then(note)
}

fn changed(change: &Change) -> Draft {
    let data = ChangeSeen {
        change: change.key(),
        kind: change.kind,
        at: change.at,
        source: change.source.clone(),
        path: change.path.clone(),
    };
    Draft::new(&program(), data)
        .with(field::TEXT, change.what.clone())
        .with(field::WHO, change.who.clone())
        .with(field::OUTCOME, change.outcome.clone())
}

pub(crate) fn history(
    model: &mut Model,
    incident: &IncidentId,
    source: &Slug,
    result: Result<History, Told>,
) -> Vec<Effect> {
    let Ok(history) = result else {
        return Vec::new();
    };
    let Some((from, _)) = history.first() else {
        return Vec::new();
    };
    let data = Backfilled {
        signal: model.setup.signal.clone(),
        from: *from,
        step: BACKFILL_STEP,
        values: history.iter().map(|(_, value)| *value).collect(),
        source: source.clone(),
    };
    record(model, incident, vec![Draft::new(&program(), data)])
}

/// Records what the sources say, unless a watch does: two witnesses of the same would fill the record.
pub(crate) fn witness(model: &mut Model, id: &IncidentId, drafts: Vec<Draft>) -> Vec<Effect> {
    match model.is_watched() {
        true => Vec::new(),
        false => record(model, id, drafts),
    }
}

/// Records what changed about the alerts that belong to each open incident.
pub(crate) fn record_alerts(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    let ids: Vec<IncidentId> = model.open_views().map(|(id, _)| id.clone()).collect();
    for id in ids {
        let drafts = alert_changes(model, &id);
        effects.extend(witness(model, &id, drafts));
    }
    effects
}

/// Whether an alert fires anew. Without a start of its own, only one that had cleared does.
fn is_again(known: &AlertFacts, alert: &Alert) -> bool {
    match alert.start {
        Start::Told => known.starts_at != alert.starts_at,
        Start::Seen | Start::Unknown => known.state == AlertState::Cleared,
    }
}

fn alert_changes(model: &Model, id: &IncidentId) -> Vec<Draft> {
    let Some(view) = model.views.get(id) else {
        return Vec::new();
    };
    let Some(opened) = &view.incident.opened else {
        return Vec::new();
    };
    let index = &model.live.index;
    let mut drafts = Vec::new();
    let resolved = view.incident.status.is_resolved();
    let new = |known: &AlertFacts, alert: &Alert| {
        let again = is_again(known, alert);
        // What fires anew after a resolution belongs to another incident.
        (known.state != alert.state || again) && !(resolved && again)
    };
    // What was seen before another program recorded what it saw changes nothing about that.
    let restated = |known: &AlertFacts| {
        let incident = &view.incident;
        incident.restated(known.last, known.at, &model.stamp)
    };
    let newer = |source: &Slug, known: &AlertFacts| {
        let state = model.live.sources.get(source);
        state.is_some_and(|state| state.answered >= Some(restated(known)))
    };
    for (key, known) in &view.incident.alerts {
        if let Some((at, alert)) = index.get(key).filter(|(_, alert)| new(known, alert))
            && let Some(source) = index.source(at)
            && newer(source, known)
        {
            let mut alert = Alert::clone(alert);
            // Each program and each start sees an alert without a start for the first time: what is recorded counts.
            if alert.start != Start::Told && !is_again(known, &alert) {
                alert.starts_at = known.starts_at;
            }
            let state = (alert.state, Some(known.last));
            drafts.push(seen(&alert, state, source, model.now));
        }
    }
    let mut room = MAX_ALERTS.saturating_sub(view.incident.alerts.len());
    let mut reserve = (MAX_ALERTS + RESERVE).saturating_sub(view.incident.alerts.len());
    let mut beyond = false;
    let rules = &model.setup.intake.0;
    let own = index.taken().filter(|(rule, _)| {
        rules
            .rule(*rule)
            .is_some_and(|rule| rule.service == opened.data.service)
    });
    for at in own.flat_map(|(_, positions)| positions) {
        if resolved || (room == 0 && reserve == 0) {
            beyond |= !resolved;
            break;
        }
        let (Some(alert), Some(source)) = (index.alerts().get(*at as usize), index.source(*at))
        else {
            continue;
        };
        if view.incident.alerts.contains_key(&alert.key) {
            continue;
        }
        if room > 0 || rank(alert) == 0 && reserve > 0 {
            drafts.push(seen(alert, (alert.state, Some(0)), source, model.now));
            room = room.saturating_sub(1);
            reserve = reserve.saturating_sub(1);
        } else {
            beyond = true;
        }
    }
    drafts.extend(beyond.then(|| note_of_cut(view, BEYOND_ALERTS)).flatten());
    // While a source of alerts is silent, or some could not be read, what is absent may be there and unseen.
    let silent = |source| model.silence_of(source).is_some();
    if index.sources().any(silent) || index.gaps().next().is_some() {
        return drafts;
    }
    for (key, facts) in &view.incident.alerts {
        if index.get(key).is_some() || facts.state == AlertState::Cleared {
            continue;
        }
        let alert = model
            .live
            .known
            .get(key)
            .cloned()
            .or_else(|| remembered(model, id, facts.first, key));
        let Some(alert) = alert else { continue };
        let state = absent_state(model, &alert, restated(facts));
        if facts.state != state && index.sources().all(|source| newer(source, facts)) {
            let state = (state, Some(facts.last));
            drafts.push(seen(&alert, state, &facts.source, model.now));
        }
    }
    drafts
}

/// What an alert's absence means. Alertmanager forgets an alert a few minutes after Prometheus stops sending
/// it, so a dead Prometheus looks like a recovery (measured): only rules that are known to be evaluated, and
/// that were read just now, show that it has cleared.
fn absent_state(model: &Model, alert: &Alert, since: DateTime<Utc>) -> AlertState {
    let mut shown = false;
    for (name, _) in model
        .setup
        .sources
        .iter()
        .filter(|(_, offers)| offers.rules)
    {
        // Any Prometheus may own the alert: one that is silent, or has it active, proves that nothing cleared.
        let Some((rules, at)) = model.live.rules.get(name) else {
            return AlertState::Vanished;
        };
        let old = model.now - *at > model.lost_after() || *at < since;
        if old || rules.shows_active(alert) {
            return AlertState::Vanished;
        }
        shown |= rules.shows_cleared(alert, model.now);
    }
    if shown {
        AlertState::Cleared
    } else {
        AlertState::Vanished
    }
}

/// An alert as the journal knows it, after a restart.
fn remembered(model: &Model, id: &IncidentId, seq: u64, key: &Slug) -> Option<Arc<Alert>> {
    let view = model.views.get(id)?;
    // Withheld or cut, the labels are not known; what is concluded from that errs towards "not cleared".
    let labels = view.entry_text(seq, field::LABELS).unwrap_or_default();
    let labels: BTreeMap<String, String> = serde_json::from_str(labels).unwrap_or_default();
    let facts = view.incident.alerts.get(key)?;
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
        start: Start::Told,
        odd: Vec::new(),
        left_out: facts.left_out,
        condition: crate::alerts::Condition::Met,
    }))
}

/// The draft that records the state of an alert, and the entry that it follows.
pub(crate) fn seen(
    alert: &Alert,
    (state, after): (AlertState, Option<u64>),
    source: &Slug,
    at: DateTime<Utc>,
) -> Draft {
    let data = AlertSeen {
        after,
        alert: alert.key.clone(),
        state,
        starts_at: alert.starts_at,
        at,
        source: source.clone(),
        start: Some(alert.start).filter(|start| *start != Start::Told),
        left_out: Some(alert.left_out).filter(|count| *count > 0),
    };
    // Labels are masked already; written as JSON they are masked once more as a whole.
    let labels = serde_json::to_string(&alert.labels).unwrap_or_default();
    Draft::new(&program(), data)
        .with(field::NAME, alert.name.clone())
        .with(field::SUMMARY, alert.summary.clone())
        .with(field::LABELS, Safe::block(&labels))
}

/// When the read-back of an incident begins.
pub(crate) fn backfill_from(until: DateTime<Utc>) -> DateTime<Utc> {
    let from = until - TimeDelta::minutes(BACKFILL_MINUTES);
    from - TimeDelta::seconds(from.timestamp().rem_euclid(i64::from(BACKFILL_STEP)))
        - TimeDelta::nanoseconds(i64::from(from.timestamp_subsec_nanos()))
}
