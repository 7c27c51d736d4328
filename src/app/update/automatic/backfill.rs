//! The time before an incident, read back from the source of its signal.

use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::recording::record;
use crate::incident::entry::Backfilled;
use crate::incident::{Draft, IncidentId, SourceId, program};
use crate::sources::History;
use crate::text::Problem;
use chrono::{DateTime, TimeDelta, Utc};

/// In seconds.
pub(crate) const BACKFILL_STEP: u32 = 60;

pub(crate) const BACKFILL_MINUTES: i64 = 60;

pub(crate) fn history(
    model: &mut Model,
    incident: &IncidentId,
    source: &SourceId,
    result: Result<History, Problem>,
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

pub(crate) fn backfill_from(until: DateTime<Utc>) -> DateTime<Utc> {
    let from = until - TimeDelta::minutes(BACKFILL_MINUTES);
    from - TimeDelta::seconds(from.timestamp().rem_euclid(i64::from(BACKFILL_STEP)))
        - TimeDelta::nanoseconds(i64::from(from.timestamp_subsec_nanos()))
}

/// From when, and in steps of how many seconds.
pub(crate) fn backfill_window(until: DateTime<Utc>) -> (DateTime<Utc>, u32) {
    (backfill_from(until), BACKFILL_STEP)
}
