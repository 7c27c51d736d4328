//! Parts without a credential at the start: retried off the main loop, and put into use later.

use super::parts::{Awaiting, Late};
use super::pollers;
use crate::app::message::Msg;
use crate::app::setup::Awaited;
use crate::outbox::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// Pause before the first new attempt; it doubles up to the longest.
const FIRST: Duration = Duration::from_secs(15);

pub(super) type LateChannels = Arc<Mutex<Vec<Arc<Sender>>>>;

pub(super) struct Waiting {
    pub(super) channels: LateChannels,
    pub(super) messages: UnboundedSender<Msg>,
    /// Pause between two polls of the pager.
    pub(super) poll: Duration,
    /// Longest pause between two attempts.
    pub(super) longest: Duration,
}

impl Waiting {
    pub(super) async fn follow(self, awaiting: Awaiting) {
        let (what, open) = (awaiting.what, Arc::new(awaiting.open));
        let mut pause = FIRST.min(self.longest);
        loop {
            tokio::time::sleep(pause).await;
            let attempt = Arc::clone(&open);
            let opened = tokio::task::spawn_blocking(move || attempt()).await;
            match opened.unwrap_or_else(|error| Err(error.to_string())) {
                Ok(late) => return self.put_into_use(what, late),
                Err(why) => tracing::warn!(%what, why, "still without its credential"),
            }
            if self.messages.is_closed() {
                return;
            }
            pause = (pause * 2).min(self.longest);
        }
    }

    fn put_into_use(&self, what: Awaited, late: Late) {
        match late {
            Late::Channel(sender) => {
                let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
                channels.push(sender);
            }
            Late::Pager(pager) => pollers::follow(pager, &self.messages, self.poll),
        }
        let _ = self.messages.send(Msg::Usable(what));
    }
}
