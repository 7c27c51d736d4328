//! Other processes on this data directory: lost contact is shown, and recorded where pages may have been late.

use super::clocks;
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::recording::record;
use crate::data_dir::Peer;
use crate::incident::entry::PeerLost;
use crate::incident::{Draft, IncidentId, Slug, program};

pub(crate) fn seen(model: &mut Model, peers: Vec<Peer>) -> Vec<Effect> {
    let (was_gone, was_watched) = (model.watch_gone().is_some(), model.is_watched());
    model.live.peers = peers;
    let gone = !was_gone && model.watch_gone().is_some();
    if gone || (was_watched && !model.is_watched()) {
        let how = if gone { "is gone" } else { "has ended" };
        model.ui.warn(format!(
            "the paging service {how}: this console runs the clocks while it is open"
        ));
    }
    let gone: Vec<Peer> = model
        .live
        .peers
        .iter()
        .filter(|peer| !peer.alive)
        .cloned()
        .collect();
    let mut effects = Vec::new();
    for id in model.open_ids() {
        let drafts = gone
            .iter()
            .filter(|peer| concerns(model, &id, peer))
            .map(lost)
            .collect();
        effects.extend(record(model, &id, drafts));
    }
    // This process takes over at once.
    effects.extend(clocks::tick(model));
    effects
}

/// Whether an incident was open while this peer was alive, and does not record its loss yet.
fn concerns(model: &Model, id: &IncidentId, peer: &Peer) -> bool {
    model.views.get(id).is_some_and(|view| {
        let incident = &view.incident;
        let opened = incident.opened.as_ref().is_some_and(|opened| {
            incident.restated(opened.seq, opened.at, &model.stamp) <= peer.beat
        });
        let known = incident
            .peers_lost
            .iter()
            .any(|lost| lost.data.process == peer.process);
        opened && !known
    })
}

fn lost(peer: &Peer) -> Draft {
    let data = PeerLost {
        peer: Slug::nearest(peer.kind.word()),
        process: peer.process.clone(),
        last: peer.beat,
    };
    Draft::new(&program(), data)
}
