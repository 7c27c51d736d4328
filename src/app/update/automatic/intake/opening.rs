//! The entry that opens an incident automatically, and how many may be active at a time.

use crate::app::effect::{Effect, JournalTask};
use crate::app::model::Model;
use crate::incident::entry::{Opened, field};
use crate::incident::{Draft, PathId, ServiceId, Slug, program};
use crate::signals::Cause;
use crate::sources::ExternalIncident;
use crate::text::Safe;
use chrono::{DateTime, Utc};

/// Most incidents open at a time by alerts. A policy that opened one for each alert would bury the people it pages.
pub(crate) const MAX_OPEN: usize = 10;

/// Resolved incidents do not count, and the service of the strict path always gets one.
pub(crate) fn has_space(model: &Model, service: &ServiceId) -> bool {
    let active = model
        .open_views()
        .filter(|(_, view)| !view.incident.status.is_resolved());
    *service == model.setup.map.strict_place().0 || active.count() + model.opening.len() < MAX_OPEN
}

/// Until it is recorded, nothing else opens one for this service.
pub(crate) fn open(model: &mut Model, service: ServiceId, drafts: Vec<Draft>) -> Effect {
    model.opening.insert(service.clone());
    Effect::Journal(JournalTask::Open {
        service,
        drill: model.setup.drill.is_some(),
        drafts,
    })
}

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

pub(crate) fn opened(
    model: &Model,
    (service, path): (&ServiceId, &PathId),
    began: Began,
    (rule, policy): (Slug, Option<String>),
    title: Safe,
) -> Draft {
    let data = Opened {
        // A clock ahead of ours starts nothing in the future; one that was not set forward with ours, nothing long ago:
        // nobody is paged early.
        started: (began.at + model.clock_steps.forward(&model.stamp)).min(model.now),
        started_from: began.cause,
        service: service.clone(),
        path: path.clone(),
        rule: Some(rule),
        policy,
        signal: model.setup.signal.clone(),
        objective: model.setup.objective,
        drill: model.setup.drill.is_some(),
        stated: None,
        retrospective: false,
        program: env!("CARGO_PKG_VERSION").to_string(),
        follows: None,
    };
    Draft::new(&program(), data).with(field::TITLE, title)
}

pub(crate) fn adopting(
    model: &Model,
    service: &ServiceId,
    path: &PathId,
    theirs: &ExternalIncident,
) -> Draft {
    let (rule, began) = (
        (Slug::nearest("paged-elsewhere"), None),
        Began::alert(theirs.created),
    );
    opened(model, (service, path), began, rule, theirs.title.clone())
}

pub(crate) fn no_space(model: &mut Model, service: &ServiceId) {
    model.ui.warn(format!(
        "{MAX_OPEN} incidents are active: no separate incident opened for a page by another system for {service}"
    ));
}
