//! The other programs that keep the clocks: one that is gone is said, and recorded where calls may have been late.

use super::{clocks, record};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::incident::entry::{Event, KeeperLost};
use crate::incident::{Draft, IncidentId, Slug, program};
use crate::journal::Keeper;

pub(super) fn seen(model: &mut Model, keepers: Vec<Keeper>) -> Vec<Effect> {
    let (was_gone, was_watched) = (model.watch_gone().is_some(), model.is_watched());
    model.live.keepers = keepers;
    let gone = !was_gone && model.watch_gone().is_some();
    if gone || (was_watched && !model.is_watched()) {
        let how = if gone { "is gone" } else { "has ended" };
        model.ui.warn(format!(
            "the watch {how}: this console keeps the clocks while it is open"
        ));
    }
    let gone: Vec<Keeper> = model
        .live
        .keepers
        .iter()
        .filter(|keeper| !keeper.alive)
        .cloned()
        .collect();
    let ids: Vec<IncidentId> = model.open_boards().map(|(id, _)| id.clone()).collect();
    let mut effects = Vec::new();
    for id in ids {
        let drafts = gone
            .iter()
            .filter(|keeper| concerns(model, &id, keeper))
            .map(lost)
            .collect();
        effects.extend(record(model, &id, drafts));
    }
    // Whoever notices takes over at once.
    effects.extend(clocks::tick(model));
    effects
}

/// Whether an incident was open while this keeper was alive, and does not say yet that it is gone.
fn concerns(model: &Model, id: &IncidentId, keeper: &Keeper) -> bool {
    model.boards.get(id).is_some_and(|board| {
        let incident = &board.incident;
        let opened = incident.opened.as_ref().is_some_and(|opened| {
            incident.restated(opened.seq, opened.at, &model.stamp) <= keeper.beat
        });
        let known = incident
            .keepers_lost
            .iter()
            .any(|(_, lost)| lost.process == keeper.process);
        opened && !known
    })
}

fn lost(keeper: &Keeper) -> Draft {
    let data = KeeperLost {
        keeper: Slug::nearest(keeper.keeper.word()),
        process: keeper.process.clone(),
        last: keeper.beat,
    };
    Draft::new(&program(), Event::KeeperLost(data))
}
