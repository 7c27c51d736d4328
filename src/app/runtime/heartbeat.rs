//! The heartbeat of this process, and those of its peers.

use crate::app::message::Msg;
use crate::data_dir::{BEAT, DataDir, PeerKind};
use crate::journal::JournalStore as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

pub(super) struct HeartbeatThread {
    ends: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl HeartbeatThread {
    /// Removes the heartbeat, so that an orderly end is not taken for a loss.
    pub(super) fn stop(self) {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
        if self.thread.join().is_err() {
            tracing::warn!("the heartbeat was not removed");
        }
    }
}

/// Beats while the main loop and the journal thread make progress: `loops` counts their rounds. A process that hangs
/// must look lost to the others.
pub(super) fn start(
    data_dir: DataDir,
    kind: PeerKind,
    read_only: bool,
    loops: [Arc<AtomicU64>; 2],
    messages: UnboundedSender<Msg>,
) -> HeartbeatThread {
    let ends = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&ends);
    let thread = std::thread::spawn(move || {
        let mut heartbeat = data_dir.heartbeat(kind);
        let own = heartbeat.process().clone();
        let mut before = [u64::MAX; 2];
        while !stopped.load(Ordering::Relaxed) && !messages.is_closed() {
            let now = [0, 1].map(|n: usize| loops[n].load(Ordering::Relaxed));
            let turn = now.iter().zip(before).all(|(now, before)| *now != before);
            if turn
                && !read_only
                && let Err(error) = heartbeat.beat(&data_dir.clock().now())
            {
                tracing::warn!(%error, "no heartbeat could be written");
            }
            before = now;
            let mut peers = data_dir.peers();
            peers.retain(|peer| peer.process != own);
            if messages.send(Msg::Peers(peers)).is_err() {
                break;
            }
            // A thread may be woken without a reason.
            let next = Instant::now() + Duration::from_secs(BEAT);
            while !stopped.load(Ordering::Relaxed) && Instant::now() < next {
                std::thread::park_timeout(next.saturating_duration_since(Instant::now()));
            }
        }
    });
    HeartbeatThread { ends, thread }
}
