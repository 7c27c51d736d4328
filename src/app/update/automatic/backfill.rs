//! The hour before an incident, from the minutes that the signal's monitor has read.

use super::observed::{in_each, record_all};
use crate::app::effect::Effect;
use crate::app::incident_view::IncidentView;
use crate::app::model::Model;
use crate::incident::entry::Backfilled;
use crate::signals::tally::RatioSeries;
use chrono::{DateTime, TimeDelta, Utc};

/// In seconds.
const STEP: u32 = 60;

const MINUTES: i64 = 60;

/// Minutes of a reading, as at the top of the screen.
const READING: TimeDelta = TimeDelta::minutes(5);

/// Once, while the minutes before the incident are known.
pub(super) fn record(model: &mut Model) -> Vec<Effect> {
    let Some((signal, ratio)) = model.headline() else {
        return Vec::new();
    };
    let Some(source) = model.source_of(signal.source.as_ref()) else {
        return Vec::new();
    };
    let name = &model.setup.signal;
    let before = |view: &IncidentView| {
        let opened = view.incident.opened.as_ref()?;
        let known = view.incident.signals.get(name);
        if known.is_some_and(|facts| facts.before.is_some()) {
            return None;
        }
        let from = whole_minute(opened.at) - TimeDelta::minutes(MINUTES);
        let values = readings(&ratio.track, from)?;
        Some(Backfilled {
            signal: name.clone(),
            from,
            step: STEP,
            values,
            source: source.clone(),
        })
    };
    let wanted = in_each(model, before);
    record_all(model, wanted)
}

fn whole_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = at.timestamp().div_euclid(60) * 60;
    DateTime::from_timestamp(seconds, 0).unwrap_or(at)
}

/// At the end of each minute; `None` before the last minute is known, and if nothing of the hour is.
fn readings(track: &RatioSeries, from: DateTime<Utc>) -> Option<Vec<Option<f64>>> {
    let to = from + TimeDelta::minutes(MINUTES);
    track.end().filter(|end| *end >= to)?;
    let reading = |minute: i64| {
        let at = from + TimeDelta::minutes(minute);
        track.sum(at - READING, at).tally.ratio()
    };
    let values: Vec<Option<f64>> = (0..=MINUTES).map(reading).collect();
    values.iter().any(Option::is_some).then_some(values)
}
