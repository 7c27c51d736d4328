//! The sign of life of this process, and what the signs of the others say.

use crate::app::message::Msg;
use crate::data_dir::{BEAT, DataDir, PeerKind};
use crate::journal::JournalStore as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

/// The thread that gives them.
pub(super) struct Signs {
    ends: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Signs {
    /// Takes the sign of life away, so that nobody takes an end in good order for a loss.
    pub(super) fn stop(self) {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
        if self.thread.join().is_err() {
            tracing::warn!("the sign of life was not taken away");
        }
    }
}

/// Starts giving signs of life, as long as the program's own loop and the journal's thread turn: `loops` counts their
/// rounds. One that stands still is as good as gone, and the others must see that.
pub(super) fn start(
    data_dir: DataDir,
    kind: PeerKind,
    read_only: bool,
    loops: [Arc<AtomicU64>; 2],
    messages: UnboundedSender<Msg>,
) -> Signs {
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
                tracing::warn!(%error, "no sign of life could be given");
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
    Signs { ends, thread }
}
