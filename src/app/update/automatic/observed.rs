//! Records an observation in each open incident that it concerns.

use crate::app::effect::Effect;
use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::app::recording::record_observation;
use crate::incident::{Draft, Event, IncidentId, program};

pub(super) type Wanted = Vec<(IncidentId, Draft)>;

/// What of each open incident is to be recorded.
pub(super) fn in_each<E: Into<Event>>(
    model: &Model,
    event: impl Fn(&IncidentView) -> Option<E>,
) -> Wanted {
    let views = model.open_views();
    let each = views.filter_map(|(id, view)| Some((id.clone(), event(view)?)));
    each.map(|(id, event)| (id, Draft::new(&program(), event)))
        .collect()
}

pub(super) fn record_all(model: &mut Model, wanted: Wanted) -> Vec<Effect> {
    let record = |(id, draft)| record_observation(model, &id, vec![draft]);
    wanted.into_iter().flat_map(record).collect()
}
