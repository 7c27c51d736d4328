//! Shared incidents for services without one of their own, because too many are active.

use super::opening::MAX_OPEN;
use crate::app::effect::Effect;
use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::app::recording::{is_noted, note, record_observation};
use crate::incident::entry::field;
use crate::incident::{Draft, IncidentId, ServiceId};
use crate::text::Safe;

/// The service of the incident that stands for all services without one of their own.
const MORE: &str = "more-services";

/// Most such incidents at a time.
const MAX_SHARED: usize = 20;

/// Title and note say what it stands for.
pub(crate) fn overflowing(
    mut drafts: Vec<Draft>,
    service: &ServiceId,
    (what, note_text): (&str, &str),
) -> Vec<Draft> {
    let title = format!(
        "More than {MAX_OPEN} incidents are active; first service without a separate incident: {service}, {what}"
    );
    if let Some(first) = drafts.first_mut() {
        first.texts = vec![(field::TITLE, Safe::line(&title))];
    }
    drafts.push(note(stands_for(note_text)));
    drafts
}

fn stands_for(what: &str) -> Safe {
    Safe::line(&format!("{what}; no separate incident opened"))
}

fn shared(model: &Model) -> Vec<(&IncidentId, &IncidentView)> {
    let views = model.open_views().filter(|(_, view)| {
        view.service().is_some_and(is_shared) && !view.incident.status.is_resolved()
    });
    views.collect()
}

pub(crate) fn is_shared(service: &ServiceId) -> bool {
    service.as_str().starts_with(MORE)
}

fn says(view: &IncidentView, what: &str) -> bool {
    is_noted(view, stands_for(what).as_str())
}

/// Each service is named once.
pub(crate) fn note_in_shared(model: &mut Model, what: &str) -> Vec<Effect> {
    let shared = shared(model);
    if shared.iter().any(|(_, view)| says(view, what)) {
        return Vec::new();
    }
    let Some(id) = shared.last().map(|(id, _)| (*id).clone()) else {
        return Vec::new();
    };
    record_observation(model, &id, vec![note(stands_for(what))])
}

/// The service under which a shared incident is to be opened. People are paged once for all services without an
/// incident of their own; after an acknowledgement another shared incident is opened, or nobody would be paged for the
/// next one.
pub(crate) fn overflow(model: &mut Model, what: &str) -> Option<ServiceId> {
    model.ui.warn(format!(
        "{MAX_OPEN} incidents are active: {what}; no separate incident opened; does the intake policy open too many? Open one with `warroom incident open`"
    ));
    if model.opening.iter().any(is_shared) {
        return None;
    }
    let shared = shared(model);
    let pages = |view: &IncidentView| view.incident.acknowledged().is_none();
    if shared.len() >= MAX_SHARED
        || shared
            .iter()
            .any(|(_, view)| pages(view) || says(view, what))
    {
        return None;
    }
    let taken = |name: &ServiceId| shared.iter().any(|(_, view)| view.service() == Some(name));
    let further = (2..).map(|number: u32| ServiceId::nearest(&format!("{MORE}-{number}")));
    let mut names = std::iter::once(ServiceId::nearest(MORE)).chain(further);
    names.find(|name| !taken(name))
}
