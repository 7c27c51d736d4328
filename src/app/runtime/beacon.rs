//! The sign of life of this process, and what the signs of the others say.

use crate::app::message::Msg;
use crate::journal::{BEAT, KeeperKind, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// Starts giving signs of life, as long as the program's own loop turns: `turns` counts its rounds. A loop that
/// stands still is as good as gone, and the others must see that.
pub(super) fn start(
    store: Store,
    kind: KeeperKind,
    read_only: bool,
    turns: Arc<AtomicU64>,
    messages: UnboundedSender<Msg>,
) {
    std::thread::spawn(move || {
        let mut beacon = store.beacon(kind);
        let own = beacon.process().clone();
        let mut before = u64::MAX;
        while !messages.is_closed() {
            let now = turns.load(Ordering::Relaxed);
            if now != before
                && !read_only
                && let Err(error) = beacon.beat(store.clock().now().wall)
            {
                tracing::warn!(%error, "no sign of life could be given");
            }
            before = now;
            let mut keepers = store.keepers();
            keepers.retain(|keeper| keeper.process != own);
            if messages.send(Msg::Keepers(keepers)).is_err() {
                break;
            }
            // In small steps, so that the program ends without waiting for it.
            for _ in 0..BEAT * 5 {
                if messages.is_closed() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(200));
            }
        }
    });
}
