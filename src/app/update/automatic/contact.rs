//! Which sources answer. The first process that notices a loss or return records it.

use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::recording::record_observation;
use crate::app::setup::Awaited;
use crate::incident::entry::{SourceBack, SourceLost, field};
use crate::incident::fold::SourceFacts;
use crate::incident::messages::ChannelInfo;
use crate::incident::{Draft, IncidentId, SourceId, program};
use crate::text::{Problem, Safe};
use chrono::TimeDelta;

/// How long a source that another program reached counts as reachable.
const SOMEBODY_ELSE: TimeDelta = TimeDelta::minutes(10);

pub(crate) fn contact(model: &mut Model, source: &SourceId) {
    let now = model.now;
    let state = model.live.sources.entry(source.clone()).or_default();
    state.asked.get_or_insert(now);
    state.answered = Some(now);
    state.error = None;
}

/// Recorded as lost only after a while without an answer.
pub(crate) fn lost(model: &mut Model, source: &SourceId, problem: Problem) {
    let now = model.now;
    let state = model.live.sources.entry(source.clone()).or_default();
    state.asked.get_or_insert(now);
    state.error = Some(problem);
}

pub(crate) fn usable(model: &mut Model, what: &Awaited) {
    if let Awaited::Channel(name) = what {
        let unusable = std::mem::take(&mut model.setup.unusable);
        let (now, still): (Vec<ChannelInfo>, Vec<ChannelInfo>) =
            unusable.into_iter().partition(|way| way.name == *name);
        model.setup.unusable = still;
        model.setup.channels.extend(now);
    }
    model.setup.awaited.retain(|awaited| awaited != what);
    let text = format!("{what} has its credential now and is used");
    // The service's log has warnings only.
    model.ui.notify(text, model.setup.headless);
}

pub(crate) fn record_contact(model: &mut Model) -> Vec<Effect> {
    let (now, limit) = (model.now, model.lost_after());
    let mut wanted: Vec<(IncidentId, Draft)> = Vec::new();
    for (name, state) in &model.live.sources {
        for (id, view) in model.open_views() {
            let known = view.incident.sources.get(name);
            let lost = known.and_then(|known| known.lost.as_ref());
            let supersedes = Some(known.map_or(0, SourceFacts::last));
            // Another program's contact counts. A program that cannot reach the source itself does not record a loss at each
            // limit.
            let own = state.answered.or(state.asked);
            let own = own.or(Some(now).filter(|_| state.error.is_none()));
            // By the wall clock as it runs now, like all times in memory.
            let restated = |seq, at| view.incident.restated(seq, at, &model.stamp);
            let back = known.and_then(|known| Some(restated(known.last(), known.back?)));
            let limit = match own < back {
                true => SOMEBODY_ELSE,
                false => limit,
            };
            let silent = own.max(back).is_some_and(|since| now - since > limit);
            let draft = match lost {
                None if silent && state.error.is_some() => {
                    let data = SourceLost {
                        source: name.clone(),
                        last: state.answered,
                        at: now,
                        supersedes,
                    };
                    let why = state.error.as_ref().map_or("", |error| error.what.as_str());
                    Draft::new(&program(), data).with(field::DETAIL, Safe::line(why))
                }
                // An answer from before the loss proves nothing.
                Some(lost)
                    if state.error.is_none()
                        && state.answered > Some(restated(lost.seq, lost.data.at)) =>
                {
                    let data = SourceBack {
                        source: name.clone(),
                        at: state.answered.unwrap_or(now),
                        supersedes,
                    };
                    Draft::new(&program(), data)
                }
                _ => continue,
            };
            wanted.push((id.clone(), draft));
        }
    }
    wanted
        .into_iter()
        .flat_map(|(id, draft)| record_observation(model, &id, vec![draft]))
        .collect()
}
