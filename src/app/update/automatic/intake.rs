//! Alerts that open an incident by themselves: journal first, then everything else.

mod symptoms;

pub(crate) use symptoms::consider as consider_signals;

use super::observe;
use crate::alerts::intake::{Action, Intake, Rule};
use crate::alerts::rank;
use crate::alerts::{Alert, AlertState, Start};
use crate::app::effect::Effect;
use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::incident::entry::{Noted, Opened, field};
use crate::incident::{Draft, Incident, IncidentId, Slug, Status, program};
use crate::signals::Cause;
use crate::sources::PagedElsewhere;
use crate::text::Safe;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An alert, and the source that tells it.
type Told = (Slug, Arc<Alert>);

/// Looks whether any alert opens an incident. Nothing is opened before the incidents of the data directory
/// are known, or in a read-only console.
pub(crate) fn consider(model: &mut Model) -> Vec<Effect> {
    if !model.ready || model.setup.read_only {
        return Vec::new();
    }
    let mut wanted: BTreeMap<Slug, (Rule, Vec<Told>)> = BTreeMap::new();
    let index = &model.live.index;
    for (number, positions) in index.taken() {
        let Some(rule) = model
            .setup
            .intake
            .0
            .rule(number)
            .filter(|rule| rule.action == Action::Open)
        else {
            continue;
        };
        // A storm on a service that has an incident joins it; nothing of it is looked at here.
        if model.opening.contains(&rule.service) || model.going_on(&rule.service).is_some() {
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
    let mut wanted: Vec<(Slug, (Rule, Vec<Told>))> = wanted.into_iter().collect();
    for (_, (_, alerts)) in &mut wanted {
        alerts.sort_by_key(|(_, alert)| (rank(alert), alert.starts_at));
    }
    // Where not all get an incident of their own, the gravest do.
    wanted.sort_by_key(|(_, (_, alerts))| alerts.first().map(|(_, alert)| rank(alert)));
    for (service, (mut rule, alerts)) in wanted {
        if !has_room(model, &service) {
            let told = format!("{service} has alerts (rule {})", rule.rule);
            let Some(shared) = overflow(model, &told) else {
                effects.extend(note_in_shared(model, &told));
                continue;
            };
            rule.service = shared.clone();
            let name = alerts.first().map_or("", |(_, alert)| alert.name.as_str());
            let drafts = overflowing(opening(model, &rule, &alerts), &service, (name, &told));
            effects.push(open(model, shared, drafts));
            continue;
        }
        let drafts = opening(model, &rule, &alerts);
        effects.push(open(model, service, drafts));
    }
    effects
}

/// The service of the incident that stands for all those that get none of their own.
const MORE: &str = "more-services";

/// Most incidents that stand for others at a time.
const MAX_SHARED: usize = 20;

/// The opening of that incident: its title and a note say what it stands for.
fn overflowing(mut drafts: Vec<Draft>, service: &Slug, (what, told): (&str, &str)) -> Vec<Draft> {
    let title = format!(
        "More than {MAX_OPEN} incidents go on; the first without one of its own: {service}, {what}"
    );
    if let Some(first) = drafts.first_mut() {
        first.texts = vec![(field::TITLE, Safe::line(&title))];
    }
    drafts.push(stands_for(told));
    drafts
}

/// What a shared incident says of each service that it stands for.
fn stands_for(what: &str) -> Draft {
    let text = Safe::line(&format!("{what} and gets no incident of its own"));
    Draft::new(&program(), Noted {}).with(field::TEXT, text)
}

/// The incidents that stand for others and go on, the oldest first.
fn shared(model: &Model) -> Vec<(&IncidentId, &IncidentView)> {
    let views = model.open_views().filter(|(_, view)| {
        let opened = view.incident.opened.as_ref();
        let stands = opened.is_some_and(|opened| is_shared(&opened.data.service));
        stands && !view.incident.status.is_resolved()
    });
    views.collect()
}

fn is_shared(service: &Slug) -> bool {
    service.as_str().starts_with(MORE)
}

/// Whether an incident says already that it stands for this.
fn says(view: &IncidentView, what: &str) -> bool {
    let note = stands_for(what);
    let wanted = |text: &str| note.texts.iter().any(|(_, known)| known.as_str() == text);
    let waiting = view.pending.iter().flat_map(|batch| &batch.drafts);
    let mut waiting = waiting.flat_map(|draft| &draft.texts);
    waiting.any(|(_, text)| wanted(text.as_str()))
        || view
            .entries
            .iter()
            .any(|entry| entry.text(field::TEXT).is_some_and(wanted))
}

/// An incident that stands for several says once for each what it stands for.
fn note_in_shared(model: &mut Model, what: &str) -> Vec<Effect> {
    let shared = shared(model);
    if shared.iter().any(|(_, view)| says(view, what)) {
        return Vec::new();
    }
    let Some(id) = shared.last().map(|(id, _)| (*id).clone()) else {
        return Vec::new();
    };
    observe::witness(model, &id, vec![stands_for(what)])
}

/// Says that what another system paged for gets no incident: people are called there.
pub(crate) fn no_room(model: &mut Model, service: &Slug) {
    model.ui.warn(format!(
        "{MAX_OPEN} incidents go on: what another system paged for {service} gets none of its own here"
    ));
}

/// Says that something gets no incident of its own, and how to end that. People are called for it all the same, once,
/// in an incident that stands for all of them: its service, where it is to be opened. Once somebody has acknowledged that
/// one, nobody would be called for what comes next: that opens another.
fn overflow(model: &mut Model, what: &str) -> Option<Slug> {
    model.ui.warn(format!(
        "{MAX_OPEN} incidents go on: {what} and gets none of its own; does the intake policy open too many? `warroom incident open` opens by hand"
    ));
    if model.opening.iter().any(is_shared) {
        return None;
    }
    let shared = shared(model);
    let calls = |view: &IncidentView| view.incident.acknowledged().is_none();
    if shared.len() >= MAX_SHARED
        || shared
            .iter()
            .any(|(_, view)| calls(view) || says(view, what))
    {
        return None;
    }
    let taken = |name: &Slug| {
        let mut services = shared
            .iter()
            .filter_map(|(_, view)| view.incident.opened.as_ref());
        services.any(|opened| opened.data.service == *name)
    };
    let further = (2..).map(|number: u32| Slug::nearest(&format!("{MORE}-{number}")));
    let mut names = std::iter::once(Slug::nearest(MORE)).chain(further);
    names.find(|name| !taken(name))
}

/// Opens an incident for a service; until it is there, nothing else opens one for it.
pub(crate) fn open(model: &mut Model, service: Slug, drafts: Vec<Draft>) -> Effect {
    model.opening.insert(service.clone());
    Effect::Open {
        service,
        drill: model.setup.drill.is_some(),
        drafts,
    }
}

/// Most incidents that go on at a time by themselves. A policy that opened one for each alert would bury the
/// people it calls.
const MAX_OPEN: usize = 10;

/// Whether a service gets an incident by itself: not while so many others go on. What is resolved and left open for
/// what follows takes no room, and the service of the strict path always gets one.
pub(crate) fn has_room(model: &Model, service: &Slug) -> bool {
    let going_on = model
        .open_views()
        .filter(|(_, view)| !view.incident.status.is_resolved());
    *service == model.setup.map.strict_place().0
        || going_on.count() + model.opening.len() < MAX_OPEN
}

/// The first entry of an incident that another system has paged for.
pub(crate) fn adopting(
    model: &Model,
    service: &Slug,
    path: &Slug,
    theirs: &PagedElsewhere,
) -> Draft {
    let rule = (Slug::nearest("paged-elsewhere"), None);
    opened(
        model,
        (service, path),
        Began::alert(theirs.created),
        rule,
        theirs.title.clone(),
    )
}

/// When something began, and where that comes from.
struct Began {
    at: DateTime<Utc>,
    cause: Cause,
}

impl Began {
    fn alert(at: DateTime<Utc>) -> Self {
        let cause = Cause::Alert;
        Self { at, cause }
    }
}

/// The entry that opens an incident by itself: where, since when, by which rule of which policy.
fn opened(
    model: &Model,
    (service, path): (&Slug, &Slug),
    began: Began,
    (rule, policy): (Slug, Option<String>),
    title: Safe,
) -> Draft {
    let data = Opened {
        // A clock that runs ahead of ours begins nothing in the future. One that was not set forward with ours begins
        // nothing long ago: nobody is paged early for that.
        started: (began.at + model.steps.forward(&model.stamp)).min(model.now),
        started_from: began.cause,
        service: service.clone(),
        path: path.clone(),
        rule: Some(rule),
        policy,
        signal: model.setup.signal.clone(),
        objective: model.setup.objective,
        drill: model.setup.drill.is_some(),
        program: env!("CARGO_PKG_VERSION").to_string(),
        follows: None,
    };
    Draft::new(&program(), data).with(field::TITLE, title)
}

/// Whether this very firing belongs to an incident already, be it a closed one: an alert that goes on
/// firing after the incident was closed opens no second one.
fn was_handled(model: &Model, alert: &Alert) -> bool {
    model.views.values().any(|view| {
        view.incident
            .alerts
            .get(&alert.key)
            .is_some_and(|known| match alert.start {
                Start::Told => known.starts_at >= alert.starts_at,
                // It was seen to come: it is old only where the incident went on then.
                Start::Seen => {
                    known.starts_at >= alert.starts_at
                        || !ended_before(&view.incident, alert.starts_at)
                }
                Start::Unknown => {
                    matches!(known.state, AlertState::Firing | AlertState::Suppressed)
                }
            })
    })
}

fn ended_before(incident: &Incident, at: DateTime<Utc>) -> bool {
    let ends = [Status::Resolved, Status::Closed].map(|status| incident.reached(status));
    ends.into_iter().flatten().any(|fact| fact.at < at)
}

/// Alerts recorded with the opening itself; the others of a storm follow.
const WITH_OPENING: usize = 20;

fn opening(model: &Model, rule: &Rule, alerts: &[Told]) -> Vec<Draft> {
    let starts = alerts.iter().map(|(_, alert)| alert.starts_at);
    let started = starts.min().unwrap_or(model.now);
    let title = alerts
        .first()
        .map_or(String::new(), |(_, alert)| match alert.summary.is_empty() {
            true => alert.name.to_string(),
            false => format!("{}: {}", alert.name, alert.summary),
        });
    let by = (rule.rule.clone(), Some(model.setup.intake.1.clone()));
    let place = (&rule.service, &rule.path);
    let mut drafts = vec![opened(
        model,
        place,
        Began::alert(started),
        by,
        Safe::line(&title),
    )];
    for (source, alert) in alerts.iter().take(WITH_OPENING) {
        drafts.push(observe::seen(
            alert,
            (alert.state, Some(0)),
            source,
            model.now,
        ));
    }
    drafts
}
