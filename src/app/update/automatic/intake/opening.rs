//! The entry that opens an incident by itself, and how many go on at a time.

use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::incident::entry::{Opened, field};
use crate::incident::{Draft, PathId, ServiceId, Slug, program};
use crate::signals::Cause;
use crate::sources::ExternalIncident;
use crate::text::Safe;
use chrono::{DateTime, Utc};

/// Most incidents that go on at a time by themselves. A policy that opened one for each alert would bury the
/// people it calls.
pub(crate) const MAX_OPEN: usize = 10;

/// Whether a service gets an incident by itself: not while so many others go on. What is resolved and left open for
/// what follows takes no space, and the service of the strict path always gets one.
pub(crate) fn has_space(model: &Model, service: &ServiceId) -> bool {
    let going_on = model
        .open_views()
        .filter(|(_, view)| !view.incident.status.is_resolved());
    *service == model.setup.map.strict_place().0
        || going_on.count() + model.opening.len() < MAX_OPEN
}

/// Opens an incident for a service; until it is there, nothing else opens one for it.
pub(crate) fn open(model: &mut Model, service: ServiceId, drafts: Vec<Draft>) -> Effect {
    model.opening.insert(service.clone());
    Effect::Open {
        service,
        drill: model.setup.drill.is_some(),
        drafts,
    }
}

/// When something began, and where that comes from.
pub(crate) struct Began {
    pub(crate) at: DateTime<Utc>,
    pub(crate) cause: Cause,
}

impl Began {
    pub(crate) fn alert(at: DateTime<Utc>) -> Self {
        let cause = Cause::Alert;
        Self { at, cause }
    }
}

/// The entry that opens an incident by itself: where, since when, by which rule of which policy.
pub(crate) fn opened(
    model: &Model,
    (service, path): (&ServiceId, &PathId),
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

/// The first entry of an incident that another system has paged for.
pub(crate) fn adopting(
    model: &Model,
    service: &ServiceId,
    path: &PathId,
    theirs: &ExternalIncident,
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

/// Says that what another system paged for gets no incident: people are called there.
pub(crate) fn no_space(model: &mut Model, service: &ServiceId) {
    model.ui.warn(format!(
        "{MAX_OPEN} incidents go on: what another system paged for {service} gets none of its own here"
    ));
}
